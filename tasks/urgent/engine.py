"""Lets out a correction at once and asks for its approval afterwards, in one transaction. It knows no Prefect."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.approval import Decision, Request, Step
from models.company import ChannelCard, Workspace
from models.database import Clock, in_one, now_by
from models.desk import Verdict
from models.locale import in_house_words, mark, translate
from models.orders import UrgentOrder, When
from models.reason import Reason, because
from models.stop import Scope
from models.timetable import read_quiet
from tasks.approval import rows as approval
from tasks.approval.engine import Asker, who_is_asked
from tasks.approval.rules import Hurry, Roster, Who, demands_of, lacks_reason, objection, urgent_objection
from tasks.decisions import rows as decisions
from tasks.delivery.statements import D
from tasks.notices.rows import Message, tell
from tasks.orders import answers, naming
from tasks.orders import rows as publications
from tasks.orders.answers import Line, Report
from tasks.schedule.quiet import next_open
from tasks.schedule.wall import wall_of
from tasks.urgent import rows
from tasks.urgent.rows import Hurried

URGENT = mark("Let out at once")
AFTER_TITLE = mark("Approve afterwards: {title}, let out at once by {person}")
AFTER_BODY = mark(
    "{person} let out {number} versions of “{title}” at once, without approval: {why}\n\nLook at them and decide: what "
    "you approve stays; what you send back is held where it is not yet out, and its author is told."
)
WHY = mark("Say why it cannot wait: the approver reads it. Nothing has been let out.")
NOTHING = mark("Nothing of it waits for approval, so there is nothing to let out.")
CHANGED = mark("It has been changed since you looked at it. Open it again: what you read is what goes out.")
FIRST = mark("it has been let out already: {person}, {why}")
LET_OUT = mark("let out without approval; it goes out {when}")
DUE_NOW = mark("let out without approval; it goes out now")
ANSWER_WITHIN = timedelta(days=1)


class Hurrying:
    """The urgent orders of one house."""

    def __init__(
        self, sessions: sessionmaker[Session], clock: Clock, workspace: Workspace, staff_url: str,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.sessions, self.clock, self.workspace = sessions, clock, workspace
        self.asker, self.company = Asker(sessions, clock, workspace, staff_url, now), workspace.company
        self.demands = demands_of(workspace.company)
        self.cards: dict[str, ChannelCard] = {card.key: card for card in workspace.channels}
        self.channels = {key: card.title for key, card in self.cards.items()}

    def let_out(self, order: UrgentOrder, *, proven: bool) -> Report:
        """Let out every version meant that this person may let out; of the rest say why not."""
        title = translate(URGENT)
        if lacks_reason(True, order.reason):
            return Report(title=title, refusal=because(WHY, code="no_reason"))

        def carry_out(session: Session) -> Report:
            people = publications.people(session, self.workspace)
            who = naming.person_called(order.person, people)
            decisions.lock(session, *(one.subject for one in rows.waiting(session, self._meant(session, order))))
            found = rows.waiting(session, self._meant(session, order))
            if not found:
                raise Refused(because(NOTHING, code="nothing"))
            if order.version and not all(one.version.startswith(order.version) for one in found):
                raise Refused(because(CHANGED, code="changed"))
            told = [self._one(session, one, who, order.reason, proven) for one in found]
            asked = self._ask_afterwards(session, [one for one, done, _ in told if done], who, order.reason)
            return Report(title=title, lines=tuple(line for _, _, lines in told for line in lines), notes=asked)

        try:
            return in_one(self.sessions, carry_out)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _meant(self, session: Session, order: UrgentOrder) -> ColumnElement[bool]:
        """The rows meant: those of a piece in its channels, or those that carry the version of one publication."""
        if bool(order.piece.strip()) == bool(order.publication):
            raise Refused(because(answers.WHICH_ONE, code="which_one"))
        if order.publication:
            named = rows.named(session, order.publication)
            if named is None:
                raise Refused(because(answers.GONE, code="absent", id=order.publication))
            return and_(decisions.of(named[0]), D.content_hash == named[1])
        known = publications.known(session, self.workspace, Scope.CHANNEL)
        channel = naming.channel_called(order.channel, known)
        number = naming.piece_called(order.piece, publications.pieces(session))
        account = [D.account == channel] if channel else []
        return and_(D.subject_id == publications.piece_id(session, number), *account)

    def _one(
        self, session: Session, one: Hurried, who: Who, why: str, proven: bool
    ) -> tuple[Hurried, bool, list[Line]]:
        roster = self.asker.roster(session)
        complaint = self._objection(session, one, who, roster, proven)
        if complaint:
            return one, False, self._refused(session, one, str(complaint))
        verdict = Verdict(subject=one.subject, version=one.version, decision=Decision.APPROVED, reason=why)
        if not decisions.decide(session, self.clock, [verdict], who.key, proven=True, step=Step.URGENT):
            first = decisions.urgency(session, one.subject, one.version)
            name = self._name(roster, first.person if first else "")
            return (
                one,
                False,
                self._refused(session, one, translate(FIRST, person=name, why=first.reason if first else "—")),
            )
        late = [id for id in rows.late(session, one) if self._due_now(session, id, one.account)]
        told = publications.by_ids(session, rows.ids(session, one))
        said = [answers.done(row, DUE_NOW if row.id in late else LET_OUT, self.channels) for row in told]
        return one, True, said

    def _objection(self, session: Session, one: Hurried, who: Who, roster: Roster, proven: bool) -> Reason:
        said = rows.verdict(session, one)
        weight = decisions.weights(session, [one.subject], self.demands)[one.subject]
        there = roster.there(who.key, *([one.author] if self.demands.four_eyes else []))
        hurry = Hurry(
            channel=self.channels.get(one.account, one.account), is_approved=said is Decision.APPROVED,
            is_returned=said is Decision.RETURNED, is_above=self.demands.is_above(weight),
            approved_before=(one.subject, one.version)
            in decisions.former_versions(session, [(one.subject, one.version)]),
            approver=there.name if there else "",
        )  # fmt: skip
        may = not objection(who, who.name, one.author, self.demands, weight, proven=True, link="")
        link = f"{self.asker.staff_url}/staff"
        return urgent_objection(
            who, who.name, self.company.approval.urgent, hurry, may_approve=may, proven=proven, link=link
        )

    def _refused(self, session: Session, one: Hurried, said: str) -> list[Line]:
        found = publications.by_ids(session, rows.ids(session, one)[:1])
        return [answers.refused(row, self.channels, said) for row in found]

    @staticmethod
    def _name(roster: Roster, key: str) -> str:
        return roster.people[key].name if key in roster.people else key

    def _due_now(self, session: Session, id: int, account: str) -> bool:
        """What was held at its time because nobody had decided goes after the quiet hours; True where that is now."""
        now, card = now_by(self.clock, session), self.cards.get(account)
        zone = self.workspace.zone_of(card) if card else self.company.zone
        due = next_open(read_quiet(self.workspace.quiet_hours_of(card)), now, zone) if card else now
        late = due + card.lateness.after if card else None
        when = When(due, late, wall_of(due, zone), zone)
        return publications.publish_now(session, id, when, urgent=False) is publications.Answer.DONE and due <= now

    def _ask_afterwards(self, session: Session, let_out: list[Hurried], who: Who, why: str) -> tuple[str, ...]:
        """Open the question that stays until it is answered, and tell the approver at once."""
        if not let_out:
            return ()
        now, roster = now_by(self.clock, session), self.asker.roster(session)
        titles = ", ".join(dict.fromkeys(one.title for one in let_out))
        asked = [
            approval.Waiting(one.piece_id, one.account, one.version, one.title, one.author, one.number, one.due_at, now)
            for one in let_out
        ]  # fmt: skip
        key = f"urgent:{let_out[0].subject}:{let_out[0].version}"
        with in_house_words():
            title = translate(AFTER_TITLE, title=titles, person=who.name)
        request = approval.open_request(
            session, self.clock, key, title, roster.asked(who.key), asked, asked_by=who.key, after=now + ANSWER_WITHIN
        )
        self._tell(session, request, who, titles, len(let_out), why)
        return (who_is_asked(request.asked_of, roster),)

    @in_house_words()
    def _tell(self, session: Session, request: Request, who: Who, title: str, number: int, why: str) -> None:
        body = translate(AFTER_BODY, person=who.name, number=number, title=title, why=why)
        page = self.asker.page_of(request.id or 0)
        tell(session, self.clock, [Message(f"ask:{request.id}", request.asked_of, request.title, body, page)])
