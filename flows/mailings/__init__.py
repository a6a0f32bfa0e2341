"""Mailings and addressed activities (C)."""
