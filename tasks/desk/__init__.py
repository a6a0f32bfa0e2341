"""The desk: what waits for a person, seen together."""
