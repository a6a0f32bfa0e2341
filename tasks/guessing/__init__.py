"""Guessing of codes: counted, slowed down, told."""
