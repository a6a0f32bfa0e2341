"""Figures of groups: how they overlap, drift and cover the base, and what a rule would come to."""
