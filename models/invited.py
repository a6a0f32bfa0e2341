"""An invitation as the one who is invited sees it, and as staff count its answers. Pure."""

from datetime import datetime
from enum import StrEnum

from models.post import Value


class Standing(StrEnum):
    """How far an invitation is for the one who is invited."""

    ASKED = "asked"
    COMES = "comes"
    AT_TILL = "at_till"
    CAME = "came"
    STOPPED = "stopped"
    OVER = "over"


class SittingShown(Value):
    """A sitting that may be answered for; `room` is for the invited, whose own seats are theirs to keep."""

    scope: str
    outlet: str
    at: datetime
    left: int
    room: int
    is_mine: bool = False


class Invited(Value):
    """`outlet` and `at` are where and when they come, or were; `most` is how many may come by one coupon."""

    coupon: int
    standing: Standing
    sittings: tuple[SittingShown, ...] = ()
    outlet: str = ""
    at: datetime | None = None
    guests: int = 0
    most: int = 1

    @property
    def may_answer(self) -> bool:
        return self.standing in (Standing.ASKED, Standing.COMES) and bool(self.sittings)

    @property
    def is_full(self) -> bool:
        return not any(one.room > 0 for one in self.sittings)
