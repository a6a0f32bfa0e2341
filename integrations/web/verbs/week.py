"""What the page of the week needs."""

from collections.abc import Mapping
from typing import Protocol

from models.desk.week import File, Strip, Week


class WeekVerbs(Protocol):
    def week(self, asked: Mapping[str, str]) -> Week:
        """The week that the fields of an address ask for."""

    def strip(self) -> Strip:
        """Today in a line."""

    def week_sheet(self, asked: Mapping[str, str]) -> File:
        """What that address shows, as a workbook."""

    def week_agenda(self, asked: Mapping[str, str]) -> File:
        """What that address shows, for a program of calendars."""
