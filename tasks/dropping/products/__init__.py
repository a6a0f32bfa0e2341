"""A dropped product feed."""
