"""The rows of files exchanged with tills. Sessions are given; nothing here opens or commits one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by, portions
from models.redemptions import (
    Coupon,
    CouponState,
    JournalEntry,
    Limit,
    OfferCounter,
    Redeemed,
    Redemption,
    RedemptionTake,
)
from models.trade import ExchangeFile, FileState
from tasks.delivery.rows import insert_quietly
from tasks.redeeming.calls import ANSWERS
from tasks.redeeming.statements import HELD_AT_TILLS

C = Coupon.__table__.c  # type: ignore[attr-defined]
PROBLEMS_MOST = 200
WHOLE = (Limit.TOTAL, Limit.BUDGET, Limit.UNITS)


def keep(session: Session, clock: Clock, outlet: str, name: str, print_: str, **said: Any) -> None:
    """Write down what came of a file. The same content again is the same row, and what it did first stays.

    Unless it did nothing then: a file that could not be read may be readable now.
    """
    now = now_by(clock, session)
    said["problems"] = said["problems"][:PROBLEMS_MOST]
    row = {"outlet": outlet, "name": name, "print": print_, "first_at": now, "read_at": now, "times": 0} | said
    session.execute(insert_quietly(session, ExchangeFile, ["outlet", "print"]).values(row))
    mine = (col(ExchangeFile.outlet) == outlet, col(ExchangeFile.print) == print_)
    former = session.execute(select(ExchangeFile).where(*mine).with_for_update()).scalar_one()
    former.times, former.name, former.read_at = former.times + 1, name, now
    if former.state == FileState.BROKEN or (said["entered"] and former.times > 1):
        for field, value in said.items():
            setattr(former, field, value)


def known(session: Session, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these tills and keys that the journal has already."""
    found, by_till = set[tuple[str, str]](), dict[str, list[str]]()
    for till, key in keys:
        by_till.setdefault(till, []).append(key)
    for till, its in by_till.items():
        for some in portions(its):
            query = select(col(JournalEntry.key)).where(col(JournalEntry.till) == till, col(JournalEntry.key).in_(some))
            found |= {(till, key) for key in session.execute(query).scalars()}
    return found


def taken_of(session: Session, offers: Sequence[int], outlet: str) -> dict[int, dict[str, int]]:
    """How much of their limits is taken, by offer and kind, as far as an outlet is concerned.

    What the invited hold by their answers is there for them, at any till.
    """
    number, kind, scope = col(OfferCounter.offer_id), col(OfferCounter.kind), col(OfferCounter.scope)
    query = select(number, kind, col(OfferCounter.used) + col(OfferCounter.held)).where(
        number.in_(offers), or_(and_(kind == Limit.OUTLET, scope == outlet), and_(kind.in_(WHOLE), scope == ""))
    )
    found: dict[int, dict[str, int]] = {offer: {} for offer in offers}
    for offer, of, taken in session.execute(query).tuples():
        found[offer][of] = taken
    for offer, of, kept in session.execute(_answered(offers, outlet)).tuples():
        found[offer][of] -= kept
    return found


def _answered(offers: Sequence[int], outlet: str) -> Any:
    number, kind, scope = col(RedemptionTake.offer_id), col(RedemptionTake.kind), col(RedemptionTake.scope)
    held = (col(Redemption.offer_id).in_(offers), col(Redemption.till) == ANSWERS,
            col(Redemption.state) == Redeemed.HELD)  # fmt: skip
    concerned = or_(and_(kind == Limit.OUTLET, scope == outlet), kind == Limit.TOTAL)
    query = select(number, kind, func.sum(col(RedemptionTake.n))).join(
        Redemption, col(Redemption.id) == col(RedemptionTake.redemption_id)
    )
    return query.where(*held, concerned).group_by(number, kind)


def codes(session: Session, offer: int, since: datetime | None, after: int, most: int) -> list[Any]:
    """Codes of an offer that have uses left, by number; those alone that hold until `since` at least, if it is said."""
    free = or_(C.most == 0, C.used + HELD_AT_TILLS < C.most)
    query = (
        select(C.id, C.code, C.most, C.used, HELD_AT_TILLS.label("held"), C.ends_at)
        .where(C.offer_id == offer, C.id > after, C.state == CouponState.LIVE, free)
        .order_by(C.id).limit(most)
    )  # fmt: skip
    if since:
        query = query.where(C.ends_at >= since)
    return list(session.execute(query).all())
