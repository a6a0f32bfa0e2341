"""A small department: its customers as plain values, written into a database, and rules judged by plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from models.customers import Act, Address, AddressKind, ConsentAct, Customer, Purpose
from models.group_rules import (
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Counted,
    Everyone,
    Has,
    InGroup,
    Joined,
    Not,
    Period,
    Purchases,
    Reachable,
    Rule,
    Scored,
    Today,
    Where,
)
from models.purchases import PurchaseLine, Receipt
from models.tables import METADATA
from tests.conftest import empty
from tests.tasks.groups.rules import CITIES, GOODS, OUTLETS, PRODUCTS

ZONE, MINUTE = ZoneInfo("Europe/Moscow"), timedelta(minutes=1)
DAY = date(2026, 2, 27)
COMPARE: dict[str, Any] = {
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}  # fmt: skip


@dataclass
class Sold:
    """A line: product group, product, quantity in thousandths, minor units."""

    group: str
    product: str
    quantity: int
    amount: int


@dataclass
class Till:
    """A receipt."""

    at: datetime
    outlet: str
    lines: list[Sold]


@dataclass
class Someone:
    """A customer with all there is about them; `said` are acts as (purpose, act, kind, when)."""

    id: int = 0
    city: str = ""
    outlet: str = ""
    zone: str = ""
    source: str = ""
    birthday: str = ""
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    ways: dict[AddressKind, bool] = field(default_factory=dict)
    said: list[tuple[Purpose, Act, AddressKind, datetime]] = field(default_factory=list)
    tills: list[Till] = field(default_factory=list)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


# Moments at which windows begin and end, and a minute beside them; some are still to come.
MOMENTS = st.builds(
    lambda days, minutes: midnight(DAY - timedelta(days=days)) + minutes * MINUTE,
    st.sampled_from([-400, -40, -2, -1, 0, 1, 2, 7, 30, 31, 88, 89, 90, 91, 365, 366]),
    st.sampled_from([-1, 0, 1, 600]),
)
LINES = st.builds(
    Sold, st.sampled_from(GOODS), st.sampled_from(PRODUCTS), st.sampled_from([500, 1000, 2125]),
    st.sampled_from([-1000, -450, 0, 100, 450, 1000, 2575]),
)  # fmt: skip
TILLS = st.builds(Till, MOMENTS, st.sampled_from(OUTLETS), st.lists(LINES, min_size=1, max_size=2))
SAID = st.tuples(st.sampled_from(Purpose), st.sampled_from([Act.GIVEN, Act.GIVEN, Act.WITHDRAWN]),
                 st.sampled_from(AddressKind), MOMENTS)  # fmt: skip
BIRTHDAYS = st.sampled_from(["", "02-29", "1996-02-29", "1990-02-28", "03-01", "2000-02-27", "1990-12-31", "01-01"])
SOMEONE = st.builds(
    Someone, city=st.sampled_from(["", *CITIES]), outlet=st.sampled_from(["", *OUTLETS]),
    source=st.sampled_from(["", *OUTLETS]), birthday=BIRTHDAYS, created_at=MOMENTS,
    ways=st.dictionaries(st.sampled_from(AddressKind), st.booleans()), said=st.lists(SAID, max_size=4),
    tills=st.lists(TILLS, max_size=4),
)  # fmt: skip
DEPARTMENTS = st.lists(SOMEONE, min_size=1, max_size=7)


def numbered(people: list[Someone]) -> list[Someone]:
    for number, one in enumerate(people, 1):
        one.id = number
    return people


def clear(engine: Engine) -> None:
    """An empty database again."""
    if engine.dialect.name == "postgresql":
        empty(engine)
        return
    with engine.begin() as connection:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        kept = connection.exec_driver_sql(triggers).all()
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
        for _, sql in kept:
            connection.exec_driver_sql(sql)


def print_of(one: Someone, kind: AddressKind) -> str:
    return f"{kind} of {one.id}"


def write(session: Session, people: Sequence[Someone]) -> None:
    """All of them with all there is about them, as the loaders would have left it."""
    for one in people:
        session.add(Customer(
            id=one.id, code=str(one.id), city=one.city, outlet=one.outlet, zone=one.zone, source=one.source,
            birthday=one.birthday, created_at=one.created_at, changed_at=one.created_at,
        ))  # fmt: skip
        session.flush()
        for kind, is_open in one.ways.items():
            print_ = print_of(one, kind)
            session.add(Address(customer_id=one.id, kind=kind, value=print_, written=print_, print=print_,
                                open=is_open, since=one.created_at))  # fmt: skip
        for number, (purpose, act, kind, at) in enumerate(one.said):
            of = {"kind": kind, "print": print_of(one, kind)} if purpose is Purpose.ADVERTISING else {}
            session.add(ConsentAct(once=f"{one.id}:{number}", customer_id=one.id, purpose=purpose, act=act, at=at,
                                   recorded_at=at, **of))  # fmt: skip
        for number, till in enumerate(one.tills):
            sell(session, one.id, till, f"{one.id}:{number}")
    session.flush()


def sell(session: Session, customer: int, till: Till, key: str) -> None:
    receipt = Receipt(key=key, customer_id=customer, at=till.at, outlet=till.outlet,
                      amount=sum(line.amount for line in till.lines))  # fmt: skip
    session.add(receipt)
    session.flush()
    for n, line in enumerate(till.lines, 1):
        session.add(PurchaseLine(receipt_id=receipt.id or 0, n=n, product=line.product, product_group=line.group,
                                 quantity=line.quantity, amount=line.amount))  # fmt: skip


class Judge:
    """Rules by plain Python, customer by customer, at the end of a day."""

    def __init__(self, people: Sequence[Someone], day: date, groups: dict[str, set[int]] | None = None) -> None:
        self.people, self.day, self.groups = people, day, groups or {}
        self.ends = midnight(day + timedelta(days=1))

    def members(self, rule: Rule) -> set[int]:
        return {one.id for one in self.people if self.says(rule, one)}

    def says(self, rule: Rule, one: Someone) -> bool:
        match rule:
            case All():
                return all(self.says(inner, one) for inner in rule.rules)
            case AnyOf():
                return any(self.says(inner, one) for inner in rule.rules)
            case Not():
                return not self.says(rule.rule, one)
        said: dict[type[Any], Callable[[Any, Someone], bool]] = {
            Everyone: lambda rule, one: True,
            Where: lambda rule, one: getattr(one, rule.field) in rule.values,
            Has: lambda rule, one: rule.address in one.ways,
            Birthday: self._birthday,
            Joined: lambda rule, one: self._in(rule.period, one.created_at),
            Bought: lambda rule, one: bool(self._receipts(rule.what, one)),
            Counted: self._counted,
            Scored: self._scored,
            InGroup: lambda rule, one: one.id in self.groups[rule.group],
            Agreed: self._agreed,
            Reachable: lambda rule, one: any(
                is_open for kind, is_open in one.ways.items() if rule.address in (None, kind)
            ),
            Today: lambda rule, one: self._in(rule.period, midnight(self.day)),
        }
        return said[type(rule)](rule, one)

    def _in(self, period: Period, at: datetime) -> bool:
        on = at.astimezone(ZONE).date()
        if period.days is not None:
            return self.day - timedelta(days=period.days) <= on <= self.day
        return (period.starts_on or on) <= on <= min(period.ends_on or on, self.day)

    def _birthday(self, rule: Birthday, one: Someone) -> bool:
        if not one.birthday:
            return False
        born, step = one.birthday[-5:], 1 if rule.side == "next" else -1
        for number in range(rule.days + 1):
            day = self.day + timedelta(days=step * number)
            leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
            if born == f"{day:%m-%d}" or (born == "02-29" and not leap and f"{day:%m-%d}" == "02-28"):
                return True
        return False

    def _lines(self, what: Purchases, one: Someone) -> list[tuple[Till, list[Sold]]]:
        found = []
        for till in one.tills:
            lines = [line for line in till.lines
                     if (not what.groups or line.group in what.groups)
                     and (not what.products or line.product in what.products)]  # fmt: skip
            if lines and self._in(what.period, till.at) and (not what.outlets or till.outlet in what.outlets):
                found.append((till, lines))
        return found

    def _receipts(self, what: Purchases, one: Someone) -> list[Till]:
        """Receipts that are purchases: of goods where a line is, else where the whole is."""
        of_goods = bool(what.groups or what.products)
        return [till for till, lines in self._lines(what, one)
                if (any(line.amount >= 0 for line in lines) if of_goods
                    else sum(line.amount for line in till.lines) >= 0)]  # fmt: skip

    def _counted(self, rule: Counted, one: Someone) -> bool:
        compare = COMPARE[rule.is_]
        lines = [line for _, lines in self._lines(rule.what, one) for line in lines]
        receipts = self._receipts(rule.what, one)
        total = Fraction(sum(line.amount for line in lines), 100)
        if rule.measure == "receipts":
            return compare(len(receipts), rule.value)
        if rule.measure == "sum":
            return compare(total, Fraction(rule.value))
        if rule.measure == "average":
            return bool(receipts) and compare(total / len(receipts), Fraction(rule.value))
        if rule.measure == "quantity":
            parts = sum(-line.quantity if line.amount < 0 else line.quantity for line in lines)
            return compare(Fraction(parts, 1000), Fraction(rule.value))
        days = [(self.day - till.at.astimezone(ZONE).date()).days for till in receipts]
        return bool(days) and compare(max(days) if rule.measure == "first" else min(days), rule.value)

    def _scored(self, rule: Scored, one: Someone) -> bool:
        what = Purchases(period=Period(days=rule.days))
        values = {
            other.id: {
                "recency": max(till.at for till in self._receipts(what, other)),
                "frequency": len(self._receipts(what, other)),
                "monetary": sum(line.amount for _, lines in self._lines(what, other) for line in lines),
            }[rule.measure]
            for other in self.people if self._receipts(what, other)
        }  # fmt: skip
        if one.id not in values:
            return False
        below = sum(value < values[one.id] for value in values.values())  # type: ignore[operator]
        return bool(COMPARE[rule.is_](1 + 5 * below // len(values), rule.score))

    def _agreed(self, rule: Agreed, one: Someone) -> bool:
        kinds = [None] if rule.purpose is Purpose.PERSONAL else [
            kind for kind in one.ways if rule.address in (None, kind)
        ]  # fmt: skip
        return any(self._in_force(rule, one, kind) for kind in kinds)

    def _in_force(self, rule: Agreed, one: Someone, kind: AddressKind | None) -> bool:
        said = [(act, at) for purpose, act, of, at in one.said
                if purpose is rule.purpose and (kind is None or of is kind) and at < self.ends]  # fmt: skip
        given = [at for act, at in said if act is Act.GIVEN and (not rule.since or at >= midnight(rule.since))]
        withdrawn = [at for act, at in said if act is Act.WITHDRAWN]
        return bool(given) and (not withdrawn or max(given) > max(withdrawn))
