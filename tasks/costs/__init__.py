"""Expenses and offline results that people state: by form, and by the tables they keep anyway."""
