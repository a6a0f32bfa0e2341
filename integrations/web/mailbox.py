"""The local mailbox: notices as .eml files in a folder, for those who have no mail server yet."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

MOST = 200
NAME = re.compile(r"[\w-]{1,100}")


@dataclass(frozen=True)
class Letter:
    name: str
    to: str
    subject: str
    text: str
    at: datetime


def letters(folder: Path) -> list[Letter]:
    """The newest letters."""
    files = sorted(folder.glob("[!.]*.eml"), key=_changed_at, reverse=True)
    return [found for file in files[:MOST] if (found := _read(file))]


def letter(folder: Path, name: str) -> Letter | None:
    return _read(folder / f"{name}.eml") if NAME.fullmatch(name) else None


def _changed_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _read(file: Path) -> Letter | None:
    """The letter in a file; None for a file that is none, or is gone (a person may tidy up)."""
    try:
        message = message_from_bytes(file.read_bytes(), policy=default)
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        return Letter(file.stem, str(message.get("To", "")), str(message.get("Subject", "")), text, at)
    except (OSError, LookupError, ValueError):
        return None
