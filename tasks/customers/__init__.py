"""Customers: loaded again and again from what the company has, known by code and address, shown whole, erased."""
