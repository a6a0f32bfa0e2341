"""The same once more, to those who did not open it."""
