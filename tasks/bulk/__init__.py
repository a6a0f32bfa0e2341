"""Whole frames of rows written to the database and looked up in it, as its own bulk load does."""
