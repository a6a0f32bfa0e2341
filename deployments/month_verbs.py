"""The verbs of the month's page and of reports, done in the house: what a month came to, what the head concludes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from models.conclusion import Conclusion
from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.month import Making, MonthPage, Words
from models.locale import language
from models.order_book import GivenOrder, RunState
from models.planning import ConclusionOrder
from tasks.conclusions import rows as conclusions
from tasks.conclusions.engine import Conclusions
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.orders.answers import Report as Told
from tasks.people.rows import everybody
from tasks.registry.rows import last_fact
from tasks.reports.engine import FORMATS, report_of
from tasks.reports.page import said
from tasks.reports.period import Period, month_of, name_of
from tasks.reports.plots import Frame, by_day
from tasks.reports.ranking import rankings, wrong
from tasks.reports.values import Report

FRAMES = (Frame(width=960, height=200), Frame(width=350, height=200))
DRAWN_MOST, REPORTS_MOST = 24, 6
SHOWN_ORDERS = 3


class MonthVerbs:
    """A month as its report knows it, at this moment. Plots are kept: drawing one takes longer than all the rest."""

    house: House
    today: Callable[[], date]
    ordered: Callable[..., Told]
    handed_on: Callable[..., int]

    def __init__(self) -> None:
        super().__init__()
        self._drawn: dict[str, str] = {}
        self._reports: dict[str, tuple[Any, Report]] = {}

    def month(self, day: date | None = None) -> MonthPage:
        """The month of the day; without one, the month that has ended."""
        today = self.today()
        period = month_of(day or today.replace(day=1) - timedelta(days=1), self.house.workspace.company.zone)
        name = name_of(period)
        with self.house.reads() as session:
            report = replace(self._report(session, period), conclusion=conclusions.words(session, name))
            people = {person.key: person.name for person in everybody(session)}
            versions = [_words(one, people) for one in conclusions.versions(session, name)]
        following = period.last + timedelta(days=1)
        return MonthPage(
            month=period.first, before=period.before.first, following=following if following <= today else None,
            is_over=period.last < today, page=said(report, language()), rankings=rankings(report, language()),
            plots=tuple(self._plot(report, frame) for frame in FRAMES), wrong=wrong(report, language()),
            versions=tuple(versions), files=self._files(period),
        )  # fmt: skip

    def _report(self, session: Session, period: Period) -> Report:
        """The report, at most a minute old; made anew at once when the registry or the company's files say more."""
        made_of = last_fact(session), self.house.workspace.company, self.house.now().replace(second=0, microsecond=0)
        kept = self._reports.get(name_of(period))
        if kept is None or kept[0] != made_of:
            while len(self._reports) >= REPORTS_MOST:
                self._reports.pop(next(iter(self._reports)), None)
            kept = self._reports[name_of(period)] = made_of, report_of(self.house, period)
        return kept[1]

    def _plot(self, report: Report, frame: Frame) -> str:
        seen = repr((report.plotted, report.days, report.titles.get("channel"), language(), frame))
        key = sha256(seen.encode()).hexdigest()
        if key not in self._drawn:
            while len(self._drawn) >= DRAWN_MOST:
                self._drawn.pop(next(iter(self._drawn)), None)
            self._drawn[key] = by_day(report, language(), frame)
        return self._drawn.get(key, "")

    def _files(self, period: Period) -> tuple[str, ...]:
        folder, names = self.house.var / "reports", [f"{name_of(period)}.{suffix}" for suffix in FORMATS]
        return tuple(name for name in names if (folder / name).is_file())

    def conclude(self, month: date, text: str, follows: int, visitor: Visitor, once: str) -> Answered:
        """Keep the head's words about a month, unless somebody else has written since `follows`."""
        order = ConclusionOrder(month=f"{month:%Y-%m}", text=text, follows=follows, person=visitor.key)
        told = self.ordered(
            visitor, once, "conclusion", order.model_dump(mode="json"),
            lambda: Conclusions(self.house).conclude(order, once), ("month", f"{month:%Y-%m}"),
        )  # fmt: skip
        return Answered(said=tuple(sentences(told)), refused=bool(told.refusal))

    def make_report(self, kind: str, on: str, visitor: Visitor, once: str) -> int:
        """Order a report; only a run makes it, because it takes a while."""
        form = {"kind": kind, "on": on, "conclusion": ""}
        return self.handed_on(visitor, once, "A12", form, ("report", kind))

    def makings(self) -> Sequence[Making]:
        """The reports that were ordered last, the newest first."""
        with self.house.reads() as session:
            people = {person.key: person.name for person in everybody(session)}
            return [_making(given, people) for given in book.latest(session, "A12", SHOWN_ORDERS)]


def _words(one: Conclusion, people: dict[str, str]) -> Words:
    return Words(id=one.id or 0, text=one.text, person=people.get(one.person, one.person), said_at=one.said_at)


def _making(given: GivenOrder, people: dict[str, str]) -> Making:
    return Making(
        id=given.id or 0, kind=str(given.form.get("kind", "")), person=people.get(given.person, given.person),
        given_at=given.given_at, is_over=given.run_state == RunState.OVER, is_lost=given.run_state == RunState.LOST,
        ended_as=given.ended_as, remarks=given.remarks,
    )  # fmt: skip
