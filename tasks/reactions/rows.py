"""The rows of reactions: snapshots and their facts, comments and their answers, audiences, what a bot has heard.

Sessions are given; nothing here opens or commits one. Whatever is written is known by what it is, so that the same
thing seen twice stands once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, case, cast, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.channels.base import Remark
from models.database import Clock
from models.delivery import OUT, Verb
from models.desk import VisitKind
from models.reaction import AccountState, AudienceSnapshot, Comment, CommentThread, Snapshot, TrackedLink, Visit
from models.registry import Observation
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK, D
from tasks.posting.rows import KIND
from tasks.reactions.anomaly import Anomaly, Point, fall, judge, usual_for
from tasks.reactions.answered import Waiting, answers
from tasks.reactions.letters import Asked
from tasks.reactions.metrics import RECORDED, named, recorded
from tasks.reactions.questions import Judgement, Kind
from tasks.reactions.questions import judge as judge_comment
from tasks.reactions.shares import share_out
from tasks.reactions.stream import Commented, Moved, Replied, Threaded
from tasks.registry.rows import record
from tasks.visits import rows as visits
from tasks.watching.placed import Placed

OPERATION, MEASURED = "A10", "measured"
USUAL_OF = timedelta(days=90)
INDEXED = timedelta(days=40)
REMEMBERED = timedelta(days=14)
S = Snapshot.__table__.c  # type: ignore[attr-defined]
K = Comment.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Seen:
    """Metrics of a publication as they were at a moment, by the names of whoever counted."""

    placed: Placed
    at: datetime
    metrics: Mapping[str, int]
    source: str


def keep(session: Session, clock: Clock, seen: Sequence[Seen]) -> list[tuple[Placed, Anomaly]]:
    """Keep snapshots and record their facts; returns what stands out."""
    rows = [{"delivery_id": one.placed.id, "metric": metric, "value": value, "taken_at": one.at}
            for one in seen for metric, value in named(one.metrics).items()]  # fmt: skip
    if not rows:
        return []
    session.execute(insert_quietly(session, Snapshot, ["delivery_id", "metric", "taken_at"]), rows)
    record(session, [fact for one in seen for fact in _facts(one)], clock)
    return _anomalies(session, seen)


def _facts(one: Seen) -> list[Observation]:
    return [one.placed.fact(OPERATION, metric, value, one.at, one.source, one.at.isoformat())
            for metric, value in recorded(one.metrics).items()]  # fmt: skip


def _anomalies(session: Session, seen: Sequence[Seen]) -> list[tuple[Placed, Anomaly]]:
    """What is far from the usual of its account at this age, and what fell from where it had been."""
    series = _series(session, [one.placed.id for one in seen])
    history = {account: _history(session, account, seen) for account in {one.placed.account for one in seen}}
    found: list[tuple[Placed, Anomaly]] = []
    for one in seen:
        for metric, value in recorded(one.metrics).items():
            point = Point(one.placed.key, metric, one.at - one.placed.sent_at, value)
            usual = usual_for(point, history[one.placed.account])
            anomaly = fall(metric, series[one.placed.id, metric]) or judge(point, usual)
            found += [(one.placed, anomaly)] if anomaly else []
    return found


def _series(session: Session, ids: Collection[int]) -> Mapping[tuple[int, str], list[tuple[datetime, int]]]:
    found: dict[tuple[int, str], list[tuple[datetime, int]]] = defaultdict(list)
    query = select(S.delivery_id, S.metric, S.taken_at, S.value).where(S.delivery_id.in_(ids), S.metric.in_(RECORDED))
    for row in session.execute(query):
        found[row.delivery_id, row.metric].append((row.taken_at, row.value))
    return found


def _history(session: Session, account: str, seen: Sequence[Seen]) -> list[Point]:
    """What the other publications of the account had, within the time that still says what is usual."""
    since = min(one.placed.sent_at for one in seen) - USUAL_OF
    query = (
        select(D.key, S.metric, S.taken_at, S.value, D.sent_at).join(Snapshot, S.delivery_id == D.id)
        .where(D.account == account, D.sent_at >= since, S.metric.in_(RECORDED))
    )  # fmt: skip
    return [Point(r.key, r.metric, r.taken_at - r.sent_at, r.value) for r in session.execute(query)]


def own_counts(session: Session, placed: Sequence[Placed], pages: Collection[int]) -> dict[int, dict[str, int]]:
    """What we count ourselves: views of the pages among these, clicks of the short links that stand in them.

    Once anybody was ever counted we are known to be there, and that nobody came is a 0 that is known; before, and
    where there is no link of ours, nothing is.
    """
    if not session.execute(select(exists().where(col(Visit.number) > 0))).scalar_one():
        return {}
    viewed = visits.views(session, [one.remote_id for one in placed if one.id in pages])
    found = {one.id: {"views": viewed.get(one.remote_id, 0)} for one in placed if one.id in pages}
    clicked = _clicks(session, placed)
    for one in placed:
        if one.id in clicked:
            found.setdefault(one.id, {})["clicks"] = clicked[one.id]
    return found


def _clicks(session: Session, placed: Sequence[Placed]) -> dict[int, int]:
    """Clicks by publication; those of a repeated one are shared out among its repetitions."""
    places = {(int(one.subject_id), one.account) for one in placed if one.subject_id.isdecimal()}
    person = (col(Visit.key) == col(TrackedLink.code)) & (col(Visit.kind) == VisitKind.CLICK) & ~col(Visit.robot)
    where = (col(TrackedLink.piece_id), col(TrackedLink.account))
    query = (
        select(*where, col(Visit.hour), func.sum(Visit.number).label("number"))
        .select_from(TrackedLink).join(Visit, person, isouter=True)
        .where(tuple_(*where).in_(list(places))).group_by(*where, col(Visit.hour))
    )  # fmt: skip
    clicks: dict[tuple[int, str], list[tuple[datetime, int]]] = defaultdict(list)
    for piece, account, hour, number in session.execute(query):
        clicks[piece, account] += [(hour, int(number))] if hour else []
    sent = _repetitions(session, clicks)
    shared = (share_out(sent[place], counted) for place, counted in clicks.items() if place in sent)
    return {id: number for shares in shared for id, number in shares.items()}


def _repetitions(
    session: Session, places: Collection[tuple[int, str]]
) -> dict[tuple[int, str], list[tuple[int, datetime]]]:
    named = [(str(piece), account) for piece, account in places]
    out = (D.kind == KIND, D.verb == Verb.PUBLISH, D.state.in_(OUT), D.sent_at.is_not(None))
    query = select(D.id, D.subject_id, D.account, D.sent_at).where(*out, tuple_(D.subject_id, D.account).in_(named))
    found: dict[tuple[int, str], list[tuple[int, datetime]]] = defaultdict(list)
    for row in session.execute(query):
        found[int(row.subject_id), row.account].append((row.id, row.sent_at))
    return found


@dataclass(frozen=True)
class Said:
    """A comment under a publication, and who told us of it."""

    placed: Placed
    remark: Remark
    source: str


Deadline = Callable[[Kind, datetime], datetime]


def keep_comments(session: Session, said: Sequence[Said], deadline: Deadline) -> list[tuple[Placed, Asked, Judgement]]:
    """Keep what people wrote; returns what is new of it and wants an answer. What we wrote ourselves is no comment."""
    named = {(one.placed.account, one.remark.remote_id): one for one in said if not one.remark.ours}
    query = select(K.account, K.remote_id).where(K.delivery_id.in_({one.placed.id for one in said}))
    known = {(row.account, row.remote_id) for row in session.execute(query)}
    judged = {key: (one, judge_comment(one.remark.text)) for key, one in named.items() if key not in known}
    rows = [_comment(one, judgement, deadline) for one, judgement in judged.values()]
    if rows:
        session.execute(insert_quietly(session, Comment, ["account", "remote_id"]), rows)
    return [
        (one.placed, Asked(row["remote_id"], one.remark.text, row["answer_by"]), judgement)
        for row, (one, judgement) in zip(rows, judged.values(), strict=True) if judgement
    ]  # fmt: skip


def _comment(one: Said, judgement: Judgement | None, deadline: Deadline) -> dict[str, Any]:
    remark = one.remark
    return {
        "account": one.placed.account, "remote_id": remark.remote_id, "delivery_id": one.placed.id, "text": remark.text,
        "author_key": remark.author_key, "question": judgement is not None, "written_at": remark.at,
        "answer_by": deadline(judgement.kind, remark.at) if judgement else None,
    }  # fmt: skip


def keep_threads(session: Session, threads: Iterable[Threaded]) -> None:
    """Keep where posts are discussed."""
    rows = [{"account": one.account, "thread": one.thread, "message_id": one.message_id} for one in threads]
    if rows:
        session.execute(insert_quietly(session, CommentThread, ["account", "thread"]), rows)


def in_their_threads(session: Session, accounts: Collection[str], replied: Sequence[Replied]) -> list[Commented]:
    """The answers with what they stand under; of a thread that was never seen nothing is known."""
    named = (col(CommentThread.account).in_(accounts), col(CommentThread.thread).in_({one.thread for one in replied}))
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in session.execute(select(CommentThread).where(*named)).scalars() if replied else ():
        places[row.thread].append((row.account, row.message_id))
    return [one.under(*place) for one in replied for place in places[one.thread]]


def keep_answers(session: Session, clock: Clock, said: Sequence[Said]) -> int:
    """Write down which questions our own remarks have answered, and how long that took; returns how many."""
    under = {one.placed.id: one for one in said if one.remark.ours}
    query = select(K.id, K.delivery_id, K.remote_id, K.written_at)
    waiting: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(query.where(K.delivery_id.in_(under), K.question, K.answered_at.is_(None))):
        waiting[row.delivery_id].append(row)
    facts: list[Observation] = []
    remarks: dict[int, list[Remark]] = defaultdict(list)
    for one in said:
        remarks[one.placed.id].append(one.remark)
    for id, rows in waiting.items():
        found = answers([Waiting(row.remote_id, row.written_at) for row in rows], remarks[id])
        for row in rows:
            if row.remote_id in found:
                facts += _answered(session, under[id], row, found[row.remote_id])
    record(session, facts, clock)
    return len(facts) // 2


def _answered(session: Session, under: Said, row: Any, at: datetime) -> list[Observation]:
    change = update(Comment).where(K.id == row.id).values(answered_at=at)
    session.execute(change, execution_options=QUICK)
    took = max(int((at - row.written_at).total_seconds()), 0)
    counted = {"answered": 1, "answer_time": took}
    return [
        under.placed.fact(OPERATION, name, value, at, under.source, row.remote_id) for name, value in counted.items()
    ]


def overdue(session: Session, clock: Clock, accounts: Collection[str]) -> dict[int, list[Asked]]:
    """Questions of these accounts that were to be answered by now, by their publication."""
    late = (K.question, K.answered_at.is_(None), K.answer_by < clock.plus(), K.answer_by > clock.plus(-REMEMBERED))
    found: dict[int, list[Asked]] = defaultdict(list)
    for row in session.execute(select(K).where(K.account.in_(accounts), *late).order_by(K.id)):
        found[row.delivery_id].append(Asked(row.remote_id, row.text, row.answer_by))
    return found


def of_messages(
    session: Session, clock: Clock, accounts: Collection[str], numbers: Collection[int]
) -> dict[tuple[str, int], int]:
    """The publications these messages belong to: by their own number, or as one message of several."""
    out = (D.kind == KIND, D.verb == Verb.PUBLISH, D.state.in_(OUT), D.account.in_(accounts))
    named = or_(D.remote_id.in_([str(number) for number in numbers]), D.sent_at >= clock.plus(-INDEXED))
    found: dict[tuple[str, int], int] = {}
    for row in session.execute(select(D.id, D.account, D.remote_id, D.detail).where(*out, named).order_by(D.id)):
        messages = [*(row.detail or {}).get("messages", []), row.remote_id]
        found |= {(row.account, int(number)): row.id for number in messages if str(number).isdecimal()}
    return found


def cursor_of(session: Session, accounts: Collection[str]) -> int:
    """How far the stream that these accounts share has been read."""
    query = select(col(AccountState.cursor)).where(col(AccountState.account).in_(accounts))
    return max((int(cursor) for cursor in session.execute(query).scalars() if cursor), default=0)


def move_cursor(session: Session, accounts: Collection[str], cursor: int) -> None:
    """Write down how far the stream has been read, in the transaction that keeps what was read; never back."""
    know_accounts(session, accounts)
    kept = col(AccountState.cursor)
    behind = case((kept == "", 0), else_=cast(kept, BigInteger)) < cursor
    change = update(AccountState).where(col(AccountState.account).in_(accounts), behind)
    session.execute(change.values(cursor=str(cursor)), execution_options=QUICK)


def know_accounts(session: Session, accounts: Iterable[str]) -> None:
    """Give accounts that we remember nothing of a row to remember it in."""
    rows = [{"account": one, "cursor": "", "recommended_slots": [], "reason": {}} for one in accounts]
    session.execute(insert_quietly(session, AccountState, ["account"]), rows)


def keep_moves(session: Session, moved: Sequence[Moved]) -> None:
    """Keep who came and who went, as numbers only."""
    rows = [{"account": one.account, "metric": "joined" if one.step > 0 else "left", "value": 1, "taken_at": one.at}
            for one in moved if not one.our_bot]  # fmt: skip
    if rows:
        session.execute(insert_quietly(session, AudienceSnapshot, ["account", "metric", "taken_at"]), rows)


def uncounted(session: Session, clock: Clock, accounts: Collection[str], every: timedelta) -> list[str]:
    """The accounts whose members were not counted for so long, or changed since."""
    counted = func.max(case((col(AudienceSnapshot.metric) == "members", col(AudienceSnapshot.taken_at))))
    moved = func.max(case((col(AudienceSnapshot.metric).in_(["joined", "left"]), col(AudienceSnapshot.taken_at))))
    fresh = or_(moved.is_(None), moved <= counted)
    query = select(col(AudienceSnapshot.account)).where(col(AudienceSnapshot.account).in_(accounts))
    query = query.group_by(col(AudienceSnapshot.account)).having(counted > clock.plus(-every), fresh)
    known = set(session.execute(query).scalars())
    return [account for account in accounts if account not in known]


def keep_audience(
    session: Session, clock: Clock, account: str, metrics: Mapping[str, int], at: datetime, source: str
) -> None:
    """Keep the numbers of an account itself, and record what the registry knows of them."""
    rows = [{"account": account, "metric": name, "value": value, "taken_at": at} for name, value in metrics.items()]
    if rows:
        session.execute(insert_quietly(session, AudienceSnapshot, ["account", "metric", "taken_at"]), rows)
    facts = [
        Observation(
            operation=OPERATION, subject_kind="channel", subject_id=account, channel=account, metric=metric,
            value=value, observed_at=at, source=source, key=f"{OPERATION}:{account}:{metric}:{at.isoformat()}",
        ) for metric, value in recorded(metrics).items()
    ]  # fmt: skip
    record(session, facts, clock)
