"""The coupons of mailings as rows: who is to get one, who has one. Sessions are given; none is opened.

A customer has one code of an offer that works, whatever mailings bring it: a letter that is sent again says the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.content import nearest
from models.customers import Customer
from models.database import Clock, Moment, now_by, portions
from models.delivery import State
from models.locale import mark
from models.mailings import Mailing, Stage
from models.offers import CodeKind, OfferTerms
from models.reason import NO_REASON, Reason, because
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
from tasks.codes.rows import live_like
from tasks.codes.shapes import Shape, check_space, shape_of
from tasks.content.references import refer
from tasks.delivery.statements import QUICK
from tasks.groups.control import in_control
from tasks.groups.recipients import people
from tasks.house import House
from tasks.mailing.coupons.checking import OfferLook, trouble
from tasks.mailing.lists.rows import KEPT_FROM, WAITS, WAITS_FOR_CODE
from tasks.mailing.statements import MESSAGE, M
from tasks.returns.owed.rows import CONTROL

COUPON = Coupon.__table__  # type: ignore[attr-defined]
C = COUPON.c
NO_SUCH = mark("There is no offer “{said}” that a mailing could carry. Nearest: {nearest}.")
USED, NO_CODE = "coupon_used", "no_code"
OPEN = [State.PLANNED, State.HELD]


@dataclass(frozen=True)
class Carried:
    """The offer of a mailing in its approved words."""

    id: int
    key: str
    title: str
    stage: OfferStage
    terms: OfferTerms
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def kind(self) -> CodeKind:
        return self.terms.codes.kind

    @property
    def is_given_out(self) -> bool:
        """Whether each recipient gets a code of their own."""
        return self.kind is not CodeKind.GENERIC


def carried(session: Session, key: str) -> Carried | None:
    """The offer of this key as it was approved; None where there is none, or nobody has approved it."""
    query = (
        select(OfferRow, col(OfferVersion.terms))
        .join(OfferVersion, and_(col(OfferVersion.offer_id) == col(OfferRow.id),
                                 col(OfferVersion.hash) == col(OfferRow.approved_hash)))
        .where(col(OfferRow.key) == key).order_by(col(OfferVersion.n).desc()).limit(1)
    )  # fmt: skip
    found = session.execute(query).first() if key else None
    if found is None:
        return None
    row, terms = found
    return Carried(row.id, row.key, row.title, OfferStage(row.stage), OfferTerms.model_validate(terms), row.starts_at,
                   row.ends_at)  # fmt: skip


def awaits_codes(session: Session, mailing: Mailing) -> bool:
    """Whether each of its letters goes only once its reader has a code."""
    offer = carried(session, mailing.offer)
    return offer is not None and offer.is_given_out


def look(session: Session, mailing: Mailing, zone: str) -> OfferLook | None:
    """How the offer of a mailing stands; None where it carries none."""
    if not mailing.offer:
        return None
    row = session.execute(select(OfferRow).where(col(OfferRow.key) == mailing.offer)).scalar_one_or_none()
    if row is None:
        return OfferLook(mailing.offer)
    offer = carried(session, mailing.offer)
    kind = offer.kind if offer else CodeKind.UNIQUE
    word = free(session, offer) if offer and kind is CodeKind.GENERIC else 0
    return OfferLook(
        row.key, row.title, OfferStage(row.stage), offer is not None, row.starts_at, row.ends_at, kind, word, zone=zone
    )  # fmt: skip


def look_closely(session: Session, mailing: Mailing, zone: str, number: int) -> OfferLook | None:
    """The same, and whether it has codes for so many recipients, which is asked before the first letter goes."""
    found, offer = look(session, mailing, zone), carried(session, mailing.offer)
    if found is None or offer is None or not offer.is_given_out:
        return found
    if offer.kind is CodeKind.IMPORTED:
        return replace(found, free=free(session, offer), holders=_holders(session, offer, mailing))
    shape = shape_of(offer.terms.codes)
    live, lacking = live_like(session, shape, offer.id), number * (100 - offer.terms.control_percent) // 100
    why = _crowded(shape, live + lacking)
    if why:  # who has one needs none, which is counted only where it matters
        why = _crowded(shape, live + max(0, lacking - _holders(session, offer, mailing)))
    return replace(found, space=why)


def _holders(session: Session, offer: Carried, mailing: Mailing) -> int:
    """How many of its recipients have a code of the offer that works."""
    whom = people(mailing.groups.get("include") or (), mailing.groups.get("exclude") or ())
    mine = (C.offer_id == offer.id, C.customer_id.in_(whom), *works())
    return session.execute(select(func.count(C.customer_id.distinct())).where(*mine)).scalar_one()


def _crowded(shape: Shape, live: int) -> Reason:
    try:
        check_space(shape, live)
    except Refused as refused:
        return refused.reason
    return NO_REASON


def offer_trouble(session: Session, house: House, mailing: Mailing) -> Reason:
    """Why no letter of a mailing may go now, by its offer; no reason where it may, or carries none."""
    found = look(session, mailing, house.workspace.company.zone)
    return trouble(found, now_by(house.clock, session)) if found else NO_REASON


def offer_called(session: Session, said: str) -> str:
    """The key of the offer that is named by key or title; "" stays "". Raises Refused."""
    if not said.strip():
        return ""
    known = {key: title for key, title, _ in offers(session)}
    key = refer(said, known)
    if key is None:
        near = ", ".join(nearest(said.strip(), list(known), 3, 0.0)) or "—"
        raise Refused(because(NO_SUCH, code="no_offer", said=said, nearest=near))
    return key


def free(session: Session, offer: Carried) -> int:
    """How many imported codes are nobody's; of a generic one, whether it is there."""
    if offer.kind is CodeKind.UNIQUE:
        return 0
    return session.execute(select(func.count()).select_from(COUPON).where(*nobodys(offer))).scalar_one()


def nobodys(offer: Carried) -> tuple[ColumnElement[bool], ...]:
    """Codes of an offer that may be given to anybody, or that are everybody's."""
    mine = (C.offer_id == offer.id, C.state == CouponState.LIVE.value)
    if offer.kind is CodeKind.GENERIC:
        return (*mine, _of_kind(BatchKind.GENERIC))
    return (*mine, C.customer_id.is_(None), C.message_id.is_(None), C.used == 0, C.held == 0,
            _of_kind(BatchKind.IMPORTED))  # fmt: skip


def _of_kind(kind: BatchKind) -> ColumnElement[bool]:
    found: ColumnElement[bool] = C.batch_id.in_(select(col(CouponBatch.id)).where(col(CouponBatch.kind) == kind.value))
    return found


def offers(session: Session, most: int = 200) -> list[tuple[str, str, OfferStage]]:
    """The offers a mailing may carry, those that are open first, the newest before others."""
    open_first = case((col(OfferRow.stage) == OfferStage.OPEN, 0), else_=1)
    query = select(col(OfferRow.key), col(OfferRow.title), col(OfferRow.stage)).where(
        col(OfferRow.stage) != OfferStage.ENDED
    )
    found = session.execute(query.order_by(open_first, col(OfferRow.id).desc()).limit(most)).tuples()
    return [(key, title, OfferStage(stage)) for key, title, stage in found]


# Who is to get one, settled with the list.


def settle_arms(session: Session, clock: Clock, mailing: int, offer: Carried, batch: int | None) -> None:
    """Write down who is to get a coupon and who is kept without, and keep those from the mailing: one comparison.

    Whoever the groups' control keeps from the mailing is the control arm; where they keep nobody, the offer's own lot
    draws it among the recipients. Whoever has an arm keeps it, so a second mailing asks no second lot.
    """
    mine = (M.mailing_id == mailing,)
    kept = select(M.customer_id).where(*mine, M.variant == CONTROL)
    has_control = session.execute(select(kept.exists())).scalar_one()
    share = 0 if has_control else 10 * offer.terms.control_percent
    drawn = case((in_control(f"offer {offer.id}", share, M.customer_id), Arm.CONTROL.value), else_=Arm.TREATED.value)
    open_ = (*mine, M.state.in_(OPEN), M.variant != CONTROL)
    _draw(session, clock, offer, literal(Arm.CONTROL.value), None, (*mine, M.variant == CONTROL))
    _draw(session, clock, offer, drawn, batch, open_)
    without = select(col(OfferArm.customer_id)).where(
        col(OfferArm.offer_id) == offer.id, col(OfferArm.arm) == Arm.CONTROL.value
    )
    change = update(MESSAGE).where(*open_, M.customer_id.in_(without))
    kept_from = {"variant": CONTROL, "state": State.CANCELLED, "why": KEPT_FROM}
    session.execute(change.values(**kept_from), execution_options=QUICK)


def _draw(session: Session, clock: Clock, offer: Carried, arm: Any, batch: int | None, which: Sequence[Any]) -> None:
    row = select(
        literal(offer.id), M.customer_id, arm, literal(batch, OfferArm.__table__.c.batch_id.type),  # type: ignore[attr-defined]
        literal(now_by(clock, session), Moment()),
    ).where(*which).distinct()  # fmt: skip
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    make = dialect.insert(OfferArm).from_select(["offer_id", "customer_id", "arm", "batch_id", "at"], row)
    session.execute(make.on_conflict_do_nothing(index_elements=["offer_id", "customer_id"]))


# Who waits for one.


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for its code. `has`: the customer has one that works, `had`: one of this offer at all."""

    id: int
    customer: int
    is_there: bool
    has: bool
    had: bool


def waiting_mailings(session: Session) -> list[int]:
    """The mailings on their way of which letters wait for codes."""
    waits = exists().where(M.mailing_id == col(Mailing.id), M.state == State.HELD, M.why == WAITS_FOR_CODE)
    query = select(col(Mailing.id)).where(col(Mailing.stage) == Stage.SENDING, col(Mailing.offer) != "", waits)
    return [id for id in session.execute(query.order_by(col(Mailing.due_at), col(Mailing.id))).scalars() if id]


def locked(session: Session, key: str) -> None:
    """Let nobody else give codes of this offer to recipients before this transaction ends; tills go on."""
    session.execute(select(col(OfferRow.id)).where(col(OfferRow.key) == key).with_for_update(key_share=True))


def waiting(session: Session, mailing: int, offer: Carried, after: int, most: int) -> list[Waiting]:
    """The next letters behind this one that wait for a code; those who wait for the winner have theirs ready too."""
    whose = (C.customer_id == M.customer_id, C.offer_id == offer.id)
    has = exists().where(*whose, *works())
    had = exists().where(*whose, C.state != CouponState.REPLACED.value)
    there = exists().where(col(Customer.id) == M.customer_id)
    wanted = or_(M.why == WAITS_FOR_CODE, and_(M.why == WAITS, there, ~has))
    query = select(M.id, M.customer_id, there, has, had).where(
        M.mailing_id == mailing, M.state == State.HELD, wanted, M.id > after
    )
    return [Waiting(*row) for row in session.execute(query.order_by(M.id).limit(most)).tuples()]


def works() -> tuple[ColumnElement[bool], ...]:
    """What makes a code one that a till would still take."""
    return C.state == CouponState.LIVE.value, or_(C.most == 0, C.used < C.most)


def link(session: Session, offer: Carried, letters: Mapping[int, int]) -> None:
    """Write which letter brings codes that their customers have already, from elsewhere; `letters` by customer."""
    mine = (C.offer_id == offer.id, C.customer_id == bindparam("b_customer"), C.message_id.is_(None), *works())
    rows = [{"b_customer": customer, "b_letter": letter} for customer, letter in letters.items()]
    if rows:
        session.connection().execute(update(COUPON).where(*mine).values(message_id=bindparam("b_letter")), rows)


def take_free(session: Session, offer: Carried, lacking: Sequence[Waiting]) -> int:
    """Give imported codes that are nobody's to these, as far as they go; returns how many got one."""
    query = select(C.id).where(*nobodys(offer)).order_by(C.id).limit(len(lacking)).with_for_update(of=COUPON)
    found = list(session.execute(query).scalars())
    rows = [{"b_id": id, "b_customer": one.customer, "b_letter": one.id} for id, one in zip(found, lacking)]  # noqa: B905
    if rows:
        change = update(COUPON).where(C.id == bindparam("b_id"))
        session.connection().execute(
            change.values(customer_id=bindparam("b_customer"), message_id=bindparam("b_letter")), rows
        )
    return len(rows)


def let_go(session: Session, ids: Collection[int]) -> None:
    """These have their codes: they go when their time comes."""
    for some in portions(sorted(ids)):
        mine = (M.id.in_(some), M.state == State.HELD, M.why == WAITS_FOR_CODE)
        session.execute(update(MESSAGE).where(*mine).values(state=State.PLANNED, why=""), execution_options=QUICK)


def keep_back(session: Session, clock: Clock, ids: Collection[int], state: State, why: str) -> None:
    """These do not go, for this reason."""
    for some in portions(sorted(ids)):
        mine = update(MESSAGE).where(M.id.in_(some), M.state == State.HELD)
        session.execute(mine.values(state=state, why=why, settled_at=clock.plus()), execution_options=QUICK)
