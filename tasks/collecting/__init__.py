"""Collecting: what every operation left in its own rows, gathered into the one registry (A11)."""
