"""Outlets told that an offer is not given any more, or again."""
