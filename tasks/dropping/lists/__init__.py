"""Dropped lists of purchases: looked over, never kept."""
