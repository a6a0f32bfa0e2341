"""Asks for the approval of offers, takes the answer, and sees to their days. It knows no Prefect.

What is approved is a version by its print, and what is shown is the summary made of the same terms. An offer is open
from the decision on, and gives something from its first day; after its last instant it has ended.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.approval import Decision as Said
from models.approval import Request
from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.offer_orders import RETURN_IT, AskOfferForm, DecideOfferForm
from models.offers import OfferTerms
from models.people import Permission, permissions_of
from models.reason import NO_REASON, Reason, because
from models.redemptions import OfferRow, OfferStage, OfferVersion
from models.written import minor_units
from tasks.approval import proof
from tasks.approval import rows as approval
from tasks.approval.rules import Roster, Weight, Who, demands_of, lacks_reason, objection, reminder_at
from tasks.codes.shapes import uses_of
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.offering import facts
from tasks.offering import rows as offers
from tasks.offering.asking import rows
from tasks.offering.knowledge import costs_at_most, fit
from tasks.offering.telling import line_of, page_of
from tasks.offers.summary import summary
from tasks.orders.answers import Line, Report
from tasks.orders.naming import person_called
from tasks.people.engine import whoever_is_here
from tasks.registry.rows import record
from tasks.schedule.wall import local

ASK, DECIDE = mark("Ask for approval of an offer"), mark("Approve an offer")
MAY_NOT = mark("{person} may not write offers. An author, a technician or the head does.")
IS_ASKED = mark("{person} is asked, until {until}")
ASKED_BEFORE = mark("{person} is asked about this very version already.")
APPROVED_BEFORE = mark("This very version is approved already, so it holds.")
RETURNED_BEFORE = mark("This very version was returned: {why} Change it first.")
HAS_ENDED = mark("The offer has ended: nothing is decided about it any more.")
LATE = mark("Its last day, {day}, is over. Give it another one first.")
NOT_ASKED = mark("Nobody has asked about this offer. Its author asks when it is ready.")
OTHER_VERSION = mark("Another version waits for the decision by now. Look at it, then decide.")
OWN = mark("{person} wrote this offer; somebody else must approve it.")
NEEDS_WHY = mark("Say why you return it: the author reads the reason. Nothing has been decided yet.")
DECIDED = mark("It was decided already: {person}, {at}.")
APPROVED, RETURNED = mark("approved; it holds from {first} to {last}"), mark("returned to its author")
CODES_NEXT = mark("No codes are out yet: issue them, and they work from the first day.")
TITLE, REMIND = mark("Approval of the offer “{title}”"), mark("Reminder: {subject}")
BODY = mark("The offer “{title}” waits for your decision until {due}. What it says:\n{said}")
UNDECIDED = mark("Not decided in time: {title}")
UNDECIDED_BODY = mark(
    "The offer “{title}” was to be decided about by {due}. Nothing of that version is redeemed before."
)
BACK_TITLE, BACK_BODY = mark("Returned: {title}"), mark("{person} has returned the offer “{title}”: {why}")
A_DAY, LOOKED_BACK = timedelta(days=1), timedelta(days=40)
UNBOUNDED = 10**15  # minor units: above any threshold there is


def writer_of_offers(house: House, name: str) -> str:
    """The key of the person of this name, who may write offers. Raises Refused."""
    who = person_called(name, whoever_is_here(house))
    if Permission.CUSTOMERS not in permissions_of(list(who.roles)):
        raise Refused(because(MAY_NOT, code="not_entitled", person=who.name))
    return who.key


class OfferApproval:
    """Approval of one house's offers."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def ask(self, form: AskOfferForm) -> Report:
        """Ask whoever decides about the last version."""
        title = translate(ASK)
        try:
            by = writer_of_offers(self.house, form.person)
            with self.house.sessions.begin() as session:
                row = offers.offer(session, form.offer, locking=True)
                version = offers.last(session, row.id or 0)
                self._refuse_not_now(session, row, version)
                said = self.open(session, row, version, by)
                return Report(title=title, lines=(line_of(self.house.staff_url, row, said),))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _refuse_not_now(self, session: Session, row: OfferRow, version: OfferVersion) -> None:
        if row.stage == OfferStage.ENDED:
            raise Refused(because(HAS_ENDED, code="ended"))
        if found := rows.question(session, row.id or 0):
            raise Refused(because(ASKED_BEFORE, code="asked", person=self.name(found[0].asked_of)))
        if version.hash == row.approved_hash:
            raise Refused(because(APPROVED_BEFORE, code="approved"))
        for one in rows.decisions(session, row.id or 0):
            if one.version == version.hash and one.decision == Said.RETURNED:
                raise Refused(because(RETURNED_BEFORE, code="returned", why=one.reason or "—"))

    def open(self, session: Session, row: OfferRow, version: OfferVersion, by: str) -> str:
        """Ask about this version; returns who is asked and until when. Raises Refused where it would be too late."""
        terms, now = offers.terms_of(version), now_by(self.clock, session)
        self._refuse_late(terms, now)
        due = (
            max(row.starts_at or now, now + A_DAY) if row.stage in (OfferStage.DRAFT, OfferStage.ASKED) else now + A_DAY
        )
        if row.stage == OfferStage.DRAFT:
            row.stage = OfferStage.ASKED
        asked_of = self._roster(session).asked(but=version.made_by)
        with in_house_words():
            title = translate(TITLE, title=terms.title)
        request = rows.open_question(session, self.clock, row, version, title, asked_of, by, due)
        self._tell_approver(session, row, request, terms)
        until = proof.moment(due, self.house.workspace.company.zone)
        return translate(IS_ASKED, person=self.name(asked_of), until=until)

    def _refuse_late(self, terms: OfferTerms, now: datetime) -> None:
        today = local(now, self.house.workspace.company.zone).date()
        if terms.last_day < today:
            raise Refused(because(LATE, code="late", day=f"{terms.last_day:%d.%m.%Y}"))

    def forget(self, session: Session, row: OfferRow) -> None:
        """What was asked about a former version is asked no more."""
        rows.close(session, self.clock, row.id or 0, "changed")

    # The answer.

    def decide(self, form: DecideOfferForm, *, proven: bool) -> Report:
        """Approve the version that was asked about, or return it with a reason."""
        title = translate(DECIDE)
        try:
            who = person_called(form.person, whoever_is_here(self.house))
            with self.house.sessions.begin() as session:
                row = offers.offer(session, form.offer, locking=True)
                line, notes = self._decide(session, row, form, who, proven)
                return Report(title=title, lines=(line,), notes=notes)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _decide(
        self, session: Session, row: OfferRow, form: DecideOfferForm, who: Who, proven: bool
    ) -> tuple[Line, tuple[str, ...]]:  # fmt: skip
        found = rows.question(session, row.id or 0)
        if found is None:
            raise self._why_not(session, row, form.version)
        request, hash = found
        if form.version and form.version != hash:
            raise Refused(because(OTHER_VERSION, code="other_version"))
        version = offers.version(session, row.id or 0, hash)
        assert version is not None
        if wrong := self.objection(row, request, version, who, proven):
            raise Refused(wrong)
        is_returned = form.decision == RETURN_IT
        if lacks_reason(is_returned, form.reason):
            raise Refused(because(NEEDS_WHY, code="no_reason"))
        why, said = " ".join(form.reason.split()), Said.RETURNED if is_returned else Said.APPROVED
        if not is_returned:
            self._let(session, row, version)
        rows.decide(session, self.clock, row.id or 0, hash, said, who.key, why, request, proven=proven)
        if is_returned:
            row.stage = OfferStage.DRAFT if row.stage == OfferStage.ASKED else row.stage
            self._tell_returned(session, row, request, who, why)
            return line_of(self.house.staff_url, row, translate(RETURNED)), ()
        return self._approved(session, row, offers.terms_of(version))

    def _let(self, session: Session, row: OfferRow, version: OfferVersion) -> None:
        """Let this version be in force. Codes that came out since it was written must not suffer by it either."""
        terms, former = offers.terms_of(version), offers.in_force(session, row)
        self._refuse_late(terms, now_by(self.clock, session))
        if former is not None:
            before = offers.terms_of(former)
            offers.refuse_harm(session, row, before, terms)
            uses = (uses_of(one.codes, one.limits) for one in (before, terms))
            offers.let_be_used(session, row.id or 0, *uses)
        row.approved_hash, row.changed_at = version.hash, now_by(self.clock, session)
        if row.stage in (OfferStage.DRAFT, OfferStage.ASKED):
            row.stage = OfferStage.OPEN
        fit(row, terms, offers.knowledge(session, self.house.workspace))
        session.flush()

    def _approved(self, session: Session, row: OfferRow, terms: OfferTerms) -> tuple[Line, tuple[str, ...]]:
        said = translate(APPROVED, first=f"{terms.first_day:%d.%m.%Y}", last=f"{terms.last_day:%d.%m.%Y}")
        notes = () if offers.issued(session, row.id or 0) else (translate(CODES_NEXT),)
        return line_of(self.house.staff_url, row, said), notes

    def _why_not(self, session: Session, row: OfferRow, version: str) -> Refused:
        wanted = version or row.approved_hash
        said = next((one for one in rows.decisions(session, row.id or 0) if one.version == wanted), None)
        if said is None:
            return Refused(because(NOT_ASKED, code="not_asked"))
        at = f"{local(said.decided_at, self.house.workspace.company.zone):%d.%m %H:%M}"
        return Refused(because(DECIDED, code="lost", person=self.name(said.person), at=at))

    def objection(self, row: OfferRow, request: Request, version: OfferVersion, who: Who, proven: bool) -> Reason:
        """Why this person may not decide: whoever wrote it, began it or asked for it is its author."""
        demands, weight = demands_of(self.house.workspace.company), self.weight(offers.terms_of(version))
        link = page_of(self.house.staff_url, row.key)
        for author in dict.fromkeys((version.made_by, row.made_by, request.asked_by)):
            wrong = objection(who, who.name, author, demands, weight, proven=proven, link=link)
            if wrong:
                return because(OWN, code="own_piece", person=who.name) if wrong.code == "own_piece" else wrong
        return NO_REASON

    def weight(self, terms: OfferTerms) -> Weight:
        """What hangs on it: the most that may be given off; what nothing bounds is above any threshold."""
        most = costs_at_most(terms)
        currency = self.house.workspace.company.currency
        return Weight(money=UNBOUNDED if most is None else minor_units(most, currency))

    # Their days.

    def look_after(self) -> int:
        """Remind who is asked, end what is over, tell the registry what was ready on its first day; what ended."""
        with self.house.sessions.begin() as session:
            now = now_by(self.clock, session)
            for request, id in rows.questions(session):
                row = offers.by_id(session, id)
                if row and not request.reminded_at and now >= reminder_at(request.asked_at, request.due_at):
                    self._remind(session, row, request)
                    request.reminded_at = now
                if row and now >= request.due_at:
                    self._tell_undecided(session, row, request)
            for row in offers.begun(session, now - LOOKED_BACK, now):
                is_ready = bool(row.approved_hash) and offers.issued(session, row.id or 0) > 0
                record(session, facts.of_beginning(row, is_ready, now), self.clock)
            over = offers.ended(session, now)
            for row in over:
                row.stage, row.changed_at = OfferStage.ENDED, now
                self.forget(session, row)
            return len(over)

    # Who is told.

    @in_house_words()
    def _tell_approver(self, session: Session, row: OfferRow, request: Request, terms: OfferTerms) -> None:
        words = offers.knowledge(session, self.house.workspace).words
        body = translate(BODY, title=terms.title, due=self._due(request), said="\n".join(summary(terms, words)))
        key = f"offer-ask:{request.id}:{request.asked_at.isoformat()}"
        self._tell(session, row, key, [request.asked_of], request.title, body)

    @in_house_words()
    def _remind(self, session: Session, row: OfferRow, request: Request) -> None:
        answers = self._roster(session).duty(request.asked_of).answers
        key = f"offer-remind:{request.id}:{request.asked_at.isoformat()}"
        self._tell(session, row, key, [answers], translate(REMIND, subject=request.title), request.title)

    @in_house_words()
    def _tell_undecided(self, session: Session, row: OfferRow, request: Request) -> None:
        answers = self._roster(session).duty(request.asked_of).answers
        body = translate(UNDECIDED_BODY, title=row.title, due=self._due(request))
        key, subject = f"offer-undecided:{request.id}", translate(UNDECIDED, title=row.title)
        self._tell(session, row, key, [answers, request.asked_by], subject, body)

    @in_house_words()
    def _tell_returned(self, session: Session, row: OfferRow, request: Request, who: Who, why: str) -> None:
        subject = translate(BACK_TITLE, title=row.title)
        body = translate(BACK_BODY, person=who.name, title=row.title, why=why)
        key = f"offer-back:{request.id}:{request.asked_at.isoformat()}"
        self._tell(session, row, key, [row.made_by, request.asked_by], subject, body)

    def _tell(self, session: Session, row: OfferRow, key: str, people: Iterable[str], subject: str, body: str) -> None:
        link, to = page_of(self.house.staff_url, row.key), [one for one in dict.fromkeys(people) if one]
        tell(session, self.clock, [
            Message(f"{key}:{number}" if number else key, one, subject, body, link) for number, one in enumerate(to)
        ])  # fmt: skip

    def _due(self, request: Request) -> str:
        return proof.moment(request.due_at, self.house.workspace.company.zone)

    def _roster(self, session: Session) -> Roster:
        company = self.house.workspace.company
        return approval.roster(session, local(self.house.now(), company.zone).date(), company.approval.approver)

    def name(self, person: str) -> str:
        return next((one.name for one in self.house.workspace.company.people if one.key == person), person or "—")
