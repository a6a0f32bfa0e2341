"""Touched customers: about whom something has changed since the groups were built."""
