"""The big switch as the desk shows it: what a Stop would hold, what it holds, what letting go of it means. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from models.desk import StopLine
from models.post import Value
from models.stop import Scope


class Band(Value):
    """A Stop in force as every page of staff shows it; `title` is what it covers, empty for everything."""

    id: int
    scope: Scope
    scope_key: str = ""
    title: str = ""
    pulled_by: str
    pulled_at: datetime


class Coming(Value):
    """So many publications of one channel that are to come, the next of them at `next_at`."""

    account: str
    channel: str
    number: int
    next_at: datetime


class Outlook(Value):
    """What a Stop of this scope holds, or would hold; `going` are those in the air, which nothing holds any more.

    `stop_id` is the Stop that holds it already, 0 where none does.
    """

    scope: Scope
    key: str = ""
    what: str = ""
    coming: tuple[Coming, ...] = ()
    going: int = 0
    stop_id: int = 0

    @property
    def number(self) -> int:
        return sum(one.number for one in self.coming)


class Fate(StrEnum):
    """What becomes of a publication whose time passed under a Stop, once the Stop is released."""

    GOES_OUT = "goes_out"
    IS_ASKED = "is_asked"
    IS_SKIPPED = "is_skipped"
    NOT_APPROVED = "not_approved"


class LateLine(Value):
    """A publication whose time has passed under a Stop."""

    id: int
    number: str = ""
    title: str
    channel: str
    due_at: datetime
    fate: Fate


class Letting(Value):
    """What releasing a Stop means: what goes out by its plan, what is late, and what another Stop still holds.

    `late` may be cut; `fates` counts all of it.
    """

    stop: StopLine
    coming: tuple[Coming, ...] = ()
    late: tuple[LateLine, ...] = ()
    fates: Mapping[Fate, int] = {}
    still_stopped: int = 0

    @property
    def late_number(self) -> int:
        return sum(self.fates.values())


class StopCard(Value):
    """A Stop in force with what it holds."""

    line: StopLine
    outlook: Outlook
