"""Asks for approval: opens the question about what waits and tells whoever decides, in one transaction.

It knows no Prefect: the desk asks with the same engine as the flow.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.approval import Request
from models.company import Workspace
from models.database import Clock, in_one
from models.locale import in_house_words, mark, translate, translate_plural
from models.reason import Reason, because
from tasks.approval import proof, rows
from tasks.approval.rules import Roster
from tasks.decisions.rows import lock
from tasks.notices.rows import Message, tell
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Line, Report
from tasks.schedule.wall import local

ASK = mark("Ask for approval")
ASK_TITLE = (mark("Approval of {number} version, {first}"), mark("Approval of {number} versions, {first}"))
ASK_BODY = mark("{number} versions wait for your decision until {due}. The first goes out then; undecided, it is held.")
QUESTION = mark("Question {id}: {title}")
IS_ASKED = mark("{person} is asked")
IS_ASKED_FOR = mark("{person} is asked, because {away} is away until {until}")
NOTHING_WAITS = mark("Nothing waits for approval.")
NOTHING_WAITS_OF = mark("Nothing of № {number} “{title}” waits for approval.")
ASKED_ALREADY = mark("Everything that waits is asked about already: {person} decides (question {id}).")


class Asker:
    """The questions of one house. `page_of` is where a question is answered."""

    def __init__(
        self, sessions: sessionmaker[Session], clock: Clock, workspace: Workspace, staff_url: str,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.sessions, self.clock, self.workspace, self.staff_url, self.now = sessions, clock, workspace, staff_url, now
        self.company = workspace.company

    def ask(self, days: int, piece: str, key: str, asked_by: str = "", run_id: str = "") -> Report:
        """Ask about what is due within so many days, of one piece or of all; once per key."""

        def carry_out(session: Session) -> Report:
            number = naming.piece_called(piece, publications.pieces(session)) if piece.strip() else ""
            found = rows.request_keyed(session, key) or self._open(session, days, number, key, asked_by, run_id)
            return Report(title=translate(ASK), lines=(self._line(session, found),))

        try:
            return in_one(self.sessions, carry_out)
        except Refused as refused:
            return Report(title=translate(ASK), refusal=refused.reason)

    def _open(self, session: Session, days: int, number: str, key: str, asked_by: str, run_id: str) -> Request:
        until = self.now() + timedelta(days=days)
        waiting = [row for row in rows.waiting(session, until) if number in ("", row.number)]
        lock(session, *{row.subject for row in waiting})  # two who ask at once: the second sees what the first asked
        asked = rows.asked_subjects(session)
        new = [row for row in waiting if (row.subject, row.version) not in asked]
        if not new:
            raise Refused(self._why_not(session, waiting, number))
        whom = self.roster(session).asked()
        opened = rows.open_request(session, self.clock, key, self.title(new), whom, new, run_id, asked_by)
        self.tell(session, opened, len(new))
        return opened

    def _why_not(self, session: Session, waiting: Sequence[rows.Waiting], number: str) -> Reason:
        if waiting:
            about = rows.request_about(session, waiting[0].subject, waiting[0].version)
            people = rows.people(session)
            whom = about.asked_of if about else ""
            name = people[whom].name if whom in people else whom or "—"
            return because(ASKED_ALREADY, code="asked", person=name, id=(about.id or 0) if about else 0)
        if number:
            title = publications.pieces(session)[number]
            return because(NOTHING_WAITS_OF, code="nothing", number=number, title=title)
        return because(NOTHING_WAITS, code="nothing")

    @in_house_words()
    def title(self, asked: Sequence[rows.Waiting]) -> str:
        first = proof.moment(min(row.due_at for row in asked), self.company.zone)
        return translate_plural(*ASK_TITLE, len(asked), first=first)

    def roster(self, session: Session) -> Roster:
        return rows.roster(session, self.today, self.company.approval.approver)

    @property
    def today(self) -> date:
        return local(self.now(), self.company.zone).date()

    @in_house_words()
    def tell(self, session: Session, request: Request, number: int) -> None:
        """Write to whoever is asked, in the transaction that asks; once."""
        due = proof.moment(request.due_at, self.company.zone)
        body = translate(ASK_BODY, number=number, due=due)
        message = Message(f"ask:{request.id}", request.asked_of, request.title, body, self.page_of(request.id or 0))
        tell(session, self.clock, [message])

    def page_of(self, request_id: int) -> str:
        return f"{self.staff_url}/approval/{request_id}"

    def _line(self, session: Session, request: Request) -> Line:
        label = translate(QUESTION, id=request.id or 0, title=request.title)
        said = who_is_asked(request.asked_of, self.roster(session))
        return Line(id=request.id or 0, label=label, said=said, done=True, url=self.page_of(request.id or 0))


def who_is_asked(asked_of: str, roster: Roster) -> str:
    """Who is asked, and for whom, where that is a deputy."""

    def name(key: str) -> str:
        return roster.people[key].name if key in roster.people else key

    duty = roster.duty(asked_of)
    if duty.away:
        until = f"{duty.until:%d.%m.%Y}"
        return translate(IS_ASKED_FOR, person=name(duty.answers), away=name(duty.away), until=until)
    return translate(IS_ASKED, person=name(asked_of))
