"""Offers of a house: written, approved, given codes."""
