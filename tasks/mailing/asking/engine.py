"""Asks for the approval of mailings and takes the answer. It knows no Prefect.

What is approved is a print over the words, everything they were made into, and to whom they go: whatever of that
changes afterwards is another print, and goes nowhere before somebody has approved it.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import dropwhile, takewhile

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.approval import OF_MAILINGS
from models.approval import Decision as Said
from models.content import fingerprint
from models.database import now_by
from models.locale import mark, translate
from models.mail_document import MailDocument
from models.mailing_orders import AskMailingForm, CheckMailingForm, DecideMailingForm
from models.mailings import Mailing, MailingVersion, Stage
from models.reason import NO_REASON, because
from models.written import minor_units
from tasks.approval.rules import Weight, Who
from tasks.approval.single.engine import Questions, Thing, Words
from tasks.composing.compiled import Compiled, kept
from tasks.house import House
from tasks.mailing.asking import facts
from tasks.mailing.composed.engine import Checked, Composing, JudgeSpam, LookAtLinks
from tasks.mailing.composed.rows import keep_outside
from tasks.mailing.life import rows as life
from tasks.mailing.life.engine import CALLED, page_of, whom, writer_of_mailings
from tasks.orders.answers import Line, Report
from tasks.orders.naming import person_called
from tasks.people.engine import whoever_is_here
from tasks.registry.rows import record

CHECK, PASSED = mark("Check of a mailing"), mark("nothing stops the mailing")
ASK, DECIDE = mark("Ask for approval of a mailing"), mark("Approve a mailing")
STOPPED = mark("The check found {number} of what stops it. First: {first}")
CHANGED = mark("The mailing was changed just now. Look at it again, then ask once more.")
APPROVED_BEFORE = mark("this very version was approved before, so it holds")
NOT_NOW = mark("Nothing is to be asked: the mailing is {stage}.")
APPROVED, RETURNED = mark("approved; it goes out at its time"), mark("returned to its author")
WITHOUT_TIME = mark("No time is set. It begins as soon as one is.")
GOES_ON = mark("It was being sent before: order “go on”, and whoever has not got it gets this version.")
WORDS = Words(
    kind=OF_MAILINGS,
    title=mark("Approval of the mailing “{title}”"),
    body=mark("The mailing “{title}” waits for your decision until {due}. It goes to {number} customers."),
    undecided=mark("The mailing “{title}” was to begin at {due} and has not been decided about. It does not go out."),
    returned=mark("{person} has returned the mailing “{title}”: {why}"),
    own=mark("{person} wrote this mailing; somebody else must approve it."),
    not_asked=mark("Nobody has asked about this mailing. Its author asks when it is ready."),
)
A_DAY = timedelta(days=1)


class Asking:
    """Approval of one house's mailings. `look` opens links, `judge` is a spam filter; the desk waits for neither."""

    def __init__(self, house: House, look: LookAtLinks | None = None, judge: JudgeSpam | None = None) -> None:
        self.house, self.clock, self.composing = house, house.clock, Composing(house, look, judge)
        self.questions = Questions(house, WORDS)

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
        if row.stage == Stage.ASKED and (asked := self.questions.asked(session, row.id or 0)):
            raise self.questions.asked_already(asked)
        if row.stage not in (Stage.DRAFT, Stage.PAUSED):
            raise Refused(because(NOT_NOW, code="not_now", stage=because(facts.STAGES[Stage(row.stage)])))

    def _ask(self, session: Session, row: Mailing, compiled: Compiled, by: str) -> Line:
        version = self._sealed(session, row, compiled, by)
        said = self.questions.decided(session, row.id or 0, version.hash)
        self.questions.refuse_returned(said)
        if said is not None:
            self._let(session, row, version.hash)
            return self._line(row, translate(APPROVED_BEFORE))
        record(session, facts.of_draft(row, now_by(self.clock, session)), self.clock)
        row.stage, row.reason = Stage.ASKED, {}
        due = row.due_at or now_by(self.clock, session) + A_DAY
        number = sum(self.composing.reach(session, row).values())
        thing = self._thing(row, version.made_by)
        return self._line(row, self.questions.ask(session, thing, version.hash, by, due, row.title, number=number))

    def _thing(self, row: Mailing, *writers: str) -> Thing:
        return Thing(row.id or 0, row.title, page_of(self.house, row.id or 0), row.made_by, writers)

    def _writers(self, session: Session, id: int, hash: str) -> list[str]:
        """Whoever wrote of it what nobody has approved: of this version, and of those since the last that was."""
        decided = self.questions.decisions(session, id)
        approved = {one.version for one in decided if one.decision == Said.APPROVED}
        found = list(dropwhile(lambda one: one.hash != hash, life.versions(session, id)))
        return [one.made_by for one in takewhile(lambda one: one.hash not in approved, found)]

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
        id = row.id or 0
        asked = self.questions.asked(session, id) if row.stage == Stage.ASKED else None
        if asked is None:
            raise self.questions.why_not(session, id, form.version or row.approved_hash)
        thing = self._thing(row, *self._writers(session, id, asked.version))
        self.questions.refuse(thing, asked, form, who, self.weight(session, row), proven=proven)
        is_returned = self.questions.decide(session, thing, asked, form, who, proven=proven)
        returned_before = any(one.decision == Said.RETURNED for one in self.questions.decisions(session, id))
        record(session, facts.of_decision(row, returned_before, now_by(self.clock, session)), self.clock)
        if is_returned:
            row.stage, row.reason = Stage.DRAFT, {}
            return self._line(row, translate(RETURNED)), ()
        self._let(session, row, asked.version)
        return self._line(row, translate(APPROVED)), self._what_next(row)

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

    def look_after(self) -> int:
        """Remind at half time, and say what was not decided in time; returns how many are asked about."""
        with self.house.sessions.begin() as session:
            open_ = self.questions.all_asked(session)
            for request, id in open_:
                row, now = life.mailing(session, id), now_by(self.clock, session)
                request.due_at = row.due_at or request.due_at
                is_late = row.due_at is not None and now >= row.due_at
                self.questions.look_after(session, self._thing(row), request, is_late)
        return len(open_)

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
