"""What stands on a receipt before it is paid, and what an offer takes off it. Pure.

Amounts are whole minor units of the company's currency, quantities thousandths of a line's unit, as in `PurchaseLine`.
"""

from collections import Counter
from typing import Annotated

from pydantic import AwareDatetime, Field, field_validator

from models.locale import mark
from models.post import Value
from models.reason import because
from models.schedule import Unreadable

SAME_NUMBER = mark("Two lines of the receipt have the number {n}. Number each line once.")
LINES_MOST = 1_000
AMOUNT_MOST = 10**12
QUANTITY_MOST = 10**9
ONE = 1_000  # thousandths: a whole unit

Amount = Annotated[int, Field(ge=0, le=AMOUNT_MOST)]


class BasketLine(Value):
    """A line before any discount: `amount` is for all of its `quantity`. `product` is the code of the feed or till."""

    n: Annotated[int, Field(ge=1, le=LINES_MOST)]
    product: Annotated[str, Field(max_length=100)] = ""
    product_group: Annotated[str, Field(max_length=200)] = ""
    quantity: Annotated[int, Field(gt=0, le=QUANTITY_MOST)] = ONE
    amount: Amount = 0


class Basket(Value):
    """A receipt to be; its lines are numbered as the till numbers them, no number twice."""

    lines: Annotated[tuple[BasketLine, ...], Field(max_length=LINES_MOST)] = ()
    currency: str = "RUB"

    @field_validator("lines")
    @classmethod
    def numbered_once(cls, lines: tuple[BasketLine, ...]) -> tuple[BasketLine, ...]:
        """What comes off is told by these numbers."""
        numbers = Counter(line.n for line in lines)
        if twice := sorted(n for n, times in numbers.items() if times > 1):
            raise Unreadable(because(SAME_NUMBER, code="same_number", n=twice[0]))
        return lines

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


class Buyer(Value):
    """Who buys, as far as it is known: nobody in particular has no `customer`, and nothing is asked of them.

    `groups` are the keys of the customer groups they are in; `first` says that they have bought nothing before.
    """

    customer: int | None = None
    whose: str = ""
    groups: frozenset[str] = frozenset()
    first: bool | None = None


class Place(Value):
    """Where and when it is bought; `at` is judged in `zone`, the outlet's. `channel` is till, site or another."""

    outlet: str = ""
    zone: str = "UTC"
    channel: str = "till"
    at: AwareDatetime


class LineOff(Value):
    """What comes off one line: `amount` never exceeds the line's, `quantity` is how much of it was discounted."""

    n: int
    amount: Amount
    quantity: int = 0


class Given(Value):
    """What is handed over beside money off: a gift by its code, points, delivery for nothing, a seat."""

    product: str = ""
    quantity: int = 0
    points: int = 0
    delivery: bool = False
    seats: int = 0


class Off(Value):
    """What an offer gives to a basket. `amount` is the sum of its lines, exactly; `units` counts what limits count.

    `paid` is what points by percent are counted on: what is paid for each line, of how much of it.
    """

    lines: tuple[LineOff, ...] = ()
    paid: tuple[LineOff, ...] = ()
    given: tuple[Given, ...] = ()
    units: int = 0

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)
