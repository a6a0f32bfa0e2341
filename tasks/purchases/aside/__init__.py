"""The lines of a long table, laid aside on disk until its receipts are put together."""
