"""Receipts in the database, as many statements for a thousand as for one. Sessions are given; none is opened here.

A portion of receipts is a frame as `tasks.purchases.told` makes it, with `key` and `said` as prints, and `number`; its
lines are another, with `place`, that of their receipt in the portion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from models.customers import CODE, Address, AddressKind, Customer
from models.database import portions
from models.loyalty import Card
from models.purchases import PurchaseLine, Receipt
from tasks.bulk.rows import as_frame, look_up, make_room, next_numbers, write
from tasks.delivery.rows import many
from tasks.groups.touching.rows import touch
from tasks.loyalty.numbers import read
from tasks.purchases.handed import LINE_TELLS, WAYS

if TYPE_CHECKING:
    import polars

RECEIPT: Table = Receipt.__table__  # type: ignore[attr-defined]
LINE: Table = PurchaseLine.__table__  # type: ignore[attr-defined]
CUSTOMER: Table = Customer.__table__  # type: ignore[attr-defined]
ADDRESS: Table = Address.__table__  # type: ignore[attr-defined]
CARD: Table = Card.__table__  # type: ignore[attr-defined]
R, L = RECEIPT.c, LINE.c
KEPT = ("id", "key", "customer_id", "whose", "at", "outlet", "amount", "said", "load_id")
TOLD = ("said", "customer_id", "whose", "at")  # what makes a receipt another than it was
CHANGE = update(RECEIPT).where(R.id == bindparam("b_id")).values(
    {name: bindparam(f"b_{name}") for name in (*TOLD, "amount", "load_id")}
)  # fmt: skip
Who = tuple[str, str]  # the kind of an address, or a code, and what it is


@dataclass(frozen=True)
class Loading:
    id: int
    printed: Callable[[str, str], str]


@dataclass(frozen=True)
class Weighed:
    """What a portion would do. `rows` are the receipts as rows of the table, with what is known of each as `was_…`.

    `is_new`, `is_changed` and `is_anew` (its lines are others) say which.
    """

    rows: polars.DataFrame

    def counts(self) -> Counter[str]:
        new, changed = int(self.rows["is_new"].sum()), int(self.rows["is_changed"].sum())
        unknown = len(self.rows.filter(self.rows["customer_id"].is_null() & (self.rows["whose"] != "")))
        same = len(self.rows) - new - changed
        return +Counter(receipts_new=new, receipts_changed=changed, receipts_same=same, unknown=unknown)


def weigh(session: Session, told: polars.DataFrame, of: Loading) -> Weighed:
    """What loading these receipts would do; nothing is written."""
    import polars as pl

    known = _known(session, told["key"])
    rows = told.join(known, on="key", how="left", maintain_order="left")
    rows = _with_buyers(session, rows).with_columns(pl.coalesce("customer_id", "was_customer_id").alias("customer_id"))
    rows = _with_whose(rows, of).with_columns(pl.lit(of.id, pl.Int64).alias("load_id"))
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"was_{name}")) for name in TOLD)
    is_new = pl.col("was_id").is_null()
    return Weighed(rows.with_columns(
        is_new.alias("is_new"), (~is_new & differs).alias("is_changed"),
        (~is_new & (pl.col("said") != pl.col("was_said"))).alias("is_anew"),
    ))  # fmt: skip


def load(session: Session, told: polars.DataFrame, lines: polars.DataFrame, of: Loading) -> Counter[str]:
    """Let the receipts be as they are told; returns how many are new, changed, the same, and of nobody known."""
    import polars as pl

    make_room(session)
    done = weigh(session, told, of)
    new = done.rows["is_new"]
    numbers = pl.Series(next_numbers(session, RECEIPT, int(new.sum())), dtype=pl.Int64)
    given = (
        numbers.gather((new.cum_sum().cast(pl.Int64) - 1).replace(-1, None)) if len(numbers) else done.rows["was_id"]
    )
    rows = done.rows.with_columns(pl.when("is_new").then(given).otherwise("was_id").alias("id"))
    write(session, RECEIPT, rows.filter("is_new").select(KEPT))
    changed = rows.filter("is_changed")
    many(session, CHANGE, [
        {f"b_{name}": value for name, value in row.items()}
        for row in changed.select("id", *TOLD, "amount", "load_id").rows(named=True)
    ])  # fmt: skip
    for some in portions(rows.filter("is_anew")["id"].to_list()):
        session.execute(delete(LINE).where(L.receipt_id.in_(some)))
    _write_lines(session, rows, lines)
    touch(session, [*changed["was_customer_id"], *rows.filter(pl.col("is_new") | pl.col("is_changed"))["customer_id"]])
    return done.counts()


def _write_lines(session: Session, rows: polars.DataFrame, lines: polars.DataFrame) -> None:
    import polars as pl

    receipts = rows.select("id", (pl.col("is_new") | pl.col("is_anew")).alias("is_told"))
    told = lines.with_columns(receipts[name].gather(lines["place"]).alias(name) for name in receipts.columns)
    found = told.filter("is_told") if not told["is_told"].all() else told
    write(session, LINE, found.select(pl.col("id").alias("receipt_id"), "n", *LINE_TELLS))


def _known(session: Session, keys: polars.Series) -> polars.DataFrame:
    import polars as pl

    schema = {"key": pl.String, "was_id": pl.Int64, "was_said": pl.String, "was_customer_id": pl.Int64,
              "was_whose": pl.String, "was_at": pl.Datetime("us", "UTC")}  # fmt: skip
    found = look_up(session, (R.key, R.id, R.said, R.customer_id, R.whose, R.at), R.key, keys.to_list())
    return as_frame(found, schema)


def _with_buyers(session: Session, rows: polars.DataFrame) -> polars.DataFrame:
    """With the customer whom the first of the ways that is known names."""
    import polars as pl

    for kind in WAYS:
        named = rows[kind].drop_nulls().unique().to_list()
        found = as_frame(_named(session, kind, named), {kind: pl.String, f"by_{kind}": pl.Int64})
        rows = rows.join(found, on=kind, how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce(f"by_{kind}" for kind in WAYS).alias("customer_id"))


def _with_whose(rows: polars.DataFrame, of: Loading) -> polars.DataFrame:
    """With the print of how somebody is named first whom nobody knows yet."""
    import polars as pl

    is_open, named = pl.col("customer_id").is_null(), pl.coalesce(WAYS)
    kind = pl.coalesce(pl.when(pl.col(kind).is_not_null()).then(pl.lit(kind)) for kind in WAYS)
    waiting = rows.filter(is_open & named.is_not_null()).select(kind.alias("kind"), named.alias("way")).unique()
    prints = pl.Series("whose", [of.printed(*who) for who in waiting.rows()], pl.String)
    known = waiting.with_columns(prints)
    told = rows.with_columns(pl.when(is_open).then(kind).alias("kind"), pl.when(is_open).then(named).alias("way"))
    return told.join(known, on=["kind", "way"], how="left", maintain_order="left").with_columns(
        pl.col("whose").fill_null("")
    )


def buyers(session: Session, whos: Iterable[Who]) -> dict[Who, int]:
    """Which of those named are known: by their code, or by an address."""
    named: dict[str, list[str]] = {}
    for kind, value in sorted(set(whos)):
        named.setdefault(kind, []).append(value)
    return {(kind, said): id for kind, values in named.items() for said, id in _named(session, kind, values)}


def _named(session: Session, kind: str, values: Sequence[str]) -> list[Any]:
    """Who is named so, as (what they are named, customer). A code that is nobody's may be a card that we gave out."""
    if kind == CODE:
        own = look_up(session, (CUSTOMER.c.code, CUSTOMER.c.id), CUSTOMER.c.code, values)
        return [*own, *_by_cards(session, sorted(set(values) - {code for code, _ in own}))]
    columns = (ADDRESS.c.value, ADDRESS.c.customer_id)
    return look_up(session, columns, ADDRESS.c.value, values, ADDRESS.c.kind == AddressKind(kind).value)


def _by_cards(session: Session, values: Sequence[str]) -> list[tuple[str, int]]:
    """By the numbers of clients' cards, however they are written; one that was replaced still says whose it was."""
    numbers = {value: number for value in values if (number := read(value))}
    asked = sorted(set(numbers.values()))
    whose = dict(
        look_up(session, (CARD.c.number, CARD.c.customer_id), CARD.c.number, asked, CARD.c.customer_id.is_not(None))
    )
    return [(value, whose[number]) for value, number in numbers.items() if number in whose]


def move(session: Session, into: Mapping[int, int]) -> None:
    """What one customer bought is the other's: they are one, as {former: now}."""
    change = update(RECEIPT).where(R.customer_id == bindparam("b_former")).values(customer_id=bindparam("b_id"))
    many(session, change, [{"b_former": former, "b_id": id} for former, id in into.items()])


def link(session: Session, of: Callable[[str, str], str], customers: Sequence[tuple[int, Sequence[Who]]]) -> int:
    """Let receipts whose buyers were not known yet be theirs; returns how many are."""
    if session.execute(select(R.id).where(R.whose != "").limit(1)).first() is None:
        return 0
    pairs = [{"b_id": id, "b_whose": of(*who)} for id, whos in customers for who in whos]
    change = update(RECEIPT).where(R.whose == bindparam("b_whose")).values(customer_id=bindparam("b_id"), whose="")
    waiting = {
        whose for some in portions([pair["b_whose"] for pair in pairs])
        for whose in session.execute(select(R.whose).where(R.whose.in_(some), R.whose != "")).scalars()
    }  # fmt: skip
    return many(session, change, [pair for pair in pairs if pair["b_whose"] in waiting])
