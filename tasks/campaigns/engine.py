"""Carries out what the head plans: campaigns, goals and funds, written into company.yaml. It knows no Prefect."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from integrations.errors import Refused
from models.locale import mark, translate, translate_plural
from models.people import Permission
from models.planning import CampaignOrder, FundOrder, GoalOrder, Planned
from models.reason import Reason
from models.written import minor_units
from tasks.campaigns import planning, rows
from tasks.campaigns.planning import Plan
from tasks.company_file.engine import CompanyFile
from tasks.house import House
from tasks.orders import naming
from tasks.orders.answers import Line, Report
from tasks.orders.rows import people
from tasks.reports.measures import MEASURES
from tasks.reports.numbers import say, say_money, say_span, say_stretch
from tasks.schedule.wall import local

CAMPAIGN, GOAL, FUND = mark("Campaign"), mark("Goal"), mark("Fund")
CALLED = {
    CAMPAIGN: mark("Campaign “{title}”"), GOAL: mark("Goal “{title}”"), FUND: mark("Fund “{title}”"),
}  # fmt: skip
FOR_GOAL = mark("for the goal “{title}”")
ADDED, CHANGED = mark("added: {what}"), mark("changed: {what}")
BUDGET = mark("budget {amount}")
OUTSIDE = (
    mark("{number} piece of it is planned outside these days: {pieces}. Move it, or change the days."),
    mark("{number} pieces of it are planned outside these days: {pieces}. Move them, or change the days."),
)
SHOWN = 5


class Planning:
    """What the head plans in one house. Every verb returns a Report; what cannot be done is its refusal.

    `former` is the print of the item as it was shown: nothing is done over what somebody else has changed meanwhile.
    """

    def __init__(self, house: House) -> None:
        self.house = house

    def campaign(self, order: CampaignOrder, former: str = "") -> Report:
        made = self._planned(CAMPAIGN, order, lambda: planning.campaign(order, self.house.workspace.company, former))
        if isinstance(made, Report):
            return made
        fields = made.fields
        said = [say_span(fields["starts_on"], fields["ends_on"]), self._budget(fields["budget"]), self._goal(fields)]
        return self._told(CAMPAIGN, made, said, self._outside(made.key, fields))

    def goal(self, order: GoalOrder, former: str = "") -> Report:
        made = self._planned(GOAL, order, lambda: planning.goal(order, self.house.workspace.company, former))
        if isinstance(made, Report):
            return made
        fields, measure = made.fields, MEASURES[made.fields["metric"]]
        currency, target = self.house.workspace.company.currency, fields["target"]
        number = minor_units(target, currency) if measure.shape == "money" else round(target)
        amount = f"{translate(measure.title)} — {say(number, measure.shape, currency)}"
        return self._told(GOAL, made, [amount, say_span(fields["from"], fields["to"])])

    def fund(self, order: FundOrder, former: str = "") -> Report:
        made = self._planned(FUND, order, lambda: planning.fund(order, self.house.workspace.company, former))
        return made if isinstance(made, Report) else self._told(FUND, made, [self._budget(made.fields["budget"])])

    def _planned(self, title: str, order: Planned, read: Callable[[], Plan | list[Reason]]) -> Plan | Report:
        """The plan, written into the file; else why not."""
        try:
            with self.house.reads() as session:
                naming.entitled(order.person, people(session, self.house.workspace), Permission.PLAN)
            made = read()
            if isinstance(made, Plan):
                CompanyFile(self.house).change([made.edit])
        except Refused as refused:
            return Report(title=translate(title), refusal=refused.reason)
        if isinstance(made, Plan):
            return made
        return Report(title=translate(title), refusal=made[0], notes=tuple(map(str, made[1:])))

    def _told(self, title: str, made: Plan, said: list[str], notes: tuple[str, ...] = ()) -> Report:
        what = translate(ADDED if made.is_new else CHANGED, what=", ".join(part for part in said if part))
        line = Line(id=0, label=translate(CALLED[title], title=made.fields["title"]), said=what, done=True)
        return Report(title=translate(title), lines=(line,), notes=notes)

    def _budget(self, amount: Decimal | None) -> str:
        currency = self.house.workspace.company.currency
        return translate(BUDGET, amount=say_money(minor_units(amount, currency), currency)) if amount else ""

    def _goal(self, fields: Mapping[str, Any]) -> str:
        goals = {goal.key: goal.title for goal in self.house.workspace.company.goals}
        return translate(FOR_GOAL, title=goals[fields["goal"]]) if fields["goal"] in goals else ""

    def _outside(self, key: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
        """A warning, where pieces of a campaign are to go out on other days than its own."""
        zone = self.house.workspace.company.zone
        with self.house.reads() as session:
            astray = rows.outside(session, key, fields["starts_on"], fields["ends_on"], zone)
        if not astray:
            return ()
        named = [f"№ {one.number or '—'} ({_day(one, zone)})" for one in astray[:SHOWN]]
        pieces = ", ".join([*named, *(["…"] if len(astray) > SHOWN else [])])
        return (translate_plural(*OUTSIDE, len(astray), pieces=pieces),)


def _day(one: rows.Astray, zone: str) -> str:
    day = local(one.due_at, zone).date()
    return say_stretch(day, day)
