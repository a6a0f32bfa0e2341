"""A mailing from its first draft to the hour it is set for."""
