"""What the pages about groups ask of the database, each in one statement. Sessions are given; none is opened here."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customer_groups import (
    CustomerGroup,
    GroupBuild,
    GroupCorrection,
    GroupListed,
    GroupMember,
)
from models.customers import Customer
from models.database import portions
from models.mailings import Mailing

B, M, K = GroupBuild, GroupMember, GroupCorrection


def recent_builds(session: Session, most: int) -> dict[int, list[GroupBuild]]:
    """The last builds of every group, the newest first."""
    place = func.row_number().over(partition_by=col(B.group_id), order_by=col(B.id).desc()).label("place")
    among = select(col(B.id).label("id"), place).subquery()
    query = select(B).join(among, among.c.id == B.id).where(among.c.place <= most).order_by(col(B.id).desc())
    found: dict[int, list[GroupBuild]] = {}
    for build in session.execute(query).scalars():
        found.setdefault(build.group_id, []).append(build)
    return found


def turned_since(session: Session, group_id: int, since: datetime) -> tuple[int, int]:
    """How many joined and left a group since then, by its builds."""
    sums = (func.coalesce(func.sum(B.joined), 0), func.coalesce(func.sum(B.left), 0))
    joined, left = session.execute(select(*sums).where(col(B.group_id) == group_id, col(B.at) >= since)).one()
    return int(joined), int(left)


def sample_of(session: Session, group_id: int, most: int) -> list[tuple[Customer, bool]]:
    """Some members, with whether they are in control: those who joined last."""
    query = (
        select(Customer, col(M.control)).join(M, col(M.customer_id) == Customer.id)
        .where(col(M.group_id) == group_id).order_by(col(M.since).desc(), col(M.customer_id)).limit(most)
    )  # fmt: skip
    return list(session.execute(query).tuples())


def customers(session: Session, ids: Collection[int]) -> list[Customer]:
    """These customers, in the order of their numbers."""
    query = select(Customer).where(col(Customer.id).in_(ids)).order_by(col(Customer.id))
    return list(session.execute(query).scalars())


def listed(session: Session, group_id: int) -> int:
    """How many customers the list of a static group names."""
    return session.execute(select(func.count()).where(col(GroupListed.group_id) == group_id)).scalar_one()


def listed_among(session: Session, group_id: int, ids: Collection[int]) -> int:
    """How many of these the list names."""
    query = select(func.count()).where(col(GroupListed.group_id) == group_id)
    parts = (query.where(col(GroupListed.customer_id).in_(some)) for some in portions(sorted(ids)))
    return sum(session.execute(part).scalar_one() for part in parts)


def there_are(session: Session, ids: Iterable[int]) -> set[int]:
    """Which of these numbers are customers."""
    queries = (select(col(Customer.id)).where(col(Customer.id).in_(some)) for some in portions(sorted(set(ids))))
    return {one for query in queries for one in session.execute(query).scalars() if one is not None}


def members_among(session: Session, key: str, ids: Collection[int]) -> set[int]:
    """Which of these customers are in a group now."""
    of = select(col(CustomerGroup.id)).where(col(CustomerGroup.key) == key).scalar_subquery()
    query = select(col(M.customer_id)).where(col(M.group_id) == of, col(M.customer_id).in_(ids))
    return set(session.execute(query).scalars())


def key_of(session: Session, id: int) -> str:
    """The key of the group of this id; "" where there is none."""
    return session.execute(select(col(CustomerGroup.key)).where(col(CustomerGroup.id) == id)).scalar() or ""


def members_of(group_id: int) -> Select[Any]:
    """The members of a group, as a query."""
    return select(col(M.customer_id)).where(col(M.group_id) == group_id)


def mailing_titles(session: Session, most: int) -> Sequence[tuple[str, str]]:
    """The keys and titles of mailings, the newest first."""
    query = select(col(Mailing.key), col(Mailing.title)).order_by(col(Mailing.id).desc()).limit(most)
    return session.execute(query).tuples().all()
