"""Letters of mailings counted, for the one registry."""
