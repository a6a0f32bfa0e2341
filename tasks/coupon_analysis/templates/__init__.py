"""The layouts of an analysis of coupons: a page that stands alone, and paper."""
