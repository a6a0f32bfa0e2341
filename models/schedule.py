"""Time as a specialist says it: recurrences, slots, quiet hours and working hours. Pure."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from pydantic import Field, field_validator, model_validator

from models.locale import mark
from models.post import Value
from models.reason import Reason, because

DAY_MINUTES = 24 * 60
ONLY_WEEKS = mark("Weekdays go with weeks only: write “every week on Tue, Thu”, not weekdays with days or months.")
BAD_WEEKDAY = mark("A weekday is a number from 0 (Monday) to 6 (Sunday), not {day}.")


class Unreadable(ValueError):
    """A text about time that could not be read; the reason shows the text and how to write it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class Recurrence(Value):
    """Every `interval` days, weeks or months from an anchor that stands beside it.

    `weekdays` (0 is Monday) go with weeks only; none means the anchor's own.
    `until` is the last day, included; `times` is how many there are at most; both may stand, the sooner ends it.
    """

    rule: Literal["day", "week", "month"]
    interval: int = Field(default=1, ge=1, le=1000)
    weekdays: tuple[int, ...] = ()
    until: date | None = None
    times: int | None = Field(default=None, ge=1)

    @field_validator("weekdays")
    @classmethod
    def in_order_once(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        for day in days:
            if not 0 <= day <= 6:
                raise Unreadable(because(BAD_WEEKDAY, code="weekday", day=day))
        return tuple(sorted(set(days)))

    @model_validator(mode="after")
    def weekdays_in_weeks(self) -> "Recurrence":
        if self.weekdays and self.rule != "week":
            raise Unreadable(because(ONLY_WEEKS, code="weekdays"))
        return self


@dataclass(frozen=True)
class Slot:
    """A place for one publication: on these weekdays (0 is Monday), at this time of the channel's zone."""

    weekdays: frozenset[int]
    at: time


@dataclass(frozen=True)
class QuietHours:
    """Half-open spans in minutes of the day; a span whose end is not after its start goes over midnight."""

    spans: tuple[tuple[int, int], ...] = ()

    def hold(self, minute: int) -> bool:
        """Whether this minute of the day is quiet."""
        return any(s <= minute < e if s < e else minute >= s or minute < e for s, e in self.spans)


@dataclass(frozen=True)
class Shift:
    """Working time on these weekdays, in minutes of the day; an end not after its start is on the next day."""

    weekdays: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True)
class WorkingHours:
    """When somebody is there to answer; `closed_on` are the days off among them."""

    shifts: tuple[Shift, ...]
    closed_on: frozenset[date] = frozenset()
