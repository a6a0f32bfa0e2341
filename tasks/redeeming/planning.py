"""What a call is going to enter, worked out before anything is written. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from models.basket import Given, LineOff, Off
from models.offers import OfferTerms
from models.redemptions import Redeemed
from tasks.offers.refusals import Missing, Refusal
from tasks.redeeming.calls import Answer, Call, Outcome
from tasks.redeeming.limits import Take
from tasks.redeeming.refusals import OTHER, TOGETHER
from tasks.redeeming.returning import lines_of


class Code(Protocol):
    """A code as the tables know it."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def offer_id(self) -> int: ...
    @property
    def version_id(self) -> int | None: ...


@dataclass(frozen=True)
class Planned:
    """One code of a call: what comes off, and what it takes of which limits. `customer` and `whose` are who buys.

    `until` is how long a reservation holds at least: a seat, until its day is over.
    """

    offered: Any
    terms: OfferTerms
    off: Off
    takes: Sequence[Take] = ()
    customer: int | None = None
    whose: str = ""
    until: datetime | None = None
    conflicts: tuple[str, ...] = ()
    missing: Missing | None = None

    @property
    def place(self) -> tuple[int, int]:
        return (self.offered.offer_id, self.offered.id)


def row_of(call: Call, one: Planned, n: int, state: Redeemed, said: str, now: datetime) -> dict[str, Any]:
    """The redemption as it is entered."""
    return {
        "key": call.key, "till": call.till, "n": n, "offer_id": one.offered.offer_id,
        "version_id": one.offered.version_id, "coupon_id": one.offered.id, "customer_id": one.customer,
        "whose": one.whose, "outlet": call.place.outlet, "cashier": call.cashier, "receipt": call.receipt,
        "state": state.value, "origin": call.origin, "conflict": " ".join(one.conflicts), "said": said,
        "base": call.basket.amount, "amount": one.off.amount, "back": 0, "lines": lines_of(call.basket, one.off),
        "answer": {"units": one.off.units, "given": [given.model_dump() for given in one.off.given], **_counted(one)},
        "at": now, "until": None, "settled_at": now if state is Redeemed.REDEEMED else None,
    }  # fmt: skip


def _counted(one: Planned) -> dict[str, Any]:
    return {"paid_for": {str(line.n): line.quantity for line in one.off.paid}} if one.off.paid else {}


def off_of(row: Any) -> Off:
    """What was taken off, as the ledger keeps it."""
    lines = tuple(
        LineOff(n=line["n"], amount=line["off"], quantity=line["discounted"])
        for line in row.lines if line["off"] or line["discounted"]
    )  # fmt: skip
    given = tuple(Given(**one) for one in row.answer.get("given", ()))
    return Off(lines=lines, paid=_paid(row), given=given, units=row.answer.get("units", 0))


def _paid(row: Any) -> tuple[LineOff, ...]:
    quantities = row.answer.get("paid_for", {})
    return tuple(
        LineOff(n=line["n"], amount=line["paid"], quantity=quantities.get(str(line["n"]), 0))
        for line in row.lines if line.get("paid")
    )  # fmt: skip


def points_of(off: Off) -> int:
    return sum(one.points for one in off.given)


def with_our_points(told: Off, ours: Off) -> Off:
    """What a till has given; but points it cannot give: they are in our ledger, and are what the offer says."""
    things = tuple(one for one in told.given if not one.points)
    points = tuple(one for one in ours.given if one.points)
    return told.model_copy(update={"given": things + points, "paid": ours.paid})


def refused_of(call: Call, refused: Mapping[str, Refusal]) -> dict[str, Any]:
    """What was refused of a call, as it is kept with the rest of it: by place, because codes are secrets."""
    return {str(call.codes.index(code)): why.model_dump(mode="json") for code, why in refused.items()}


def first_answer(call: Call, rows: Sequence[Any], offers: Mapping[int, Any]) -> Answer:
    """What a call was answered when it came first: `rows` are what it redeemed, not what it only held."""
    refused: dict[str, Any] = next((row.answer["refused"] for row in rows if row.answer.get("refused")), {})
    found = {
        offers[row.coupon_id].code: Outcome(
            code=offers[row.coupon_id].code, offer=offers[row.coupon_id].key, redemption=row.id,
            state=Redeemed.REDEEMED, off=off_of(row), expected=row.answer.get("answered", {}).get("guests", 0),
        ) for row in rows if row.coupon_id in offers
    }  # fmt: skip
    outcomes = []
    for place, code in enumerate(call.codes):
        why = Refusal(**refused[str(place)]) if str(place) in refused else OTHER
        outcomes.append(found.get(code) or Outcome.refused(code, why))
    return Answer(outcomes=tuple(outcomes), replayed=True)


def all_refused(call: Call, refused: Mapping[str, Refusal]) -> Answer:
    """Nothing was taken: because of itself, or of another code that it goes with."""
    return Answer(outcomes=tuple(Outcome.refused(code, refused.get(code, TOGETHER)) for code in call.codes))


def refused_as(call: Call, why: Refusal) -> Answer:
    """The whole call is refused for one reason."""
    return all_refused(call, dict.fromkeys(call.codes, why))
