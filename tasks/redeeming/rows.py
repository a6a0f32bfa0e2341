"""Coupons, redemptions and the counters of limits. Sessions are given; nothing here opens or commits one.

Order of locks, the same for everybody: the offer (shared), the rows of the call, coupons by number, counters in the
order of `Limit`. What is entered anew goes first: the counters that everybody wants are held for the last moment only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.database import Clock, portions
from models.offers import OfferTerms
from models.reason import Reason
from models.redemptions import CouponState, Happened, Limit
from tasks.offers.refusals import Refusal
from tasks.redeeming import refusals, statements
from tasks.redeeming.limits import Change, Take, too_large
from tasks.redeeming.statements import COUNTER, COUPON, OFFER, REDEMPTION, TAKE, VERSION, C, O, R, V

KNOWN_TERMS = 1024
EVENT = {"code": "", "outlet": "", "by": "", "redemption_id": None, "said": ""}


class NoRoom(Exception):
    """One code of a call is refused; whatever the transaction had done is undone."""

    def __init__(self, code: str, why: Reason | Refusal) -> None:
        self.code, self.why = code, why if isinstance(why, Refusal) else Refusal.of(why)
        super().__init__(self.why.code)


class Overtaken(Exception):
    """Somebody else has entered this very call meanwhile: look again."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A code as it stands, and what is approved of its offer."""

    id: int
    code: str
    state: str
    most: int
    used: int
    held: int
    customer_id: int | None
    ends_at: datetime | None
    offer_id: int
    key: str
    stage: str
    approved_hash: str
    version_id: int | None
    hash: str | None

    @property
    def refusal(self) -> Reason:
        """Why nothing is taken by this code, whatever is bought; no reason where it may."""
        return refusals.of_offer(self.stage if self.version_id else "draft") or refusals.of_coupon(self.state)


@dataclass(frozen=True)
class Looked:
    """The codes that there are, and the database's time; None where there are none of them.

    `was_called`: the call has come before, as far as is known. `waits`: something of this sale was brought back before
    it was told of.
    """

    found: dict[str, Offered]
    now: datetime | None = None
    was_called: bool = True
    waits: bool = False


def look(
    session: Session, clock: Clock, codes: Sequence[str], till: str = "", key: str = "", locking: bool = True
) -> Looked:  # fmt: skip
    """The codes, kept from being stopped meanwhile where `locking`; and what is known of the call, where it is said."""
    several = len(codes) != 1
    binds = {"codes": [*codes] if several else codes[0], "till": till, "key": key, "sale": sale_key(till, key)}
    query = statements.look(clock, locking, several)
    found = session.connection().execute(query, binds).all()
    if locking and any(row.approved_hash and row.version_id is None for row in found):
        found = session.connection().execute(query, binds).all()  # it had waited for an approval: now it stands still
    if not found:
        return Looked({})
    return Looked({row.code: Offered(*row[:-3]) for row in found}, *found[0][-3:])


class Terms:
    """The terms by their version, read once: a version is never changed."""

    def __init__(self) -> None:
        self.known: dict[int, OfferTerms] = {}

    def of(self, session: Session, version: int) -> OfferTerms:
        if version not in self.known:
            if len(self.known) >= KNOWN_TERMS:
                self.known.clear()
            said = session.execute(select(V.terms).where(V.id == version)).scalar_one()
            self.known[version] = OfferTerms.model_validate(said)
        return self.known[version]


def with_version(one: Offered, version: int) -> Offered:
    return replace(one, version_id=version)


def newest_version(session: Session, offer: int) -> int | None:
    return session.execute(select(V.id).where(V.offer_id == offer).order_by(V.n.desc()).limit(1)).scalar()


def sale_key(till: str, key: str) -> str:
    """What a sale is known by to what is brought back of it."""
    return f"{till}\n{key}"


def called(session: Session, till: str, key: str) -> list[Any]:
    """The redemptions of a call that has come before."""
    binds = {"b_till": till, "b_key": key}
    return list(session.connection().execute(statements.called(), binds).all())


# Entering a redemption.


def enter(session: Session, row: dict[str, Any], what: Happened, taken: Sequence[Take]) -> int:
    """Enter one, what it takes and its line of history.

    Raises Overtaken where the call has been entered meanwhile, or its customer erased.
    """
    try:
        return _enter(session.connection(), row, what, taken)
    except IntegrityError as error:
        raise Overtaken from error


def _enter(connection: Connection, row: dict[str, Any], what: Happened, taken: Sequence[Take]) -> int:
    whole = connection.dialect.name == "postgresql"
    if whole:
        takes = {"kinds": [take.kind.value for take in taken], "scopes": [take.scope for take in taken],
                 "numbers": [take.n for take in taken], "what": what.value}  # fmt: skip
        id = connection.execute(statements.ENTER_WHOLE, row | takes).scalar()
    else:
        id = connection.execute(statements.ENTER, row).scalar()
    if id is None:
        raise Overtaken
    if not whole:
        put_takes(connection, id, row["offer_id"], taken)
        event = {"coupon_id": row["coupon_id"], "offer_id": row["offer_id"], "what": what.value, "at": row["at"],
                 "outlet": row["outlet"], "by": row["cashier"], "redemption_id": id}  # fmt: skip
        connection.execute(statements.PUT_EVENTS, EVENT | event)
    return int(id)


def settle(session: Session, id: int, **said: Any) -> None:
    session.connection().execute(update(REDEMPTION).where(R.id == id).values(**said))


def note(session: Session, events: Iterable[dict[str, Any]]) -> None:
    """Write lines of coupons' histories."""
    if rows := [EVENT | event for event in events]:
        session.connection().execute(statements.PUT_EVENTS, rows)


def put_takes(connection: Connection, redemption: int, offer: int, taken: Sequence[Take]) -> None:
    rows = [{"redemption_id": redemption, "offer_id": offer, "kind": take.kind.value, "scope": take.scope, "n": take.n}
            for take in taken]  # fmt: skip
    if rows:
        connection.execute(statements.PUT_TAKES, rows)


def drop_takes(session: Session, redemptions: Sequence[int]) -> None:
    session.connection().execute(delete(TAKE).where(TAKE.c.redemption_id.in_(redemptions)))


def lower_takes(session: Session, redemption: int, freed: Iterable[Take]) -> None:
    for take in freed:
        mine = (TAKE.c.redemption_id == redemption, TAKE.c.kind == take.kind.value, TAKE.c.scope == take.scope)
        session.connection().execute(update(TAKE).where(*mine).values(n=TAKE.c.n - take.n))


def takes_of(session: Session, redemptions: Sequence[int]) -> dict[int, list[Take]]:
    """What these take, in the order of locks."""
    found: dict[int, list[Take]] = {id: [] for id in redemptions}
    for row in session.connection().execute(select(TAKE).where(TAKE.c.redemption_id.in_(redemptions))):
        found[row.redemption_id].append(Take(Limit(row.kind), row.scope, row.n))
    return found


# Counters.


def ask_coupon(session: Session, one: Offered, used: int, held: int, force: bool = False) -> bool:
    """Use a code or hold it. False, where it was forced, says that it has been used too often."""
    binds = {"id": one.id, "used": used, "held": held, "asked": used + held, "force": int(force)}
    row = session.connection().execute(statements.ASK_COUPON, binds).first()
    if row is None:
        stands = session.execute(select(C.state, C.most, C.used).where(C.id == one.id)).one()
        raise NoRoom(one.code, refusals.of_coupon(stands.state) or refusals.of_uses(stands.most, stands.used))
    return not row.most or row.used + row.held <= row.most


def give_coupon(session: Session, coupon: int, used: int = 0, held: int = 0) -> None:
    session.connection().execute(statements.GIVE_COUPON, {"id": coupon, "used": used, "held": held})


def change(session: Session, code: str, asked: Sequence[Change], force: bool = False) -> list[Limit]:
    """Change the counters of one offer, in the order of locks. Raises NoRoom, naming the first that has none.

    Returns the kinds that stand above their limit, which happens only where it was forced.
    """
    large = None if force else too_large(asked)
    if large:
        raise NoRoom(code, refusals.FULL[large.kind])
    if all(one.used >= 0 and one.held >= 0 for one in asked):
        return _ask(session, code, asked, force)
    above: list[Limit] = []
    for one in asked:
        above += _exchange(session, code, one, force)
    return above


def _ask(session: Session, code: str, asked: Sequence[Change], force: bool) -> list[Limit]:
    binds: dict[str, Any] = {"offer": asked[0].offer_id} if asked else {}
    for n, one in enumerate(asked):
        binds |= {f"kind_{n}": one.kind.value, f"scope_{n}": one.scope, f"used_{n}": one.used, f"held_{n}": one.held,
                  f"most_{n}": one.most}  # fmt: skip
    found = session.connection().execute(statements.ask(len(asked), force), binds).all() if asked else []
    room = {(row[0], row[1]): row[2] for row in found}
    for one in asked:
        if (one.kind.value, one.scope) not in room:
            raise NoRoom(code, refusals.FULL[one.kind])
    return [one.kind for one in asked if one.most is not None and room[one.kind.value, one.scope] > one.most]


def _exchange(session: Session, code: str, one: Change, force: bool) -> list[Limit]:
    """One counter where a reservation makes place for what is taken."""
    if one.used >= 0 and one.held >= 0:
        return _ask(session, code, [one], force)
    binds = {"offer": one.offer_id, "kind": one.kind.value, "scope": one.scope, "used": one.used, "held": one.held}
    if one.used <= 0:
        session.connection().execute(statements.GIVE, binds)
        return []
    limit = {"most": one.most, "asked": 0 if force else one.asked}
    row = session.connection().execute(statements.EXCHANGE, binds | limit).first()
    if row is None:
        raise NoRoom(code, refusals.FULL[one.kind])
    return [one.kind] if one.most is not None and row[2] > one.most else []


def take_if_free(session: Session, one: Change) -> bool:
    """Hold more of a limit by what its counter says of it; False where there is no room, and nothing is changed."""
    key, taken = COUNTER.c, COUNTER.c.used + COUNTER.c.held + one.held
    mine = (key.offer_id == one.offer_id, key.kind == one.kind.value, key.scope == one.scope)
    free = update(COUNTER).where(*mine, key.most.is_(None) | (taken <= key.most)).values(held=key.held + one.held)
    return session.connection().execute(free.returning(key.held)).first() is not None


def give(session: Session, given: Iterable[Change]) -> None:
    """Give back to counters, in the order of locks."""
    for one in given:
        binds = {"offer": one.offer_id, "kind": one.kind.value, "scope": one.scope, "used": one.used, "held": one.held}
        session.connection().execute(statements.GIVE, binds)


def room(session: Session, offer: int, taken: Sequence[Take]) -> Reason:
    """Whether there would be room for these now; looking only."""
    key = COUNTER.c
    for take in taken:
        if take.most is not None:
            mine = (key.offer_id == offer, key.kind == take.kind.value, key.scope == take.scope)
            stands = session.execute(select(key.used + key.held).where(*mine)).scalar() or 0
            if stands + take.n > take.most:
                return refusals.FULL[take.kind]
    return Reason()


# Orders.


def order_code(session: Session, code: str, state: CouponState, by: str, said: str, now: datetime) -> bool:
    """Stop a code or open it again; False where there is no such code, or another was given for it."""
    stands = (C.code == code, C.state.not_in([CouponState.REPLACED, state]))
    row = session.connection().execute(
        update(COUPON).where(*stands).values(state=state.value).returning(C.id, C.offer_id)
    ).first()  # fmt: skip
    if row is None:
        return session.execute(select(C.id).where(C.code == code, C.state == state)).first() is not None
    what = Happened.STOPPED if state is CouponState.STOPPED else Happened.OPENED
    note(session, [{"coupon_id": row.id, "offer_id": row.offer_id, "what": what, "by": by, "said": said, "at": now}])
    return True


def order_offer(
    session: Session, key: str, former: Sequence[str], stage: str, by: str, said: str, now: datetime
) -> bool:
    """Stop an offer or open it again. Waits for redemptions that are under way: what comes after sees the order."""
    row = session.execute(select(O.id, O.stage).where(O.key == key).with_for_update()).first()
    if row is None or row.stage not in (*former, stage):
        return False
    if row.stage != stage:
        session.execute(update(OFFER).where(O.id == row.id).values(stage=stage, reason=said, changed_at=now))
        what = Happened.STOPPED if stage == "stopped" else Happened.OPENED
        note(session, [{"coupon_id": None, "offer_id": row.id, "what": what, "by": by, "said": said, "at": now}])
    return True


def live(session: Session, now: datetime, after: int, most: int) -> list[Any]:
    """Codes that may be used now, by number, with their offers: what an offline till may hold."""
    in_force = (V.offer_id == O.id) & (V.hash == O.approved_hash)
    joined = COUPON.join(OFFER, O.id == C.offer_id).join(VERSION, in_force)
    held = statements.HELD_AT_TILLS
    free = (C.most == 0) | (C.used + held < C.most)
    later = case((C.ends_at > O.ends_at, C.ends_at), else_=O.ends_at)  # a code of its own may only end later
    query = (
        select(C.id, C.code, C.most, C.used, held.label("held"), O.key, later.label("ends_at"), V.hash, V.terms)
        .select_from(joined).where(C.id > after, C.state == CouponState.LIVE, O.stage == "open", free)
        .where(later.is_(None) | (later >= now)).order_by(C.id).limit(most)
    )  # fmt: skip
    return list(session.execute(query).all())


def audit(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Whatever of the counters is not the sum of its rows, over all offers."""
    looks = {"coupon": statements.COUPONS_OFF, "counter": statements.COUNTERS_OFF, "return": statements.RETURNS_OFF,
             "budget": statements.BUDGETS_OFF, "above": statements.ABOVE}  # fmt: skip
    return {name: [tuple(row) for row in session.execute(look).all()] for name, look in looks.items()}


def returned(session: Session, till: str, key: str) -> list[Any]:
    table = statements.RETURN
    query = select(table).where(table.c.till == till, table.c.key == key).order_by(table.c.n)
    return list(session.execute(query).all())


def codes_of(session: Session, coupons: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The codes and the keys of their offers, by the numbers of coupons."""
    found: dict[int, tuple[str, str]] = {}
    for some in portions(list(coupons)):
        query = select(C.id, C.code, O.key).join(OFFER, O.id == C.offer_id).where(C.id.in_(some))
        found |= {row.id: (row.code, row.key) for row in session.execute(query)}
    return found
