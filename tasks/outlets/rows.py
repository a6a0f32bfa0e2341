"""The rows of the tills' keys. Sessions are given; nothing here opens or commits one. Keys come in as keyed hashes."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.outlets import TillKey
from tasks.delivery.statements import QUICK

USED_EVERY = timedelta(minutes=5)
IN_FORCE = col(TillKey.revoked_at).is_(None)
KNOWN = select(TillKey).where(col(TillKey.key_hash) == bindparam("key_hash"), IN_FORCE)  # asked with every call


def make(
    session: Session, clock: Clock, outlet: str, title: str, key_hash: str, ends_in: str, by: str, intake: bool = False,
    coupons: bool = False,
) -> TillKey:  # fmt: skip
    """Write a new key down, by its hash; with `intake` it is also one for handing in, with `coupons` for those."""
    now = now_by(clock, session)
    made = TillKey(outlet=outlet, title=title, key_hash=key_hash, ends_in=ends_in, made_by=by, made_at=now,
                   intake=intake, coupons=coupons)  # fmt: skip
    session.add(made)
    session.flush()
    return made


def authenticate(session: Session, clock: Clock, key_hash: str, outlets: Collection[str]) -> TillKey | None:
    """The till this key is of; None where there is none, it is revoked, or its outlet is none of the company's.

    Its use is written down now and then.
    """
    found = known(session, key_hash, outlets)
    if found is not None and is_used_anew(found, now_by(clock, session)):
        use(session, clock, found.id or 0)
    return found


def known(session: Session, key_hash: str, outlets: Collection[str]) -> TillKey | None:
    """The till this key is of, by a look alone; None where it is no key that lets anybody in."""
    found = session.execute(KNOWN, {"key_hash": key_hash}).scalar_one_or_none()
    return found if found is not None and found.outlet in outlets else None


def is_used_anew(row: TillKey, now: datetime) -> bool:
    """Whether its use is to be written down: it was not within the last minutes."""
    return row.used_at is None or now - row.used_at > USED_EVERY


def use(session: Session, clock: Clock, id: int) -> None:
    used = update(TillKey).where(col(TillKey.id) == id).values(used_at=clock.plus())
    session.execute(used, execution_options=QUICK)


def revoke(session: Session, clock: Clock, id: int, by: str) -> bool:
    """Let this key in no more; of two at once one has done it."""
    change = update(TillKey).where(col(TillKey.id) == id, IN_FORCE)
    done = session.execute(change.values(revoked_at=clock.plus(), revoked_by=by), execution_options=QUICK)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def revoke_all(session: Session, clock: Clock, outlet: str, by: str) -> int:
    """Let in no till of this outlet any more; returns how many keys that were."""
    change = update(TillKey).where(col(TillKey.outlet) == outlet, IN_FORCE)
    done = session.execute(change.values(revoked_at=clock.plus(), revoked_by=by), execution_options=QUICK)
    return int(done.rowcount)  # type: ignore[attr-defined]


def key(session: Session, id: int) -> TillKey | None:
    return session.get(TillKey, id)


def keys(session: Session, outlets: Collection[str] = (), most: int = 500) -> Sequence[TillKey]:
    """The keys of these outlets, of all where none is named; those in force first, then the newest."""
    query = select(TillKey).order_by(col(TillKey.outlet), IN_FORCE.desc(), col(TillKey.id).desc()).limit(most)
    if outlets:
        query = query.where(col(TillKey.outlet).in_(outlets))
    return session.execute(query).scalars().all()
