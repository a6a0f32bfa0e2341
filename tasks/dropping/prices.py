"""What a product feed changes against the one that is known: prices, products come and gone, pieces concerned. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.content import Offer
from models.desk.drop import PriceChange, Touched

SHOWN = 200


@dataclass(frozen=True)
class FeedDifference:
    prices: tuple[PriceChange, ...]
    fresh: int
    gone: tuple[str, ...]


def difference(before: Mapping[str, Offer], after: Mapping[str, Offer]) -> FeedDifference:
    """Compare the products by their ids; the largest change of a price first."""
    common = [(before[id], offer) for id, offer in after.items() if id in before]
    changed = [
        PriceChange(id=new.id, name=new.name, before=old.price, after=new.price, currency=new.currency)
        for old, new in common
        if (old.price, old.currency) != (new.price, new.currency)
    ]
    changed.sort(key=lambda change: (-abs(change.after - change.before), change.id))
    return FeedDifference(
        tuple(changed), len(after.keys() - before.keys()), tuple(sorted(before.keys() - after.keys()))
    )


@dataclass(frozen=True)
class Planned:
    """A piece that is still to go out, and the products it names."""

    piece_id: int
    number: str
    title: str
    products: tuple[str, ...]


def touched(planned: Sequence[Planned], found: FeedDifference, names: Mapping[str, str]) -> tuple[Touched, ...]:
    """The planned pieces that name a product whose price changes, or which leaves the feed."""
    concerned = {change.id for change in found.prices} | set(found.gone)
    named = [(piece, [id for id in piece.products if id in concerned]) for piece in planned]
    return tuple(
        Touched(piece_id=piece.piece_id, number=piece.number, title=piece.title,
                products=tuple(names.get(id, id) for id in ids))
        for piece, ids in named if ids
    )  # fmt: skip
