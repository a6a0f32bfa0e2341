"""Offers, groups and people for the tests of codes, and the codes they come to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.customer_groups import CustomerGroup, GroupKind, GroupMember
from models.offers import AmountOff, CodeRules, OfferTerms
from models.redemptions import Coupon, CouponBatch, OfferArm, OfferRow, OfferStage, OfferVersion
from tasks.codes.engine import Codes
from tasks.codes.rows import Order
from tests.fakes import NOW
from tests.tasks.mailing.department import people

Sessions = sessionmaker[Session]
UNIQUE = CodeRules()


def terms(rules: CodeRules = UNIQUE, title: str = "Tea for ten") -> OfferTerms:
    return OfferTerms(
        title=title, gives=AmountOff(amount=45), first_day=date(2026, 11, 1), last_day=date(2026, 12, 31), codes=rules
    )


def offer(sessions: Sessions, id: int = 1, rules: CodeRules = UNIQUE, stage: OfferStage = OfferStage.OPEN) -> int:
    """An offer with the version that is in force."""
    said = terms(rules, f"Offer {id}")
    with sessions.begin() as session:
        session.add(OfferRow(id=id, key=f"offer-{id}", title=said.title, stage=stage, approved_hash="h", made_at=NOW))
        session.flush()
        session.add(OfferVersion(offer_id=id, n=1, hash="h", terms=said.model_dump(mode="json"), made_at=NOW))
    return id


def order(number: int = 0, once: str = "o1", **more: Any) -> Order:
    return Order(**({"offer": 1, "rules": UNIQUE, "once": once, "number": number, "by": "gleb"} | more))


def group(sessions: Sessions, key: str, members: Sequence[int], control: Sequence[int] = ()) -> None:
    with sessions.begin() as session:
        row = CustomerGroup(key=key, title=key, kind=GroupKind.STATIC, seed="s", made_at=NOW, changed_at=NOW)
        session.add(row)
        session.flush()
        session.add_all(
            GroupMember(group_id=row.id, customer_id=one, control=one in control, since=NOW) for one in members
        )


def customers(sessions: Sessions, number: int) -> None:
    with sessions.begin() as session:
        people(session, number)


def coupons(codes: Codes | Sessions) -> list[Coupon]:
    sessions = codes.sessions if isinstance(codes, Codes) else codes
    with sessions() as session:
        return list(session.execute(select(Coupon).order_by(Coupon.id)).scalars())


def batches(sessions: Sessions) -> list[CouponBatch]:
    with sessions() as session:
        return list(session.execute(select(CouponBatch).order_by(CouponBatch.id)).scalars())


def arms(sessions: Sessions) -> dict[int, str]:
    with sessions() as session:
        return {one.customer_id: one.arm for one in session.execute(select(OfferArm)).scalars()}
