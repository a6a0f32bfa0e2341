"""What is known of the company's tables: which contents were taken last, and how large the base is.

Sessions are given; nothing here opens or commits one.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, Customer, CustomerLoad
from models.dropped import DroppedFile, DropState
from models.purchases import Receipt
from tasks.tables.naming import FIRST, print_in, taken_before


@dataclass(frozen=True)
class Taken:
    """The contents of a file that were taken last; `mark` tells this taking from every other."""

    print: str = ""
    mark: str = FIRST


def last_taken(session: Session, stem: str) -> Taken:
    """By a loading of ours, or by a person who was asked."""
    load = last_load(session, stem)
    mine = (col(DroppedFile.once).startswith(stem), col(DroppedFile.state) == DropState.APPLIED)
    latest = select(DroppedFile).where(*mine).order_by(col(DroppedFile.applied_at).desc(), col(DroppedFile.id).desc())
    drop = session.execute(latest.limit(1)).scalar_one_or_none()
    if drop and (load is None or _is_behind(load, drop)):
        return Taken(print_in(drop.once), f"d{drop.id}")
    return Taken(print_in(load.source), f"l{load.id}") if load else Taken()


def _is_behind(load: CustomerLoad, drop: DroppedFile) -> bool:
    """Whether the drop was applied later; a clock may say the same of both."""
    assert load.applied_at is not None and drop.applied_at is not None
    return load.applied_at <= drop.applied_at and taken_before(load.source) != f"d{drop.id}"


def last_load(session: Session, stem: str) -> CustomerLoad | None:
    """The last loading of a file that came to its end."""
    mine = (col(CustomerLoad.source).startswith(stem), col(CustomerLoad.applied_at).is_not(None))
    query = select(CustomerLoad).where(*mine).order_by(col(CustomerLoad.applied_at).desc(), col(CustomerLoad.id).desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def is_begun(session: Session, source: str) -> bool:
    """Whether somebody has begun this very loading, and was cut off."""
    return session.execute(select(col(CustomerLoad.id)).where(col(CustomerLoad.source) == source)).first() is not None


def asked_about(session: Session, source: str) -> DroppedFile | None:
    """These contents, where a person was asked about them."""
    return session.execute(select(DroppedFile).where(col(DroppedFile.once) == source)).scalar_one_or_none()


def customers(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Customer)).scalar_one()


def reachable(session: Session) -> int:
    """How many addresses advertising may go to."""
    return session.execute(select(func.count()).select_from(Address).where(col(Address.open))).scalar_one()


def may_be_written_to(session: Session) -> int:
    """How many customers have such an address."""
    found = select(func.count(col(Address.customer_id).distinct())).where(col(Address.open))
    return session.execute(found).scalar_one()


def has_receipts(session: Session) -> bool:
    return session.execute(select(col(Receipt.id)).limit(1)).first() is not None
