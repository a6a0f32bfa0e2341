"""What coupons come to: how far they went, what they cost, what they brought, and what looks wrong."""
