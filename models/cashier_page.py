"""What passes between the cashier's page and the house. Pure.

Money is in minor units. What comes from a device is read strictly: it knows nothing that is not named here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from models.basket import AMOUNT_MOST, LINES_MOST, ONE, LineOff
from models.intake import AwareAt, writable
from models.post import Value
from models.reason import NO_REASON, Reason

BODY_MOST, ENTRIES_MOST, DEVICE_LINES_MOST = 300_000, 100, 50
GIFT_MOST = 10**9 * ONE  # as many as an offer may give
assert DEVICE_LINES_MOST <= LINES_MOST

CODES_MOST, KEYS_MOST = 10, 20  # coupons on one receipt; keys that one receipt was asked about under
Key = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,9}-[A-Za-z0-9-]{8,50}$")]
Keys = Annotated[tuple[Key, ...], Field(max_length=KEYS_MOST)]
SAID = BeforeValidator(lambda said: writable(said) if isinstance(said, str) else said)
Short = Annotated[str, Field(max_length=100), SAID]


class Paired(Value):
    """What a device sends to be paired."""

    token: Annotated[str, Field(min_length=20, max_length=100)]


class Pin(Value):
    cashier: Annotated[int, Field(ge=1, le=2**31 - 1)]
    pin: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]


class DeviceLine(Value):
    """Goods of the offers in the receipt; `amount` is for all `quantity` units.

    They are named as the question named them, so that another question gives them no other name; none is any goods.
    Only what was kept before pages named them says `which` of the offer's goods it is.
    """

    product: Short | None = None
    group: Annotated[str, Field(max_length=200), SAID] = ""
    which: Annotated[int, Field(ge=0, le=1000)] = 0
    amount: Annotated[int, Field(ge=0, le=AMOUNT_MOST)] = 0
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1


class TypedCode(Value):
    typed: Annotated[str, Field(min_length=1, max_length=300), SAID]
    scanned: bool = False


class AskedAbout(TypedCode):
    """The codes of a receipt, `more` than the first in the order in which they were shown, with what was typed of it.

    The same `key` is the same receipt with the same codes; `instead` are those that it was asked about under before:
    what they hold is let go.
    `asked`: the questions were shown, so what is empty is meant to be; they were about the first `asked_for` codes.
    """

    key: Key
    more: Annotated[tuple[TypedCode, ...], Field(max_length=CODES_MOST - 1)] = ()
    instead: Keys = ()
    asked: bool = False
    asked_for: Annotated[int, Field(ge=1, le=CODES_MOST)] = 1
    lines: Annotated[tuple[DeviceLine, ...], Field(max_length=DEVICE_LINES_MOST)] = ()
    guests: Annotated[int, Field(ge=1, le=20)] = 1
    shown: Short = ""
    receipt: Short = ""

    @property
    def codes(self) -> tuple[TypedCode, ...]:
        return (self, *self.more)


class Left(Value):
    """The cashier went back: what was held is let go."""

    key: Key
    instead: Keys = ()


class Undo(Value):
    """«Отменить»: all of a redemption of this shift is given back."""

    key: Key


class OfflineGift(Value):
    """What the device ordered to be handed over, as the house or its list had told it: in thousandths, as there."""

    product: Short = ""
    quantity: Annotated[int, Field(ge=0, le=GIFT_MOST)] = 0
    points: Annotated[int, Field(ge=0, le=10**7)] = 0
    delivery: bool = False
    seats: Annotated[int, Field(ge=0, le=20)] = 0


class OfflineOff(Value):
    """What one coupon of the receipt gave."""

    off: Annotated[tuple[LineOff, ...], Field(max_length=DEVICE_LINES_MOST)] = ()
    given: Annotated[tuple[OfflineGift, ...], Field(max_length=5)] = ()
    units: Annotated[int, Field(ge=0, le=10**6)] = 0


class OfflineSale(OfflineOff):
    """A redemption that the house has not heard of: what came off, and when by the device's mended clock.

    `rest` is what the codes after the first gave, in their order.
    """

    what: Literal["sale"] = "sale"
    asked: AskedAbout
    rest: Annotated[tuple[OfflineOff, ...], Field(max_length=CODES_MOST - 1)] = ()
    at: AwareAt

    @property
    def parts(self) -> tuple[OfflineOff, ...]:
        return (self, *self.rest)


class OfflineUndo(Value):
    what: Literal["undo"] = "undo"
    key: Key
    at: AwareAt


class Journal(Value):
    entries: Annotated[
        tuple[Annotated[OfflineSale | OfflineUndo, Field(discriminator="what")], ...],
        Field(min_length=1, max_length=ENTRIES_MOST),
    ]


class Goods(Value):
    """Goods that an offer names, as a cashier reads them."""

    title: str
    product: str = ""
    group: str = ""


class Needs(Value):
    """What must be known of the receipt; `each`: price and number of every kind, `kinds`: the sum of each, not one sum.

    `who`: a card or a telephone number, where the coupon itself says not whose it is. `expected`: so many had answered
    that they come.
    """

    sum: bool = False
    quantity: bool = False
    each: bool = False
    kinds: bool = False
    goods: tuple[Goods, ...] = ()
    but: str = ""
    guests: int = 1
    expected: int = 0
    who: bool = False

    @property
    def anything(self) -> bool:
        return self.sum or self.quantity or self.each or self.kinds or self.who or self.guests > 1


class OnReceipt(Value):
    """A coupon that is on the receipt, by its place in the call, with what it gives there."""

    n: int
    title: str = ""
    masked: str = ""
    off: tuple[LineOff, ...] = ()
    given: tuple[dict[str, Any], ...] = ()
    units: int = 0
    amount: int = 0


class Turned(Value):
    """A coupon that is not, and why. `wrong`: there is no such code, so it counts as a guess."""

    n: int
    title: str = ""
    masked: str = ""
    said: str = ""
    code: str = ""
    more: str = ""
    wrong: bool = False


class Told(Value):
    """What the page is told. `step`: wrong (no code of ours), needs, order, refused, done.

    `more` is what would bring the discount, or a bigger one. `off`, `given`, `units` are what the order says, and
    `coupons` the same coupon by coupon. Who stands in `turned` is not on the receipt, whatever becomes of the others.
    """

    step: Literal["wrong", "needs", "order", "refused", "done"]
    said: str = ""
    code: str = ""
    title: str = ""
    more: str = ""
    masked: str = ""
    needs: Needs | None = None
    off: tuple[LineOff, ...] = ()
    given: tuple[dict[str, Any], ...] = ()
    units: int = 0
    amount: int = 0
    coupons: tuple[OnReceipt, ...] = ()
    turned: tuple[Turned, ...] = ()


class ShiftLine(Value):
    """A receipt of this shift with its `coupons`; `undone` when all of them were given back.

    `conflict` is what the house says against it.
    """

    key: str
    title: str
    masked: str
    receipt: str
    amount: int
    at: datetime
    coupons: int = 1
    undone: bool = False
    conflict: str = ""


class Entered(Value):
    """What became of an entry of the journal: taken in for good, with what the house says against it.

    `unknown`: so many of its codes there are not, which is said the first time: each time it is said counts as guesses.
    """

    key: str
    what: str
    conflict: str = ""
    amount: int = 0
    unknown: int = 0


class At(Value):
    """Where a request comes from: the device, and who works at it, if anybody."""

    device: int
    outlet: str
    title: str
    till: str
    shift: int = 0
    cashier: str = ""
    called: str = ""
    began_at: datetime | None = None
    ends_at: datetime | None = None


class SignedIn(Value):
    """What became of a PIN; no `reason` is success."""

    reason: Reason = NO_REASON
    shift: int = 0
