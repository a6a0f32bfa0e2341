"""What the sample's customers bought up to a day: for the same day always the same, and none of it later. Pure.

Everybody has a habit: how often they come and when they stopped; a few buy most, as in any shop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from deployments.sample.crowd.lots import lot, pick

# Of a hundred customers so many never bought, came once, come now and then, come often, are always there.
HABITS = ((18, 0), (26, 1), (32, 120), (17, 45), (7, 20))  # days between two purchases
STOPPED = 35  # of a hundred do not come any more
YEARS_BACK = timedelta(days=730)
RETURNS = 90  # one line of so many is brought back
AT_ONCE = (1, 1, 1, 2, 2, 3)


@dataclass(frozen=True)
class Product:
    """`price` in minor units; `shelf` is the first figure of its category in the feed."""

    name: str
    price: int
    shelf: str


@dataclass(frozen=True)
class Bought:
    """A line of a receipt; a return has a quantity below zero."""

    receipt: str
    on: date
    at: str
    code: str
    outlet: str
    product: Product
    quantity: int


def shopping(
    number: int, code: str, came: date, outlets: Sequence[str], products: Sequence[Product], until: date
) -> Iterator[Bought]:
    """Everything this customer has bought by the end of `until`."""
    every = _habit(number)
    if not every or came > until:
        return
    day, end = max(came, until - YEARS_BACK), until
    if every > 1 and lot("stopped", number) % 100 < STOPPED:
        end = day + (until - day) * (lot("last", number) % 80) // 100
    loved = pick("loved", number, ("1", "1", "1", "2", "2"))
    outlet = pick("shop", number, outlets)
    for visit in range(1 if every == 1 else 1000):
        seed = number * 1000 + visit
        if visit:
            day += timedelta(days=1 + lot("gap", seed) % (2 * every))
        elif every == 1:
            day += timedelta(days=lot("once", number) % max(1, (end - day).days + 1))
        if day > end:
            return
        yield from _receipt(seed, code, day, outlet if lot("way", seed) % 10 else pick("other", seed, outlets),
                            [product for product in products if product.shelf == loved or lot("else", seed) % 3 == 0],
                            until)  # fmt: skip


def _habit(number: int) -> int:
    drawn = lot("habit", number) % 100
    for share, every in HABITS:
        if drawn < share:
            return every
        drawn -= share
    return 0


def _receipt(
    seed: int, code: str, day: date, outlet: str, products: Sequence[Product], until: date
) -> Iterator[Bought]:
    at = f"{9 + lot('hour', seed) % 11:02}:{lot('minute', seed) % 60:02}"
    lines = pick("lines", seed, AT_ONCE)
    for line in range(lines):
        product = pick("product", seed * 10 + line, products)
        quantity = 2 if lot("two", seed * 10 + line) % 8 == 0 else 1
        yield Bought(f"{outlet}-{seed}", day, at, code, outlet, product, quantity)
    back = day + timedelta(days=3)
    if lot("back", seed) % RETURNS == 0 and back <= until:
        yield Bought(f"{outlet}-{seed}-R", back, at, code, outlet, product, -quantity)
