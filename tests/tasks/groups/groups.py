"""Groups made and built by the rows themselves, for tests: on a clock of the test's own."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember, GroupTurn
from models.database import SetClock
from models.group_rules import Rule
from tasks.groups import rows
from tasks.groups.building.rows import Built, build, rule_of
from tasks.groups.order import in_order
from tasks.groups.parsing import parsed
from tasks.groups.rows import Draft
from tasks.groups.selection import wanted
from tasks.groups.touching.rows import forget, sweep
from tasks.groups.windows import AsOf
from tests.tasks.groups.department import DAY, midnight

Sessions = sessionmaker[Session]


def noon() -> SetClock:
    """A clock at noon of the day of the tests."""
    return SetClock(midnight(DAY) + timedelta(hours=12))


def as_of(clock: SetClock) -> AsOf:
    return AsOf(clock.at.astimezone(ZoneInfo("Europe/Moscow")).date(), "Europe/Moscow", "RUB")


def make(sessions: Sessions, clock: SetClock, key: str, rule: Rule | str | None, **more: Any) -> None:
    """A group; a rule of None is a list."""
    tree = parsed(rule) if isinstance(rule, str) else rule
    with sessions.begin() as session:
        rows.make(session, clock, Draft(key, key.title(), tree, **more), f"seed of {key}", "olga")


def rebuild(sessions: Sessions, clock: SetClock, whole: bool = False, few: int = 0) -> dict[str, Built]:
    """All groups as the engine builds them; by default only those who may have moved, however many they are."""
    with sessions() as session:
        needs = rows.needs(session)
    told_of = {one for of in needs.values() for one in of}
    done = {}
    with sessions.begin() as session:
        sweep(session)
    for key in in_order(needs):
        if needs[key]:
            with sessions.begin() as session:
                sweep(session)
        with sessions.begin() as session:
            done[key] = build(session, clock, key, as_of(clock), whole, key in told_of, few)
    with sessions.begin() as session:
        forget(session)
    return done


def members(sessions: Sessions, key: str) -> set[int]:
    with sessions() as session:
        return _members(session, key)


def _members(session: Session, key: str) -> set[int]:
    query = select(col(GroupMember.customer_id)).join(CustomerGroup, col(CustomerGroup.id) == GroupMember.group_id)
    return set(session.execute(query.where(col(CustomerGroup.key) == key)).scalars())


def check(sessions: Sessions, clock: SetClock) -> None:
    """Every group has whom it would have if all were looked at, and its history comes to its members."""
    with sessions() as session:
        for group in rows.groups(session):
            whole = session.execute(wanted(rule_of(group), group.id or 0, as_of(clock))).scalars().all()
            assert sorted(whole) == sorted(_members(session, group.key)), (group.key, group.text)
            assert replayed(session, group.id or 0) == _members(session, group.key), group.key
            last = rows.last_builds(session)[group.id or 0]
            turned = select(func.count()).where(col(GroupTurn.build_id) == last.id)
            assert session.execute(turned).scalar_one() == last.joined + last.left
            assert last.size == len(whole)


def replayed(session: Session, group: int) -> set[int]:
    """Who is in a group by its history alone; nobody joins twice, nor leaves who is not there."""
    inside: set[int] = set()
    turns = select(GroupTurn).where(col(GroupTurn.group_id) == group).order_by(col(GroupTurn.id))
    for turn in session.execute(turns).scalars():
        assert (turn.customer_id in inside) == (turn.what == "left")
        inside ^= {turn.customer_id}
    return inside
