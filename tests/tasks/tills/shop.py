"""A shop whose tills have programs: outlets, an offer with codes that anybody may read, calls as they are sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from sqlmodel import col

from models.cards import PointsProgram, ProgramTerms
from models.customers import Customer
from models.database import Clock
from models.loyalty import Card, Moved, PointsBalance, PointsLot, PointsMove
from models.offers import OfferTerms
from models.outlets import TillKey
from models.redemptions import BatchKind, CouponBatch, OfferRow
from tasks.loyalty.numbers import drawn
from tasks.outlets import rows as keys
from tasks.people.tokens import till_key_hash
from tests.fakes import NOW
from tests.tasks.redeeming.shop import offer

OUTLETS = """\
outlets:
  - {key: boulevard, name: Бульвар, zone: Asia/Omsk}
  - {key: north, name: Север}
"""
LINES = [{"n": 1, "product": "tea", "amount": 10_000}, {"n": 2, "product": "cup", "quantity": 3_000, "amount": 5_001}]


def opened(session: Session, *codes: str, of: OfferTerms | None = None, key: str = "tea", **more: Any) -> OfferRow:
    """An open offer with these codes, which no check sign guards."""
    row = offer(session, codes or ("TEA",), of, key, **more)
    session.query(CouponBatch).where(col(CouponBatch.offer_id) == row.id).update({"kind": BatchKind.GENERIC.value})
    return row


def made(session: Session, clock: Clock, secret: str, outlet: str, **said: Any) -> str:
    """A key of a till, as `Shops` makes it."""
    key = f"key of {outlet}, {session.query(TillKey).count()}"
    keys.make(session, clock, outlet, key_hash=till_key_hash(secret, key), **said)
    return key


def clients_card(session: Session) -> None:
    """A client with a card and points, each worth a rouble, that may pay three tenths of a receipt."""
    session.add(Customer(name="Анна", created_at=NOW, changed_at=NOW))
    session.flush()
    session.add(Card(number=drawn(lambda below: 7), customer_id=1, made_at=NOW))
    terms = ProgramTerms(per=2_000, worth=100, share=30, since=NOW.date())
    session.add(PointsProgram(terms=terms.model_dump(mode="json"), at=NOW - timedelta(days=900)))
    session.flush()
    session.add(PointsMove(key="given", customer_id=1, what=Moved.EARNED, points=300, asked=300, at=NOW))
    session.flush()
    session.add_all([PointsLot(move_id=1, customer_id=1, left=300), PointsBalance(customer_id=1, points=300)])


def basket(*lines: dict[str, Any], currency: str = "RUB") -> dict[str, Any]:
    return {"currency": currency, "lines": list(lines or LINES)}


def asked(*codes: str, **more: Any) -> dict[str, Any]:
    return {"codes": list(codes or ("TEA",)), "basket": basket()} | more


def sold(*codes: str, receipt: str = "17", **more: Any) -> dict[str, Any]:
    return asked(*codes, receipt=receipt, **more)


def entry(key: str, codes: Sequence[str] = ("TEA",), at: str = "2026-11-22T10:00:00+06:00", **more: Any) -> Any:
    return {"what": "sale", "key": key, "at": at, "codes": list(codes), "basket": basket()} | more
