"""Delivery: one mechanism for everything that goes out."""
