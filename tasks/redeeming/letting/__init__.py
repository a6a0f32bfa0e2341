"""Reservations let go: by hand, or because they ran out."""
