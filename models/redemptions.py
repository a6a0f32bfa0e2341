"""Coupons and what became of them: codes, redemptions, and the counters that limits are kept by.

A counter is the sum of the rows it counts, always: both are changed in one transaction, by statements that ask whether
there is room. So a limit holds under any concurrency, and an audit can add the rows up again.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database import Moment

LARGE: Any = BigInteger().with_variant(Integer, "sqlite")
OPEN = text("state = 'held'")


def one_of(names: type[StrEnum]) -> str:
    return ", ".join(f"'{one.value}'" for one in names)


class OfferStage(StrEnum):
    """How far an offer is. Only `open` lets anything be redeemed; a stopped one may be opened again by a person."""

    DRAFT = "draft"
    ASKED = "asked"
    OPEN = "open"
    STOPPED = "stopped"
    ENDED = "ended"


class OfferRow(SQLModel, table=True):
    """An offer (предложение). What it gives is its `OfferVersion` of `approved_hash`; `rank` is its place in a stack.

    The table `offer` is another's: the products of the feed.
    `starts_at` and `ends_at` are the first and last instants at which it may hold anywhere; the terms say it in wall
    time, which is judged in the zone of the outlet.
    """

    __tablename__ = "coupon_offer"
    __table_args__ = (
        UniqueConstraint("key", name="uq_offer_key"),
        CheckConstraint(f"stage IN ({one_of(OfferStage)})", name="ck_offer_stage"),
        Index("ix_offer_stage", "stage", "ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    title: str
    stage: str = OfferStage.DRAFT
    campaign: str = ""
    goal: str = ""
    fund: str = ""
    approved_hash: str = ""
    rank: int = 0
    starts_at: datetime | None = Field(default=None, sa_type=Moment)
    ends_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = ""
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)
    changed_at: datetime | None = Field(default=None, sa_type=Moment)


class OfferVersion(SQLModel, table=True):
    """What an offer says, as it was written: `terms` is an `OfferTerms`, `hash` is what is approved."""

    __tablename__ = "offer_version"
    __table_args__ = (UniqueConstraint("offer_id", "n", name="uq_offer_version"),)

    id: int | None = Field(default=None, primary_key=True)
    offer_id: int = Field(foreign_key="coupon_offer.id", ondelete="CASCADE")
    n: int
    hash: str
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)


class BatchKind(StrEnum):
    GENERIC = "generic"
    UNIQUE = "unique"
    IMPORTED = "imported"


class CouponBatch(SQLModel, table=True):
    """Codes that were made together; `once` makes the same order one batch. `made` of `wanted` are there."""

    __tablename__ = "coupon_batch"
    __table_args__ = (UniqueConstraint("once", name="uq_coupon_batch_once"),)

    id: int | None = Field(default=None, primary_key=True)
    offer_id: int = Field(foreign_key="coupon_offer.id", index=True)
    once: str
    kind: str = BatchKind.UNIQUE
    title: str = ""
    wanted: int = 0
    made: int = 0
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)


class CouponState(StrEnum):
    LIVE = "live"
    STOPPED = "stopped"
    REPLACED = "replaced"


class Coupon(SQLModel, table=True):
    """A code. `used` and `held` count its redemptions and open reservations, and never exceed `most` (0: no limit).

    `customer_id` is whose it is. `code` is a bearer's secret, shown whole to its bearer only.
    `ends_at` puts this one's end off beyond the offer's; `replaces` is the code it was given for.
    """

    __table_args__ = (
        UniqueConstraint("code", name="uq_coupon_code"),
        CheckConstraint(f"state IN ({one_of(CouponState)})", name="ck_coupon_state"),
        CheckConstraint("used >= 0 AND held >= 0", name="ck_coupon_counts"),
        Index("ix_coupon_offer", "offer_id", "id"),
        Index("ix_coupon_customer", "customer_id", "offer_id"),
        Index("ix_coupon_batch", "batch_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    code: str = Field(repr=False)
    offer_id: int = Field(foreign_key="coupon_offer.id")
    batch_id: int = Field(foreign_key="coupon_batch.id")
    customer_id: int | None = Field(default=None, foreign_key="customer.id", ondelete="SET NULL")
    state: str = CouponState.LIVE
    most: int = 1
    used: int = 0
    held: int = 0
    message_id: int | None = Field(default=None, sa_type=LARGE)
    replaces: int | None = Field(default=None, sa_type=LARGE)
    ends_at: datetime | None = Field(default=None, sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)


class Limit(StrEnum):
    """What is counted. The order is the order in which counters are locked, the same for everybody."""

    TOTAL = "total"
    BUDGET = "budget"
    UNITS = "units"
    OUTLET = "outlet"
    SEATS = "seats"
    CUSTOMER = "customer"
    PERIOD = "period"


class OfferCounter(SQLModel, table=True):
    """How much of a limit is taken. `scope` is the outlet, the sitting, the customer, or the customer and period.

    `most` is copied from the terms in force, so that one statement asks and takes; NULL is no limit, only a count.
    """

    __tablename__ = "offer_counter"
    __table_args__ = (CheckConstraint("used >= 0 AND held >= 0", name="ck_offer_counter"),)

    offer_id: int = Field(primary_key=True, foreign_key="coupon_offer.id")
    kind: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    used: int = Field(default=0, sa_type=BigInteger)
    held: int = Field(default=0, sa_type=BigInteger)
    most: int | None = Field(default=None, sa_type=BigInteger)


class Redeemed(StrEnum):
    """What became of a redemption. A reservation that ran out, or was let go, is `released`."""

    HELD = "held"
    REDEEMED = "redeemed"
    RELEASED = "released"
    RETURNED = "returned"


class Redemption(SQLModel, table=True):
    """One use of a coupon. `key` is the till's own word for the call: the same one again is the same redemption.

    `amount` came off `base`; `back` of it was restored by returns. `lines` are {n, product, product_group, quantity,
    amount, off, back}. `origin` is online, page, offline, imported or answer (of the invited); `conflict` says why an
    offline one, which has happened, would not have been allowed.

    `n` numbers the redemptions of one call: two calls of one key collide even where they name different coupons. `said`
    is the print of the call; `answer` is what was answered beside the lines: things given, and what of it was refused.
    """

    __table_args__ = (
        UniqueConstraint("till", "key", "coupon_id", name="uq_redemption_key"),
        UniqueConstraint("till", "key", "n", name="uq_redemption_call"),
        CheckConstraint(f"state IN ({one_of(Redeemed)})", name="ck_redemption_state"),
        Index("ix_redemption_offer", "offer_id", "at"),
        Index("ix_redemption_coupon", "coupon_id", "id"),
        Index("ix_redemption_receipt", "outlet", "receipt"),
        Index("ix_redemption_open", "until", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    key: str
    till: str
    n: int = 0
    offer_id: int = Field(foreign_key="coupon_offer.id")
    version_id: int = Field(foreign_key="offer_version.id")
    coupon_id: int = Field(foreign_key="coupon.id", sa_type=LARGE)
    customer_id: int | None = Field(default=None, foreign_key="customer.id", ondelete="SET NULL")
    whose: str = ""
    outlet: str = ""
    cashier: str = ""
    receipt: str = ""
    state: str = Redeemed.HELD
    origin: str = "online"
    conflict: str = ""
    said: str = ""
    base: int = Field(default=0, sa_type=BigInteger)
    amount: int = Field(default=0, sa_type=BigInteger)
    back: int = Field(default=0, sa_type=BigInteger)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    answer: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
    until: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


class RedemptionTake(SQLModel, table=True):
    """What one redemption takes of a limit: the counter is the sum of these, by the state of their redemptions."""

    __tablename__ = "redemption_take"
    __table_args__ = (Index("ix_redemption_take_counter", "offer_id", "kind", "scope"),)

    redemption_id: int = Field(primary_key=True, foreign_key="redemption.id", sa_type=LARGE)
    kind: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    offer_id: int
    n: int = Field(default=1, sa_type=BigInteger)


class RedemptionReturn(SQLModel, table=True):
    """Something was brought back: whole, or some of its lines; `key` is the till's word for it, once.

    `n` numbers the rows of one call: of a receipt with several coupons each gets its part back.
    """

    __tablename__ = "redemption_return"
    __table_args__ = (UniqueConstraint("till", "key", "n", name="uq_redemption_return"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    redemption_id: int = Field(foreign_key="redemption.id", sa_type=LARGE, index=True)
    till: str
    key: str
    n: int = 0
    amount: int = Field(default=0, sa_type=BigInteger)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    whole: bool = False
    by: str = ""
    said: str = ""
    at: datetime = Field(sa_type=Moment)


class JournalEntry(SQLModel, table=True):
    """What an offline till told of, once by its `key`: a sale that had happened, or something brought back.

    `sale` is the till and key of the sale that a return belongs to. One that came before its sale waits, without a
    `redemption_id`, and its `body` has its effect when the sale comes. `conflicts` say why it would not have been
    allowed, or could not be entered; `code` shows the last signs only.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("till", "key", name="uq_journal_entry"),
        Index("ix_journal_entry_sale", "sale"),
        Index("ix_journal_entry_came", "came_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    till: str
    key: str
    what: str
    sale: str = ""
    said: str
    code: str = ""
    outlet: str = ""
    redemption_id: int | None = Field(default=None, sa_type=LARGE)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    conflicts: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
    came_at: datetime = Field(sa_type=Moment)


class Arm(StrEnum):
    TREATED = "treated"
    CONTROL = "control"


class OfferArm(SQLModel, table=True):
    """Who was to get an offer's coupon, and who was kept without one to compare with: settled before the issue."""

    __tablename__ = "offer_arm"
    __table_args__ = (Index("ix_offer_arm_customer", "customer_id"),)

    offer_id: int = Field(primary_key=True, foreign_key="coupon_offer.id")
    customer_id: int = Field(primary_key=True)
    arm: str = Arm.TREATED
    batch_id: int | None = Field(default=None, foreign_key="coupon_batch.id")
    at: datetime = Field(sa_type=Moment)


class Happened(StrEnum):
    """What happened to a coupon; its page shows these in their order."""

    ISSUED = "issued"
    SENT = "sent"
    VIEWED = "viewed"
    REFUSED = "refused"
    HELD = "held"
    RELEASED = "released"
    REDEEMED = "redeemed"
    RETURNED = "returned"
    STOPPED = "stopped"
    OPENED = "opened"
    EXTENDED = "extended"
    REPLACED = "replaced"


class CouponEvent(SQLModel, table=True):
    """One line of a coupon's history. Issue and delivery in bulk stand in the batch and the letter, not here."""

    __tablename__ = "coupon_event"
    __table_args__ = (
        Index("ix_coupon_event_coupon", "coupon_id", "id"),
        Index("ix_coupon_event_offer", "offer_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    coupon_id: int | None = Field(default=None, foreign_key="coupon.id", sa_type=LARGE)
    offer_id: int
    what: str
    code: str = ""
    outlet: str = ""
    by: str = ""
    redemption_id: int | None = Field(default=None, sa_type=LARGE)
    said: str = ""
    at: datetime = Field(sa_type=Moment)
