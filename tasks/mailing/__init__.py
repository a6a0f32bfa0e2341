"""Mailings on their way out: who is on the list, what goes when, and what became of it."""
