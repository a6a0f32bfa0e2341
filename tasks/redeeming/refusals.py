"""Why a coupon is not taken, or nothing is given back: in words for those who work with it. Pure.

The public gets one text for all of them; that is the business of whoever asks.
"""

from models.locale import mark
from models.reason import NO_REASON, Reason, because
from models.redemptions import CouponState, Limit, OfferStage
from tasks.codes.reading import OF_A_TEST, is_of_a_test
from tasks.offers.refusals import Refusal

UNKNOWN = mark("There is no such code. Read it again sign by sign.")
STOPPED = mark("This code has been stopped.")
REPLACED = mark("Another code was given in the place of this one.")
OFFER_STOPPED = mark("The offer has been stopped.")
OFFER_CLOSED = mark("The offer is not open.")
OFFER_OVER = mark("The offer has ended.")
USED_UP = mark("This code has been used as often as it may be.")
HELD_ELSEWHERE = mark("This code is held for another receipt just now. Wait until that one is paid or let go.")
TOTAL = mark("The offer has been used as often as it may be.")
BUDGET = mark("What is left of the offer's budget is less than this discount.")
UNITS = mark("There are fewer units left in the offer than are in the basket.")
OUTLET = mark("The offer has been used in this outlet as often as it may be.")
SEATS = mark("There are not enough seats left at that time.")
CUSTOMER = mark("This customer has used the offer as often as one may.")
PERIOD = mark("This customer has used the offer as often as one may in this period.")
CARD = mark("The offer has a limit for each customer: ask for the card, the phone number or the e-mail address.")
POINTS = mark("The points go to the customer's account: ask for the card, the phone number or the e-mail address.")
SITTING = mark("There is no such sitting in this outlet. Choose one of those in the offer.")
OTHER_BODY = mark("This key came before with another content. A new call needs a new key.")
REDEEMED_ALREADY = mark("This has been redeemed already, so it can be neither held nor let go.")
NOT_BESIDE = mark("Nothing was taken, because another code of this receipt was refused.")
NO_SALE = mark("There is no such redemption. Look for it by the number of the receipt.")
NOT_REDEEMED = mark("This has not been redeemed, so there is nothing to give back.")
NOTHING_LEFT = mark("All of it has been given back already.")
TOO_LATE = mark("It could be brought back until {day}.")
TOO_MUCH = mark("More of line {line} is brought back than is left of it.")
NO_LINE = mark("The receipt has no line {line}.")
BUSY = mark("The database is busy. The same call may be sent again.")

FULL: dict[Limit, Reason] = {
    Limit.TOTAL: because(TOTAL, code=Limit.TOTAL), Limit.BUDGET: because(BUDGET, code=Limit.BUDGET),
    Limit.UNITS: because(UNITS, code=Limit.UNITS), Limit.OUTLET: because(OUTLET, code=Limit.OUTLET),
    Limit.SEATS: because(SEATS, code=Limit.SEATS), Limit.CUSTOMER: because(CUSTOMER, code=Limit.CUSTOMER),
    Limit.PERIOD: because(PERIOD, code=Limit.PERIOD),
}  # fmt: skip
CODE_FULL = because(USED_UP, code="code")
ROOM = frozenset({*(reason.code for reason in FULL.values()), CODE_FULL.code})
UNKNOWN_CODE, TEST_LETTER = because(UNKNOWN, code="unknown_code"), because(OF_A_TEST, code="test_code")
OTHER = Refusal.of(because(OTHER_BODY, code="other_body"))
TOGETHER = Refusal.of(because(NOT_BESIDE, code="together"))
NO_SITTING = because(SITTING, code="sitting")
SETTLED = because(REDEEMED_ALREADY, code="redeemed")
CLOSED: dict[str, Reason] = {
    OfferStage.STOPPED: because(OFFER_STOPPED, code="offer_stopped"),
    OfferStage.ENDED: because(OFFER_OVER, code="over"),
}


def unknown(code: str) -> Reason:
    """Why a code is not taken that is no coupon's."""
    return TEST_LETTER if is_of_a_test(code) else UNKNOWN_CODE


def of_coupon(state: str) -> Reason:
    """Why a code of this state is not taken."""
    if state == CouponState.LIVE:
        return NO_REASON
    return because(REPLACED, code="replaced") if state == CouponState.REPLACED else because(STOPPED, code="stopped")


def of_uses(most: int, used: int) -> Reason:
    """Why a code whose uses and reservations come to its limit is not taken."""
    return CODE_FULL if used >= most else because(HELD_ELSEWHERE, code=CODE_FULL.code)


def of_offer(stage: str) -> Reason:
    """Why nothing of an offer at this stage is taken."""
    return NO_REASON if stage == OfferStage.OPEN else CLOSED.get(stage, because(OFFER_CLOSED, code="offer_closed"))
