"""What offline tills tell of is entered once, whatever the limits say: it has happened. A session is given.

What would not have been allowed is entered as a conflict, beside what happened; nothing of it is hidden or changed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.basket import Off
from models.database import now_by, portions
from models.reason import NO_REASON, Reason
from models.redemptions import Happened, OfferStage, Redeemed
from tasks.offers.refusals import Refusal
from tasks.redeeming import limits, refusals, rows, statements
from tasks.redeeming.answered.rows import answered
from tasks.redeeming.calls import Back, Brought, Call, Entered, Entry, GiveBack, Sale
from tasks.redeeming.entering.rows import Entering, enter_all
from tasks.redeeming.giving.rows import Bringing, give_back
from tasks.redeeming.planning import Planned, points_of, with_our_points
from tasks.redeeming.rows import Offered, Overtaken
from tasks.redeeming.statements import ENTRY, EVENT, R

if TYPE_CHECKING:
    from tasks.redeeming.engine import Redeeming

SKEW = timedelta(minutes=5)
NOT_YET = ("no_sale", "not_redeemed")  # the sale may still come, or be paid
SETTLED = (Redeemed.REDEEMED, Redeemed.RETURNED)


def enter_entry(session: Session, ledger: "Redeeming", entry: Entry) -> Entered:
    """Enter one entry of a journal. Raises Overtaken where the same is being entered by somebody else."""
    now = now_by(ledger.house.clock, session)
    till, key = (entry.call.till, entry.call.key) if isinstance(entry, Sale) else (entry.back.till, entry.back.key)
    said = ledger.house.printed("journal", entry.model_dump_json())
    before = session.execute(select(ENTRY).where(ENTRY.c.till == till, ENTRY.c.key == key)).first()
    if before is not None and before.said != said:
        return Entered(key=key, reason=refusals.OTHER.staff)
    if before is not None and (before.redemption_id or not before.body):
        return Entered(
            key=key, conflicts=tuple(before.conflicts), replayed=True, redemptions=_numbers(session, entry, before)
        )
    if isinstance(entry, Sale):
        return _sale(session, ledger, entry, said, now)
    return _brought(session, ledger, entry, said, now, before)


def _numbers(session: Session, entry: Entry, before: Any) -> tuple[int, ...]:
    if isinstance(entry, Sale):
        return tuple(row.id for row in rows.called(session, entry.call.till, entry.call.key) if row.state in SETTLED)
    return (before.redemption_id,) if before.redemption_id else ()


# A sale.


def _sale(session: Session, ledger: "Redeeming", entry: Sale, said: str, now: datetime) -> Entered:
    """What was taken at the till is what is entered; what our prices and limits say of it are its conflicts."""
    ahead = entry.call.place.at > now + SKEW
    call = ledger.scales.placed(entry.call.model_copy(update={"origin": _origin(entry.call)}), now if ahead else None)
    found = rows.look(session, ledger.house.clock, call.codes).found
    former = rows.called(session, call.till, call.key)
    done = {row.coupon_id: row for row in former if row.state in SETTLED}
    given = dict(zip(call.codes, entry.given, strict=False))
    conflicts = ["clock"] if ahead else []
    conflicts += ["amount" for code, one in found.items() if one.id in done and _differs(done[one.id], given.get(code))]
    known = _with_versions(session, [found[code] for code in call.codes if code in found])
    conflicts += ["unknown_code"] * (len(call.codes) > len(found)) + ["no_terms"] * (len(found) > len(known))
    planned = _planned(session, ledger, call, [one for one in known if one.id not in done], given)
    body = ledger.house.printed("redeeming", entry.call.body())
    conflicts += ["other_sale"] * bool(planned and any(row.said != body for row in done.values()))
    order = Entering(
        call, Redeemed.REDEEMED, body, call.place.at, former=former, force=True, points=ledger.points,
        answers=answered(session, call.till, planned, former, came_at=call.place.at),
    )  # fmt: skip
    entered = [id for _, id in enter_all(session, order, planned)]
    conflicts += [word for row in rows.called(session, call.till, call.key) for word in row.conflict.split()]
    numbers = (*_ids(done), *entered)
    unique = list(dict.fromkeys(conflicts))
    _put(session, call.till, call.key, said, now, what="sale", at=entry.call.place.at, outlet=call.place.outlet,
         code=_masked(call.codes), redemption_id=next(iter(numbers), None), conflicts=unique)  # fmt: skip
    let_come(session, ledger, call.till, call.key, now)
    return Entered(key=call.key, redemptions=numbers, conflicts=tuple(unique))


def _origin(call: Call) -> str:
    """A file is imported; all else that comes afterwards was offline, whatever it calls itself."""
    return "imported" if call.origin == "imported" else "offline"


def _ids(done: dict[int, Any]) -> tuple[int, ...]:
    return tuple(row.id for row in done.values())


def _differs(row: Any, given: Off | None) -> bool:
    return given is not None and given.amount != row.amount


def _with_versions(session: Session, found: Sequence[Offered]) -> list[Offered]:
    """With the terms they were under, or the last that were written; those without any are left out."""
    known = []
    for one in found:
        version = one.version_id or rows.newest_version(session, one.offer_id)
        if version is not None:
            known.append(rows.with_version(one, version))
    return known


def _planned(
    session: Session, ledger: "Redeeming", call: Call, found: Sequence[Offered], given: dict[str, Off]
) -> list[Planned]:
    """What happened, with all that speaks against it."""
    who = ledger.scales.who(session, call)
    planned = []
    for one in ledger.scales.weighed(session, call, found, who):
        price = one.result
        ours = price if isinstance(price, Off) else Off()
        off = with_our_points(given.get(one.offered.code, ours), ours)
        missing = limits.missing(one.terms, who.scopes(one.offered.customer_id))
        closed = _closed(session, one.offered)
        wrong = [closed, price.staff if isinstance(price, Refusal) else NO_REASON, missing]
        conflicts = [reason.code for reason in wrong if reason]
        if isinstance(price, Off) and price.amount != off.amount:
            conflicts.append("amount")
        if points_of(given.get(one.offered.code, Off())) > points_of(ours):
            conflicts.append("points")
        happened = replace(one, result=off, missing=None)
        planned.append(ledger.scales.planned(session, call, happened, who, tuple(dict.fromkeys(conflicts))))
    return planned


def _closed(session: Session, one: Offered) -> Reason:
    """Why nothing is taken by this code. An offer may have ended since: whether it was in time, its days say."""
    if one.stage != OfferStage.ENDED:
        return one.refusal
    orders = (EVENT.c.offer_id == one.offer_id, EVENT.c.coupon_id.is_(None))
    stops = EVENT.c.what.in_([Happened.STOPPED, Happened.OPENED])
    last = session.execute(select(EVENT.c.what).where(*orders, stops).order_by(EVENT.c.id.desc()).limit(1)).scalar()
    return refusals.CLOSED[OfferStage.STOPPED] if last == Happened.STOPPED else refusals.of_coupon(one.state)


def _masked(codes: Sequence[str]) -> str:
    return " ".join(f"…{code[-3:]}" for code in codes if len(code) > 6)


# A return.


def _brought(session: Session, ledger: "Redeeming", entry: Brought, said: str, now: datetime, before: Any) -> Entered:
    back = entry.back
    print_ = ledger.house.printed("code", back.code) if back.code else ""
    done = _give_back(session, ledger, back, print_, min(entry.at, now))
    waits = done.reason.code in NOT_YET
    sale = rows.called(session, back.of_till, back.sale)
    conflicts = () if waits else _against(done)
    said_so = {
        "conflicts": [*conflicts],
        "redemption_id": sale[0].id if sale and not waits else None,
        "body": {"back": back.model_dump(mode="json", exclude={"code"}), "code": print_} if waits else {},
    }
    if before is None:
        _put(session, back.till, back.key, said, now, what="back", at=entry.at, outlet=entry.outlet,
             code=_masked([back.code]), sale=rows.sale_key(back.of_till, back.sale), **said_so)  # fmt: skip
    elif not waits:
        session.execute(update(ENTRY).where(ENTRY.c.id == before.id).values(**said_so))
    numbers = (sale[0].id,) if sale and not waits else ()
    return Entered(key=back.key, redemptions=numbers, conflicts=conflicts, waits=waits, replayed=before is not None)


def _against(done: Back) -> tuple[str, ...]:
    return (done.reason.code,) if done.reason else done.conflicts


def _give_back(session: Session, ledger: "Redeeming", back: GiveBack, print_: str, at: datetime) -> Back:
    """The code is known by its keyed hash only: a return may have waited. `at` is when it happened."""

    def is_meant(code: str, printed: Any = ledger.house.printed) -> bool:
        return not print_ or printed("code", code) == print_

    said = ledger.house.printed("giving back", back.body(print_))
    return give_back(session, Bringing(back, said, at, ledger.scales, ledger.points, is_meant, force=True))


def let_come(session: Session, ledger: "Redeeming", till: str, key: str, now: datetime) -> int:
    """What was brought back before its sale came has its effect now; returns how much of it waited."""
    mine = (ENTRY.c.sale == rows.sale_key(till, key), ENTRY.c.redemption_id.is_(None), ENTRY.c.what == "back")
    sale = [row for row in rows.called(session, till, key) if row.state in SETTLED]
    found = session.execute(select(ENTRY).where(*mine).order_by(ENTRY.c.id).with_for_update()).all() if sale else ()
    early = [row for row in found if row.body]  # one without was refused: it waits for nothing
    give = partial(_give_back, session, ledger)
    for row in early:
        done = give(GiveBack(**row.body["back"]), row.body["code"], min(row.at, now))
        values = {"redemption_id": sale[0].id, "body": {}, "conflicts": [*_against(done)]}
        session.execute(update(ENTRY).where(ENTRY.c.id == row.id).values(**values))
    return len(early)


def waiting(session: Session) -> list[tuple[str, str]]:
    """The sales that have come, by till and key, of which something was brought back and still waits.

    Most of what waits is of sales without a coupon, which never come: those are looked at all at once.
    """
    query = select(ENTRY.c.sale).where(ENTRY.c.sale != "", ENTRY.c.redemption_id.is_(None)).distinct()
    by_till: dict[str, list[str]] = {}
    for sale in session.execute(query).scalars():
        till, _, key = sale.partition("\n")
        by_till.setdefault(till, []).append(key)
    found: list[tuple[str, str]] = []
    for till, keys in by_till.items():
        for some in portions(keys):
            come = (R.till == till, R.key.in_(some), R.state.in_(SETTLED))
            found += [(till, key) for key in session.execute(select(R.key).where(*come).distinct()).scalars()]
    return found


def _put(session: Session, till: str, key: str, said: str, now: datetime, **more: Any) -> None:
    row = {"till": till, "key": key, "said": said, "came_at": now, "sale": "", "code": "", "outlet": "", "body": {},
           "conflicts": [], "redemption_id": None} | more  # fmt: skip
    if session.connection().execute(statements.PUT_ENTRY, row).scalar() is None:
        raise Overtaken
