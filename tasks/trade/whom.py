"""Which outlets an offer concerns, when it starts there, and when somebody has to be reminded. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.company import Outlet
from models.offers import Invitation, OfferTerms
from tasks.offers.windows import begins_at, ends_at

TILL_CHANNEL = "till"
REMIND, HEAD = timedelta(days=3), timedelta(days=2)  # before the start
REST = timedelta(days=1)  # nobody is reminded the day after the letter


def concerned(terms: OfferTerms, outlets: Sequence[Outlet]) -> list[Outlet]:
    """The outlets where it may be given: those named, those with sittings, else all; none if no till gives it."""
    if terms.conditions.channels and TILL_CHANNEL not in terms.conditions.channels:
        return []
    named = set(terms.conditions.outlets)
    if isinstance(terms.gives, Invitation):
        seated = {one.outlet for one in terms.gives.sittings}
        named = named & seated if named else seated
    return [one for one in outlets if not named or one.key in named]


def starts_at(terms: OfferTerms, outlet: Outlet, zone: str) -> datetime:
    """Its first instant by the clocks of the outlet."""
    return begins_at(terms, outlet.zone or zone)


def is_over(terms: OfferTerms, outlet: Outlet, zone: str, now: datetime) -> bool:
    return ends_at(terms, outlet.zone or zone) < now


def is_to_remind(starts: datetime, sent_at: datetime | None, reminded_at: datetime | None, now: datetime) -> bool:
    """Whether the outlet gets its one reminder now."""
    return sent_at is not None and reminded_at is None and now >= starts - REMIND and now - sent_at >= REST


def is_for_the_head(starts: datetime, now: datetime) -> bool:
    """Whether it is time for the head to hear of an outlet that has not confirmed."""
    return now >= starts - HEAD
