"""Placements that follow the plan, many at once."""
