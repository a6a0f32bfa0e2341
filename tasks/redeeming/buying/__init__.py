"""Who buys, and what offers ask about them."""
