"""Carries out what people say of occasions: one more, one not for us, one that is after all. It knows no Prefect."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.content import Occasion, nearest
from models.database import in_one
from models.day import read_day
from models.locale import mark, quoted, translate
from models.people import Permission
from models.piece import OccasionRow
from models.planning import OccasionOrder
from models.reason import Reason, because
from models.schedule import Unreadable
from tasks.analysis import rows as analysis
from tasks.analysis.events import Event, gather
from tasks.approval.rules import Who
from tasks.content.references import refer
from tasks.house import House
from tasks.occasions import rows
from tasks.orders import naming
from tasks.orders.answers import Line, Report
from tasks.orders.rows import people
from tasks.reports.numbers import say_day
from tasks.schedule.wall import local

TITLE = mark("Calendar of occasions")
ADDED = mark("added to the calendar, {day}")
ASIDE = mark("put aside: {why}")
BACK = mark("back in the calendar")
WAS_ASIDE = mark("it was put aside before: {why}")
WAS_NOT_ASIDE = mark("it stands in the calendar; nothing was changed")
NO_TITLE = mark("Say what happens: give the occasion a title.")
NO_DAY = mark("Say on which day it is.")
NO_WHY = mark("Say why it is not for us: whoever meets it again will want to know.")
BAD_LINK = mark("A link begins with https://. Copy it from the page again, or leave it empty.")
KNOWN = mark("This occasion is known: “{title}”, {day}. Nothing was added.")
KNOWN_ASIDE = mark("This occasion is known and was put aside: “{title}”. Bring it back instead. Why it was: {why}")
NO_SUCH = mark("There is no occasion “{value}”. Nearest: {nearest}.")


class Occasions:
    """The calendar of one house. Every verb returns a Report; what cannot be done is its refusal."""

    def __init__(self, house: House) -> None:
        self.house = house

    def carry_out(self, order: OccasionOrder) -> Report:
        """Do what the order says, in one transaction."""

        def work(session: Session) -> Line:
            who = naming.entitled(order.person, people(session, self.house.workspace), Permission.EDIT)
            return {"add": self._add, "set aside": self._put_aside, "bring back": self._bring_back}[order.what](
                session, order, who
            )

        try:
            return Report(title=translate(TITLE), lines=(in_one(self.house.sessions, work),))
        except Refused as refused:
            return Report(title=translate(TITLE), refusal=refused.reason)

    def _add(self, session: Session, order: OccasionOrder, who: Who) -> Line:
        entry = _entry(order)
        known = analysis.known_occasions(session, local(self.house.now(), self.house.workspace.company.zone).date())
        [event] = [one for one in gather([entry], known) if one.entries]
        stands = rows.occasion(session, event.occasion.key)
        if stands is not None:
            raise Refused(_known(stands))
        mine = Event(event.occasion.model_copy(update={"topic": order.topic.strip()}), event.entries)
        rows.add(session, self.house.clock, mine, order.importance, who.key)
        return _line(entry.title, translate(ADDED, day=say_day(entry.on, year=True)))

    def _put_aside(self, session: Session, order: OccasionOrder, who: Who) -> Line:
        row, why = self._named(session, order), order.reason.strip()
        if not why:
            raise Refused(because(NO_WHY, code="no_why"))
        if rows.put_aside(session, self.house.clock, row.key, who.key, why):
            return _line(row.title, translate(ASIDE, why=why))
        return _line(row.title, translate(WAS_ASIDE, why=row.hidden_why), done=False)

    def _bring_back(self, session: Session, order: OccasionOrder, who: Who) -> Line:
        row = self._named(session, order)
        done = rows.bring_back(session, row.key)
        return _line(row.title, translate(BACK if done else WAS_NOT_ASIDE), done=done)

    def _named(self, session: Session, order: OccasionOrder) -> OccasionRow:
        """The occasion that is meant, by key or title. Raises Refused."""
        found = rows.occasion(session, order.occasion.strip())
        if found is not None:
            return found
        today = local(self.house.now(), self.house.workspace.company.zone).date()
        known = rows.titles(session, today - analysis.REMEMBERED)
        row = rows.occasion(session, key_of(order.occasion, known))
        assert row is not None
        return row


def key_of(said: str, known: Mapping[str, str]) -> str:
    """The key of the occasion that is meant by a key or a title. Raises Refused, with the nearest three."""
    key = refer(said, known)
    if key is None:
        near = ", ".join(nearest(said, known.values(), 3, 0.0)) or "—"
        raise Refused(because(NO_SUCH, code="no_occasion", value=said, nearest=near))
    return key


def _entry(order: OccasionOrder) -> Occasion:
    """What a person says of a new occasion. Raises Refused."""
    if not order.title.strip():
        raise Refused(because(NO_TITLE, code="no_title"))
    if not order.on.strip():
        raise Refused(because(NO_DAY, code="no_day"))
    if order.link.strip() and not order.link.strip().startswith(("https://", "http://")):
        raise Refused(because(BAD_LINK, code="bad_link"))
    try:
        on = read_day(order.on)
    except Unreadable as error:
        raise Refused(error.reason) from None
    return Occasion(key="", title=" ".join(order.title.split()), on=on, link=order.link.strip())


def _known(row: OccasionRow) -> Reason:
    if row.hidden_by:
        return because(KNOWN_ASIDE, code="known", title=row.title, why=row.hidden_why)
    return because(KNOWN, code="known", title=row.title, day=row.on_date)


def _line(title: str, said: str, done: bool = True) -> Line:
    return Line(id=0, label=quoted(title), said=said, done=done)
