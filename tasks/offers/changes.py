"""What may change in an offer whose codes are out: only what never harms a holder. Pure.

Later, longer, more, to more people, in more places: yes. Anything that could make a discount smaller, or refuse who
had it, needs a new offer. What only the house sees is free.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple

from models.figures import Figure
from models.locale import mark
from models.offers import (
    AmountOff,
    Base,
    CodeKind,
    Conditions,
    FixedPrice,
    ForTheFewer,
    FreeDelivery,
    Gift,
    Goods,
    Invitation,
    OfferTerms,
    PercentOff,
    Points,
)
from models.reason import Reason, because
from tasks.offers.windows import AN_INSTANT, on_weekday, within_hours

FIXED = mark("Codes are out, and this stays as it is. Make a new offer for what is to be otherwise.")
NOT_LESS = mark("Codes are out, and this may only grow: {former} was promised.")
NOT_MORE = mark("Codes are out, and this may only become less: {former} was promised.")
NOT_NARROWER = mark("Codes are out, and nobody may be left without what was promised. Put back: {gone}.")
ANYTHING_BEFORE = mark("Codes are out, and there was no such restriction. Clear it.")
NOT_WIDER = mark("Codes are out, and only so many units count: other goods among them could make a discount smaller.")
NOT_NEW = mark("Codes are out, and nothing more may be left out of them. Take away: {new}.")
FEWER_HOURS = mark("Codes are out, and days and hours may only be added.")
ANOTHER_KIND = mark("Codes are out, and what is given cannot become something else. Make a new offer.")
GRID = mark("Codes are out, and periods are counted from the first day, so it stays.")
NOT_LATER = mark("Codes are out, and they hold from {first} on. The first day may only become earlier.")
NOT_SOONER = mark("Codes are out, and they hold until {last}. The last day may only become later.")
SITTING_GONE = mark("People are invited, so no sitting may be taken away, moved or given fewer seats.")

Loc = tuple[str, ...]
FREE = ("title", "paid_by", "fund", "campaign", "goal")
STAYS = ("rounding", "codes")


class Change(NamedTuple):
    """A field that may not change so, and why."""

    loc: Loc
    reason: Reason


def changes(former: OfferTerms, later: OfferTerms, issued: bool) -> list[Change]:
    """Every change that is not allowed; none where no codes are out."""
    if not issued or former == later:
        return []
    return [
        *_gives(former, later),
        *(list(_same_goods(former, later)) or _goods(former.goods, later.goods)),
        *_conditions(former.conditions, later.conditions),
        *_limits(former, later),
        *_days(former, later),
        *_stacking(former, later),
        *_fixed((name,) for name in _stays(former) if getattr(former, name) != getattr(later, name)),
    ]


def _stays(terms: OfferTerms) -> tuple[str, ...]:
    """Who gets none is settled where each is drawn a code; of other codes nobody ever was."""
    return (*STAYS, "control_percent") if terms.codes.kind is CodeKind.UNIQUE else STAYS


def _fixed(locs: Any) -> Iterator[Change]:
    return (Change(loc, because(FIXED, code="fixed")) for loc in locs)


def _grows(loc: Loc, former: Any, later: Any) -> Iterator[Change]:
    if later < former:
        yield Change(loc, because(NOT_LESS, code="less", former=Figure.number(former)))


def _shrinks(loc: Loc, former: Any, later: Any) -> Iterator[Change]:
    if later > former:
        yield Change(loc, because(NOT_MORE, code="more", former=Figure.number(former)))


def _limit(loc: Loc, former: Any, later: Any) -> Iterator[Change]:
    """0 is no limit, which is more than any."""
    if later and not former:
        yield Change(loc, because(ANYTHING_BEFORE, code="restricted"))
    elif later:
        yield from _grows(loc, former, later)


def _allowed(loc: Loc, former: Collection[str], later: Collection[str]) -> Iterator[Change]:
    """A list of whom or what it is for; an empty one is everybody."""
    if later and not former:
        yield Change(loc, because(ANYTHING_BEFORE, code="restricted"))
    elif gone := [one for one in former if later and one not in later]:
        yield Change(loc, because(NOT_NARROWER, code="narrower", gone=", ".join(gone)))


def _left_out(loc: Loc, former: Collection[str], later: Collection[str]) -> Iterator[Change]:
    if new := [one for one in later if one not in former]:
        yield Change(loc, because(NOT_NEW, code="left_out", new=", ".join(new)))


def _gives(former: OfferTerms, later: OfferTerms) -> Iterator[Change]:
    if type(former.gives) is not type(later.gives):
        yield Change(("gives", "kind"), because(ANOTHER_KIND, code="kind"))
    else:
        yield from GIVES[type(former.gives)](former.gives, later.gives)


def _percent(former: PercentOff, later: PercentOff) -> Iterator[Change]:
    yield from _grows(("gives", "percent"), former.percent, later.percent)
    yield from _limit(("gives", "most"), former.most, later.most)


def _gift(former: Gift, later: Gift) -> Iterator[Change]:
    if former.product != later.product:
        yield from _fixed([("gives", "product")])
    yield from _grows(("gives", "quantity"), former.quantity, later.quantity)


def _same_goods(former: OfferTerms, later: OfferTerms) -> Iterator[Change]:
    """Other goods make other sets, and what was free in one of them may be paid for in another."""
    if isinstance(former.gives, ForTheFewer) and former.goods != later.goods:
        yield from _fixed([("goods",)])


def _n_for_m(former: ForTheFewer, later: ForTheFewer) -> Iterator[Change]:
    """A set may become smaller, and more of it free: then each free unit comes no later than before."""
    yield from _shrinks(("gives", "take"), former.take, later.take)
    if later.take - later.pay < former.take - former.pay:
        most = later.take - (former.take - former.pay)
        yield Change(("gives", "pay"), because(NOT_MORE, code="more", former=most))


def _points(former: Points, later: Points) -> Iterator[Change]:
    yield from _grows(("gives", "points"), former.points, later.points)
    yield from _grows(("gives", "percent"), former.percent, later.percent)


def _invitation(former: Invitation, later: Invitation) -> Iterator[Change]:
    seats = {(one.outlet, one.at): one.seats for one in later.sittings}
    if any(seats.get((one.outlet, one.at), 0) < one.seats for one in former.sittings):
        yield Change(("gives", "sittings"), because(SITTING_GONE, code="sittings"))
    yield from _grows(("gives", "guests"), former.guests, later.guests)


GIVES: Mapping[type[Any], Callable[[Any, Any], Iterator[Change]]] = {
    PercentOff: _percent, Gift: _gift, ForTheFewer: _n_for_m, Points: _points, Invitation: _invitation,
    AmountOff: lambda former, later: _grows(("gives", "amount"), former.amount, later.amount),
    FixedPrice: lambda former, later: _shrinks(("gives", "price"), former.price, later.price),
    FreeDelivery: lambda former, later: iter(()),
}  # fmt: skip


def _goods(former: Goods, later: Goods) -> Iterator[Change]:
    found = [
        *_allowed_goods(former, later),
        *_left_out(("goods", "but_products"), former.but_products, later.but_products),
        *_left_out(("goods", "but_groups"), former.but_groups, later.but_groups),
        *_limit(("goods", "at_most"), former.at_most, later.at_most),
    ]
    if later.at_most and former.which != later.which:
        found += _fixed([("goods", "which")])
    yield from found
    lists = ("products", "groups", "but_products", "but_groups")
    if later.at_most and not found and any({*getattr(former, name)} != {*getattr(later, name)} for name in lists):
        yield Change(("goods",), because(NOT_WIDER, code="wider"))


def _allowed_goods(former: Goods, later: Goods) -> Iterator[Change]:
    """Products and groups are one list: nothing in either is everything."""
    if not later.products and not later.groups:
        return
    if not former.products and not former.groups:
        name = "products" if later.products else "groups"
        yield Change(("goods", name), because(ANYTHING_BEFORE, code="restricted"))
        return
    for name in ("products", "groups"):
        if gone := [one for one in getattr(former, name) if one not in getattr(later, name)]:
            yield Change(("goods", name), because(NOT_NARROWER, code="narrower", gone=", ".join(gone)))


def _conditions(former: Conditions, later: Conditions) -> Iterator[Change]:
    at = "conditions"
    yield from _shrinks((at, "sum_from"), former.sum_from, later.sum_from)
    yield from _shrinks((at, "quantity_from"), former.quantity_from, later.quantity_from)
    for name in ("customer_groups", "outlets", "channels"):
        yield from _allowed((at, name), getattr(former, name), getattr(later, name))
    yield from _left_out((at, "but_customer_groups"), former.but_customer_groups, later.but_customer_groups)
    if later.first_purchase and not former.first_purchase:
        yield Change((at, "first_purchase"), because(ANYTHING_BEFORE, code="restricted"))
    if not _hold_wherever(former, later):
        is_days = former.hours_from == later.hours_from and former.hours_to == later.hours_to
        name = "weekdays" if is_days else "hours_from" if former.hours_from != later.hours_from else "hours_to"
        yield Change((at, name), because(FEWER_HOURS, code="hours"))


def _hold_wherever(former: Conditions, later: Conditions) -> bool:
    """Whether the later days and hours hold whenever the former did: asked at every edge, on each day of a week."""
    a_monday = date(2026, 11, 23)
    edges = {time.min, time.max, *(at for one in (former, later) for at in (one.hours_from, one.hours_to) if at)}
    days = [datetime.combine(a_monday + timedelta(days=n), at) for n in range(7) for at in edges]
    walls = chain.from_iterable((wall - AN_INSTANT, wall, wall + AN_INSTANT) for wall in days)
    return all(_holds(later, wall) for wall in walls if _holds(former, wall))


def _holds(conditions: Conditions, wall: datetime) -> bool:
    return within_hours(conditions, wall.time()) and on_weekday(conditions, wall)


def _limits(former: OfferTerms, later: OfferTerms) -> Iterator[Change]:
    was, now = former.limits, later.limits
    for name in ("total", "per_code", "per_customer", "per_period", "per_outlet", "units", "budget"):
        yield from _limit(("limits", name), getattr(was, name), getattr(now, name))
    if now.per_period and was.per_period and now.period_days != was.period_days:
        yield from _fixed([("limits", "period_days")])


def _days(former: OfferTerms, later: OfferTerms) -> Iterator[Change]:
    if later.first_day > former.first_day:
        yield Change(("first_day",), because(NOT_LATER, code="later", first=Figure.day(former.first_day)))
    if later.limits.per_period and former.first_day > later.first_day:
        yield Change(("first_day",), because(GRID, code="grid"))
    if later.last_day < former.last_day:
        yield Change(("last_day",), because(NOT_SOONER, code="sooner", last=Figure.day(former.last_day)))
    yield from _grows(("return_days",), former.return_days, later.return_days)


def _stacking(former: OfferTerms, later: OfferTerms) -> Iterator[Change]:
    if former.stacking.rank != later.stacking.rank:
        yield from _fixed([("stacking", "rank")])
    if later.stacking.exclusive and not former.stacking.exclusive:
        yield Change(("stacking", "exclusive"), because(ANYTHING_BEFORE, code="restricted"))
    if former.stacking.base is Base.INITIAL and later.stacking.base is Base.LEFT:
        yield from _fixed([("stacking", "base")])
