"""What becomes of cards, points and coupons when two customers turn out to be one."""
