"""Whether a text that outlives a customer gives away who they are. Pure."""

import re
from collections.abc import Iterable

from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.styling.stems import stem

GIVES_AWAY = mark(
    "“{field}” names the customer, and these words stay when the customer is erased. Write a number there, without "
    "names and addresses."
)
WORD = re.compile(r"\w+")
SHORTEST = 3  # letters of a name that is looked for
PHONE_DIGITS = 10


def gives_away(field: str, text: str, name: str, addresses: Iterable[str]) -> Reason:
    """Why this text may not be kept beside the customer; empty where it may. `field` is what the form calls it.

    A name is known in any of its cases: «Иванова», «Ивановой».
    """
    said, digits = text.casefold(), re.sub(r"\D", "", text)
    parts = {stem(part) for part in WORD.findall(name.casefold()) if len(part) >= SHORTEST}
    is_named = any(stem(word) in parts for word in WORD.findall(said))
    is_reached = any(_is_said(address.casefold(), said, digits) for address in addresses)
    return because(GIVES_AWAY, code="gives_away", field=because(field)) if is_named or is_reached else NO_REASON


def _is_said(address: str, said: str, digits: str) -> bool:
    return address[-PHONE_DIGITS:] in digits if address.startswith("+") else address in said
