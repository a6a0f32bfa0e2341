"""The statements of every redemption, built once: building them costs more than running them. Pure.

A counter is asked and changed in one statement, so a limit holds whoever else is asking. PostgreSQL keeps the offer
from being stopped or changed in the middle (FOR KEY SHARE, which the foreign key takes anyway); SQLite has one writer.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, case, exists, func, insert, select, text

from models.database import Clock
from models.redemptions import (
    Coupon,
    CouponEvent,
    JournalEntry,
    OfferCounter,
    OfferRow,
    OfferVersion,
    Redeemed,
    Redemption,
    RedemptionReturn,
    RedemptionTake,
)
from tasks.redeeming.calls import ANSWERS

COUPON, OFFER, VERSION = Coupon.__table__, OfferRow.__table__, OfferVersion.__table__  # type: ignore[attr-defined]
COUNTER, TAKE, EVENT = OfferCounter.__table__, RedemptionTake.__table__, CouponEvent.__table__  # type: ignore[attr-defined]
REDEMPTION, RETURN = Redemption.__table__, RedemptionReturn.__table__  # type: ignore[attr-defined]
ENTRY = JournalEntry.__table__  # type: ignore[attr-defined]
C, O, V, R = COUPON.c, OFFER.c, VERSION.c, REDEMPTION.c  # noqa: E741

# What an answer of the invited holds, tills may take: only what a till holds is out of use for others.
_BY_ANSWERS = select(func.count()).where(R.coupon_id == C.id, R.till == ANSWERS, R.state == Redeemed.HELD)
HELD_AT_TILLS = C.held - case((C.held > 0, _BY_ANSWERS.correlate(COUPON).scalar_subquery()), else_=0)
LOOKED_AT = (C.id, C.code, C.state, C.most, C.used, C.held, C.customer_id, C.ends_at, C.offer_id, O.key, O.stage,
             O.approved_hash, V.id.label("version_id"), V.hash)  # fmt: skip


@lru_cache(maxsize=64)
def look(clock: Clock, locking: bool, several: bool) -> Any:
    """Binds: codes (one code, where not `several`), till, key, sale.

    The codes with their offers and what is approved of them, and the database's time.

    `was_called`: the call has come before. `waits`: something of the sale was brought back before it was told of.
    """
    mine = (R.till == bindparam("till"), R.key == bindparam("key"))
    was_called = exists().where(*mine).label("was_called")
    waiting = (ENTRY.c.sale == bindparam("sale"), ENTRY.c.redemption_id.is_(None))
    waits = exists().where(*waiting).label("waits")
    in_force = (V.offer_id == O.id) & (V.hash == O.approved_hash)
    joined = COUPON.join(OFFER, O.id == C.offer_id).outerjoin(VERSION, in_force)
    query = select(*LOOKED_AT, clock.plus().label("now"), was_called, waits).select_from(joined).order_by(C.id, V.n)
    query = query.where(C.code.in_(bindparam("codes", expanding=True)) if several else C.code == bindparam("codes"))
    return query.with_for_update(of=OFFER, key_share=True, read=True) if locking else query


@lru_cache(maxsize=2)
def called() -> Any:
    """Binds: b_till, b_key. The rows of a call, kept from anybody else who settles them."""
    mine = (R.till == bindparam("b_till"), R.key == bindparam("b_key"))
    return select(REDEMPTION).where(*mine).order_by(R.id).with_for_update()


def _put_once(table: Any) -> str:
    """A row, unless its key is there: then nothing is returned. As text, which is compiled once, not every time."""
    columns = [column.name for column in table.c if column.name != "id"]
    names, binds = (", ".join(form.format(name) for name in columns) for form in ('"{}"', ":{}"))
    return f"INSERT INTO {table.name} ({names}) VALUES ({binds}) ON CONFLICT DO NOTHING RETURNING id"  # noqa: S608


def _of_types(said: str, table: Any) -> Any:
    return text(said).bindparams(*(bindparam(one.name, type_=one.type) for one in table.c if one.name != "id"))


ENTER, PUT_ENTRY = _of_types(_put_once(REDEMPTION), REDEMPTION), _of_types(_put_once(ENTRY), ENTRY)
# A redemption, what it takes and its line of history in one statement, where every statement is a way there and back.
ENTER_WHOLE = _of_types(
    f"WITH r AS ({_put_once(REDEMPTION)}), "  # noqa: S608
    "t AS (INSERT INTO redemption_take (redemption_id, offer_id, kind, scope, n) "
    "SELECT r.id, CAST(:offer_id AS integer), k.kind, k.scope, k.n FROM r CROSS JOIN unnest("
    "CAST(:kinds AS text[]), CAST(:scopes AS text[]), CAST(:numbers AS bigint[])) AS k (kind, scope, n)), "
    'e AS (INSERT INTO coupon_event (coupon_id, offer_id, what, code, outlet, "by", redemption_id, said, at) '
    "SELECT CAST(:coupon_id AS bigint), CAST(:offer_id AS integer), CAST(:what AS text), '', CAST(:outlet AS text), "
    "CAST(:cashier AS text), r.id, '', CAST(:at AS timestamptz) FROM r) SELECT id FROM r",
    REDEMPTION,
)
PUT_TAKES, PUT_EVENTS, PUT_RETURN = insert(TAKE), insert(EVENT), insert(RETURN)

ASK_COUPON = text(
    "UPDATE coupon SET used = used + :used, held = held + :held WHERE id = :id AND (:force = 1 OR (state = 'live' "
    "AND (:asked <= 0 OR most = 0 OR used + held + :asked <= most))) RETURNING used, held, most"
)
GIVE_COUPON = text("UPDATE coupon SET used = used + :used, held = held + :held WHERE id = :id")

GIVE = text(
    "UPDATE offer_counter SET used = used + :used, held = held + :held "
    "WHERE offer_id = :offer AND kind = :kind AND scope = :scope"
)
EXCHANGE = text(
    "UPDATE offer_counter SET used = used + :used, held = held + :held, most = CAST(:most AS BIGINT) "
    "WHERE offer_id = :offer AND kind = :kind AND scope = :scope AND (:asked <= 0 OR CAST(:most AS BIGINT) IS NULL "
    "OR used + held + :asked <= CAST(:most AS BIGINT)) RETURNING kind, scope, used + held"
)


@lru_cache(maxsize=256)
def ask(number: int, force: bool) -> Any:
    """Binds: offer, and for each of so many kind_n, scope_n, used_n, held_n, most_n, in the order of locks.

    Returns those that had room. A counter that is not there yet is made; `force` asks nothing, and only counts.
    """
    values = ", ".join(
        f"(:offer, :kind_{n}, :scope_{n}, :used_{n}, :held_{n}, CAST(:most_{n} AS BIGINT))" for n in range(number)
    )
    room = (
        " WHERE excluded.most IS NULL "
        "OR offer_counter.used + offer_counter.held + excluded.used + excluded.held <= excluded.most"
    )
    return text(
        f"INSERT INTO offer_counter (offer_id, kind, scope, used, held, most) VALUES {values} "  # noqa: S608
        "ON CONFLICT (offer_id, kind, scope) DO UPDATE SET used = offer_counter.used + excluded.used, "
        f"held = offer_counter.held + excluded.held, most = excluded.most{'' if force else room} "
        "RETURNING kind, scope, used + held"
    )


# Reservations that have run out, all in a few statements. `ids` are locked first, then coupons, then counters.
DUE = "SELECT id FROM redemption WHERE state = 'held' AND until <= :now ORDER BY id LIMIT :most"
UNTOUCHED = {"sqlite": "", "postgresql": " FOR UPDATE SKIP LOCKED"}
KIND_ORDER = (
    "CASE k.kind WHEN 'total' THEN 0 WHEN 'budget' THEN 1 WHEN 'units' THEN 2 WHEN 'outlet' THEN 3 "
    "WHEN 'seats' THEN 4 WHEN 'customer' THEN 5 ELSE 6 END"
)
LOCK_COUPONS = (
    "SELECT c.id FROM coupon AS c WHERE c.id IN (SELECT coupon_id FROM redemption WHERE id IN :ids) "
    "ORDER BY c.id FOR NO KEY UPDATE"
)
LOCK_COUNTERS = (
    "SELECT 1 FROM offer_counter AS k WHERE EXISTS (SELECT 1 FROM redemption_take AS t WHERE t.redemption_id IN :ids "  # noqa: S608
    "AND t.offer_id = k.offer_id AND t.kind = k.kind AND t.scope = k.scope) "
    f'ORDER BY k.offer_id, {KIND_ORDER}, k.scope COLLATE "C" FOR NO KEY UPDATE'
)
RELEASE = (
    "UPDATE coupon SET held = held - v.n FROM (SELECT coupon_id, count(*) AS n FROM redemption WHERE id IN :ids "
    "GROUP BY coupon_id) AS v WHERE coupon.id = v.coupon_id",
    "UPDATE offer_counter SET held = held - v.n FROM (SELECT offer_id, kind, scope, CAST(sum(n) AS BIGINT) AS n "
    "FROM redemption_take WHERE redemption_id IN :ids GROUP BY offer_id, kind, scope) AS v WHERE "
    "offer_counter.offer_id = v.offer_id AND offer_counter.kind = v.kind AND offer_counter.scope = v.scope",
    'INSERT INTO coupon_event (coupon_id, offer_id, what, code, outlet, "by", redemption_id, said, at) '
    "SELECT coupon_id, offer_id, 'released', '', outlet, :by, id, :said, :now FROM redemption WHERE id IN :ids",
    "UPDATE redemption SET state = 'released', settled_at = :now WHERE id IN :ids",
)


@lru_cache(maxsize=16)
def with_ids(statement: str, *moments: str) -> Any:
    """A statement over `ids`; `moments` are its binds that are moments."""
    from_moments = [bindparam(name, type_=R.at.type) for name in moments]
    listed: list[Any] = [bindparam("ids", expanding=True)] if ":ids" in statement else []
    return text(statement).bindparams(*listed, *from_moments)


# The counters beside the sums of their rows: whatever differs, of all offers at once.
COUPONS_OFF = text(
    "SELECT c.offer_id, c.id, c.used, c.held, coalesce(s.used, 0), coalesce(s.held, 0) FROM coupon AS c LEFT JOIN ("
    "SELECT coupon_id, sum(CASE WHEN state = 'redeemed' THEN 1 ELSE 0 END) AS used, "
    "sum(CASE WHEN state = 'held' THEN 1 ELSE 0 END) AS held FROM redemption GROUP BY coupon_id) AS s "
    "ON s.coupon_id = c.id WHERE c.used <> coalesce(s.used, 0) OR c.held <> coalesce(s.held, 0) "
    "ORDER BY c.id LIMIT 1000"
)
COUNTERS_OFF = text(
    "SELECT offer_id, kind, scope, sum(used), sum(held), sum(rows_used), sum(rows_held) FROM ("
    "SELECT offer_id, kind, scope, used, held, 0 AS rows_used, 0 AS rows_held FROM offer_counter UNION ALL "
    "SELECT t.offer_id, t.kind, t.scope, 0, 0, CASE WHEN r.state = 'redeemed' THEN t.n ELSE 0 END, "
    "CASE WHEN r.state = 'held' THEN t.n ELSE 0 END FROM redemption_take AS t JOIN redemption AS r "
    "ON r.id = t.redemption_id) AS each_row GROUP BY offer_id, kind, scope "
    "HAVING sum(used) <> sum(rows_used) OR sum(held) <> sum(rows_held) ORDER BY offer_id, kind, scope LIMIT 1000"
)
RETURNS_OFF = text(
    "SELECT r.offer_id, r.id, r.back, coalesce(s.amount, 0), r.amount FROM redemption AS r LEFT JOIN ("
    "SELECT redemption_id, sum(amount) AS amount FROM redemption_return GROUP BY redemption_id) AS s "
    "ON s.redemption_id = r.id WHERE r.back <> coalesce(s.amount, 0) OR r.back > r.amount "
    "OR (r.state = 'returned' AND r.back <> r.amount) ORDER BY r.id LIMIT 1000"
)
BUDGETS_OFF = text(
    "SELECT r.offer_id, r.id, r.amount - r.back, coalesce(t.n, 0) FROM redemption AS r LEFT JOIN redemption_take AS t "
    "ON t.redemption_id = r.id AND t.kind = 'budget' WHERE r.state IN ('held', 'redeemed') "
    "AND r.amount - r.back <> coalesce(t.n, 0) ORDER BY r.id LIMIT 1000"
)
ABOVE = text(
    "SELECT k.offer_id, k.kind, k.scope, k.used + k.held, k.most FROM offer_counter AS k "
    "WHERE k.most IS NOT NULL AND k.used + k.held > k.most ORDER BY k.offer_id, k.kind, k.scope LIMIT 1000"
)
