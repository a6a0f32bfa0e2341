"""Codes of coupons: drawn, read as people type them, issued, imported, shown as pictures and on paper."""
