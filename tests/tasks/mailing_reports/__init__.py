"""Reports of mailings (C11)."""
