"""Offers of one house: written from a form or a text, changed, made to hold longer. It knows no Prefect.

What an offer says is its versions; each verb answers with a Report. A version that is in force stays so until another
one is approved, and where codes are out the other may only be one that harms no holder.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations.documents import compose
from integrations.errors import Refused
from integrations.folder import Folder
from models.database import now_by
from models.day import read_day
from models.desk.mailings import OVERTAKEN
from models.locale import in_house_words, mark, translate
from models.offer_form import OfferFields
from models.offer_orders import ChangeOfferForm, ExtendOfferForm
from models.offers import OfferTerms
from models.orders import Signed
from models.reason import because
from models.redemptions import Happened, OfferRow, OfferStage, OfferVersion
from models.schedule import Unreadable
from tasks.content.encoding import decode
from tasks.groups.orders.wanted import key_of
from tasks.house import House
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval, writer_of_offers
from tasks.offering.filling import difference, merged, text_of, with_days
from tasks.offering.knowledge import Knowledge, fit
from tasks.offering.strange import strange
from tasks.offering.telling import checked_key, line_of, problems_told
from tasks.offers.reading import ReadOffer, read
from tasks.offers.writing import written
from tasks.orders.answers import Line, Report
from tasks.redeeming.rows import note
from tasks.schedule.wall import local

WRITE, CHANGE, EXTEND = mark("Write an offer"), mark("Change an offer"), mark("Let coupons hold longer")
MADE, SAVED = mark("written"), mark("saved as version {n}: {changes}")
SAME = mark("nothing is different from version {n}, so nothing was saved")
STILL_OLD = mark("Until that is approved, the former version holds.")
NO_TITLE = mark("Say what the offer is called: clients and cashiers see it.")
SAVED_MEANWHILE = mark(
    "{person} saved version {n}, and yours was made from version {seen}. Nothing is overwritten: open the offer again "
    "and make your changes there."
)
IS_OVER = mark("The offer has ended, so it cannot be changed. Write another one like it.")
TAKEN = mark("There is an offer with this key already, so nothing was written over. Take another key.")
ASKED_UNTIL = mark("asked to hold until {day}: {why}")
NO_CHANGES = mark("It is not said what becomes different. Write for example “limits: {total: 500}”.")
NO_WHY = mark("Say why: whoever approves, and whoever reads its history, must understand it.")


class Offering:
    """The offers of one house, as they are written."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.approval = house, house.clock, OfferApproval(house)

    # Reading, without writing anything.

    def knowledge(self, session: Session) -> Knowledge:
        return rows.knowledge(session, self.house.workspace)

    def looked_at(self, form: OfferFields) -> ReadOffer:
        """What the form says, and what is wrong with it; nothing is written."""
        with self.house.reads() as session:
            return self._read(session, form, self.knowledge(session))

    def _read(self, session: Session, form: OfferFields, known: Knowledge) -> ReadOffer:
        today = local(now_by(self.clock, session), known.workspace.company.zone).date()
        text = self._text(form)
        if not text.strip():
            found = read(text_of(form, today, known.named), known=known.known)
            problems = (*strange(form), *found.problems)
            return ReadOffer(None if problems else found.terms, problems)
        said = compose(text, form.file).value
        text = with_days(text, said, today) if said is not None else text
        return read(text, form.file.strip(), known.known)

    def _text(self, form: OfferFields) -> str:
        """All of it as text, from the form or from a file of the company's folder. Raises Refused."""
        if form.text.strip() or not form.file.strip():
            return form.text
        return decode(Folder(self.house.root).read(form.file.strip()))

    # Orders.

    def write(self, form: OfferFields, anew: bool = True) -> Report:
        """A new offer, or the next version of the one with this key; `anew`: an existing one may be written again."""

        def work(session: Session, by: str) -> tuple[Line, tuple[str, ...]]:
            is_text = bool(form.text.strip() or form.file.strip())
            if not is_text and not form.title.strip():
                raise Refused(because(NO_TITLE, code="no_title"))
            terms = self._terms(self._read(session, form, self.knowledge(session)))
            stem = PurePosixPath(form.file.strip()).stem.lower()
            key = form.key.strip().lower() or stem or key_of(terms.title, rows.keys(session))
            row = rows.by_key(session, key, locking=True)
            if row is None:
                return self._new(session, key, terms, by), ()
            if not anew:
                raise Refused(because(TAKEN, code="taken"))
            return self._next(session, row, terms, by, form)

        return self._ordered(WRITE, form.person, work)

    def change(self, form: ChangeOfferForm) -> Report:
        """Some of an offer becomes different."""

        def work(session: Session, by: str) -> tuple[Line, tuple[str, ...]]:
            row = rows.offer(session, form.offer, locking=True)
            if not form.changes.strip():
                raise Refused(because(NO_CHANGES, code="no_changes"))
            said = compose(form.changes, "")
            if said.value is None:
                raise Refused(problems_told(said.problems))
            return self._changed(session, row, said.value, by, form)

        return self._ordered(CHANGE, form.person, work)

    def extend(self, form: ExtendOfferForm) -> Report:
        """The whole offer holds until another day."""

        def work(session: Session, by: str) -> tuple[Line, tuple[str, ...]]:
            row = rows.offer(session, form.offer, locking=True)
            if not form.reason.strip():
                raise Refused(because(NO_WHY, code="no_why"))
            try:
                day = read_day(form.last_day)
            except Unreadable as wrong:
                raise Refused(wrong.reason) from None
            former = rows.last(session, row.id or 0).n
            told = self._changed(session, row, {"last_day": day.isoformat()}, by, form)
            if rows.last(session, row.id or 0).n != former:
                self._note(session, row, by, day, form.reason)
            return told

        return self._ordered(EXTEND, form.person, work)

    # How.

    def _changed(
        self, session: Session, row: OfferRow, said: Mapping[str, Any], by: str, form: Signed
    ) -> tuple[Line, tuple[str, ...]]:  # fmt: skip
        former = rows.terms_of(rows.last(session, row.id or 0))
        text = merged(former, said, compose(written(former), "").value)
        terms = self._terms(read(text, known=self.knowledge(session).known))
        return self._next(session, row, terms, by, form)

    @in_house_words()
    def _note(self, session: Session, row: OfferRow, by: str, day: date, why: str) -> None:
        """A line of the offer's history: it was asked to hold longer, and why."""
        said = translate(ASKED_UNTIL, day=f"{day:%d.%m.%Y}", why=" ".join(why.split()))
        event = {"coupon_id": None, "offer_id": row.id, "what": Happened.EXTENDED, "by": by, "said": said}
        note(session, [event | {"at": now_by(self.clock, session)}])

    def _new(self, session: Session, key: str, terms: OfferTerms, by: str) -> Line:
        row = OfferRow(key=checked_key(key), title=terms.title, made_by=by, made_at=now_by(self.clock, session))
        session.add(row)
        try:
            session.flush()
        except IntegrityError:  # somebody has written one with this key in the same moment
            raise Refused(because(TAKEN, code="taken")) from None
        fit(row, terms, self.knowledge(session))
        rows.keep(session, self.clock, row, terms, by)
        return line_of(self.house.staff_url, row, translate(MADE))

    def _next(
        self, session: Session, row: OfferRow, terms: OfferTerms, by: str, form: Signed
    ) -> tuple[Line, tuple[str, ...]]:  # fmt: skip
        if row.stage == OfferStage.ENDED:
            raise Refused(because(IS_OVER, code="over"))
        last, approved = rows.last(session, row.id or 0), rows.in_force(session, row)
        seen = form.seen if isinstance(form, OfferFields | ChangeOfferForm) else 0
        if seen and seen != last.n:
            said = {"person": self.approval.questions.name(last.made_by), "n": last.n, "seen": seen}
            raise Refused(because(SAVED_MEANWHILE, code=OVERTAKEN, **said))
        if rows.terms_of(last) == terms:
            return line_of(self.house.staff_url, row, translate(SAME, n=last.n)), ()
        if approved is not None:
            rows.refuse_harm(session, row, rows.terms_of(approved), terms)
        return self._saved(session, row, last, approved is not None, terms, by, form.reason)

    def _saved(
        self, session: Session, row: OfferRow, last: OfferVersion, is_approved: bool, terms: OfferTerms, by: str,
        why: str,
    ) -> tuple[Line, tuple[str, ...]]:  # fmt: skip
        what = "; ".join(f"{name}: {was or '—'} → {now or '—'}" for name, was, now in
                         difference(rows.terms_of(last), terms))  # fmt: skip
        version = rows.keep(session, self.clock, row, terms, by)
        row.changed_at = now_by(self.clock, session)
        self.approval.forget(session, row)
        if not is_approved:
            row.stage = OfferStage.DRAFT
            fit(row, terms, self.knowledge(session))
        said = translate(SAVED, n=version.n, changes=what)
        if not is_approved:
            return line_of(self.house.staff_url, row, said), ()
        asked = self.approval.open(session, row, version, by, why)
        return line_of(self.house.staff_url, row, said, asked, translate(STILL_OLD)), ()

    def _terms(self, found: ReadOffer) -> OfferTerms:
        if found.terms is None:
            raise Refused(problems_told(found.problems))
        return found.terms

    def _ordered(
        self, title: str, person: str, work: Callable[[Session, str], tuple[Line, tuple[str, ...]]]
    ) -> Report:  # fmt: skip
        try:
            by = writer_of_offers(self.house, person)
            with self.house.sessions.begin() as session:
                line, notes = work(session, by)
                return Report(title=translate(title), lines=(line,), notes=notes)
        except Refused as refused:
            return Report(title=translate(title), refusal=refused.reason)
