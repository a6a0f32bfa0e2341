"""Tests of mailings as rows: each once. Sessions are given; nothing here opens or commits one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OUT, State
from models.mailings import MailTest
from models.people import Person
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK


def plan(session: Session, clock: Clock, rows: Sequence[Mapping[str, Any]]) -> list[MailTest]:
    """The letters of an order, made or found: the same order is the same letters."""
    now = now_by(clock, session)
    fresh = [dict(row) | {"state": State.PLANNED, "why": "", "made_at": now} for row in rows]
    session.execute(insert_quietly(session, MailTest, ["once"]), fresh)
    query = select(MailTest).where(col(MailTest.once).in_([row["once"] for row in rows]))
    return list(session.execute(query.order_by(col(MailTest.id))).scalars())


def take(session: Session, clock: Clock, ids: Sequence[int]) -> set[int]:
    """Write that these are going; whoever has taken one before has it."""
    mine = (col(MailTest.id).in_(ids), col(MailTest.state) == State.PLANNED)
    change = update(MailTest).where(*mine).values(state=State.INTENT, settled_at=clock.plus())
    return {id for id in session.execute(change.returning(col(MailTest.id)), execution_options=QUICK).scalars() if id}


def settle(session: Session, clock: Clock, id: int, state: State, why: str) -> None:
    change = update(MailTest).where(col(MailTest.id) == id, col(MailTest.state) == State.INTENT)
    session.execute(change.values(state=state, why=why, settled_at=clock.plus()), execution_options=QUICK)


def number(session: Session, mailing: int) -> int:
    """How many tests of a mailing have gone out."""
    mine = (col(MailTest.mailing_id) == mailing, col(MailTest.state).in_(OUT))
    return session.execute(select(func.count()).where(*mine)).scalar_one()


def addresses(session: Session, people: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The names and e-mails of these people, by key."""
    query = select(col(Person.key), col(Person.name), col(Person.email)).where(
        col(Person.key).in_(people), col(Person.active)
    )
    return {key: (name, email) for key, name, email in session.execute(query).tuples()}
