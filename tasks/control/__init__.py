"""Placement control (A9): whether what is live is what was approved."""
