"""By what a buyer's limit is kept: every name they are known by at once. Pure.

A known customer counts by their number, and whatever was shown counts too, as a keyed hash: so another e-mail, or the
card today and the phone tomorrow, begins no limit anew.
"""

from collections.abc import Callable

from models.customers import CODE, AddressKind
from tasks.customers.addresses import Unreadable, read_email, read_phone
from tasks.loyalty.numbers import read as read_card
from tasks.redeeming.calls import Presented

Printed = Callable[[str, str], str]


def shown(presented: Presented) -> list[tuple[str, str]]:
    """What was shown, as (kind, value) in the form it is known by; the steadiest first."""
    found = [(CODE, read_card(presented.card) or presented.card.strip())] if presented.card.strip() else []
    if presented.phone.strip():
        found.append((AddressKind.PHONE.value, _read(read_phone, presented.phone)))
    if presented.email.strip():
        found.append((AddressKind.EMAIL.value, _read(read_email, presented.email)))
    return found


def _read(read: Callable[[str], object], text: str) -> str:
    """What cannot be read is known as it was written: a limit must not fall to a mistyped address."""
    try:
        return str(getattr(read(text), "value"))  # noqa: B009
    except Unreadable:
        return text.strip().lower()
