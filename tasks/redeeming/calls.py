"""What a till asks of the ledger of coupons, and what it is answered. Pure."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator

from models.basket import Basket, Buyer, Given, Off, Place
from models.post import Value
from models.reason import NO_REASON, Reason, because
from models.redemptions import Redeemed
from tasks.offers.refusals import PUBLIC, Missing, Refusal

CODES_MOST, ENTRIES_MOST = 20, 1_000
ANSWERS = "answers"  # no till: the invited themselves, each answer under a key of the coupon's own
Word = Annotated[str, Field(min_length=1, max_length=100)]
Words = Annotated[str, Field(max_length=200)]


def answer_key(coupon: int) -> str:
    """What the answer of a coupon is called: one, however often it is given."""
    return f"coupon-{coupon}"


class Presented(Value):
    """What the buyer showed or named; only keyed hashes of it are kept."""

    card: Words = ""
    phone: Words = ""
    email: Words = ""


class Call(Value):
    """A reservation or a redemption of codes on one basket. The same `key` of a till is the same call.

    `together`: all codes or none; otherwise each that may. `sitting` is the wall time that seats are taken for, and
    `guests` how many of them.
    The time is the database's, unless it has happened offline; the zone is always the outlet's own.
    """

    key: Word
    till: Word
    codes: Annotated[tuple[Word, ...], Field(min_length=1, max_length=CODES_MOST)]
    basket: Basket = Basket()
    buyer: Buyer = Buyer()
    presented: Presented = Presented()
    place: Place
    cashier: Words = ""
    receipt: Words = ""
    sitting: datetime | None = None
    guests: Annotated[int, Field(ge=1, le=20)] = 1
    together: bool = True
    origin: Literal["online", "page", "offline", "imported", "answer"] = "online"

    @field_validator("codes")
    @classmethod
    def _each_once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(codes))

    def body(self) -> str:
        """What must be the same when the call comes again: what the house itself adds, and when it came, is not."""
        return self.model_dump_json(exclude={"key": True, "till": True, "buyer": True, "origin": True, "place": {"at"}})


class BackLine(Value):
    """So much of a line, in thousandths, is brought back; 0 is all that is left of it."""

    n: Annotated[int, Field(ge=1)]
    quantity: Annotated[int, Field(ge=0)] = 0


class GiveBack(Value):
    """A return. `sale` is the key of the redemption's call at `sale_till` (the same till, where it is empty).

    No `code` is all coupons of that call, no `lines` all that is left.
    """

    key: Word
    till: Word
    sale: Word
    sale_till: Words = ""
    code: Words = ""
    lines: Annotated[tuple[BackLine, ...], Field(max_length=1_000)] = ()
    by: Words = ""

    @property
    def of_till(self) -> str:
        return self.sale_till or self.till

    def body(self, code: str) -> str:
        """What must be the same when it comes again, by whatever way; `code` is the print of the code it names."""
        named = self.model_copy(update={"sale_till": self.of_till})
        return named.model_dump_json(exclude={"key", "till", "code"}) + code


class Outcome(Value):
    """What became of one code: taken, where there is no `reason`, which is for staff; `public` is for everybody.

    `missing` would have to be added to the basket for anything to come off, or more; once it is paid, nothing is.
    `expected` is how many had answered that they come.
    """

    code: str
    offer: str = ""
    redemption: int = 0
    state: str = ""
    off: Off = Off()
    until: datetime | None = None
    reason: Reason = NO_REASON
    missing: Missing | None = None
    expected: int = 0

    @property
    def public(self) -> Reason:
        """The same text whatever the reason: whoever guesses learns nothing."""
        return because(PUBLIC, code="refused") if self.reason else NO_REASON

    @classmethod
    def refused(cls, code: str, why: Refusal) -> "Outcome":
        return cls(code=code, reason=why.staff, missing=why.missing)


class Answer(Value):
    """`replayed`: the call had come before, and this is what it was answered then."""

    outcomes: tuple[Outcome, ...]
    replayed: bool = False

    @property
    def ok(self) -> bool:
        return not any(outcome.reason for outcome in self.outcomes)

    @property
    def taken(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.state in (Redeemed.HELD, Redeemed.REDEEMED))


class Back(Value):
    """What a return gave back: money of each line; `whole` gave the use of the coupon back too.

    `points` were taken off the client's account; `given` was handed over with it and is to be brought back as well.
    `conflicts` say why it would not have been allowed, where it has happened.
    """

    points: int = 0
    given: tuple[Given, ...] = ()
    amount: int = 0
    lines: tuple[tuple[int, int], ...] = ()
    whole: bool = False
    replayed: bool = False
    reason: Reason = NO_REASON
    conflicts: tuple[str, ...] = ()


class Sale(Value):
    """A sale that has happened without the network: at `call.place.at`, with `given` taken off, code by code."""

    what: Literal["sale"] = "sale"
    call: Call
    given: tuple[Off, ...] = ()


class Brought(Value):
    """Something was brought back without the network."""

    what: Literal["back"] = "back"
    back: GiveBack
    outlet: str = ""
    at: AwareDatetime


Entry = Annotated[Sale | Brought, Field(discriminator="what")]


class Entered(Value):
    """What became of an entry of a journal. `waits`: a return whose sale has not come yet."""

    key: str
    redemptions: tuple[int, ...] = ()
    conflicts: tuple[str, ...] = ()
    waits: bool = False
    replayed: bool = False
    reason: Reason = NO_REASON
