"""Mailings that have gone out, as the own site shows them to everybody: without anybody's name,
and without what colleagues call it among themselves. Pure.
"""

from datetime import datetime

from models.post import Value


class ArchivedLetter(Value):
    """A mailing of the archive; `key` is the last part of its address, `text` what it says in words."""

    key: str
    subject: str
    text: str = ""
    at: datetime
    language: str = "ru"
