"""What building groups costs beside the bare SQL of the same sets: `python -m tests.bench.groups`.

In one run on one database: twenty groups built whole for the first time, built whole again, and after a hundred
customers were touched; beside them INSERT … SELECT into an empty table, a statement for each group as one writes it by
hand. The sets must be the same, or nothing is printed. The ratios are the result.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember
from models.customers import Address, ConsentAct, Customer
from models.database import SetClock, connect
from models.purchases import PurchaseLine, Receipt
from models.tables import METADATA
from tasks.groups import rows
from tasks.groups.building.rows import Built, build
from tasks.groups.order import in_order
from tasks.groups.parsing import parsed
from tasks.groups.rows import Draft
from tasks.groups.touching.rows import forget, sweep, touch
from tasks.groups.windows import AsOf

DAY = date(2026, 11, 23)
AS_OF = AsOf(DAY, "Europe/Moscow", "RUB")
GOODS, OUTLETS = ("Чай", "Кофе", "Сладкое", "Посуда", "Подарки"), ("center", "north", "omsk")
CITIES = ("Москва", "Тверь", "Омск")
SOLD = "SELECT customer_id FROM receipt WHERE customer_id IS NOT NULL AND at < :d_1"
PER = SOLD + " GROUP BY customer_id"
LINES = (
    "SELECT r.customer_id FROM purchase_line l JOIN receipt r ON r.id = l.receipt_id "
    "WHERE r.customer_id IS NOT NULL AND r.at < :d_1 AND l.product_group = "
)
FIFTHS = (
    "SELECT customer_id FROM (SELECT customer_id, 1 + 5 * (rank() OVER (ORDER BY last) - 1) / count(*) OVER () AS r, "
    "1 + 5 * (rank() OVER (ORDER BY n) - 1) / count(*) OVER () AS f, 1 + 5 * (rank() OVER (ORDER BY spent) - 1) / "
    "count(*) OVER () AS m FROM (SELECT customer_id, max(CASE WHEN amount >= 0 THEN at END) AS last, "
    "count(CASE WHEN amount >= 0 THEN 1 END) AS n, sum(amount) AS spent FROM receipt WHERE customer_id IS NOT NULL "
    "AND at >= :d365 AND at < :d_1 GROUP BY customer_id) q WHERE n > 0) s WHERE "
)
HAS = "id IN (SELECT customer_id FROM address WHERE kind = '{}')"
NEVER = "id NOT IN (SELECT customer_id FROM receipt WHERE customer_id IS NOT NULL AND at < :d_1 AND amount >= 0)"
BUYS = "SELECT DISTINCT customer_id FROM receipt WHERE customer_id IS NOT NULL AND at < :d_1 AND amount >= 0"
# The key of a group, its rule, and the same set as one writes it by hand.
GROUPS: tuple[tuple[str, str, str], ...] = (
    ("new", "first purchase <= 30 days ago", PER + " HAVING min(CASE WHEN amount >= 0 THEN at END) >= :d30"),
    ("sleeping", "last purchase >= 90 days ago", PER + " HAVING max(CASE WHEN amount >= 0 THEN at END) < :d89"),
    ("loyal", "receipts in last 180 days >= 5",
     SOLD + " AND at >= :d180 AND amount >= 0 GROUP BY customer_id HAVING count(*) >= 5"),
    ("best", "recency >= 4 and frequency >= 4 and monetary >= 4", FIFTHS + "r >= 4 AND f >= 4 AND m >= 4"),
    ("risk", "recency <= 2 and frequency >= 3 and monetary >= 3", FIFTHS + "r <= 2 AND f >= 3 AND m >= 3"),
    ("lost", "last purchase >= 365 days ago", PER + " HAVING max(CASE WHEN amount >= 0 THEN at END) < :d364"),
    ("tea", 'bought "Чай" in last 180 days',
     LINES + "'Чай' AND r.at >= :d180 AND l.amount >= 0 GROUP BY r.customer_id"),
    ("coffee", 'bought "Кофе" in last 30 days',
     LINES + "'Кофе' AND r.at >= :d30 AND l.amount >= 0 GROUP BY r.customer_id"),
    ("sweet", 'sum of "Сладкое" >= 1500', LINES + "'Сладкое' GROUP BY r.customer_id HAVING sum(l.amount) >= 150000"),
    ("gifts", 'quantity of "Подарки" in last 365 days >= 3',
     LINES + "'Подарки' AND r.at >= :d365 GROUP BY r.customer_id "
     "HAVING sum(CASE WHEN l.amount < 0 THEN -abs(l.quantity) ELSE l.quantity END) >= 3000"),
    ("once", "receipts = 1", SOLD + " AND amount >= 0 GROUP BY customer_id HAVING count(*) = 1"),
    ("basket", "average receipt in last 365 days >= 900", SOLD + " AND at >= :d365 GROUP BY customer_id HAVING "
     "count(CASE WHEN amount >= 0 THEN 1 END) > 0 AND sum(amount) >= 90000 * count(CASE WHEN amount >= 0 THEN 1 END)"),
    ("center", 'outlet is "center" or bought at "center"', "SELECT id FROM customer WHERE outlet = 'center' OR id IN ("
     + BUYS + " AND outlet = 'center')"),
    ("moscow", 'city is "Москва"', "SELECT id FROM customer WHERE city = 'Москва'"),
    ("never", "not bought", "SELECT id FROM customer WHERE " + NEVER),
    ("agreed", "agreed to advertising and not bought", "SELECT id FROM customer WHERE " + NEVER + " AND id IN ("
     "SELECT a.customer_id FROM address a JOIN consent_act g ON g.print = a.print WHERE g.purpose = 'advertising' AND "
     "g.act = 'given' AND g.at < :d_1 AND NOT EXISTS (SELECT 1 FROM consent_act w WHERE w.print = g.print AND "
     "w.purpose = 'advertising' AND w.act = 'withdrawn' AND w.at >= g.at AND w.at < :d_1))"),
    ("subscribers", "reachable by email and not bought in last 365 days",
     "SELECT customer_id FROM address WHERE kind = "
     "'email' AND open AND customer_id NOT IN (" + BUYS + " AND at >= :d365)"),
    ("phone", "has phone and not has email and not has telegram", "SELECT id FROM customer WHERE "
     + HAS.format("phone") + " AND NOT " + HAS.format("email") + " AND NOT " + HAS.format("telegram")),
    ("big", 'bought "Чай" in last 90 days and sum >= 3000 and not in group sleeping',
     "SELECT id FROM customer WHERE id IN ("
     + LINES + "'Чай' AND r.at >= :d90 AND l.amount >= 0) AND id IN (" + PER + " HAVING sum(amount) >= 300000) AND NOT "
     "EXISTS (SELECT 1 FROM group_member m WHERE m.customer_id = customer.id AND m.group_id = "
     "(SELECT id FROM customer_group WHERE key = 'sleeping'))"),
    ("birthday", "birthday in next 14 days", "SELECT id FROM customer WHERE substr(birthday, 6) BETWEEN '11-23' AND "
     "'12-07'"),
)  # fmt: skip


def filled(engine: Engine, customers: int, lines: int) -> None:
    """A base of so many customers and lines of purchases, the same every time."""
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    dice = random.Random(7)
    noon = datetime(2026, 11, 23, 9, tzinfo=UTC)
    receipts = lines * 10 // 22
    with engine.begin() as connection:
        for table, made in (
            (Customer, _customers(dice, customers, noon)), (Address, _addresses(dice, customers, noon)),
            (ConsentAct, _consents(dice, customers, noon)), (Receipt, _receipts(dice, receipts, customers, noon)),
            (PurchaseLine, _lines(dice, receipts, lines)),
        ):  # fmt: skip
            connection.execute(insert(table), list(made))
        connection.execute(text(
            "UPDATE receipt SET amount = (SELECT sum(amount) FROM purchase_line WHERE receipt_id = receipt.id)"
        ))  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _customers(dice: random.Random, number: int, noon: datetime) -> Iterable[dict[str, Any]]:
    for id in range(1, number + 1):
        born = f"1990-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        yield {"id": id, "code": str(id), "name": "", "birthday": born, "city": dice.choice(CITIES), "zone": "",
               "outlet": dice.choice(OUTLETS), "source": "", "load_id": 0,
               "created_at": noon - timedelta(days=dice.randint(0, 900)), "changed_at": noon}  # fmt: skip


def _addresses(dice: random.Random, number: int, noon: datetime) -> Iterable[dict[str, Any]]:
    for id in range(1, number + 1):
        for kind in ("email", "phone"):
            if dice.random() < 0.7:
                print_ = f"{kind}-{id:032x}"
                yield {"customer_id": id, "kind": kind, "value": print_, "written": print_, "print": print_,
                       "open": dice.random() < 0.6, "since": noon}  # fmt: skip


def _consents(dice: random.Random, number: int, noon: datetime) -> Iterable[dict[str, Any]]:
    for id in range(1, number + 1):
        for act in ("given", "withdrawn")[: dice.choice((0, 1, 1, 1, 2))]:
            yield {"once": f"{id}:{act}", "customer_id": id, "purpose": "advertising", "act": act, "kind": "email",
                   "print": f"email-{id:032x}", "wording": "", "via": "", "source": "", "proof": "",
                   "at": noon - timedelta(days=dice.randint(0, 900)), "recorded_at": noon,
                   "recorded_by": ""}  # fmt: skip


def _receipts(dice: random.Random, number: int, customers: int, noon: datetime) -> Iterable[dict[str, Any]]:
    for id in range(1, number + 1):
        whose = int(customers * dice.random() ** 1.6 * 0.9) + 1 if dice.random() < 0.9 else None
        yield {"id": id, "key": str(id), "customer_id": whose, "whose": "", "outlet": dice.choice(OUTLETS), "amount": 0,
               "at": noon - timedelta(minutes=dice.randint(0, 60 * 24 * 800)), "said": "", "load_id": 0}  # fmt: skip


def _lines(dice: random.Random, receipts: int, number: int) -> Iterable[dict[str, Any]]:
    for place in range(number):
        amount = dice.randint(5_000, 90_000) * (-1 if dice.random() < 0.03 else 1)
        yield {"receipt_id": place % receipts + 1, "n": place // receipts + 1, "product": f"p{dice.randint(1, 300)}",
               "product_group": dice.choice(GOODS), "quantity": 1000, "amount": amount}  # fmt: skip


def rebuilt(engine: Engine, whole: bool) -> list[Built]:
    """All groups, each in its transaction, as the engine builds them."""
    sessions, clock = sessionmaker(engine, expire_on_commit=False), SetClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
    with sessions() as session:
        needs = rows.needs(session)
    told_of = {one for of in needs.values() for one in of}
    done = []
    for key in in_order(needs):
        with sessions.begin() as session:
            sweep(session)
        with sessions.begin() as session:
            done.append(build(session, clock, key, AS_OF, whole, key in told_of))
    with sessions.begin() as session:
        forget(session)
    return done


def bare(engine: Engine) -> None:
    """The same sets by hand, each into an empty table in a transaction of its own."""
    moments = {f"d{days}": AS_OF.ago(days) for days in (7, 14, 30, 60, 89, 90, 180, 364, 365)} | {"d_1": AS_OF.ends}
    typed = {name: at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") for name, at in moments.items()}
    for key, _, statement in GROUPS:
        with engine.begin() as connection:
            named = {name: (typed if engine.dialect.name == "sqlite" else moments)[name]
                     for name in moments if f":{name}" in statement and f":{name}0" not in statement}  # fmt: skip
            connection.execute(text(f"INSERT INTO bare_{key} {statement}"), named)


def emptied(engine: Engine) -> None:
    with engine.begin() as connection:
        for key, _, _ in GROUPS:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS bare_{key}")
            connection.exec_driver_sql(f"CREATE TABLE bare_{key} (customer_id bigint PRIMARY KEY)")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def same(engine: Engine) -> None:
    """Whoever is in a group is in the set that was written by hand, and the other way round."""
    with Session(engine) as session:
        for key, _, _ in GROUPS:
            id = select(col(CustomerGroup.id)).where(col(CustomerGroup.key) == key).scalar_subquery()
            ours = set(
                session.execute(select(col(GroupMember.customer_id)).where(col(GroupMember.group_id) == id)).scalars()
            )
            theirs = set(session.execute(text(f"SELECT customer_id FROM bare_{key}")).scalars())
            assert ours == theirs, (key, len(ours), len(theirs), len(ours ^ theirs))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=20_000)
    asked.add_argument("--lines", type=int, default=200_000)
    asked.add_argument("--database", default="")
    asked.add_argument("--rounds", type=int, default=5, help="the best of so many, by turns")
    asked.add_argument("--each", action="store_true", help="the time of each group too")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(said.database or f"sqlite:///{folder}/groups.sqlite")
        filled(engine, said.customers, said.lines)
        clock = SetClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
        with Session(engine) as session, session.begin():
            for key, rule, _ in GROUPS:
                rows.make(session, clock, Draft(key, key, parsed(rule)), key, "bench")
        first, done = timed(lambda: rebuilt(engine, whole=True))
        hands, agains = [], []
        for _ in range(said.rounds):
            emptied(engine)
            hands.append(timed(lambda: bare(engine))[0])
            agains.append(timed(lambda: rebuilt(engine, whole=True))[0])
        same(engine)
        again = min(agains)
        with Session(engine) as session, session.begin():
            touch(session, random.Random(1).sample(range(1, said.customers + 1), 100))
        few, some = timed(lambda: rebuilt(engine, whole=False))
        tell(engine, said, min(hands), first, again, few, done, some)
        if said.each:
            each(engine)
        engine.dispose()


def tell(engine: Engine, said: Any, hand: float, first: float, again: float, few: float, done: Any, some: Any) -> None:
    members = sum(one.size for one in done)
    print(
        f"{engine.dialect.name}: {said.customers} customers, {said.lines} lines, {len(done)} groups, {members} members"
    )
    print(f"by hand, into empty tables   {hand:7.3f} s   1.00")
    print(f"built for the first time     {first:7.3f} s   {first / hand:4.2f}")
    print(f"built whole again            {again:7.3f} s   {again / hand:4.2f}")
    looked = sum(one.looked_at for one in some if not one.whole)
    wholly = sum(one.whole for one in some)
    print(
        f"after 100 touched customers  {few:7.3f} s   {few / hand:4.2f}   ({looked} looked at, {wholly} groups whole)"
    )


def each(engine: Engine) -> None:
    sessions, clock = sessionmaker(engine, expire_on_commit=False), SetClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
    emptied(engine)
    for key, _, _ in GROUPS:

        def work(key: str = key) -> None:
            with sessions.begin() as session:
                build(session, clock, key, AS_OF, True)

        print(f"{key:12} {1000 * timed(work)[0]:7.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
