"""Coupons in trade: outlets are told before an offer starts and confirm it, limits are looked after, facts are kept."""
