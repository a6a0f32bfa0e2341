"""A list of customers, typed or from a file, looked at before it becomes a group."""
