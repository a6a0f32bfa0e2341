"""Frames written to a table, and rows looked up by thousands of values, with as little between as there can be.

The driver gets tuples (SQLite), or the server one text (PostgreSQL, COPY): what is bound value by value costs several
times as much. Sessions are given; nothing here opens or commits one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Column, Select, String, Table, any_, bindparam, func, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.database import Moment

if TYPE_CHECKING:
    import polars

AS_STORED = "%Y-%m-%d %H:%M:%S%.6f"  # how a moment stands in SQLite
BROKEN = "{table}: the bulk load was refused ({code})"
WANTED = "wanted"
OFTEN, TOGETHER = 8, 50  # times, rows
ROOM = 65_536  # kilobytes


def make_room(session: Session) -> None:
    """Let SQLite keep as many pages as a loading goes over again and again: it keeps 2 MB of them of its own accord."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{ROOM}")


def write(session: Session, table: Table, frame: polars.DataFrame) -> None:
    """Insert the rows of a frame whose columns are called as the table's; moments are aware.

    An error says which table and what kind of error: the driver's own words may show what stands in a row.
    """
    if frame.is_empty():
        return
    names = ", ".join(f'"{table.c[name].name}"' for name in frame.columns)
    connection = session.connection()
    cursor: Any = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN (FORMAT csv)') as copy:
                copy.write(frame.write_csv(include_header=False))
        else:
            _insert(cursor, f'INSERT INTO "{table.name}" ({names}) VALUES ', frame)  # noqa: S608  names of our own
    except connection.dialect.loaded_dbapi.Error as error:
        refused = BROKEN.format(table=table.name, code=getattr(error, "sqlstate", None) or type(error).__name__)
        raise DBAPIError(refused, None, RuntimeError(refused)) from None
    finally:
        cursor.close()


def _insert(cursor: Any, insert: str, frame: polars.DataFrame) -> None:
    """Many rows by one statement, as often as there are so many, and the others one by one: a fifth less work."""
    rows = zip(*map(_values, frame.get_columns()), strict=True)
    row, groups = f"({', '.join('?' * frame.width)})", len(frame) // TOGETHER
    together = (tuple(chain.from_iterable(islice(rows, TOGETHER))) for _ in range(groups))
    cursor.executemany(insert + ", ".join([row] * TOGETHER), together)
    cursor.executemany(insert + row, rows)


def _values(column: polars.Series) -> list[Any]:
    """As the driver stores them. What stands there often is one and the same object: it is made and encoded once."""
    import polars as pl

    if column.dtype == pl.Datetime("us", "UTC"):
        column = column.dt.strftime(AS_STORED)
    if column.dtype != pl.String or column.n_unique() * OFTEN > len(column):
        return column.to_list()
    ways = column.unique().to_frame("way").with_row_index("place")
    places = column.to_frame("way").join(ways, on="way", how="left", maintain_order="left", nulls_equal=True)["place"]
    known = ways["way"].to_list()
    return [known[place] for place in places.to_list()]


def look_up(
    session: Session, columns: Sequence[Column[Any]], by: Column[Any], values: Sequence[Any], *which: Any
) -> list[tuple[Any, ...]]:
    """These columns of all rows that have one of these values, as the driver gives them; see `as_frame`."""
    if not values:
        return []
    connection = session.connection()
    dialect = connection.dialect.name
    query = _query(dialect, tuple(columns), by, isinstance(values[0], int)).where(*which)
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    # In their order neighbours in the index are looked at one after the other.
    wanted = list(values) if dialect == "postgresql" else json.dumps(sorted(values))
    told: Any = compiled.construct_params({WANTED: wanted})
    given = told if dialect == "postgresql" else [told[name] for name in compiled.positiontup or ()]
    cursor = connection.connection.cursor()
    try:
        cursor.execute(str(compiled), given)
        return list(cursor.fetchall())
    finally:
        cursor.close()


@lru_cache(maxsize=64)
def _query(dialect: str, columns: tuple[Column[Any], ...], by: Column[Any], is_number: bool) -> Select[Any]:
    bare = [type_coerce(one, String).label(one.name) if isinstance(one.type, Moment) else one for one in columns]
    if dialect == "postgresql":
        kind: ARRAY[Any] = ARRAY(BigInteger() if is_number else String())
        return select(*bare).where(by == any_(bindparam(WANTED, type_=kind)))
    wanted = func.json_each(bindparam(WANTED, type_=String)).table_valued("value")
    return select(*bare).where(by.in_(select(wanted.c.value)))


def as_frame(found: Sequence[Any], schema: dict[str, Any]) -> polars.DataFrame:
    """What was looked up, as columns of these types."""
    import polars as pl

    moments = [name for name, kind in schema.items() if kind == pl.Datetime("us", "UTC")]
    told: Any = found
    is_text = bool(moments) and bool(found) and isinstance(found[0][list(schema).index(moments[0])], str)
    kinds = schema | dict.fromkeys(moments, pl.String) if is_text else schema
    frame = pl.DataFrame(told, schema=kinds, orient="row")
    if not is_text:
        return frame
    return frame.with_columns(pl.col(moments).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC"))


def next_numbers(session: Session, table: Table, number: int) -> Sequence[int]:
    """So many numbers that no row of the table has; where its numbers are never given twice, none had."""
    if session.get_bind().dialect.name == "postgresql":
        next_ = select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))
        return session.execute(next_.select_from(func.generate_series(1, number))).scalars().all()
    if table.dialect_options["sqlite"]["autoincrement"]:
        known = session.connection().exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,))
        last = known.scalar() or 0
    else:
        last = session.execute(select(func.max(table.c.id))).scalar() or 0
    return range(last + 1, last + 1 + number)
