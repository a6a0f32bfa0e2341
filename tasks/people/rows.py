"""The rows of people: the company's file kept in step, invitations, sessions, and how often somebody guessed.

Sessions of the database are given; nothing here opens or commits one. Tokens come in as their hashes.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.company import PersonCard, Workspace
from models.database import Clock, now_by
from models.people import Absence, Invitation, Person, SignInAttempt, WebSession
from tasks.approval.rules import Who
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.passkeys.rows import numbers, remove_all
from tasks.people import terms


def sync_people(session: Session, clock: Clock, workspace: Workspace) -> int:
    """Make the tables say what company.yaml says. Returns the changes.

    Who left it stays, inactive, signed out and without a way in: whoever bears the key later is invited anew.
    """
    cards = {card.key: card for card in workspace.company.people}
    standing = {person.key: person for person in session.execute(select(Person)).scalars()}
    now = now_by(clock, session)
    new = [{**_fields(card), "key": key, "password_hash": "", "changed_at": now}
           for key, card in cards.items() if key not in standing]  # fmt: skip
    if new:
        session.execute(insert_quietly(session, Person, ["key"]), new)
    changed = sum(_change(person, _wanted(person, cards), now) for person in standing.values())
    if gone := [person.key for person in standing.values() if not person.active]:
        _shut_out(session, gone)
    return len(new) + changed + _sync_absences(session, workspace)


def _shut_out(session: Session, gone: Sequence[str]) -> None:
    session.execute(delete(WebSession).where(col(WebSession.person).in_(gone)), execution_options=QUICK)
    void = delete(Invitation).where(col(Invitation.person).in_(gone), col(Invitation.used_at).is_(None))
    session.execute(void, execution_options=QUICK)
    remove_all(session, *gone)


def _fields(card: PersonCard) -> dict[str, Any]:
    return {
        "name": card.name, "email": card.email, "telegram": card.telegram, "roles": [str(role) for role in card.roles],
        "deputy": card.deputy, "active": True,
    }  # fmt: skip


def _wanted(person: Person, cards: Mapping[str, PersonCard]) -> dict[str, Any]:
    return _fields(cards[person.key]) if person.key in cards else {"active": False, "password_hash": ""}


def _change(person: Person, wanted: Mapping[str, Any], now: datetime) -> bool:
    differs = [name for name, value in wanted.items() if getattr(person, name) != value]
    for name in differs:
        setattr(person, name, wanted[name])
    if differs:
        person.changed_at = now
    return bool(differs)


def _sync_absences(session: Session, workspace: Workspace) -> int:
    wanted = {(a.person, a.starts_on.isoformat(), a.ends_on.isoformat(), a.deputy) for a in workspace.company.absences}
    standing = {(a.person, a.from_date, a.to_date, a.deputy): a for a in session.execute(select(Absence)).scalars()}
    new = sorted(wanted - standing.keys())
    gone = [standing[known] for known in standing.keys() - wanted]
    for absence in gone:
        session.delete(absence)
    session.add_all(Absence(person=p, from_date=since, to_date=until, deputy=d) for p, since, until, d in new)
    session.flush()
    return len(new) + len(gone)


def person_called(session: Session, name: str) -> Person | None:
    """The active person with this key or this mail address; a mail address that two share is nobody's."""
    name = name.strip()
    mail = and_(col(Person.email) != "", func.lower(col(Person.email)) == name.lower())
    query = select(Person).where(col(Person.active), or_(col(Person.key) == name, mail))
    found = list(session.execute(query).scalars())
    return next((p for p in found if p.key == name), None) or (found[0] if len(found) == 1 else None)


def invite(
    session: Session, clock: Clock, person: str, token_hash: str, lasts: timedelta = terms.INVITATION_LASTS
) -> datetime:
    """Make a personal invitation; earlier ones of this person that were not used are void. Returns until when."""
    now = now_by(clock, session)
    withdraw_invitations(session, person)
    session.add(Invitation(token_hash=token_hash, person=person, created_at=now, expires_at=now + lasts))
    session.flush()
    return now + lasts


def invited(session: Session, clock: Clock, token_hash: str) -> Person | None:
    """Whom this invitation is for; None when it is unknown, used, too old, or the person has left."""
    query = (
        select(Person).join(Invitation, col(Invitation.person) == col(Person.key))
        .where(col(Invitation.token_hash) == token_hash, col(Invitation.used_at).is_(None), col(Person.active),
               col(Invitation.expires_at) > clock.plus())
    )  # fmt: skip
    return session.execute(query).scalar_one_or_none()


def accept(session: Session, clock: Clock, token_hash: str, password_hash: str) -> Person | None:
    """Use an invitation up and begin anew: the password given, if any, and no session or passkey there was.

    Of two at once one wins.
    """
    person = invited(session, clock, token_hash)
    if person is None:
        return None
    unused = update(Invitation).where(col(Invitation.token_hash) == token_hash, col(Invitation.used_at).is_(None))
    used = session.execute(unused.values(used_at=clock.plus()), execution_options=QUICK)
    if not used.rowcount:  # type: ignore[attr-defined]
        return None
    person.is_new = not person.password_hash and not numbers(session).get(person.key)
    person.password_hash = password_hash
    session.execute(delete(WebSession).where(col(WebSession.person) == person.key), execution_options=QUICK)
    remove_all(session, person.key)
    return person


def replace_password_hash(session: Session, person: str, former: str, new: str) -> None:
    """Keep a password under newer parameters; where it was changed meanwhile, nothing happens."""
    same = update(Person).where(col(Person.key) == person, col(Person.password_hash) == former)
    session.execute(same.values(password_hash=new), execution_options=QUICK)


def open_session(session: Session, clock: Clock, person: str, token_hash: str, csrf: str) -> None:
    """Sign a browser in; what has expired is cleared away by the way."""
    now = now_by(clock, session)
    session.execute(delete(WebSession).where(col(WebSession.expires_at) < now), execution_options=QUICK)
    session.add(
        WebSession(token_hash=token_hash, person=person, csrf=csrf, created_at=now, seen_at=now,
                   expires_at=now + terms.SESSION_LASTS)
    )  # fmt: skip
    session.flush()


def signed_in(session: Session, clock: Clock, token_hash: str) -> tuple[WebSession, Person] | None:
    """Whose session this is; None when it is unknown, expired, long unused, or its person has left."""
    query = (
        select(WebSession, Person).join(Person, col(Person.key) == col(WebSession.person))
        .where(col(WebSession.token_hash) == token_hash, col(Person.active), col(WebSession.expires_at) > clock.plus(),
               col(WebSession.seen_at) > clock.plus(-terms.IDLE_LASTS))
    )  # fmt: skip
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def saw(session: Session, clock: Clock, token_hash: str) -> None:
    """Write down that the session is in use, now and then."""
    stale = update(WebSession).where(
        col(WebSession.token_hash) == token_hash, col(WebSession.seen_at) < clock.plus(-terms.SEEN_EVERY)
    )
    session.execute(stale.values(seen_at=clock.plus()), execution_options=QUICK)


def close_session(session: Session, token_hash: str) -> None:
    session.execute(delete(WebSession).where(col(WebSession.token_hash) == token_hash), execution_options=QUICK)


def close_all(session: Session, person: str) -> int:
    """Sign a person out everywhere; returns how many browsers that was."""
    mine = delete(WebSession).where(col(WebSession.person) == person)
    return int(session.execute(mine, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def withdraw_invitations(session: Session, person: str) -> None:
    """No link that this person was given and has not used is good any more."""
    unused = delete(Invitation).where(col(Invitation.person) == person, col(Invitation.used_at).is_(None))
    session.execute(unused, execution_options=QUICK)


def may_try(session: Session, clock: Clock, counters: Mapping[str, int]) -> list[int]:
    """Count an attempt to sign in before it is judged, so that many at once are counted too; none: too many."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite lets one writer in at a time of itself
        session.execute(text("LOCK TABLE sign_in_attempt IN SHARE ROW EXCLUSIVE MODE"))
    now = now_by(clock, session)
    session.execute(delete(SignInAttempt).where(col(SignInAttempt.at) < now - terms.KEPT), execution_options=QUICK)
    query = (
        select(col(SignInAttempt.who), func.count()).group_by(col(SignInAttempt.who))
        .where(col(SignInAttempt.who).in_(counters), col(SignInAttempt.at) > now - terms.WINDOW)
    )  # fmt: skip
    made = {who: number for who, number in session.execute(query).tuples()}  # noqa: C416  a Result has keys()
    if any(made.get(who, 0) >= most for who, most in counters.items()):
        return []
    attempts = [SignInAttempt(who=who, at=now) for who in counters]
    session.add_all(attempts)
    session.flush()
    return [attempt.id for attempt in attempts if attempt.id]


def forgive(session: Session, attempts: Sequence[int]) -> None:
    """Forget an attempt that succeeded: only failures count."""
    session.execute(delete(SignInAttempt).where(col(SignInAttempt.id).in_(attempts)), execution_options=QUICK)


def active(session: Session) -> dict[str, Who]:
    """The people who are here, as the rules see them."""
    return {p.key: Who(p.key, p.name, tuple(p.roles), p.deputy) for p in everybody(session) if p.active}


def everybody(session: Session) -> list[Person]:
    return list(session.execute(select(Person).order_by(col(Person.active).desc(), col(Person.name))).scalars())


def open_invitations(session: Session, clock: Clock) -> dict[str, datetime]:
    """Until when the unused invitations are good, by person."""
    query = select(col(Invitation.person), func.max(Invitation.expires_at)).where(
        col(Invitation.used_at).is_(None), col(Invitation.expires_at) > clock.plus()
    )
    return dict(session.execute(query.group_by(col(Invitation.person))).tuples().all())


def sessions_of(session: Session, clock: Clock, person: str) -> int:
    """In how many browsers a person is signed in."""
    mine = and_(col(WebSession.person) == person, col(WebSession.expires_at) > clock.plus())
    query = select(func.count()).where(mine, col(WebSession.seen_at) > clock.plus(-terms.IDLE_LASTS))
    return int(session.execute(query).scalar_one())


def absences_of(session: Session, person: str) -> list[Absence]:
    """The absences of a person, the earliest first."""
    query = select(Absence).where(col(Absence.person) == person).order_by(col(Absence.from_date))
    return list(session.execute(query).scalars())


def last_seen(session: Session) -> dict[str, datetime]:
    query = select(col(WebSession.person), func.max(WebSession.seen_at)).group_by(col(WebSession.person))
    return dict(session.execute(query).tuples().all())


def absent_on(session: Session, day: date) -> dict[str, Absence]:
    """Who is away on this day, by person."""
    on = day.isoformat()
    query = select(Absence).where(col(Absence.from_date) <= on, col(Absence.to_date) >= on)
    return {absence.person: absence for absence in session.execute(query).scalars()}
