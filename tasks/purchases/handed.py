"""Receipts that are told one by one, as the frames they are loaded as. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from models.customers import CODE, AddressKind

if TYPE_CHECKING:
    import polars

WAYS = (CODE, AddressKind.PHONE.value, AddressKind.EMAIL.value)  # the first that is known says who bought
LINE_TELLS = ("product", "product_group", "quantity", "amount")
Line = tuple[str, str, int, int]  # product, product group, quantity in thousandths, amount in minor units


@dataclass
class Told:
    """A receipt; `whos` are the ways its buyer is named, of each kind one."""

    key: str
    at: datetime
    outlet: str
    amount: int
    whos: Sequence[tuple[str, str]]
    lines: Sequence[Line]


def as_frames(told: Sequence[Told]) -> tuple[polars.DataFrame, polars.DataFrame]:
    """The receipts, their keys printed already, and their lines: the very prints that a table of them would have."""
    import polars as pl

    receipts: list[Any] = []
    lines: list[Any] = []
    for place, one in enumerate(told):
        whos = dict(one.whos)
        said = blake2b(repr([tuple(line) for line in one.lines]).encode(), digest_size=12).hexdigest()
        receipts.append((one.key, one.at, one.outlet, one.amount, *map(whos.get, WAYS), said, len(one.lines)))
        lines += [(place, n, *line) for n, line in enumerate(one.lines, 1)]
    moment = pl.Datetime("us", "UTC")
    text = dict.fromkeys((*WAYS, "said"), pl.String)
    schema: Any = {"key": pl.String, "at": moment, "outlet": pl.String, "amount": pl.Int64, **text, "number": pl.Int64}
    kept = dict(
        zip(
            ("place", "n", *LINE_TELLS),
            (pl.Int64, pl.Int64, pl.String, pl.String, pl.Int64, pl.Int64),
            strict=True,
        )
    )
    return pl.DataFrame(receipts, schema=schema, orient="row"), pl.DataFrame(lines, schema=kept, orient="row")
