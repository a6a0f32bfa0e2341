"""A rule filled in by hand: boxes of conditions, read from a form, and the rule they come to."""
