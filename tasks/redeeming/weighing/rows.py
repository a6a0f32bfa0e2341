"""What a call comes to: the terms, goods and buyers as they stand now, all its offers priced together.

Sessions are given; nothing is written here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from models.basket import Buyer, Off, Place
from models.company import Company
from models.offers import Invitation, OfferTerms, Sitting
from tasks.offers import stacking
from tasks.offers.conditions import whatever_is_bought
from tasks.offers.goods import Assortment
from tasks.offers.pricing import bigger
from tasks.offers.refusals import Missing, Refusal
from tasks.offers.windows import A_DAY
from tasks.redeeming import limits, refusals
from tasks.redeeming.answered.rows import sittings_answered
from tasks.redeeming.buying import rows as buying
from tasks.redeeming.buying.asked import Known, groups_named, name_groups_of_goods
from tasks.redeeming.calls import Call
from tasks.redeeming.planning import Planned
from tasks.redeeming.rows import NoRoom, Offered, Terms
from tasks.redeeming.selling.rows import Shelf
from tasks.redeeming.selling.shelves import zone_of
from tasks.redeeming.whose import Printed, shown
from tasks.schedule.wall import instant, wall_at


@dataclass(frozen=True)
class Weighed:
    """A code of a call: what its offer gives at `place`, or why nothing. `missing` is what would give more."""

    offered: Offered
    terms: OfferTerms
    result: Off | Refusal
    place: Place
    seat: Sitting | None = None
    missing: Missing | None = None


@dataclass(frozen=True)
class When:
    """`ahead`: seats are only answered now. `held_at`: what was held then is paid by what held then."""

    ahead: bool = False
    held_at: datetime | None = None


NOW, AT_THE_DOOR = When(), "page"  # a cashier lets people in; nobody answers for another day there
ITSELF = timedelta(minutes=15)  # a till may tell of the purchase itself before it asks


class Scales:
    """What is asked again and again, kept: terms by their versions, goods by the feed they were read from."""

    def __init__(self, printed: Printed, company: Callable[[], Company]) -> None:
        self.printed, self.company = printed, company
        self.terms, self.shelf = Terms(), Shelf()

    def placed(self, call: Call, now: datetime | None = None) -> Call:
        """The call at its place as the house knows it: by the outlet's clocks, at the time of the database."""
        there = {"zone": zone_of(self.company(), call.place.outlet)} | ({"at": now} if now else {})
        return call.model_copy(update={"place": call.place.model_copy(update=there)})

    def who(self, session: Session, call: Call) -> Known:
        """Who buys: by what was shown, and whom the house names itself."""
        named = shown(call.presented)
        prints = [self.printed(*one) for one in named] + ([call.buyer.whose] if call.buyer.whose else [])
        if not named and call.buyer.customer is None:
            return Known(prints=tuple(prints))
        return Known(buying.customers_of(session, named, call.buyer.customer), tuple(prints))

    def weighed(
        self, session: Session, call: Call, found: Sequence[Offered], who: Known, when: When = NOW
    ) -> list[Weighed]:  # fmt: skip
        """All of these on one basket, in the order in which they stand there."""
        terms = [self.terms.of(session, one.version_id or 0) for one in found]
        if call.origin == "answer":
            terms = [whatever_is_bought(its) for its in terms]
        goods = self.shelf.of(session, self.company(), name_groups_of_goods(terms))
        buyers = self._buyers(session, call, terms, [who.or_owner(one.customer_id) for one in found])
        theirs = sittings_answered(session, [
            one.id for one, its in zip(found, terms, strict=True) if isinstance(its.gives, Invitation)
        ])  # fmt: skip
        seats = [_seat(its, call, when, theirs.get(one.id, "")) for one, its in zip(found, terms, strict=True)]
        laid = [
            stacking.Offered(one.key, its, one.ends_at, call.guests, buyer, place)
            for one, its, buyer, (_, place) in zip(found, terms, buyers, seats, strict=True)
        ]
        order = sorted(range(len(laid)), key=lambda n: stacking.in_rank(laid[n]))
        stack = stacking.stacked([laid[n] for n in order], call.basket, call.buyer, call.place, goods)
        results = {n: outcome.result for n, outcome in zip(order, stack.outcomes, strict=True)}
        weighed = [Weighed(one, terms[n], results[n], seats[n][1], seats[n][0]) for n, one in enumerate(found)]
        return [_told(one, call, goods) for one in weighed]

    def _buyers(
        self, session: Session, call: Call, terms: Sequence[OfferTerms], whose: Sequence[Known]
    ) -> list[Buyer]:  # fmt: skip
        """Each offer's buyer, with what the offer asks about them, and no more."""
        groups = groups_named(terms)
        by: dict[Known, frozenset[str]] = {
            who: buying.groups_of(session, who.customers, groups) for who in dict.fromkeys(whose)
        }
        first: dict[Known, bool | None] = {
            who: buying.is_first(session, who, call.place.at - ITSELF)
            for who in {who for who, one in zip(whose, terms, strict=True) if one.conditions.first_purchase}
        }
        return [_buyer(who, by, first) for who in whose]

    def _scopes(self, session: Session, who: Known, one: Weighed) -> tuple[str, ...]:
        """What limits count them by; whom the base knows by all its names, where each customer's uses are limited."""
        owner = one.offered.customer_id
        whoever = who.customers | ({owner} if owner is not None else set())
        if whoever and limits.each_counts(one.terms):
            who = who.also(self.printed(*name) for name in buying.names_of(session, whoever))
        return who.scopes(owner)

    def planned(
        self, session: Session, call: Call, one: Weighed, who: Known, conflicts: tuple[str, ...] = ()
    ) -> Planned:  # fmt: skip
        """What it takes of which limits; who redeems it is whoever was named, else whose the code is."""
        assert isinstance(one.result, Off)
        owner, currency = one.offered.customer_id, self.company().currency
        scopes = self._scopes(session, who, one)
        taken = limits.takes(one.terms, one.result, one.place, scopes, one.seat, currency)
        customer = min(who.customers, default=owner)
        whose = "" if customer is not None or not who.prints else who.prints[0]
        until = _day_after(one.seat, one.place) if one.seat and call.origin != AT_THE_DOOR else None
        return Planned(one.offered, one.terms, one.result, taken, customer, whose, until, conflicts, one.missing)

    def plan(
        self, session: Session, call: Call, found: Mapping[str, Offered], codes: Sequence[str], when: When = NOW
    ) -> list[Planned]:  # fmt: skip
        """What each of these codes takes; raises NoRoom for the first that may not be taken."""
        for code in codes:
            if reason := found[code].refusal if code in found else refusals.unknown(code):
                raise NoRoom(code, reason)
        who = self.who(session, call)
        weighed = self.weighed(session, call, [found[code] for code in codes], who, when)
        for one in weighed:
            if isinstance(one.result, Refusal):
                raise NoRoom(one.offered.code, one.result)
        for one in weighed:
            scopes = who.scopes(one.offered.customer_id)
            if reason := limits.missing(one.terms, scopes):
                raise NoRoom(one.offered.code, reason)
        return [self.planned(session, call, one, who) for one in weighed]


def _seat(terms: OfferTerms, call: Call, when: When, answered: str) -> tuple[Sitting | None, Place]:
    """The seat, where it is one; and the place and time at which the offer is judged."""
    if isinstance(terms.gives, Invitation):
        return limits.seat_of(terms.gives, call.place, call.sitting, when.ahead, answered)
    return None, call.place.model_copy(update={"at": when.held_at}) if when.held_at else call.place


def _day_after(seat: Sitting, place: Place) -> datetime:
    return instant(wall_at(seat.at.date() + A_DAY, time()), place.zone)


def _told(one: Weighed, call: Call, goods: Assortment) -> Weighed:
    """With what is missing; and a sitting that was named and is not there gives nothing, whatever else there is."""
    if isinstance(one.terms.gives, Invitation) and call.sitting and one.seat is None:
        return replace(one, result=Refusal.of(refusals.NO_SITTING))
    missing = one.result.missing if isinstance(one.result, Refusal) else bigger(one.terms, call.basket, goods)
    return replace(one, missing=missing)


def _buyer(who: Known, groups: Mapping[Known, frozenset[str]], first: Mapping[Known, bool | None]) -> Buyer:
    return Buyer(
        customer=min(who.customers, default=None), whose=next(iter(who.prints), ""), groups=groups[who],
        first=first.get(who),
    )  # fmt: skip
