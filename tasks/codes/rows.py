"""Batches of codes as rows: begun once for an order, filled portion by portion. Sessions are given; none is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.customers import Customer
from models.database import Clock, Moment, now_by
from models.locale import mark
from models.offers import CodeRules
from models.reason import because
from models.redemptions import (
    Arm,
    BatchKind,
    Coupon,
    CouponBatch,
    CouponState,
    OfferArm,
    OfferRow,
    OfferStage,
    OfferVersion,
)
from tasks.bulk.rows import look_up, write
from tasks.codes.shapes import Forms, Shape, shape_of
from tasks.delivery.rows import insert_quietly
from tasks.groups.control import in_control

COUPON = Coupon.__table__  # type: ignore[attr-defined]
C = COUPON.c
OTHER_ORDER = mark("This order was given before, for other codes. Look at that batch, or order these anew.")
NO_OFFER = mark("There is no such offer any more. Look for it in the list of offers.")
NOT_OPEN = {
    OfferStage.DRAFT: mark("The offer is not approved yet. Ask for approval first; codes come after it."),
    OfferStage.ASKED: mark("The offer waits for approval. Issue the codes when it is approved."),
    OfferStage.STOPPED: mark("The offer is stopped, so its codes would work for nobody. Open it first."),
    OfferStage.ENDED: mark("The offer has ended. Issue codes of another one."),
}
NOBODY = mark("There is nobody in these groups who could get a coupon of this offer. Name other groups.")


@dataclass(frozen=True)
class Order:
    """What is to be issued. `once` names the order: given again it is the same batch. `most` is uses of each code."""

    offer: int
    rules: CodeRules
    once: str
    number: int = 0
    most: int = 1
    title: str = ""
    by: str = ""


def begin(session: Session, clock: Clock, order: Order, kind: BatchKind) -> tuple[CouponBatch, bool]:
    """The order's batch, locked, and whether it is new.

    Raises Refused where the offer is not open, or the order was another one before.
    """
    stage = session.execute(select(col(OfferRow.stage)).where(col(OfferRow.id) == order.offer)).scalar()
    if stage is None:
        raise Refused(because(NO_OFFER, code="no_offer"))
    if stage != OfferStage.OPEN:
        raise Refused(because(NOT_OPEN[OfferStage(stage)], code=stage))
    row = {"offer_id": order.offer, "once": order.once, "kind": kind.value, "title": order.title,
           "wanted": order.number, "made": 0, "made_by": order.by, "made_at": now_by(clock, session)}  # fmt: skip
    made = insert_quietly(session, CouponBatch, ["once"]).returning(col(CouponBatch.id))
    is_new = bool(session.execute(made, [row]).all())
    batch = locked(session, order.once)
    if (batch.offer_id, batch.kind) != (order.offer, kind) or (order.number and batch.wanted != order.number):
        raise Refused(because(OTHER_ORDER, code="other_order"))
    return batch, is_new


def locked(session: Session, once: str) -> CouponBatch:
    """The batch, which nobody else fills meanwhile."""
    query = select(CouponBatch).where(col(CouponBatch.once) == once).with_for_update()
    return session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def add(
    session: Session, clock: Clock, batch: CouponBatch, codes: Sequence[str], most: int, whose: Sequence[int] = (),
    letters: Sequence[int] = (),
) -> dict[str, int]:  # fmt: skip
    """Put these codes into the batch, all or none; returns those that are taken, with the batches that have them.

    `whose` they are, and the `letters` that bring them, stand in the order of the codes.
    """
    try:
        with session.begin_nested():
            write(session, COUPON, _frame(batch, codes, most, whose, letters, now_by(clock, session)))
    except DBAPIError:
        if not (taken := owners(session, codes)):
            raise
        return taken
    batch.made += len(codes)
    session.flush()
    return {}


def _frame(
    batch: CouponBatch, codes: Sequence[str], most: int, whose: Sequence[int], letters: Sequence[int], now: datetime
) -> Any:  # fmt: skip
    import polars as pl

    same = {"offer_id": batch.offer_id, "batch_id": batch.id, "state": CouponState.LIVE.value, "most": most, "used": 0,
            "held": 0}  # fmt: skip
    own = {"code": codes} | ({"customer_id": whose} if whose else {}) | ({"message_id": letters} if letters else {})
    at = pl.lit(now).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC")).alias("made_at")
    return pl.DataFrame(own).with_columns(*(pl.lit(value).alias(name) for name, value in same.items()), at)


def owners(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """Which of these codes there are already, each with its batch."""
    found: list[Any] = look_up(session, [C.code, C.batch_id], C.code, codes)
    return dict(found)


def titles_of(session: Session, batches: Sequence[int]) -> dict[int, str]:
    """What the offers of these batches are called."""
    query = select(col(CouponBatch.id), col(OfferRow.title)).join(
        OfferRow, col(OfferRow.id) == col(CouponBatch.offer_id)
    )
    found = session.execute(query.where(col(CouponBatch.id).in_(batches)))
    return {id: title for id, title in found.tuples() if id is not None}


# Who gets one.


def draw_arms(session: Session, clock: Clock, batch: CouponBatch, whom: Select[Any], control_percent: int) -> int:
    """Settle who of these gets a coupon and who is kept without, by lot; whoever has an arm keeps it.

    Returns how many get one of this batch. The lot is the offer's own, so that its groups' draws tell nothing of it.
    """
    customer = whom.subquery().c[0]
    drawn = in_control(f"offer {batch.offer_id}", 10 * control_percent, customer)
    row = select(
        literal(batch.offer_id), customer, case((drawn, Arm.CONTROL.value), else_=Arm.TREATED.value),
        literal(batch.id), literal(now_by(clock, session), Moment()),
    ).where(customer.is_not(None))  # fmt: skip
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    make = dialect.insert(OfferArm).from_select(["offer_id", "customer_id", "arm", "batch_id", "at"], row)
    session.execute(make.on_conflict_do_nothing(index_elements=["offer_id", "customer_id"]))
    return session.execute(select(func.count()).select_from(OfferArm).where(*_of(batch))).scalar_one()


def without(session: Session, batch: CouponBatch, after: int, most: int) -> list[int]:
    """The next behind `after` who are to get one and have none; whoever was erased meanwhile gets none."""
    customer = col(OfferArm.customer_id)
    has = exists().where(C.customer_id == customer, C.offer_id == batch.offer_id, C.batch_id == batch.id)
    there = exists().where(col(Customer.id) == customer)
    query = select(customer).where(*_of(batch), customer > after, ~has, there)
    return list(session.execute(query.order_by(customer).limit(most)).scalars())


def has_arms(session: Session, batch: CouponBatch) -> bool:
    """Whether it was drawn who gets a code of this batch."""
    return session.execute(select(exists().where(col(OfferArm.batch_id) == batch.id))).scalar_one()


def _of(batch: CouponBatch) -> tuple[Any, ...]:
    mine = (col(OfferArm.offer_id) == batch.offer_id, col(OfferArm.batch_id) == batch.id)
    return (*mine, col(OfferArm.arm) == Arm.TREATED.value)


# What the codes of the house look like.


def forms(session: Session) -> Forms:
    """All that a code may look like: of every version of an offer with drawn codes, and the lengths of others."""
    drawn = select(col(CouponBatch.offer_id)).where(col(CouponBatch.kind) == BatchKind.UNIQUE)
    versions = select(col(OfferVersion.terms)).where(col(OfferVersion.offer_id).in_(drawn))
    shapes = dict.fromkeys(_shape(terms) for terms in session.execute(versions).scalars())
    others = select(col(CouponBatch.id)).where(col(CouponBatch.kind) != BatchKind.UNIQUE)
    lengths = select(func.length(C.code)).where(C.batch_id.in_(others)).distinct()
    generic = select(col(CouponBatch.id)).where(col(CouponBatch.kind) == BatchKind.GENERIC)
    words = select(C.code).where(C.batch_id.in_(generic))
    return Forms(
        tuple(one for one in shapes if one), frozenset(session.execute(lengths).scalars()),
        frozenset(session.execute(words).scalars()),
    )  # fmt: skip


class KnownForms:
    """The same, read again only where offers or codes have been added since: every typed code is read by it."""

    def __init__(self) -> None:
        self.known: tuple[Any, Forms] | None = None

    def of(self, session: Session) -> Forms:
        others = case((col(CouponBatch.kind) == BatchKind.UNIQUE, 0), else_=col(CouponBatch.made))
        batches = select(func.max(col(CouponBatch.id)), func.sum(others)).subquery()
        newest = select(func.max(col(OfferVersion.id))).scalar_subquery()
        stamp = tuple(session.execute(select(*batches.c, newest)).one())
        if self.known is None or self.known[0] != stamp:
            self.known = stamp, forms(session)
        return self.known[1]


def live_like(session: Session, shape: Shape, offer: int) -> int:
    """How many codes of this shape are good, or ordered: of this offer, and of others that are not over."""
    ordered = func.sum(case((col(CouponBatch.made) > col(CouponBatch.wanted), col(CouponBatch.made)),
                            else_=col(CouponBatch.wanted)))  # fmt: skip
    query = (
        select(col(CouponBatch.offer_id), ordered).join(OfferRow, col(OfferRow.id) == col(CouponBatch.offer_id))
        .where(col(CouponBatch.kind) == BatchKind.UNIQUE, col(OfferRow.stage) != OfferStage.ENDED)
        .group_by(col(CouponBatch.offer_id))
    )  # fmt: skip
    counts = {of: int(number) for of, number in session.execute(query).tuples()}
    versions = select(col(OfferVersion.offer_id), col(OfferVersion.terms))
    told = session.execute(versions.where(col(OfferVersion.offer_id).in_(counts))).tuples()
    alike = {of for of, terms in told if (its := _shape(terms)) and its.layout == shape.layout}
    return sum(counts.get(of, 0) for of in alike | {offer})


def _shape(terms: Mapping[str, Any]) -> Shape | None:
    """The shape of the codes drawn by what an offer says; None where none can be."""
    try:
        return shape_of(CodeRules.model_validate(terms.get("codes", {})))
    except Refused:
        return None
