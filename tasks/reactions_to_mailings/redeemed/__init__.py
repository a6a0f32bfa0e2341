"""What became of the coupons that a mailing brought."""
