"""Differences between what is live and what was approved: a person's decision, carried out."""
