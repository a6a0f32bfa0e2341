"""Who is asked and who may decide. Pure."""

from collections.abc import Collection, Iterable, Mapping
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
NOT_NAMED = mark("{person} is not among those who may let out a correction at once (company.yaml, approval: urgent).")
NOT_WRITING = mark("{person} may neither edit nor schedule, so a correction is not theirs to let out.")
TOO_MUCH = mark("This is above the company's threshold: it never goes out without approval, however urgent it is.")
SAID_NO = mark("It was sent back. Correct it: the corrected version can be let out at once.")
SAID_YES = mark("It is approved already; there is nothing to hurry.")
IS_YOURS = mark("You may approve it yourself: do that, then nobody has to be asked afterwards.")
NO_CORRECTION = mark(
    "This is no correction: nothing of the piece was approved for {channel} before. Ask for approval; {approver} is "
    "there."
)


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
class Duty:
    """Who answers for a question today; `away` is for whom, until the day `until`, where it is somebody else."""

    answers: str
    away: str = ""
    until: date = date.max


@dataclass(frozen=True)
class Roster:
    """Who is there on a day; `named` is whom the company names for all questions, "" where it names nobody."""

    day: date
    named: str
    people: dict[str, Who]
    absences: tuple[Away, ...] = ()

    @property
    def able(self) -> list[Who]:
        """Those who may approve, there or not."""
        able = (who for who in self.people.values() if Permission.APPROVE in permissions_of(list(who.roles)))
        return sorted(able, key=lambda who: who.name)

    def duty(self, asked_of: str) -> Duty:
        """Who answers for a question that was put to this person.

        A question that was put to a deputy to begin with says for whom the deputy answers, too.
        """
        for person in dict.fromkeys((asked_of, self.named)):
            away = next((a for a in self.absences if a.person == person and a.covers(self.day)), None)
            answers = on_duty(person, self.day, self.people, self.absences)
            if away and answers != person and asked_of in (person, answers):
                return Duty(answers, person, away.to_date)
        return Duty(asked_of)

    def asked(self, but: str = "") -> str:
        """Whom to ask: whom the company names, else the first who may approve; the deputy while either is away.

        `but` is not asked about what they themselves did, where there is anybody else.
        """
        named = self.named or next((who.key for who in self.able), "")
        answers = on_duty(named, self.day, self.people, self.absences)
        if answers != but:
            return answers
        other = self.there(but)
        return other.key if other else answers

    def there(self, *but: str) -> Who | None:
        """Somebody who may approve and is there, these apart; None where nobody is."""
        gone = {a.person for a in self.absences if a.covers(self.day)} | set(but)
        return next((who for who in self.able if who.key not in gone), None)


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


@dataclass(frozen=True)
class Hurry:
    """What is known of a version that somebody wants out before it is approved.

    `approved_before`: another version of the piece was, for the same channel; so this one is a correction.
    `approver` is somebody who could decide about it and is there, "" where nobody is.
    """

    channel: str
    is_approved: bool = False
    is_returned: bool = False
    approved_before: bool = False
    approver: str = ""
    is_above: bool = False


def urgent_objection(
    who: Who | None, name: str, urgent: Collection[str], hurry: Hurry, *, may_approve: bool, proven: bool, link: str
) -> Reason:
    """Why this person may not let this version out at once; empty when they may.

    Only those the company names, who also edit or schedule, and prove who they are; only a correction of what was
    approved, or where nobody who could decide is there; never above a threshold, never against a "no".
    """
    if who is None:
        return because(NOBODY, code="nobody", person=name)
    if who.key not in urgent:
        return because(NOT_NAMED, code="not_named", person=who.name)
    if not permissions_of(list(who.roles)) & {Permission.EDIT, Permission.SCHEDULE}:
        return because(NOT_WRITING, code="not_writing", person=who.name)
    if not proven:
        return because(MUST_SIGN_IN, code="must_sign_in", link=link)
    return _not_to_be_hurried(hurry, may_approve)


def _not_to_be_hurried(hurry: Hurry, may_approve: bool) -> Reason:
    found = (
        (hurry.is_approved, SAID_YES, "approved"),
        (hurry.is_returned, SAID_NO, "returned"),
        (hurry.is_above, TOO_MUCH, "above"),
        (may_approve, IS_YOURS, "may_approve"),
    )
    for wrong, said, code in found:
        if wrong:
            return because(said, code=code)
    if not hurry.approved_before and hurry.approver:
        return because(NO_CORRECTION, code="no_correction", channel=hurry.channel, approver=hurry.approver)
    return NO_REASON


def lacks_reason(is_returned: bool, reason: str) -> bool:
    """A piece is sent back with a reason, or its author could only guess."""
    return is_returned and not reason.strip()


def reminder_at(asked_at: datetime, due_at: datetime) -> datetime:
    """Half of the time that is left, but not within the first minutes."""
    return asked_at + max((due_at - asked_at) / 2, timedelta(minutes=5))
