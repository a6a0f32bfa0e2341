"""A group built in one transaction: who belongs in it is asked once, and only the difference is written.

The group's row is locked first, so two builds at once are as good as one after the other; whoever is killed leaves the
former state whole. Sessions are given; nothing here opens or commits one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    case,
    delete,
    distinct,
    func,
    insert,
    literal,
    select,
    text,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customer_groups import TURNS, CustomerGroup, GroupBuild, Turn
from models.customers import Address, AddressKind, Customer
from models.database import Clock, now_by
from models.group_rules import Rule, read_rule
from tasks.delivery.statements import QUICK
from tasks.groups.control import in_control
from tasks.groups.moving import moved, moves_everybody
from tasks.groups.selection import wanted
from tasks.groups.sources import MEMBER, Among
from tasks.groups.touching.rows import TOUCHED, newest_batch, touch_all_of
from tasks.groups.windows import AsOf

TEMPORARY = MetaData()
TURNED = Table("group_turned", TEMPORARY, Column("customer_id", Integer), Column("is_joining", Boolean))
AMONG = Table("group_among", TEMPORARY, Column("customer_id", Integer, primary_key=True))
MADE = {
    "sqlite": (
        "CREATE TEMPORARY TABLE IF NOT EXISTS group_turned (customer_id INTEGER PRIMARY KEY, is_joining BOOLEAN)",
        "CREATE TEMPORARY TABLE IF NOT EXISTS group_among (customer_id INTEGER PRIMARY KEY)",
        "DELETE FROM group_turned",
        "DELETE FROM group_among",
    ),
    "postgresql": (
        "CREATE TEMPORARY TABLE IF NOT EXISTS group_turned (customer_id integer, is_joining boolean) "
        "ON COMMIT DELETE ROWS",
        "CREATE TEMPORARY TABLE IF NOT EXISTS group_among (customer_id integer PRIMARY KEY) ON COMMIT DELETE ROWS",
        "DELETE FROM group_turned",
        "DELETE FROM group_among",
    ),
}
COUNTED = {"preserve_rowcount": True}
FEW = 5  # fewer than one in so many: looking at them alone is cheaper than at everybody
M, W = MEMBER.c, TURNED.c
ANY = "any"


@dataclass(frozen=True)
class Built:
    """What a build came to."""

    group_id: int
    key: str
    id: int
    whole: bool
    looked_at: int
    size: int
    control: int
    joined: int
    left: int
    open: dict[str, int]
    at: datetime


def rule_of(group: CustomerGroup) -> Rule | None:
    """The rule as it is stored; None of a static group."""
    return None if group.rule is None else read_rule(group.rule)


def build(
    session: Session, clock: Clock, key: str, as_of: AsOf, whole: bool = False, tells: bool = False, few: int = FEW
) -> Built:
    """Bring the members of a group up to the end of a day; costs what changed, unless all must be looked at.

    `tells`: other groups are made of this one, so whoever turns is touched. More than one in `few` are all. Raises
    Refused where a condition of its rule cannot be answered.
    """
    group = locked(session, key)
    rule, id, newest = rule_of(group), group.id or 0, newest_batch(session)
    _make_room(session)
    among = None if whole else _among(session, group, rule, as_of, newest, few)
    looked_at = _count(session, AMONG if among is not None else Customer)
    made = GroupBuild(
        group_id=id, version=group.version, at=now_by(clock, session), whole=among is None, looked_at=looked_at
    )  # fmt: skip
    session.add(made)
    session.flush()
    _turn(session, wanted(rule, id, as_of, among), id, among)
    joined, left = _write(session, group, made)
    if tells:
        touch_all_of(session, select(W.customer_id))
    group.seen, group.built_as = newest, as_of.stamp
    made.joined, made.left = joined, left
    made.size, made.control, made.open = _counted(session, id)
    session.flush()
    return Built(
        id, key, made.id or 0, made.whole, looked_at, made.size, made.control, joined, left, made.open, made.at
    )


def locked(session: Session, key: str) -> CustomerGroup:
    """The group, for this transaction alone."""
    query = select(CustomerGroup).where(col(CustomerGroup.key) == key).with_for_update()
    return session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def postpone(session: Session, key: str) -> None:
    """A group that cannot be built now is built whole when it can; what was touched meanwhile waits for it no more."""
    group = locked(session, key)
    group.seen, group.built_as = newest_batch(session), ""
    session.flush()


def _make_room(session: Session) -> None:
    connection = session.connection()
    for statement in MADE[connection.dialect.name]:
        connection.execute(text(statement))


def _among(
    session: Session, group: CustomerGroup, rule: Rule | None, as_of: AsOf, newest: int, few: int
) -> Among:  # fmt: skip
    """Who may have come or gone since the last build; None where that is everybody, or so many that all is cheaper."""
    former = as_of.former(group.built_as)
    if former is None or moves_everybody(rule, former, as_of):
        return None
    touched = select(TOUCHED.c.customer_id).where(TOUCHED.c.batch > group.seen, TOUCHED.c.batch <= newest)
    whoever = union(touched.distinct(), *moved(rule, former, as_of)).subquery()  # one of them alone keeps its doubles
    there = select(col(Customer.id)).where(col(Customer.id).in_(select(whoever.c[0])))  # the erased leave their marks
    session.connection().execute(insert(AMONG).from_select(["customer_id"], there))
    if _count(session, AMONG) * few > _count(session, Customer):
        return None
    if session.connection().dialect.name == "postgresql":  # else it takes them for thousands, and reads all receipts
        session.connection().execute(text("ANALYZE group_among"))
    return select(AMONG.c.customer_id)


def _count(session: Session, table: Any) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def _turn(session: Session, wanted: Any, id: int, among: Among) -> None:
    """Who belongs in it and is not there, and who is there and does not belong."""
    belong, there = wanted.subquery(), select(M.customer_id, literal(-1).label("side")).where(M.group_id == id)
    if among is not None:
        there = there.where(M.customer_id.in_(among))
    both = union_all(select(belong.c.customer_id, literal(1).label("side")), there).subquery()
    side = func.sum(both.c.side)
    turned = select(both.c.customer_id, side > 0).group_by(both.c.customer_id).having(side != 0)
    session.connection().execute(insert(TURNED).from_select(["customer_id", "is_joining"], turned))


def _write(session: Session, group: CustomerGroup, made: GroupBuild) -> tuple[int, int]:
    """Write what turned into the history and the members; returns how many joined and left."""
    connection, id = session.connection(), group.id or 0
    what = case((W.is_joining, Turn.JOINED.value), else_=Turn.LEFT.value)
    line = select(literal(id), W.customer_id, what, literal(made.id), literal(made.at))
    written = insert(TURNS).from_select(["group_id", "customer_id", "what", "build_id", "at"], line)
    turned = connection.execute(written, execution_options=COUNTED).rowcount
    if not turned:
        return 0, 0
    drawn = in_control(group.seed, group.control_share, W.customer_id)
    member = select(literal(id), W.customer_id, drawn, literal(made.at)).where(W.is_joining)
    written = insert(MEMBER).from_select(["group_id", "customer_id", "control", "since"], member)
    joined = connection.execute(written, execution_options=COUNTED).rowcount
    if turned > joined:
        gone = select(W.customer_id).where(~W.is_joining)
        connection.execute(delete(MEMBER).where(M.group_id == id, M.customer_id.in_(gone)))
    return joined, turned - joined


def _counted(session: Session, id: int) -> tuple[int, int, dict[str, int]]:
    """How many are in it, in control, and may be sent advertising: by kind, and at all."""
    size, control = session.execute(
        select(func.count(), func.count(case((M.control, 1)))).where(M.group_id == id)
    ).one()  # fmt: skip
    return size, control, deliverable(session, select(M.customer_id).where(M.group_id == id))


def deliverable(session: Session, members: Select[Any]) -> dict[str, int]:
    """How many of these may be sent advertising, by kind of address, and at all."""
    who, kinds = members.subquery(), list(AddressKind)
    is_theirs = and_(col(Address.customer_id) == who.c.customer_id, col(Address.open))
    counted = [func.count(case((col(Address.kind) == kind.value, 1))) for kind in kinds]
    query = select(func.count(distinct(who.c.customer_id)), *counted).join_from(who, Address, is_theirs)
    any_, *by_kind = session.execute(query).one()
    return {ANY: any_} | {kind.value: number for kind, number in zip(kinds, by_kind, strict=True) if number}


def draw_anew(session: Session, group: CustomerGroup) -> None:
    """Let the members be in control, or not, as the group's share and seed have it now."""
    drawn = in_control(group.seed, group.control_share, M.customer_id)
    change = update(MEMBER).where(M.group_id == group.id, M.control != drawn).values(control=~M.control)
    session.execute(change, execution_options=QUICK)
