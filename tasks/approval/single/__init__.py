"""Approval of one thing at a time, whose words and weight are its own: a mailing, an offer."""
