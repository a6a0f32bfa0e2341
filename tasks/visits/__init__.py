"""Visits: our own pages viewed and our own short links followed, counted by the hour."""
