"""The verbs of the week, done in the house: what is due, by day, with what may be ordered about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.company import Workspace
from models.database import now_by, reading
from models.desk import Choice, Order
from models.desk.week import STATES, Back, Choices, Export, File, Placed, Standing, Strip, View, Week, Wish, monday
from models.locale import mark, translate
from tasks.desk.rows import Names
from tasks.house import House
from tasks.schedule.wall import local, wall_of
from tasks.week import layout, rows
from tasks.week.layout import Spot
from tasks.week.wishes import chips, read_wish
from tasks.week.zones import clocks_of, town

TITLE = mark("{company}: publications from {first}")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ICS = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Look:
    """What an address asks for, and what was found for it in all states."""

    wish: Wish
    zone: str
    now: datetime
    names: Names
    choices: Choices
    spots: Sequence[Spot]

    @property
    def wanted(self) -> list[Spot]:
        """What passes the filter by state too."""
        states = STATES.get(self.wish.state, frozenset(Standing))
        return [spot for spot in self.spots if spot.standing in states]


class WeekVerbs:
    """The week as its address asks for it."""

    house: House
    today: Callable[[], date]
    _names: Callable[[Session], Names]

    def week(self, asked: Mapping[str, str]) -> Week:
        """Find the span along an index, put it in place, and read whole only what is shown."""
        with reading(self.house.engine) as session:
            look = self._look(session, asked)
            wish, zone = look.wish, look.zone
            seen = {
                "today": local(look.now, zone).date(), "zone": zone, "choices": look.choices,
                "chips": chips(wish, look.choices), "counts": layout.count(look.spots),
                "is_cut": len(look.spots) >= rows.MOST, "back": _back(session, look),
            }  # fmt: skip
            if wish.view is View.LIST:
                some, page, pages = layout.page_of(look.wanted, wish.page)
                wish = wish.model_copy(update={"page": page})
                return Week(wish=wish, pages=pages, placed=_placed(session, some, look), **seen)
            columns = layout.by_day(look.wanted, wish.first, zone)
            shown = _placed(session, [spot for _, spots, _ in columns for spot in spots], look)
            return Week(wish=wish, days=layout.days_of(columns, shown), **seen)

    def _look(self, session: Session, asked: Mapping[str, str]) -> Look:
        workspace = self.house.workspace
        names, now = self._names(session), now_by(self.house.clock, session)
        choices = _choices(workspace, names)
        wish = read_wish(asked, self.today(), choices)
        zone = wish.zone or workspace.company.zone
        return Look(wish, zone, now, names, choices, rows.spots(session, *layout.span(wish, zone), wish, now))

    def strip(self) -> Strip:
        zone, today = self.house.workspace.company.zone, self.today()
        wish = Wish(first=monday(today), view=View.LIST, day=today)
        with reading(self.house.engine) as session:
            now = now_by(self.house.clock, session)
            spots = rows.spots(session, *layout.span(wish, zone), wish, now)
        return Strip(wish=wish, counts=layout.count(spots), next_at=layout.next_due(spots, now))

    def week_sheet(self, asked: Mapping[str, str]) -> File:
        from tasks.week.sheet import workbook

        export, name = self._export(asked)
        return File(name=f"{name}.xlsx", media_type=XLSX, data=workbook(export))

    def week_agenda(self, asked: Mapping[str, str]) -> File:
        from tasks.week.agenda import calendar

        export, name = self._export(asked)
        return File(name=f"{name}.ics", media_type=ICS, data=calendar(export))

    def _export(self, asked: Mapping[str, str]) -> tuple[Export, str]:
        """All that the address shows, whatever the page leaves to its further pages."""
        with reading(self.house.engine) as session:
            look = self._look(session, asked)
            placed, wish = _placed(session, look.wanted, look), look.wish
        first = (wish.day or wish.first).isoformat()
        title = translate(TITLE, company=self.house.workspace.company.name, first=first)
        home = self.house.staff_url.rstrip("/")
        return Export(title=title, zone=look.zone, placed=placed, made_at=look.now, home=home), f"plan-{first}"


def _choices(workspace: Workspace, names: Names) -> Choices:
    return Choices(
        channels=_listed({key: card.title for key, card in names.channels.items()}), campaigns=_listed(names.campaigns),
        people=_listed(names.people), zones=clocks_of(workspace),
    )  # fmt: skip


def _listed(titles: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, title=title) for key, title in titles.items())


def _placed(session: Session, spots: Sequence[Spot], look: Look) -> tuple[Placed, ...]:
    lines = rows.lines(session, [spot.id for spot in spots], look.names)
    return tuple(layout.in_place(lines[spot.id], spot.standing, look.zone) for spot in spots if spot.id in lines)


def _back(session: Session, look: Look) -> Back | None:
    """The way back for what was just moved: where it can still be moved, and its former time has not passed."""
    id, was = look.wish.moved, look.wish.was
    line = rows.lines(session, [id], look.names).get(id) if id and was else None
    if line is None or Order.MOVE not in line.orders or wall_of(line.due_at, line.zone) == was:
        return None
    if not layout.may_return(was, line.zone, look.now):
        return None
    differs = layout.in_place(line, Standing.PLANNED, look.zone).there
    return Back(line=line, wall=was, town=town(line.zone) if differs else "")
