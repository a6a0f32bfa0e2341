"""The statements of a redemption by the driver alone: the floor that the ledger of coupons is measured against."""

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import make_url

from models.database import SQLITE_PRAGMAS
from tasks.redeeming.limits import Take
from tasks.redeeming.statements import ENTER_WHOLE

LOOK = (
    "SELECT c.id, c.code, c.state, c.most, c.used, c.held, c.customer_id, c.ends_at, c.offer_id, o.key, o.stage, "
    "o.approved_hash, v.id, v.hash, EXISTS (SELECT * FROM redemption WHERE till = ? AND key = ?), "
    "EXISTS (SELECT * FROM journal_entry WHERE sale = ? AND redemption_id IS NULL) "
    "FROM coupon AS c JOIN coupon_offer AS o ON o.id = c.offer_id "
    "LEFT JOIN offer_version AS v ON v.offer_id = o.id AND v.hash = o.approved_hash "
    "WHERE c.code IN (?) ORDER BY c.id, v.n"
)
COUPON = (
    "UPDATE coupon SET used = used + 1 WHERE id = ? AND state = 'live' AND (most = 0 OR used + held + 1 <= most) "
    "RETURNING used, held, most"
)
TAKE = "INSERT INTO redemption_take (redemption_id, kind, scope, offer_id, n) VALUES (?, ?, ?, ?, ?)"
EVENT = (
    'INSERT INTO coupon_event (coupon_id, offer_id, what, code, outlet, "by", redemption_id, said, at) '
    "VALUES (?, ?, 'redeemed', '', ?, '', ?, '', ?)"
)
ROOM = (
    "ON CONFLICT (offer_id, kind, scope) DO UPDATE SET used = offer_counter.used + excluded.used, "
    "most = excluded.most WHERE excluded.most IS NULL "
    "OR offer_counter.used + offer_counter.held + excluded.used <= excluded.most RETURNING kind, scope, used + held"
)


class Bare:
    """One connection, one transaction a redemption, each statement as the ledger makes it."""

    def __init__(self, url: str) -> None:
        self.postgresql = not url.startswith("sqlite")
        self.connection: Any
        if self.postgresql:
            self.connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        else:
            self.connection = sqlite3.connect(make_url(url).database or "", timeout=30, isolation_level=None)
            for pragma in SQLITE_PRAGMAS:
                self.connection.execute(f"PRAGMA {pragma}")

    def redeem(self, code: str, row: dict[str, Any], takes: Sequence[Take]) -> None:
        cursor = self.connection.cursor()
        self.run(cursor, "BEGIN" if self.postgresql else "BEGIN IMMEDIATE")
        locking = " FOR KEY SHARE OF o" if self.postgresql else ""
        said = (row["till"], row["key"], f"{row['till']}\n{row['key']}")
        found = self.run(cursor, LOOK + locking, *said, code).fetchall()[0]
        now = datetime.now(UTC)
        values = [self.value(each) for each in (row | {"coupon_id": found[0], "at": now, "settled_at": now}).values()]
        id = self._whole(cursor, row, values, takes) if self.postgresql else self._enter(cursor, row, values, takes)
        assert id
        assert self.run(cursor, COUPON, found[0]).fetchall()
        many = ", ".join(["(?, ?, ?, ?, 0, ?)"] * len(takes))
        counted = [one for take in takes for one in (found[8], take.kind.value, take.scope, take.n, take.most)]
        into = f"INSERT INTO offer_counter (offer_id, kind, scope, used, held, most) VALUES {many} {ROOM}"
        assert len(self.run(cursor, into, *counted).fetchall()) == len(takes)
        self.run(cursor, "COMMIT")

    def _enter(self, cursor: Any, row: dict[str, Any], values: Sequence[Any], takes: Sequence[Take]) -> int:
        """A redemption, what it takes and its line of history, one after the other."""
        said = dict(zip(row, values, strict=True))
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        put = f"INSERT INTO redemption ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING id"
        id: int = self.run(cursor, put, *values).fetchall()[0][0]
        cursor.executemany(TAKE, [(id, take.kind.value, take.scope, said["offer_id"], take.n) for take in takes])
        self.run(cursor, EVENT, said["coupon_id"], said["offer_id"], row["outlet"], id, said["at"])
        return id

    def _whole(self, cursor: Any, row: dict[str, Any], values: Sequence[Any], takes: Sequence[Take]) -> int:
        """The same in one statement, the ledger's own."""
        said = dict(zip(row, values, strict=True)) | {"what": "redeemed", "kinds": [one.kind.value for one in takes]}
        said |= {"scopes": [take.scope for take in takes], "numbers": [take.n for take in takes]}
        whole = re.sub(r":(\w+)", r"%(\1)s", ENTER_WHOLE.text)
        id: int = cursor.execute(whole, said).fetchall()[0][0]
        return id

    def value(self, each: Any) -> Any:
        if isinstance(each, dict | list):
            return Jsonb(each) if self.postgresql else json.dumps(each)
        if isinstance(each, datetime) and not self.postgresql:
            return each.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return each

    def said(self, statement: str) -> str:
        return statement.replace("?", "%s") if self.postgresql else statement

    def run(self, cursor: Any, statement: str, *values: Any) -> Any:
        return cursor.execute(self.said(statement), values)
