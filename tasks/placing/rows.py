"""Placements follow the plan: as many statements for a thousand of them as for one, each a compare-and-set.

Whoever changes many holds them first: so each is in one state from the first of the statements to the last.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from models.database import portions
from models.delivery import OF_CONTENT, Delivery, State
from models.locale import mark
from models.orders import MOVABLE, When
from models.reason import because
from tasks.delivery.rows import many
from tasks.delivery.statements import QUICK, D, one_of
from tasks.orders.rows import ANEW, OF_TIME, because_of

NOT_IN_PLAN = mark("It is no longer in the content plan.")
TIMED: dict[str, Any] = {"due_at": bindparam("b_due"), "late_at": bindparam("b_late"), "wall_time": bindparam("b_wall"),
         "zone": bindparam("b_zone"), "plan_wall": ""}  # fmt: skip
SAYING: dict[str, Any] = {"content_id": bindparam("b_content"), "content_hash": bindparam("b_hash")}
GOING: dict[str, Any] = {"state": State.PLANNED, "token": D.token + 1, "lease_until": None}
ELSEWHERE = D.plan_wall != bindparam("b_wall")
STOOD_STILL = MOVABLE - {State.HELD}


def _where(states: Collection[State], *also: ColumnElement[bool]) -> Any:
    """Binds: b_id."""
    return update(Delivery).where(D.id == bindparam("b_id"), one_of(*sorted(states)), *also)


MOVE = (
    _where(STOOD_STILL, ELSEWHERE).values(**ANEW, **TIMED),
    _where({State.HELD}, ELSEWHERE, because_of(*OF_TIME)).values(**ANEW, **TIMED),
    _where({State.HELD}, ELSEWHERE).values(run_id="", run_key="", **TIMED),
)
RETURN = (_where({State.CANCELLED}, because_of("not_in_plan")).values(**ANEW, **TIMED),)
REPLACE = (
    _where({State.PLANNED, State.CLAIMED}).values(**SAYING, **GOING),
    _where({State.HELD}, because_of(*OF_CONTENT)).values(**SAYING, **ANEW),
    _where({State.HELD, State.MISSED, State.REJECTED, State.CANCELLED}).values(**SAYING),
)


def hold_still(session: Session, ids: Collection[int]) -> None:
    """Let nobody else change these rows before this transaction ends; all who do so begin with the lowest."""
    for some in portions(sorted(ids)):
        session.execute(select(D.id).where(D.id.in_(some)).order_by(D.id).with_for_update()).all()


def follow_plan(session: Session, times: Mapping[int, When]) -> int:
    """Move rows to where the plan says; one that a person has moved stays, until the plan itself says another time."""
    return _changed(session, MOVE, {id: _timed(when) for id, when in times.items()})


def return_to_plan(session: Session, times: Mapping[int, When]) -> int:
    """Plan again what only the plan had cancelled."""
    return _changed(session, RETURN, {id: _timed(when) for id, when in times.items()})


def replace_content(session: Session, contents: Mapping[int, tuple[int, str]]) -> int:
    """Give rows that are not yet going out other content, as (id, hash); their approval no longer fits.

    What was held because of its content goes on with the new one; whatever else waits for a person still does.
    """
    said = {id: {"b_content": content, "b_hash": print_} for id, (content, print_) in contents.items()}
    return _changed(session, REPLACE, said)


def leave_plan(session: Session, ids: Collection[int]) -> int:
    """Cancel what stands in no plan any more and is not yet going out, late or not."""
    reason, left = because(NOT_IN_PLAN, code="not_in_plan").model_dump(), sorted(ids)
    change = update(Delivery).where(one_of(State.PLANNED, State.CLAIMED, State.HELD))
    change = change.values(state=State.CANCELLED, reason=reason, token=D.token + 1)
    done: list[Any] = [
        session.execute(change.where(D.id.in_(some)), execution_options=QUICK) for some in portions(left)
    ]
    return sum(one.rowcount for one in done)


def _timed(when: When) -> dict[str, Any]:
    return {"b_due": when.due_at, "b_late": when.late_at, "b_wall": when.wall_time, "b_zone": when.zone}


def _changed(session: Session, ways: tuple[Any, ...], wanted: Mapping[int, dict[str, Any]]) -> int:
    """Change each row in the first way that it can be, and count those that could."""
    rows = [{"b_id": id, **wanted[id]} for id in sorted(wanted)]
    return sum(many(session, way, rows) for way in ways)
