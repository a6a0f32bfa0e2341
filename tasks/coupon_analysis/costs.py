"""What a redemption costs, who pays it, and what the whole brought against it. Pure."""

from dataclasses import dataclass

import polars as pl

from models.offers import FreeDelivery, Gift, Invitation, Points
from tasks.coupon_analysis.increment import Increment
from tasks.returns.sums.intervals import Interval

COVERED_LEAST = 0.9
BESIDE_RECEIPTS = (Gift, Points, FreeDelivery, Invitation)  # what they give stands in no receipt, or not always


@dataclass(frozen=True, slots=True)
class Rates:
    """What is stated of an offer's costs, in minor units. `partner` is the share of the face value that a partner pays.

    `handling` is the work of one redemption, `each_issued` printing or sending one code, `fixed` the rest.
    """

    handling: float = 0.0
    each_issued: float = 0.0
    fixed: float = 0.0
    partner: float = 0.0


NO_RATES = Rates()


@dataclass(frozen=True, slots=True)
class Cost:
    """All of it, in minor units; `face` is what came off receipts, what was returned already given back.

    Where it is not `is_known` a use gives something that stands in no receipt, and nobody has stated what that costs;
    or the source says no discounts.
    """

    redemptions: int
    face: float
    handling: float
    distribution: float
    partner: float
    is_known: bool = True

    @property
    def total(self) -> float:
        return self.face + self.handling + self.distribution

    @property
    def ours(self) -> float:
        return self.total - self.partner

    @property
    def beside_face(self) -> float:
        """What is not in the receipts already, which are paid less the face value; below zero: a partner pays more."""
        return self.handling + self.distribution - self.partner

    @property
    def each(self) -> float | None:
        return self.total / self.redemptions if self.redemptions and self.is_known else None

    @property
    def each_ours(self) -> float | None:
        return self.ours / self.redemptions if self.redemptions and self.is_known else None


@dataclass(frozen=True, slots=True)
class Margin:
    """What the offer earned above what would have been earned anyway. `covered` is the share of the purchases of which
    the cost of goods is known; `each` is of that part. Where it is not nearly all of them there is no profit: what was
    lost may lie in the rest.
    """

    covered: float
    each: Increment
    profit: float | None = None
    between: Interval | None = None
    roi: float | None = None
    roi_between: Interval | None = None


def cost_of(redemptions: pl.DataFrame, issued: int, rates: Rates, is_known: bool = True) -> Cost:
    """What `issued` codes and their redemptions cost; what they give beside receipts is stated as their handling."""
    face = float(redemptions["amount"].sum() or 0)
    return Cost(
        redemptions=len(redemptions), face=face, handling=rates.handling * len(redemptions),
        distribution=rates.fixed + rates.each_issued * issued, partner=rates.partner * face,
        is_known=is_known,
    )  # fmt: skip


def margin_of(margin: Increment, covered: float, cost: Cost) -> Margin:
    """`margin` is the increment of the margin per customer, of receipts as paid: the face value is off already.

    Return on investment is the profit to what it cost us, face value included.
    """
    total = margin.total()
    if total is None or covered < COVERED_LEAST or not cost.is_known:
        return Margin(covered, margin)
    brought, between = total
    profit = brought - cost.beside_face
    ends = Interval(between.low - cost.beside_face, between.high - cost.beside_face)
    if cost.ours <= 0:
        return Margin(covered, margin, profit, ends)
    return Margin(covered, margin, profit, ends, profit / cost.ours,
                  Interval(ends.low / cost.ours, ends.high / cost.ours))  # fmt: skip
