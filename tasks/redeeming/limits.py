"""What a redemption takes of which limits, in the order in which counters are locked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.basket import Off, Place
from models.offers import Invitation, OfferTerms, Points, Sitting
from models.reason import NO_REASON, Reason, because
from models.redemptions import Limit
from models.written import minor_units
from tasks.offers.windows import sitting_at, wall_clock
from tasks.redeeming import refusals
from tasks.schedule.wall import instant, wall_at

BY_NUMBER = "id:"  # the scope of a customer who is known
ORDER = {kind: place for place, kind in enumerate(Limit)}


@dataclass(frozen=True, slots=True)
class Take:
    """So much of a limit; `most` is None where there is none and it is only counted."""

    kind: Limit
    scope: str
    n: int
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a counter changes by; of what is asked for there must be room."""

    offer_id: int
    kind: Limit
    scope: str
    used: int = 0
    held: int = 0
    most: int | None = None

    @property
    def place(self) -> tuple[int, int, str]:
        """The order of locks, the same for everybody."""
        return (self.offer_id, ORDER[self.kind], self.scope)

    @property
    def asked(self) -> int:
        return self.used + self.held


def local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def missing(terms: OfferTerms, buyers: Sequence[str]) -> Reason:
    """What must be known before its limits can be kept, and points be given; no reason where all is."""
    if each_counts(terms) and not buyers:
        return because(refusals.CARD, code="card")
    if isinstance(terms.gives, Points) and not any(one.startswith(BY_NUMBER) for one in buyers):
        return because(refusals.POINTS, code="points_card")
    return NO_REASON


def each_counts(terms: OfferTerms) -> bool:
    """Whether anything is limited for each customer."""
    return bool(each_may(terms) or terms.limits.per_period)


def takes(
    terms: OfferTerms, off: Off, place: Place, buyers: Sequence[str], seat: Sitting | None, currency: str
) -> list[Take]:
    """What it takes, in the order of locks. All that may ever be limited is counted, limited or not."""
    limits = terms.limits
    found = [
        Take(Limit.TOTAL, "", 1, limits.total or None),
        Take(Limit.BUDGET, "", off.amount, minor_units(limits.budget, currency) or None),
        Take(Limit.UNITS, "", off.units, limits.units or None),
    ]
    if place.outlet:
        found.append(Take(Limit.OUTLET, place.outlet, 1, limits.per_outlet or None))
    if seat is not None:
        seats = sum(one.seats for one in off.given) or 1
        found.append(Take(Limit.SEATS, scope_of(seat), seats, seat.seats))
    found += [Take(Limit.CUSTOMER, buyer, 1, each_may(terms) or None) for buyer in buyers]
    if limits.per_period and limits.period_days:
        n = window(terms, local_day(place.at, place.zone))
        found += [Take(Limit.PERIOD, f"{buyer} {n}", 1, limits.per_period) for buyer in buyers]
    return [take for take in found if take.n]


def each_may(terms: OfferTerms) -> int:
    """How often one customer may, 0: any number. A first purchase is one, whatever else is said."""
    return 1 if terms.conditions.first_purchase else terms.limits.per_customer


def window(terms: OfferTerms, day: date) -> int:
    """The number of the period a day is in, on the grid that begins with the offer's first day."""
    return (day - terms.first_day).days // terms.limits.period_days


def scope_of(seat: Sitting) -> str:
    """What the seats of a sitting are counted by."""
    return f"{seat.outlet} {seat.at.isoformat()}"


def seat_of(
    gives: Invitation, place: Place, named: datetime | None, ahead: bool, answered: str = ""
) -> tuple[Sitting | None, Place]:
    """The sitting that is meant, and the place and time at which it is judged; `ahead`: it is only answered now.

    The named one; or that of today which was `answered`, else the nearest to now; or, ahead, the only one to come. Who
    comes, comes on its day.
    """
    today = wall_clock(place).date()
    here = [one for one in gives.sittings if one.outlet == place.outlet and one.at.date() >= today]
    if named is not None:
        found = next((one for one in here if one.at == named.replace(tzinfo=None)), None)
    else:
        theirs = (one for one in here if one.at.date() == today and scope_of(one) == answered)
        found = next(theirs, None) or sitting_at(gives, place) or (here[0] if ahead and len(here) == 1 else None)
    if found is None or (found.at.date() > today and not ahead):
        return None, place
    at = instant(wall_at(found.at.date(), found.at.time()), place.zone)
    return found, place.model_copy(update={"at": at}) if ahead and at > place.at else place


def either(one: Iterable[Take], other: Iterable[Take]) -> list[Take]:
    """The more of each: so much has room for the one as for the other. Limits are as the first says them."""
    found = {(take.kind, take.scope): take for take in one}
    for take in other:
        former = found.get((take.kind, take.scope), take)
        found[take.kind, take.scope] = replace(former, n=max(former.n, take.n))
    return sorted(found.values(), key=lambda take: (ORDER[take.kind], take.scope))


def beyond(taken: Iterable[Take], held: Iterable[Take]) -> list[Take]:
    """What of it is not held already."""
    has = {(take.kind, take.scope): take.n for take in held}
    more = (replace(take, n=take.n - has.get((take.kind, take.scope), 0)) for take in taken)
    return [take for take in more if take.n > 0]


def changes(offer_id: int, given: Iterable[Take], taken: Iterable[Take], held: bool) -> list[Change]:
    """What counters change by when `given` reservations make place for `taken`, in the order of locks."""
    found: dict[tuple[Limit, str], Change] = {}
    for take in given:
        former = found.get((take.kind, take.scope), Change(offer_id, take.kind, take.scope))
        found[take.kind, take.scope] = replace(former, held=former.held - take.n)
    for take in taken:
        former = found.get((take.kind, take.scope), Change(offer_id, take.kind, take.scope))
        now = replace(former, held=former.held + take.n) if held else replace(former, used=take.n)
        found[take.kind, take.scope] = replace(now, most=take.most)
    moving = (change for change in found.values() if change.used or change.held)
    return sorted(moving, key=lambda change: change.place)


def too_large(asked: Iterable[Change]) -> Change | None:
    """The first of these that no counter, however empty, has room for."""
    return next((one for one in asked if one.most is not None and one.asked > one.most), None)
