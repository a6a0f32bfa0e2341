"""The company's tables of customers and purchases: loaded by themselves as often as they change."""
