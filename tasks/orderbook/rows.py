"""The rows of the order book. Sessions are given; nothing here opens or commits one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import fingerprint
from models.database import Clock, now_by
from models.order_book import UNFINISHED, GivenOrder, RunState
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.dropping.rows import is_applied_now
from tasks.orderbook.broken import is_broken_off

# The desk carries an order out in the moment it writes it down; one left open so long was left by a kill.
LEFT_OPEN = timedelta(seconds=30)
WAITS = (timedelta(seconds=2), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
FORGOTTEN = timedelta(days=1)
AT_A_TIME = 50
UNDER_WAY_MOST = 1000  # some wait a month for an answer, and must not hide those behind them
O_ID: ColumnElement[int] = col(GivenOrder.id)  # type: ignore[assignment]


PRIVATE = "•••"


def give(
    session: Session,
    clock: Clock,
    once: str,
    code: str,
    form: Mapping[str, Any],
    person: str,
    subject: tuple[str, str] = ("", ""),
    by_run: bool = False,
    private: Collection[str] = (),
) -> tuple[GivenOrder, bool]:
    """Write an order down; True when it is new, False when this very form has been sent before.

    What is said in the fields `private` is not written down: the form stands in Prefect too, and whoever sees its runs
    need not know how to reach somebody.
    The same token with anything else in the form is another order: a page that stayed open after its answer was lost
    on the way is filled in anew and sent again.
    """
    now, once = now_by(clock, session), fingerprint([once, code, dict(form), person, list(subject)])
    kept = {field: PRIVATE if said and field in private else said for field, said in form.items()}
    row = {
        "once": once, "code": code, "form": kept, "person": person, "subject_kind": subject[0],
        "subject_id": subject[1], "by_run": by_run, "given_at": now, "said": {}, "run_state": RunState.WANTED,
        "run_id": "", "attempts": 0, "next_try_at": now, "ended_as": "", "remarks": "",
    }  # fmt: skip
    written = insert_quietly(session, GivenOrder, ["once"]).values(row).returning(col(GivenOrder.id))
    is_new = session.execute(written).scalar_one_or_none() is not None
    return session.execute(select(GivenOrder).where(col(GivenOrder.once) == once)).scalar_one(), is_new


def write_down(
    session: Session, clock: Clock, run: str, code: str, form: Mapping[str, Any], person: str,
    subject: tuple[str, str], said: Mapping[str, Any],
) -> None:  # fmt: skip
    """Write down what a run was ordered to do in Prefect itself, once; there is nothing left to be done about it."""
    now = now_by(clock, session)
    row = {
        "once": fingerprint(["run", run, code]), "code": code, "form": dict(form), "person": person,
        "subject_kind": subject[0], "subject_id": subject[1], "by_run": True, "given_at": now, "carried_out_at": now,
        "said": dict(said), "run_state": RunState.OVER, "run_id": run, "attempts": 0, "next_try_at": now,
        "ended_as": "", "remarks": "",
    }  # fmt: skip
    session.execute(insert_quietly(session, GivenOrder, ["once"]).values(row))


def order(session: Session, id: int) -> GivenOrder | None:
    return session.get(GivenOrder, id)


def settle(session: Session, clock: Clock, id: int, said: Mapping[str, Any]) -> bool:
    """Keep the answer to an order; the first answer stays, unless it was only that nobody knows the answer."""
    found = session.get(GivenOrder, id, populate_existing=True, with_for_update=True)
    if found is None or (found.carried_out_at is not None and not is_broken_off(found.said)):
        return False
    change = update(GivenOrder).where(col(GivenOrder.id) == id).values(carried_out_at=clock.plus(), said=dict(said))
    session.execute(change, execution_options=QUICK)
    return True


def runs_wanted(session: Session, clock: Clock) -> list[GivenOrder]:
    """Orders whose run is to be started now: those carried out, those only a run does, those a kill left open.

    While somebody is applying the dropped file that an order is about, its run would only be in the way.
    """
    open_ = or_(col(GivenOrder.by_run), col(GivenOrder.given_at) < clock.plus(-LEFT_OPEN))
    file = case((col(GivenOrder.subject_kind) == "drop", cast(col(GivenOrder.subject_id), Integer)))
    ripe = or_(col(GivenOrder.carried_out_at).is_not(None), and_(open_, ~is_applied_now(clock, file)))
    wanted = and_(col(GivenOrder.run_state) == RunState.WANTED, col(GivenOrder.next_try_at) <= clock.plus(), ripe)
    return list(session.execute(select(GivenOrder).where(UNFINISHED, wanted).order_by(O_ID).limit(AT_A_TIME)).scalars())


def runs_under_way(session: Session) -> list[GivenOrder]:
    started = select(GivenOrder).where(UNFINISHED, col(GivenOrder.run_state) == RunState.STARTED)
    return list(session.execute(started.order_by(O_ID).limit(UNDER_WAY_MOST)).scalars())


def started(session: Session, id: int, run_id: str) -> None:
    _set(session, id, RunState.WANTED, run_state=RunState.STARTED, run_id=run_id)


def not_started(session: Session, clock: Clock, order: GivenOrder) -> None:
    """Prefect did not answer: try again later, ever more seldom; after a day nobody needs to see it there."""
    now, attempts = now_by(clock, session), order.attempts + 1
    lost = now - order.given_at > FORGOTTEN and not order.by_run
    state = RunState.LOST if lost else RunState.WANTED
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    _set(session, order.id or 0, RunState.WANTED, run_state=state, attempts=attempts, next_try_at=now + wait)


def again(session: Session, clock: Clock, id: int, tries: int) -> None:
    """Want another run: the last of so many was cut off."""
    then = now_by(clock, session) + WAITS[min(tries, len(WAITS)) - 1]
    _set(session, id, RunState.STARTED, run_state=RunState.WANTED, next_try_at=then)


def over(session: Session, id: int, ended_as: str, remarks: str) -> None:
    """Keep the run's last words."""
    _set(session, id, RunState.STARTED, run_state=RunState.OVER, ended_as=ended_as, remarks=remarks)


def _set(session: Session, id: int, state: RunState, **values: Any) -> None:
    change = update(GivenOrder).where(col(GivenOrder.id) == id, col(GivenOrder.run_state) == state).values(**values)
    session.execute(change, execution_options=QUICK)


def of_subject(session: Session, kind: str, ids: Sequence[str], most: int = 200) -> list[GivenOrder]:
    """The orders about these things, the newest first."""
    about = and_(col(GivenOrder.subject_kind) == kind, col(GivenOrder.subject_id).in_(ids))
    return list(session.execute(select(GivenOrder).where(about).order_by(O_ID.desc()).limit(most)).scalars())


def of_person(session: Session, person: str, before: int = 0, most: int = 50) -> list[GivenOrder]:
    """What a person has ordered, the newest first; older than the order `before`, where one is named."""
    mine = [col(GivenOrder.person) == person, *([before > O_ID] if before else [])]
    return list(session.execute(select(GivenOrder).where(*mine).order_by(O_ID.desc()).limit(most)).scalars())


def latest(session: Session, code: str, most: int = 1) -> list[GivenOrder]:
    """The last orders of one kind, the newest first."""
    query = select(GivenOrder).where(col(GivenOrder.code) == code).order_by(O_ID.desc()).limit(most)
    return list(session.execute(query).scalars())
