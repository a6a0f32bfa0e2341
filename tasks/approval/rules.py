"""Who is asked and who may decide. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.locale import mark
from models.people import Permission, permissions_of
from models.reason import NO_REASON, Reason, because

NOT_ENTITLED = mark("{person} may not approve. An approver or the head of the department decides.")
OWN_PIECE = mark("{person} wrote this piece; somebody else must approve it.")
MUST_SIGN_IN = mark("This decision needs a signed-in person: open the proof page and decide there.")
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


def objection(who: Who | None, name: str, author: str, *, proven: bool, four_eyes: bool) -> Reason:
    """Why this person may not decide on this piece; empty when they may."""
    if who is None:
        return because(NOBODY, code="nobody", person=name)
    if Permission.APPROVE not in permissions_of(list(who.roles)):
        return because(NOT_ENTITLED, code="not_entitled", person=who.name)
    if four_eyes and author == who.key:
        return because(OWN_PIECE, code="own_piece", person=who.name)
    if four_eyes and not proven:
        return because(MUST_SIGN_IN, code="must_sign_in")
    return NO_REASON


def reminder_at(asked_at: datetime, due_at: datetime) -> datetime:
    """Half of the time that is left, but not within the first minutes."""
    return asked_at + max((due_at - asked_at) / 2, timedelta(minutes=5))
