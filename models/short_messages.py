"""How many parts a short message is sent and paid in: GSM 03.38 and 03.40 (3GPP TS 23.038, TS 23.040). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("\f^{}\\[~]|€")  # each takes two places


class Alphabet(StrEnum):
    """GSM-7 has the Latin letters and a few more; a single other sign turns the whole message into UCS-2."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


# How many places a message of one part has, and each part of several, where a header takes its share.
PLACES = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (70, 67)}


@dataclass(frozen=True)
class Measure:
    """What a short message comes to: `length` in places of its alphabet, `parts` that are sent and paid."""

    alphabet: Alphabet
    length: int
    parts: int


def alphabet_of(text: str) -> Alphabet:
    return Alphabet.GSM7 if all(sign in BASIC or sign in ESCAPED for sign in text) else Alphabet.UCS2


def measured(text: str) -> Measure:
    """Measure a text. No sign is cut in two: a part ends before a pair that no longer fits in it."""
    alphabet = alphabet_of(text)
    takes = _septets if alphabet is Alphabet.GSM7 else _code_units
    whole, each = PLACES[alphabet]
    length = sum(map(takes, text))
    return Measure(alphabet, length, min(length, 1) if length <= whole else _parts(text, takes, each))


def parts(text: str) -> int:
    """How many parts are sent and paid; nothing has none."""
    return measured(text).parts


def _septets(sign: str) -> int:
    return 2 if sign in ESCAPED else 1


def _code_units(sign: str) -> int:
    return 2 if ord(sign) > 0xFFFF else 1


def _parts(text: str, takes: Callable[[str], int], each: int) -> int:
    number, used = 1, 0
    for sign in text:
        size = takes(sign)
        if used + size > each:
            number, used = number + 1, 0
        used += size
    return number
