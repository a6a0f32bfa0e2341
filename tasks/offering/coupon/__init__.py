"""One coupon: found by what is typed, and its whole history."""
