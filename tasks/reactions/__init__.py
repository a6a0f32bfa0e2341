"""Reaction control (A10): metrics over time, what stands out, questions to answer."""
