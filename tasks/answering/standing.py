"""How an invitation stands for the one who is invited, and which sittings they may choose. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.company import Company
from models.invited import Invited, SittingShown, Standing
from models.offers import Invitation, OfferTerms
from models.redemptions import CouponState, OfferStage
from tasks.redeeming.limits import scope_of
from tasks.redeeming.selling.shelves import titles_of, zone_of
from tasks.schedule.wall import local


@dataclass(frozen=True)
class Invitee:
    """A coupon of somebody's own, and its offer as it is approved."""

    coupon: int
    code: str
    customer: int
    state: str
    most: int
    used: int
    ends_at: datetime | None
    offer: int
    key: str
    stage: str
    terms: OfferTerms

    @property
    def gives(self) -> Invitation:
        assert isinstance(self.terms.gives, Invitation)
        return self.terms.gives


@dataclass(frozen=True)
class Answer:
    """Seats of a sitting that are held, or were taken."""

    scope: str
    guests: int


@dataclass(frozen=True)
class Facts:
    """What the ledger knows: seats gone by sitting, the answer, who came, whether a till is taking the coupon."""

    gone: Mapping[str, int]
    answer: Answer | None = None
    came: Answer | None = None
    is_at_till: bool = False


def invited(one: Invitee, facts: Facts, company: Company, now: datetime) -> Invited:
    """What the page shows; a sitting that has begun is answered no more."""
    standing = _standing(one, facts, now)
    sittings = _sittings(one, facts, company, now) if standing in (Standing.ASKED, Standing.COMES) else ()
    if standing is Standing.ASKED and not sittings:
        standing = Standing.OVER
    found = facts.came if standing is Standing.CAME else facts.answer
    outlet, _, at = found.scope.partition(" ") if found else ("", "", "")
    return Invited(
        coupon=one.coupon, standing=standing, sittings=sittings, outlet=titles_of(company).get(outlet, outlet),
        at=datetime.fromisoformat(at) if at else None, guests=found.guests if found else 0, most=one.gives.guests,
    )  # fmt: skip


def _standing(one: Invitee, facts: Facts, now: datetime) -> Standing:
    if one.most and one.used >= one.most:
        return Standing.CAME
    if one.stage == OfferStage.STOPPED or one.state != CouponState.LIVE:
        return Standing.STOPPED
    if one.stage != OfferStage.OPEN or (one.ends_at is not None and one.ends_at < now):
        return Standing.OVER
    if facts.is_at_till:
        return Standing.AT_TILL
    return Standing.COMES if facts.answer else Standing.ASKED


def _sittings(one: Invitee, facts: Facts, company: Company, now: datetime) -> tuple[SittingShown, ...]:
    titles, found = titles_of(company), []
    for each in sorted(one.gives.sittings, key=lambda each: (each.at, each.outlet)):
        if each.outlet not in titles or local(now, zone_of(company, each.outlet)).replace(tzinfo=None) >= each.at:
            continue
        scope = scope_of(each)
        left = max(0, each.seats - facts.gone.get(scope, 0))
        mine = facts.answer.guests if facts.answer and facts.answer.scope == scope else 0
        found.append(SittingShown(scope=scope, outlet=titles[each.outlet], at=each.at, left=left, room=left + mine,
                                  is_mine=bool(mine)))  # fmt: skip
    return tuple(found)
