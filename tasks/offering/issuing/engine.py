"""Orders about codes: issued, taken in, replaced, stopped, let hold longer. It knows no Prefect.

Codes go out only of an offer that is approved, by the rules of the version in force. A stop is one transaction: the
next redemption sees it. No answer shows a code; a coupon is called by its number and its last signs.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from integrations.errors import Refused
from integrations.folder import Folder
from models.database import now_by
from models.day import read_day
from models.locale import mark, translate, translate_plural
from models.offer_orders import (
    TO_GROUPS,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    OneOrAll,
    OpenOfferForm,
    ReplaceCodeForm,
    StopOfferForm,
)
from models.offers import CodeKind, OfferTerms
from models.people import Permission
from models.reason import because
from models.redemptions import Coupon, CouponBatch, OfferRow, OfferStage
from models.schedule import Unreadable
from tasks.codes.engine import Codes, Tick, unheard
from tasks.codes.imported import Imported
from tasks.codes.life import rows as life
from tasks.codes.reading import masked
from tasks.codes.rows import Order
from tasks.codes.shapes import uses_of
from tasks.content.references import names, refer
from tasks.house import House
from tasks.offering import facts, rows
from tasks.offering.asking.engine import writer_of_offers
from tasks.offering.engine import Offering
from tasks.offering.telling import line_of
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here
from tasks.redeeming.rows import order_offer
from tasks.registry.rows import record
from tasks.schedule.wall import instant, wall_at

ISSUE, IMPORT, REPLACE = mark("Issue codes"), mark("Take codes in from a file"), mark("Give another code")
STOP, OPEN, EXTEND = (
    mark("Stop coupons"),
    mark("Let stopped coupons be redeemed again"),
    mark("Let coupons hold longer"),
)
NOT_APPROVED = mark("The offer is not approved yet: ask for its approval, then issue codes.")
NOT_OPEN = mark("The offer is stopped or has ended, so no codes are issued. Open it again, or write another one.")
HOW_MANY = mark("Say how many codes there are to be.")
WHOM = mark("Say for which customer groups the codes are, by their keys.")
NOT_BOTH = mark(
    "Customer groups are named, and so many codes are ordered for nobody in particular. Choose one, clear the other."
)
ONE_IS_OUT = mark("The one code of this offer is out already. For other codes write another offer.")
BROUGHT = mark("The codes of this offer come from a file: take them in instead.")
NOT_BROUGHT = mark("The codes of this offer are made here, so none are taken in. Issue them instead.")
MADE = mark("{number} code is out"), mark("{number} codes are out")
KEPT = mark("{number} customer is kept to compare with"), mark("{number} customers are kept to compare with")
TAKEN = mark("{number} code is taken in"), mark("{number} codes are taken in")
NONE_IN = mark("No code could be taken in.")
NOT_OF = mark("Coupon № {coupon} is not one of this offer. Look its number up by its code.")
NO_BATCH = mark("This offer has no batch № {batch}. Their numbers stand on its page.")
WHICH = mark("Name the coupon or the batch, not both.")
NO_WHY = mark("Say why: the reason stays in the history.")
COUPON = mark("coupon № {id} ({last})")
STOPPED = mark("stopped: the next redemption is refused")
OPENED = mark("may be redeemed again")
MANY_STOPPED = mark("{number} code is stopped"), mark("{number} codes are stopped")
MANY_OPENED = mark("{number} code may be redeemed again"), mark("{number} codes may be redeemed again")
MANY_LONGER = mark("{number} code holds until {day}"), mark("{number} codes hold until {day}")
NOTHING = mark("nothing of it was to be changed")
NOT_STOPPED = mark("The offer is not open, so there is nothing to stop. It gives nothing now.")
NOT_TO_OPEN = mark("The offer is not stopped. It opens by its approval.")
STILL_STOPPED = mark("The whole offer is stopped, so nothing of it is redeemed until it is opened again.")
LONGER = mark("holds until {day}")
NEW_ONE = mark("coupon № {id} ({last}) takes its place")
A_DAY, AN_INSTANT, LEFT_ALONE = timedelta(days=1), timedelta(microseconds=1), timedelta(minutes=10)


class Issuing:
    """The codes of one house's offers. `tick` hears how many of how many there are."""

    def __init__(self, house: House, tick: Tick = unheard) -> None:
        self.house, self.clock = house, house.clock
        self.codes = Codes(house.sessions, house.clock, tick=tick)

    # Issue.

    def issue(self, form: IssueCodesForm, once: str) -> Report:
        """Codes by the offer's rules; the same order, `once`, is one batch however often it is given."""

        def work(by: str) -> Line:
            row, terms = self._approved(form.offer)
            batch = self._issued(row, terms, form, once, by)
            self._record(row, batch)
            said = translate_plural(*MADE, batch.made)
            with self.house.reads() as session:
                kept = rows.kept_apart(session, batch.id or 0)
            notes = [translate_plural(*KEPT, kept)] if kept else []
            return line_of(self.house.staff_url, row, said, *notes)

        return self._ordered(ISSUE, form.person, work)

    def _issued(
        self, row: OfferRow, terms: OfferTerms, form: IssueCodesForm, once: str, by: str
    ) -> CouponBatch:  # fmt: skip
        order = self._order(row, terms, once, title=" ".join(form.title.split()), by=by, number=form.number)
        if terms.codes.kind is CodeKind.IMPORTED:
            raise Refused(because(BROUGHT, code="brought"))
        if (form.include.strip() or form.exclude.strip()) and (form.number or form.what != TO_GROUPS):
            raise Refused(because(NOT_BOTH, code="not_both"))
        if terms.codes.kind is CodeKind.GENERIC:
            with self.house.reads() as session:
                if any(one.once != f"generic:{row.id}" for one in rows.batches(session, row.id or 0)):
                    raise Refused(because(ONE_IS_OUT, code="one"))
            return self.codes.generic(self._order(row, terms, f"generic:{row.id}", title=form.title, by=by))
        if form.what != TO_GROUPS:
            if form.number < 1:
                raise Refused(because(HOW_MANY, code="how_many"))
            return self.codes.issue(order)
        with self.house.reads() as session:
            known = rows.customer_groups(session)
        include, exclude = ([refer(one, known) or one for one in names(said)] for said in (form.include, form.exclude))
        if not include:
            raise Refused(because(WHOM, code="whom"))
        order = self._order(row, terms, once, title=order.title, by=by)
        return self.codes.issue_to(order, include, exclude, terms.control_percent)

    def _order(self, row: OfferRow, terms: OfferTerms, once: str, **more: Any) -> Order:
        return Order(row.id or 0, terms.codes, once, most=uses_of(terms.codes, terms.limits), **more)

    def finish(self) -> int:
        """Go on with batches that were left in the middle by a kill; returns how many are whole now."""
        with self.house.reads() as session:
            left = rows.unfinished(session, now_by(self.clock, session) - LEFT_ALONE)
            found = [(batch, rows.by_id(session, batch.offer_id)) for batch in left]
            terms = {row.id: rows.terms_of(version) for _, row in found
                     if row and (version := rows.in_force(session, row))}  # fmt: skip
        for batch, row in found:
            if row is not None and row.id in terms:
                order = self._order(row, terms[row.id], batch.once, number=batch.wanted, by=batch.made_by)
                self._record(row, self.codes.finish(order))
        self._tell_the_rest()
        return len(found)

    def _tell_the_rest(self) -> None:
        """The registry hears of codes that mailings and others beside this engine have made."""
        with self.house.reads() as session:
            untold = rows.untold(session)
            offers = {one.offer_id: rows.by_id(session, one.offer_id) for one in untold}
        for batch in untold:
            if row := offers[batch.offer_id]:
                self._record(row, batch)

    def import_codes(self, form: ImportCodesForm, data: bytes = b"") -> Report:
        """Codes of a file of the company's folder, or those that were brought with the order."""

        def work(by: str) -> Line:
            row, terms = self._approved(form.offer)
            if terms.codes.kind is not CodeKind.IMPORTED:
                raise Refused(because(NOT_BROUGHT, code="not_brought"))
            read = data or Folder(self.house.root).read(form.file.strip())
            once = f"import:{row.id}:{sha256(read).hexdigest()[:32]}"
            order = self._order(row, terms, once, title=" ".join(form.title.split()), by=by)
            return self._taken_in(row, order, self.codes.take_in(order, read, form.file))

        return self._ordered(IMPORT, form.person, work)

    def _taken_in(self, row: OfferRow, order: Order, found: Imported) -> Line:
        with self.house.reads() as session:
            batch = next((one for one in rows.batches(session, row.id or 0) if one.once == order.once), None)
        if batch is not None:
            self._record(row, batch)
        wrong = [str(problem) for problem in found.problems[:20]]
        if not found.codes:
            return line_of(self.house.staff_url, row, translate(NONE_IN), *wrong, done=False)
        return line_of(self.house.staff_url, row, translate_plural(*TAKEN, found.codes), *wrong)

    def replace(self, form: ReplaceCodeForm) -> Report:
        """Another code in the place of one that does not work."""

        def work(by: str) -> Line:
            with self.house.reads() as session:
                row = rows.offer(session, form.offer)
                self._coupon(session, row, form.coupon)
                version = rows.in_force(session, row)
            if version is None:
                raise Refused(because(NOT_APPROVED, code="not_approved"))
            rules = rows.terms_of(version).codes
            new = self.codes.replace(form.coupon, rules, by, " ".join(form.reason.split()))
            said = translate(NEW_ONE, id=new.id, last=masked(new.code))
            return line_of(self.house.staff_url, row, said).model_copy(update={"id": new.id or 0})

        return self._ordered(REPLACE, form.person, work)

    # Stop, open, hold longer.

    def stop(self, form: StopOfferForm) -> Report:
        """The next redemption is refused."""
        what = (life.stop, self.codes.stop_batch, STOPPED, MANY_STOPPED)
        return self._turned(STOP, form, Permission.STOP, what, self._stop_offer)

    def open(self, form: OpenOfferForm) -> Report:
        """What was stopped is redeemed again."""
        what = (life.reopen, self.codes.reopen_batch, OPENED, MANY_OPENED)
        return self._turned(OPEN, form, Permission.RELEASE, what, self._open_offer)

    def _turned(
        self, title: str, form: OneOrAll, permission: Permission, what: Any,
        whole: Callable[[Session, OfferRow, str, str], str],
    ) -> Report:  # fmt: skip
        of_coupons, of_batch, one, many = what
        forms: tuple[str, str] = many

        def work(by: str) -> Line:
            why = self._why(form)
            with self.house.sessions.begin() as session:
                row = rows.offer(session, form.offer)
                self._check(session, row, form)
                if form.coupon:
                    coupon = self._coupon(session, row, form.coupon)
                    done = of_coupons(session, self.clock, [form.coupon], by, why)
                    return self._of(row, coupon, translate(one if done else NOTHING), bool(done))
                if not form.batch:
                    return line_of(self.house.staff_url, row, whole(session, row, by, why))
            number = of_batch(form.batch, by, why)
            said = translate_plural(*forms, number) if number else translate(NOTHING)
            return line_of(self.house.staff_url, row, said, done=bool(number))

        def allowed(name: str) -> str:
            return entitled(name, whoever_is_here(self.house), permission).key

        return self._ordered(title, form.person, work, allowed)

    def _stop_offer(self, session: Session, row: OfferRow, by: str, why: str) -> str:
        now = now_by(self.clock, session)
        if not order_offer(session, row.key, (OfferStage.OPEN,), OfferStage.STOPPED, by, why, now):
            raise Refused(because(NOT_STOPPED, code="not_open"))
        return translate(STOPPED)

    def _open_offer(self, session: Session, row: OfferRow, by: str, why: str) -> str:
        now = now_by(self.clock, session)
        if not order_offer(session, row.key, (OfferStage.STOPPED,), OfferStage.OPEN, by, why, now):
            raise Refused(because(NOT_TO_OPEN, code="not_stopped"))
        return translate(OPENED)

    def extend(self, form: ExtendOfferForm) -> Report:
        """One coupon or a batch holds longer at once; a whole offer is changed, and approved again."""
        if not (form.coupon or form.batch):
            return Offering(self.house).extend(form)

        def work(by: str) -> Line:
            why, (day, until) = self._why(form), self._until(form)
            with self.house.sessions.begin() as session:
                row = rows.offer(session, form.offer, locking=True)
                self._check(session, row, form)
                if row.stage == OfferStage.ENDED:  # the others stay over by their own days
                    stood_still = rows.was_stopped(session, row.id or 0)
                    row.stage = OfferStage.STOPPED if stood_still else OfferStage.OPEN
                notes = (translate(STILL_STOPPED),) if row.stage == OfferStage.STOPPED else ()
                if form.coupon:
                    coupon = self._coupon(session, row, form.coupon)
                    done = life.extend(session, self.clock, [form.coupon], until, by, why)
                    said = translate(LONGER if done else NOTHING, day=day)
                    return self._of(row, coupon, said, bool(done)).model_copy(update={"notes": notes})
            number = self.codes.extend_batch(form.batch, until, by, why)
            said = translate_plural(*MANY_LONGER, number, day=day) if number else translate(NOTHING)
            return line_of(self.house.staff_url, row, said, *notes, done=bool(number))

        return self._ordered(EXTEND, form.person, work)

    def _until(self, form: ExtendOfferForm) -> tuple[str, datetime]:
        """The last instant of the day, by the clocks of the company's westernmost outlet."""
        try:
            day = read_day(form.last_day)
        except Unreadable as wrong:
            raise Refused(wrong.reason) from None
        ends = max(instant(wall_at(day + A_DAY, time()), zone) for zone in self.house.workspace.company.zones)
        return f"{day:%d.%m.%Y}", (ends - AN_INSTANT).astimezone(UTC)

    # How.

    def _approved(self, offer: str) -> tuple[OfferRow, OfferTerms]:
        with self.house.reads() as session:
            row = rows.offer(session, offer)
            version = rows.in_force(session, row)
        if version is None:
            raise Refused(because(NOT_APPROVED, code="not_approved"))
        if row.stage != OfferStage.OPEN:
            raise Refused(because(NOT_OPEN, code="not_open"))
        return row, rows.terms_of(version)

    def _check(self, session: Session, row: OfferRow, form: OneOrAll) -> None:
        if form.coupon and form.batch:
            raise Refused(because(WHICH, code="which"))
        if form.batch and all(one.id != form.batch for one in rows.batches(session, row.id or 0)):
            raise Refused(because(NO_BATCH, code="no_batch", batch=form.batch))

    def _coupon(self, session: Session, row: OfferRow, id: int) -> Coupon:
        found = session.get(Coupon, id)
        if found is None or found.offer_id != row.id:
            raise Refused(because(NOT_OF, code="not_of", coupon=id))
        return found

    def _why(self, form: OneOrAll) -> str:
        if not form.reason.strip():
            raise Refused(because(NO_WHY, code="no_why"))
        return " ".join(form.reason.split())

    def _of(self, row: OfferRow, coupon: Coupon, said: str, done: bool) -> Line:
        label = translate(COUPON, id=coupon.id, last=masked(coupon.code))
        url = f"{self.house.staff_url}/staff/offers/coupon/{coupon.id}"
        return Line(id=row.id or 0, label=label, said=said, done=done, url=url)

    def _record(self, row: OfferRow, batch: CouponBatch) -> None:
        with self.house.sessions.begin() as session:
            found = rows.locked(session, batch.id or 0)
            told = rows.told_so_far(session, found.id or 0)
            record(session, facts.of_issue(row, found, told, now_by(self.clock, session)), self.clock)

    def _ordered(
        self, title: str, person: str, work: Callable[[str], Line], allowed: Callable[[str], str] | None = None
    ) -> Report:  # fmt: skip
        try:
            by = allowed(person) if allowed else writer_of_offers(self.house, person)
            return Report(title=translate(title), lines=(work(by),))
        except Refused as refused:
            return Report(title=translate(title), refusal=refused.reason)
