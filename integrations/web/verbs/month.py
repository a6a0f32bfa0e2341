"""What the web process can do about the month's page and reports."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.month import Making, MonthPage


class MonthVerbs(Protocol):
    def month(self, day: date | None = None) -> MonthPage:
        """The month that the day is in; without a day, the month that has ended."""

    def conclude(self, month: date, text: str, follows: int, visitor: Visitor, once: str) -> Answered:
        """Keep the head's words, unless another version than `follows` stands by now."""

    def make_report(self, kind: str, on: str, visitor: Visitor, once: str) -> int:
        """Order a report of the week or month of the day; `makings` tells how far it is."""

    def makings(self) -> Sequence[Making]:
        """The reports that were ordered last, the newest first."""
