"""Who is asked and who may decide. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.company import Company
from models.locale import mark
from models.people import Permission, permissions_of
from models.reason import NO_REASON, Reason, because
from models.written import minor_units

NOT_ENTITLED = mark("{person} may not approve. An approver or the head of the department decides.")
OWN_PIECE = mark("{person} wrote this piece; somebody else must approve it.")
MUST_SIGN_IN = mark("This decision needs a signed-in person: open {link} and decide there.")
ABOVE = mark(
    "This is above the company's threshold (company.yaml, approval: proven_above): a name that was only typed is not "
    "enough. Open {link}, sign in and decide there."
)
NOBODY = mark("There is no {person} among the people of the company.")


@dataclass(frozen=True)
class Who:
    """A person as the rules see one."""

    key: str
    name: str
    roles: tuple[str, ...]
    deputy: str = ""


@dataclass(frozen=True)
class Away:
    """Days of absence, both included, and who answers meanwhile."""

    person: str
    from_date: date
    to_date: date
    deputy: str = ""

    def covers(self, day: date) -> bool:
        return self.from_date <= day <= self.to_date


def on_duty(person: str, day: date, people: dict[str, Who], absences: Iterable[Away]) -> str:
    """Who answers for this person on this day: the person, or the deputy of whoever is away, however long the chain.

    A chain that ends in nobody, or in a circle, comes back to the person: better asked than not at all.
    """
    absences, seen, answers = list(absences), {person}, person
    while away := next((a for a in absences if a.person == answers and a.covers(day)), None):
        deputy = away.deputy or (people[answers].deputy if answers in people else "")
        if not deputy or deputy in seen or deputy not in people:
            return person
        seen.add(deputy)
        answers = deputy
    return answers


@dataclass(frozen=True)
class Weight:
    """What hangs on a decision, as far as it is known: its cost in minor units, how many people receive it."""

    money: int | None = None
    recipients: int | None = None


NO_WEIGHT = Weight()


def weigh(costs: Mapping[tuple[str, str], int], piece: str, account: str) -> Weight:
    """The weight of a piece on an account, by known costs of (piece, account), where "" is of the piece everywhere."""
    known = [costs[where] for where in ((piece, ""), (piece, account)) if where in costs]
    return Weight(money=sum(known)) if known else NO_WEIGHT


@dataclass(frozen=True)
class Demands:
    """What the company demands of a decision: four eyes, and proof of identity above its thresholds.

    `money` is in minor units of `currency`, the company's.
    """

    four_eyes: bool = False
    money: int | None = None
    recipients: int | None = None
    currency: str = ""

    def is_above(self, weight: Weight) -> bool:
        return _exceeds(weight.money, self.money) or _exceeds(weight.recipients, self.recipients)


def _exceeds(known: int | None, most: int | None) -> bool:
    return known is not None and most is not None and known > most


def demands_of(company: Company) -> Demands:
    policy, above = company.approval, company.approval.proven_above
    money = None if above.money is None else minor_units(above.money, company.currency)
    return Demands(policy.four_eyes, money, above.recipients, company.currency)


def objection(
    who: Who | None, name: str, author: str, demands: Demands, weight: Weight = NO_WEIGHT, *, proven: bool, link: str
) -> Reason:
    """Why this person may not decide on this piece; empty when they may. `link` is the page where one is signed in."""
    if who is None:
        return because(NOBODY, code="nobody", person=name)
    if Permission.APPROVE not in permissions_of(list(who.roles)):
        return because(NOT_ENTITLED, code="not_entitled", person=who.name)
    above = demands.is_above(weight)
    if (demands.four_eyes or above) and author == who.key:
        return because(OWN_PIECE, code="own_piece", person=who.name)
    if above and not proven:
        return because(ABOVE, code="above", link=link)
    if demands.four_eyes and not proven:
        return because(MUST_SIGN_IN, code="must_sign_in", link=link)
    return NO_REASON


def lacks_reason(is_returned: bool, reason: str) -> bool:
    """A piece is sent back with a reason, or its author could only guess."""
    return is_returned and not reason.strip()


def reminder_at(asked_at: datetime, due_at: datetime) -> datetime:
    """Half of the time that is left, but not within the first minutes."""
    return asked_at + max((due_at - asked_at) / 2, timedelta(minutes=5))
