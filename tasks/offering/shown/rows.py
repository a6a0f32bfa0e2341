"""What the pages of offers ask of other tables. Sessions are given; none is opened here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, Customer
from models.database import Moment
from models.letters import Happening
from models.loyalty import Card
from models.mailings import MailEvent, Message
from models.order_book import GivenOrder
from models.redemptions import Coupon, CouponEvent, Redemption
from tasks.customers.record.asking import asked
from tasks.loyalty.numbers import read
from tasks.redeeming.statements import HELD_AT_TILLS

MOST = 200
C = Coupon.__table__.c  # type: ignore[attr-defined]


def of_offer(session: Session, offer: int) -> Sequence[CouponEvent]:
    """What was ordered about the whole offer, the newest first."""
    mine = (col(CouponEvent.offer_id) == offer, col(CouponEvent.coupon_id).is_(None), col(CouponEvent.code) == "")
    query = select(CouponEvent).where(*mine).order_by(col(CouponEvent.id).desc()).limit(MOST)
    return session.execute(query).scalars().all()


def sent(session: Session, message: int) -> datetime | None:
    return session.execute(select(col(Message.sent_at)).where(col(Message.id) == message)).scalar()


def seen(session: Session, message: int) -> datetime | None:
    """When the letter was first opened by a person, or a link of it followed."""
    mine = (col(MailEvent.message_id) == message, col(MailEvent.what).in_((Happening.OPENED, Happening.CLICKED)),
            ~col(MailEvent.robot))  # fmt: skip
    return session.execute(select(func.min(MailEvent.at)).where(*mine)).scalar()


def redemptions(session: Session, ids: Collection[int]) -> dict[int, Redemption]:
    query = select(Redemption).where(col(Redemption.id).in_(ids))
    return {one.id or 0: one for one in session.execute(query).scalars()}


def held_at_tills(session: Session, coupon: int) -> int:
    """How many receipts it is held for; an answer to an invitation is none."""
    return int(session.execute(select(HELD_AT_TILLS).where(C.id == coupon)).scalar_one())


def of_customer(session: Session, customers: Collection[int], most: int = 50) -> Sequence[Coupon]:
    """The coupons of these customers, the newest first."""
    query = select(Coupon).where(col(Coupon.customer_id).in_(customers)).order_by(col(Coupon.id).desc())
    return session.execute(query.limit(most)).scalars().all()


def customers_called(session: Session, said: str, country: str) -> list[int]:
    """By number, by the company's own code or a card of ours, or by an address, however it is written."""
    wanted = asked(said, country)
    number = wanted.number or (int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0)
    ways: list[Select[Any]] = [
        select(col(Customer.id)).where(or_(col(Customer.id) == number, col(Customer.code) == said)),
        select(col(Card.customer_id)).where(col(Card.number) == (read(said) or "")),
    ]
    ways += [
        select(col(Address.customer_id)).where(col(Address.kind) == one.kind, col(Address.value) == one.value)
        for one in wanted.addresses
    ]
    return sorted({one for way in ways for one in session.execute(way).scalars() if one is not None})


def taken(session: Session, offer: str) -> list[GivenOrder]:
    """Who has taken files with codes of this offer, from the order book."""
    mine = (col(GivenOrder.subject_kind) == "offer", col(GivenOrder.subject_id) == offer)
    done = (col(GivenOrder.code) == "take-codes", col(GivenOrder.carried_out_at).is_not(None))
    query = select(GivenOrder).where(*mine, *done).order_by(col(GivenOrder.id))
    return [one for one in session.execute(query).scalars() if not (one.said.get("refusal") or {}).get("text")]


def codes_of(session: Session, batch: int, after: int, most: int) -> list[tuple[int, str]]:
    """The next codes of a batch that may be given out: whoever got one that is used up would be refused."""
    query = select(C.id, C.code).where(*_good(batch), C.id > after).order_by(C.id).limit(most)
    return [(id, code) for id, code in session.execute(query).tuples()]


def first_end(session: Session, batch: int, of_offer: datetime) -> datetime | None:
    """When the first of them ends, which may hold longer than their offer."""
    return session.execute(select(func.min(case((C.ends_at > of_offer, C.ends_at), else_=of_offer), type_=Moment()))
                           .where(*_good(batch))).scalar()  # fmt: skip


def _good(batch: int) -> tuple[ColumnElement[bool], ...]:
    return C.batch_id == batch, C.state == "live", or_(C.most == 0, C.used < C.most)


def a_code_of(session: Session, offer: int) -> str:
    """The one code of an offer that has one for everybody."""
    query = select(func.min(Coupon.code)).where(col(Coupon.offer_id) == offer)
    return str(session.execute(query).scalar() or "")
