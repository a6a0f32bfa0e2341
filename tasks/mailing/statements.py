"""The statements that every turn of a sender makes, built once: building them costs more than running them. Pure."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select, text, update
from sqlmodel import col

from models.database import Clock
from models.letters import Ground
from models.mailings import Mailing, MailLane, MailPace, Message, Stage
from models.stop import Scope, StopOrder
from tasks.mailing.jobs import Going

MESSAGE, PACE, LANE = Message.__table__, MailPace.__table__, MailLane.__table__  # type: ignore[attr-defined]
M, P, L = MESSAGE.c, PACE.c, LANE.c


@lru_cache(maxsize=64)
def keep(clock: Clock, lease: timedelta) -> Any:
    """Binds: b_account, b_token."""
    mine = (L.account == bindparam("b_account"), L.token == bindparam("b_token"))
    return update(LANE).where(*mine).values(lease_until=clock.plus(lease)).returning(L.lease_until)


@lru_cache(maxsize=8)
def going() -> Any:
    """Binds: b_account. A Stop holds its own."""
    scope, key = col(StopOrder.scope), col(StopOrder.scope_key)
    covers = or_(
        scope == Scope.ALL, and_(scope == Scope.CHANNEL, key == bindparam("b_account")),
        and_(scope == Scope.CAMPAIGN, key == col(Mailing.campaign)),
        and_(scope == Scope.PIECE, key == col(Mailing.key)),
    )  # fmt: skip
    stopped = exists().where(col(StopOrder.released_at).is_(None), covers)
    fields = [getattr(Mailing, name) for name in Going.__dataclass_fields__]
    query = select(*fields).where(col(Mailing.stage) == Stage.SENDING, ~stopped)
    return query.order_by(col(Mailing.priority), col(Mailing.due_at), col(Mailing.id))


# Rows come as one document: fifty single updates cost more than the letters.
GOING_ROWS = {
    "sqlite": "(SELECT value ->> 0 AS id, value ->> 1 AS print FROM json_each(:rows)) AS v",
    "postgresql": "(SELECT (value ->> 0)::bigint AS id, value ->> 1 AS print "
    "FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS value) AS v",
}
STOPPED = (
    "SELECT 1 FROM stop_order AS s WHERE s.released_at IS NULL AND (s.scope = 'all' "
    "OR (s.scope = 'channel' AND s.scope_key = :account) OR (s.scope = 'campaign' AND s.scope_key = g.campaign) "
    "OR (s.scope = 'piece' AND s.scope_key = g.key))"
)
MAY_GO = {
    Ground.ADVERTISING: "a.open",
    Ground.SERVICE: "NOT EXISTS (SELECT 1 FROM suppression AS b WHERE b.print = a.print AND b.lifted_at IS NULL)",
}


@lru_cache(maxsize=8)
def intend(dialect: str, ground: Ground) -> Any:
    """Binds: rows, token, mailing, version, account. Returns the ids of those that may go at this very moment.

    The address is theirs still, and open; for a service, not barred. The mailing is being sent in this version, and no
    Stop covers it.
    """
    return text(
        "UPDATE message SET state = 'intent', print = v.print, token = :token, attempts = message.attempts + 1 "  # noqa: S608
        f"FROM {GOING_ROWS[dialect]} WHERE message.id = v.id AND message.state = 'planned' AND EXISTS ("
        "SELECT 1 FROM mailing AS g WHERE g.id = :mailing AND g.stage = 'sending' AND g.approved_hash = :version "
        f"AND NOT EXISTS ({STOPPED})) AND EXISTS (SELECT 1 FROM address AS a WHERE a.customer_id = message.customer_id "
        f"AND a.kind = message.kind AND a.print = v.print AND {MAY_GO[ground]}) RETURNING message.id"
    )


ROWS = {
    "sqlite": "(SELECT value ->> 'id' AS id, value ->> 'state' AS state, value ->> 'remote' AS remote, "
    "value ->> 'why' AS why, value ->> 'pieces' AS pieces, value ->> 'free' AS free, value ->> 'due' AS due "
    "FROM json_each(:rows)) AS v",
    "postgresql": "jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id bigint, state text, remote text, why text, "
    "pieces integer, free integer, due timestamptz)",
}
MINE = "message.id = v.id AND message.token = :token AND message.state IN ('intent', 'unknown')"
NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f000', :now)", "postgresql": "CAST(:now AS timestamptz)"}


@lru_cache(maxsize=4)
def settle(dialect: str) -> Any:
    """Binds: rows, token, now."""
    return text(
        "UPDATE message SET state = v.state, remote_id = v.remote, why = v.why, pieces = v.pieces, "  # noqa: S608
        f"sent_at = CASE v.state WHEN 'sent' THEN {NOW[dialect]} ELSE message.sent_at END, settled_at = {NOW[dialect]} "
        f"FROM {ROWS[dialect]} WHERE {MINE}"
    )


@lru_cache(maxsize=4)
def retry(dialect: str) -> Any:
    """Binds: rows, token. `due` is when each is tried again."""
    due = "v.due" if dialect == "postgresql" else "strftime('%Y-%m-%d %H:%M:%f000', v.due)"
    return text(
        f"UPDATE message SET state = 'planned', why = v.why, due_at = {due}, attempts = message.attempts - v.free "  # noqa: S608
        f"FROM {ROWS[dialect]} WHERE {MINE}"
    )
