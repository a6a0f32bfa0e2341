"""Marks: what a letter's links, its Message-ID and its envelope sender know it by. Pure.

A mark is a number and a signature over it, in small letters and digits: mail servers change the case of an address, and
people copy links by hand. There is one for each recipient; what stands beside it (the number of a link) is not signed,
because it only ever chooses among what the letter holds. The key comes by the door: `printed` is `House.printed`.
"""

import re
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from itertools import islice

Printed = Callable[[str, str], str]

SIGNED = "letter_mark"
SIGNATURE_BYTES = 10  # 80 bits: nobody guesses one, and the mark stays short enough for a local part of 64 characters
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BODY = re.compile(r"([mtp])([0-9a-z]{1,13})(?:-([a-z]))?")
WHOLE = re.compile(r"[mtp][0-9a-z]{1,13}(?:-[a-z])?[a-z2-7]{16}")
INSIDE = re.compile(rf"(?<![0-9a-z])(?:{WHOLE.pattern})(?![0-9a-z])")
CANDIDATES_MOST = 40  # signatures that are tried in one mail, however many look like one


class Sent(StrEnum):
    """What a mark stands for: a letter of the ledger, a test to a colleague, a look at the editor's preview."""

    LETTER = "m"
    TEST = "t"
    PREVIEW = "p"


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark says: `id` is the ledger's row, of a test or preview the version's, whose `variant` is shown."""

    sent: Sent
    id: int
    variant: str = ""

    @property
    def counts(self) -> bool:
        """Whether what is done with it is counted: never of tests and previews."""
        return self.sent is Sent.LETTER


def mark_of(printed: Printed, message: int) -> str:
    """The mark of a letter of the ledger."""
    return _sealed(printed, Marked(Sent.LETTER, message))


def test_mark(printed: Printed, version: int, variant: str) -> str:
    """The mark of a test letter: its links lead on, and nothing is counted."""
    return _sealed(printed, Marked(Sent.TEST, version, variant))


def preview_mark(printed: Printed, version: int, variant: str) -> str:
    """The mark of what is shown in the editor."""
    return _sealed(printed, Marked(Sent.PREVIEW, version, variant))


def read(printed: Printed, text: str) -> Marked | None:
    """What a mark says; None where it is forged, cut, or another house's. Takes as long whatever is wrong."""
    text = text.strip().lower()
    if len(text) > 64 or not WHOLE.fullmatch(text):
        return None
    body, given = text[: -_length()], text[-_length() :]
    held = compare_digest(_signature(printed, body), given)
    found = BODY.fullmatch(body)
    if not held or found is None:
        return None
    return Marked(Sent(found[1]), int(found[2], 36), (found[3] or "").upper())


def find(printed: Printed, texts: Iterable[str]) -> tuple[str, Marked] | None:
    """The first mark whose signature holds, wherever it stands: an address, a Message-ID, a link."""
    for text in islice(_candidates(texts), CANDIDATES_MOST):
        if marked := read(printed, text):
            return text, marked
    return None


def letter_key(mark: str, generation: int = 0) -> str:
    """The key of a letter: the same however often it is tried, another where the former is proven not to be out."""
    return f"{mark}.{generation}" if generation else mark


def read_key(printed: Printed, key: str) -> Marked | None:
    """What the key of a letter says; None where it is not one of ours."""
    return read(printed, key.partition(".")[0])


def envelope_sender(address: str, key: str) -> str:
    """The address that bounces go to: the mailbox's own with the letter's key (VERP): `bounce+m4k…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{key.partition('.')[0]}@{domain}"


def message_id(key: str, domain: str) -> str:
    """The Message-ID of a letter: replies and returned originals name it (RFC 5322, 3.6.4)."""
    return f"<{key}@{domain}>"


def link_path(mark: str, n: int, version: int = 0) -> str:
    """Where the letter's n-th link points; `version` is the mailing's version it stands in, where that may change."""
    return f"/l/{mark}/{n}.{version}" if version else f"/l/{mark}/{n}"


def pixel_path(mark: str) -> str:
    return f"/o/{mark}.gif"


def unsubscribe_path(mark: str) -> str:
    return f"/u/{mark}"


def preferences_path(mark: str) -> str:
    """Not /p/, where the pages of the site stand."""
    return f"/c/{mark}"


def web_path(mark: str) -> str:
    return f"/v/{mark}"


def _candidates(texts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        for found in INSIDE.finditer(text.lower()):
            if found[0] not in seen:
                seen.add(found[0])
                yield found[0]


def _sealed(printed: Printed, marked: Marked) -> str:
    if marked.id < 0 or (marked.variant and not re.fullmatch("[A-Z]", marked.variant)):
        raise ValueError("a mark stands for a number, and for a variant A to Z")
    body = f"{marked.sent}{_base36(marked.id)}" + (f"-{marked.variant.lower()}" if marked.variant else "")
    return body + _signature(printed, body)


def _signature(printed: Printed, body: str) -> str:
    digest = bytes.fromhex(printed(SIGNED, body))[:SIGNATURE_BYTES]
    return b32encode(digest).decode().lower()


def _length() -> int:
    return SIGNATURE_BYTES * 8 // 5


def _base36(number: int) -> str:
    written = ""
    while True:
        number, digit = divmod(number, 36)
        written = DIGITS[digit] + written
        if not number:
            return written
