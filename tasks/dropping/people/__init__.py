"""Dropped tables of customers."""
