"""Links to personal pages: whose, of which turn, good until when, and a signature over the three. Pure.

Nothing is kept for a link, so a million letters may bear one each. Numbers of customers are never given again, and to
close somebody's links is to count their turn up. It is no letter's mark: those stand where mail servers read them.
"""

import re
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hmac import compare_digest

Printed = Callable[[str, str], str]

SIGNED = "personal_page"
SIGNATURE_BYTES = 15  # 120 bits, 24 signs
GOOD_FOR = timedelta(days=400)  # a year's letters and a little more: a link on a phone outlives the yearly holidays
FIRST_DAY = date(2026, 1, 1)
WHOLE = re.compile(r"([0-9a-f]{1,8})-([0-9a-f]{1,4})-([0-9a-f]{1,5})-([a-z2-7]{24})")
PATH = "/my/"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link says."""

    customer: int
    turn: int
    until: date


def token_of(printed: Printed, linked: Linked) -> str:
    """The same whenever it is asked for."""
    body = f"{linked.customer:x}-{linked.turn:x}-{(linked.until - FIRST_DAY).days:x}"
    return f"{body}-{_signature(printed, body)}"


def read(printed: Printed, text: str) -> Linked | None:
    """What a token says; None where it is forged, cut, or another house's."""
    text = text.strip().lower()
    found = WHOLE.fullmatch(text)
    if found is None:
        return None
    body, given = text.rpartition("-")[0], found[4]
    if not compare_digest(_signature(printed, body), given):
        return None
    return Linked(int(found[1], 16), int(found[2], 16), FIRST_DAY + timedelta(days=int(found[3], 16)))


def good_until(today: date) -> date:
    """Of a link that is made today. The same for a month, so that all letters of a month bear the same link."""
    return today.replace(day=1) + GOOD_FOR


def is_good(linked: Linked, turn: int, today: date) -> bool:
    return linked.turn == turn and today <= linked.until


def path_of(token: str) -> str:
    return f"{PATH}{token}"


def _signature(printed: Printed, body: str) -> str:
    return b32encode(bytes.fromhex(printed(SIGNED, body))[:SIGNATURE_BYTES]).decode().lower()
