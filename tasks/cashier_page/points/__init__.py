"""The cashier's page pays with points."""
