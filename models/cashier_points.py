"""What passes between the cashier's page and the house about the points of a card. Pure."""

from typing import Annotated

from pydantic import Field

from models.basket import AMOUNT_MOST
from models.cashier_page import SAID, Key
from models.post import Value

POINTS_MOST = 10**12


class PointsAsked(Value):
    """What a card has, and how much of it may pay on a receipt that comes to `amount` after all that is taken off."""

    card: Annotated[str, Field(min_length=1, max_length=100), SAID]
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MOST)]


class PointsPaid(PointsAsked):
    """So many points pay part of it; the same `key` is the same payment."""

    key: Key
    points: Annotated[int, Field(ge=1, le=POINTS_MOST)]
    receipt: Annotated[str, Field(min_length=1, max_length=60), SAID]


class PointsUndone(Value):
    """«Отменить»: all of a payment of this shift returns to the card."""

    key: Key


class PointsTold(Value):
    """What the page is told. `points` have moved and are worth `amount`; asked about, these are the most that may pay.

    `balance` is what the card has now.
    """

    ok: bool
    said: str = ""
    code: str = ""
    points: int = 0
    amount: int = 0
    balance: int = 0
