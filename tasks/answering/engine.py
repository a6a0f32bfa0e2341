"""The invited answer on the page of their coupon: who comes, when, how many, and who cannot. It knows no Prefect.

An answer is a reservation in the ledger of coupons, under a key of the coupon's own: given twice it is one, changed it
moves its seats, declined it lets them go, and no seat is given to two.
"""

from sqlalchemy.orm import Session

from integrations.errors import Unavailable
from models.basket import Basket, Place
from models.database import now_by
from models.invited import Invited, Standing
from models.locale import mark
from models.reason import NO_REASON, Reason, because
from models.redemptions import Limit
from tasks.answering import rows
from tasks.answering.standing import Invitee, invited
from tasks.house import House
from tasks.redeeming.calls import ANSWERS, Call, answer_key
from tasks.redeeming.engine import Redeeming
from tasks.redeeming.limits import scope_of
from tasks.redeeming.refusals import CODE_FULL
from tasks.redeeming.selling.shelves import zone_of

NOT_SO_MANY = mark("There are not so many seats left at that time. Choose another time, or come with fewer.")
NO_MORE = mark("All places of this invitation are taken.")
TAKEN_NOW = mark("Your coupon is in use at a till at this moment. Look again in some minutes.")
NOT_TAKEN = mark("Your answer was not taken. What is possible now stands below.")
NOT_CHOSEN = mark("Choose a time and how many of you come.")
LATER = mark("We could not take your answer just now. Please press once more.")


class Answering:
    """The invitations of one house, answered through its ledger of coupons."""

    def __init__(self, house: House, ledger: Redeeming) -> None:
        self.house, self.ledger = house, ledger

    def of_offer(self, customer: int, offer: str) -> Invited | None:
        """The invitation that this customer has by this offer; None where it invites nobody, or not them by name."""
        with self.house.reads() as session:
            one = rows.invitee(session, customer, offer=offer)
            return self._shown(session, one) if one else None

    def of_coupon(self, session: Session, customer: int, coupon: int) -> Invited | None:
        one = rows.invitee(session, customer, coupon)
        return self._shown(session, one) if one else None

    def answer(self, customer: int, coupon: int, sitting: str, guests: str) -> Reason:
        """They come, so many of them; again is the same answer, or another in its place. Returns why not."""
        with self.house.reads() as session:
            one = rows.invitee(session, customer, coupon)
            seen = self._shown(session, one) if one else None
            former = rows.stopped(session, one) if one else ()
        if one is None or seen is None or not seen.may_answer:
            return _why_not(seen)
        number = int(guests) if guests.isascii() and guests.isdecimal() and len(guests) < 3 else 0
        if not 1 <= number <= one.gives.guests or sitting not in {each.scope for each in seen.sittings}:
            return because(NOT_CHOSEN, code="not_chosen")
        try:
            for stopped in former:  # who got another code for one that was stopped comes once
                self.ledger.release(ANSWERS, answer_key(stopped))
            outcome = self.ledger.reserve(self._call(one, sitting, number)).outcomes[0]
        except Unavailable:
            return because(LATER, code="busy")
        return _public(outcome.reason)

    def decline(self, customer: int, coupon: int) -> Reason:
        """They cannot come; what they had answered is let go."""
        with self.house.reads() as session:
            one = rows.invitee(session, customer, coupon)
        if one is None:
            return because(NOT_TAKEN, code="none")
        try:
            self.ledger.release(ANSWERS, answer_key(one.coupon))
        except Unavailable:
            return because(LATER, code="busy")
        with self.house.reads() as session:  # a till that had taken it over would give it back to the answer
            seen = self._shown(session, one)
        return because(TAKEN_NOW, code="at_till") if seen.standing is Standing.AT_TILL else NO_REASON

    def _shown(self, session: Session, one: Invitee) -> Invited:
        now = now_by(self.house.clock, session)
        return invited(one, rows.facts(session, one, now), self.house.workspace.company, now)

    def _call(self, one: Invitee, scope: str, guests: int) -> Call:
        company = self.house.workspace.company
        sitting = next(each for each in one.gives.sittings if scope_of(each) == scope)
        place = Place(outlet=sitting.outlet, zone=zone_of(company, sitting.outlet), at=self.house.now())
        return Call(
            key=answer_key(one.coupon), till=ANSWERS, codes=(one.code,), basket=Basket(currency=company.currency),
            place=place, sitting=sitting.at, guests=guests, origin="answer",
        )  # fmt: skip


def _why_not(seen: Invited | None) -> Reason:
    at_till = seen is not None and seen.standing is Standing.AT_TILL
    return because(TAKEN_NOW, code="at_till") if at_till else because(NOT_TAKEN, code="closed")


def _public(reason: Reason) -> Reason:
    """What the invited are told: what they can do about it, and nothing of what is the company's own business."""
    if not reason:
        return NO_REASON
    if reason.code == Limit.SEATS:
        return because(NOT_SO_MANY, code="seats")
    if reason.code in (Limit.TOTAL, Limit.OUTLET):
        return because(NO_MORE, code="no_more")
    return because(TAKEN_NOW, code="at_till") if reason.code == CODE_FULL.code else because(NOT_TAKEN, code=reason.code)
