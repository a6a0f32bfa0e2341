"""Client programs (B)."""
