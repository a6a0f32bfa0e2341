"""Everything about one offer at once: what the page, the report and the registry are made of. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from models.redemptions import Arm
from tasks.coupon_analysis import cannibalisation, funnel, increment, liability, signals, spending, survival
from tasks.coupon_analysis.cannibalisation import GroupChange
from tasks.coupon_analysis.costs import NO_RATES, Cost, Margin, Rates, cost_of, margin_of
from tasks.coupon_analysis.frames import History
from tasks.coupon_analysis.funnel import Funnel
from tasks.coupon_analysis.increment import Increment, Told
from tasks.coupon_analysis.liability import NO_LIMITS, Breakage, Left, Liability
from tasks.coupon_analysis.periods import Periods
from tasks.coupon_analysis.signals import USUAL, Bounds, Signal
from tasks.coupon_analysis.survival import Curve
from tasks.coupon_analysis.without_control import Difference, compared
from tasks.returns.sums.resampling import BUYERS_LEAST


@dataclass(frozen=True)
class Question:
    """What is asked. `now` is naive UTC; `promoted` are the product groups the offer is given on.

    `is_by_lot`: the arms of the history were settled by lot before the issue. Else they are just those who got it and
    those who did not, and nothing that is found is causal. `left` is what the offer's own limits leave of it.
    """

    periods: Periods
    now: datetime
    promoted: Collection[str] = ()
    rates: Rates = NO_RATES
    bounds: Bounds = USUAL
    is_by_lot: bool = True
    currency: str = "RUB"
    left: Left = NO_LIMITS
    is_stopped: bool = False  # somebody stopped all of it: it runs no more, but may again
    uncredited: int = 0  # rows of a table of redemptions that could not be counted, where they are many
    gives_beside: bool = False  # something that stands in no receipt: a gift, points, delivery, a seat

    no_discounts: bool = False  # a table of redemptions has no such column

    @property
    def beside(self) -> float | None:
        """What a use gives that stands in no receipt; None where nobody knows."""
        return None if self.no_discounts else (self.rates.handling or None) if self.gives_beside else 0.0


@dataclass(frozen=True)
class Findings:
    """What came of it. `increment` is of the offer's days, `afterwards` of those behind them (bought ahead is missing
    there); `margin` is None where no cost of goods is known, `difference` where there was a control group.

    `untold` are coupons of which nobody can know whether they arrived, where it is known of others.
    """

    question: Question
    coupons: Funnel
    customers: Funnel
    uses: Funnel | None
    curve: Curve
    breakage: Breakage
    liability: Liability
    cost: Cost
    increment: Increment
    afterwards: Increment | None = None
    margin: Margin | None = None
    changes: Sequence[GroupChange] = field(default=())
    difference: Difference | None = None
    signals: Sequence[Signal] = field(default=())
    untold: int = 0

    @property
    def is_common(self) -> bool:
        """Whether its codes are nobody's own and work more than once: then a share of codes says nothing."""
        several = self.uses is None or self.uses.issued > self.coupons.issued
        several = several or self.cost.redemptions > self.coupons.redeemed
        return several and self.coupons.issued > 0 and not self.customers.issued

    @property
    def taken(self) -> float | None:
        """Of each rouble that the offer's groups won, how much other groups lost."""
        return cannibalisation.taken_share(self.changes)


def analysed(history: History, question: Question) -> Findings:
    """All of it: the lines of purchases are gone through once, twice where there was no control group."""
    coupons, redemptions = history.coupons, history.redemptions
    curve = survival.curve(survival.waits(coupons, redemptions, question.now))
    cost = cost_of(redemptions, len(coupons), question.rates, question.beside is not None)
    spent = spending.by_group(history.lines, history.arms, question.periods, history.costs)
    whole = spending.by_customer(spent, history.arms)
    by_lot = _by_lot(whole, spent, history, question, cost)
    return Findings(
        question=question, coupons=funnel.by_coupon(coupons, redemptions),
        customers=funnel.by_customer(coupons, redemptions), uses=funnel.by_use(coupons, redemptions), curve=curve,
        breakage=liability.breakage(coupons, redemptions, question.now),
        liability=liability.liability(coupons, redemptions, curve, question.now, question.left, question.beside),
        cost=cost, increment=by_lot.increment, afterwards=by_lot.afterwards, margin=by_lot.margin,
        changes=by_lot.changes, difference=_beside(whole, history, question),
        signals=signals.found(redemptions, history.refusals, question.bounds), untold=_untold(coupons),
    )  # fmt: skip


def _untold(coupons: pl.DataFrame) -> int:
    number = len(coupons.filter(pl.col("delivered").is_null(), pl.col("viewed").is_null()))
    return number if number < len(coupons) else 0


@dataclass(frozen=True)
class _ByLot:
    increment: Increment
    afterwards: Increment | None = None
    margin: Margin | None = None
    changes: Sequence[GroupChange] = ()


def _by_lot(whole: pl.DataFrame, spent: pl.DataFrame, history: History, question: Question, cost: Cost) -> _ByLot:
    """What only a control group can tell."""
    if not question.is_by_lot:
        sizes = dict(history.arms.group_by("arm").agg(pl.len()).rows())
        return _ByLot(Increment(Told.NO_CONTROL, sizes.get(Arm.TREATED, 0)))
    periods = question.periods
    is_over = periods.after_ends > periods.during_ends
    return _ByLot(
        increment=increment.measured(whole), afterwards=increment.measured(whole, "after") if is_over else None,
        margin=_margin(whole, cost), changes=cannibalisation.by_group(spent, history.arms, question.promoted),
    )  # fmt: skip


def _beside(whole: pl.DataFrame, history: History, question: Question) -> Difference | None:
    """Those who got it beside the others, where nobody was left out; None too where in either so few bought, before or
    during, that a few receipts decide.
    """
    if question.is_by_lot:
        return None
    bought = (pl.col("before") != 0) | (pl.col("during") != 0)
    buyers = whole.group_by("arm").agg(bought.sum().alias("buyers"))
    if buyers.select((pl.col("buyers") < BUYERS_LEAST).any()).item():
        return None
    return compared(whole, history.lines, question.periods)


def _margin(whole: pl.DataFrame, cost: Cost) -> Margin | None:
    """None where no cost of what was bought is known."""
    bought, known = (int(whole[name].sum()) for name in ("during", "known"))
    if not known or not bought:
        return None
    return margin_of(increment.measured(whole, "margin"), known / bought, cost)
