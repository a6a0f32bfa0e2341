"""Forms of orders about cards, points and the personal page: by number, for Prefect keeps what is filled in."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.customer_orders import CUSTOMER_ABOUT, CUSTOMER_TITLE
from models.form import InWords, OneOf
from models.locale import mark
from models.orders import Signed

BLOCK, REPLACE = "block the card", "give another card for it"
ADD, TAKE = "add points", "take points"
POINTS_MOST = 1_000_000


class IssueCardsForm(Signed):
    """Cards for a customer or for a whole customer group; who has a good one already keeps it and gets no other."""

    model_config = ConfigDict(title=mark("Give cards out"))

    customer: int = Field(
        default=0, ge=0, title=CUSTOMER_TITLE, description=mark("Of one customer; 0 where a group is meant.")
    )
    group: Annotated[str, OneOf("customer_groups")] = Field(
        default="", title=mark("Customer group"), description=mark("All who are in it now get a card.")
    )


class CardForm(Signed):
    """A card is lost or stolen: it is blocked at once, or replaced; points are the customer's and stay."""

    model_config = ConfigDict(title=mark("A card: block, replace"))

    card: int = Field(
        ge=1, title=mark("Number of the card here"),
        description=mark("The short one after № on the customer's page, not the long one on the card."),
    )  # fmt: skip
    what: Annotated[Literal["block the card", "give another card for it"], InWords()] = Field(
        title=mark("What happens to the card"), description=mark("Either way the old one is good no more, at once.")
    )


class CorrectPointsForm(Signed):
    """Points are added to a customer's account or taken off it by hand, with the reason beside them."""

    model_config = ConfigDict(title=mark("Correct points by hand"))

    customer: int = Field(ge=1, title=CUSTOMER_TITLE, description=CUSTOMER_ABOUT)
    what: Annotated[Literal["add points", "take points"], InWords()] = Field(
        title=mark("What to do with the points"),
        description=mark("Nothing is rewritten: a line is added to the ledger, with its other side."),
    )
    points: int = Field(
        ge=1, le=POINTS_MOST, title=mark("How many points"), description=mark("Whole points, above zero.")
    )


class PointsProgramForm(Signed):
    """How points come, what they are worth, how long they are good, and the tiers; it holds from now on."""

    model_config = ConfigDict(title=mark("The program of points"))

    per: str = Field(
        default="", max_length=30, title=mark("Money for one point"),
        description=mark("One point is given for each such sum of a receipt, for example 20; empty means none."),
    )  # fmt: skip
    worth: str = Field(
        default="", max_length=30, title=mark("What a point is worth"),
        description=mark("In the company's currency, for example 1 or 0.50; the liability is counted by it."),
    )  # fmt: skip
    share: int = Field(
        default=0, ge=0, le=100, title=mark("Share of a receipt that points may pay, %"),
        description=mark("At the cashier's page and at tills whose program asks for it; 0: points pay nothing."),
    )  # fmt: skip
    days: int = Field(
        default=365, ge=0, le=3650, title=mark("How many days points are good"),
        description=mark("Counted from the day they come; 0 means for ever. Points given before keep their day."),
    )  # fmt: skip
    tiers: str = Field(
        default="", max_length=1000, title=mark("Tiers"),
        description=mark("Title: spent from: money for a point. For example “Silver: 10000: 15; Gold: 50000: 10”."),
    )  # fmt: skip
    window: int = Field(
        default=365, ge=1, le=3650, title=mark("Days that tiers look back"),
        description=mark("What was spent in these last days decides the tier."),
    )  # fmt: skip
    since: str = Field(
        default="", max_length=20, title=mark("Receipts count from"),
        description=mark("A day, for example 01.12.2026; empty means from today on."),
    )  # fmt: skip


class ClosePageForm(Signed):
    """All links to a customer's personal page stop working; the next letter, or the desk, brings a new one."""

    model_config = ConfigDict(title=mark("Close the links to a personal page"))

    customer: int = Field(ge=1, title=CUSTOMER_TITLE, description=CUSTOMER_ABOUT)
