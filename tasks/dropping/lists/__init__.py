"""Dropped lists of customers and purchases: looked over, never kept."""
