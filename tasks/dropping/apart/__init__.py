"""Reading a large table in a process of its own."""
