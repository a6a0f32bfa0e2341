"""A piece as its page on the desk shows it."""
