"""How orders about offers are answered. Pure."""

import re
from collections.abc import Iterable

from integrations.errors import Refused
from models.content import Problem
from models.locale import mark, translate
from models.reason import Reason, because
from models.redemptions import OfferRow
from models.written import BAD_KEY
from tasks.orders.answers import Line

CALLED = mark("offer {key} “{title}”")
WRONG = mark("{first} And {more} more: mend this one first.")
FIELD = mark("{field}: {reason}")
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
NOT_KEYS = ("new", "coupon")  # pages of the desk are called so


def page_of(staff_url: str, key: str) -> str:
    return f"{staff_url}/staff/offers/{key}"


def line_of(staff_url: str, row: OfferRow, said: str, *notes: str, done: bool = True) -> Line:
    label = translate(CALLED, key=row.key, title=row.title)
    return Line(id=row.id or 0, label=label, said=said, done=done, url=page_of(staff_url, row.key), notes=notes)


def told(wrong: Iterable[tuple[str, Reason]]) -> Reason:
    """The first of what is wrong, by the name of its field, and how many more there are."""
    first, *more = [because(FIELD, code=reason.code, field=field, reason=reason) if field else reason
                    for field, reason in wrong]  # fmt: skip
    return because(WRONG, code="wrong", first=first, more=len(more)) if more else first


def problems_told(problems: Iterable[Problem]) -> Reason:
    return told([(one.place.field, one.reason) for one in problems])


def checked_key(key: str) -> str:
    """A key as addresses take it. Raises Refused."""
    if not KEY.fullmatch(key) or key in NOT_KEYS:
        raise Refused(because(BAD_KEY, code="bad_key", value=key))
    return key
