"""Forms and letters that the tests of mailers send, and what a reader of mail finds in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTPUTF8, default
from email.utils import parseaddr
from typing import Any

from models.letters import Letter, LetterForm, Pattern

NOW = datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC)
SENDER = "news@example.org"
FORM = LetterForm(
    id="winter", sender=SENDER, sender_name="Семь чашек", reply_to="shop@example.org",
    subject=("Чай для ", 0, " 🍵"),
    text=("Здравствуйте, ", 0, "!\n.\nНовый улун: ", 1, "\n"),
    html=("<p>Здравствуйте, ", 0, '!</p>\n<p><a href="', 1, '">Новый улун</a></p>\n'),
    headers=(
        ("List-Unsubscribe", ("<https://example.org/u/", 2, ">")),
        ("List-Unsubscribe-Post", ("List-Unsubscribe=One-Click",)),
        ("List-Id", ("Новости <news.example.org>",)),
    ),
)  # fmt: skip
VALUES = ("Анна", "https://example.org/t/1", "abc-1")


def letter(
    number: int = 1, to: str = "", form: LetterForm = FORM, values: Sequence[str] = VALUES, **more: Any
) -> Letter:
    return Letter(number, f"key{number:08d}", to or f"anna{number}@example.com", form, tuple(values), **more)


def filled_in(pattern: Pattern, values: Sequence[str]) -> str:
    """The words of a pattern with the values in it, its line breaks as Python writes them."""
    texts = (part if isinstance(part, str) else values[part] for part in pattern)
    return "".join(re.sub("\r\n|\r|\n", "\n", text) for text in texts)


@dataclass(frozen=True)
class Read:
    """A letter as a reader of mail understands it."""

    headers: tuple[str, ...]
    subject: str
    sender: tuple[str, str]
    to: tuple[str, str]
    text: str | None
    html: str | None
    whole: EmailMessage


def read(data: bytes) -> Read:
    """Read a letter by the standard library: its headers as UTF-8, for an address may be written so."""
    whole: Any = message_from_bytes(data, policy=default)
    head: Any = message_from_string(data.partition(b"\r\n\r\n")[0].decode() + "\r\n\r\n", policy=SMTPUTF8)
    assert not whole.defects
    parts = {part.get_content_type(): part for part in whole.walk() if not part.is_multipart()}
    assert not [part.defects for part in parts.values() if part.defects]
    assert len(parts) == sum(not part.is_multipart() for part in whole.walk())
    text, html = (_words(parts[kind]) if kind in parts else None for kind in ("text/plain", "text/html"))
    assert len(head["From"].addresses) == len(head["To"].addresses) == 1
    named = {field.lower(): value for field, value in head.raw_items()}
    return Read(tuple(whole.keys()), head["Subject"], _mailbox(named["from"]), _mailbox(named["to"]), text, html, head)


def _mailbox(raw: str) -> tuple[str, str]:
    """Name and address. The library's newer parser leaves a space between two encoded words of a name (3.11)."""
    name, address = parseaddr(re.sub("\r?\n", "", raw))
    return str(make_header(decode_header(name))), address


def _words(part: Any) -> str:
    return str(part.get_payload(decode=True).decode("utf-8")).replace("\r\n", "\n")
