"""Runs: what the steps ask of Prefect itself."""
