"""Purchases paid with points: asked about, paid, given back."""
