"""The queue of touched customers: whoever changes something about one says so in the same transaction.

It is said by the code that writes, not by triggers of the database: a portion of a thousand receipts says it in one go
(a trigger fires for each), and a migration that makes a table of SQLite anew drops its triggers without a word. What
nobody has said is found at the next whole build, every night. Sessions are given; nothing here opens or commits one.

Numbers of a queue are given before a transaction is committed, so the last number seen says nothing about what is still
to come. Therefore a sweep gives what it sees a batch of its own; sweeps follow one another, and so do batches.
"""

from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    String,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customer_groups import CustomerGroup, CustomerTouched, GroupCorrection, GroupListed
from models.database import portions

TOUCHED: Table = CustomerTouched.__table__  # type: ignore[attr-defined]
LISTED: Table = GroupListed.__table__  # type: ignore[attr-defined]
CORRECTION: Table = GroupCorrection.__table__  # type: ignore[attr-defined]
GROUP: Table = CustomerGroup.__table__  # type: ignore[attr-defined]
T = TOUCHED.c
SWEEPING = 0x07DE3
# Thousands of numbers go over as one value: bound one by one they cost several times as much.
LIST = func.json_each(bindparam("ids", type_=String)).table_valued("value").c.value
ARRAY_OF_THEM = func.unnest(bindparam("ids", type_=ARRAY(BigInteger))).column_valued("one")
EACH_OF_A_LIST, EACH_OF_AN_ARRAY = (
    insert(TOUCHED).from_select(["customer_id"], select(one)) for one in (LIST, ARRAY_OF_THEM)
)


def touch(session: Session, customers: Iterable[int | None]) -> None:
    """Say that something about these customers has changed: they are looked at when groups are built next."""
    ids = sorted({id for id in customers if id is not None})
    if not ids:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(EACH_OF_AN_ARRAY, {"ids": ids})
    else:
        session.connection().execute(EACH_OF_A_LIST, {"ids": dumps(ids)})


def touch_all_of(session: Session, query: Select[Any]) -> None:
    """The same of all whose ids a query finds."""
    session.connection().execute(insert(TOUCHED).from_select(["customer_id"], query))


def sweep(session: Session) -> None:
    """Give a batch to whatever has been committed since the last sweep. Sweeps wait for one another."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(SWEEPING)))
    if session.execute(select(exists().where(T.batch.is_(None)))).scalar():
        change = update(TOUCHED).where(T.batch.is_(None)).values(batch=newest_batch(session) + 1)
        session.connection().execute(change)


def newest_batch(session: Session) -> int:
    """The last batch there is or was: a group remembers what it has taken in when the queue is empty again."""
    there = select(func.max(T.batch)).scalar_subquery()
    taken = select(func.max(col(CustomerGroup.seen))).scalar_subquery()
    return max(value or 0 for value in session.execute(select(there, taken)).one())


def forget(session: Session) -> int:
    """Let go of what every group has taken in; a group that was just made remembers from where on it must."""
    behind = select(func.min(GROUP.c.seen)).where(GROUP.c.archived_at.is_(None)).scalar_subquery()
    taken = or_(T.batch <= behind, behind.is_(None))
    return session.connection().execute(delete(TOUCHED).where(T.batch.is_not(None), taken)).rowcount


def move(session: Session, into: Mapping[int, int]) -> None:
    """Lists and corrections of one customer are another's: they are one, as {former: now}; what both have stays once.

    Called before the former is removed, with which the rest of theirs goes.
    """
    pairs = [{"b_former": former, "b_now": now} for former, now in into.items()]
    for some in portions(pairs):
        for table, in_force in ((LISTED, []), (CORRECTION, [CORRECTION.c.lifted_at.is_(None)])):
            other = table.alias()
            doubled = [other.c.lifted_at.is_(None)] if in_force else []
            has = exists().where(
                other.c.group_id == table.c.group_id, other.c.customer_id == bindparam("b_now"), *doubled
            )  # fmt: skip
            change = update(table).where(table.c.customer_id == bindparam("b_former"), *in_force, ~has)
            session.connection().execute(change.values(customer_id=bindparam("b_now")), list(some))
