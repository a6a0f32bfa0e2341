"""Which goods of a basket are meant, at what price, and how many of them. Pure.

Lines of one product at one price are one pool: they are chosen and rounded together, so that ringing up a line in
parts changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import NamedTuple

from models.basket import ONE, QUANTITY_MOST, Basket
from models.offers import Base, Goods, OfferTerms, Which
from tasks.offers.sums import Exact


@dataclass(frozen=True)
class Assortment:
    """What is sold: the groups above each group, each product's group where the till names none, and the currency.

    No currency is any. `outlets` are what outlets are called in a reason.
    """

    above: Mapping[str, Collection[str]] = field(default_factory=dict)
    group_of: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    outlets: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        return {folded(name): frozenset(map(folded, names)) for name, names in self.above.items()}

    @cached_property
    def _group_of(self) -> dict[str, str]:
        return {folded(product): group for product, group in self.group_of.items()}

    def group(self, product: str, product_group: str) -> str:
        return product_group or self._group_of.get(folded(product), "")

    def groups_over(self, product_group: str) -> frozenset[str]:
        """The group itself and all above it; none where the line has no group."""
        own = folded(product_group)
        return frozenset({own}) | self._above.get(own, frozenset()) if own else frozenset()


ANYTHING = Assortment()
FINE = 10 * QUANTITY_MOST**2  # two prices that differ at all differ by more than one such part


NONE: frozenset[str] = frozenset()


def folded(name: str) -> str:
    return name.strip().casefold()


class Item(NamedTuple):
    """A line as an offer sees it: what it is counted on, and how much may still come off it."""

    n: int
    product: str
    product_group: str
    quantity: int
    amount: int
    left: int


class Pool(NamedTuple):
    """Lines of one product at one price, as they are numbered."""

    items: tuple[Item, ...]

    @property
    def product(self) -> str:
        return self.items[0].product

    @property
    def quantity(self) -> int:
        return sum(item.quantity for item in self.items)

    @property
    def price(self) -> Fraction:
        """Of a thousandth of a unit, in minor units."""
        return Fraction(self.items[0].amount, self.items[0].quantity)

    def worth(self, quantity: int) -> Exact:
        return sum(item.amount for item in self.items) if quantity == self.quantity else self.price * quantity


class Taken(NamedTuple):
    """So much of a pool."""

    pool: Pool
    quantity: int

    @property
    def worth(self) -> Exact:
        return self.pool.worth(self.quantity)


class Portion(NamedTuple):
    """So much of a line."""

    line: Item
    quantity: int

    @property
    def worth(self) -> Exact:
        line = self.line
        return line.amount if self.quantity == line.quantity else Fraction(line.amount * self.quantity, line.quantity)

    @property
    def room(self) -> int:
        """The most that may come off it; a coin begun is a coin."""
        return min(ceil(self.worth), self.line.left)


def items(basket: Basket, assortment: Assortment, gone: Mapping[int, int], base: Base) -> list[Item]:
    """The lines of a basket of which `gone` has come off already, counted on the first price or on what is left."""
    found = []
    for line in basket.lines:
        left = max(line.amount - gone.get(line.n, 0), 0)
        amount = line.amount if base is Base.INITIAL else left
        group = assortment.group(line.product, line.product_group)
        found.append(Item(line.n, line.product, group, line.quantity, amount, left))
    return found


def meant(goods: Goods, lines: Iterable[Item], assortment: Assortment) -> list[Item]:
    """The lines an offer is given on; what costs nothing is none of them."""
    named, left_out = set(map(folded, goods.products)), set(map(folded, goods.but_products))
    groups, groups_out = set(map(folded, goods.groups)), set(map(folded, goods.but_groups))

    def is_meant(line: Item) -> bool:
        product = folded(line.product)
        over = assortment.groups_over(line.product_group) if groups or groups_out else NONE
        if product in left_out or over & groups_out:
            return False
        return not (named or groups) or product in named or bool(over & groups)

    return [line for line in lines if line.amount > 0 and is_meant(line)]


def of_product(product: str, lines: Iterable[Item]) -> list[Item]:
    return [line for line in lines if line.amount > 0 and folded(line.product) == folded(product)]


def pools(lines: Iterable[Item]) -> list[Pool]:
    """The cheapest first; the order of the lines in the basket does not matter."""
    alike: defaultdict[tuple[int, str, str], list[Item]] = defaultdict(list)
    for line in lines:
        key = line.amount * FINE // line.quantity, folded(line.product), folded(line.product_group)
        alike[key].append(line)
    return [Pool(tuple(sorted(alike[key]))) for key in sorted(alike)]


def chosen(goods: Goods, among: Sequence[Pool]) -> list[Taken]:
    """At most so many units, of the dearest or else of the cheapest; all that are there where no number is said."""
    if not goods.at_most:
        return [Taken(pool, pool.quantity) for pool in among]
    ordered = reversed(among) if goods.which is Which.DEAREST else among
    return first_units(ordered, goods.at_most * ONE)


def first_units(among: Iterable[Pool], quantity: int) -> list[Taken]:
    found = []
    for pool in among:
        if taken := min(pool.quantity, quantity):
            found.append(Taken(pool, taken))
            quantity -= taken
    return found


def portions(taken: Iterable[Taken]) -> list[Portion]:
    """The same by line, as they are numbered; of a pool its first lines first."""
    return sorted(portion for one in taken for portion in _of_pool(one))


def _of_pool(taken: Taken) -> Iterator[Portion]:
    still = taken.quantity
    for line in taken.pool.items:
        if here := min(line.quantity, still):
            yield Portion(line, here)
            still -= here


def worth(taken: Iterable[Taken | Portion]) -> Exact:
    return sum(one.worth for one in taken)


def base_of(terms: OfferTerms, basket: Basket, assortment: Assortment = ANYTHING) -> int:
    """What the goods meant cost before any discount, in minor units."""
    return sum(line.amount for line in meant(terms.goods, items(basket, assortment, {}, Base.INITIAL), assortment))
