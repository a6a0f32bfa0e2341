"""Mailings on their way: begun, sent, held, finished, and what became of the letters nobody knows about."""
