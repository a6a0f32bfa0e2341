"""What a person says of a campaign, a goal or a fund: read, checked, and made an edit of company.yaml. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from integrations.errors import Refused
from models.company import UPSIDE_DOWN, Campaign, Company, Fund, Goal
from models.content import nearest
from models.day import read_day
from models.locale import mark, translate
from models.planning import NOTHING, CampaignOrder, FundOrder, GoalOrder
from models.post import Value
from models.reason import Reason, because
from models.schedule import Unreadable
from models.written import BAD_KEY
from tasks.adaptation.slug import slug
from tasks.company_file.edits import Add, Change, Edit
from tasks.content.references import refer, unknown
from tasks.registry.amounts import Unclear, read_count, read_money
from tasks.reports.measures import GOAL_METRICS, MEASURES

NO_TITLE = mark("Give it a title.")
NO_DAYS = mark("Name its first and its last day.")
NO_TARGET = mark("Name the target: a number.")
NO_SUCH = mark("There is nothing with the key “{key}” here to be changed. Nearest: {nearest}.")
TAKEN = mark("The key “{key}” is taken by “{title}”. Change that one, or write another key.")
NO_KEY = mark("No key can be made of this title. Write one in small Latin letters, digits and hyphens.")
NO_METRIC_SAID = mark("Choose what the goal is measured by.")
NO_METRIC = mark("Nothing is measured as “{metric}”. Choose one of: {known}.")
FOREIGN = mark("Budgets are kept in {currency}. Write the amount in it.")
LONGEST_KEY = 40


class Plan(Value):
    """An edit of company.yaml, and what stands there after it."""

    edit: Edit
    key: str
    is_new: bool
    fields: Mapping[str, Any]


class Reading:
    """Reads field by field and collects what is wrong, so that a person mends everything at once."""

    def __init__(self, former: Mapping[str, Any], wrong: Iterable[Reason] = ()) -> None:
        self.former = former
        self.wrong = list(wrong)

    def take(self, name: str, said: str, read: Callable[[str], Any]) -> Any:
        """What is said, read; where nothing is said, what stood there before."""
        if not said.strip():
            return self.former.get(name)
        try:
            return read(said.strip())
        except (Unclear, Unreadable, Refused) as error:
            self.wrong.append(error.reason)
            return self.former.get(name)

    def need(self, text: str, *values: Any) -> None:
        if any(value in (None, "") for value in values) and not self.wrong:
            self.wrong.append(because(text, code="missing"))


def campaign(order: CampaignOrder, company: Company, former: str = "") -> Plan | list[Reason]:
    """The edit that brings or changes a campaign; else everything that is wrong with it."""
    key, before, wrong = _which(order.what, order.key, order.title, company.campaigns)
    reading = Reading(_shown(before), wrong)
    fields = {
        "title": reading.take("title", order.title, str),
        "starts_on": reading.take("starts_on", order.starts_on, read_day),
        "ends_on": reading.take("ends_on", order.ends_on, read_day),
        "budget": reading.take("budget", order.budget, lambda said: _amount(said, company.currency)),
        "goal": reading.take("goal", order.goal, lambda said: _goal(said, company)),
    }
    reading.need(NO_TITLE, fields["title"])
    reading.need(NO_DAYS, fields["starts_on"], fields["ends_on"])
    _in_order(reading, fields["starts_on"], fields["ends_on"])
    return _plan("campaigns", key, before, fields, reading.wrong, former)


def goal(order: GoalOrder, company: Company, former: str = "") -> Plan | list[Reason]:
    """The edit that brings or changes a goal; else everything that is wrong with it."""
    key, before, wrong = _which(order.what, order.key, order.title, company.goals)
    reading = Reading(_shown(before), wrong)
    kept = str(reading.former.get("metric", ""))  # written by hand, it may be nothing that is measured
    metric = reading.take("metric", order.metric.strip() or kept, _metric)
    fields = {
        "title": reading.take("title", order.title, str),
        "metric": metric,
        "target": reading.take("target", order.target, lambda said: _target(said, metric, company.currency)),
        "from": reading.take("from", order.starts_on, read_day),
        "to": reading.take("to", order.ends_on, read_day),
    }
    reading.need(NO_TITLE, fields["title"])
    reading.need(NO_METRIC_SAID, fields["metric"])
    reading.need(NO_TARGET, fields["target"])
    reading.need(NO_DAYS, fields["from"], fields["to"])
    _in_order(reading, fields["from"], fields["to"])
    return _plan("goals", key, before, fields, reading.wrong, former)


def fund(order: FundOrder, company: Company, former: str = "") -> Plan | list[Reason]:
    """The edit that brings or changes a fund; else everything that is wrong with it."""
    key, before, wrong = _which(order.what, order.key, order.title, company.funds)
    reading = Reading(_shown(before), wrong)
    fields = {
        "title": reading.take("title", order.title, str),
        "budget": reading.take("budget", order.budget, lambda said: _amount(said, company.currency)),
    }
    reading.need(NO_TITLE, fields["title"])
    return _plan("funds", key, before, fields, reading.wrong, former)


Kept = Campaign | Goal | Fund


def _which(what: str, key: str, title: str, there: Iterable[Kept]) -> tuple[str, Kept | None, list[Reason]]:
    """The key that is meant, and what stands under it."""
    known = {one.key: one for one in there}
    wanted = key.strip()
    found = known.get(wanted) or known.get(refer(wanted, {k: one.title for k, one in known.items()}) or "")
    if what == "change":
        if found is None:
            near = ", ".join(nearest(wanted, known, 3, 0.0)) or "—"
            return wanted, None, [because(NO_SUCH, code="no_such", key=wanted or "—", nearest=near)]
        return found.key, found, []
    if found is not None:  # Prefect's form opens with "add", and offers titles where the key is asked for
        return wanted, None, [because(TAKEN, code="taken", key=found.key, title=found.title)]
    if wanted and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", wanted):
        return wanted, None, [because(BAD_KEY, code="bad_key", value=wanted)]
    made = wanted or free_key(title, known)
    return made, None, [] if made or not title.strip() else [because(NO_KEY, code="no_key")]


def free_key(title: str, taken: Iterable[str]) -> str:
    """A key made of a title that nothing has yet; "" where none can be made."""
    bare, used = slug(title, LONGEST_KEY), set(taken)
    ways = (bare, *(f"{bare}-{number}" for number in range(2, len(used) + 3)))
    return next(way for way in ways if way not in used) if bare else ""


def _shown(before: Kept | None) -> dict[str, Any]:
    """The fields of what stands there, named as the file names them."""
    if before is None:
        return {}
    fields = {name: value for name, value in before if name != "key"}
    if isinstance(before, Goal):
        fields |= {"from": fields.pop("starts_on"), "to": fields.pop("ends_on")}
    return fields


def _plan(
    section: str, key: str, before: Kept | None, fields: Mapping[str, Any], wrong: list[Reason], former: str
) -> Plan | list[Reason]:
    if wrong:
        return wrong
    if before is None:
        return Plan(edit=Add(section=section, item={"key": key, **fields}), key=key, is_new=True, fields=fields)
    was = _shown(before)
    changed = {name: value for name, value in fields.items() if value != was.get(name)}
    edit = Change(section=section, where={"key": key}, fields=changed, former=former)
    return Plan(edit=edit, key=key, is_new=False, fields=fields)


def _in_order(reading: Reading, first: date | None, last: date | None) -> None:
    if first and last and last < first:
        reading.wrong.append(because(UPSIDE_DOWN, code="upside_down", start=first, end=last))


def _amount(said: str, currency: str) -> Decimal:
    minor, sign = read_money(said, currency)
    if sign != currency:
        raise Refused(because(FOREIGN, code="foreign", currency=currency))
    return _major(minor, currency)


def _major(minor: int, currency: str) -> Decimal:
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def _target(said: str, metric: str | None, currency: str) -> Decimal:
    measure = MEASURES.get(metric or "")
    is_money = measure is not None and measure.shape == "money"
    return _amount(said, currency) if is_money else Decimal(read_count(said))


def _goal(said: str, company: Company) -> str:
    if said == NOTHING:
        return ""
    known = {goal.key: goal.title for goal in company.goals}
    found = refer(said, known)
    if found is None:
        raise Refused(unknown("goals", said, known))
    return found


def _metric(said: str) -> str:
    known = {key: translate(MEASURES[key].title) for key in GOAL_METRICS}
    found = refer(said, known)
    if found is None:
        raise Refused(because(NO_METRIC, code="no_metric", metric=said, known=", ".join(known.values())))
    return found
