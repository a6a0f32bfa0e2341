"""Carries out what the head concludes about a month: a version beside the former ones. It knows no Prefect."""

from integrations.errors import Refused
from models.locale import mark, translate
from models.people import Permission
from models.planning import ConclusionOrder
from models.reason import because
from models.schedule import Unreadable
from tasks.conclusions import rows
from tasks.house import House
from tasks.orders import naming
from tasks.orders.answers import Line, Report
from tasks.orders.rows import people
from tasks.reports.engine import period_of
from tasks.reports.numbers import say_moment, say_period
from tasks.reports.period import name_of

TITLE = mark("The head's conclusion")
KEPT = mark("kept: it stands on the month's page and in the reports made from now on")
TAKEN_AWAY = mark("taken away; the former versions are kept")
NOT_YET = mark("This month has not begun. Conclude when there is something to conclude from.")
OTHERWISE = mark(
    "{person} has written another conclusion meanwhile, {at}. Read it below; yours stands in the field, not kept yet."
)
SOMEBODY = mark("Somebody")


class Conclusions:
    """The conclusions of one house. Every verb returns a Report; what cannot be done is its refusal."""

    def __init__(self, house: House) -> None:
        self.house = house

    def conclude(self, order: ConclusionOrder, once: str = "") -> Report:
        """Keep the text as the version that stands; not over one that its writer has not seen."""
        at = self.house
        try:
            month = period_of(at, "month", order.first_day)
            if month.since > at.now():
                raise Refused(because(NOT_YET, code="not_yet"))
            with at.sessions.begin() as session:
                known = people(session, at.workspace)
                who, name = naming.entitled(order.person, known, Permission.PLAN), name_of(month)
                kept = rows.keep(session, at.clock, name, order.text.strip(), who.key, once, order.follows)
                stands = rows.current(session, name)
        except (Refused, Unreadable) as error:
            return Report(title=translate(TITLE), refusal=error.reason)
        if not kept and stands is not None:
            writer = known[stands.person].name if stands.person in known else translate(SOMEBODY)
            said = because(OTHERWISE, code="otherwise", person=writer, at=say_moment(stands.said_at, month.zone))
            return Report(title=translate(TITLE), refusal=said)
        line = Line(
            id=0, label=say_period(month), said=translate(KEPT if order.text.strip() else TAKEN_AWAY), done=True
        )
        return Report(title=translate(TITLE), lines=(line,))
