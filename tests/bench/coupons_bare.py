"""The statements of a redemption by the driver alone: the floor that the ledger of coupons is measured against."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import make_url

from models.database import SQLITE_PRAGMAS
from tasks.redeeming.limits import Take

LOOK = (
    "SELECT c.id, c.code, c.state, c.most, c.used, c.held, c.customer_id, c.ends_at, c.offer_id, o.key, o.stage, "
    "o.approved_hash, v.id, v.hash FROM coupon AS c JOIN coupon_offer AS o ON o.id = c.offer_id "
    "LEFT JOIN offer_version AS v ON v.offer_id = o.id AND v.hash = o.approved_hash "
    "WHERE c.code IN (?) ORDER BY c.id, v.n"
)
CALLED = "SELECT * FROM redemption WHERE till = ? AND key = ? ORDER BY id"
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
        found = self.run(cursor, LOOK + locking, code).fetchall()[0]
        self.run(cursor, CALLED + (" FOR UPDATE" if self.postgresql else ""), row["till"], row["key"]).fetchall()
        now = datetime.now(UTC)
        values = [self.value(each) for each in (row | {"coupon_id": found[0], "at": now, "settled_at": now}).values()]
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        put = f"INSERT INTO redemption ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING id"
        id = self.run(cursor, put, *values).fetchall()[0][0]
        each = [(id, take.kind.value, take.scope, found[8], take.n) for take in takes]
        cursor.executemany(self.said(TAKE), each)
        self.run(cursor, EVENT, found[0], found[8], row["outlet"], id, self.value(now))
        assert self.run(cursor, COUPON, found[0]).fetchall()
        many = ", ".join(["(?, ?, ?, ?, 0, ?)"] * len(takes))
        counted = [one for take in takes for one in (found[8], take.kind.value, take.scope, take.n, take.most)]
        into = f"INSERT INTO offer_counter (offer_id, kind, scope, used, held, most) VALUES {many} {ROOM}"
        assert len(self.run(cursor, into, *counted).fetchall()) == len(takes)
        self.run(cursor, "COMMIT")

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
