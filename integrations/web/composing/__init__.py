"""The composition of a letter on the desk: its blocks as fields, a draft that is typed, what speaks against it."""
