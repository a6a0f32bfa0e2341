"""Dropped tables of expenses and results."""
