"""Mail addresses as they go over the wire: what is one, its domain in ASCII, and a sender that carries a key. Pure.

RFC 5321 with dot-atoms only, RFC 6531 for letters beyond ASCII before the @, IDNA 2008 (UTS 46) for domains.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import idna

from integrations.errors import Refused
from models.locale import mark
from models.reason import because

NOT_AN_ADDRESS = mark("The address is not one that mail can be sent to. Correct it in the customer's record.")
NOT_A_SENDER = mark("The sender of this letter is not a mail address. Correct it, as news@example.org.")
NOT_REPLIABLE = mark("The address for replies to this letter is not a mail address. Correct it, as shop@example.org.")
NOT_A_BOUNCE = mark("The bounce address is not a mail address. Correct it in the settings, as bounces@example.org.")
NO_ROOM_FOR_KEY = mark(
    "The bounce address is too long to carry the letter's number: at most {most} characters may stand before its @. "
    "Shorten it, or switch the numbered bounce address off."
)
LOCAL_MAX, DOMAIN_MAX, ADDRESS_MAX = 64, 253, 254
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*")
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Mailpoint(NamedTuple):
    """An address fit for the wire: `utf8` says that only a server with SMTPUTF8 can take it."""

    wire: bytes
    domain: str
    utf8: bool = False


def mailpoint(written: str) -> Mailpoint:
    """Read an address as its owner writes it. Raises Refused, which does not repeat it."""
    local, _, domain = written.rpartition("@")
    utf8, ascii_domain = not local.isascii(), domain_on_wire(domain) if len(written) <= ADDRESS_MAX else ""
    fits = len(local) <= LOCAL_MAX and (not utf8 or len(local.encode("utf-8", "replace")) <= LOCAL_MAX)
    if not (ascii_domain and fits and LOCAL.fullmatch("".join(map(_in_ascii, local)) if utf8 else local)):
        raise Refused(because(NOT_AN_ADDRESS, code="address"))
    return Mailpoint(f"{local}@{ascii_domain}".encode(), ascii_domain, utf8)


def _in_ascii(character: str) -> str:
    """A letter for what may stand in an atom beyond ASCII; separators, controls and invisible formats may not."""
    if character.isascii():
        return character
    return "x" if unicodedata.category(character)[0] in "LMNPS" else " "


@lru_cache(maxsize=10_000)
def domain_on_wire(domain: str) -> str:
    """The domain in ASCII and lower case, empty where it is none."""
    try:
        found = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""
    return found if len(found) <= DOMAIN_MAX and DOMAIN.fullmatch(found) else ""


def own_mailpoint(written: str, wrong: str) -> Mailpoint:
    """Read an address of our own; `wrong` says which one it is. Raises Refused."""
    try:
        return mailpoint(written)
    except Refused:
        raise Refused(because(wrong, code="sender")) from None


def tagged(bounce: str, key: str) -> str:
    """The bounce address that carries a letter's key: bounce+<key>@domain. Raises Refused where it is too long."""
    local, _, domain = bounce.rpartition("@")
    if not KEY.fullmatch(key) or len(local.encode()) + 1 + len(key) > LOCAL_MAX:
        raise Refused(because(NO_ROOM_FOR_KEY, code="bounce", most=max(0, LOCAL_MAX - 1 - len(key))))
    return f"{local}+{key}@{domain}"


def key_of(recipient: str, bounce: str) -> str:
    """The key that a tagged bounce address carries, empty where it is not one of `bounce`."""
    local, _, domain = bounce.rpartition("@")
    to, _, at = recipient.strip().strip("<>").rpartition("@")
    head, plus, key = to.rpartition("+")
    ours = (head.lower(), domain_on_wire(at)) == (local.lower(), domain_on_wire(domain))
    return key if plus and ours and domain_on_wire(at) and KEY.fullmatch(key) else ""
