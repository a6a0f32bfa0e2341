"""The rows of analysis: what publications had when, what they cost, what is recommended; the occasions found.

Sessions are given; nothing here opens or commits one.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import Occasion
from models.database import Clock, now_by
from models.delivery import OUT, Verb
from models.piece import OccasionRow
from models.reaction import AccountState, AudienceSnapshot, Snapshot
from models.registry import Observation
from tasks.analysis.channels import ENGAGEMENT, REACH, Reading
from tasks.analysis.events import Event
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import D
from tasks.registry.rows import record, tally

KIND = "placement"
BLANK = {"piece_id": None, "added_by": "", "hidden_by": "", "hidden_why": "", "hidden_at": None}
REMEMBERED = timedelta(days=180)
S = Snapshot.__table__.c  # type: ignore[attr-defined]


def readings(session: Session, since: datetime, until: datetime) -> list[Reading]:
    """What the publications of a period had, look by look, with the members that their channel had then."""
    audience = _audience(session, until)
    out = (D.kind == KIND, D.verb == Verb.PUBLISH, D.state.in_(OUT), D.sent_at >= since, D.sent_at < until)
    query = (
        select(D.account, D.key, D.sent_at, S.taken_at, S.metric, S.value).join(Snapshot, S.delivery_id == D.id)
        .where(*out, S.metric.in_([*ENGAGEMENT, *REACH])).order_by(S.id)
    )  # fmt: skip
    return [
        Reading(row.account, row.key, row.sent_at, row.taken_at - row.sent_at, row.metric, row.value,
                _then(audience[row.account], row.taken_at))
        for row in session.execute(query)
    ]  # fmt: skip


def _audience(session: Session, until: datetime) -> Mapping[str, list[tuple[datetime, int]]]:
    found: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    members = (col(AudienceSnapshot.metric) == "members", col(AudienceSnapshot.taken_at) < until)
    query = select(AudienceSnapshot).where(*members).order_by(col(AudienceSnapshot.taken_at))
    for row in session.execute(query).scalars():
        found[row.account].append((row.taken_at, row.value))
    return found


def _then(counts: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    """The last count before a moment; None before the first."""
    place = bisect_right(counts, at, key=lambda count: count[0])
    return counts[place - 1][1] if place else None


def costs(session: Session, since: datetime, until: datetime, currency: str) -> dict[str, int]:
    """What was spent on each channel within a period, in minor units; a channel whose cost is not known is absent."""
    found: dict[str, int] = {}
    for one in tally(session, [since, until], ["channel"]):
        if one.cost is not None and one.currency == currency and one.of("channel"):
            found[one.of("channel")] = found.get(one.of("channel"), 0) + one.cost
    return found


def remember_slots(session: Session, slots: Mapping[str, Sequence[str]]) -> None:
    """Keep what is recommended now; where nothing is, the former advice is no longer one."""
    if slots:
        blank = {"cursor": "", "reason": {}, "recommended_slots": []}
        session.execute(
            insert_quietly(session, AccountState, ["account"]), [{"account": key, **blank} for key in slots]
        )
        table = AccountState.__table__  # type: ignore[attr-defined]
        change = update(table).where(table.c.account == bindparam("b_account"))
        change = change.values(recommended_slots=bindparam("b_slots", type_=table.c.recommended_slots.type))
        rows = [{"b_account": key, "b_slots": list(advice)} for key, advice in slots.items()]
        session.connection().execute(change, rows)


def recommended_slots(session: Session) -> dict[str, tuple[str, ...]]:
    """The slots that A1 recommends, by account."""
    query = select(col(AccountState.account), col(AccountState.recommended_slots))
    return {row.account: tuple(row.recommended_slots) for row in session.execute(query) if row.recommended_slots}


def known_occasions(session: Session, today: date) -> list[Occasion]:
    """The occasions that entries may repeat: those to come, and those that are not long past."""
    since = (today - REMEMBERED).isoformat()
    query = select(OccasionRow).where(col(OccasionRow.on_date) >= since).order_by(col(OccasionRow.key))
    return [
        Occasion(key=row.key, title=row.title, on=date.fromisoformat(row.on_date), topic=row.topic, link=row.link,
                 source=row.source)
        for row in session.execute(query).scalars()
    ]  # fmt: skip


def keep_events(session: Session, clock: Clock, events: Iterable[Event]) -> int:
    """Keep the events that are told of now: new ones come, known ones are brought up to date; returns the new.

    When an occasion was found, which piece was made of it, and what people said of it, stays as it is: one that was
    put aside stays aside, and one that was added by hand is not written over.
    """
    now = now_by(clock, session)
    told = {event.occasion.key: event for event in events if event.entries}
    known = set(session.execute(select(col(OccasionRow.key)).where(col(OccasionRow.key).in_(told))).scalars())
    rows = [row_of(event) | BLANK | {"found_at": now} for event in told.values()]
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        put = dialect.insert(OccasionRow)
        fresh = {name: put.excluded[name] for name in rows[0] if name not in ("key", "found_at", *BLANK)}
        found_here = col(OccasionRow.added_by) == ""
        session.execute(put.on_conflict_do_update(index_elements=["key"], set_=fresh, where=found_here), rows)
    new = [event for key, event in told.items() if key not in known]
    record(session, [found(event, now) for event in new], clock)
    return len(new)


def row_of(event: Event) -> dict[str, Any]:
    """What is told of an event, as a row of the calendar."""
    one = event.occasion
    return {
        "key": one.key, "title": one.title, "on_date": one.on.isoformat(),
        "topic": one.topic or next(iter(event.topics), ""),
        "brand": ", ".join(event.brands), "importance": event.importance, "why": "; ".join(map(str, event.why)),
        "link": one.link, "source": one.source or next(iter(event.sources), ""),
    }  # fmt: skip


def found(event: Event, now: datetime) -> Observation:
    """The fact that an occasion was found: each once."""
    return _fact("found", event.occasion.key, event.occasion.source, now)


def _fact(metric: str, key: str, source: str, at: datetime) -> Observation:
    return Observation(
        operation="A2", subject_kind="occasion", subject_id=key, metric=metric, value=1, observed_at=at,
        source=source or "feed", key=f"A2:{key}:{metric}",
    )  # fmt: skip


def record_used(session: Session, clock: Clock) -> int:
    """Record the occasions that a piece was made of; each once."""
    query = select(OccasionRow).where(col(OccasionRow.piece_id).is_not(None))
    now = now_by(clock, session)
    used = [_fact("accepted", row.key, row.source, now) for row in session.execute(query).scalars()]
    return record(session, used, clock)


def coming(session: Session, today: date, days: int) -> list[OccasionRow]:
    """The occasions for us from today to the horizon, the soonest first, of one day the most important."""
    until = (today + timedelta(days=days)).isoformat()
    days_of_it = col(OccasionRow.on_date).between(today.isoformat(), until)
    query = select(OccasionRow).where(days_of_it, col(OccasionRow.hidden_by) == "")
    order = (col(OccasionRow.on_date), col(OccasionRow.importance).desc(), col(OccasionRow.title))
    return list(session.execute(query.order_by(*order)).scalars())
