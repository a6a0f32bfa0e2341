"""Carries out what a person decided about a difference, and answers in words. It knows no Prefect."""

from collections.abc import Callable, Collection

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Failure
from models.company import Workspace
from models.database import Clock
from models.delivery import Verb
from models.locale import mark, translate
from models.orders import Answer as Done
from models.people import Permission, permissions_of
from models.reason import NO_REASON, Reason, because
from tasks.approval.rows import people
from tasks.approval.rules import NOBODY, Who
from tasks.control import letters, rows
from tasks.control.compare import ANSWERS, Answer
from tasks.orders.answers import Line, Report

TITLE = mark("Decide about a difference")
NOT_ENTITLED = mark("{person} may not decide about this. An approver, a technician or the head of the department may.")
NO_SUCH = mark("There is no difference number {check}. Take the number from the letter.")
TOO_LATE = mark("Difference {check} is decided already, or is there no longer. Nothing was changed.")
IMPOSSIBLE = mark("“{channel}” cannot do this: {answer}. Decide otherwise, or mend it on the channel by hand.")
LABEL = mark("difference {check}")
SAID = {
    Answer.ACCEPT: mark("accepted as it is; it is not asked about again"),
    Answer.RESTORE: mark("what was approved goes out again within a minute"),
    Answer.TAKE_DOWN: mark("it is taken down within a minute"),
}


class Differences:
    """The differences of one house. `verbs_of` says what the channel of an account can do; it raises a Failure where
    the account is closed."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        reads: sessionmaker[Session],
        clock: Clock,
        workspace: Workspace,
        verbs_of: Callable[[str], Collection[Verb]],
    ) -> None:
        self.sessions, self.reads, self.clock = sessions, reads, clock
        self.workspace, self.verbs_of = workspace, verbs_of

    def objection(self, check: int, answer: Answer, person: str) -> Reason:
        """Why this person may not decide so, or the channel cannot do it; empty where nothing speaks against it."""
        with self.reads() as session:
            return _not_entitled(called(people(session), person), person) or self._impossible(session, check, answer)

    def decide(self, check: int, answer: Answer, person: str) -> Report:
        """Remember the decision, or order the correction or the removal."""
        objection = self.objection(check, answer, person)
        if objection:
            return refused(objection)
        with self.sessions.begin() as session:
            who = called(people(session), person)
            done = rows.decide_difference(session, self.clock, check, answer, who.key if who else person)
        return self._told(done, check, answer)

    @staticmethod
    def _told(done: Done, check: int, answer: Answer) -> Report:
        if done is not Done.DONE:
            return refused(because(NO_SUCH if done is Done.ABSENT else TOO_LATE, code=done, check=check))
        line = Line(id=check, label=translate(LABEL, check=check), said=translate(SAID[answer]), done=True)
        return Report(title=translate(TITLE), lines=(line,))

    def _impossible(self, session: Session, check: int, answer: Answer) -> Reason:
        """Why the channel cannot do it; nothing where it can, or where there is no such difference."""
        account, found = rows.account_of(session, check), rows.differences_of(session, check)
        if not account or answer is Answer.ACCEPT:
            return NO_REASON
        try:
            verbs = self.verbs_of(account)
        except Failure as failure:
            return failure.reason
        if answer in letters.possible(found, verbs):
            return NO_REASON
        card = next((card for card in self.workspace.channels if card.key == account), None)
        channel = card.title if card else account
        return because(IMPOSSIBLE, code="impossible", channel=channel, answer=translate(ANSWERS[answer]))


def refused(objection: Reason) -> Report:
    return Report(title=translate(TITLE), refusal=objection)


def called(known: dict[str, Who], name: str) -> Who | None:
    """The person of this name or key."""
    said = name.strip().casefold()
    return next((who for who in known.values() if said in (who.key, who.name.casefold())), None)


def _not_entitled(who: Who | None, name: str) -> Reason:
    if who is None:
        return because(NOBODY, code="nobody", person=name)
    if Permission.DECIDE_UNKNOWN not in permissions_of(list(who.roles)):
        return because(NOT_ENTITLED, code="not_entitled", person=who.name)
    return NO_REASON
