"""Lateness (если опоздали): how late a placement may be, and what becomes of one that is later. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.delivery import Lateness, State
from models.locale import mark
from models.reason import Reason, because
from tasks.schedule.wall import wall_of

SKIPPED = mark("Not published: it was due at {due} and worth publishing until {late}.")
ASKED = mark("It was due at {due} and is late since {late}; decide whether it should still go out.")
PUBLISHED_LATE = mark("It was due at {due} and is late since {late}; by its rule it goes out all the same.")
ON_TIME = Reason()


@dataclass(frozen=True)
class Verdict:
    """What becomes of a due placement: `state` is where it is put, None means that it goes out now."""

    state: State | None = None
    reason: Reason = ON_TIME


def late_at(due_at: datetime, tolerance: timedelta) -> datetime:
    """The moment from which the policy holds; before it a placement simply goes out."""
    return due_at + tolerance


def is_late(late_at: datetime | None, now: datetime) -> bool:
    """Whether the policy holds now; a placement without a limit is never late."""
    return late_at is not None and now >= late_at


def decide(policy: Lateness, due_at: datetime, late_at: datetime | None, now: datetime, zone: str) -> Verdict:
    """Judge a due placement by its policy; the reason shows both times by the clocks of its zone."""
    if late_at is None or not is_late(late_at, now):
        return Verdict()
    words = {"due": _shown(due_at, zone), "late": _shown(late_at, zone)}
    match policy:
        case Lateness.SKIP:
            return Verdict(State.MISSED, because(SKIPPED, code="late_skipped", **words))
        case Lateness.ASK:
            return Verdict(State.HELD, because(ASKED, code="late_ask", **words))
        case Lateness.PUBLISH:
            return Verdict(None, because(PUBLISHED_LATE, code="late_published", **words))


def _shown(at: datetime, zone: str) -> str:
    return wall_of(at, zone).replace("T", " ")
