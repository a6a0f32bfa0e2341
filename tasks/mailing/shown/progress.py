"""How far the letters of a mailing are, and when it will be through. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.delivery import State
from models.desk.mailings import Progress, Waiting
from models.mailings import Mailing, Stage
from models.reason import Reason

YOUNG = timedelta(seconds=10)  # a speed measured over less than this says nothing


def progress_of(
    row: Mailing, states: Mapping[str, int], sent: int, lately: timedelta, waiting: Waiting | None, now: datetime
) -> Progress:
    """`sent` went out within `lately`. The end is known only while letters go; none goes before its own moment."""
    why = Reason.model_validate(row.reason or {})
    if row.stage != Stage.SENDING:
        return Progress(states=states, why=why)
    waiting = waiting or Waiting()
    if not sent or row.listed_at is None:
        return Progress(states=states, why=why, waiting=waiting)
    per_minute = sent / (min(lately, max(now - row.listed_at, YOUNG)).total_seconds() / 60)
    left = states.get(State.PLANNED, 0) + states.get(State.INTENT, 0)
    ends_at = now + timedelta(minutes=(left - waiting.number) / per_minute) if left else None
    if ends_at and waiting.last:
        ends_at = max(ends_at, waiting.last)
    return Progress(states=states, per_minute=round(per_minute, 1), ends_at=ends_at, why=why, waiting=waiting)
