"""Asks for the approval of offers, takes the answer, and sees to their days. It knows no Prefect.

What is approved is a version by its print, and what is shown is the summary made of the same terms. An offer is open
from the decision on, and gives something from its first day; after its last instant it has ended.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.approval import OF_OFFERS, Request
from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.offer_orders import AskOfferForm, DecideOfferForm
from models.offers import OfferTerms
from models.people import Permission, permissions_of
from models.reason import Reason, because
from models.redemptions import OfferRow, OfferStage, OfferVersion
from models.written import minor_units
from tasks.approval.rules import Weight, Who
from tasks.approval.single.engine import Questions, Thing, Words
from tasks.codes.life.rows import end_with_offer
from tasks.codes.shapes import uses_of
from tasks.house import House
from tasks.offering import facts
from tasks.offering import rows as offers
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
APPROVED_BEFORE = mark("This very version is approved already, so it holds.")
HAS_ENDED = mark("The offer has ended: nothing is decided about it any more.")
LATE = mark("Its last day, {day}, is over. Give it another one first.")
APPROVED, RETURNED = mark("approved; it holds from {first} to {last}"), mark("returned to its author")
CODES_NEXT = mark("No codes are out yet: issue them, and they work from the first day.")
WORDS = Words(
    kind=OF_OFFERS,
    title=mark("Approval of the offer “{title}”"),
    body=mark("The offer “{title}” waits for your decision until {due}. What it says:\n{said}"),
    undecided=mark("The offer “{title}” was to be decided about by {due}. Nothing of that version is redeemed before."),
    returned=mark("{person} has returned the offer “{title}”: {why}"),
    own=mark("{person} wrote this offer; somebody else must approve it."),
    not_asked=mark("Nobody has asked about this offer. Its author asks when it is ready."),
)
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
        self.house, self.clock, self.questions = house, house.clock, Questions(house, WORDS)

    def ask(self, form: AskOfferForm) -> Report:
        """Ask whoever decides about the last version."""
        title = translate(ASK)
        try:
            by = writer_of_offers(self.house, form.person)
            with self.house.sessions.begin() as session:
                row = offers.offer(session, form.offer, locking=True)
                version = offers.last(session, row.id or 0)
                self._refuse_not_now(session, row, version)
                said = self.open(session, row, version, by, form.reason)
                return Report(title=title, lines=(line_of(self.house.staff_url, row, said),))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def to_be_asked(self, id: int) -> str:
        """The key of an offer whose last version is neither in force nor asked about; "" of another."""
        with self.house.reads() as session:
            row = offers.by_id(session, id)
            if row is None or self.questions.asked(session, id) or offers.last(session, id).hash == row.approved_hash:
                return ""
            return row.key

    def _refuse_not_now(self, session: Session, row: OfferRow, version: OfferVersion) -> None:
        if row.stage == OfferStage.ENDED:
            raise Refused(because(HAS_ENDED, code="ended"))
        if found := self.questions.asked(session, row.id or 0):
            raise self.questions.asked_already(found)
        if version.hash == row.approved_hash:
            raise Refused(because(APPROVED_BEFORE, code="approved"))
        self.questions.refuse_returned(self.questions.decided(session, row.id or 0, version.hash))

    def open(self, session: Session, row: OfferRow, version: OfferVersion, by: str, why: str = "") -> str:
        """Ask about this version; returns who is asked and until when. Raises Refused where it would be too late."""
        terms, now = offers.terms_of(version), now_by(self.clock, session)
        self._refuse_late(terms, now)
        due = (
            max(row.starts_at or now, now + A_DAY) if row.stage in (OfferStage.DRAFT, OfferStage.ASKED) else now + A_DAY
        )
        if row.stage == OfferStage.DRAFT:
            row.stage = OfferStage.ASKED
        with in_house_words():
            said = "\n".join(summary(terms, offers.knowledge(session, self.house.workspace).words))
        thing = self._thing(row, *offers.writers(session, row, version))
        return self.questions.ask(session, thing, version.hash, by, due, terms.title, why, said=said)

    def _thing(self, row: OfferRow, *writers: str) -> Thing:
        return Thing(row.id or 0, row.title, page_of(self.house.staff_url, row.key), row.made_by, writers)

    def _refuse_late(self, terms: OfferTerms, now: datetime) -> None:
        today = local(now, self.house.workspace.company.zone).date()
        if terms.last_day < today:
            raise Refused(because(LATE, code="late", day=f"{terms.last_day:%d.%m.%Y}"))

    def forget(self, session: Session, row: OfferRow) -> None:
        """What was asked about a former version is asked no more."""
        self.questions.forget(session, row.id or 0)

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
        found = self.questions.asked(session, row.id or 0)
        if found is None:
            raise self.questions.why_not(session, row.id or 0, form.version or row.approved_hash)
        version = offers.version(session, row.id or 0, found.version)
        assert version is not None
        thing, terms = self._thing(row, *offers.writers(session, row, version)), offers.terms_of(version)
        self.questions.refuse(thing, found, form, who, self.weight(terms), proven=proven)
        if self.questions.decide(session, thing, found, form, who, proven=proven):
            row.stage = OfferStage.DRAFT if row.stage == OfferStage.ASKED else row.stage
            return line_of(self.house.staff_url, row, translate(RETURNED)), ()
        self._let(session, row, version)
        return self._approved(session, row, terms)

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
        ended = row.ends_at
        fit(row, terms, offers.knowledge(session, self.house.workspace))
        if ended and row.ends_at and ended < row.ends_at:
            end_with_offer(session, row.id or 0, row.ends_at)
        session.flush()

    def _approved(self, session: Session, row: OfferRow, terms: OfferTerms) -> tuple[Line, tuple[str, ...]]:
        said = translate(APPROVED, first=f"{terms.first_day:%d.%m.%Y}", last=f"{terms.last_day:%d.%m.%Y}")
        notes = () if offers.issued(session, row.id or 0) else (translate(CODES_NEXT),)
        return line_of(self.house.staff_url, row, said), notes

    def objection(
        self, session: Session, row: OfferRow, request: Request, version: OfferVersion, who: Who
    ) -> Reason:  # fmt: skip
        """Why this person, who is signed in, may not decide."""
        thing, weight = self._thing(row, *offers.writers(session, row, version)), self.weight(offers.terms_of(version))
        return self.questions.objection(thing, request, who, weight, proven=True)

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
            for request, id in self.questions.all_asked(session):
                if row := offers.by_id(session, id):
                    self.questions.look_after(session, self._thing(row), request, now >= request.due_at)
            for row in offers.begun(session, now - LOOKED_BACK, now):
                ready = offers.ready_at(session, row)
                record(session, facts.of_beginning(row, ready, now), self.clock)
            over = [row for row in offers.ended(session, now) if not self._holds_on(session, row, now)]
            for row in over:
                row.stage, row.changed_at = OfferStage.ENDED, now
                self.forget(session, row)
            return len(over)

    def _holds_on(self, session: Session, row: OfferRow, now: datetime) -> bool:
        """Whether an outlet that was opened, or moved west, since its approval still has it; its end is set anew."""
        version = offers.in_force(session, row)
        if version is None:
            return False
        fit(row, offers.terms_of(version), offers.knowledge(session, self.house.workspace))
        return row.ends_at is not None and row.ends_at >= now
