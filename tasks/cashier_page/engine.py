"""What a cashier does at the page: asks about a code, redeems, undoes, and tells of what happened without the network.

All of it goes through the ledger of coupons, under keys that the device made: what comes again has one effect. From the
order that is read out to the cashier until it is confirmed its room is held. It knows no Prefect.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from models.basket import Basket, Given, LineOff, Off, Place
from models.cashier_page import (
    AskedAbout,
    At,
    Entered,
    Journal,
    Needs,
    OfflineOff,
    OfflineSale,
    OfflineUndo,
    ShiftLine,
    Told,
    Turned,
    TypedCode,
)
from models.cashiers import Cashier
from models.locale import mark
from models.offers import OfferTerms
from models.reason import Reason, because
from models.redemptions import Redeemed
from tasks.cashier_page import rows
from tasks.cashier_page.asking import basket_of, is_complete
from tasks.cashier_page.joining import Coupon, apart, needs_of_all
from tasks.cashier_page.shown import against, presented
from tasks.cashier_page.simple import described
from tasks.cashier_page.telling import asking, done, ordered, refused, shift_lines, turned, turned_of, unread
from tasks.cashiers.engine import Cashiers
from tasks.cashiers.rows import shifts
from tasks.codes.reading import Reading, read
from tasks.codes.rows import KnownForms
from tasks.house import House
from tasks.offers.wording import Words
from tasks.redeeming.calls import Brought, Call, Entry, GiveBack, Sale
from tasks.redeeming.engine import Redeeming
from tasks.redeeming.refusals import CODE_FULL, unknown

LIST_MOST = 50_000  # codes: hashing them takes 68 µs each, so a list of these 3.4 s
UNKNOWN = "unknown_code"
# What goods, or whose it is, would still help.
HELPED = {
    "", "goods", "sum", "quantity", "nothing", "currency",
    "card", "points_card", "nobody", "customer_group", "not_first",
}  # fmt: skip
NOT_YOURS = mark("This is not of the shift that is open here. Only who redeemed it undoes it, until the shift ends.")
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
        """What the cashier has to do with these codes, their room held; or what is still to be said, or why not.

        What does not go is turned away, the later one of two that do not go together; the others stay.
        """
        self._let_go(asked)
        found, no, words = self._receipt(asked)
        stays = _without(found, no)
        needs = needs_of_all(stays, words.products)
        if not _is_answered(asked, found, needs, words):
            hopeless, number = self._hopeless(asked, stays)
            no += hopeless
            stays = _without(found, no)
            needs = needs_of_all(stays, words.products)
            if stays and not _is_answered(asked, found, needs, words):
                return asking(stays, no, needs, number)
        if not stays:
            return refused(no)
        basket = basket_of(needs, asked.lines, self.currency)
        coupons = {one.code: one for one in stays}
        outcomes = self.redeeming.reserve(self._call(asked, stays, basket, together=len(stays) == 1)).outcomes
        no += turned_of(outcomes, coupons, words)
        if all(one.reason for one in outcomes):
            return refused(no, needs)
        return ordered(outcomes, coupons, no, basket, words, needs)

    def _receipt(self, asked: AskedAbout) -> tuple[list[Coupon], list[Turned], Words]:
        """The codes that are read, those of them and of the others that cannot stay, and what goods are called."""
        found, no = [], []
        with self.house.reads() as session:
            for n, one in enumerate(asked.codes):
                code = self._read(session, one)
                if code:
                    found.append(rows.found(session, code.code, n))
                else:
                    no.append(unread(n, code.why))
            words = self.words(session, *(one.terms for one in found if one.terms))
        reasons = apart(found)
        return found, no + [turned(one, reasons[one.n]) for one in found if one.n in reasons], words

    def _hopeless(self, asked: AskedAbout, coupons: Iterable[Coupon]) -> tuple[list[Turned], int]:
        """Whom no receipt would help, so that nothing is typed in vain; the goods themselves are asked about later.

        And how many guests have answered that they come.
        """
        tried = [(one, (CODE_FULL, 0) if one.full else self._alone(asked, one)) for one in coupons]
        no = [turned(one, why) for one, (why, _) in tried if why]
        return no, max((number for _, (_, number) in tried), default=0)

    def _alone(self, asked: AskedAbout, one: Coupon) -> tuple[Reason, int]:
        outcome = self.redeeming.validate(self._call(asked, [one], Basket(currency=self.currency))).outcomes[0]
        return Reason() if outcome.reason.code in HELPED else outcome.reason, outcome.expected

    def redeem(self, asked: AskedAbout) -> Told:
        """Redeem what was ordered, all or nothing; the same again is the same redemption."""
        self._let_go(asked)
        found, no, words = self._receipt(asked)
        no = [one for one in no if not one.masked] + [turned(one, unknown(one.code)) for one in found if not one.terms]
        if no:
            return refused(no[:1]).model_copy(update={"step": "wrong"})
        basket = basket_of(needs_of_all(found, words.products), asked.lines, self.currency)
        outcomes = self.redeeming.redeem(self._call(asked, found, basket)).outcomes
        coupons = {one.code: one for one in found}
        no = turned_of(outcomes, coupons, words)
        return refused(no) if no else done(outcomes, coupons)

    def _let_go(self, asked: AskedAbout) -> None:
        """What the same receipt held under other keys."""
        for key in asked.instead:
            self.leave(key)

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

    def _read(self, session: Session, one: TypedCode) -> Reading:
        return read(one.typed, self.forms.of(session), one.scanned)

    def _call(
        self, asked: AskedAbout, coupons: Sequence[Coupon], basket: Basket, place: Place | None = None,
        cashier: str = "", together: bool = True,
    ) -> Call:  # fmt: skip
        return Call(
            key=asked.key, till=self.at.till, codes=tuple(one.code for one in coupons), basket=basket,
            presented=presented(asked.shown), place=place or self.place, cashier=cashier or self.at.called,
            receipt=asked.receipt, origin="page", guests=asked.guests, together=together,
        )  # fmt: skip

    # The shift.

    def lines(self) -> list[ShiftLine]:
        """What was redeemed in this shift, the newest first."""
        with self.house.reads() as session:
            found = rows.redeemed(session, self.at.till, self.at.shift) if self.at.shift else ()
        return shift_lines(found)

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
            made = [self._entry(session, entry, whose.get(_shift_of(entry))) for entry in journal.entries]
            unknown = [rows.unknown(session, one.call.codes) if isinstance(one, Sale) else 0 for one in made]
        for entry in journal.entries:
            if isinstance(entry, OfflineSale):
                self._let_go(entry.asked)
        entered = self.redeeming.take_journal(made)
        keys = [_key_of(entry) for entry in journal.entries]
        with self.house.reads() as session:
            states = rows.of_calls(session, self.at.till, keys)
        return [
            Entered(
                key=key, what=entry.what, conflict=_against(entry, one.conflicts, one.reason, states.get(key)),
                amount=states.get(key, ("", 0))[1],
                unknown=wrong if UNKNOWN in one.conflicts and not one.replayed else 0,
            ) for key, entry, one, wrong in zip(keys, journal.entries, entered, unknown, strict=True)
        ]  # fmt: skip

    def _entry(self, session: Session, entry: OfflineSale | OfflineUndo, cashier: Cashier | None) -> Entry:
        by = cashier.called if cashier else "unknown"
        if isinstance(entry, OfflineUndo):
            return Brought(back=self._back(entry.key, by), outlet=self.at.outlet, at=entry.at)
        coupons = [
            rows.found(session, self._read(session, one).code or one.typed[:100], n)
            for n, one in enumerate(entry.asked.codes)
        ]
        basket = basket_of(needs_of_all(coupons, {}), entry.asked.lines, self.currency)
        place = Place(outlet=self.at.outlet, zone=self.zone, at=entry.at)
        return Sale(call=self._call(entry.asked, coupons, basket, place, by), given=_offs_of(entry, coupons, basket))


def _without(coupons: Iterable[Coupon], no: Iterable[Turned]) -> list[Coupon]:
    gone = {one.n for one in no}
    return [one for one in coupons if one.n not in gone]


def _is_answered(asked: AskedAbout, coupons: Sequence[Coupon], needs: Needs, words: Words) -> bool:
    """Whether what was said is all that is asked now, and was said to the same question."""
    before = [one for one in coupons if one.n < asked.asked_for]
    is_same = len(asked.codes) <= asked.asked_for or needs_of_all(before, words.products) == needs
    return is_complete(needs, asked.lines, asked.asked) and (is_same or not needs.anything)


def _offs_of(entry: OfflineSale, coupons: Sequence[Coupon], basket: Basket) -> tuple[Off, ...]:
    """What the device says that each code gave; all of them together never more than a line was worth."""
    left, found = basket, {}
    for one, part in zip(coupons, entry.parts, strict=False):
        if one.code not in found:
            found[one.code] = off = _off_of(part, left)
            gone = {line.n: line.amount for line in off.lines}
            lines = (each.model_copy(update={"amount": each.amount - gone.get(each.n, 0)}) for each in left.lines)
            left = left.model_copy(update={"lines": tuple(lines)})
    return tuple(found.values())


def _off_of(part: OfflineOff, basket: Basket) -> Off:
    worth = {line.n: line for line in basket.lines}
    lines = tuple(
        LineOff(n=one.n, amount=min(one.amount, worth[one.n].amount), quantity=min(one.quantity, worth[one.n].quantity))
        for one in part.off if one.n in worth
    )  # fmt: skip
    return Off(lines=lines, given=tuple(Given(**one.model_dump()) for one in part.given), units=part.units)


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
