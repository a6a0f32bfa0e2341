"""Files for tills that take nothing else: offers and codes down to them, receipts up from them."""
