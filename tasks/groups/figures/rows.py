"""Figures of groups, each one statement however many customers there are. Sessions are given; none is opened here."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, distinct, func, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupBuild, GroupMember, GroupTurn, Turn
from models.customers import Address, AddressKind, Customer
from models.database import Clock
from models.purchases import PurchaseLine, Receipt
from tasks.customers.record.rows import why_not

SAMPLE, A_HANDFUL = 10, 5
CHOICES_MOST = 1000
CHOICES = {
    "city": col(Customer.city), "outlet": col(Customer.outlet), "zone": col(Customer.zone),
    "source": col(Customer.source), "product_group": col(PurchaseLine.product_group),
    "product": col(PurchaseLine.product), "bought_at": col(Receipt.outlet),
}  # fmt: skip


@dataclass(frozen=True)
class Overlap:
    """How many customers two groups share; of a group with itself its size. Jaccard: shared by all in either."""

    first: str
    second: str
    shared: int
    jaccard: float


@dataclass(frozen=True)
class Preview:
    """What a rule would come to: how many, how many may be sent advertising by kind, and why the others may not.

    `reach` counts addresses by kind and by the code of the first reason against it, "" where there is none;
    `without` those who have no address of a kind at all. `sample` are at most ten ids.
    """

    size: int
    reach: Counter[tuple[str, str]]
    without: dict[str, int]
    sample: tuple[int, ...]


@dataclass(frozen=True)
class Stay:
    """One line of a customer's history: what happened to them in which group."""

    group: str
    what: Turn
    at: datetime
    build: int


def overlap(session: Session, keys: Collection[str]) -> list[Overlap]:
    """How these groups overlap, each pair once and each group with itself, in the order of their keys."""
    mine, theirs = aliased(GroupMember), aliased(GroupMember)
    known = select(col(CustomerGroup.id), col(CustomerGroup.key)).where(col(CustomerGroup.key).in_(keys))
    named = dict(session.execute(known).tuples().all())
    query = (
        select(col(mine.group_id), col(theirs.group_id), func.count())
        .join(theirs, and_(col(theirs.customer_id) == col(mine.customer_id),
                           col(theirs.group_id) >= col(mine.group_id)))
        .where(col(mine.group_id).in_(named), col(theirs.group_id).in_(named))
        .group_by(col(mine.group_id), col(theirs.group_id))
    )  # fmt: skip
    shared = {(named[one], named[other]): number for one, other, number in session.execute(query).tuples()}
    shared |= {(other, one): number for (one, other), number in shared.items()}
    ordered = sorted(named.values())
    pairs = ((one, other) for place, one in enumerate(ordered) for other in ordered[place:])
    return [Overlap(one, other, shared.get((one, other), 0), _jaccard(shared, one, other)) for one, other in pairs]


def _jaccard(shared: dict[tuple[str, str], int], one: str, other: str) -> float:
    common = shared.get((one, other), 0)
    return common / (shared[one, one] + shared[other, other] - common) if common else 0.0


def sizes(keys: Collection[str]) -> Select[Any]:
    """How many are in these groups now, those in several counted as often."""
    of = select(col(CustomerGroup.id)).where(col(CustomerGroup.key).in_(keys))
    return select(func.count()).select_from(GroupMember).where(col(GroupMember.group_id).in_(of))


def drift(session: Session, key: str, most: int = 30) -> list[GroupBuild]:
    """The last builds of a group, the newest first: sizes, who came and went, who may be sent advertising."""
    of = select(col(CustomerGroup.id)).where(col(CustomerGroup.key) == key).scalar_subquery()
    query = select(GroupBuild).where(col(GroupBuild.group_id) == of).order_by(col(GroupBuild.id).desc()).limit(most)
    return list(session.execute(query).scalars())


def coverage(session: Session) -> tuple[int, int]:
    """How many customers are in at least one group in use, and how many there are."""
    used = select(col(CustomerGroup.id)).where(col(CustomerGroup.archived_at).is_(None))
    covered = select(func.count(distinct(col(GroupMember.customer_id)))).where(col(GroupMember.group_id).in_(used))
    everybody = select(func.count()).select_from(Customer)
    found = session.execute(select(covered.scalar_subquery(), everybody.scalar_subquery())).one()
    return found[0], found[1]


def history(session: Session, customer: int, most: int = 200) -> list[Stay]:
    """What happened to a customer in all groups, the newest first."""
    query = (
        select(col(CustomerGroup.key), col(GroupTurn.what), col(GroupTurn.at), col(GroupTurn.build_id))
        .join(CustomerGroup, col(CustomerGroup.id) == col(GroupTurn.group_id))
        .where(col(GroupTurn.customer_id) == customer).order_by(col(GroupTurn.id).desc()).limit(most)
    )  # fmt: skip
    return [Stay(key, Turn(what), at, build) for key, what, at, build in session.execute(query).tuples()]


def of_customer(session: Session, customer: int) -> list[tuple[str, datetime, bool]]:
    """In which groups a customer is now: key, since when, and whether in control."""
    query = (
        select(col(CustomerGroup.key), col(GroupMember.since), col(GroupMember.control))
        .join(CustomerGroup, col(CustomerGroup.id) == col(GroupMember.group_id))
        .where(col(GroupMember.customer_id) == customer).order_by(col(CustomerGroup.key))
    )  # fmt: skip
    return [(key, since, control) for key, since, control in session.execute(query).tuples()]


def preview(session: Session, clock: Clock, members: Select[Any]) -> Preview:
    """What these would come to as a group; nothing is written. Their addresses and names stay where they are."""
    who = members.subquery()
    size = session.execute(select(func.count()).select_from(who)).scalar_one()
    sample = session.execute(select(who.c.customer_id).order_by(who.c.customer_id).limit(SAMPLE)).scalars().all()
    reach = reach_among(session, clock, members)
    have = Counter[str]()
    for (kind, _), number in reach.items():
        have[kind] += number
    return Preview(size, reach, {kind.value: size - have[kind.value] for kind in AddressKind}, tuple(sample))


def reach_among(session: Session, clock: Clock, members: Select[Any]) -> Counter[tuple[str, str]]:
    """How many addresses of these there are by kind and by why no advertising may go there, "" where it may."""
    mine = col(Address.customer_id).in_(members)
    each = select(col(Address.kind), why_not(clock.plus()).label("why")).where(mine).subquery()
    counted = select(each.c.kind, each.c.why, func.count()).group_by(each.c.kind, each.c.why)
    return Counter({(kind, said): number for kind, said, number in session.execute(counted).tuples()})


def reach_of_group(session: Session, clock: Clock, key: str) -> Counter[tuple[str, str]]:
    """The same of the members of a group."""
    of = select(col(CustomerGroup.id)).where(col(CustomerGroup.key) == key).scalar_subquery()
    return reach_among(session, clock, select(col(GroupMember.customer_id)).where(col(GroupMember.group_id) == of))


def reach_of_groups(
    session: Session, clock: Clock, include: Collection[str], exclude: Collection[str] = ()
) -> Counter[tuple[str, str]]:
    """The same of whoever is in any of these groups and in none of those, each once."""
    members = select(col(GroupMember.customer_id)).join(
        CustomerGroup, col(CustomerGroup.id) == col(GroupMember.group_id)
    )
    key = col(CustomerGroup.key)
    of = members.where(key.in_(include)).distinct()
    if exclude:
        of = of.where(col(GroupMember.customer_id).not_in(members.where(key.in_(exclude))))
    return reach_among(session, clock, of)


def keys_of(session: Session, customers: Collection[int], keys: Collection[str]) -> dict[int, set[str]]:
    """In which of these groups customers are now: a letter may show a block to some of them only."""
    query = (
        select(col(GroupMember.customer_id), col(CustomerGroup.key))
        .join(CustomerGroup, col(CustomerGroup.id) == col(GroupMember.group_id))
        .where(col(GroupMember.customer_id).in_(customers), col(CustomerGroup.key).in_(keys))
    )  # fmt: skip
    found: dict[int, set[str]] = {}
    for customer, key in session.execute(query).tuples():
        found.setdefault(customer, set()).add(key)
    return found


def members_of(keys: Collection[str]) -> Select[Any]:
    """Who is in which of these groups now, as (customer_id, customer_group): for figures, never to write to them."""
    group = col(GroupMember.group_id) == col(CustomerGroup.id)
    query: Select[Any] = select(col(GroupMember.customer_id), col(CustomerGroup.key).label("customer_group"))
    return query.join(CustomerGroup, group).where(col(CustomerGroup.key).in_(keys))


def choices(session: Session, what: str) -> Sequence[str]:
    """What a drop-down of a condition offers, one of `CHOICES`: what there is in the base, in its order."""
    column = CHOICES[what]
    query = select(column).where(column != "").distinct().order_by(column).limit(CHOICES_MOST)
    return session.execute(query).scalars().all()


@dataclass(frozen=True)
class Bought:
    """A product group that members of a group buy: how many of them in a period, lately, and as long before that."""

    product_group: str
    buyers: int
    lately: int
    before: int


def bought(session: Session, key: str, since: datetime, lately: datetime, until: datetime, most: int) -> list[Bought]:
    """What the members of a group buy, the most bought first; what a handful bought says too much about each of them.

    `before` counts as long a stretch before `lately` as from then on.
    """
    of = select(col(CustomerGroup.id)).where(col(CustomerGroup.key) == key).scalar_subquery()
    at, who = col(Receipt.at), col(Receipt.customer_id)
    buyers = func.count(distinct(who))
    new = func.count(distinct(case((at >= lately, who))))
    old = func.count(distinct(case((and_(at >= lately - (until - lately), at < lately), who))))
    query = (
        select(col(PurchaseLine.product_group), buyers, new, old)
        .join(Receipt, col(Receipt.id) == col(PurchaseLine.receipt_id))
        .join(GroupMember, and_(col(GroupMember.customer_id) == who, col(GroupMember.group_id) == of))
        .where(at >= since, at < until, col(PurchaseLine.product_group) != "", col(PurchaseLine.amount) > 0)
        .group_by(col(PurchaseLine.product_group)).having(buyers >= A_HANDFUL)
        .order_by(buyers.desc(), col(PurchaseLine.product_group)).limit(most)
    )  # fmt: skip
    return [Bought(*row) for row in session.execute(query).tuples()]
