"""Purchases paid with points: by the number of a card, once by the till's key, up to the share that the program allows.

It knows no Prefect. One transaction holds the client's balance from the first question to the last line of the ledger,
so that of any number of tills none pays with what another has spent, and no receipt gets beyond its share.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.cards import ProgramTerms
from models.database import in_one, now_by
from models.locale import mark
from models.loyalty import Card, CardState, Moved, PointsMove
from models.reason import NO_REASON, Reason, because
from tasks.cards import rows
from tasks.cards.ledger.engine import Ledger
from tasks.cards.paying.rows import paid_on
from tasks.cards.program import most_points
from tasks.house import House
from tasks.loyalty import rows as loyalty
from tasks.loyalty.engine import ANOTHER, NO_CARD, NOT_GOOD, Wanted
from tasks.loyalty.numbers import read
from tasks.schedule.wall import local

NOT_TAKEN = mark("The company's program takes no points as payment.")
TOO_MANY = mark("On this receipt {most} points may still pay, and {points} were to be spent. Spend fewer.")
NO_SALE = mark("Nothing was paid with points by this key or on this receipt, or its client was erased.")
NOTHING_LEFT = mark("All points of this payment are given back already.")


@dataclass(frozen=True)
class Spending:
    """A till's order: so many `points` pay part of `amount`, what the receipt comes to after all that is taken off."""

    key: str
    till: str
    card: str
    amount: int
    points: int
    receipt: str
    outlet: str
    zone: str = "UTC"
    by: str = ""

    @property
    def once(self) -> str:
        return once(self.till, self.key)

    @property
    def said(self) -> str:
        return on_receipt(self.receipt, self.outlet)


@dataclass(frozen=True)
class Bringing:
    """So many points come back, 0 is all that are left: of the sale of this key, or of a receipt that a card paid."""

    key: str
    till: str
    points: int = 0
    sale: str = ""
    card: str = ""
    receipt: str = ""
    outlet: str = ""
    by: str = ""


@dataclass(frozen=True)
class Paid:
    """What became of it: `points` moved, worth `amount`; `balance` is there now, of which `most` may pay here."""

    points: int = 0
    amount: int = 0
    balance: int = 0
    most: int = 0
    again: bool = False
    refusal: Reason = NO_REASON


def once(till: str, key: str) -> str:
    return f"till:{till}:{key}"


def on_receipt(receipt: str, outlet: str) -> str:
    return f"{receipt}, {outlet}"


class Paying:
    """Payments with points of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.ledger = house, house.clock, Ledger(house)

    def quote(self, card: str, amount: int) -> Paid:
        """What the card has, and how much of it may pay on such a receipt; nothing is written."""
        with self.house.reads() as session:
            found, terms = self._card(session, card), rows.program(session)
            if isinstance(found, Reason) or found.customer_id is None:
                return Paid(refusal=found if isinstance(found, Reason) else _no_card())
            today = local(now_by(self.clock, session), self.house.workspace.company.zone).date()
            balance = rows.may_spend(session, found.customer_id, today)
        most = min(balance, most_points(terms, amount)) if terms else 0
        worth = most * terms.worth if terms else 0
        return Paid(amount=worth, balance=balance, most=most, refusal=_closed(terms))

    def spend(self, order: Spending) -> Paid:
        """Pay with points; the same key again is the same payment."""
        return self._once(partial(self._spend, order=order))

    def give_back(self, order: Bringing) -> Paid:
        """Goods come back: the points that paid for them return to where they were taken from."""
        return self._once(partial(self._give_back, order=order))

    # How.

    def _once(self, work: partial[Paid]) -> Paid:
        try:
            return in_one(self.house.sessions, work)
        except IntegrityError:  # the same key came for another client in this very moment
            return in_one(self.house.sessions, work)

    def _spend(self, session: Session, order: Spending) -> Paid:
        customer = self._customer(session, order.card)
        if customer is None:
            return Paid(refusal=_no_card())
        balance = loyalty.locked(session, customer)
        if before := loyalty.move_of(session, order.once):
            return self._again(session, before, order, customer, balance)
        card, terms = self._card(session, order.card), rows.program(session)
        refusal = card if isinstance(card, Reason) else _closed(terms)
        if refusal or terms is None:
            return Paid(balance=balance, refusal=refusal)
        most = max(0, most_points(terms, order.amount) - self._paid(session, customer, order))
        if order.points > most:
            why = because(TOO_MANY, code="too_many_points", most=most, points=order.points)
            return Paid(balance=balance, most=most, refusal=why)
        wanted = Wanted(order.once, customer, order.points, said=order.said, by=order.by or order.till)
        told = self.ledger.spend_in(session, wanted)
        worth = 0 if told.refusal else order.points * terms.worth
        return Paid(-told.points, worth, told.balance, most, refusal=told.refusal)

    def _again(
        self, session: Session, before: PointsMove, order: Spending, customer: int, balance: int
    ) -> Paid:  # fmt: skip
        same = (customer, Moved.SPENT, order.points, order.said)
        if (before.customer_id, before.what, before.asked, before.said) != same:
            return Paid(refusal=because(ANOTHER, code="another"))
        return Paid(-before.points, order.points * self._worth(session, before.at), balance, again=True)

    def _paid(self, session: Session, customer: int, order: Spending) -> int:
        """What has paid on this receipt already: tills begin their numbers anew, so it is of this day."""
        today = local(now_by(self.clock, session), order.zone).date()
        found = [one for one in paid_on(session, customer, order.said) if local(one.at, order.zone).date() == today]
        return sum(-one.points - loyalty.undone(session, one.id or 0) for one in found)

    def _give_back(self, session: Session, order: Bringing) -> Paid:
        former = self._former(session, order)
        if former is None or former.what != Moved.SPENT or not rows.stay(session, [former.customer_id]):
            return Paid(refusal=because(NO_SALE, code="no_sale"))
        balance, worth = loyalty.locked(session, former.customer_id), self._worth(session, former.at)
        if before := loyalty.move_of(session, once(order.till, order.key)):
            if before.of != former.id or order.points not in (0, before.asked):
                return Paid(refusal=because(ANOTHER, code="another"))
            return Paid(before.points, before.points * worth, balance, again=True)
        rest = -former.points - loyalty.undone(session, former.id or 0)
        if not rest and not order.points:
            return Paid(balance=balance, refusal=because(NOTHING_LEFT, code="nothing_left"))
        wanted = Wanted(once(order.till, order.key), former.customer_id, order.points or rest, said=former.said,
                        by=order.by or order.till)  # fmt: skip
        told = self.ledger.give_back_in(session, wanted, of=former.key)
        return Paid(told.points, told.points * worth, told.balance, refusal=told.refusal)

    def _former(self, session: Session, order: Bringing) -> PointsMove | None:
        """The payment that is meant; of several of one receipt the last of which something is left."""
        if order.sale:
            return loyalty.move_of(session, once(order.till, order.sale))
        customer = self._customer(session, order.card)
        if customer is None:
            return None
        loyalty.locked(session, customer)  # else two who choose at once choose the same
        before = loyalty.move_of(session, once(order.till, order.key))
        found = paid_on(session, customer, on_receipt(order.receipt, order.outlet))
        if before is not None:
            return next((one for one in found if one.id == before.of), None)
        left = (one for one in found if -one.points > loyalty.undone(session, one.id or 0))
        return next(left, found[0] if found else None)

    def _card(self, session: Session, typed: str) -> Card | Reason:
        number = read(typed)
        found = loyalty.card(session, number) if number else None
        if found is None or found.customer_id is None:
            return _no_card()
        return found if found.state == CardState.LIVE else because(NOT_GOOD, code=found.state)

    def _customer(self, session: Session, typed: str) -> int | None:
        """Whose card it is or was, who is still there; held, so that nobody erases them before the end."""
        number = read(typed)
        found = loyalty.card(session, number) if number else None
        whose = found.customer_id if found else None
        return whose if whose is not None and rows.stay(session, [whose]) else None

    def _worth(self, session: Session, at: datetime) -> int:
        """What a point was worth then: a program that came later changes no receipt."""
        terms = rows.program_at(session, at)
        return terms.worth if terms else 0


def _no_card() -> Reason:
    return because(NO_CARD, code="no_card")


def _closed(terms: ProgramTerms | None) -> Reason:
    return NO_REASON if terms and terms.share and terms.worth else because(NOT_TAKEN, code="not_taken")
