"""Which mailing a purchase is owed to: the rule, as it is printed beside the figures. Pure.

A purchase is owed to the last click within so many days before it; where there was none, to the last opening; where
there was none, to the last letter that was sent. The three are separate lines of a report: they prove less and less.
Within one mailing a receipt counts once, by its strongest touch; over all mailings it counts for one. A return is taken
off the purchase before it that is owed to the same mailing, and no recipient counts below nothing. What machines
opened and clicked is no touch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from models.locale import mark


class By(IntEnum):
    """What a purchase is owed by; the larger proves more."""

    SENT = 1
    OPENED = 2
    CLICKED = 3


BY_TITLES = {
    By.CLICKED: mark("after a click"),
    By.OPENED: mark("after an opening, without a click"),
    By.SENT: mark("after a letter that was not opened"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """How long a touch counts, and how long after a purchase a return is taken off it."""

    touch: timedelta = timedelta(days=7)
    returned: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Touch:
    """Something between a letter and its recipient."""

    by: By
    at: datetime
    message: int
    mailing: int


def owed(bought_at: datetime, touches: Sequence[Touch], window: Window) -> Touch | None:
    """The touch that a purchase is owed to; of several of one kind the last."""
    near = [touch for touch in touches if touch.at <= bought_at <= touch.at + window.touch]
    return max(near, key=lambda touch: (touch.by, touch.at, touch.message), default=None)
