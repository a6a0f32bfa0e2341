"""What the registry says of mailings and groups in a period. Sessions are given; nothing here opens or commits one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customer_groups import CustomerGroup
from models.mailings import Mailing
from models.redemptions import OfferRow
from models.registry import METRICS, Kind, Tally
from tasks.mailing_reports.values import CouponLine, GroupLine, MailingLine, Sums
from tasks.registry.rows import tally
from tasks.reports.cuts import BEFORE, NOW, of_slot
from tasks.reports.period import Period, midnight

EVER = date(2000, 1, 1)
OF_MAILINGS = {"operation": "C5", "subject_kind": "variant"}


def sums(tallies: Iterable[Tally]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in tallies:
        found[one.metric] += one.value
    return dict(found)


def whole(session: Session, period: Period) -> tuple[Sums, Sums]:
    """What all mailings grew by, in the period and in the one before."""
    found = tally(session, period.bounds, (), OF_MAILINGS)
    return sums(of_slot(found, NOW)), sums(of_slot(found, BEFORE))


def spent(session: Session, period: Period) -> tuple[int | None, int | None]:
    """What letters cost, in the period and in the one before; None where nobody knows."""
    found = list(tally(session, period.bounds, (), {"operation": "C5", "metric": "expenses"}))
    costs = {slot: [one.cost for one in of_slot(found, slot) if one.cost is not None] for slot in (NOW, BEFORE)}
    now, before = (sum(costs[slot]) if costs[slot] else None for slot in (NOW, BEFORE))
    return now, before


def mailings(session: Session, period: Period) -> tuple[MailingLine, ...]:
    """Those that letters went out of in the period, with all they have come to by its end; the largest first."""
    went = {
        _mailing(one) for one in tally(session, (period.since, period.until), ("subject_id",), OF_MAILINGS)
        if one.metric == "mail_sent" and one.value > 0
    }  # fmt: skip
    by: dict[int, list[Tally]] = defaultdict(list)
    bounds = midnight(EVER, period.zone), period.until
    for one in tally(session, bounds, ("subject_id",), OF_MAILINGS):
        if _mailing(one) in went:
            by[_mailing(one)].append(one)
    query = select(col(Mailing.id), col(Mailing.title)).where(col(Mailing.id).in_(went))
    titles = dict(session.execute(query).tuples().all())
    lines = [MailingLine(id, titles.get(id) or f"№ {id}", sums(found)) for id, found in by.items()]
    return tuple(sorted(lines, key=lambda line: (-line.of("sent"), line.id)))


def _mailing(one: Tally) -> int:
    """mailing:17:A is of the mailing 17."""
    return int(one.of("subject_id").split(":")[1])


def by_day(session: Session, period: Period) -> tuple[tuple[date, Sums], ...]:
    found: dict[int, list[Tally]] = defaultdict(list)
    for one in tally(session, period.day_bounds, (), OF_MAILINGS):
        found[one.slot].append(one)
    return tuple((day, sums(found.get(slot, []))) for slot, day in enumerate(period.days))


def groups(session: Session, period: Period) -> tuple[GroupLine, ...]:
    """The groups in use, and how they moved; the largest first."""
    by: dict[str, list[Tally]] = defaultdict(list)
    for one in tally(session, period.bounds, ("subject_id",), {"subject_kind": "group"}):
        by[one.of("subject_id")].append(one)
    query = select(col(CustomerGroup.key), col(CustomerGroup.title)).where(col(CustomerGroup.archived_at).is_(None))
    found = (_group(key, title, by.get(key, [])) for key, title in session.execute(query).tuples())
    return tuple(sorted((one for one in found if one is not None), key=lambda line: (-line.size, line.key)))


def _group(key: str, title: str, tallies: list[Tally]) -> GroupLine | None:
    now, before = (_levels(of_slot(tallies, slot)) for slot in (NOW, BEFORE))
    size = now.get("group_size", before.get("group_size"))
    if size is None:
        return None
    return GroupLine(
        key, title, size, before.get("group_size"), now.get("group_joined", 0), now.get("group_left", 0),
        now.get("deliverable", before.get("deliverable")),
    )  # fmt: skip


def _levels(tallies: list[Tally]) -> Mapping[str, int]:
    return sums(tallies)


def coupons(session: Session, period: Period) -> tuple[CouponLine, ...]:
    """The offers whose coupons were looked at in the period; those with most coupons first."""
    where = {"operation": "C10", "subject_kind": "offer"}
    levels: dict[str, list[Tally]] = defaultdict(list)
    for one in tally(session, (period.since, period.until), ("subject_id",), where):
        if ":" not in one.of("subject_id"):  # tea:coffee is what tea's coupons did to coffee
            levels[one.of("subject_id")].append(one)
    totals: dict[str, list[Tally]] = defaultdict(list)
    for one in tally(session, (midnight(EVER, period.zone), period.until), ("subject_id",), where):
        if one.of("subject_id") in levels and METRICS[one.metric].kind is not Kind.LEVEL:
            totals[one.of("subject_id")].append(one)
    query = select(col(OfferRow.key), col(OfferRow.title)).where(col(OfferRow.key).in_(levels))
    titles = dict(session.execute(query).tuples().all())
    lines = [CouponLine(key, titles.get(key) or key, sums(levels[key]) | sums(totals[key])) for key in levels]
    return tuple(sorted(lines, key=lambda line: (-(line.of("coupons_issued") or 0), line.key)))
