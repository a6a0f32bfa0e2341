"""What the desk and the personal page show of a client's card, points and coupons."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import Field

from models.invited import Invited
from models.locale import mark
from models.loyalty import Account, CardState, Moved
from models.post import Value

CARD_TITLES: Mapping[str, str] = {
    CardState.LIVE: mark("card in use"), CardState.BLOCKED: mark("card blocked"),
    CardState.REPLACED: mark("replaced by another card"),
}  # fmt: skip
MOVED_TITLES: Mapping[str, str] = {
    Moved.EARNED: mark("points given"), Moved.SPENT: mark("points spent"), Moved.GIVEN_BACK: mark("points given back"),
    Moved.TAKEN_BACK: mark("points taken back"), Moved.EXPIRED: mark("points ended"),
    Moved.CORRECTED: mark("points corrected by hand"),
}  # fmt: skip
ACCOUNT_TITLES: Mapping[str, str] = {
    Account.CLIENT: mark("with the client"), Account.PROMISED: mark("promised by the company"),
    Account.PAID: mark("paid with points"), Account.EXPIRED: mark("ended, need not be kept"),
}  # fmt: skip


class CardLine(Value):
    """A card of a client. `number` is what stands on it."""

    id: int
    number: str
    state: str
    why: str = ""
    made_by: str = ""
    made_at: datetime
    changed_at: datetime | None = None


class Side(Value):
    account: str
    points: int


class MoveLine(Value):
    """Points moved, with both sides of it; `short` could not be taken any more."""

    id: int
    what: str
    points: int
    short: int = 0
    said: str = ""
    by: str = ""
    at: datetime
    sides: tuple[Side, ...] = ()


class CouponLine(Value):
    """A live coupon as staff see it: never its whole code."""

    id: int
    code: str
    offer: str
    title: str
    ends_on: date | None = None


class TierNow(Value):
    """The tier of a client, and what is missing to the next one (minor units); empty titles where there are none."""

    title: str = ""
    next: str = ""
    missing: int = 0


class CardsSeen(Value):
    """Cards, points and coupons of a client."""

    cards: tuple[CardLine, ...] = ()
    points: int = 0
    worth: int = 0
    ends_on: date | None = None
    ends: int = 0
    tier: TierNow = TierNow()
    moves: tuple[MoveLine, ...] = ()
    moves_cut: bool = False
    coupons: tuple[CouponLine, ...] = ()
    coupons_cut: bool = False
    closed_at: datetime | None = None

    @property
    def card(self) -> CardLine | None:
        return next((card for card in self.cards if card.state == CardState.LIVE), None)


class LinkShown(Value):
    """A link to a personal page, for its client only; `qr` is the same as a picture."""

    url: str = Field(repr=False)
    qr: str = Field(repr=False)
    until: date


class MyCoupon(Value):
    """A coupon as its bearer sees it: whole. `starts_on` only where it is not good yet; `put_off_to` is its last day
    where that was put off beyond its offer's.
    """

    code: str = Field(repr=False)
    qr: str = Field(repr=False)
    title: str
    gives: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_at: datetime | None = None
    put_off_to: date | None = None
    left: int = 1
    invited: Invited | None = None


class MyUse(Value):
    """A coupon that was used; `back`: it was returned."""

    at: datetime
    title: str
    outlet: str = ""
    amount: int = 0
    back: bool = False


class MyPurchase(Value):
    at: datetime
    outlet: str = ""
    amount: int = 0
    points: int = 0


class MyPage(Value):
    """The personal page of a client. `print` changes when anything on it does."""

    name: str = Field(default="", repr=False)
    card: str = Field(default="", repr=False)
    bars: str = Field(default="", repr=False)
    qr: str = Field(default="", repr=False)
    has_points: bool = False
    points: int = 0
    worth: int = 0
    ends_on: date | None = None
    ends: int = 0
    tier: TierNow = TierNow()
    coupons: tuple[MyCoupon, ...] = ()
    coupons_cut: bool = False
    called_off: tuple[str, ...] = ()
    uses: tuple[MyUse, ...] = ()
    purchases: tuple[MyPurchase, ...] = ()
    preferences: str = Field(default="", repr=False)
    currency: str = "RUB"
    until: date
    at: datetime
    print: str = ""


class ProgramPage(Value):
    """The program as its form has it, since when and by whom; `owed` is what all points together are worth.

    `groups` are those that cards may be given to, titles by their keys.
    """

    per: str = ""
    worth: str = ""
    share: int = 0
    days: int = 365
    tiers: str = ""
    window: int = 365
    since: str = ""
    is_set: bool = False
    by: str = ""
    at: datetime | None = None
    cards: int = 0
    points: int = 0
    owed: int = 0
    currency: str = "RUB"
    groups: Mapping[str, str] = {}
