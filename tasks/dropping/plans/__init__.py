"""A dropped content plan."""
