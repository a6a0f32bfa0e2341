"""Lines of purchases put together to receipts, each known by a key it has whenever it is told of again. Pure.

1. A receipt with a number is known by it, its day and its outlet: tills begin their numbers anew.
2. A line without a number is a receipt of its own, known by all that stands in it; of several that are quite the same
   the first of a table is the first of it the next time too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

WHO = ("code", "phone", "email")
LINE = ("product", "product_group", "quantity", "amount")
BETWEEN, BESIDE = "\x1f", ", "
LINES_AT_ONCE = 500_000


def put_together(lines: polars.DataFrame) -> tuple[polars.DataFrame, polars.DataFrame]:
    """The receipts in their order, and their lines in the same order.

    Receipts have key, at, outlet, code, phone, email, amount, said (the print of what stands in their lines), first
    (the place of their first line) and number (of lines). Lines have product, product_group, quantity, amount, n from
    1 on, and place, that of their receipt.
    """
    import polars as pl

    run, heads = _runs(lines)
    order = heads.select(pl.col("key").unique(maintain_order=True)).with_row_index("place").cast({"place": pl.Int64})
    placed = lines
    if len(order) < len(heads):  # lines of one receipt stand apart
        places = heads.join(order, on="key", how="left", maintain_order="left")["place"]
        placed = lines.with_columns(places.gather(run).alias("place")).sort("place", maintain_order=True)
        run = placed["place"]
    receipts = placed.select("at", "outlet", *WHO, "amount", run.alias("place")).group_by(
        "place", maintain_order=True
    ).agg(
        pl.min("at"), pl.first("outlet"), *(_first_said(placed, name) for name in WHO), pl.sum("amount"),
        pl.len().cast(pl.Int64).alias("number"),
    )  # fmt: skip
    receipts = receipts.with_columns(order["key"], (pl.col("number").cum_sum() - pl.col("number")).alias("first"))
    n = pl.int_range(pl.len()) - receipts["first"].gather(run) + 1
    return receipts.drop("place").with_columns(_said(placed, receipts["number"])), placed.select(
        *LINE, n.alias("n"), run.alias("place")
    )


def _runs(lines: polars.DataFrame) -> tuple[polars.Series, polars.DataFrame]:
    """Lines of one receipt that follow one another are a run: the run of each line, and the key of each run."""
    import polars as pl

    told = lines.with_columns(pl.col("at").dt.date().alias("day"))
    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in ("outlet", "day", "receipt"))
    is_head = told.select(begins.fill_null(True) | (pl.col("receipt") == "")).to_series()
    return is_head.cum_sum().cast(pl.Int64) - 1, lines.filter(is_head).select(_key(lines))


def _first_said(lines: polars.DataFrame, name: str) -> polars.Expr:
    import polars as pl

    if not (lines[name] != "").any():
        return pl.first(name)
    return pl.col(name).filter(pl.col(name) != "").first().fill_null("")


def _key(lines: polars.DataFrame) -> polars.Expr:
    import polars as pl

    if (lines["receipt"] != "").all():
        return _numbered().alias("key")
    times = pl.int_range(pl.len()).over(_alone())
    return (
        pl.when(pl.col("receipt") != "")
        .then(_numbered())
        .otherwise(pl.concat_str(_alone(), times, separator=BETWEEN))
        .alias("key")
    )


def _numbered() -> polars.Expr:
    import polars as pl

    return pl.concat_str("outlet", pl.col("at").dt.strftime("%Y-%m-%d"), "receipt", separator=BETWEEN)


def _alone() -> polars.Expr:
    import polars as pl

    at = pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S")
    return pl.concat_str(pl.lit("#"), "outlet", at, *WHO, *LINE, separator=BETWEEN)


def _said(lines: polars.DataFrame, number: polars.Series) -> polars.Series:
    """The print of the lines of each receipt, as Python writes the list of them.

    All are written as one text, of which each receipt has its share: a text of its own for each takes twice as long.
    """
    import polars as pl

    (product, marks), (group, more) = _quoted(lines["product"]), _quoted(lines["product_group"])
    line = pl.format(f"({marks}, {more}, {{}}, {{}})", product, group, "quantity", "amount")
    texts = lines.select(line).to_series()
    whole: bytes = texts.str.join(BESIDE).cast(pl.Binary).item()
    ends = (texts.str.len_bytes().cast(pl.Int64) + len(BESIDE)).cum_sum().gather(number.cum_sum() - 1).to_list()
    return pl.Series("said", list(_prints(whole, ends)), pl.String)


def _prints(whole: bytes, ends: list[int]) -> Iterator[str]:
    opened, begin = blake2b(b"[", digest_size=12), 0
    for end in ends:
        said = opened.copy()
        said.update(whole[begin : end - len(BESIDE)])
        said.update(b"]")
        yield said.hexdigest()
        begin = end


def _quoted(names: polars.Series) -> tuple[polars.Expr, str]:
    """A name as Python writes a text: what to put where {} is in what."""
    import polars as pl

    rare = {name: repr(name) for name in names.unique().to_list() if repr(name) != f"'{name}'"}
    if not rare:
        return pl.col(names.name), "'{}'"
    plain = pl.format("'{}'", names.name)
    return pl.when(pl.col(names.name).is_in(list(rare))).then(pl.col(names.name).replace(rare)).otherwise(plain), "{}"


@dataclass(frozen=True)
class Shares:
    """How a table that is longer than what is put together at once falls into parts, each with whole receipts.

    `mine` are, for each frame of the table, the bases of its lines with the part they are of; `receipts` how many
    receipts each part has.
    """

    mine: Sequence[polars.DataFrame]
    receipts: Sequence[int]

    def frames_of(self, part: int) -> Iterator[tuple[int, polars.DataFrame]]:
        """The frames that have lines of a part, and the bases of those."""
        import polars as pl

        for place, mine in enumerate(self.mine):
            if len(bases := mine.filter(pl.col("part") == part).select("base")):
                yield place, bases


def with_base(lines: polars.DataFrame) -> polars.DataFrame:
    """With a number that lines of one receipt have in common; it is odd where a line is a receipt of its own."""
    import polars as pl

    is_alone = pl.col("receipt") == ""
    day, moment = pl.col("at").dt.date(), pl.col("at")
    alone = pl.struct("outlet", moment, *WHO, *LINE).hash()
    numbered = pl.struct("outlet", day, "receipt").hash()
    base = pl.when(is_alone).then(alone | 1).otherwise(numbered & ~pl.lit(1, pl.UInt64))
    return lines.with_columns(base.alias("base"))


def bases_of(lines: polars.DataFrame) -> polars.DataFrame:
    """The bases of a frame in their order, each once with the number of its lines."""
    import polars as pl

    return lines.group_by("base", maintain_order=True).agg(pl.len().alias("number"))


def share_out(bases: Sequence[polars.DataFrame], at_once: int = LINES_AT_ONCE) -> Shares:
    """Which part the lines of each base are of: parts follow one another as the receipts begin in the table."""
    import polars as pl

    whole = pl.concat(bases).group_by("base", maintain_order=True).agg(pl.sum("number"))
    receipts = pl.when(pl.col("base") & 1 == 1).then("number").otherwise(1)
    part = ((pl.col("number").cum_sum() - pl.col("number")) // at_once).rle_id().cast(pl.UInt32)
    whole = whole.select("base", part.alias("part"), receipts.alias("receipts"))
    counted = whole.group_by("part").agg(pl.sum("receipts")).sort("part")
    known = whole.select("base", "part")
    return Shares([one.select("base").join(known, on="base") for one in bases], counted["receipts"].to_list())
