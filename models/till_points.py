"""What the program of a till asks about points over HTTP, and what it is answered. Pure."""

from typing import Annotated

from pydantic import Field

from models.post import Value
from models.till_calls import KEY_MOST, SAID, WHOLE, Code, Currency, Minor, Why, Words

POINTS_MOST = 10**12
Receipt = Annotated[str, Field(min_length=1, max_length=100), SAID]


class PointsQuote(Value):
    """What the card has, and how much of it may pay on a receipt that comes to `amount` after all that is taken off."""

    card: Code
    currency: Currency
    amount: Minor


class PointsSpend(PointsQuote):
    """The receipt is closed: so many points pay part of it."""

    points: Annotated[int, Field(ge=1, le=POINTS_MOST), WHOLE]
    receipt: Receipt
    cashier: Words = ""


class PointsReturn(Value):
    """Goods come back: so many of the points that paid for them, 0 is all that are left.

    The payment is named by the key it was made under at this till, or by the number of its receipt in this outlet
    together with the card that paid.
    """

    sale: Annotated[str, Field(pattern=rf"^[!-~]{{0,{KEY_MOST}}}$")] = ""
    receipt: Annotated[str, Field(max_length=100), SAID] = ""
    card: Annotated[str, Field(max_length=200), SAID] = ""
    points: Annotated[int, Field(ge=0, le=POINTS_MOST), WHOLE] = 0
    cashier: Words = ""


class PointsAnswer(Value):
    """What became of it. `points` have moved and are worth `amount`; asked about, these are what may pay at the most.

    `balance` is what the card has now. `order` is one sentence for the cashier, `public` one text for the buyer.
    """

    ok: bool
    replayed: bool = False
    currency: str
    points: int = 0
    amount: int = 0
    balance: int = 0
    order: str = ""
    public: str = ""
    staff: Why | None = None
