"""What is known of a mailing's effect: values that facts, pages, files and verdicts are made of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from models.letters import Ground
from models.mailings import Stage
from models.reason import NO_REASON, Reason
from tasks.returns.sums.attribution import By, Window
from tasks.returns.sums.funnel import Funnel
from tasks.returns.sums.intervals import Interval
from tasks.returns.sums.resampling import Spent
from tasks.returns.sums.rows import Hour, LinkClicks

USUAL = Window()


class Told(StrEnum):
    """What the comparison with the control group tells."""

    NO_CONTROL = "no_control"
    TOO_FEW = "too_few"
    EARLY = "early"
    NOT_TOLD = "not_told"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Against:
    """Recipients against the control group: what they spent per 1,000, and where the difference lies.

    `p` is Welch's; MORE and LESS are said only where it and the drawn interval agree, and EARLY before `told_from`.
    """

    told: Told
    recipients: Spent
    control: Spent
    apart: float = 0.0
    interval: Interval | None = None
    p: float = 1.0
    told_from: datetime | None = None


@dataclass(frozen=True)
class GroupLine:
    key: str
    title: str
    funnel: Funnel
    is_included: bool


@dataclass(frozen=True)
class Owed:
    """What purchases are owed to letters by one kind of touch; amounts in minor units."""

    receipts: int = 0
    bought: int = 0
    returned: int = 0
    net: int = 0


@dataclass(frozen=True)
class VariantLine:
    """A variant: how far its letters came, what its recipients spent, what is owed to its letters."""

    variant: str
    funnel: Funnel
    spent: Spent = field(default_factory=lambda: Spent((), 0))
    interval: Interval | None = None
    owed: Owed = Owed()


@dataclass(frozen=True)
class CouponLine:
    """The coupons of a variant's letters: issued, and of those redeemed; `paid` is what was paid with them.

    A redemption is owed to the last mailing of the offer whose letter went to its holder before it.
    """

    variant: str
    issued: int = 0
    redeemed: int = 0
    paid: int = 0


@dataclass(frozen=True)
class Trial:
    """The choice among variants: by what, when it is decided, and once it is, what was found and why.

    `winner` was proven better; `chosen` went to whoever waited; `waiting` are those who still do.
    """

    by: str
    decides_at: datetime | None
    waiting: int
    otherwise: str = ""
    decided_at: datetime | None = None
    winner: str = ""
    chosen: str = ""
    why: Reason = NO_REASON


@dataclass(frozen=True)
class About:
    """The mailing itself."""

    id: int
    key: str
    title: str
    stage: Stage
    ground: Ground
    subject: str = ""
    account: str = ""
    account_title: str = ""
    campaign: str = ""
    goal: str = ""
    groups: tuple[str, ...] = ()
    listed_at: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    standing: bool = False


@dataclass(frozen=True)
class Figures:
    """Everything about one mailing at one moment; money in minor units of `currency`."""

    about: About
    at: datetime
    zone: str
    currency: str
    whole: Funnel
    variants: tuple[VariantLine, ...] = ()
    groups: tuple[GroupLine, ...] = ()
    links: tuple[LinkClicks, ...] = ()
    hours: tuple[Hour, ...] = ()
    domains: Mapping[str, Funnel] = field(default_factory=dict)
    leavings: Mapping[str, int] = field(default_factory=dict)
    owed: Mapping[By, Owed] = field(default_factory=dict)
    looked: Spent = field(default_factory=lambda: Spent((), 0))
    looked_interval: Interval | None = None
    against: Against | None = None
    trial: Trial | None = None
    coupons: tuple[CouponLine, ...] = ()
    cost: int | None = None
    window: Window = USUAL

    @property
    def age(self) -> timedelta | None:
        """How long ago the first letter went."""
        return self.at - self.about.first_at if self.about.first_at else None

    @property
    def owed_to_looks(self) -> int:
        """Net of what was bought after a click or an opening; after an unopened letter proves too little."""
        return sum(line.net for by, line in self.owed.items() if by is not By.SENT)
