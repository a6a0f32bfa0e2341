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
    files = sorted(folder.glob("[!.]*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [found for file in files[:MOST] if (found := _read(file))]


def letter(folder: Path, name: str) -> Letter | None:
    return _read(folder / f"{name}.eml") if NAME.fullmatch(name) else None


def _read(file: Path) -> Letter | None:
    try:
        message = message_from_bytes(file.read_bytes(), policy=default)
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return Letter(file.stem, str(message.get("To", "")), str(message.get("Subject", "")), text, at)
