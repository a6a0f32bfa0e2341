"""Reports of direction C: what the mailings of a week or month came to, and how the customer groups moved."""
