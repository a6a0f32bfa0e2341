"""Ready groups: those every department begins with, each a rule with its usual numbers, which may be changed. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from integrations.errors import Refused
from models.customers import AddressKind
from models.group_rules import (
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Counted,
    Has,
    Not,
    Period,
    Purchases,
    Reachable,
    Rule,
    Scored,
    Where,
)
from models.locale import mark
from models.reason import Reason, because
from models.schedule import Unreadable

DAYS, LEAST, RECEIPTS, SUM = mark("days"), mark("score at least"), mark("receipts at least"), mark("sum at least")
GOODS, OUTLET, CITY = mark("product group"), mark("outlet"), mark("city")
NEEDS_NAME = mark("“{group}” needs to know which one: name the {what}.")
TOO_MUCH = mark("“{group}” takes at most {most} here. Write a smaller number, or 0 for its usual one.")


@dataclass(frozen=True)
class Ready:
    """A ready group: `numbers` are its parameters with their usual values, `name` what a name must be given for."""

    key: str
    title: str
    about: str
    make: Callable[..., Rule]
    numbers: Mapping[str, int] = field(default_factory=dict)
    name: str = ""

    def rule(self, name: str = "", **numbers: int) -> Rule:
        """The rule with these numbers, the usual ones where none are given.

        Raises Refused where a name is missing, or no rule can be made of the name or a number.
        """
        said = dict(self.numbers) | {one: value for one, value in numbers.items() if one in self.numbers and value}
        if self.name and not name.strip():
            raise Refused(because(NEEDS_NAME, code="name", group=because(self.title), what=because(self.name)))
        try:
            return self.make(**said, **({"name": name.strip()} if self.name else {}))
        except ValidationError as error:
            raise Refused(self._unfit(error.errors()[0].get("ctx", {}))) from None

    def _unfit(self, why: Mapping[str, Any]) -> Reason:
        inner = why.get("error")
        if isinstance(inner, Unreadable):
            return inner.reason
        return because(TOO_MUCH, code="number", group=because(self.title), most=why.get("le", ""))


def _within(days: int) -> Purchases:
    return Purchases(period=Period(days=days))


def _counted(measure: Any, is_: Any, value: int, what: Purchases = Purchases()) -> Counted:  # noqa: B008  frozen
    return Counted(measure=measure, is_=is_, value=Decimal(value), what=what)


def _scores(days: int, **asked: tuple[Any, int]) -> Rule:
    return All(rules=tuple(Scored(measure=one, is_=is_, score=score, days=days) for one, (is_, score) in asked.items()))


def _never(*rules: Rule) -> Rule:
    return All(rules=(*rules, Not(rule=Bought())))


def _of_outlet(name: str) -> Rule:
    return AnyOf(rules=(Where(field="outlet", values=(name,)), Bought(what=Purchases(outlets=(name,)))))


def _phone_only() -> Rule:
    without = (Not(rule=Has(address=kind)) for kind in (AddressKind.EMAIL, AddressKind.TELEGRAM))
    return All(rules=(Has(address=AddressKind.PHONE), *without))


READY: tuple[Ready, ...] = (
    Ready("new", mark("New customers"), mark("The first purchase was not longer ago than so many days."),
          lambda days: _counted("first", "<=", days), {"days": 30}),
    Ready("sleeping", mark("Sleeping customers"), mark("They bought before, and nothing for so many days."),
          lambda days: _counted("last", ">=", days), {"days": 90}),
    Ready("loyal", mark("Loyal customers"), mark("So many receipts or more within so many days."),
          lambda days, receipts: _counted("receipts", ">=", receipts, _within(days)), {"days": 180, "receipts": 5}),
    Ready("best", mark("Best customers"), mark("High scores at once: bought lately, often and for much."),
          lambda days, score: _scores(days, recency=(">=", score), frequency=(">=", score), monetary=(">=", score)),
          {"days": 365, "score": 4}),
    Ready("at-risk", mark("Customers at risk"), mark("They bought often and for much, and have not come lately."),
          lambda days, score: _scores(days, recency=("<=", 2), frequency=(">=", score), monetary=(">=", score)),
          {"days": 365, "score": 3}),
    Ready("lost", mark("Lost customers"), mark("They bought before, and nothing for so long that they are elsewhere."),
          lambda days: _counted("last", ">=", days), {"days": 365}),
    Ready("birthday-soon", mark("Birthday soon"), mark("The birthday is within so many days."),
          lambda days: Birthday(side="next", days=days), {"days": 14}),
    Ready("buyers-of", mark("Buyers of a product group"), mark("They bought of it within so many days."),
          lambda days, name: Bought(what=Purchases(groups=(name,), period=Period(days=days))), {"days": 180}, GOODS),
    Ready("one-time", mark("One-time buyers"), mark("Exactly one receipt, and that some days ago."),
          lambda days: All(rules=(_counted("receipts", "=", 1), _counted("last", ">=", days))), {"days": 30}),
    Ready("big-basket", mark("Big basket"), mark("Their average receipt within so many days is so large."),
          lambda days, sum: _counted("average", ">=", sum, _within(days)), {"days": 365, "sum": 3000}),
    Ready("of-outlet", mark("Customers of an outlet"), mark("It is theirs, or they have bought there."),
          _of_outlet, name=OUTLET),
    Ready("of-city", mark("Customers of a city"), mark("By the city in their record."),
          lambda name: Where(field="city", values=(name,)), name=CITY),
    Ready("without-purchases", mark("Without purchases"), mark("They are in the base and have never bought."),
          lambda: Not(rule=Bought())),
    Ready("agreed-never-bought", mark("Agreed, but never bought"),
          mark("A consent to advertising is in force, and no purchase is known."), lambda: _never(Agreed())),
    Ready("subscribers", mark("Subscribers without purchases"),
          mark("Letters may go to their e-mail, and they have bought nothing for so many days."),
          lambda days: All(rules=(Reachable(address=AddressKind.EMAIL), Not(rule=Bought(what=_within(days))))),
          {"days": 365}),
    Ready("phone-only", mark("Phone only"), mark("A phone is known, and neither e-mail nor Telegram."), _phone_only),
)  # fmt: skip
BY_KEY = {ready.key: ready for ready in READY}
BY_TITLE = {ready.title: ready for ready in READY}
PARAMETERS = {"days": DAYS, "score": LEAST, "receipts": RECEIPTS, "sum": SUM}
