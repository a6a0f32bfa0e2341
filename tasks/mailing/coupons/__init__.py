"""Coupons that mailings carry: who gets one, what letters say of it, what stands in the way."""
