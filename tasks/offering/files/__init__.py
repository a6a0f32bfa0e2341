"""Files with codes, for whoever prints them."""
