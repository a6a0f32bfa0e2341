"""Watching: what is out is looked at again and again, whether it stands (A9) and how people answer (A10)."""
