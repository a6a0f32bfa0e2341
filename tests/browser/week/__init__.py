"""The week's sentences."""
