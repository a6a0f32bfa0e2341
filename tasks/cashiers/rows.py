"""Devices, pairings, PINs and shifts as rows. Sessions are given; none is opened, none committed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, delete, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.cashiers import Cashier, CashierShift, ConflictSeen, TillDevice, TillPairing
from models.people import Person
from models.redemptions import JournalEntry
from tasks.delivery.statements import QUICK

KEPT = timedelta(days=1)
CONFLICTS_FOR, CONFLICTS_MOST = timedelta(days=60), 500
DEVICE_IN_FORCE = col(TillDevice.revoked_at).is_(None)
IS_HERE = (col(Cashier.person) == "") | exists().where(col(Person.key) == col(Cashier.person), col(Person.active))
CASHIER_IN_FORCE = col(Cashier.revoked_at).is_(None) & IS_HERE  # whoever has left the company signs in nowhere


# Devices.


def offer_pairing(session: Session, made: TillPairing) -> None:
    """Write a pairing down; those that ran out long ago leave."""
    session.execute(delete(TillPairing).where(col(TillPairing.expires_at) < made.made_at - KEPT))
    session.add(made)
    session.flush()


def take_pairing(session: Session, token_hash: str, now: datetime) -> TillPairing | None:
    """Use a pairing up; of two devices at once one gets it."""
    good = (
        col(TillPairing.token_hash) == token_hash, col(TillPairing.used_at).is_(None), col(TillPairing.expires_at) > now
    )  # fmt: skip
    done = session.execute(update(TillPairing).where(*good).values(used_at=now), execution_options=QUICK)
    return session.get(TillPairing, token_hash) if done.rowcount else None  # type: ignore[attr-defined]


def put_device(session: Session, device: TillDevice) -> TillDevice:
    session.add(device)
    session.flush()
    return device


def device(session: Session, token_hash: str, outlets: Collection[str]) -> TillDevice | None:
    """The device of this secret; None where there is none, it is revoked, or its outlet is none of the company's."""
    query = select(TillDevice).where(col(TillDevice.token_hash) == token_hash, col(TillDevice.outlet).in_(outlets))
    return session.execute(query.where(DEVICE_IN_FORCE)).scalar_one_or_none()


def saw(session: Session, id: int, now: datetime) -> None:
    session.execute(update(TillDevice).where(col(TillDevice.id) == id).values(seen_at=now), execution_options=QUICK)


def devices(session: Session, outlet: str) -> Sequence[TillDevice]:
    """Those in force first, then the newest."""
    query = select(TillDevice).where(col(TillDevice.outlet) == outlet)
    return session.execute(query.order_by(DEVICE_IN_FORCE.desc(), col(TillDevice.id).desc()).limit(200)).scalars().all()


def revoke_device(session: Session, outlet: str, id: int, by: str, now: datetime) -> bool:
    """Let a device in no more, and end its shift."""
    mine = (col(TillDevice.id) == id, col(TillDevice.outlet) == outlet, DEVICE_IN_FORCE)
    done = session.execute(update(TillDevice).where(*mine).values(revoked_at=now, revoked_by=by))
    end_shifts(session, now, device=id)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def revoke_devices(session: Session, outlet: str, by: str, now: datetime) -> int:
    """The outlet closes: none of its devices comes in any more."""
    mine = (col(TillDevice.outlet) == outlet, DEVICE_IN_FORCE)
    done = session.execute(update(TillDevice).where(*mine).values(revoked_at=now, revoked_by=by))
    return int(done.rowcount)  # type: ignore[attr-defined]


# Cashiers.


def put_cashier(session: Session, cashier: Cashier) -> Cashier:
    session.add(cashier)
    session.flush()
    return cashier


def cashiers(session: Session, outlet: str) -> Sequence[Cashier]:
    """Those who may sign in, by their names."""
    query = select(Cashier).where(col(Cashier.outlet) == outlet, CASHIER_IN_FORCE).order_by(col(Cashier.name))
    return session.execute(query.limit(500)).scalars().all()


def cashier(session: Session, outlet: str, id: int) -> Cashier | None:
    query = select(Cashier).where(col(Cashier.id) == id, col(Cashier.outlet) == outlet, CASHIER_IN_FORCE)
    return session.execute(query.with_for_update()).scalar_one_or_none()


def try_pin(session: Session, outlet: str, id: int, now: datetime) -> Any:
    """Count a try before it is judged, so that many at once are counted too; None where none is allowed now."""
    free = col(Cashier.locked_until).is_(None) | (col(Cashier.locked_until) <= now)
    mine = (col(Cashier.id) == id, col(Cashier.outlet) == outlet, CASHIER_IN_FORCE, free)
    counted = update(Cashier).where(*mine).values(wrong=col(Cashier.wrong) + 1)
    return session.execute(counted.returning(col(Cashier.wrong), col(Cashier.pin_hash), col(Cashier.locks))).first()


def lock(session: Session, id: int, locks: int, until: datetime) -> bool:
    """Lock a PIN; of several tries that were too many together the first does."""
    mine = (col(Cashier.id) == id, col(Cashier.locks) == locks)
    done = session.execute(update(Cashier).where(*mine).values(wrong=0, locks=locks + 1, locked_until=until))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def change(session: Session, id: int, **values: Any) -> None:
    session.execute(update(Cashier).where(col(Cashier.id) == id).values(**values))


# Shifts.


def begin_shift(session: Session, shift: CashierShift) -> CashierShift:
    """Begin a shift; the one that was open on the device ends. Two who sign in at once follow each other."""
    session.execute(select(col(TillDevice.id)).where(col(TillDevice.id) == shift.device_id).with_for_update())
    end_shifts(session, shift.began_at, device=shift.device_id)
    session.add(shift)
    session.flush()
    return shift


def end_shifts(session: Session, now: datetime, *, device: int = 0, cashier: int = 0) -> None:
    open_ones = update(CashierShift).where(col(CashierShift.ended_at).is_(None))
    whose = col(CashierShift.device_id) == device if device else col(CashierShift.cashier_id) == cashier
    session.execute(open_ones.where(whose).values(ended_at=now))


def open_shift(session: Session, device: int, now: datetime) -> tuple[CashierShift, Cashier] | None:
    """The shift of this device, while it lasts and its cashier is one."""
    query = (
        select(CashierShift, Cashier).join(Cashier, col(Cashier.id) == col(CashierShift.cashier_id))
        .where(col(CashierShift.device_id) == device, col(CashierShift.ended_at).is_(None))
        .where(col(CashierShift.ends_at) > now, CASHIER_IN_FORCE)
    )  # fmt: skip
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def shifts(session: Session, device: int, ids: Collection[int]) -> dict[int, tuple[CashierShift, Cashier]]:
    """These shifts of this device, over or not, with whose they are."""
    query = (
        select(CashierShift, Cashier).join(Cashier, col(Cashier.id) == col(CashierShift.cashier_id))
        .where(col(CashierShift.device_id) == device, col(CashierShift.id).in_(ids))
    )  # fmt: skip
    return {shift.id or 0: (shift, whose) for shift, whose in session.execute(query).tuples()}


# Conflicts that devices have told of.


def conflicts(session: Session, outlet: str, since: datetime) -> list[tuple[JournalEntry, ConflictSeen | None]]:
    """What devices of an outlet told of that would not have been allowed; what waits for a person first."""
    query = (
        select(JournalEntry, ConflictSeen).outerjoin(ConflictSeen, col(ConflictSeen.entry_id) == col(JournalEntry.id))
        .where(col(JournalEntry.outlet) == outlet, cast(col(JournalEntry.conflicts), String) != "[]")
        .where(col(JournalEntry.came_at) >= since - CONFLICTS_FOR)
        .order_by(col(ConflictSeen.entry_id).is_(None).desc(), col(JournalEntry.id).desc()).limit(CONFLICTS_MOST)
    )  # fmt: skip
    return list(session.execute(query).tuples())


def see_conflict(session: Session, outlet: str, id: int, by: str, note: str, now: datetime) -> bool:
    """Write down that it has been dealt with; of two at once the first has."""
    entry = session.get(JournalEntry, id)
    if entry is None or entry.outlet != outlet or session.get(ConflictSeen, id) is not None:
        return False
    session.add(ConflictSeen(entry_id=id, by=by, note=note, at=now))
    session.flush()
    return True
