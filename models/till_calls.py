"""What the program of a till asks about coupons over HTTP, and what it is answered. Pure.

Amounts are whole minor units, quantities thousandths of a line's unit, as in `models.basket`. What is written here is
the description that programs read, too: nothing else says what a call looks like.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, NaiveDatetime, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.basket import AMOUNT_MOST, LINES_MOST, ONE, QUANTITY_MOST, Given
from models.intake import AwareAt, writable
from models.post import Value
from models.reason import Reason

CODES_MOST, ENTRIES_MOST, KEY_MOST = 20, 200, 100
BODY_MOST = 4_000_000  # bytes
KEY_PATTERN = rf"^[!-~]{{1,{KEY_MOST}}}$"
WALL_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"
DIGITS_MOST = 30


def _whole(said: Any) -> Any:
    """A whole number however JSON writes it (450, 450.0): neither a text nor a truth is one."""
    if isinstance(said, Decimal) and said.is_finite() and abs(said.adjusted()) < DIGITS_MOST and said == int(said):
        return int(said)
    if isinstance(said, bool) or not isinstance(said, int):
        raise PydanticCustomError("whole", "A whole number is expected")
    return said


def _said(said: Any) -> Any:
    return writable(said) if isinstance(said, str) else said


def _written(said: Any) -> Any:
    if not isinstance(said, str):
        raise PydanticCustomError("datetime_text", "A moment is written as a text")
    return said


def _near(at: datetime) -> datetime:
    if not 1900 <= at.year <= 9000:
        raise PydanticCustomError("datetime_far", "The year is out of range")
    return at


WHOLE, SAID = BeforeValidator(_whole), BeforeValidator(_said)
Words = Annotated[str, Field(max_length=200), SAID]
CallKey = Annotated[str, Field(pattern=KEY_PATTERN)]
Code = Annotated[str, Field(min_length=1, max_length=200), SAID]
Number = Annotated[int, Field(ge=1, le=LINES_MOST), WHOLE]
Minor = Annotated[int, Field(ge=0, le=AMOUNT_MOST), WHOLE]
Thousandths = Annotated[int, Field(gt=0, le=QUANTITY_MOST), WHOLE]
Wall = Annotated[
    NaiveDatetime, BeforeValidator(_written), AfterValidator(_near),
    WithJsonSchema({"type": "string", "pattern": WALL_PATTERN}),
]  # fmt: skip
Moment = Annotated[AwareAt, BeforeValidator(_written)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class LineTold(Value):
    """A line of the receipt before any discount of ours: `amount` is for all of its `quantity`."""

    n: Number
    product: Annotated[str, Field(max_length=100), SAID] = ""
    product_group: Words = ""
    quantity: Thousandths = ONE
    amount: Minor


class BasketTold(Value):
    """The receipt to be, in one currency; each line has a number of its own."""

    currency: Currency
    lines: Annotated[tuple[LineTold, ...], Field(min_length=1, max_length=LINES_MOST)]


class BuyerTold(Value):
    """What the buyer showed or named; only keyed hashes of it are kept."""

    card: Words = ""
    phone: Words = ""
    email: Words = ""


class BasketCall(Value):
    """The codes that were shown on a receipt. `together`: all of them or none; otherwise each that may.

    `scanned`: they come from a scanner, not from a keyboard. `sitting` is the wall time a seat is taken for, where an
    invitation has several, `guests` how many have come; `channel` is where it is bought.
    """

    codes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=CODES_MOST)]
    basket: BasketTold
    buyer: BuyerTold = BuyerTold()
    scanned: StrictBool = False
    together: StrictBool = True
    sitting: Wall | None = None
    guests: Annotated[int, Field(ge=1, le=20), WHOLE] = 1
    channel: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,39}$")] = "till"


class Validate(BasketCall):
    """What would come off. Nothing is written, and nothing is promised."""


class Reserve(BasketCall):
    """Hold room for this receipt for so many seconds; the same key again holds on."""

    cashier: Words = ""
    seconds: Annotated[int, Field(ge=30, le=3_600), WHOLE] = 900


class Redeem(BasketCall):
    """The receipt is closed: its number, and who closed it."""

    receipt: Annotated[str, Field(min_length=1, max_length=100), SAID]
    cashier: Words = ""


class Release(Value):
    """Let a reservation go; doing it again changes nothing."""

    sale: CallKey
    cashier: Words = ""


class BackLineTold(Value):
    """So much of a line comes back; 0 is all that is left of it."""

    n: Number
    quantity: Annotated[int, Field(ge=0, le=QUANTITY_MOST), WHOLE] = 0


class Return(Value):
    """Something is brought back: all that is left of the receipt, or some of its lines; of one code, where one is said.

    The sale is named by the key it was redeemed under at this till, or by the number of its receipt in this outlet.
    """

    sale: Annotated[str, Field(pattern=rf"^[!-~]{{0,{KEY_MOST}}}$")] = ""
    receipt: Annotated[str, Field(max_length=100), SAID] = ""
    code: Annotated[str, Field(max_length=200), SAID] = ""
    lines: Annotated[tuple[BackLineTold, ...], Field(max_length=LINES_MOST)] = ()
    cashier: Words = ""


class OffLineTold(Value):
    n: Number
    amount: Minor


class OffTold(Value):
    """What the till took off for one code, by line."""

    lines: Annotated[tuple[OffLineTold, ...], Field(max_length=LINES_MOST)] = ()


class SaleTold(BasketCall):
    """A sale without the network, at this moment by the clock of the till. `given` is what came off, code by code."""

    what: Literal["sale"]
    key: CallKey
    at: Moment
    receipt: Words = ""
    cashier: Words = ""
    given: Annotated[tuple[OffTold, ...], Field(max_length=CODES_MOST)] = ()


class ReturnTold(Value):
    """A return without the network: of a sale of this till, by the key of its redemption."""

    what: Literal["return"]
    key: CallKey
    at: Moment
    sale: CallKey
    code: Annotated[str, Field(max_length=200), SAID] = ""
    lines: Annotated[tuple[BackLineTold, ...], Field(max_length=LINES_MOST)] = ()
    cashier: Words = ""


EntryTold = Annotated[SaleTold | ReturnTold, Field(discriminator="what")]


class Journal(Value):
    """What has happened without the network. Each entry has its effect once, by its key, however often it comes."""

    entries: Annotated[tuple[EntryTold, ...], Field(min_length=1, max_length=ENTRIES_MOST)]


# Answers.


class Why(Value):
    """Why not: `code` is for programs, `said` for the staff, in the language of Accept-Language."""

    code: str
    said: str


class OffLine(Value):
    """What comes off a line, and off how much of it."""

    n: int
    amount: int
    quantity: int = 0


class More(Value):
    """What would have to be added to the receipt for the offer, or for more of it; `said` tells the buyer."""

    amount: int = 0
    quantity: int = 0
    said: str


class CodeAnswer(Value):
    """What became of one code, by its place in the call, from 1. `staff` says why nothing comes of it.

    `expected`: so many had answered an invitation.
    """

    n: int
    taken: bool
    offer: str = ""
    amount: int = 0
    lines: tuple[OffLine, ...] = ()
    given: tuple[Given, ...] = ()
    expected: int = 0
    staff: Why | None = None
    more: More | None = None


class Verdict(Value):
    """What comes off the receipt. `order` is one sentence for the cashier, `public` one text for the buyer.

    `replayed`: the call had come before, and this is what was answered then. `until`: how long room is held.
    """

    ok: bool
    replayed: bool = False
    currency: str
    amount: int = 0
    lines: tuple[OffLine, ...] = ()
    order: str = ""
    public: str = ""
    until: datetime | None = None
    codes: tuple[CodeAnswer, ...]


class Released(Value):
    ok: bool
    staff: Why | None = None


class Returned(Value):
    """What is given back to the ledger: money by line; `whole`: the code may be used again."""

    ok: bool
    replayed: bool = False
    amount: int = 0
    lines: tuple[OffLine, ...] = ()
    whole: bool = False
    staff: Why | None = None


class Trouble(Value):
    """A field that is wrong, by its path in the body."""

    field: str
    code: str
    said: str


class EntryAnswer(Value):
    """What became of an entry. `waits`: a return whose sale has not come. Conflicts stand beside what was entered.

    One that was not `entered` says why; send it again after `Retry-After` seconds where the code is `later`.
    """

    key: str
    entered: bool
    replayed: bool = False
    waits: bool = False
    conflicts: tuple[Why, ...] = ()
    staff: Why | None = None
    fields: tuple[Trouble, ...] = ()


class JournalAnswer(Value):
    """Each entry in its place; `later` is how many seconds to wait before those that were put off come again."""

    entries: tuple[EntryAnswer, ...]
    entered: int
    conflicts: int
    later: int = 0


class ListAnswer(Value):
    """The codes that may be used now, as salted hashes, signed; `body` is JSON, byte for byte as it was signed."""

    body: str
    signature: str
    public_key: str


class Caller(Value):
    """Whose key it is: a till of an outlet. `may`: the key was made for coupons. `address` is where it calls from."""

    id: int
    outlet: str
    title: str = ""
    zone: str = "UTC"
    may: bool = False
    address: str = ""

    @property
    def till(self) -> str:
        """What the ledger of coupons knows it by."""
        return f"key:{self.id}"


class NotTaken(Exception):
    """The whole call is refused, and nothing of it was done."""

    def __init__(self, status: int, reason: Reason, troubles: tuple[Trouble, ...] = (), seconds: int = 0) -> None:
        super().__init__(reason.code)
        self.status, self.reason, self.troubles, self.seconds = status, reason, troubles, seconds
