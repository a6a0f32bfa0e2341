"""Histories of coupons of other systems: told apart, read, analysed, written down; our own ledger is not touched."""
