"""The rows of passkeys and of the questions that are open. Sessions are given; nothing here opens or commits one.

Challenges and whom they were put to come in as their hashes.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.desk import NewPasskey
from models.people import Passkey, PasskeyChallenge, Person
from tasks.delivery.statements import QUICK

CHALLENGE_LASTS = timedelta(minutes=5)


class Purpose(StrEnum):
    """What a question was put for; an answer to one is no answer to another."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    ADD = "add"


def pose(session: Session, clock: Clock, challenge_hash: str, purpose: Purpose, put_to: str) -> None:
    """Put a question; those that are too old are cleared away by the way."""
    now = now_by(clock, session)
    session.execute(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now), execution_options=QUICK)
    session.add(
        PasskeyChallenge(
            challenge_hash=challenge_hash, purpose=purpose, put_to=put_to, expires_at=now + CHALLENGE_LASTS
        )
    )
    session.flush()


def take(session: Session, clock: Clock, challenge_hash: str, purpose: Purpose, put_to: str) -> bool:
    """Use a question up: True for its first answer only, in time, from whoever it was put to."""
    open_one = and_(
        col(PasskeyChallenge.challenge_hash) == challenge_hash, col(PasskeyChallenge.purpose) == purpose,
        col(PasskeyChallenge.put_to) == put_to, col(PasskeyChallenge.expires_at) > clock.plus(),
    )  # fmt: skip
    taken = session.execute(delete(PasskeyChallenge).where(open_one), execution_options=QUICK)
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def add(session: Session, clock: Clock, person: str, new: NewPasskey, handle: str, title: str) -> Passkey | None:
    """Keep a key that has proven itself; None where it is somebody's already."""
    row = Passkey(
        credential_id=new.credential_id, person=person, handle=handle, public_key=new.public_key,
        sign_count=new.sign_count, title=title, made_at=now_by(clock, session),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    return row


def passkeys_of(session: Session, person: str) -> list[Passkey]:
    query = select(Passkey).where(col(Passkey.person) == person).order_by(col(Passkey.id))
    return list(session.execute(query).scalars())


def passkey_called(session: Session, credential_id: str) -> Passkey | None:
    """The key with this id, of somebody who is still with the company."""
    query = select(Passkey).join(Person, col(Person.key) == col(Passkey.person))
    found = session.execute(query.where(col(Passkey.credential_id) == credential_id, col(Person.active)))
    return found.scalar_one_or_none()


def use(session: Session, clock: Clock, id: int, sign_count: int) -> bool:
    """Write down that a key was used; False where its count did not rise, as a copy's would not.

    A key that does not count says 0 for good.
    """
    rises = col(Passkey.sign_count) < sign_count if sign_count else col(Passkey.sign_count) == 0
    used = update(Passkey).where(col(Passkey.id) == id, rises).values(sign_count=sign_count, used_at=clock.plus())
    return bool(session.execute(used, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def remove(session: Session, person: str, id: int) -> bool:
    """Remove a key of this person's own; False where it is not theirs, or is their last way in."""
    owner = session.get(Person, person, with_for_update=True)
    keys = {key.id: key for key in passkeys_of(session, person)}
    if owner is None or id not in keys or (len(keys) == 1 and not owner.password_hash):
        return False
    session.delete(keys[id])
    session.flush()
    return True


def remove_all(session: Session, *people: str) -> None:
    session.execute(delete(Passkey).where(col(Passkey.person).in_(people)), execution_options=QUICK)


def numbers(session: Session) -> Mapping[str, int]:
    """How many keys each person has."""
    query = select(col(Passkey.person), func.count()).group_by(col(Passkey.person))
    return dict(session.execute(query).tuples().all())
