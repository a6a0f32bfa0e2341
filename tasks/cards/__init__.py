"""Clients' cards in the department's work: orders about them, the program of points, the personal page."""
