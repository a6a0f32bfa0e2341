"""Mailboxes that are read: what comes back to the addresses our letters are sent from."""
