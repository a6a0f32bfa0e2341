"""Offers and coupons as the pages of the desk show them."""
