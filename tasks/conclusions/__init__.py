"""Conclusions: the head's own words about a week or a month."""
