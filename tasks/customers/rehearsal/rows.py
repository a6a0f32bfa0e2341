"""A small database of its own with those whom a table is about, as they are now.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from models.cards import PointsCounted
from models.customer_groups import CustomerGroup, CustomerTouched, GroupCorrection, GroupListed
from models.customers import Address, ConsentAct, Customer, Suppression
from models.database import portions
from models.loyalty import Card, PointsBalance, PointsLot, PointsMove
from models.purchases import PurchaseLine, Receipt
from models.redemptions import Coupon, OfferArm, Redemption
from models.tables import METADATA
from tasks.customers.reading import CustomerRow
from tasks.customers.rows import Loading, named_by, prints_of
from tasks.delivery.rows import insert_quietly

TABLES = tuple(METADATA.tables[str(table.__tablename__)] for table in (Customer, Address, ConsentAct, Suppression))
CUSTOMER, ADDRESS, ACT, STOP = TABLES
# Asked for or written to, not copied.
EMPTY = tuple(
    METADATA.tables[str(table.__tablename__)]
    for table in (
        Receipt, PurchaseLine, CustomerGroup, CustomerTouched, GroupListed, GroupCorrection, Card, Coupon, Redemption,
        OfferArm, PointsBalance, PointsMove, PointsLot, PointsCounted,
    )
)  # fmt: skip
FAR = 1_000_000_000


@dataclass
class Copied:
    """Who is in the copy already, and of which addresses it knows what was said.

    `open` are the addresses that advertising might go to, as hashes: tables have a million rows.
    """

    customers: set[int] = field(default_factory=set)
    prints: set[str] = field(default_factory=set)
    open: set[int] = field(default_factory=set)


def begin(source: Session, copy: Session, now: datetime) -> None:
    """Let whoever is new in the rehearsal get a number that nobody has or will soon: who is known keeps theirs."""
    last = source.execute(select(func.max(CUSTOMER.c.id))).scalar() or 0
    copy.add(Customer(id=last + FAR, created_at=now, changed_at=now))
    copy.flush()


def copy_concerned(source: Session, copy: Session, rows: Sequence[CustomerRow], of: Loading, copied: Copied) -> None:
    """Bring in those whom these rows name, with their addresses, what they agreed to, and the stop-list."""
    ids = named_by(source, rows) - copied.customers
    prints = {print_ for row in rows for print_ in prints_of(row, of.printed)}
    for some in portions(sorted(ids)):
        _bring(copy, CUSTOMER, _found(source, CUSTOMER, CUSTOMER.c.id, some))
        ways = _found(source, ADDRESS, ADDRESS.c.customer_id, some)
        _bring(copy, ADDRESS, _without_id(ways))
        prints |= {way["print"] for way in ways}
        copied.open |= {hash(way["print"]) for way in ways if way["open"]}
        _bring_acts(copy, _found(source, ACT, ACT.c.customer_id, some))
    for these in portions(sorted(prints - copied.prints)):
        _bring_acts(copy, _found(source, ACT, ACT.c.print, these))
        _bring(copy, STOP, _without_id(_found(source, STOP, STOP.c.print, these)))
    copied.customers |= ids
    copied.prints |= prints


def lost(copy: Session, copied: Copied) -> int:
    """How many addresses advertising might go to before, and may not now."""
    still = copy.execute(select(ADDRESS.c.print).where(ADDRESS.c.open)).scalars()
    return len(copied.open - {hash(print_) for print_ in still})


def _found(source: Session, table: Table, column: Any, wanted: Sequence[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in source.execute(select(table).where(column.in_(wanted))).mappings()]


def _bring(copy: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        copy.execute(insert(table), rows)


def _bring_acts(copy: Session, rows: list[dict[str, Any]]) -> None:
    """One that is about an address and a customer comes twice, and is there once."""
    if rows:
        copy.execute(insert_quietly(copy, ConsentAct, ["once"]), _without_id(rows))


def _without_id(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Under numbers of the copy's own: what is said in it has some already."""
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]
