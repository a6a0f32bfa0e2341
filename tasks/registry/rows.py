"""The rows of the registry: record facts, and add them up. Sessions are given; nothing here opens or commits one.

Every question is one statement over the facts that stand: those no later fact corrects, and that are not withdrawn.
A period is half-open. Work grows with the facts of the period and of the subjects seen in it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, and_, case, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OUT, Delivery, State, Verb
from models.reason import Reason
from models.registry import OF_ONE_SUBJECT, Fact, Kind, Observation, Tally, metrics_of

TABLE = Fact.__table__  # type: ignore[attr-defined]
F = TABLE.c
D = Delivery.__table__.c  # type: ignore[attr-defined]
SUMS = metrics_of(Kind.SUM)
SNAPSHOTS = metrics_of(Kind.COUNTER, Kind.LEVEL)
LEVELS = metrics_of(Kind.LEVEL)


def record(session: Session, observations: Iterable[Observation], clock: Clock) -> int:
    """Write what is not yet written, and say how many facts were new. A second correction of one fact is an error."""
    now = now_by(clock, session)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(TABLE).on_conflict_do_nothing(index_elements=["key"])
    rows = [observation.row(now) for observation in observations]
    if not rows:
        return 0
    # RETURNING would bind 27,000 parameters at once: on PostgreSQL four times as slow (200,000 facts, measured).
    written = session.connection().execute(statement.execution_options(preserve_rowcount=True), rows)
    return written.rowcount


def stands() -> ColumnElement[bool]:
    """Whether a fact counts: nothing corrects it, and it is not itself the withdrawal of another."""
    return and_(F.value.is_not(None), _is_last_word())


def _is_last_word() -> ColumnElement[bool]:
    later = aliased(Fact)
    return ~exists(select(literal(1)).where(col(later.corrects_id) == F.id))


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(F.observed_at >= since, F.observed_at < until)


def _only(columns: Any, where: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [columns[name] == value for name, value in where.items()]


def _slot(bounds: Sequence[datetime]) -> ColumnElement[int]:
    """Which stretch between two bounds a fact falls into; -1 is before the first bound."""
    return case(*[(F.observed_at < bound, number - 1) for number, bound in enumerate(bounds)], else_=len(bounds))


def tally(
    session: Session, bounds: Sequence[datetime], by: Sequence[str] = (), where: Mapping[str, str] | None = None
) -> list[Tally]:
    """Add up every metric in each stretch between two neighbouring bounds, by dimensions of the registry.

    Sums are summed; of counters the growth since the last look before the stretch; of levels the last look within it.
    """
    found = [*_sums(session, bounds, by, where or {}), *_snapshots(session, bounds, by, where or {})]
    return sorted(found, key=lambda one: (one.slot, one.metric, tuple(one.at.values()), one.currency))


def _sums(session: Session, bounds: Sequence[datetime], by: Sequence[str], where: Mapping[str, str]) -> Iterator[Tally]:
    counted = [_within(bounds[0], bounds[-1]), F.metric.in_(SUMS), stands(), *_only(F, where)]
    facts = select(F, _slot(bounds).label("slot")).where(*counted).subquery("facts")
    keys = [facts.c.slot, *(facts.c[name] for name in by), facts.c.metric, facts.c.currency]
    value, number, cost = func.sum(facts.c.value), func.count(), func.sum(facts.c.cost)
    statement = select(*keys, value.label("value"), number.label("facts"), cost.label("cost")).group_by(*keys)
    return (_tally(row, by) for row in session.execute(statement))


def _snapshots(
    session: Session, bounds: Sequence[datetime], by: Sequence[str], where: Mapping[str, str]
) -> Iterator[Tally]:
    looks = _last_looks(bounds, where, by)
    before = func.lag(looks.c.value).over(
        partition_by=[looks.c[name] for name in OF_ONE_SUBJECT], order_by=looks.c.slot
    )
    growth = case((looks.c.metric.in_(LEVELS), looks.c.value), else_=looks.c.value - func.coalesce(before, 0))
    grown = select(looks, growth.label("growth")).where(looks.c.nth == 1).subquery("grown")
    keys = [grown.c.slot, *(grown.c[name] for name in by), grown.c.metric, grown.c.currency]
    statement = (
        select(*keys, func.sum(grown.c.growth).label("value"), func.count().label("facts"))
        .where(grown.c.slot >= 0, *_only(grown.c, where))
        .group_by(*keys)
    )
    return (_tally(row, by) for row in session.execute(statement))


def _last_looks(bounds: Sequence[datetime], where: Mapping[str, str], by: Sequence[str]) -> Any:
    """The looks at every subject seen within the bounds, numbered from the last one in each stretch."""
    seen = (
        select(*(F[name] for name in OF_ONE_SUBJECT))
        .where(_within(bounds[0], bounds[-1]), F.metric.in_(SNAPSHOTS), *_only(F, where))
        .distinct()
        .subquery("seen")
    )
    slot = _slot(bounds)
    subject = [F[name] for name in OF_ONE_SUBJECT]
    nth = func.row_number().over(partition_by=[*subject, slot], order_by=[F.observed_at.desc(), F.id.desc()])
    same = and_(*(F[name] == seen.c[name] for name in OF_ONE_SUBJECT))
    # Only what is asked for: looks are sorted twice, and whole facts take a third longer (measured, 800 publications).
    asked = [F[name] for name in dict.fromkeys((*OF_ONE_SUBJECT, *by, *where, "value", "currency"))]
    looks = select(*asked, slot.label("slot"), nth.label("nth")).join(seen, same)
    return looks.where(F.observed_at < bounds[-1], stands()).subquery("looks")


def _tally(row: Row[Any], by: Sequence[str]) -> Tally:
    found = row._mapping
    cost = found.get("cost")
    return Tally(
        slot=found["slot"],
        at={name: found[name] for name in by},
        metric=found["metric"],
        value=int(found["value"]),
        facts=found["facts"],
        cost=None if cost is None else int(cost),
        currency=found["currency"],
    )


def stated(session: Session, prefix: str) -> list[Fact]:
    """The facts that nothing corrects, withdrawals among them, whose row of a document begins with `prefix`."""
    found = select(Fact).where(F.origin.startswith(prefix, autoescape=True), _is_last_word()).order_by(F.id)
    return list(session.scalars(found))


def spent(
    session: Session, by: Sequence[str], among: Mapping[str, Collection[str]], since: datetime | None = None
) -> list[Tally]:
    """What was spent at these keys of dimensions, by dimensions; since ever, or since a moment."""
    keys = [*(F[name] for name in by), F.currency]
    wanted = [F.cost.is_not(None), stands(), *(F[name].in_(values) for name, values in among.items())]
    wanted += [F.observed_at >= since] if since else []
    query = select(*keys, func.count().label("facts"), func.sum(F.cost).label("cost")).where(*wanted).group_by(*keys)
    return [
        Tally(slot=0, at={name: row[name] for name in by}, metric="expenses", value=int(row["cost"]),
              facts=row["facts"], cost=int(row["cost"]), currency=row["currency"])
        for row in session.execute(query).mappings()
    ]  # fmt: skip


def costs_of_pieces(session: Session, pieces: Collection[str], currency: str) -> dict[tuple[str, str], int]:
    """What pieces are known to cost, by (piece, channel), where "" is the piece everywhere; the unknown is absent."""
    of_pieces = and_(F.subject_kind == "piece", F.subject_id.in_(pieces), F.cost.is_not(None), F.currency == currency)
    query = select(F.subject_id, F.channel, func.sum(F.cost)).where(of_pieces, stands())
    found = session.execute(query.group_by(F.subject_id, F.channel)).tuples()
    return {(piece, channel): int(cost) for piece, channel, cost in found}


def last_fact(session: Session) -> int:
    """The id of the newest fact: while it stays, sums over the registry do."""
    return int(session.execute(select(func.coalesce(func.max(F.id), 0))).scalar_one())


def stream(session: Session, since: datetime, until: datetime, batch: int = 5000) -> Iterator[RowMapping]:
    """Every fact of a period in the order it was recorded, corrected ones too, without holding them all."""
    facts = select(*F).where(_within(since, until)).order_by(F.id).execution_options(yield_per=batch)
    return iter(session.execute(facts).mappings())


def _went_out(since: datetime, until: datetime) -> ColumnElement[bool]:
    """A publication of a piece; letters to colleagues go out by the same mechanism and are none."""
    of_a_piece = and_(D.verb == Verb.PUBLISH, D.subject_kind == "piece")
    return and_(of_a_piece, D.state.in_(OUT), D.sent_at >= since, D.sent_at < until)


def _known() -> ColumnElement[bool]:
    return exists(select(literal(1)).where(F.placement == D.key))


@dataclass(frozen=True)
class Gap:
    """A publication that is out and of which the registry knows nothing."""

    placement: str
    subject_id: str
    channel: str
    sent_at: datetime


def unrecorded(session: Session, since: datetime, until: datetime) -> list[Gap]:
    """The publications of a period without a single fact, the oldest first."""
    found = select(D.key, D.subject_id, D.account, D.sent_at).where(_went_out(since, until), ~_known())
    return [Gap(*row) for row in session.execute(found.order_by(D.sent_at, D.id))]


@dataclass(frozen=True)
class Planned:
    """How many publications of a piece in a channel a period holds, by what became of them; `ahead` are yet to come."""

    subject_id: str
    channel: str
    campaign: str
    state: State
    ahead: bool
    number: int


def planned(session: Session, since: datetime, until: datetime, now: datetime) -> list[Planned]:
    """Count what is due in a period; what a person cancelled was not planned in the end, and is not here."""
    keys = [D.subject_id, D.account, D.campaign, D.state, case((D.due_at >= now, 1), else_=0)]
    due = [D.verb == Verb.PUBLISH, D.subject_kind == "piece", D.due_at >= since, D.due_at < until]
    counted = select(*keys, func.count()).where(*due, D.state != State.CANCELLED).group_by(*keys).order_by(*keys)
    found = session.execute(counted)
    return [Planned(piece, channel, act, State(state), bool(ahead), number)
            for piece, channel, act, state, ahead, number in found]  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A publication that did not go out as planned, and why."""

    subject_id: str
    channel: str
    state: State
    due_at: datetime
    reason: Reason


def waiting(session: Session, since: datetime, until: datetime, states: Iterable[State], limit: int) -> list[Waiting]:
    """The publications of a period in these states, the earliest first, at most `limit`."""
    due = [
        D.verb == Verb.PUBLISH,
        D.subject_kind == "piece",
        D.state.in_(list(states)),
        D.due_at >= since,
        D.due_at < until,
    ]
    found = select(D.subject_id, D.account, D.state, D.due_at, D.reason).where(*due).order_by(D.due_at, D.id)
    return [
        Waiting(subject, channel, State(state), due_at, Reason.model_validate(reason or {}))
        for subject, channel, state, due_at, reason in session.execute(found.limit(limit))
    ]
