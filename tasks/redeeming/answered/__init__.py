"""Seats that the invited have answered for."""
