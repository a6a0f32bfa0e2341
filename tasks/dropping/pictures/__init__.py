"""Dropped pictures."""
