"""Carries out what a person orders about a question: one transaction, and an answer in words. It knows no Prefect."""

from collections.abc import Callable

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.company import Outlet, Workspace
from models.database import Clock, in_one
from models.locale import mark, translate
from models.orders import QuestionIs, Signed
from models.people import Permission, Person
from models.reaction import Comment
from models.reason import because
from tasks.approval.rules import Who
from tasks.notices.rows import Message, tell
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Line, Report
from tasks.questions import letters, rows
from tasks.questions.recipients import OUTLET, PERSON, recipient
from tasks.schedule.wall import local

ANSWERED, PASS_ON = mark("Question answered"), mark("Pass a question on")
NO_SUCH = mark("There is no question number {number}. Its number stands on the desk, under “To decide”.")
NO_ANSWER_DUE = mark("This comment waits for no answer: it is answered already, or needs none. Nothing was changed.")
LABEL = mark("question {number}")
DONE, DISMISSED = mark("written down as answered"), mark("needs no answer; it is off the list")
PASSED = mark("passed on to {to} by letter; it stays on the list until it is answered")
CALL = mark("passed on to {to}; no letter can go there, so call them: {phone}")
NO_PHONE = mark("passed on to {to}; no letter can go there and no telephone is known here, so tell them yourself")
PASSED_BEFORE = mark("{person} has passed it on to {to} already, at {when}; no second letter was written")


class Questions:
    """The questions of one house; without `mail_leaves` letters stay in it, where no outlet reads them."""

    def __init__(
        self, sessions: sessionmaker[Session], clock: Clock, workspace: Workspace, mail_leaves: bool
    ) -> None:  # fmt: skip
        self.sessions, self.clock, self.workspace, self.mail_leaves = sessions, clock, workspace, mail_leaves

    def answered(self, number: int, answer: QuestionIs, by: Signed) -> Report:
        """Take a question off the list: it was answered, or needs no answer."""

        def carry_out(session: Session, comment: Comment, who: Who) -> tuple[str, bool]:
            if answer is QuestionIs.NONE_NEEDED:
                done, said = rows.dismiss(session, number), DISMISSED
            else:
                done, said = rows.answer(session, self.clock, number, who.key), DONE
            if not done:
                raise Refused(because(NO_ANSWER_DUE, code="no_answer_due"))
            return translate(said), True

        return self._order(ANSWERED, number, by, carry_out)

    def pass_on(self, number: int, to: str, by: Signed) -> Report:
        """Hand a question to an outlet or to one of the company, with a letter where there is an address."""

        def carry_out(session: Session, comment: Comment, who: Who) -> tuple[str, bool]:
            if comment.answered_at or not comment.question:
                raise Refused(because(NO_ANSWER_DUE, code="no_answer_due"))
            return self._passed_on(session, comment, self._recipient(session, to), who, by.reason)

        return self._order(PASS_ON, number, by, carry_out)

    def _order(
        self, title: str, number: int, by: Signed, carry_out: Callable[[Session, Comment, Who], tuple[str, bool]]
    ) -> Report:
        title = translate(title)

        def ordered(session: Session) -> Report:
            who = naming.entitled(by.person, publications.people(session, self.workspace), Permission.COMMENT)
            comment = rows.question(session, number)
            if comment is None:
                raise Refused(because(NO_SUCH, code="absent", number=number))
            said, done = carry_out(session, comment, who)
            line = Line(id=number, label=translate(LABEL, number=number), said=said, done=done)
            return Report(title=title, lines=(line,))

        try:
            return in_one(self.sessions, ordered)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _recipient(self, session: Session, name: str) -> Outlet | Who:
        return recipient(name, self.workspace.company.outlets, publications.people(session, self.workspace))

    def _passed_on(self, session: Session, comment: Comment, to: Outlet | Who, who: Who, note: str) -> tuple[str, bool]:
        kind = OUTLET if isinstance(to, Outlet) else PERSON
        written = self._reads(session, to)
        number = comment.id or 0
        before = rows.pass_on(session, self.clock, number, (kind, to.key), who.key, note, written)
        if before is not None:
            people = publications.people(session, self.workspace)
            person = people[before.by].name if before.by in people else before.by
            when = f"{local(before.at, self.workspace.company.zone):%d.%m %H:%M}"
            return translate(PASSED_BEFORE, person=person, to=to.name, when=when), False
        if written:
            tell(session, self.clock, [self._letter(session, comment, to, who, note)])
            return translate(PASSED, to=to.name), True
        phone = to.phone if isinstance(to, Outlet) else ""
        return translate(CALL if phone else NO_PHONE, to=to.name, phone=phone), True

    def _reads(self, session: Session, to: Outlet | Who) -> bool:
        """Whether a letter comes to whoever is to read it; a colleague is called by the bot too, and has the desk."""
        if isinstance(to, Outlet):
            return bool(to.email) and self.mail_leaves
        person = session.get(Person, to.key)
        return person is not None and bool(person.email or person.telegram)

    def _letter(self, session: Session, comment: Comment, to: Outlet | Who, who: Who, note: str) -> Message:
        channels = {card.key: card.title for card in self.workspace.channels}
        return letters.letter(
            to, comment.id or 0, comment.text, comment.answer_by, rows.under(session, comment),
            channels.get(comment.account, comment.account), who, note, self.workspace.company,
        )  # fmt: skip
