"""What a buyer showed, read for what it is; and what is said against something that has happened already. Pure."""

import re
from collections.abc import Iterable

from models.locale import mark
from models.reason import Reason, because
from models.redemptions import Limit
from tasks.redeeming.calls import Presented
from tasks.redeeming.refusals import FULL

PHONE = re.compile(r"(?:\+\d{10,15}|[789]\d{9,10})")
AHEAD = mark("The clock of the device was ahead.")
AMOUNT = mark("The discount was another one than the offer gives.")
UNKNOWN = mark("There is no such code.")
CODE = mark("The code had been used already.")
STOPPED = mark("The code or the offer had been stopped.")
REPLACED = mark("Another code had been given in its place.")
NO_TERMS = mark("The offer had not been approved.")
GONE = mark("It had been given back already.")
OTHER = mark("Something else had been told of under the same number.")
MORE = mark("More was brought back than was left of the sale.")
LATE = mark("It was brought back too late.")
POINTS = mark("The points were more than the offer gives.")
TIME = mark("The offer did not hold at that time.")
HERE = mark("The offer did not hold in this outlet.")
OTHERWISE = mark("The offer did not hold for this purchase.")
TEXTS = {
    "clock": AHEAD, "amount": AMOUNT, "unknown_code": UNKNOWN, "code": CODE, "stopped": STOPPED,
    "offer_stopped": STOPPED, "offer_closed": STOPPED, "replaced": REPLACED, "no_terms": NO_TERMS,
    "nothing_left": GONE, "too_late": LATE, "points": POINTS, "not_here": HERE, "not_yet": TIME, "over": TIME,
    "weekday": TIME, "hours": TIME, "other_sale": OTHER, "other_body": OTHER, "no_line": MORE, "too_much": MORE,
}  # fmt: skip


def presented(shown: str) -> Presented:
    """A card, a telephone number or a mail address, whatever was typed into the one field there is."""
    plain = shown.strip()
    bare = re.sub(r"[\s()-]", "", plain)
    if "@" in plain:
        return Presented(email=plain)
    return Presented(phone=plain) if PHONE.fullmatch(bare) else Presented(card=plain)


def reasons_against(conflicts: Iterable[str]) -> tuple[Reason, ...]:
    """Why it would not have been allowed, each once."""
    said = (
        FULL[Limit(one)] if one in set(Limit) else because(TEXTS.get(one, OTHERWISE), code=one) for one in conflicts
    )
    return tuple({reason.text: reason for reason in said}.values())


def against(conflicts: Iterable[str]) -> str:
    """The same in sentences."""
    return " ".join(map(str, reasons_against(conflicts)))
