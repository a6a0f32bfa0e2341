"""Offers: what they give to a basket or why nothing, in words and as text, and what of them may change."""
