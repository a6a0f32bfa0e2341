"""Decisions about versions: written down once, and what each lets out or holds."""
