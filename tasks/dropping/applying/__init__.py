"""Applying what was dropped, when a person says so."""
