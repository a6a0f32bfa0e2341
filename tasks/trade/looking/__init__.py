"""Limits and reservations of offers looked after."""
