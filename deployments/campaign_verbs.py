"""The verbs of campaigns, goals and funds, done in the house: what is planned, what came of it, what is changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from integrations.errors import Refused
from models.company import Campaign, Fund, Goal
from models.database import reading
from models.desk import Visitor
from models.desk.campaigns import (
    Answered,
    CampaignLine,
    CampaignList,
    CampaignPage,
    Filled,
    FundLine,
    GoalLine,
    GoalList,
    Happened,
)
from models.locale import mark, translate
from models.order_book import GivenOrder
from models.planning import CampaignOrder, FundOrder, GoalOrder, Planned
from models.registry import Tally
from models.stop import Scope
from tasks.campaigns import rows, shown
from tasks.campaigns.engine import Planning
from tasks.campaigns.forecast import forecast, gone
from tasks.campaigns.rows import Counted
from tasks.company_file.engine import CompanyFile
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.orders.answers import Report
from tasks.people.rows import everybody
from tasks.reports.intended import budget_of_fund, goal_of, unmeasured
from tasks.reports.measures import GOAL_METRICS, weigh
from tasks.reports.numbers import say_money
from tasks.reports.page import goal_bar, money_bar
from tasks.reports.period import midnight
from tasks.reports.rows import EVER, attained
from tasks.reports.standing import goal_line, money_line
from tasks.stop.rows import stops_in_force

FORMS: Mapping[str, type[Planned]] = {
    "campaign": CampaignOrder,
    "goal": GoalOrder,
    "fund": FundOrder,
}
SECTIONS = {"campaign": "campaigns", "goal": "goals", "fund": "funds"}
STOP, RELEASED = mark("Stop: {reason}"), mark("Stop: {reason}; released by {person}")


class CampaignVerbs:
    """Campaigns, goals and funds: read out of the files and the registry, changed in company.yaml."""

    house: House
    today: Callable[[], date]
    ordered: Callable[..., Report]

    def campaigns(self, everything: bool = False) -> CampaignList:
        company, today = self.house.workspace.company, self.today()
        chosen = [one for one in company.campaigns if everything or shown.in_sight(one.ends_on, today)]
        with reading(self.house.engine) as session:
            lines = self._lines(session, chosen)
        return CampaignList(lines=shown.by_stage(lines), older=len(company.campaigns) - len(chosen))

    def _lines(self, session: Session, chosen: Sequence[Campaign]) -> list[CampaignLine]:
        company, today, keys = self.house.workspace.company, self.today(), [one.key for one in chosen]
        spent, counted = rows.spending(session, keys), rows.counts(session, keys)
        stopped = {stop.scope_key for stop in stops_in_force(session) if stop.scope == Scope.CAMPAIGN}
        return [
            shown.campaign_line(one, company, spent.get(one.key, ()), counted.get(one.key, Counted()), today,
                                one.key in stopped)
            for one in chosen
        ]  # fmt: skip

    def campaign(self, key: str) -> CampaignPage | None:
        company, zone = self.house.workspace.company, self.house.workspace.company.zone
        found = next((one for one in company.campaigns if one.key == key), None)
        if found is None:
            return None
        with reading(self.house.engine) as session:
            [line] = self._lines(session, [found])
            people = {person.key: person.name for person in everybody(session)}
            astray = rows.outside(session, key, found.starts_on, found.ends_on, zone)
            works = rows.works(session, key)
            return CampaignPage(
                line=line, works=tuple(shown.work_line(work, people, [one.id for one in astray]) for work in works),
                is_cut=len(works) >= rows.MOST, outside=len(astray),
                funds=shown.funds_of(rows.spending(session, [key], "fund"), self._funds(), company.currency),
                results=shown.results_of(
                    rows.results(session, key, midnight(EVER, zone), self.house.now()), company.currency
                ),
                happened=tuple(self._happened(session, key, people)),
            )  # fmt: skip

    def _funds(self) -> dict[str, str]:
        return {fund.key: fund.title for fund in self.house.workspace.company.funds}

    def _happened(self, session: Session, key: str, people: Mapping[str, str]) -> list[Happened]:
        """What was ordered about a campaign, the newest first."""
        found = [
            Happened(at=given.given_at, person=people.get(given.person, given.person), said=_answer(given))
            for given in book.of_subject(session, "campaign", [key]) if given.carried_out_at
        ]  # fmt: skip
        for stop in rows.stops(session, key):
            words = {"reason": stop.reason, "person": people.get(stop.released_by, stop.released_by)}
            said = translate(RELEASED if stop.released_at else STOP, **words)
            found.append(Happened(at=stop.pulled_at, person=people.get(stop.pulled_by, stop.pulled_by), said=said))
        return sorted(found, key=lambda one: one.at, reverse=True)

    def goals(self, everything: bool = False) -> GoalList:
        company, today = self.house.workspace.company, self.today()
        measured = [goal for goal in company.goals if goal.metric in GOAL_METRICS]
        chosen = [goal for goal in measured if everything or shown.in_sight(goal.ends_on, today)]
        first = date(today.year, 1, 1)
        with reading(self.house.engine) as session:
            goals = [self._goal(session, goal) for goal in chosen]
            spent = rows.spending_by_fund(session, first, company.zone)
        outside = weigh([one for fund in spent.keys() - self._funds().keys() for one in spent[fund]], company.currency)
        return GoalList(
            goals=tuple(sorted(goals, key=lambda line: shown.ORDER[line.stage])), older=len(measured) - len(chosen),
            funds=tuple(self._fund(fund, spent.get(fund.key, ()), today.year) for fund in company.funds),
            year=today.year, unmeasured=tuple(unmeasured(company)),
            outside_funds=say_money(round(outside["cost"]), company.currency) if outside["cost"] else "",
        )  # fmt: skip

    def _goal(self, session: Session, goal: Goal) -> GoalLine:
        company, today = self.house.workspace.company, self.today()
        meant = goal_of(goal, company.currency)
        reached = attained(session, meant, meant.last, company.zone)
        line = goal_line(meant, reached, today, company.currency)
        return GoalLine(
            key=goal.key, title=goal.title, stage=shown.stage(goal.starts_on, goal.ends_on, today),
            bar=goal_bar(line, company.currency), gone=gone(goal.starts_on, goal.ends_on, today),
            forecast=forecast(line, today, company.currency), campaigns=shown.serving(goal, company),
        )  # fmt: skip

    def _fund(self, fund: Fund, spent: Sequence[Tally], year: int) -> FundLine:
        currency = self.house.workspace.company.currency
        line = money_line(budget_of_fund(fund, currency, year), spent, currency)
        return FundLine(
            key=fund.key, title=fund.title, bar=money_bar(line, currency, "month"), left=shown.left_of(line, currency)
        )

    def planned(self, kind: str, key: str = "") -> Filled | None:
        """The form of a campaign, a goal or a fund: empty, or as it stands; None where there is none with this key."""
        company = self.house.workspace.company
        choices: dict[str, Any] = {
            "goals": {goal.key: goal.title for goal in company.goals}, "metrics": shown.metrics(),
            "currency": company.currency,
        }  # fmt: skip
        if not key:
            return Filled(**choices)
        found = next((one for one in getattr(company, SECTIONS[kind]) if one.key == key), None)
        if found is None:
            return None
        fields = {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in found}
        return Filled(fields=fields, former=self._print(SECTIONS[kind], key), is_new=False, **choices)

    def _print(self, section: str, key: str) -> str:
        try:
            return CompanyFile(self.house).read().print_of(section, key=key)
        except Refused:
            return ""

    def plan(
        self, kind: str, key: str, fields: Mapping[str, str], visitor: Visitor, once: str, former: str
    ) -> Answered:
        """Add one where `key` is empty, else change it; `fields` as a person filled them in."""
        said = {name: fields.get(name, "") for name in FORMS[kind].model_fields if name in fields}
        whole = said if not key else {"key": key} | {n: v for n, v in said.items() if n != "key"}
        form = FORMS[kind](**{**whole, "what": "change" if key else "add", "person": visitor.key})
        carry_out = getattr(Planning(self.house), kind)
        report = self.ordered(
            visitor, once, kind, form.model_dump(mode="json"), lambda: carry_out(form, former), (kind, key)
        )
        return Answered(said=tuple(sentences(report)), refused=bool(report.refusal))


def _answer(given: GivenOrder) -> str:
    report = Report.model_validate(given.said)
    return str(report.refusal) if report.refusal else " ".join(map(str, report.lines))
