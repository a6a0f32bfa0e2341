"""Lays the plan out in time: all of it, or these pieces alone. It knows no Prefect."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from models.company import ChannelCard
from models.content import PlanRow
from models.database import in_one, let_others_in, portions
from models.schedule import Slot
from models.timetable import read_quiet, read_slots
from tasks.adaptation.rows import Ready, ready_renditions
from tasks.analysis.rows import recommended_slots
from tasks.approval.rows import ANY, approve_by_policy, hold_returned, subject_of
from tasks.approval.rules import demands_of
from tasks.delivery.statements import D
from tasks.house import House
from tasks.posting import rows
from tasks.posting.layout import Rhythm, times

AT_ONCE = 500  # pieces: what they mean is written in less than a second


def lay_out(at: House, pieces: Collection[int] | None = None) -> dict[str, int]:
    """Turn the plan, or these pieces of it, into placements: as many rows as it means up to the horizon, none twice.

    However long the plan is, nobody waits for the whole of it: some pieces after others, each in one transaction.
    While the company's files cannot be read the rows stand as they are: nobody knows what the plan would mean.
    """
    if at.unreadable():
        return {}
    with at.reads() as session:
        ids = rows.planned(session, pieces)
    done = Counter(dict.fromkeys(("new", "moved", "changed", "gone"), 0))
    for place, some in enumerate(portions(ids, AT_ONCE)):
        if place:
            let_others_in(at.engine)
        done.update(in_one(at.sessions, partial(_lay_out, at, some)))
    if pieces is None:
        in_one(at.sessions, lambda session: _let_go(at, session, [], ANY))
    return dict(done)


def _lay_out(at: House, pieces: Sequence[int], session: Session) -> dict[str, int]:
    rows.one_at_a_time(session, at.clock)
    cards = {card.key: card for card in at.workspace.channels if card.enabled}
    ready, aims = ready_renditions(session, list(cards), pieces), rows.aims(session, pieces)
    awaited = {(id, account) for id, accounts in aims.items() for account in accounts}
    awaited -= {(r.piece_id, r.account) for r in ready}
    done = rows.lay_out(session, at.clock, _wanted(at, session, cards, ready), sorted(aims), awaited)
    _let_go(at, session, ready, and_(D.subject_kind == "piece", D.subject_id.in_([str(id) for id in pieces])))
    return done


def _let_go(at: House, session: Session, ready: Sequence[Ready], which: ColumnElement[bool]) -> None:
    """Let out what the company's policy answers for and what is approved, hold what was sent back."""
    company = at.workspace.company
    policy = [
        (subject_of(r.piece_id, r.account), r.content_hash)
        for r in ready if (r.approval or company.approval.of(r.account)) == "policy"
    ]  # fmt: skip
    approve_by_policy(session, at.clock, policy, demands_of(company), which)
    hold_returned(session, which)


def _wanted(at: House, session: Session, cards: dict[str, ChannelCard], ready: list[Ready]) -> list[rows.Placement]:
    given, advised, now = rows.times_of(session, [r.piece_id for r in ready]), recommended_slots(session), at.now()
    plan = {r.piece_id: PlanRow.model_validate(r.plan) for r in ready}
    rhythms = {key: rhythm_of(at, card, advised.get(key, ())) for key, card in cards.items()}
    is_slot_wanted = any(row.on is None or row.at is None for row in plan.values())
    taken = rows.taken_times(session, at.clock) if is_slot_wanted else {}
    wanted: list[rows.Placement] = []
    for r in ready:
        busy = taken.setdefault(r.account, [])
        for time in times(plan[r.piece_id], rhythms[r.account], now, given.get((r.piece_id, r.account), {}), busy):
            busy.append(time.due_at)
            wanted.append(rows.Placement(r.piece_id, r.account, r.rendition_id, r.content_hash, time, r.campaign))
    return wanted


def rhythm_of(at: House, card: ChannelCard, recommended: Sequence[str] = ()) -> Rhythm:
    """A channel's rhythm: its card, over what A1 recommends where the card names no slots."""
    slots: tuple[Slot, ...] = read_slots(card.slots or recommended)
    quiet = read_quiet(at.workspace.quiet_hours_of(card))
    return Rhythm(at.workspace.zone_of(card), slots, quiet, card.lateness.after, card.lateness.then)
