"""Suggesting names: what exists, found by the beginning of a word, by a part of it, or by likeness."""
