"""Clients' cards and points: numbers that scanners read, a ledger that always adds up."""
