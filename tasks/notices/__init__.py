"""Notices: what the company's own people are told, delivered like everything else."""
