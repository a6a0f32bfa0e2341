"""Notices to the company's own people: the mail they read, and the local mailbox that stands in for it."""
