"""Asks for the approval of mailings and takes the answer. It knows no Prefect.

What is approved is a print over the words, everything they were made into, and to whom they go: whatever of that
changes afterwards is another print, and goes nowhere before somebody has approved it.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.approval import Decision as Said
from models.approval import Request
from models.content import fingerprint
from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.mail_document import MailDocument
from models.mailing_orders import RETURN, AskMailingForm, CheckMailingForm, DecideMailingForm
from models.mailings import Mailing, MailingVersion, Stage
from models.reason import NO_REASON, Reason, because
from models.written import minor_units
from tasks.approval import proof
from tasks.approval import rows as approval
from tasks.approval.rules import Roster, Weight, Who, demands_of, lacks_reason, objection, reminder_at
from tasks.composing.compiled import Compiled, kept
from tasks.house import House
from tasks.mailing.asking import facts, rows
from tasks.mailing.composed.engine import Checked, Composing, JudgeSpam, LookAtLinks
from tasks.mailing.composed.rows import keep_outside
from tasks.mailing.life import rows as life
from tasks.mailing.life.engine import CALLED, page_of, whom, writer_of_mailings
from tasks.notices.rows import Message, tell
from tasks.orders.answers import Line, Report
from tasks.orders.naming import person_called
from tasks.people.engine import whoever_is_here
from tasks.registry.rows import record
from tasks.schedule.wall import local

CHECK, PASSED = mark("Check of a mailing"), mark("nothing stops the mailing")
ASK, DECIDE = mark("Ask for approval of a mailing"), mark("Approve a mailing")
STOPPED = mark("The check found {number} of what stops it. First: {first}")
CHANGED = mark("The mailing was changed just now. Look at it again, then ask once more.")
IS_ASKED = mark("{person} is asked, until {until}")
ASKED_BEFORE = mark("{person} is asked about this very version already.")
APPROVED_BEFORE = mark("this very version was approved before, so it holds")
RETURNED_BEFORE = mark("This very version was returned: {why} Change it first.")
NOT_NOW = mark("Nothing is to be asked: the mailing is {stage}.")
NOT_ASKED = mark("Nobody has asked about this mailing. Its author asks when it is ready.")
OTHER_VERSION = mark("Another version waits for the decision by now. Look at it, then decide.")
OWN = mark("{person} wrote this mailing; somebody else must approve it.")
NEEDS_WHY = mark("Say why you return it: the author reads the reason. Nothing has been decided yet.")
DECIDED = mark("It was decided already: {person}, {at}.")
APPROVED, RETURNED = mark("approved; it goes out at its time"), mark("returned to its author")
WITHOUT_TIME = mark("No time is set. It begins as soon as one is.")
GOES_ON = mark("It was being sent before: order “go on”, and whoever has not got it gets this version.")
TITLE = mark("Approval of the mailing “{title}”")
BODY = mark("The mailing “{title}” waits for your decision until {due}. It goes to {number} customers.")
REMIND = mark("Reminder: {subject}")
UNDECIDED = mark("Not decided in time: {title}")
UNDECIDED_BODY = mark("The mailing “{title}” was to begin at {due} and has not been decided about. It does not go out.")
BACK_TITLE = mark("Returned: {title}")
BACK_BODY = mark("{person} has returned the mailing “{title}”: {why}")
A_DAY = timedelta(days=1)


class Asking:
    """Approval of one house's mailings. `look` opens links, `judge` is a spam filter; the desk waits for neither."""

    def __init__(self, house: House, look: LookAtLinks | None = None, judge: JudgeSpam | None = None) -> None:
        self.house, self.clock, self.composing = house, house.clock, Composing(house, look, judge)

    def check(self, id: int) -> Checked:
        """What speaks against the mailing as it stands; written into the registry. Raises Refused."""
        with self.house.reads() as session:
            row, version = life.mailing(session, id), life.last(session, id)
            checked = self.composing.checked(session, row, MailDocument.model_validate(version.document), version.n)
        with self.house.sessions.begin() as session:
            record(session, facts.of_check(row, checked.stops, now_by(self.clock, session)), self.clock)
            if checked.outside is not None:
                keep_outside(session, id, checked.outside)
        return checked

    def checked(self, form: CheckMailingForm) -> Report:
        """What speaks against the mailing, the gravest first; nothing is asked of anybody."""
        title = translate(CHECK)
        try:
            writer_of_mailings(self.house, form.person)
            with self.house.reads() as session:
                row = life.mailing(session, form.mailing)
            checked = self.check(form.mailing)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)
        if checked.stops:
            return _stopped(title, checked)
        notes = tuple(str(one.reason) for one in checked.findings)
        return Report(title=title, lines=(self._line(row, translate(PASSED)),), notes=notes)

    def ask(self, form: AskMailingForm) -> Report:
        """Check it, keep what would be sent as it is, and ask whoever decides."""
        title = translate(ASK)
        try:
            by = writer_of_mailings(self.house, form.person)
            with self.house.reads() as session:
                seen, version = life.mailing(session, form.mailing), life.last(session, form.mailing)
                self._refuse_not_now(session, seen)
            checked = self.check(form.mailing)
            if checked.stops or checked.compiled is None:
                return _stopped(title, checked)
            with self.house.sessions.begin() as session:
                row = life.locked(session, form.mailing)
                self._refuse_not_now(session, row)
                if life.last(session, form.mailing).id != version.id or whom(row) != whom(seen):
                    raise Refused(because(CHANGED, code="changed"))
                return Report(title=title, lines=(self._ask(session, row, checked.compiled, by),))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _refuse_not_now(self, session: Session, row: Mailing) -> None:
        if row.stage == Stage.ASKED and (asked := rows.question(session, row.id or 0)):
            raise Refused(because(ASKED_BEFORE, code="asked", person=self._name(asked.asked_of)))
        if row.stage not in (Stage.DRAFT, Stage.PAUSED):
            raise Refused(because(NOT_NOW, code="not_now", stage=because(facts.STAGES[Stage(row.stage)])))

    def _ask(self, session: Session, row: Mailing, compiled: Compiled, by: str) -> Line:
        version = self._sealed(session, row, compiled, by)
        said = rows.decided(session, row.id or 0, version.hash)
        if said is not None and said.decision == Said.RETURNED:
            raise Refused(because(RETURNED_BEFORE, code="returned", why=said.reason or "—"))
        if said is not None:
            self._let(session, row, version.hash)
            return self._line(row, translate(APPROVED_BEFORE))
        record(session, facts.of_draft(row, now_by(self.clock, session)), self.clock)
        row.stage, row.reason = Stage.ASKED, {}
        due = row.due_at or now_by(self.clock, session) + A_DAY
        asked_of = self._roster(session).asked(but=version.made_by)
        with in_house_words():
            title = translate(TITLE, title=row.title)
        request = rows.open_question(session, self.clock, row, version, title, asked_of, by, due)
        self._tell_approver(session, row, request)
        until = proof.moment(due, self.house.workspace.company.zone)
        return self._line(row, translate(IS_ASKED, person=self._name(asked_of), until=until))

    def _sealed(self, session: Session, row: Mailing, compiled: Compiled, by: str) -> MailingVersion:
        """The version whose print covers what is asked about. One that was asked about before stays as it was."""
        version = life.last(session, row.id or 0)
        made, print_ = kept(compiled), seal(version, kept(compiled), row)
        if not version.compiled:
            version.compiled, version.hash = made, print_
        elif version.hash != print_:
            document = MailDocument.model_validate(version.document)
            anew = self.composing.made(session, row, document, version.n + 1).compiled
            if anew is None:
                raise Refused(because(CHANGED, code="changed"))
            compiled, made = anew, kept(anew)
            version = life.keep(session, self.clock, row.id or 0, version.document, version.made_by,
                                seal(version, made, row), made)  # fmt: skip
        session.flush()
        life.keep_links(session, version.id or 0, compiled)
        return version

    # The answer.

    def decide(self, form: DecideMailingForm, *, proven: bool) -> Report:
        """Approve the version that was asked about, or return it with a reason."""
        title = translate(DECIDE)
        try:
            who = person_called(form.person, whoever_is_here(self.house))
            with self.house.sessions.begin() as session:
                row = life.locked(session, form.mailing)
                line, notes = self._decide(session, row, form, who, proven)
                return Report(title=title, lines=(line,), notes=notes)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _decide(
        self, session: Session, row: Mailing, form: DecideMailingForm, who: Who, proven: bool
    ) -> tuple[Line, tuple[str, ...]]:  # fmt: skip
        is_returned, id = form.decision == RETURN, row.id or 0
        request = rows.question(session, id)
        if row.stage != Stage.ASKED or request is None:
            raise self._why_not(session, row, form.version)
        version = rows.asked_about(session, request)
        if form.version and form.version != version:
            raise Refused(because(OTHER_VERSION, code="other_version"))
        wrong = self._objection(session, row, request, version, who, proven)
        if wrong:
            raise Refused(wrong)
        if lacks_reason(is_returned, form.reason):
            raise Refused(because(NEEDS_WHY, code="no_reason"))
        said, why = Said.RETURNED if is_returned else Said.APPROVED, " ".join(form.reason.split())
        rows.decide(session, self.clock, id, version, said, who.key, why, request.id or 0, proven=proven)
        rows.close(session, self.clock, request)
        returned_before = any(one.decision == Said.RETURNED for one in rows.decisions(session, id))
        record(session, facts.of_decision(row, returned_before, now_by(self.clock, session)), self.clock)
        if is_returned:
            row.stage, row.reason = Stage.DRAFT, {}
            self._tell_returned(session, row, request, who, why)
            return self._line(row, translate(RETURNED)), ()
        self._let(session, row, version)
        return self._line(row, translate(APPROVED)), self._what_next(row)

    def _why_not(self, session: Session, row: Mailing, version: str) -> Refused:
        said = rows.decided(session, row.id or 0, version or row.approved_hash)
        if said is None:
            return Refused(because(NOT_ASKED, code="not_asked"))
        at = f"{local(said.decided_at, self.house.workspace.company.zone):%d.%m %H:%M}"
        return Refused(because(DECIDED, code="lost", person=self._name(said.person), at=at))

    def _objection(
        self, session: Session, row: Mailing, request: Request, version: str, who: Who, proven: bool
    ) -> Reason:
        """Why this person may not decide: whoever wrote it, began it or asked for it is its author."""
        demands, weight = demands_of(self.house.workspace.company), self.weight(session, row)
        link = page_of(self.house, row.id or 0)
        wrote = next((one.made_by for one in life.versions(session, row.id or 0) if one.hash == version), "")
        for author in dict.fromkeys((wrote, row.made_by, request.asked_by)):
            wrong = objection(who, who.name, author, demands, weight, proven=proven, link=link)
            if wrong:
                return because(OWN, code="own_piece", person=who.name) if wrong.code == "own_piece" else wrong
        return NO_REASON

    def weight(self, session: Session, row: Mailing) -> Weight:
        """What hangs on it: how many get it, and what that costs by the mailers' prices."""
        reach = self.composing.reach(session, row)
        currency, cost = self.house.workspace.company.currency, Decimal(0)
        for number, account in zip(reach.values(), (row.account, row.cascade), strict=False):
            card = self.house.mailer_card(account)
            cost += number * Decimal(card.price or 0) if card else 0
        return Weight(money=minor_units(cost, currency), recipients=sum(reach.values()))

    def _let(self, session: Session, row: Mailing, version: str) -> None:
        """Let this version go at its time; one that has a list already waits for the order to go on."""
        row.approved_hash, row.reason = version, {}
        row.stage = Stage.PAUSED if row.listed_at is not None else Stage.APPROVED
        if row.listed_at is not None:
            row.reason = because(GOES_ON, code="approved_anew").model_dump()
        session.flush()

    def _what_next(self, row: Mailing) -> tuple[str, ...]:
        if row.listed_at is not None:
            return (translate(GOES_ON),)
        return () if row.due_at else (translate(WITHOUT_TIME),)

    # Who is told.

    def look_after(self) -> int:
        """Remind at half time, and say what was not decided in time; returns how many are asked about."""
        with self.house.sessions.begin() as session:
            open_ = rows.questions(session)
            for request, id in open_:
                row = life.mailing(session, id)
                request.due_at = row.due_at or request.due_at
                now = now_by(self.clock, session)
                if not request.reminded_at and now >= reminder_at(request.asked_at, request.due_at):
                    self._remind(session, row, request)
                    request.reminded_at = now
                if row.due_at and now >= row.due_at:
                    self._tell_undecided(session, row, request)
        return len(open_)

    @in_house_words()
    def _tell_approver(self, session: Session, row: Mailing, request: Request) -> None:
        number = sum(self.composing.reach(session, row).values())
        body = translate(BODY, title=row.title, due=self._due(request), number=number)
        key = f"mailing-ask:{request.id}:{request.asked_at.isoformat()}"
        self._tell(session, row, key, [request.asked_of], request.title, body)

    @in_house_words()
    def _remind(self, session: Session, row: Mailing, request: Request) -> None:
        answers = self._roster(session).duty(request.asked_of).answers
        key = f"mailing-remind:{request.id}:{request.asked_at.isoformat()}"
        self._tell(session, row, key, [answers], translate(REMIND, subject=request.title), request.title)

    @in_house_words()
    def _tell_undecided(self, session: Session, row: Mailing, request: Request) -> None:
        answers = self._roster(session).duty(request.asked_of).answers
        body = translate(UNDECIDED_BODY, title=row.title, due=self._due(request))
        subject = translate(UNDECIDED, title=row.title)
        self._tell(session, row, f"mailing-undecided:{request.id}", [answers, request.asked_by], subject, body)

    @in_house_words()
    def _tell_returned(self, session: Session, row: Mailing, request: Request, who: Who, why: str) -> None:
        subject = translate(BACK_TITLE, title=row.title)
        body = translate(BACK_BODY, person=who.name, title=row.title, why=why)
        key = f"mailing-back:{request.id}:{request.asked_at.isoformat()}"
        self._tell(session, row, key, [row.made_by, request.asked_by], subject, body)

    def _tell(self, session: Session, row: Mailing, key: str, people: Iterable[str], subject: str, body: str) -> None:
        link = page_of(self.house, row.id or 0)
        to = [one for one in dict.fromkeys(people) if one]
        tell(session, self.clock, [
            Message(f"{key}:{number}" if number else key, one, subject, body, link) for number, one in enumerate(to)
        ])  # fmt: skip

    def _due(self, request: Request) -> str:
        return proof.moment(request.due_at, self.house.workspace.company.zone)

    def _roster(self, session: Session) -> Roster:
        company = self.house.workspace.company
        return approval.roster(session, local(self.house.now(), company.zone).date(), company.approval.approver)

    def _name(self, person: str) -> str:
        return next((one.name for one in self.house.workspace.company.people if one.key == person), person or "—")

    def _line(self, row: Mailing, said: str) -> Line:
        label = translate(CALLED, id=row.id or 0, title=row.title)
        return Line(id=row.id or 0, label=label, said=said, done=True, url=page_of(self.house, row.id or 0))


def seal(version: MailingVersion, compiled: str, row: Mailing) -> str:
    """The print of what is approved: the words, what they were made into, to whom they go."""
    return fingerprint([version.document, compiled, whom(row)])


def _stopped(title: str, checked: Checked) -> Report:
    stops = [one for one in checked.findings if one.stops]
    first = stops[0].reason if stops else NO_REASON
    notes = tuple(str(one.reason) for one in stops[1:])
    return Report(title=title, refusal=because(STOPPED, code="stopped", number=len(stops), first=first), notes=notes)
