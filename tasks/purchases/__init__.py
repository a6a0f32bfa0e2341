"""What customers bought: receipts of tills and orders of shops, line by line."""
