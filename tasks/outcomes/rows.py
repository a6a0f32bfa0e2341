"""What became of every row of the plan: its publications, and the last look at each of them. Set-based."""

from sqlalchemy import String, and_, cast, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import PlanRow
from models.delivery import Delivery, State, Verb
from models.piece import Piece
from models.reaction import Snapshot
from models.reason import Reason
from tasks.content.rows import PLAN
from tasks.delivery.statements import D, is_approved
from tasks.outcomes.outcome import METRICS, Fate


def fates(session: Session) -> dict[str, list[Fate]]:
    """The publications of every numbered piece by its №, in the order they were due."""
    seen = _last_looks(session)
    query = (
        select(col(Piece.number), Delivery, is_approved().label("approved"))
        .join(Piece, cast(col(Piece.id), String) == D.subject_id)
        .where(D.kind == "placement", D.verb == Verb.PUBLISH, col(Piece.number).is_not(None))
        .order_by(D.due_at, D.id)
    )  # fmt: skip
    found: dict[str, list[Fate]] = {}
    for number, row, approved in session.execute(query):
        reason = Reason.model_validate(row.reason or {})
        fate = Fate(account=row.account, state=State(row.state), url=row.url, reason=reason, approved=bool(approved),
                    seen=seen.get(row.id, {}))  # fmt: skip
        found.setdefault(number, []).append(fate)
    return found


def edits(session: Session) -> dict[str, tuple[set[str], PlanRow]]:
    """The fields of each row of the plan that were edited on the desk since it was loaded, and its row as it is now."""
    columns = (col(Piece.number), col(Piece.edited), col(Piece.plan))
    query = select(*columns).where(col(Piece.source) == PLAN, ~col(Piece.archived), col(Piece.number).is_not(None))
    found = session.execute(query).tuples()
    return {number: (set(edited), PlanRow.model_validate(plan)) for number, edited, plan in found if number and edited}


def _last_looks(session: Session) -> dict[int, dict[str, int]]:
    """The last value of every metric a plan shows, by delivery; what was never available has none."""
    last = (
        select(col(Snapshot.delivery_id), col(Snapshot.metric), func.max(col(Snapshot.taken_at)).label("at"))
        .where(col(Snapshot.metric).in_(METRICS)).group_by(col(Snapshot.delivery_id), col(Snapshot.metric)).subquery()
    )  # fmt: skip
    same = and_(
        col(Snapshot.delivery_id) == last.c.delivery_id,
        col(Snapshot.metric) == last.c.metric,
        col(Snapshot.taken_at) == last.c.at,
    )
    found: dict[int, dict[str, int]] = {}
    query = select(col(Snapshot.delivery_id), col(Snapshot.metric), col(Snapshot.value)).join(last, same)
    for delivery, metric, value in session.execute(query):
        found.setdefault(delivery, {})[metric] = value
    return found
