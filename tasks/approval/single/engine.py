"""Asks whoever decides about one thing of a house, says why somebody may not answer, and writes to people.

What the thing is, what hangs on it and what a decision lets out is its own subject's. It knows no Prefect.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.approval import Approval, Request
from models.approval import Decision as Said
from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.reason import NO_REASON, Reason, because
from tasks.approval import proof
from tasks.approval import rows as approval
from tasks.approval.rules import Roster, Weight, Who, demands_of, lacks_reason, objection, reminder_at
from tasks.approval.single import rows
from tasks.approval.single.rows import Asked
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.schedule.wall import local

IS_ASKED, WHY = mark("{person} is asked, until {until}"), mark("Why it is asked: {why}")
ASKED_BEFORE = mark("{person} is asked about this very version already.")
RETURNED_BEFORE = mark("This very version was returned: {why} Change it first.")
OTHER_VERSION = mark("Another version waits for the decision by now. Look at it, then decide.")
NEEDS_WHY = mark("Say why you return it: the author reads the reason. Nothing has been decided yet.")
DECIDED = mark("It was decided already: {person}, {at}.")
REMIND, UNDECIDED = mark("Reminder: {subject}"), mark("Not decided in time: {title}")
RETURNED = mark("Returned: {title}")
RETURN = "return for correction"  # as both forms have it


@dataclass(frozen=True)
class Words:
    """What is said of things of one kind, `kind` as `models.approval` has it: msgids, each for one place."""

    kind: str
    title: str
    body: str
    undecided: str
    returned: str
    own: str
    not_asked: str


@dataclass(frozen=True)
class Thing:
    """What is asked about, and its page. `writers` wrote what nobody has approved yet, that of the version first."""

    id: int
    title: str
    link: str
    begun_by: str
    writers: tuple[str, ...] = ()


class Answer(Protocol):
    """A decision as it is ordered."""

    @property
    def decision(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Questions:
    """The questions about one kind of thing in a house."""

    def __init__(self, house: House, words: Words) -> None:
        self.house, self.clock, self.words = house, house.clock, words

    # What is known.

    def subject(self, id: int) -> str:
        return rows.subject_of(self.words.kind, id)

    def asked(self, session: Session, id: int) -> Asked | None:
        return rows.asked(session, self.subject(id))

    def all_asked(self, session: Session) -> list[tuple[Request, int]]:
        return rows.all_asked(session, self.words.kind)

    def decided(self, session: Session, id: int, version: str) -> Approval | None:
        return rows.decided(session, self.subject(id), version)

    def decisions(self, session: Session, id: int) -> Sequence[Approval]:
        return rows.decisions(session, self.subject(id))

    # Asking.

    def asked_already(self, one: Asked) -> Refused:
        return Refused(because(ASKED_BEFORE, code="asked", person=self.name(one.request.asked_of)))

    def refuse_returned(self, said: Approval | None) -> None:
        """Raises Refused where the very version was sent back."""
        if said is not None and said.decision == Said.RETURNED:
            raise Refused(because(RETURNED_BEFORE, code="returned", why=said.reason or "—"))

    def ask(
        self, session: Session, thing: Thing, version: str, by: str, due: datetime, called: str, why: str = "",
        **more: object,
    ) -> str:  # fmt: skip
        """Ask about this version, `called` so in the letter, which says `more`; returns who is asked until when."""
        asked_of = self._roster(session).asked(but=next(iter(thing.writers), ""))
        with in_house_words():
            title = translate(self.words.title, title=called)
            body = translate(self.words.body, title=called, due=self._moment(due), **more)
            body = f"{translate(WHY, why=' '.join(why.split()))}\n\n{body}" if why.strip() else body
        one = rows.Question(self.subject(thing.id), version, thing.title, title, asked_of, by, due)
        request = rows.ask(session, self.clock, one)
        self._tell(session, thing, self._key("ask", request), [asked_of], title, body)
        return translate(IS_ASKED, person=self.name(asked_of), until=self._moment(due))

    def forget(self, session: Session, id: int, state: str = "changed") -> None:
        """What was asked about it is asked no more."""
        rows.close(session, self.clock, self.subject(id), state)

    # The answer.

    def refuse(self, thing: Thing, one: Asked, answer: Answer, who: Who, weight: Weight, *, proven: bool) -> None:
        """Raises Refused where this is no answer to the question, or not this person's to give."""
        if answer.version and answer.version != one.version:
            raise Refused(because(OTHER_VERSION, code="other_version"))
        if wrong := self.objection(thing, one.request, who, weight, proven=proven):
            raise Refused(wrong)
        if lacks_reason(answer.decision == RETURN, answer.reason):
            raise Refused(because(NEEDS_WHY, code="no_reason"))

    def objection(self, thing: Thing, request: Request, who: Who, weight: Weight, *, proven: bool) -> Reason:
        """Why this person may not decide: whoever wrote any of it, began it or asked for it is its author."""
        demands = demands_of(self.house.workspace.company)
        for author in dict.fromkeys((*thing.writers, thing.begun_by, request.asked_by)):
            wrong = objection(who, who.name, author, demands, weight, proven=proven, link=thing.link)
            if wrong:
                own = because(self.words.own, code="own_piece", person=who.name)
                return own if wrong.code == "own_piece" else wrong
        return NO_REASON

    def decide(self, session: Session, thing: Thing, one: Asked, answer: Answer, who: Who, *, proven: bool) -> bool:
        """Write the decision down, and tell of a return; returns whether it is one."""
        is_returned, why = answer.decision == RETURN, " ".join(answer.reason.split())
        said = Said.RETURNED if is_returned else Said.APPROVED
        rows.decide(session, self.clock, self.subject(thing.id), one, said, who.key, why, proven=proven)
        if is_returned:
            with in_house_words():
                subject = translate(RETURNED, title=thing.title)
                body = translate(self.words.returned, person=who.name, title=thing.title, why=why)
            to = [thing.begun_by, one.request.asked_by]
            self._tell(session, thing, self._key("back", one.request), to, subject, body)
        return is_returned

    def why_not(self, session: Session, id: int, version: str) -> Refused:
        """Nothing is asked: somebody was first, or nobody has asked."""
        said = self.decided(session, id, version)
        if said is None:
            return Refused(because(self.words.not_asked, code="not_asked"))
        return Refused(because(DECIDED, code="lost", person=self.name(said.person), at=self._moment(said.decided_at)))

    # While it is open.

    def look_after(self, session: Session, thing: Thing, request: Request, is_late: bool) -> None:
        """Remind at half time, and say what was not decided in time; each once."""
        now = now_by(self.clock, session)
        if not request.reminded_at and now >= reminder_at(request.asked_at, request.due_at):
            with in_house_words():
                subject = translate(REMIND, subject=request.title)
            to = [self._answers(session, request)]
            self._tell(session, thing, self._key("remind", request), to, subject, request.title)
            request.reminded_at = now
        if is_late:
            with in_house_words():
                subject = translate(UNDECIDED, title=thing.title)
                body = translate(self.words.undecided, title=thing.title, due=self._moment(request.due_at))
            to = [self._answers(session, request), request.asked_by]
            self._tell(session, thing, f"{self._what}-undecided:{request.id}", to, subject, body)

    # How.

    def name(self, person: str) -> str:
        return next((one.name for one in self.house.workspace.company.people if one.key == person), person or "—")

    @property
    def _what(self) -> str:
        return self.words.kind.removesuffix(":")

    def _key(self, letter: str, request: Request) -> str:
        return f"{self._what}-{letter}:{request.id}:{request.asked_at.isoformat()}"

    def _tell(self, session: Session, thing: Thing, key: str, people: Iterable[str], subject: str, body: str) -> None:
        to = [one for one in dict.fromkeys(people) if one]
        tell(session, self.clock, [
            Message(f"{key}:{number}" if number else key, one, subject, body, thing.link)
            for number, one in enumerate(to)
        ])  # fmt: skip

    def _moment(self, at: datetime) -> str:
        return proof.moment(at, self.house.workspace.company.zone)

    def _answers(self, session: Session, request: Request) -> str:
        return self._roster(session).duty(request.asked_of).answers

    def _roster(self, session: Session) -> Roster:
        company = self.house.workspace.company
        return approval.roster(session, local(self.house.now(), company.zone).date(), company.approval.approver)
