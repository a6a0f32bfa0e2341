"""The programs of tills: what they ask about coupons, and what they are answered."""
