"""What a cashier does at the page: asks about a code, redeems, undoes, and tells of what happened without the network.

All of it goes through the ledger of coupons, under keys that the device made: what comes again has one effect. From the
order that is read out to the cashier until it is confirmed its room is held. It knows no Prefect.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from models.basket import Basket, Given, LineOff, Off, Place
from models.cashier_page import AskedAbout, At, Entered, Journal, Needs, OfflineSale, OfflineUndo, ShiftLine, Told
from models.cashiers import Cashier
from models.locale import mark, translate
from models.offers import Invitation, OfferTerms
from models.reason import Reason, because
from models.redemptions import Redeemed, Redemption
from tasks.cashier_page import rows
from tasks.cashier_page.asking import basket_of, is_complete, needs_of
from tasks.cashier_page.orders import order
from tasks.cashier_page.shown import against, presented
from tasks.cashier_page.simple import described
from tasks.cashiers.engine import Cashiers
from tasks.cashiers.rows import shifts
from tasks.codes.reading import Reading, masked, read
from tasks.codes.rows import KnownForms
from tasks.house import House
from tasks.offers.cashier import to_add
from tasks.offers.windows import sitting_at
from tasks.offers.wording import Words
from tasks.redeeming.calls import Brought, Call, Entry, GiveBack, Outcome, Sale
from tasks.redeeming.engine import Redeeming
from tasks.redeeming.refusals import CODE_FULL

LIST_MOST = 50_000  # codes: hashing them takes 68 µs each, so a list of these 3.4 s
UNKNOWN = "unknown_code"
NOT_YOURS = mark("This is not of the shift that is open here. Only who redeemed it undoes it, until the shift ends.")
DONE = mark("Redeemed.")
# What an undoing comes to when it has been done already, by whatever way.
DONE_BEFORE = ("nothing_left", "other_body")


class CashierPage:
    """The page as one device sees it, at one moment. `forms` are what codes look like, kept between calls."""

    def __init__(self, house: House, redeeming: Redeeming, at: At, forms: KnownForms | None = None) -> None:
        self.house, self.redeeming, self.at, self.forms = house, redeeming, at, forms or KnownForms()
        self.currency = house.workspace.company.currency

    @cached_property
    def zone(self) -> str:
        return Cashiers(self.house).zone(self.at.outlet)

    @property
    def place(self) -> Place:
        return Place(outlet=self.at.outlet, zone=self.zone, at=self.house.now())

    def words(self, session: Session, *terms: OfferTerms) -> Words:
        outlets = {one.key: one.name for one in self.house.workspace.company.outlets}
        return Words(products=rows.titles(session, terms), outlets=outlets, currency=self.currency)

    # With the network.

    def ask(self, asked: AskedAbout) -> Told:
        """What the cashier has to do with this code, its room held; or what is still to be said, or why not."""
        with self.house.reads() as session:
            code = self._read(session, asked)
            found = rows.found(session, code.code) if code else None
            words = self.words(session, found.terms) if found else Words(currency=self.currency)
        if not code:
            return Told(step="wrong", said=str(code.why), code=code.why.code)
        needs = needs_of(found.terms, words.products, found.owned) if found else Needs()
        about = {"title": found.terms.title if found else "", "masked": masked(code.code)}
        if found and not is_complete(needs, asked.lines, asked.asked):
            if refusal := CODE_FULL if found.full else self._hopeless(asked, code.code, found.terms):
                return Told(step="refused", said=str(refusal), code=refusal.code, **about)
            return Told(step="needs", needs=needs, **about)
        basket = basket_of(needs, asked.lines, self.currency)
        call = self._call(asked, code.code, basket, found.terms if found else None)
        outcome = self.redeeming.reserve(call).outcomes[0]
        more = to_add(outcome.missing, found.terms, words) if found and outcome.missing else ""
        if outcome.reason:
            return Told(step="refused", said=str(outcome.reason), code=outcome.reason.code, more=more, needs=needs,
                        **about)  # fmt: skip
        return _told("order", outcome, order(outcome.off, basket, words), about).model_copy(
            update={"more": more, "needs": needs}
        )

    def _hopeless(self, asked: AskedAbout, code: str, terms: OfferTerms) -> Reason:
        """Why no receipt would help, so that nothing is typed in vain; the goods themselves are asked about later."""
        outcome = self.redeeming.validate(self._call(asked, code, Basket(currency=self.currency), terms)).outcomes[0]
        helped = {"goods", "sum", "quantity", "nothing", "card", "nobody", "customer_group", "not_first", "currency"}
        return Reason() if outcome.reason.code in helped else outcome.reason

    def redeem(self, asked: AskedAbout) -> Told:
        """Redeem what was ordered; the same again is the same redemption."""
        with self.house.reads() as session:
            code = self._read(session, asked)
            found = rows.found(session, code.code) if code else None
            words = self.words(session, found.terms) if found else Words(currency=self.currency)
        if not code or found is None:
            return Told(step="wrong", said=str(code.why), code=code.why.code or UNKNOWN)
        basket = basket_of(needs_of(found.terms, words.products, found.owned), asked.lines, self.currency)
        outcome = self.redeeming.redeem(self._call(asked, code.code, basket, found.terms)).outcomes[0]
        about = {"title": found.terms.title, "masked": masked(code.code)}
        if outcome.reason:
            return Told(step="refused", said=str(outcome.reason), code=outcome.reason.code, **about)
        return _told("done", outcome, translate(DONE), about)

    def leave(self, key: str) -> None:
        """What was held for an order that nobody confirms is let go."""
        self.redeeming.release(self.at.till, key, self.at.called)

    def undo(self, key: str) -> Reason:
        """Give all of a redemption of this shift back, whatever day it has become. Returns why not."""
        if not key.startswith(f"{self.at.shift}-"):
            return because(NOT_YOURS, code="not_yours")
        back = self.redeeming.give_back(self._back(key, self.at.called), force=True)
        return Reason() if back.reason.code in DONE_BEFORE else back.reason

    def _back(self, key: str, by: str) -> GiveBack:
        return GiveBack(key=f"undo-{key}", till=self.at.till, sale=key, by=by)

    def _read(self, session: Session, asked: AskedAbout) -> Reading:
        return read(asked.typed, self.forms.of(session), asked.scanned)

    def _call(
        self, asked: AskedAbout, code: str, basket: Basket, terms: OfferTerms | None, place: Place | None = None,
        cashier: str = "",
    ) -> Call:  # fmt: skip
        place = place or self.place
        found = sitting_at(terms.gives, place) if terms is not None and isinstance(terms.gives, Invitation) else None
        return Call(
            key=asked.key, till=self.at.till, codes=(code,), basket=basket, presented=presented(asked.shown),
            place=place, cashier=cashier or self.at.called, receipt=asked.receipt, origin="page", guests=asked.guests,
            sitting=found.at if found else None,
        )  # fmt: skip

    # The shift.

    def lines(self) -> list[ShiftLine]:
        """What was redeemed in this shift, the newest first."""
        with self.house.reads() as session:
            found = rows.redeemed(session, self.at.till, self.at.shift) if self.at.shift else ()
        return [_line(*one) for one in found]

    # Without the network.

    def offline(self) -> dict[str, Any]:
        """What a device holds for an outage: the signed list, and the offers of it that it may judge by itself."""
        company = self.house.workspace.company
        outlet = next(one for one in company.outlets if one.key == self.at.outlet)
        with self.house.reads() as session:
            if rows.live(session) > LIST_MOST:
                return {"list": None, "offers": {}}
            known = rows.in_force(session)
            words = self.words(session, *known.values())
        offers = {key: described(terms, outlet, self.zone, words) for key, terms in known.items()}
        signed = self.redeeming.signed_list(self.at.till)
        return {"list": signed.model_dump(), "offers": {key: one for key, one in offers.items() if one}}

    def take_journal(self, journal: Journal) -> list[Entered]:
        """Enter what has happened, each once, however often it comes; conflicts are told, and nothing is refused."""
        numbers = {_shift_of(entry) for entry in journal.entries}
        with self.house.reads() as session:
            whose = {id: cashier for id, (_, cashier) in shifts(session, self.at.device, numbers).items()}
            entries = [(entry, self._entry(session, entry, whose.get(_shift_of(entry)))) for entry in journal.entries]
        entered = self.redeeming.take_journal([made for _, made in entries])
        keys = [_key_of(entry) for entry in journal.entries]
        with self.house.reads() as session:
            states = rows.of_calls(session, self.at.till, keys)
        return [
            Entered(
                key=key, what=entry.what, conflict=_against(entry, one.conflicts, one.reason, states.get(key)),
                amount=states.get(key, ("", 0))[1], unknown=UNKNOWN in one.conflicts and not one.replayed,
            ) for key, entry, one in zip(keys, journal.entries, entered, strict=True)
        ]  # fmt: skip

    def _entry(self, session: Session, entry: OfflineSale | OfflineUndo, cashier: Cashier | None) -> Entry:
        by = cashier.called if cashier else "unknown"
        if isinstance(entry, OfflineUndo):
            return Brought(back=self._back(entry.key, by), outlet=self.at.outlet, at=entry.at)
        code = self._read(session, entry.asked).code or entry.asked.typed[:100]
        found = rows.found(session, code)
        needs = needs_of(found.terms, {}, found.owned) if found else Needs()
        basket = basket_of(needs, entry.asked.lines, self.currency)
        place = Place(outlet=self.at.outlet, zone=self.zone, at=entry.at)
        call = self._call(entry.asked, code, basket, found.terms if found else None, place, by)
        return Sale(call=call, given=(_off_of(entry, basket),))


def _told(step: Any, outcome: Outcome, said: str, about: dict[str, str]) -> Told:
    off = outcome.off
    given = tuple(one.model_dump() for one in off.given)
    return Told(step=step, said=said, off=off.lines, given=given, units=off.units, amount=off.amount, **about)


def _line(row: Redemption, title: str, code: str) -> ShiftLine:
    undone = row.state == Redeemed.RETURNED
    return ShiftLine(
        key=row.key, title=title, masked=masked(code), receipt=row.receipt, at=row.at, undone=undone,
        amount=row.amount if undone else row.amount - row.back, conflict=against(row.conflict.split()),
    )  # fmt: skip


def _off_of(entry: OfflineSale, basket: Basket) -> Off:
    """What the device says came off, never more than a line was worth."""
    worth = {line.n: line for line in basket.lines}
    lines = tuple(
        LineOff(n=one.n, amount=min(one.amount, worth[one.n].amount), quantity=min(one.quantity, worth[one.n].quantity))
        for one in entry.off if one.n in worth
    )  # fmt: skip
    return Off(lines=lines, given=tuple(Given(**one.model_dump()) for one in entry.given), units=entry.units)


def _key_of(entry: OfflineSale | OfflineUndo) -> str:
    return entry.asked.key if isinstance(entry, OfflineSale) else entry.key


def _shift_of(entry: OfflineSale | OfflineUndo) -> int:
    return min(int(_key_of(entry).partition("-")[0]), 2**31 - 1)


def _against(
    entry: OfflineSale | OfflineUndo, conflicts: Sequence[str], reason: Reason, state: tuple[str, int] | None
) -> str:  # fmt: skip
    """What is said against it; an undoing that was done by another way, and a sale told twice, are no conflicts."""
    if isinstance(entry, OfflineUndo) and state and state[0] == Redeemed.RETURNED:
        return ""
    return against(one for one in conflicts if one not in DONE_BEFORE) if not reason else ""
