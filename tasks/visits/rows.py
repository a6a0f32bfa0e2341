"""The rows of visits and short links. Sessions are given; nothing here opens or commits one."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.desk import Visited, VisitKind
from models.reaction import TrackedLink, Visit

KEYS = ["kind", "key", "hour", "robot"]


def count(session: Session, visits: Sequence[Visited]) -> None:
    """Add visits to their hours: one statement for a whole burst, in one order, so that two writers do not lock."""
    if not visits:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    put = dialect.insert(Visit)
    added = col(Visit.number) + put.excluded.number
    rows = sorted((visit.model_dump() for visit in visits), key=lambda row: [str(row[key]) for key in KEYS])
    session.execute(put.on_conflict_do_update(index_elements=KEYS, set_={"number": added}), rows)


def address_of(session: Session, code: str) -> str | None:
    """Where a short link leads."""
    return session.execute(select(col(TrackedLink.url)).where(col(TrackedLink.code) == code)).scalar_one_or_none()


def views(session: Session, pages: Collection[str]) -> dict[str, int]:
    """How often people viewed these pages of the site, by the page's key, which is the placement's remote id."""
    query = (
        select(col(Visit.key), func.sum(Visit.number)).group_by(col(Visit.key))
        .where(col(Visit.kind) == VisitKind.VIEW, col(Visit.key).in_(pages), col(Visit.robot).is_(False))
    )  # fmt: skip
    return {key: int(number) for key, number in session.execute(query)}
