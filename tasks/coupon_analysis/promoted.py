"""Which product groups an offer is given on, among those that were bought. Pure."""

from collections.abc import Collection, Mapping

import polars as pl

from models.offers import Goods


def groups_of(goods: Goods, lines: pl.LazyFrame, above: Mapping[str, Collection[str]] | None = None) -> frozenset[str]:
    """The groups named, those below them (`above` says which groups each lies in), and those of the products named.

    Nothing named is everything.
    """
    bought = set(lines.select("product_group").unique().collect()["product_group"].to_list())
    left_out = folded(goods.but_groups)
    if not goods.groups and not goods.products:
        return frozenset(name for name in bought if not _is_of(name, left_out, above or {}))
    wanted = folded(goods.groups)
    found = {name for name in bought if _is_of(name, wanted, above or {})}
    if goods.products:
        products = pl.col("product").is_in(list(goods.products))
        found |= set(lines.filter(products).select("product_group").unique().collect()["product_group"].to_list())
    return frozenset(name for name in found if not _is_of(name, left_out, above or {}))


def folded(names: Collection[str]) -> frozenset[str]:
    """Names as they are compared: however they are spaced, and whatever is written large."""
    return frozenset(" ".join(name.split()).casefold() for name in names)


def _is_of(name: str | None, wanted: frozenset[str], above: Mapping[str, Collection[str]]) -> bool:
    mine = [name or "", *above.get(name or "", ())]
    return not wanted.isdisjoint(folded(mine))
