"""Letters to colleagues: a mailing looked at in one's own mailbox before anybody gets it."""
