"""Codes after their issue, each change with its line of history. Sessions are given; none is opened or committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.database import Clock, Moment, now_by, portions
from models.locale import mark
from models.reason import because
from models.redemptions import (
    BatchKind,
    Coupon,
    CouponBatch,
    CouponEvent,
    CouponState,
    Happened,
    OfferRow,
    Redeemed,
    Redemption,
)
from tasks.delivery.statements import QUICK
from tasks.redeeming.calls import ANSWERS, answer_key

C = Coupon.__table__.c  # type: ignore[attr-defined]
EVENT_FIELDS = ("coupon_id", "offer_id", "what", "code", "outlet", "by", "said", "at")
NO_WHY = mark("Say why: the reason stays in the coupon's history.")
NO_COUPON = mark("There is no such coupon any more. Look it up by its code again.")
NOT_LIVE = mark("This code is stopped or was replaced already, so it cannot be replaced. Look at its history.")
EVERYBODYS = mark(
    "This code is everybody's: replaced, it would work for nobody. Issue the client one of their own instead."
)
IN_USE = mark("The code is being redeemed just now. Wait until the till has finished, or let its reservation go.")
USED_UP = mark("The code has been used as often as it may. If that was a mistake, take the redemption back first.")
PAST = mark("This end has passed already. Choose a later one.")


def replacements(offer: int) -> str:
    """The order under which all codes of an offer stand that were given for others."""
    return f"replacements:{offer}"


def find(session: Session, code: str) -> Coupon | None:
    """The coupon of a code as it is kept (`tasks.codes.reading`)."""
    return session.execute(select(Coupon).where(C.code == code)).scalar_one_or_none()


def next_of(session: Session, batch: int, after: int, most: int) -> list[int]:
    """The next coupons of a batch behind this one."""
    query = select(C.id).where(C.batch_id == batch, C.id > after).order_by(C.id).limit(most)
    return list(session.execute(query).scalars())


def stop(session: Session, clock: Clock, coupons: Sequence[int], by: str, why: str) -> int:
    """Let live codes be redeemed no more; returns how many were. What is reserved already may still be redeemed."""
    live = (C.state == CouponState.LIVE,)
    return _change(session, clock, coupons, live, {"state": CouponState.STOPPED}, (Happened.STOPPED, by, why))


def reopen(session: Session, clock: Clock, coupons: Sequence[int], by: str, why: str) -> int:
    """Let stopped codes be redeemed again; returns how many were stopped."""
    stopped = (C.state == CouponState.STOPPED,)
    return _change(session, clock, coupons, stopped, {"state": CouponState.LIVE}, (Happened.OPENED, by, why))


def extend(session: Session, clock: Clock, coupons: Sequence[int], until: datetime, by: str, why: str) -> int:
    """Let codes hold until then, where they and their offers would have ended before; returns how many. Raises Refused.

    An end of its own before that of its offer would end a coupon sooner wherever its own is what is shown.
    """
    if until <= now_by(clock, session):
        raise Refused(because(PAST, code="past"))
    ends = col(OfferRow.ends_at)
    over = select(col(OfferRow.id)).where(or_(ends.is_(None), ends < until))
    sooner = (C.state != CouponState.REPLACED, or_(C.ends_at.is_(None), C.ends_at < until), C.offer_id.in_(over))
    return _change(session, clock, coupons, sooner, {"ends_at": until}, (Happened.EXTENDED, by, why))


def end_with_offer(session: Session, offer: int, ends_at: datetime) -> None:
    """Forget ends of codes that their offer has overtaken: it holds until then now."""
    sooner = update(Coupon).where(C.offer_id == offer, C.ends_at < ends_at).values(ends_at=None)
    session.execute(sooner, execution_options=QUICK)


def _change(
    session: Session, clock: Clock, coupons: Sequence[int], which: tuple[Any, ...], to: dict[str, Any],
    what: tuple[Happened, str, str],
) -> int:  # fmt: skip
    _demand(what[2])
    done = 0
    for some in portions(coupons):
        change = update(Coupon).where(C.id.in_(some), *which).values(**to).returning(C.id)
        changed = list(session.execute(change, execution_options=QUICK).scalars())
        _tell(session, clock, changed, *what)
        done += len(changed)
    return done


def _tell(session: Session, clock: Clock, coupons: Sequence[int], what: Happened, by: str, why: str) -> None:
    words = (literal(what.value), literal(""), literal(""), literal(by), literal(why.strip()))
    at = literal(now_by(clock, session), Moment())
    lines = select(C.id, C.offer_id, *words, at).where(C.id.in_(coupons)).order_by(C.id)
    session.execute(insert(CouponEvent).from_select(EVENT_FIELDS, lines))


def _demand(why: str) -> None:
    if not why.strip():
        raise Refused(because(NO_WHY, code="no_why"))


def replaceable(session: Session, coupon: int, why: str) -> Coupon:
    """The coupon, locked, where another may be given for it. Raises Refused."""
    _demand(why)
    answered = session.execute(_answers(coupon).with_for_update()).scalars().all()
    query = select(Coupon).where(C.id == coupon).with_for_update()
    old = session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if old is None:
        raise Refused(because(NO_COUPON, code="no_coupon"))
    if old.state != CouponState.LIVE:
        raise Refused(because(NOT_LIVE, code="not_live"))
    if batch_kind(session, old) == BatchKind.GENERIC:
        raise Refused(because(EVERYBODYS, code="everybodys"))
    if old.held > sum(one.state == Redeemed.HELD for one in answered):
        raise Refused(because(IN_USE, code="in_use"))
    if old.most and old.used >= old.most:
        raise Refused(because(USED_UP, code="used_up"))
    return old


def _answers(coupon: int) -> Any:
    """What was answered to an invitation by this coupon."""
    mine = (col(Redemption.coupon_id) == coupon, col(Redemption.till) == ANSWERS)
    return select(Redemption).where(*mine).execution_options(populate_existing=True)


def batch_kind(session: Session, coupon: Coupon) -> str:
    return session.execute(select(col(CouponBatch.kind)).where(col(CouponBatch.id) == coupon.batch_id)).scalar_one()


def replaced(session: Session, clock: Clock, old: Coupon, code: str, by: str, why: str) -> Coupon:
    """Put the new code, which is there already, in the place of the old one."""
    new = find(session, code)
    assert new is not None and old.id is not None and new.id is not None
    new.replaces, new.ends_at, new.message_id = old.id, old.ends_at, old.message_id
    for answer in session.execute(_answers(old.id)).scalars():  # who was invited is expected by the new code
        answer.coupon_id, answer.key = new.id, answer_key(new.id)
    new.held, old.held = old.held, 0
    old.state = CouponState.REPLACED
    session.flush()
    _tell(session, clock, [old.id], Happened.REPLACED, by, why)
    _tell(session, clock, [new.id], Happened.ISSUED, by, why)
    return new


def give_on(session: Session, coupon: int) -> bool:
    """The use that a code got back is made by the one that was given for it, where it was replaced meanwhile.

    Returns whether it was.
    """
    state = session.execute(select(C.state).where(C.id == coupon)).scalar_one()
    if state == CouponState.REPLACED:
        last = _after(session, session.get_one(Coupon, coupon))[-1:]
        more = update(Coupon).where(C.id.in_(last), C.most > 0).values(most=C.most + 1)
        session.execute(more, execution_options=QUICK)
    return bool(state == CouponState.REPLACED)


@dataclass(frozen=True)
class Story:
    """All there is about a coupon: its batch, the codes it was given for and those given for it, what happened."""

    coupon: Coupon
    batch: CouponBatch
    before: tuple[int, ...]
    after: tuple[int, ...]
    events: tuple[CouponEvent, ...]


def story(session: Session, coupon: int) -> Story:
    """The whole history of a coupon, and of those it replaces. Raises Refused."""
    found = session.get(Coupon, coupon)
    if found is None:
        raise Refused(because(NO_COUPON, code="no_coupon"))
    batch = session.execute(select(CouponBatch).where(col(CouponBatch.id) == found.batch_id)).scalar_one()
    before, after = _before(session, found), _after(session, found)
    mine = select(CouponEvent).where(col(CouponEvent.coupon_id).in_([coupon, *before]))
    events = session.execute(mine.order_by(col(CouponEvent.at), col(CouponEvent.id))).scalars()
    return Story(found, batch, before, after, tuple(events))


def _before(session: Session, coupon: Coupon) -> tuple[int, ...]:
    chain: list[int] = []
    earlier = coupon.replaces
    while earlier is not None:
        chain.append(earlier)
        earlier = session.execute(select(C.replaces).where(C.id == earlier)).scalar()
    return tuple(chain)


def _after(session: Session, coupon: Coupon) -> tuple[int, ...]:
    batch = select(col(CouponBatch.id)).where(col(CouponBatch.once) == replacements(coupon.offer_id)).scalar_subquery()
    chain: list[int] = []
    later = coupon.id
    while later is not None:
        later = session.execute(select(C.id).where(C.batch_id == batch, C.replaces == later)).scalar()
        chain += [later] if later is not None else []
    return tuple(chain)
