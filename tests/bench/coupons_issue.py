"""What issuing unique codes costs beside the bare work: `python -m tests.bench.coupons_issue`.

In one run, for each number of codes: our issue (drawn without bias, with check signs, in portions that survive a kill,
collisions looked for); then plain generation, as anybody writes it (the system's random choices, joined), and a bulk
load of those codes by the bare driver in as many transactions, into the same table with the same indexes (PostgreSQL:
COPY). Also the issue to a group of customers, and cards printed on sheets. Figures are wall and CPU of this process,
and of the database's own where it is PostgreSQL on this machine; the ratios are the result.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import SystemRandom
from typing import Any

from sqlalchemy import insert, text

from models.customer_groups import CustomerGroup, GroupKind, GroupMember
from models.customers import Customer
from models.offers import AmountOff, CodeRules, OfferTerms
from models.redemptions import OfferRow, OfferVersion
from tasks.bulk.rows import ROOM
from tasks.codes.engine import Codes
from tasks.codes.rows import Order
from tasks.codes.shapes import LETTERS_AND_DIGITS
from tasks.codes.sheets import Paper, Words, sheets
from tests.bench.imports import Bench, Cost, best
from tests.fakes import NOW

GOAL = 2.0
BOOKKEEPING = 1  # the transaction that begins a batch
SIGNS = 10  # a code as it is issued by default, its check sign included
COLUMNS = ("code", "offer_id", "batch_id", "state", "most", "used", "held", "made_at")
RULES = CodeRules()


def settled(bench: Bench) -> Codes:
    """An offer, and the codes of the house."""
    terms = OfferTerms(title="Bench", gives=AmountOff(amount=45), first_day=date(2026, 1, 1), last_day=date(2027, 1, 1))
    with bench.house.sessions.begin() as session:
        session.add(OfferRow(id=1, key="bench", title="Bench", stage="open", approved_hash="h", made_at=NOW))
        session.flush()
        session.add(OfferVersion(offer_id=1, n=1, hash="h", terms=terms.model_dump(mode="json"), made_at=NOW))
    return Codes(bench.house.sessions, bench.house.clock)


def plain(number: int) -> list[str]:
    """As anybody writes it."""
    lot = SystemRandom()
    found: set[str] = set()
    while len(found) < number:
        found.add("".join(lot.choices(LETTERS_AND_DIGITS, k=SIGNS)))
    return list(found)


def loaded(bench: Bench, codes: list[str], portions: int) -> None:
    """The bare driver: the rows ready-made, in so many transactions."""
    fixed = (1, 1, "live", 1, 0, 0, NOW.strftime("%Y-%m-%d %H:%M:%S.%f"))
    for n in range(portions):
        some = codes[n * len(codes) // portions : (n + 1) * len(codes) // portions]
        with bench.engine.begin() as connection:
            if bench.engine.dialect.name == "postgresql":
                driver: Any = connection.connection.driver_connection
                rest = ",".join(map(str, (*fixed[:-1], NOW.isoformat())))
                into = f"COPY coupon ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv)"
                with driver.cursor() as cursor, cursor.copy(into) as copy:
                    copy.write("".join(f"{code},{rest}\n" for code in some))
            else:
                marks = ", ".join("?" * len(COLUMNS))
                connection.exec_driver_sql(f"PRAGMA cache_size = -{ROOM}")  # as much room as ours has
                into = f"INSERT INTO coupon ({', '.join(COLUMNS)}) VALUES ({marks})"
                connection.exec_driver_sql(into, [(code, *fixed) for code in some])


def round_of(number: int, database: str) -> dict[str, Cost]:
    """Everything once: ours in one database, the bare work in another."""
    costs: dict[str, Cost] = {}
    with _bench(database) as ours:
        codes = settled(ours)
        costs["ours"] = ours.measured(lambda: codes.issue(Order(1, RULES, "bench", number)))
    with _bench(database) as other:
        settled(other).issue(Order(1, RULES, "one", 1))
        made: list[list[str]] = []
        costs["plain generation"] = other.measured(lambda: made.append(plain(number)))
        portions = max(1, costs["ours"].transactions - BOOKKEEPING)
        costs["bulk load"] = other.measured(lambda: loaded(other, made[0], portions))
        assert _number(other) == number + 1
    costs["bare"] = _together(costs["plain generation"], costs["bulk load"])
    return costs


def _together(one: Cost, other: Cost) -> Cost:
    most = max(one.megabytes, other.megabytes)
    return replace(one, wall=one.wall + other.wall, cpu=one.cpu + other.cpu, megabytes=most,
                   transactions=other.transactions)  # fmt: skip


def _number(bench: Bench) -> int:
    with bench.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM coupon")).scalar_one())


def to_a_group(number: int, database: str) -> Cost:
    """A code for each of so many customers but the control arm."""
    with _bench(database) as bench:
        codes = settled(bench)
        with bench.house.sessions.begin() as session:
            group = CustomerGroup(key="all", title="All", kind=GroupKind.STATIC, seed="s", made_at=NOW, changed_at=NOW)
            session.add(group)
            session.flush()
            ids = range(1, number + 1)
            session.execute(insert(Customer), [{"id": id, "created_at": NOW, "changed_at": NOW} for id in ids])
            session.execute(insert(GroupMember), [
                {"group_id": group.id, "customer_id": id, "control": False, "since": NOW} for id in ids
            ])  # fmt: skip
        return bench.measured(lambda: codes.issue_to(Order(1, RULES, "bench"), ["all"], control_percent=10))


def printed(number: int) -> Cost:
    shown = [f"{code[:5]}-{code[5:]}" for code in plain(number)]
    words = Words("Чай за 10 ₽", ("Скидка 45 ₽ на чай", "При покупке от 300 ₽"), "До 31.12.2026", "Семь чашек")
    with _bench("") as bench:
        return bench.measured(lambda: sheets(words, shown, Paper(address="https://cups.example/c"), NOW))


@contextmanager
def _bench(database: str) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), database)
        yield bench
        bench.engine.dispose()


def main() -> None:
    order = arguments()
    round_of(2000, order.database)  # what is imported and compiled once is no cost of a code
    figures: dict[str, Any] = {}
    for number in order.codes:
        costs = best([round_of(number, order.database) for _ in range(order.rounds)])
        figures |= {f"{number}: {name}": str(cost) for name, cost in costs.items()}
        figures[f"{number}: ours / plain generation and bulk load (goal ≤ {GOAL:g})"] = costs["ours"].beside(
            costs["bare"]
        )
        figures[f"{number}: ours / bulk load alone"] = costs["ours"].beside(costs["bulk load"])
    if order.people:
        figures[f"{order.people}: to a group, a control arm drawn"] = str(to_a_group(order.people, order.database))
    few, many = printed(order.cards // 4), printed(order.cards)
    figures[f"{order.cards} cards printed"] = str(many)
    figures["CPU a card, beside a fourth as many (linear: 1)"] = round(many.cpu / few.cpu / 4, 2)
    kind = order.database.partition(":")[0] or "sqlite"
    title = f"coupons: {', '.join(map(str, order.codes))} codes, {kind}"
    print(
        json.dumps(figures, ensure_ascii=False)
        if order.json
        else "\n".join([title, *(f"  {name:66} {value}" for name, value in figures.items())])
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--people", type=int, default=100_000, help="customers of a group; 0: none")
    parser.add_argument("--cards", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--database", default="", help="another database than SQLite; its tables are dropped")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
