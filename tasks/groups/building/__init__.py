"""Building a group: who belongs in it, against who is in it."""
