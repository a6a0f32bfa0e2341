"""What was settled and decided about a mailing's variants, as a row. Sessions are given; nothing here opens one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.mailings import Mailing
from models.reaction import Mark
from models.reason import NO_REASON, Reason


@dataclass(frozen=True)
class Settled:
    """`decides_at` is settled once and never moved. `decided_at` is empty until then.

    `winner` is proven better; `chosen` went to those who waited, and is empty where a person was asked.
    """

    decides_at: datetime
    decided_at: datetime | None = None
    winner: str = ""
    chosen: str = ""
    why: Reason = NO_REASON


def settled(session: Session, mailing: int) -> Settled | None:
    found = session.get(Mark, _called(mailing))
    return _read(json.loads(found.value)) if found else None


def _read(said: dict[str, Any]) -> Settled:
    decided = said.get("decided_at")
    return Settled(
        datetime.fromisoformat(said["decides_at"]), datetime.fromisoformat(decided) if decided else None,
        said.get("winner", ""), said.get("chosen", ""), Reason.model_validate(said.get("why", {})),
    )  # fmt: skip


def keep(session: Session, clock: Clock, mailing: int, one: Settled) -> None:
    said = {
        "decides_at": one.decides_at.isoformat(), "winner": one.winner, "chosen": one.chosen,
        "decided_at": one.decided_at.isoformat() if one.decided_at else "", "why": one.why.model_dump(mode="json"),
    }  # fmt: skip
    session.merge(Mark(name=_called(mailing), value=json.dumps(said), at=now_by(clock, session)))


def locked(session: Session, mailing: int) -> Mailing | None:
    """The mailing, for this transaction alone: of two who decide at once the second finds it decided."""
    query = select(Mailing).where(col(Mailing.id) == mailing).with_for_update()
    return session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def _called(mailing: int) -> str:
    return f"mailing:{mailing}:winner"


def decided(one: Settled, at: datetime, winner: str, chosen: str, why: Reason) -> Settled:
    return replace(one, decided_at=at, winner=winner, chosen=chosen, why=why)


def heads(people: Sequence[Any]) -> list[str]:
    """Whoever answers for what the department sends."""
    return [person.key for person in people if "head" in person.roles]
