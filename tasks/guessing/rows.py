"""Wrong codes as rows. A session is given."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.guesses import CodeGuess, GuessAlarm, GuessedBy
from models.redemptions import CouponEvent, Happened
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.guessing.bounds import BOUNDS, Bound

GUESS: Table = CodeGuess.__table__  # type: ignore[attr-defined]
ALARM: Table = GuessAlarm.__table__  # type: ignore[attr-defined]
EVENT: Table = CouponEvent.__table__  # type: ignore[attr-defined]
KEPT = timedelta(days=2)
PLACE = tuple_(GUESS.c.kind, GUESS.c.who, GUESS.c.seconds, GUESS.c.since)
# Built once: it is asked before every code is looked up.
COUNTED = select(GUESS.c.kind, GUESS.c.seconds, GUESS.c.n).where(PLACE.in_(bindparam("places", expanding=True)))
Who = Mapping[GuessedBy, str]


def places(who: Who, now: datetime) -> dict[Bound, tuple[str, str, int, datetime]]:
    """The counters of these people, in the order of locks."""
    return {one: (one.kind.value, who[one.kind], one.seconds, one.since(now)) for one in BOUNDS if one.kind in who}


def counted(session: Session, who: Who, now: datetime) -> dict[Bound, int]:
    """How many wrong codes there are in each window by now."""
    at = places(who, now)
    found = {(kind, seconds): n for kind, seconds, n in session.execute(COUNTED, {"places": list(at.values())})}
    return {bound: found.get((bound.kind.value, bound.seconds), 0) for bound in at}


def add(session: Session, who: Who, number: int, now: datetime) -> dict[Bound, int]:
    """Count so many more; returns how many there are now. What is older than two days is forgotten by the way."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    at = places(who, now)
    put = dialect.insert(GUESS).values(
        [{"kind": kind, "who": who, "seconds": seconds, "since": since, "n": number}
         for kind, who, seconds, since in at.values()]
    )  # fmt: skip
    unique = [GUESS.c.kind, GUESS.c.who, GUESS.c.seconds, GUESS.c.since]
    put = put.on_conflict_do_update(index_elements=unique, set_={"n": GUESS.c.n + put.excluded.n})
    returned = session.execute(put.returning(GUESS.c.kind, GUESS.c.seconds, GUESS.c.n)).all()
    found = {(kind, seconds): n for kind, seconds, n in returned}
    if number in found.values():
        session.execute(delete(GUESS).where(GUESS.c.since < now - KEPT), execution_options=QUICK)
    return {bound: found[bound.kind.value, bound.seconds] for bound in at}


def raise_alarm(session: Session, bound: Bound, who: Who, now: datetime, **about: Any) -> int:
    """Write the alarm down, once; returns its number, 0 where it was there. `about` are the other columns."""
    row = {
        "kind": bound.kind.value, "who": who[bound.kind], "seconds": bound.seconds, "since": bound.since(now),
        "at": now, "until": bound.until(now),
    } | about  # fmt: skip
    put = insert_quietly(session, ALARM, ["kind", "who", "seconds", "since"]).returning(ALARM.c.id)
    return int(session.execute(put, [row]).scalar() or 0)


def note(session: Session, wrong: Sequence[str], why: Sequence[str], outlet: str, by: str, now: datetime) -> None:
    """Wrong codes among what happened to coupons: they belong to no offer; of each only its end is kept."""
    rows = [
        {"coupon_id": None, "offer_id": 0, "what": Happened.REFUSED.value, "code": code, "outlet": outlet, "by": by,
         "redemption_id": None, "said": said, "at": now} for code, said in zip(wrong, why, strict=True)
    ]  # fmt: skip
    session.execute(EVENT.insert(), rows)
