"""What our own tables know of an offer, as statements and columns: one statement for each kind, however many rows.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import BigInteger, Select, and_, case, cast, exists, func, literal, null, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Customer
from models.database import Moment
from models.delivery import OUT
from models.letters import Happening
from models.mailings import MailEvent, Mailing, Message
from models.offers import Limits, OfferTerms
from models.purchases import PurchaseLine, Receipt
from models.redemptions import (
    Arm,
    Coupon,
    CouponEvent,
    CouponState,
    Happened,
    Limit,
    OfferArm,
    OfferCounter,
    OfferRow,
    OfferStage,
    OfferVersion,
    Redeemed,
    Redemption,
)
from models.written import minor_units
from tasks.coupon_analysis.frames import ARMS, COUPONS, LINES, REDEMPTIONS, REFUSALS
from tasks.coupon_analysis.liability import Left
from tasks.redeeming.calls import ANSWERS
from tasks.returns.believing import PROVES_ARRIVED
from tasks.returns.owed.rows import CONTROL

AT_ONCE = 50_000
UTC_AT = {"customer": pl.Int64, "outlet": pl.String, "at": pl.Datetime("us")}


@dataclass(frozen=True)
class Offered:
    """An offer and its approved terms."""

    id: int
    key: str
    terms: OfferTerms
    ends_at: datetime | None
    fund: str = ""
    is_stopped: bool = False


def offered(session: Session, offer: int) -> Offered | None:
    """The offer in its approved words; None where there is none."""
    found = session.execute(
        select(OfferRow, col(OfferVersion.terms))
        .join(OfferVersion, and_(col(OfferVersion.offer_id) == col(OfferRow.id),
                                 col(OfferVersion.hash) == col(OfferRow.approved_hash)))
        .where(col(OfferRow.id) == offer).order_by(col(OfferVersion.n).desc()).limit(1)
    ).first()  # fmt: skip
    if found is None:
        return None
    row, terms = found
    return Offered(row.id, row.key, OfferTerms.model_validate(terms), row.ends_at, row.fund,
                   row.stage == OfferStage.STOPPED)  # fmt: skip


def columns(session: Session, query: Select[Any], schema: dict[str, Any]) -> pl.DataFrame:
    """What a statement finds, in columns, read in portions; moments become naive UTC."""
    frames = [pl.DataFrame(schema=schema)]
    frames += _portions(session, query, schema)
    return pl.concat(frames)


def _portions(session: Session, query: Select[Any], schema: dict[str, Any]) -> Iterator[pl.DataFrame]:
    times = [name for name, kind in schema.items() if isinstance(kind, pl.Datetime)]
    for some in session.execute(query, execution_options={"yield_per": AT_ONCE}).partitions():
        told = dict(zip(schema, zip(*some, strict=True), strict=True))
        for name in times:
            told[name] = tuple(None if at is None else at.replace(tzinfo=None) for at in told[name])
        yield pl.DataFrame({name: pl.Series(name, told[name], kind) for name, kind in schema.items()})


def coupons(session: Session, offer: int) -> pl.DataFrame:
    """Its codes, those that were replaced by another one left out unless they were used first.

    Delivered and viewed by any letter that brought it: a second mailing of the offer brings the same code.
    """
    c, event = Coupon.__table__.c, _viewed()  # type: ignore[attr-defined]
    letter, flags, others = Message.__table__.c, _flags(offer), _by_customer(offer)  # type: ignore[attr-defined]
    by_none = and_(letter.id.is_(None), others.c.customer_id.is_(None))
    arrived = or_(_arrived(letter.state, flags), others.c.arrived == 1)
    delivered = case((by_none, null()), (func.coalesce(arrived, False), True), else_=False)
    seen = or_(func.coalesce(flags.c.looked, 0) == 1, func.coalesce(others.c.looked, 0) == 1, event)
    viewed = case((seen, True), (by_none, null()), else_=False)
    query = (
        select(
            c.id, c.customer_id, c.made_at, _moment(func.coalesce(c.ends_at, OfferRow.ends_at)), c.most, delivered,
            viewed, c.state == CouponState.LIVE,
        )
        .join(OfferRow, col(OfferRow.id) == c.offer_id)
        .outerjoin(Message, letter.id == c.message_id).outerjoin(flags, flags.c.message_id == c.message_id)
        .outerjoin(others, others.c.customer_id == c.customer_id)
        .where(c.offer_id == offer, or_(c.state != CouponState.REPLACED, c.used > 0)).order_by(c.id)
    )  # fmt: skip
    return _with_answers(session, offer, columns(session, query, COUPONS))


def _with_answers(session: Session, offer: int, found: pl.DataFrame) -> pl.DataFrame:
    """With whether an invitation was answered: that they come, and not taken back since."""
    kinds = select(col(OfferVersion.terms)).where(col(OfferVersion.offer_id) == offer)
    if not any(terms.get("gives", {}).get("kind") == "invitation" for terms in session.execute(kinds).scalars()):
        return found
    state, missed = col(Redemption.state), col(Redemption.settled_at) >= col(Redemption.until)
    stood = or_(state == Redeemed.HELD, and_(state == Redeemed.RELEASED, missed))
    mine = (col(Redemption.offer_id) == offer, col(Redemption.till) == ANSWERS, stood)
    answered = set(session.execute(select(col(Redemption.coupon_id)).where(*mine)).scalars())
    return found.with_columns(pl.Series("answered", [one in answered for one in found["coupon"]], pl.Boolean))


def _arrived(state: Any, flags: Any) -> Any:
    """Whether a letter went out and did not come back."""
    came_back = or_(flags.c.hard == 1, and_(flags.c.lost == 1, func.coalesce(flags.c.arrived, 0) == 0))
    return and_(state.in_(OUT), ~func.coalesce(came_back, False))


def _mailings(offer: int) -> Any:
    """The mailings that carry it."""
    key = select(col(OfferRow.key)).where(col(OfferRow.id) == offer).scalar_subquery()
    return select(col(Mailing.id)).where(col(Mailing.offer) == key)


def _by_customer(offer: int) -> Any:
    """What became of all letters of these mailings, by whom they were to."""
    flags = _flags(offer)
    arrived, looked = case((_arrived(col(Message.state), flags), 1), else_=0), func.coalesce(flags.c.looked, 0)
    query = select(col(Message.customer_id), func.max(arrived).label("arrived"), func.max(looked).label("looked"))
    letters = query.outerjoin(flags, flags.c.message_id == col(Message.id)).where(
        col(Message.mailing_id).in_(_mailings(offer)), col(Message.variant) != CONTROL
    )
    return letters.group_by(col(Message.customer_id)).subquery("letters")


def _moment(expression: Any) -> Any:
    return type_coerce(expression, Moment())


def _viewed() -> Any:
    return exists().where(
        col(CouponEvent.coupon_id) == col(Coupon.id), col(CouponEvent.what) == Happened.VIEWED
    ).correlate(Coupon)  # fmt: skip


def _flags(offer: int) -> Any:
    """What became of the letters with its codes, a 1 for each."""
    what = col(MailEvent.what)

    def flag(name: str, which: Any) -> Any:
        return func.max(case((which, 1), else_=0)).label(name)

    looked = and_(what.in_([Happening.OPENED, Happening.CLICKED]), ~col(MailEvent.robot))
    return (
        select(
            col(MailEvent.message_id), flag("hard", and_(what == Happening.BOUNCED, col(MailEvent.hard))),
            flag("lost", what.in_([Happening.BOUNCED, Happening.REJECTED])), flag("looked", looked),
            flag("arrived", what.in_(PROVES_ARRIVED)),
        )
        .where(or_(
            col(MailEvent.mailing_id).in_(_mailings(offer)),
            col(MailEvent.message_id).in_(select(col(Coupon.message_id)).where(col(Coupon.offer_id) == offer)),
        ))
        .group_by(col(MailEvent.message_id)).subquery("flags")
    )  # fmt: skip


def redemptions(session: Session, offer: int) -> pl.DataFrame:
    """Uses that stand, without what was given back; `local` is to be filled in by whoever knows the outlets' zones.

    Each counts once: what it was given on stands in its lines, and is not joined.
    """
    r = Redemption.__table__.c  # type: ignore[attr-defined]
    holder = func.coalesce(r.customer_id, col(Coupon.customer_id))
    query = (
        select(r.id, r.coupon_id, holder, r.outlet, r.cashier, r.at, null(), r.amount - r.back)
        .join(Coupon, col(Coupon.id) == r.coupon_id)
        .where(r.offer_id == offer, r.state == Redeemed.REDEEMED).order_by(r.id)
    )  # fmt: skip
    return columns(session, query, REDEMPTIONS)


def left(session: Session, offer: int, limits: Limits, currency: str) -> Left:
    """What the offer's own limits leave of it, by its counters: what is only held is not used yet."""
    mine = (col(OfferCounter.offer_id) == offer, col(OfferCounter.scope) == "")
    used = dict(session.execute(select(col(OfferCounter.kind), col(OfferCounter.used)).where(*mine)).tuples().all())
    total, budget = limits.total, minor_units(limits.budget, currency)
    return Left(
        max(0, total - used.get(Limit.TOTAL, 0)) if total else None,
        max(0, budget - used.get(Limit.BUDGET, 0)) if budget else None,
    )


def arms(session: Session, offer: int) -> pl.DataFrame:
    """Those who are still there: whoever was erased, or turned out to be somebody else, has no purchases under that
    number any more, and would count as one who buys nothing.
    """
    there = exists().where(col(Customer.id) == col(OfferArm.customer_id))
    query = select(col(OfferArm.customer_id), col(OfferArm.arm)).where(col(OfferArm.offer_id) == offer, there)
    return columns(session, query.order_by(col(OfferArm.customer_id)), ARMS)


def those_with_and_without(session: Session, offer: int, since: datetime, until: datetime) -> pl.DataFrame:
    """Where nobody was left out: who has a code of it, and who has none and bought in these days. No arms by lot."""
    has = select(col(Coupon.customer_id)).where(col(Coupon.offer_id) == offer, col(Coupon.customer_id).is_not(None))
    got = select(col(Coupon.customer_id), literal(Arm.TREATED.value)).where(
        col(Coupon.offer_id) == offer, col(Coupon.customer_id).is_not(None)
    )
    others = select(col(Receipt.customer_id), literal(Arm.CONTROL.value)).where(
        col(Receipt.customer_id).is_not(None), col(Receipt.at) >= since, col(Receipt.at) < until,
        col(Receipt.customer_id).not_in(has),
    )  # fmt: skip
    return columns(session, got.distinct().union_all(others.distinct()), ARMS)  # type: ignore[arg-type]


def lines(session: Session, offer: int, since: datetime, until: datetime, of_all: bool = False) -> pl.DataFrame:
    """Lines of receipts of these moments, with `outlet` and UTC in `at`; only of the offer's arms, or `of_all`."""
    query = select(
        col(Receipt.customer_id), col(Receipt.outlet), col(Receipt.at), col(PurchaseLine.product),
        col(PurchaseLine.product_group), col(PurchaseLine.quantity), col(PurchaseLine.amount),
    ).join(PurchaseLine, col(PurchaseLine.receipt_id) == col(Receipt.id)).where(
        col(Receipt.at) >= since, col(Receipt.at) < until, col(Receipt.customer_id).is_not(None)
    )  # fmt: skip
    if not of_all:
        mine = select(col(OfferArm.customer_id)).where(col(OfferArm.offer_id) == offer)
        query = query.where(col(Receipt.customer_id).in_(mine))
    rest = {name: kind for name, kind in LINES.items() if name not in ("customer", "local")}
    return columns(session, query, UTC_AT | rest)


def first_receipt(session: Session) -> datetime | None:
    """When the first purchase that is known was made."""
    return session.execute(select(col(Receipt.at)).order_by(col(Receipt.at)).limit(1)).scalar_one_or_none()


def last_receipt(session: Session) -> datetime | None:
    """When the last one was: tables of purchases are loaded from time to time, and what came later is not known."""
    return session.execute(select(col(Receipt.at)).order_by(col(Receipt.at).desc()).limit(1)).scalar_one_or_none()


def refusals(session: Session, offer: int, since: datetime, until: datetime) -> pl.DataFrame:
    """Codes that were refused, each with whom and where; columns place, outlet, at.

    Those of the offer, and in these moments those that are no code at all: whoever guesses names no offer.
    """
    by, outlet, at = col(CouponEvent.by), col(CouponEvent.outlet), col(CouponEvent.at)
    place = case((by == "", outlet), (outlet == "", by), else_=by + " · " + outlet)
    is_a_guess = and_(col(CouponEvent.coupon_id).is_(None), at >= since, at < until)
    query = select(place, outlet, at).where(
        col(CouponEvent.what) == Happened.REFUSED, or_(col(CouponEvent.offer_id) == offer, is_a_guess)
    )
    return columns(session, query, {"place": REFUSALS["place"], "outlet": pl.String, "at": pl.Datetime("us")})


def spent(
    session: Session, since: datetime, middle: datetime, until: datetime, of: Select[Any] | None = None
) -> pl.DataFrame:
    """Columns customer, before, during: what each bought from `since` to `middle` and from there to `until`."""
    at, amount, whose = col(Receipt.at), col(Receipt.amount), col(Receipt.customer_id)
    query = (
        select(
            col(Receipt.customer_id),
            _sum(case((at < middle, amount), else_=0)),
            _sum(case((at >= middle, amount), else_=0)),
        )
        .where(at >= since, at < until, whose.is_not(None))
        .group_by(whose)
    )
    if of is not None:
        query = query.where(col(Receipt.customer_id).in_(of))
    return columns(session, query, {"customer": pl.Int64, "before": pl.Int64, "during": pl.Int64})


def _sum(amount: Any) -> Any:
    """PostgreSQL adds whole numbers up to a decimal one."""
    return cast(func.sum(amount), BigInteger)
