"""What a client has: live coupons, coupons used, purchases. Sessions are given; nothing here opens or commits one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.cards import PersonalPage, PointsCounted
from models.database import now_by
from models.delivery import OUT
from models.mailings import Message
from models.purchases import Receipt
from models.redemptions import Coupon, CouponState, OfferRow, OfferStage, OfferVersion, Redeemed, Redemption
from tasks.cards import rows
from tasks.cards.links import Linked, good_until, path_of, token_of
from tasks.house import House
from tasks.loyalty.numbers import drawn
from tasks.mailing.jobs import Due
from tasks.redeeming.calls import ANSWERS

NOBODY = 0
USED = (Redeemed.REDEEMED, Redeemed.RETURNED)


@dataclass(frozen=True)
class Live:
    """A coupon that is good, or will be, with what its offer says."""

    id: int
    code: str = field(repr=False)
    offer: str
    title: str
    ends_at: datetime | None
    put_off_to: datetime | None
    left: int
    terms: dict[str, Any]


def live_coupons(session: Session, customer: int, now: datetime, most: int | None) -> list[Live]:
    """Those that end first, first. One that is held by a till at this moment is still there."""
    ends = func.coalesce(col(Coupon.ends_at), col(OfferRow.ends_at))
    query = (
        select(Coupon, OfferRow, OfferVersion)
        .join(OfferRow, col(OfferRow.id) == col(Coupon.offer_id))
        .join(
            OfferVersion,
            (col(OfferVersion.offer_id) == col(OfferRow.id)) & (col(OfferVersion.hash) == col(OfferRow.approved_hash)),
        )
        .where(
            col(Coupon.customer_id) == customer, col(Coupon.state) == CouponState.LIVE,
            or_(col(Coupon.most) == 0, col(Coupon.used) < col(Coupon.most)),
            col(OfferRow.stage) == OfferStage.OPEN, or_(ends.is_(None), ends >= now),
        )
        .order_by(ends.is_(None), ends, col(Coupon.id)).limit(most)
    )  # fmt: skip
    return [
        Live(
            id=coupon.id or 0, code=coupon.code, offer=offer.key, title=offer.title,
            ends_at=coupon.ends_at or offer.ends_at, put_off_to=coupon.ends_at,
            left=coupon.most - coupon.used if coupon.most else 0,
            terms=version.terms,
        )
        for coupon, offer, version in session.execute(query).tuples()
    ]  # fmt: skip


def called_off(session: Session, customer: int) -> tuple[str, ...]:
    """The titles of invitations that this client had answered, and that were stopped since.

    Not of those for which they have got another code.
    """
    other = aliased(Coupon)
    mine = (col(other.customer_id) == customer, col(other.offer_id) == col(OfferRow.id))
    has_another = exists().where(*mine, col(other.state) == CouponState.LIVE)
    code_stopped = and_(col(Coupon.state) == CouponState.STOPPED, ~has_another)
    stopped = or_(col(OfferRow.stage) == OfferStage.STOPPED, code_stopped)
    query = (
        select(col(OfferRow.title)).join(Coupon, col(Coupon.offer_id) == col(OfferRow.id))
        .join(Redemption, col(Redemption.coupon_id) == col(Coupon.id))
        .where(col(Coupon.customer_id) == customer, col(Redemption.till) == ANSWERS,
               col(Redemption.state) == Redeemed.HELD, stopped).order_by(col(Redemption.id))
    )  # fmt: skip
    return tuple(session.execute(query).scalars())


def uses(session: Session, customer: int, most: int) -> list[tuple[Redemption, str]]:
    """Coupons of this client that were used, with the titles of their offers, the newest first."""
    query = (
        select(Redemption, col(OfferRow.title)).join(OfferRow, col(OfferRow.id) == col(Redemption.offer_id))
        .where(col(Redemption.customer_id) == customer, col(Redemption.state).in_(USED))
        .order_by(col(Redemption.at).desc(), col(Redemption.id).desc()).limit(most)
    )  # fmt: skip
    return [(one, title) for one, title in session.execute(query).tuples()]


def purchases(session: Session, customer: int, most: int) -> list[tuple[Receipt, int]]:
    """Receipts with the points that they came to, the newest first."""
    query = (
        select(Receipt, func.coalesce(col(PointsCounted.points), 0))
        .join(PointsCounted, col(PointsCounted.receipt_id) == col(Receipt.id), isouter=True)
        .where(col(Receipt.customer_id) == customer)
        .order_by(col(Receipt.at).desc(), col(Receipt.id).desc()).limit(most)
    )  # fmt: skip
    return [(receipt, int(points)) for receipt, points in session.execute(query).tuples()]


def last_letter(session: Session, customer: int) -> int | None:
    """The last letter that went out to this client: its page of preferences is theirs."""
    query = (
        select(col(Message.id)).where(col(Message.customer_id) == customer, col(Message.state).in_(OUT))
        .order_by(col(Message.sent_at).desc(), col(Message.id).desc()).limit(1)
    )  # fmt: skip
    return session.execute(query).scalar()


def my_fields(house: House, session: Session, due: Sequence[Due]) -> dict[int, dict[str, Any]]:
    """What letters may write of a card: the link to the page, points, number; for a portion at once."""
    whose = sorted({one.customer_id for one in due})
    now, turns = now_by(house.clock, session), rows.turns_of(session, whose)
    today = now.astimezone(ZoneInfo(house.workspace.company.zone)).date()
    points, cards = rows.balances(session, whose, today), rows.numbers_of(session, whose)
    found: dict[int, dict[str, Any]] = {}
    for one in due:
        if not one.id:  # looked at or tried, and in no client's hands
            found[one.id] = of_a_trial(house, today)
        elif (turn := turns.get(one.customer_id)) is not None:
            token = token_of(house.printed, Linked(one.customer_id, turn, good_until(today)))
            said = {"link": f"{house.public_url}{path_of(token)}", "points": points.get(one.customer_id, 0),
                    "card": cards.get(one.customer_id)}  # fmt: skip
            found[one.id] = {name: value for name, value in said.items() if value is not None}
    return found


def of_a_trial(house: House, today: date) -> dict[str, Any]:
    """What a letter says that is looked at or tried: a link that opens nothing, a card that is nobody's."""
    token = token_of(house.printed, Linked(NOBODY, 0, good_until(today)))
    return {"link": f"{house.public_url}{path_of(token)}", "points": 120, "card": drawn(lambda below: NOBODY)}


def closed_at(session: Session, customer: int) -> datetime | None:
    row = session.get(PersonalPage, customer)
    return row.changed_at if row else None
