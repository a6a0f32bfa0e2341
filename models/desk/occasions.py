"""The calendar of occasions as the desk shows it, and the draft that is made of one. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from models.post import Value


class OccasionLine(Value):
    """An occasion of the calendar; `piece_*` is what was made of it, `aside_*` why it is not for us."""

    key: str
    title: str
    on: date
    days_left: int
    importance: int = 1
    topic: str = ""
    why: str = ""
    link: str = ""
    source: str = ""
    added_by: str = ""
    piece_id: int = 0
    piece_number: str = ""
    piece_title: str = ""
    aside_by: str = ""
    aside_why: str = ""
    aside_at: datetime | None = None


class Calendar(Value):
    """The occasions of a month: those for us, and those put aside; `weeks` are its days, None outside the month."""

    first: date
    last: date
    before: date
    following: date
    today: date
    lines: tuple[OccasionLine, ...] = ()
    aside: tuple[OccasionLine, ...] = ()
    weeks: tuple[tuple[date | None, ...], ...] = ()
    has_sources: bool = False

    @property
    def week_days(self) -> tuple[date, ...]:
        """Any Monday to Sunday, for the heads of the columns."""
        monday = self.first - timedelta(days=self.first.weekday())
        return tuple(monday + timedelta(days=number) for number in range(7))

    def of(self, day: date) -> tuple[OccasionLine, ...]:
        return tuple(line for line in self.lines if line.on == day)


class DraftForm(Value):
    """A brief as it stands in its form, and what there is to choose from."""

    fields: Mapping[str, str] = {}
    occasion: OccasionLine | None = None
    channels: Mapping[str, str] = {}
    chosen: tuple[str, ...] = ()
    groups: Mapping[str, str] = {}
    goals: Mapping[str, str] = {}
    people: Mapping[str, str] = {}
