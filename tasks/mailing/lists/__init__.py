"""Whom a mailing goes to: the list is made once, in one statement, when its time has come."""
