"""What is given back of a redemption, by its lines, and what of its limits that sets free. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from models.basket import ONE, Basket, BasketLine, Off
from models.figures import Figure
from models.reason import Reason, because
from models.redemptions import Limit
from tasks.redeeming import refusals
from tasks.redeeming.calls import BackLine
from tasks.redeeming.limits import Take, local_day

LINE = ("n", "product", "product_group", "quantity", "amount")


def lines_of(basket: Basket, off: Off) -> list[dict[str, Any]]:
    """The lines of a receipt as the ledger keeps them; what a till took off a line it did not tell of, too."""
    by = {line.n: line for line in off.lines}
    told, paid = {line.n for line in basket.lines}, {line.n: line.amount for line in off.paid}
    untold = [BasketLine(n=line.n, quantity=line.quantity or ONE, amount=line.amount)
              for line in off.lines if line.n not in told]  # fmt: skip
    return [
        {**{name: getattr(line, name) for name in LINE}, "off": by[line.n].amount if line.n in by else 0,
         "discounted": by[line.n].quantity if line.n in by else 0, "back": 0, "back_quantity": 0,
         **({"paid": paid[line.n]} if line.n in paid else {})}
        for line in (*basket.lines, *untold)
    ]  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """`lines` are all of them as they stand now, `each` what came back by number; `whole`: nothing is left."""

    lines: list[dict[str, Any]]
    each: tuple[tuple[int, int], ...]
    amount: int
    whole: bool


def restored(lines: Sequence[dict[str, Any]], asked: Sequence[BackLine]) -> Restored | Reason:
    """What comes back for these lines, to the coin: many parts give what the whole would."""
    now = {line["n"]: dict(line) for line in lines}
    each: list[tuple[int, int]] = []
    for one in asked:
        line = now.get(one.n)
        if line is None:
            return because(refusals.NO_LINE, code="no_line", line=one.n)
        left = line["quantity"] - line["back_quantity"]
        if not left or one.quantity > left:
            return because(refusals.TOO_MUCH, code="too_much", line=one.n)
        line["back_quantity"] += one.quantity or left
        former, line["back"] = line["back"], line["off"] * line["back_quantity"] // line["quantity"]
        each.append((one.n, line["back"] - former))
    rows = [now[line["n"]] for line in lines]
    counting = [line for line in rows if line["off"]] or [line for line in rows if line.get("paid")] or rows
    whole = bool(counting) and all(line["back_quantity"] == line["quantity"] for line in counting)
    return Restored(rows, tuple(each), sum(amount for _, amount in each), whole)


def all_restored(lines: Sequence[dict[str, Any]]) -> Restored:
    rows = [dict(line) | {"back": line["off"], "back_quantity": line["quantity"]} for line in lines]
    each = tuple((line["n"], line["off"] - line["back"]) for line in lines if line["off"] > line["back"])
    return Restored(rows, each, sum(amount for _, amount in each), whole=True)


def points_due(lines: Sequence[dict[str, Any]], points: int) -> int:
    """How many of so many points are to be taken back for what has come back so far, rounded in the client's favour.

    Points that were not counted by lines go back with the whole only.
    """
    counted = [line for line in lines if line.get("paid")]
    back = sum(Fraction(line["paid"] * line["back_quantity"], line["quantity"]) for line in counted)
    return floor(points * back / sum(line["paid"] for line in counted)) if counted else 0


def left_of(kind: Limit, now: int, amount: int, lines: Sequence[dict[str, Any]], first: int) -> int:
    """What a redemption still takes of a limit after a part came back; `first` is what it took at first.

    Money is set free at once, units where they were discounted, rounded in favour of the limit; a use only as a whole.
    """
    if kind is Limit.BUDGET:
        return now - amount
    if kind is not Limit.UNITS:
        return now
    total: int = sum(line["discounted"] for line in lines)
    if not total:
        return now
    back: int = sum(line["discounted"] * line["back_quantity"] // line["quantity"] for line in lines)
    return min(now, first - first * back // total)


def set_free(taken: Sequence[Take], done: Restored, units: int) -> list[Take]:
    """What counters get back, in the order of `taken`: all of it where the redemption came back whole."""
    if done.whole:
        return list(taken)
    left = (left_of(take.kind, take.n, done.amount, done.lines, units) for take in taken)
    freed = (Take(take.kind, take.scope, take.n - rest) for take, rest in zip(taken, left, strict=True))
    return [take for take in freed if take.n]


def too_late(at: datetime, now: datetime, days: int, zone: str) -> Reason:
    """Why it cannot be brought back any more; days are those of the outlet, the last one included."""
    last = local_day(at, zone) + timedelta(days=days)
    if local_day(now, zone) <= last:
        return Reason()
    return because(refusals.TOO_LATE, code="too_late", day=Figure.day(last))
