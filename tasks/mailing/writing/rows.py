"""What letters are written with, read for a whole portion at once. Sessions are given; none is opened here."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, Customer
from models.database import Clock
from models.delivery import State
from models.letters import Ground
from models.mailings import Mailing, MailingVersion, Message, Stage
from models.reason import Reason
from tasks.delivery.statements import QUICK
from tasks.mailing.jobs import Due
from tasks.mailing.rows import PERSON
from tasks.mailing.statements import MESSAGE, M
from tasks.mailing.writing.caps import Cap
from tasks.returns.owed.rows import CONTROL

CAPPED, FIRST = "cap", "A"
O = Message.__table__.alias("other")  # type: ignore[attr-defined]  # noqa: E741
GOING = [State.PLANNED, State.INTENT, State.UNKNOWN]


def approved(session: Session, mailing: int, hash: str) -> MailingVersion | None:
    """The version that was approved, with what is sent of it."""
    query = select(MailingVersion).where(col(MailingVersion.mailing_id) == mailing, col(MailingVersion.hash) == hash)
    return session.execute(query.order_by(col(MailingVersion.n).desc()).limit(1)).scalar_one_or_none()


def mailing(session: Session, id: int) -> Mailing | None:
    return session.get(Mailing, id)


def _advertised(clock: Clock, mailing: int, cap: Cap, *more: Any) -> ColumnElement[bool]:
    """Whether another letter has gone to somebody within the days of the cap, as advertising."""
    other = and_(
        O.c.mailing_id != mailing, O.c.mailing_id == col(Mailing.id), col(Mailing.ground) == Ground.ADVERTISING
    )
    return and_(other, or_(O.c.sent_at > clock.plus(-cap.length), *more))


def _soon(clock: Clock, cap: Cap) -> ColumnElement[bool]:
    """Whether another is about to: it stands on a list that is being sent, and its time comes within these days.

    A list that was paused goes on some day, so it counts as well.
    """
    return and_(
        O.c.state.in_(GOING), O.c.sent_at.is_(None), O.c.due_at < clock.plus(cap.length),
        col(Mailing.stage).in_([Stage.SENDING, Stage.PAUSED]),
    )  # fmt: skip


def _perhaps() -> ColumnElement[bool]:
    """Whether another is in the air, or may have arrived."""
    return and_(O.c.state.in_([State.INTENT, State.UNKNOWN]), O.c.sent_at.is_(None))


def capped(session: Session, clock: Clock, mailing: int, customers: Collection[int], cap: Cap) -> set[int]:
    """Which of these have had as much advertising as they may get."""
    query = (
        select(O.c.customer_id).select_from(O).join(Mailing, col(Mailing.id) == O.c.mailing_id)
        .where(O.c.customer_id.in_(customers), _advertised(clock, mailing, cap, _perhaps()))
        .group_by(O.c.customer_id).having(func.count() >= cap.number)
    )  # fmt: skip
    return set(session.execute(query).scalars())


def cancel_capped(session: Session, clock: Clock, mailing: int, cap: Cap) -> int:
    """Take those off a new list who have had as much as they may get, or will by lists made before; returns how many.

    Lists are made one after the other, so of two that are made at once the second sees the first. Whoever a control
    group keeps it from is asked the same: they are compared with those who got it, so both sides lose the same people.
    """
    had = (
        select(func.count()).select_from(O).join(Mailing, col(Mailing.id) == O.c.mailing_id)
        .where(O.c.customer_id == M.customer_id, _advertised(clock, mailing, cap, _soon(clock, cap)))
        .correlate(MESSAGE).scalar_subquery()
    )  # fmt: skip
    full = update(MESSAGE).where(M.mailing_id == mailing, had >= cap.number)
    session.execute(full.where(M.variant == CONTROL).values(variant=FIRST, why=CAPPED), execution_options=QUICK)
    mine = full.where(M.state.in_([State.PLANNED, State.HELD]))
    change = mine.values(state=State.CANCELLED, why=CAPPED, settled_at=clock.plus())
    return int(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def pause(session: Session, mailing: int, hash: str, reason: Reason) -> bool:
    """Let nothing more of it go out, unless it is another version by now; False where it is not being sent."""
    mine = (col(Mailing.id) == mailing, col(Mailing.stage) == Stage.SENDING, col(Mailing.approved_hash) == hash)
    change = update(Mailing).where(*mine).values(stage=Stage.PAUSED, reason=reason.model_dump())
    return bool(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def somebody(session: Session, customer: int, kind: str = "email") -> dict[str, Any] | None:
    """A customer's own fields, and the address of this kind; None where there is no such customer."""
    query = (
        select(*(getattr(Customer, name) for name in PERSON), col(Address.written))
        .outerjoin(Address, and_(col(Address.customer_id) == col(Customer.id), col(Address.kind) == kind))
        .where(col(Customer.id) == customer)
    )  # fmt: skip
    found = session.execute(query).one_or_none()
    return dict(zip((*PERSON, "written"), found, strict=True)) if found else None


def unknown(session: Session, account: str, most: int, after: int, *which: Any) -> Sequence[tuple[Due, Message]]:
    """Letters whose outcome is unknown, with whom they were to, so that they can be written again as they were."""
    address = and_(col(Address.customer_id) == M.customer_id, col(Address.kind) == M.kind)
    someone = [getattr(Customer, name) for name in PERSON]
    query = (
        select(Message, col(Address.written), *someone)
        .outerjoin(Address, address).outerjoin(Customer, col(Customer.id) == M.customer_id)
        .where(M.account == account, M.state == State.UNKNOWN, M.id > after, *which).order_by(M.id).limit(most)
    )  # fmt: skip
    return [
        (Due(
            id=row.id or 0, mailing_id=row.mailing_id, customer_id=row.customer_id, kind=row.kind,
            occasion=row.occasion, variant=row.variant, domain=row.domain, zone=row.zone, generation=row.generation,
            attempts=row.attempts, written=written or "", print=row.print,
            person=dict(zip(PERSON, someone, strict=True)),
        ), row)
        for row, written, *someone in session.execute(query).tuples()
    ]  # fmt: skip
