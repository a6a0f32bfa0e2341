"""Why an offer gives nothing here: precisely for staff, in one text for the public. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from models.basket import Place
from models.figures import Figure
from models.locale import mark, translate
from models.offers import Conditions, Invitation, OfferTerms
from models.post import Value
from models.reason import Reason, because
from models.written import minor_units
from tasks.offers.windows import is_over_midnight, wall_clock

PUBLIC = mark("The coupon does not work for this purchase.")
CURRENCY = mark("The receipt is in {found}, the offer in {currency}. Sell in {currency}.")
NOT_YET = mark("The offer begins on {day}. It is {now} in the outlet.")
OVER = mark("The offer ended on {day}. It is {now} in the outlet.")
RAN_OUT = mark("This coupon ran out at {until} by the outlet's clock. It is {now} there.")
WEEKDAY = mark("The offer does not hold on this day of the week. It holds on: {days}.")
HOURS = mark("The offer holds from {start} to {end}. It is {now} in the outlet.")
OVERNIGHT = mark("The offer holds from {start} to {end} of the next day. It is {now} in the outlet.")
OUTLET = mark("The offer does not hold in this outlet.")
CHANNEL = mark("The offer does not hold for what is bought through “{channel}”.")
NOBODY = mark("The offer is for certain customers only, and nobody is named. Ask for the card or the phone number.")
NOT_IN_GROUP = mark("The customer is in none of the customer groups that the offer is for.")
IN_A_GROUP = mark("The customer is in a customer group that the offer is not for.")
NOT_FIRST = mark("The offer is for a first purchase only, and this customer has bought before.")
NO_GOODS = mark("Nothing in the receipt is among the goods of the offer.")
SUM = mark("The goods of the offer come to {have}; {needed} is needed.")
QUANTITY = mark("Of the goods of the offer the receipt has {have}; needed is: {needed}.")
ALL_GONE = mark("Other offers have taken off all that the goods cost.")
ROUNDED_AWAY = mark("The discount is so small that rounding leaves nothing of it.")
CHEAP_ALREADY = mark("The goods cost no more than the price of the offer already.")
NO_POINT = mark("What is paid for the goods is not enough for a single point.")
NO_SITTING = mark("Nobody is invited to this outlet today. The invitation is for: {sittings}.")
TOO_MANY = mark("The invitation is for {most} at most; {asked} have come.")
EXCLUSIVE = mark("The offer goes with no other, and “{other}” is given already.")
BESIDE_EXCLUSIVE = mark("“{other}” is given already, and it goes with no other offer.")
SAME_OFFER = mark("The offer is on this receipt already; it is given once a receipt.")


class Missing(Value):
    """What would have to be added for the offer to give anything, or more: minor units, thousandths; 0 is not asked."""

    amount: int = 0
    quantity: int = 0


class Refusal(Value):
    """`staff` is precise; `missing` stands where goods alone would help."""

    code: str
    staff: Reason
    missing: Missing | None = None

    @classmethod
    def of(cls, staff: Reason) -> "Refusal":
        return cls(code=staff.code, staff=staff)

    @property
    def public(self) -> Reason:
        """The same text whatever the reason: whoever guesses learns nothing."""
        return because(PUBLIC, code="refused")

    def __str__(self) -> str:
        return str(self.staff)


def refused(text: str, code: str, missing: Missing | None = None, **words: object) -> Refusal:
    return Refusal(code=code, staff=because(text, code=code, **words), missing=missing)


def currency(found: str, wanted: str) -> Refusal:
    return refused(CURRENCY, "currency", found=found, currency=wanted)


def not_yet(terms: OfferTerms, place: Place) -> Refusal:
    return refused(NOT_YET, "not_yet", day=Figure.day(terms.first_day), now=Figure.moment(wall_clock(place)))


def over(terms: OfferTerms, place: Place) -> Refusal:
    return refused(OVER, "over", day=Figure.day(terms.last_day), now=Figure.moment(wall_clock(place)))


def ran_out(until: Place, place: Place) -> Refusal:
    return refused(RAN_OUT, "over", until=Figure.moment(wall_clock(until)), now=Figure.moment(wall_clock(place)))


def weekday(conditions: Conditions) -> Refusal:
    return refused(WEEKDAY, "weekday", days=Figure.weekdays(conditions.weekdays))


def hours(conditions: Conditions, place: Place) -> Refusal:
    text = OVERNIGHT if is_over_midnight(conditions) else HOURS
    return refused(text, "hours", None, **hours_said(conditions), now=Figure.clock(wall_clock(place).time()))


def hours_said(conditions: Conditions) -> dict[str, Figure | str]:
    """The hours' two ends; midnight where one is not said."""
    since, until = conditions.hours_from, conditions.hours_to
    return {"start": Figure.clock(since) if since else "00:00", "end": Figure.clock(until) if until else "24:00"}


def short_of(amounts: tuple[int, Decimal], quantities: tuple[int, int], unit: str, missing: Missing) -> Refusal:
    """Too little of the goods; the sum is told first. `amounts` and `quantities` are what is there and is needed."""
    if missing.amount:
        have, needed = Figure.money(amounts[0], unit), Figure.money(minor_units(amounts[1], unit), unit)
        return refused(SUM, "sum", missing, have=have, needed=needed)
    return refused(QUANTITY, "quantity", missing, have=Figure.units(quantities[0]), needed=Figure.units(quantities[1]))


def no_sitting(invitation: Invitation, titles: Mapping[str, str]) -> Refusal:
    said = [(titles.get(one.outlet, one.outlet), one.at) for one in invitation.sittings]
    return refused(NO_SITTING, "sitting", sittings=Figure.sittings(said))


def nothing(terms: OfferTerms, left: int) -> Refusal:
    """The offer holds, and nothing comes of it; `left` is what its goods still cost."""
    if not left:
        return refused(ALL_GONE, "nothing")
    text = {"fixed_price": CHEAP_ALREADY, "points": NO_POINT}.get(terms.gives.kind, ROUNDED_AWAY)
    return refused(text, "nothing")


def not_with(other: str, text: str = EXCLUSIVE) -> Refusal:
    return refused(text, "exclusive", other=other)


def public_text() -> str:
    return translate(PUBLIC)
