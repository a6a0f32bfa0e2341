"""Mailings on their way, as rows: held, cancelled, counted. Sessions are given; nothing here opens or commits one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, portions
from models.delivery import State
from models.desk.mailings import Waiting
from models.mailings import Mailing, Message, Stage
from models.registry import Fact
from tasks.delivery.statements import QUICK
from tasks.mailing.lists.rows import WAITS
from tasks.mailing.statements import MESSAGE, M
from tasks.registry.rows import stands

LOCK = 20_240_877  # of the lists: two that are made at once would not see each other's letters
BY_HAND = "cancelled"
OPEN = [State.PLANNED, State.HELD]
LATELY = timedelta(minutes=3)


def one_list_at_a_time(session: Session) -> None:
    """Let nobody else make a list before this transaction ends (on SQLite nobody writes meanwhile at all)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def has_work(session: Session, clock: Clock, account: str) -> bool:
    """Whether somebody must look at this account: letters are due, or were in the air when their sender was killed."""
    going = select(col(Mailing.id)).where(col(Mailing.stage) == Stage.SENDING)
    due = exists().where(M.mailing_id.in_(going), M.account == account, M.state == State.PLANNED,
                         M.due_at <= clock.plus())  # fmt: skip
    flying = exists().where(M.account == account, M.state == State.INTENT)
    return bool(session.execute(select(or_(due, flying))).scalar_one())


def cancel_letters(session: Session, clock: Clock, mailing: int, most: int) -> int:
    """Cancel letters of a mailing that nobody has got, so many at a time; returns how many."""
    some = select(M.id).where(M.mailing_id == mailing, M.state.in_(OPEN)).limit(most)
    change = update(MESSAGE).where(M.id.in_(some), M.state.in_(OPEN))
    done = session.execute(
        change.values(state=State.CANCELLED, why=BY_HAND, settled_at=clock.plus()), execution_options=QUICK
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def left_over(session: Session) -> list[int]:
    """The cancelled mailings that still have letters: whoever cancelled them was killed."""
    open_ = exists().where(M.mailing_id == col(Mailing.id), M.state.in_(OPEN))
    query = select(col(Mailing.id)).where(col(Mailing.stage) == Stage.CANCELLED, open_)
    return [id for id in session.execute(query).scalars() if id]


def waits_for_winner(session: Session, mailing: int) -> int:
    where = (M.mailing_id == mailing, M.state == State.HELD, M.why == WAITS)
    return session.execute(select(func.count()).where(*where)).scalar_one()


# What is unknown.


def settled_before(moment: datetime) -> ColumnElement[bool]:
    """Whether it has been unknown for so long that what was in the air has landed, or never will."""
    found: ColumnElement[bool] = M.settled_at < moment
    return found


def arrived(session: Session, clock: Clock, ids: Sequence[int], remote: str = "", pieces: int = 1) -> int:
    """These have gone out: it was seen. When, is when they were in the air at the latest; they are paid like others."""
    sent = {
        "state": State.SENT, "why": "", "sent_at": func.coalesce(M.sent_at, M.settled_at, clock.plus()),
        "pieces": case((M.pieces > pieces, M.pieces), else_=pieces),
    }  # fmt: skip
    if remote:
        sent["remote_id"] = remote
    return _out_of_doubt(session, ids, sent | {"settled_at": clock.plus()})


def refused(session: Session, clock: Clock, ids: Sequence[int], why: str) -> int:
    return _out_of_doubt(session, ids, {"state": State.REJECTED, "why": why, "settled_at": clock.plus()})


def again(session: Session, clock: Clock, ids: Sequence[int]) -> int:
    """These have not gone out: they are planned anew, under another key, and their mailing goes on for them."""
    anew = {
        "state": State.PLANNED, "generation": M.generation + 1, "why": "", "remote_id": "", "due_at": clock.plus(),
    }  # fmt: skip
    done = _out_of_doubt(session, ids, anew)
    for some in portions(ids):
        of = select(M.mailing_id).where(M.id.in_(some), M.state == State.PLANNED)
        change = update(Mailing).where(col(Mailing.id).in_(of), col(Mailing.stage) == Stage.SENT)
        session.execute(change.values(stage=Stage.SENDING, finished_at=None), execution_options=QUICK)
    return done


def _out_of_doubt(session: Session, ids: Sequence[int], values: dict[str, Any]) -> int:
    done = 0
    for some in portions(ids):
        change = update(MESSAGE).where(M.id.in_(some), M.state == State.UNKNOWN).values(**values)
        done += int(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]
    return done


def unknown_of(session: Session, mailing: int, letter: int = 0, most: int = 100_000) -> list[int]:
    """The letters of a mailing whose outcome is unknown, or this one of them."""
    mine = [M.mailing_id == mailing, M.state == State.UNKNOWN, *([M.id == letter] if letter else [])]
    return list(session.execute(select(M.id).where(*mine).order_by(M.id).limit(most)).scalars())


# Counted.


@dataclass(frozen=True)
class Count:
    """So many letters of a mailing by an account in a state for a reason, and what of them is paid."""

    account: str
    state: State
    why: str
    number: int
    pieces: int


def counts(session: Session, mailing: int) -> list[Count]:
    """How the letters of a mailing stand; those of a control group are no letters."""
    keys = (col(Message.account), col(Message.state), col(Message.why))
    query = select(*keys, func.count(), func.sum(col(Message.pieces))).where(
        col(Message.mailing_id) == mailing, col(Message.variant).in_(["A", "B", "C"])
    )
    found = session.execute(query.group_by(*keys).order_by(*keys)).tuples()
    return [
        Count(account, State(state), why, number, int(pieces or 0)) for account, state, why, number, pieces in found
    ]


def progress(session: Session, mailings: Collection[int]) -> dict[int, dict[str, int]]:
    """How many letters of each mailing stand in each state."""
    query = select(col(Message.mailing_id), col(Message.state), func.count()).where(
        col(Message.mailing_id).in_(mailings), col(Message.variant).in_(["A", "B", "C"])
    )
    found: dict[int, dict[str, int]] = {id: {} for id in mailings}
    grouped = query.group_by(col(Message.mailing_id), col(Message.state))
    for mailing, state, number in session.execute(grouped).tuples():
        found[mailing][state] = number
    return found


def lately(session: Session, clock: Clock, mailings: Collection[int]) -> dict[int, int]:
    """How many letters of each went out in the last minutes."""
    query = select(col(Message.mailing_id), func.count()).where(
        col(Message.mailing_id).in_(mailings), col(Message.sent_at) > clock.plus(-LATELY)
    )
    return dict(session.execute(query.group_by(col(Message.mailing_id))).tuples().all())


def waiting(session: Session, clock: Clock, mailings: Collection[int]) -> dict[int, Waiting]:
    """The letters of each mailing whose moment is still to come; a mailing without any is left out."""
    query = select(M.mailing_id, func.count(), func.min(M.due_at), func.max(M.due_at)).where(
        M.mailing_id.in_(mailings), M.state == State.PLANNED, M.due_at > clock.plus()
    )
    found = session.execute(query.group_by(M.mailing_id)).tuples()
    return {id: Waiting(number=number, first=first, last=last) for id, number, first, last in found}


def in_stage(session: Session, *stages: Stage) -> list[Mailing]:
    query = select(Mailing).where(col(Mailing.stage).in_(stages), ~col(Mailing.standing))
    return list(session.execute(query.order_by(col(Mailing.due_at), col(Mailing.id))).scalars())


def standing_facts(session: Session, mailing: int, metrics: Collection[str]) -> list[Fact]:
    """What the registry holds of a mailing's letters now."""
    about = (col(Fact.subject_kind) == "mailing", col(Fact.subject_id) == str(mailing), col(Fact.metric).in_(metrics))
    return list(session.execute(select(Fact).where(*about, stands())).scalars())
