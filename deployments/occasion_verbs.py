"""The verbs of the calendar of occasions, done in the house; and the draft that is made of one."""

from calendar import Calendar as Weeks
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from deployments.order_verbs import sentences
from models.brief import BriefForm
from models.database import reading
from models.day import BAD_DAY
from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.occasions import Calendar, DraftForm, OccasionLine
from models.locale import mark
from models.piece import OccasionRow, Piece
from models.planning import OccasionOrder
from models.reason import Reason, because
from tasks.house import House
from tasks.occasions import rows
from tasks.occasions.engine import Occasions
from tasks.orders.answers import Report
from tasks.people.rows import everybody
from tasks.reports.period import month_of
from tasks.writing.engine import Drafts

LEAD = timedelta(days=1)
UNCLEAR = mark("The form cannot be read: check “{field}”.")


class OccasionVerbs:
    """The calendar of a month, and what people say of it."""

    house: House
    today: Callable[[], date]
    ordered: Callable[..., Report]

    def occasions(self, day: date) -> Calendar:
        """The month that the day is in."""
        period, today = month_of(day, self.house.workspace.company.zone), self.today()
        with reading(self.house.engine) as session:
            found = rows.between(session, period.first, period.last)
            people = {person.key: person.name for person in everybody(session)}
        lines = [self._line(row, piece, people) for row, piece in found]
        weeks = Weeks().monthdatescalendar(period.first.year, period.first.month)
        return Calendar(
            first=period.first, last=period.last, before=period.before.first,
            following=period.last + timedelta(days=1), today=today,
            lines=tuple(line for line in lines if not line.aside_by),
            aside=tuple(line for line in lines if line.aside_by),
            weeks=tuple(tuple(d if d.month == period.first.month else None for d in week) for week in weeks),
            has_sources=any(source.kind == "events" for source in self.house.workspace.sources),
        )  # fmt: skip

    def _line(self, row: OccasionRow, piece: Piece | None, people: Mapping[str, str]) -> OccasionLine:
        on, sources = date.fromisoformat(row.on_date), {s.key: s.title for s in self.house.workspace.sources}
        return OccasionLine(
            key=row.key, title=row.title, on=on, days_left=(on - self.today()).days, importance=row.importance,
            topic=row.topic, why=row.why, link=row.link, source=sources.get(row.source, row.source),
            added_by=people.get(row.added_by, row.added_by), piece_id=row.piece_id or 0,
            piece_number=(piece.number or "") if piece else "", piece_title=piece.title if piece else "",
            aside_by=people.get(row.hidden_by, row.hidden_by), aside_why=row.hidden_why, aside_at=row.hidden_at,
        )  # fmt: skip

    def occasion(self, key: str) -> OccasionLine | None:
        with reading(self.house.engine) as session:
            row = rows.occasion(session, key)
            return self._line(row, None, {}) if row else None

    def correct_occasions(self, fields: Mapping[str, str], visitor: Visitor, once: str) -> Answered:
        """Add, put aside, bring back: what the fields say."""
        order = OccasionOrder.model_validate({**fields, "person": visitor.key})
        report = self.ordered(
            visitor, once, "occasion", order.model_dump(mode="json"),
            lambda: Occasions(self.house).carry_out(order), ("occasion", order.occasion),
        )  # fmt: skip
        return Answered(said=tuple(sentences(report)), refused=bool(report.refusal))

    def draft(self, occasion: str) -> DraftForm:
        """The form of a brief; filled in with what is known of an occasion, where one is named."""
        workspace, line = self.house.workspace, self.occasion(occasion) if occasion else None
        fields = _brief_of(line, self.today()) if line else {"purpose": "news"}
        known = workspace.known()
        return DraftForm(
            fields=fields, occasion=line, channels={c.key: c.title for c in workspace.channels if c.enabled},
            groups=known.groups, goals=known.goals, people=known.people,
        )  # fmt: skip

    def write_draft(self, fields: Mapping[str, Any], visitor: Visitor, once: str) -> Answered:
        """Write the draft into the plan; `about` is the piece's id."""
        try:
            form = BriefForm.model_validate(fields)
        except ValidationError as error:
            return Answered(said=tuple(_unclear(error)), refused=True)
        report = self.ordered(
            visitor, once, "A5", form.model_dump(mode="json"),
            lambda: Drafts(self.house).write(form.brief, tuple(form.products), form.wish), ("occasion", form.occasion),
        )  # fmt: skip
        piece = next((str(line.id) for line in report.lines if line.id), "")
        return Answered(said=tuple(sentences(report)), refused=bool(report.refusal), about=piece)


def _brief_of(line: OccasionLine, today: date) -> dict[str, str]:
    """What an occasion says of a piece about it: the day before it, while that is still to come."""
    on = max(line.on - LEAD, today)
    return {
        "purpose": "news", "title": line.title, "facts": line.title, "link": line.link, "on": on.isoformat(),
        "occasion": line.key,
    }  # fmt: skip


def _unclear(error: ValidationError) -> Iterator[Reason]:
    """What is wrong with the fields, in words."""
    for one in error.errors():
        field, given = str(one["loc"][0]), str(one["input"])
        is_day = field in ("on", "deadline")
        yield because(BAD_DAY, value=given) if is_day else because(UNCLEAR, field=field)
