"""What importing customers and purchases costs beside the bare load of the same rows: `python -m tests.bench.imports`.

In one run: a table of customers and a table of what they bought are looked at, loaded and loaded again, from the bytes
of their files on; then the very rows that came of it are inserted by the bare driver, ready-made, in as many
transactions, into the same tables with the same indexes (PostgreSQL: COPY). Figures are wall and CPU of this process,
and of the database's own where it is PostgreSQL on this machine; the ratios are the result.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from deployments.furniture import keyed
from models.database import SetClock, connect
from models.desk.drop import AllAgreed
from models.tables import METADATA
from tasks.content.sheets import read_sheet
from tasks.customers import engine as customers
from tasks.customers.columns import column_of as of_customers
from tasks.house import House
from tasks.purchases import engine as purchases
from tasks.purchases.columns import column_of as of_purchases
from tasks.purchases.frames import of_csv
from tests.bench.memory import forget_peak, memory
from tests.fakes import NOW, FakeChannel
from tests.house import empty_database, furnished

# The tables that rows come to, with the column that says which customer or receipt each is about.
PEOPLE = {"customer": "id", "address": "customer_id", "consent_act": "customer_id"}
BOUGHT = {"receipt": "id", "purchase_line": "receipt_id"}
BOOKKEEPING = 2  # transactions that begin a loading and end it
LINES_OF_A_RECEIPT = 4
ROWS_MOST = 10_000_000
GOAL = 1.5


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of CPU, ours and the server's; megabytes at the most, above what there was before."""

    wall: float
    cpu: float
    megabytes: float
    transactions: int

    def __str__(self) -> str:
        return (
            f"{self.wall:8.2f} s wall {self.cpu:8.2f} s CPU {self.megabytes:7.0f} MB {self.transactions:5} transactions"
        )

    def beside(self, other: "Cost") -> str:
        return f"{self.cpu / other.cpu:.2f} (CPU), {self.wall / other.wall:.2f} (wall)"


class Bench:
    """A house on an empty database of its own."""

    def __init__(self, folder: Path, database: str) -> None:
        if not database:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "otdel.sqlite").write_bytes(empty_database())
        self.engine = connect(database or f"sqlite:///{folder / 'otdel.sqlite'}")
        if database:
            METADATA.drop_all(self.engine)
            METADATA.create_all(self.engine)
        self.transactions = 0
        event.listen(self.engine, "commit", self._committed)
        house = furnished(folder, self.engine, {"fake": FakeChannel()}, SetClock(NOW))
        self.house: House = replace(house, printed=keyed(b"a key of 32 bytes, as houses have"))

    def _committed(self, _: Any) -> None:
        self.transactions += 1

    def measured(self, work: Callable[[], Any]) -> Cost:
        forget_peak()
        before, begun = self.transactions, (time.perf_counter(), self._cpu(), memory("VmRSS"))
        work()
        ended = time.perf_counter(), self._cpu(), memory("VmHWM")
        wall, cpu, kilobytes = (after - former for after, former in zip(ended, begun, strict=True))
        return Cost(wall, cpu, kilobytes / 1024, self.transactions - before)

    def _cpu(self) -> float:
        return time.process_time() + (_cpu_of_server(self.engine) if self.engine.dialect.name == "postgresql" else 0)


def _cpu_of_server(engine: Engine) -> float:
    """Seconds of CPU of the server's processes that serve us; they are kept open, so nothing is lost between."""
    with engine.connect() as connection:
        pids = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).scalars()
        stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / 100


def table_of_people(number: int) -> bytes:
    """As a shop's own program writes it: half of them with a phone, most with consents, proven one by one."""
    told = StringIO()
    told.write("Код;Имя;E-mail;Телефон;День рождения;Город;Согласие;Согласие на ПДн;Дата согласия;Документ согласия\n")
    for n in range(number):
        phone = f"+7 9{12 + n // 10_000_000} {n // 10_000 % 1000:03}-{n // 100 % 100:02}-{n % 100:02}" if n % 2 else ""
        told.write(
            f"{n};Иванова Мария {n};c{n}@mail.ru;{phone};{n % 28 + 1:02}.{n % 12 + 1:02}.{1950 + n % 50};"
            f"{('Омск', 'Пермь', 'Москва')[n % 3]};да;да;{n % 28 + 1:02}.02.2026;анкета {n}\n"
        )
    return told.getvalue().encode()


def table_of_purchases(lines: int, people: int) -> bytes:
    told = StringIO()
    told.write("Чек;Дата;Время;Карта;Товар;Категория;Количество;Сумма\n")
    for n in range(lines):
        receipt = n // LINES_OF_A_RECEIPT
        day = receipt * 330 * LINES_OF_A_RECEIPT // lines
        told.write(
            f"{receipt};{day % 28 + 1:02}.{day // 28 % 12 + 1:02}.2025;{9 + receipt % 12:02}:{receipt % 60:02};"
            f"{receipt * 7919 % people};Чай № {n % 560};Группа {n % 20};{n % 3 + 1};{n % 900},{n % 100:02}\n"
        )
    return told.getvalue().encode()


@dataclass(frozen=True)
class Import:
    """One kind of table: how it is looked at and loaded, and into which tables of ours."""

    look: Callable[[House], Any]
    load: Callable[[House, str], Any]
    tables: dict[str, str]


def of_people(data: bytes) -> Import:
    def sheet() -> Any:
        return read_sheet(data, "customers.csv", lambda cell: bool(of_customers(cell)), ROWS_MOST)[0]

    return Import(
        look=lambda house: customers.rehearse(house, sheet(), AllAgreed(), "olga"),
        load=lambda house, source: customers.load(house, sheet(), AllAgreed(), source, "olga"),
        tables=PEOPLE,
    )


def of_bought(data: bytes) -> Import:
    def table() -> Any:
        return of_csv(BytesIO(data), lambda cell: bool(of_purchases(cell)))

    return Import(
        look=lambda house: purchases.compare(house, table()),
        load=lambda house, source: purchases.load(house, table(), source, "sold.csv", "olga"),
        tables=BOUGHT,
    )


def rows_of(engine: Engine, tables: dict[str, str]) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT {about}, * FROM {name} ORDER BY 1, 2, 3")]
            for name, about in tables.items()
        }


def ready_made(engine: Engine, rows: dict[str, list[Any]], portions: int) -> list[list[tuple[str, Any]]]:
    """The rows of each transaction, as the driver takes them: tuples, or the text of a COPY."""
    made: list[list[tuple[str, Any]]] = []
    whole = next(iter(rows.values()))
    ends = [whole[(n + 1) * len(whole) // portions - 1][0] for n in range(portions)]
    for begin, end in zip([0, *ends], ends, strict=False):
        some = {name: [row[1:] for row in told if begin < row[0] <= end] for name, told in rows.items()}
        made.append([(name, _as_text(engine, name, told)) for name, told in some.items() if told])
    return made


def _as_text(engine: Engine, name: str, rows: list[Any]) -> Any:
    if engine.dialect.name == "sqlite":
        return rows
    import polars as pl

    told = pl.DataFrame(rows, schema=[column.name for column in METADATA.tables[name].columns], orient="row",
                        infer_schema_length=None)  # fmt: skip
    return told.write_csv(include_header=False)


def bare(engine: Engine, made: list[list[tuple[str, Any]]]) -> None:
    """Insert them, and nothing else."""
    for portion in made:
        with engine.begin() as connection:
            for name, rows in portion:
                if engine.dialect.name == "postgresql":
                    driver: Any = connection.connection.driver_connection
                    with driver.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT csv)') as copy:
                        copy.write(rows)
                else:
                    marks = ", ".join("?" * len(rows[0]))
                    connection.exec_driver_sql(f"INSERT INTO {name} VALUES ({marks})", rows)


def round_of(people: int, lines: int, database: str) -> dict[str, Cost]:
    """Everything once: ours in one database, the bare load in another."""
    costs: dict[str, Cost] = {}
    imports = {
        "customers": of_people(table_of_people(people)), "purchases": of_bought(table_of_purchases(lines, people)),
    }  # fmt: skip
    with _bench(database) as ours:
        kept = {}
        for name, one in imports.items():
            costs[f"{name}, looked at"] = ours.measured(lambda name=name, one=one: one.look(ours.house))
            costs[f"{name}, loaded"] = ours.measured(lambda name=name, one=one: one.load(ours.house, f"{name}:1"))
            costs[f"{name}, the same again"] = ours.measured(
                lambda name=name, one=one: one.load(ours.house, f"{name}:2")
            )
            kept[name] = rows_of(ours.engine, one.tables)
    with _bench(database) as other:
        for name, rows in kept.items():
            made = ready_made(other.engine, rows, max(1, costs[f"{name}, loaded"].transactions - BOOKKEEPING))
            costs[f"{name}, bare"] = other.measured(lambda made=made: bare(other.engine, made))
    return costs


@contextmanager
def _bench(database: str) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), database)
        yield bench
        bench.engine.dispose()


def best(rounds: Sequence[dict[str, Cost]]) -> dict[str, Cost]:
    return {name: min((one[name] for one in rounds), key=lambda cost: cost.cpu) for name in rounds[0]}


def main() -> None:
    order = arguments()
    sizes = [(order.customers, order.lines), (order.customers // order.tenth, order.lines // order.tenth)]
    round_of(200, 2000, order.database)  # what is imported and compiled once is no cost of a row
    whole, part = (best([round_of(*size, order.database) for _ in range(order.rounds)]) for size in sizes)
    figures: dict[str, Any] = {name: str(cost) for name, cost in whole.items()}
    for name in ("customers", "purchases"):
        loaded, again, looked, bare_ = (
            whole[f"{name}, {what}"] for what in ("loaded", "the same again", "looked at", "bare")
        )
        less = part[f"{name}, loaded"]
        figures |= {
            f"{name}: loaded / bare (goal ≤ {GOAL})": loaded.beside(bare_),
            f"{name}: loaded / bare, a part as many": less.beside(part[f"{name}, bare"]),
            f"{name}: the same again / bare": again.beside(bare_),
            f"{name}: looked at / bare": looked.beside(bare_),
            f"{name}: CPU a row, beside a part as many (linear: 1)": round(loaded.cpu / less.cpu / order.tenth, 2),
        }
    kind = order.database.partition(":")[0] or "sqlite"
    title = f"imports: {order.customers} customers, {order.lines} lines of purchases, {kind}"
    print(
        json.dumps(figures, ensure_ascii=False)
        if order.json
        else "\n".join([title, *(f"  {name:60} {value}" for name, value in figures.items())])
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--tenth", type=int, default=10, help="how many times fewer the smaller size has")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--database", default="", help="another database than SQLite; its tables are dropped")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
