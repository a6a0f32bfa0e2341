"""Texts by hand for single channels: written, kept, put away."""
