"""The verbs of approval, done in the house: questions, proofs, decisions, and what is ordered about them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from models.approval import Approval, Decision
from models.content import fingerprint
from models.database import portions, reading
from models.desk import Asked, Outcome, Proof, Question, Questions, ReviewLine, Verdict, Visitor
from models.locale import mark, translate
from models.orders import UrgentOrder
from models.people import Permission
from models.piece import Piece, Rendition
from models.reason import Reason, because
from tasks.approval import rows as approval
from tasks.approval.engine import Asker
from tasks.approval.rules import Roster, demands_of
from tasks.decisions import rows as decisions
from tasks.desk.rows import Names
from tasks.house import House
from tasks.orders.answers import Report
from tasks.proofs import rows
from tasks.proofs.rows import Reader
from tasks.schedule.wall import local
from tasks.urgent import rows as urgent_rows
from tasks.urgent.engine import URGENT, Hurrying

DECIDED_FIRST = {
    Decision.APPROVED: mark("“{title}”: {person} was first and has approved it, {at}."),
    Decision.RETURNED: mark("“{title}”: {person} was first and has sent it back, {at}."),
}
AT_ONCE = 100
LET_OUT = mark("This version has been let out already: {person}, {why}")
NOT_PLANNED = mark("This version stands nowhere in the plan, so there is nothing to let out.")


class ApprovalVerbs:
    """Questions and their answers."""

    house: House
    ordered: Callable[..., Report]
    _names: Callable[[Session], Names]

    def _reader(self, session: Session, visitor: Visitor) -> Reader:
        company = self.house.workspace.company
        may_urge = visitor.key in company.approval.urgent and visitor.may(Permission.SCHEDULE)
        return Reader(approval.people(session).get(visitor.key), demands_of(company), may_urge)

    def _asker(self) -> Asker:
        at = self.house
        return Asker(at.sessions, at.clock, at.workspace, at.staff_url, at.now)

    def _asked(self, session: Session) -> list[Asked]:
        """The open questions, the most urgent first."""
        return rows.asked(session, self._roster(session), self._names(session))

    def _roster(self, session: Session) -> Roster:
        return self._asker().roster(session)

    def questions(self, visitor: Visitor) -> Questions:
        with reading(self.house.engine) as session:
            names, asked = self._names(session), approval.asked_subjects(session)
            unasked = [row for row in approval.waiting(session) if (row.subject, row.version) not in asked]
            found = sorted(self._asked(session), key=lambda one: one.asked_of_key != visitor.key)
            return Questions(asked=tuple(found), unasked=len(unasked), past=tuple(rows.lately(session, names)))

    def question(self, id: int, visitor: Visitor) -> Question | None:
        with reading(self.house.engine) as session:
            names, reader, now = self._names(session), self._reader(session, visitor), self.house.now()
            found = rows.question(session, id, reader, self._roster(session), names)
            links = rows.reviews(session, names, now, request_id=id)
        told = {"reviews": tuple(links), "is_due": found.is_open and found.due_at <= now} if found else {}
        return found.model_copy(update=told) if found else None

    def proof(self, rendition_id: int, visitor: Visitor) -> Proof | None:
        with reading(self.house.engine) as session:
            return rows.proof(session, rendition_id, self._reader(session, visitor), self._names(session))

    def proof_of_row(self, id: int, row: int, visitor: Visitor) -> Proof | None:
        with reading(self.house.engine) as session:
            return rows.proof_of_row(session, id, row, self._reader(session, visitor), self._names(session))

    def siblings(self, rendition_id: int, visitor: Visitor) -> Sequence[Proof]:
        with reading(self.house.engine) as session:
            return rows.siblings(session, rendition_id, self._reader(session, visitor), self._names(session))

    def reviews_of(self, proof: Proof) -> Sequence[ReviewLine]:
        with reading(self.house.engine) as session:
            return rows.reviews(session, self._names(session), self.house.now(), subjects=[proof.subject])

    def reasons(self, visitor: Visitor) -> Sequence[str]:
        with reading(self.house.engine) as session:
            return decisions.reasons_of(session, visitor.key)

    def decide(self, verdicts: Sequence[Verdict], visitor: Visitor, request_id: int | None) -> Outcome:
        """Record decisions, proven, some at a time: who decides at once never waits for the other's whole list."""
        done = [self._decide(some, visitor, request_id) for some in portions(verdicts, AT_ONCE)]
        if request_id is not None:
            with self.house.sessions.begin() as session:
                if not approval.undecided(session, request_id):
                    approval.close_request(session, self.house.clock, request_id)
        return Outcome(
            approved=sum(one.approved for one in done), returned=sum(one.returned for one in done),
            lost=tuple(lost for one in done for lost in one.lost),
            objections=tuple(objection for one in done for objection in one.objections),
        )  # fmt: skip

    def _decide(self, verdicts: Sequence[Verdict], visitor: Visitor, request_id: int | None) -> Outcome:
        with self.house.sessions.begin() as session:
            objections = self._objections(session, verdicts, visitor)
            mine = [verdict for verdict in verdicts if not objections[verdict.subject]]
            about = [(verdict.subject, verdict.version) for verdict in mine]
            done = approval.decide(
                session, self.house.clock, mine, visitor.key, proven=True, request_id=request_id
            )  # fmt: skip
            first = approval.decided(session, about)
            # one who sent the form twice has said so already
            said = [
                first[where].decision
                if (first[where].person, first[where].decision) == (visitor.key, one.decision)
                else ""
                for where, one in zip(about, mine, strict=True)
            ]
            late = [where for where, word in zip(about, said, strict=True) if where not in done and not word]
            lost = tuple(self._who_was_first(session, [first[where] for where in late]))
        return Outcome(
            approved=said.count(Decision.APPROVED), returned=said.count(Decision.RETURNED), lost=lost,
            objections=tuple(objection for objection in objections.values() if objection),
        )  # fmt: skip

    def _objections(self, session: Session, verdicts: Sequence[Verdict], visitor: Visitor) -> dict[str, Reason]:
        reader, subjects = self._reader(session, visitor), [verdict.subject for verdict in verdicts]
        weights, authors = approval.weights(session, subjects, reader.demands), approval.authors_of(session, subjects)
        return {one: reader.objection_to(authors.get(one, ""), weights[one]) for one in subjects}

    def _who_was_first(self, session: Session, decided: Sequence[Approval]) -> list[Reason]:
        pieces, names = approval.pieces_of(session, [one.subject for one in decided]), self._names(session)
        return [
            because(
                DECIDED_FIRST[Decision(one.decision)], code="lost", person=names.person(one.person),
                title=pieces[one.subject].title if one.subject in pieces else one.subject,
                at=self._clock_of(one.decided_at),
            )
            for one in decided
        ]  # fmt: skip

    def _clock_of(self, at: datetime) -> str:
        return local(at, self.house.workspace.company.zone).strftime("%H:%M")

    def ask_for_approval(self, days: int, piece: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        form: Mapping[str, Any] = {"days": days, "piece": piece}

        def act() -> Report:
            asking = fingerprint([once, form, visitor.key])  # a form filled in anew is another question
            return self._asker().ask(days, piece, f"desk:{asking}", asked_by=visitor.key)

        return sentences(self.ordered(visitor, once, "approval", form, act, ("approval", piece)))

    def let_out(self, rendition_id: int, version: str, why: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        with reading(self.house.engine) as session:
            meant = session.get(Rendition, rendition_id)
            piece = session.get(Piece, meant.piece_id) if meant else None
        if meant is None or piece is None:
            return [because(NOT_PLANNED, code="not_planned")]
        # Of the version, not of the row that carries it: the same form again must be the same order when none waits.
        order = UrgentOrder(
            piece=piece.number or "", channel=meant.account, version=version, person=visitor.key, reason=why
        )  # fmt: skip
        form, subject = order.model_dump(mode="json"), ("rendition", str(rendition_id))
        return sentences(self.ordered(visitor, once, "urgent", form, lambda: self._let_out(meant, order), subject))

    def _let_out(self, meant: Rendition, order: UrgentOrder) -> Report:
        at = self.house
        with reading(at.engine) as session:
            carrying = urgent_rows.carrying(session, meant.id or 0)
            if not carrying:
                return Report(title=translate(URGENT), refusal=self._why_none_waits(session, meant))
        one = order.model_copy(update={"publication": carrying, "piece": "", "channel": ""})
        return Hurrying(at.sessions, at.clock, at.workspace, at.staff_url, at.now).let_out(one, proven=True)

    def _why_none_waits(self, session: Session, meant: Rendition) -> Reason:
        where = (approval.subject_of(meant.piece_id, meant.account), meant.content_hash)
        urged, decided = decisions.urgency(session, *where), decisions.decided_by(session, *where)
        if urged and not decided:
            return because(LET_OUT, code="lost", person=self._names(session).person(urged.person), why=urged.reason)
        return self._who_was_first(session, [decided])[0] if decided else because(NOT_PLANNED, code="not_planned")
