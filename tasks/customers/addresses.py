"""Addresses as people write them, to the one form each is known by: e-mail, phone, Telegram. Pure.

The usual ones are read by their pattern, which a test holds to what the libraries say: a million rows take seconds, not
minutes. Whatever else is written is given to the libraries made for it.
"""

import re
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from models.content import Cell
from models.customers import AddressKind
from models.locale import mark
from models.post import Value
from models.reason import Reason, because

# No text repeats what is written there: problems are read by more people than addresses may be.
NOT_AN_EMAIL = mark("This is not an e-mail address. Write it as name@example.com.")
SEVERAL = mark("Several addresses stand in one cell. Leave one, or put each into a row of its own.")
MIXED = mark(
    "Cyrillic and Latin letters that look alike stand in one word of the address. Write it anew on one keyboard."
)
NOT_A_PHONE = mark("This is not a phone number. Write it as +7 900 000-00-00.")
NOT_TELEGRAM = mark("This is not a name on Telegram. Write it as @name: 5 to 32 letters, digits and _.")

USUAL_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,4}(?:ru|su|com|net|org|by|kz|ua|de|info|biz)"
)
USUAL_MOBILE = re.compile(r"(?:\+?7|8)?(9\d{9})")
RUSSIA: Any = phonenumbers.PhoneMetadata.metadata_for_region("RU")
IN_USE = re.compile(RUSSIA.mobile.national_number_pattern)
BETWEEN = re.compile(r"[\s\u00a0\u2009\u202f().\u2010-\u2015-]")
TELEGRAM = re.compile(r"(?:https?://)?(?:t\.me/|telegram\.me/|@)?([A-Za-z][A-Za-z0-9_]{4,31})/?")
CYRILLIC, LATIN = re.compile(r"[а-яё]", re.I), re.compile(r"[a-z]", re.I)
SEPARATED = re.compile(r"[;,]|\s(?=\S*@)")
EMAIL_MOST = 254


class Unreadable(ValueError):
    """What is written there is no address; the reason names the mend."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


class Found(Value):
    """An address: `value` is what it is known by, `written` what it is sent to."""

    kind: AddressKind
    value: str
    written: str


def read_email(cell: Cell) -> Found:
    """Read one e-mail address. Raises Unreadable."""
    text = _text(cell).removeprefix("mailto:")
    known = text.lower()
    if len(known) <= EMAIL_MOST and USUAL_EMAIL.fullmatch(known) and "--" not in known.partition("@")[2][2:4]:
        local, _, domain = text.rpartition("@")
        return Found(kind=AddressKind.EMAIL, value=known, written=f"{local}@{domain.lower()}")
    if len([part for part in SEPARATED.split(text) if "@" in part]) > 1:
        raise Unreadable(because(SEVERAL, code="several"))
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        raise Unreadable(because(NOT_AN_EMAIL, code="email")) from None
    if any(CYRILLIC.search(label) and LATIN.search(label) for label in re.split(r"[@.]", found.normalized)):
        raise Unreadable(because(MIXED, code="mixed"))
    return Found(kind=AddressKind.EMAIL, value=found.normalized.lower(), written=found.normalized)


def read_phone(cell: Cell, country: str = "RU") -> Found:
    """Read one phone number as E.164; without + it is one of this country (ISO 3166-1). Raises Unreadable."""
    text = _text(cell)
    usual = USUAL_MOBILE.fullmatch(BETWEEN.sub("", text)) if country == "RU" else None
    if usual and IN_USE.fullmatch(usual[1]):
        return _phone(f"+7{usual[1]}")
    if ";" in text or "," in text:
        raise Unreadable(because(SEVERAL, code="several"))
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise Unreadable(because(NOT_A_PHONE, code="phone")) from None
    if not phonenumbers.is_valid_number(number):
        raise Unreadable(because(NOT_A_PHONE, code="phone"))
    return _phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _phone(number: str) -> Found:
    return Found(kind=AddressKind.PHONE, value=number, written=number)


def read_telegram(cell: Cell) -> Found:
    """Read a name on Telegram, or the number of a chat with our bot. Raises Unreadable."""
    text = _text(cell)
    if text.lstrip("-").isdecimal():
        return Found(kind=AddressKind.TELEGRAM, value=text, written=text)
    found = TELEGRAM.fullmatch(text)
    if found is None:
        raise Unreadable(because(NOT_TELEGRAM, code="telegram"))
    return Found(kind=AddressKind.TELEGRAM, value=found[1].lower(), written=f"@{found[1]}")


def _text(cell: Cell) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if isinstance(cell, float) and whole else cell or "").strip().strip("<>'\"").strip()
