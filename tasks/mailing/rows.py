"""The ledger of letters: taken up, sent, settled. Sessions are given; nothing here opens or commits one.

A lane is the right to send by an account, one process at a time; all that a lane writes asks for its token. So a
letter needs no lease of its own, and a window costs three statements.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, Customer
from models.database import Clock, portions
from models.delivery import State
from models.letters import Ground
from models.mailings import Mailing, MailLane, MailPace
from tasks.consents.rows import is_barred
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.mailing import statements
from tasks.mailing.jobs import Due, Going, Landed
from tasks.mailing.statements import LANE, MESSAGE, PACE, L, M, P

PERSON = ("id", "code", "name", "birthday", "city", "zone", "outlet")


# The lane.


def take_lane(session: Session, clock: Clock, account: str, worker: str, lease: timedelta, allowance: timedelta) -> int:
    """Become the account's sender; 0 where somebody is, or has been until a moment ago. Returns the token."""
    session.execute(insert_quietly(session, LANE, ["account"]), [
        {"account": account, "token": 0, "worker": "", "why": "", "first_sent_on": "", "cursor": ""}
    ])  # fmt: skip
    lane = col(MailLane.lease_until)
    free = or_(lane.is_(None), lane < clock.plus(-allowance))
    change = update(MailLane).where(col(MailLane.account) == account, free)
    taken = change.values(token=MailLane.token + 1, worker=worker, lease_until=clock.plus(lease))
    return session.execute(taken.returning(col(MailLane.token)), execution_options=QUICK).scalar() or 0


def keep_lane(session: Session, clock: Clock, account: str, token: int, lease: timedelta) -> datetime | None:
    """Go on being the account's sender: returns the database's time; None where somebody else is."""
    binds = {"b_account": account, "b_token": token}
    until = session.execute(statements.keep(clock, lease), binds, execution_options=QUICK).scalar()
    return until - lease if until is not None else None


def leave_lane(session: Session, account: str, token: int) -> None:
    """Let another process have it at once."""
    change = update(MailLane).where(col(MailLane.account) == account, col(MailLane.token) == token)
    session.execute(change.values(lease_until=None, worker=""), execution_options=QUICK)


def orphaned(session: Session, clock: Clock, account: str, token: int) -> int:
    """What former senders had in the air is unknown: they were killed, and their calls have ended by now."""
    left = (M.account == account, M.state == State.INTENT, M.token < token)
    change = update(MESSAGE).where(*left).values(state=State.UNKNOWN, why="cut_off", settled_at=clock.plus())
    return int(session.execute(change).rowcount)  # type: ignore[attr-defined]


def lane(session: Session, account: str) -> MailLane | None:
    return session.get(MailLane, account)


# What may go.


def going(session: Session, account: str) -> list[Going]:
    """The mailings letters may go out of now, those that are waited for first; a Stop holds its own."""
    found = session.execute(statements.going(), {"b_account": account})
    return [Going(*row) for row in found.tuples()]


def domains_waiting(session: Session, mailing: int, account: str) -> list[str]:
    """The domains this mailing's letters wait for, walked along the index from one to the next."""
    found: list[str] = []
    waiting = (M.mailing_id == mailing, M.account == account, M.state == State.PLANNED)
    while True:
        after = (M.domain > found[-1],) if found else ()
        following = session.execute(select(func.min(M.domain)).where(*waiting, *after)).scalar()
        if following is None:
            return found
        found.append(following)


def due(session: Session, clock: Clock, mailing: int, account: str, domain: str, most: int) -> list[Due]:
    """The next letters to this domain with whom they are to; whoever has gone, or has no such address any more, too."""
    address = and_(col(Address.customer_id) == M.customer_id, col(Address.kind) == M.kind)
    someone = [getattr(Customer, name) for name in PERSON]
    fields = (M.id, M.mailing_id, M.customer_id, M.kind, M.occasion, M.variant, M.domain, M.zone, M.generation,
              M.attempts, col(Address.written), col(Address.print))  # fmt: skip
    query = (
        select(*fields, *someone).select_from(MESSAGE).outerjoin(Address, address)
        .outerjoin(Customer, col(Customer.id) == M.customer_id)
        .where(M.mailing_id == mailing, M.account == account, M.domain == domain, M.state == State.PLANNED,
               M.due_at <= clock.plus())
        .order_by(M.due_at, M.id).limit(most)
    )  # fmt: skip
    return [_due(tuple(row), len(fields)) for row in session.execute(query)]


def _due(said: tuple[Any, ...], own: int) -> Due:
    *letter, written, print_ = said[:own]
    return Due(*(*letter, written or "", print_ or "", dict(zip(PERSON, said[own:], strict=True))))


def intend(session: Session, mailing: Going, account: str, going: Sequence[tuple[int, str]], token: int) -> set[int]:
    """Write that these, as (id, print of the address), are going; returns those that may.

    Whoever has withdrawn meanwhile is left where they are, and all of them where the mailing was paused or stopped.
    """
    binds = {"rows": json.dumps(going), "token": token, "mailing": mailing.id, "version": mailing.approved_hash,
             "account": account}  # fmt: skip
    statement = statements.intend(session.get_bind().dialect.name, Ground(mailing.ground))
    return set(session.execute(statement, binds).scalars())


def turned_away(session: Session, ground: Ground, going: Sequence[tuple[int, str]]) -> list[int]:
    """Of these that might not go, those that never will: they have no address, or one that is closed by now.

    The others have another address, or something held their mailing at that moment only.
    """
    address = and_(col(Address.customer_id) == M.customer_id, col(Address.kind) == M.kind)
    closed = ~col(Address.open) if ground is Ground.ADVERTISING else is_barred()
    same = col(Address.print).in_({print_ for _, print_ in going})
    never = or_(col(Address.id).is_(None), and_(same, closed))
    query = select(M.id).outerjoin(Address, address).where(M.id.in_([id for id, _ in going]), never)
    return list(session.execute(query.order_by(M.id)).scalars())


def drop(session: Session, clock: Clock, ids: Sequence[int], state: State, why: str) -> int:
    """These do not go: cancelled, or held until a person has looked; a short code says why."""
    done = 0
    for some in portions(ids):
        change = update(MESSAGE).where(M.id.in_(some), M.state == State.PLANNED)
        said = session.execute(change.values(state=state, why=why, settled_at=clock.plus()), execution_options=QUICK)
        done += int(said.rowcount)  # type: ignore[attr-defined]
    return done


def postpone(session: Session, clock: Clock, mailing: int, account: str, zone: str, until: datetime) -> int:
    """The letters to a zone whose day is over go on when it begins again."""
    waiting = (M.mailing_id == mailing, M.account == account, M.state == State.PLANNED, M.zone == zone)
    change = update(MESSAGE).where(*waiting, M.due_at <= clock.plus()).values(due_at=until)
    return int(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


# What became of it.


def settle(session: Session, now: datetime, token: int, landed: Sequence[Landed]) -> None:
    """Write down what became of letters this lane sent; also of those that were given up as unknown meanwhile."""
    if not landed:
        return
    dialect = session.get_bind().dialect.name
    again = [one for one in landed if one.state is State.PLANNED]
    over = [one for one in landed if one.state is not State.PLANNED]
    binds = {"token": token, "now": now.isoformat()}
    if over:
        rows = [{"id": one.id, "state": one.state, "remote": one.remote_id, "why": one.why, "pieces": one.pieces}
                for one in over]  # fmt: skip
        session.execute(statements.settle(dialect), binds | {"rows": json.dumps(rows)})
    if again:
        rows = [{"id": one.id, "why": one.why, "free": int(one.is_free), "due": _due_at(now, one)} for one in again]
        session.execute(statements.retry(dialect), {"token": token, "rows": json.dumps(rows)})


def _due_at(now: datetime, one: Landed) -> str:
    return (now + (one.retry_in or timedelta(0))).isoformat()


# The pace.


def paces(session: Session, account: str) -> dict[str, MailPace]:
    found = session.execute(select(MailPace).where(col(MailPace.account) == account)).scalars()
    return {pace.domain: pace for pace in found}


def gone_since(session: Session, account: str, since: datetime) -> int:
    """How many letters have gone by an account since then: by the ledger, for a killed sender has not counted all."""
    over = col(Mailing.finished_at)
    lately = select(col(Mailing.id)).where(or_(over.is_(None), over >= since))
    mine = (M.mailing_id.in_(lately), M.sent_at >= since, M.account == account)
    return session.execute(select(func.count()).where(*mine)).scalar_one()


def count_sent(session: Session, account: str, day: str, sent: Mapping[str, int]) -> None:
    """Add to what has gone to these domains today ("" is all of them); a new day begins at nothing."""
    _make_paces(session, account, sent)
    first = update(LANE).where(L.account == account, L.first_sent_on == "")
    session.execute(first.values(first_sent_on=day))
    for domain, number in sent.items():
        that = update(PACE).where(P.account == account, P.domain == domain)
        if not _changed(session, that.where(P.day != day).values(day=day, sent=number, refusals=0)):
            session.execute(that.values(sent=P.sent + number, refusals=0))


def rest(session: Session, clock: Clock, account: str, domain: str, length: timedelta, why: str) -> None:
    """Leave a domain ("" is the whole account) alone for a while; the next refusal in a row lasts longer."""
    _make_paces(session, account, [domain])
    that = update(PACE).where(P.account == account, P.domain == domain)
    session.execute(that.values(resting_until=clock.plus(length), refusals=P.refusals + 1))
    if not domain:
        session.execute(update(LANE).where(L.account == account).values(resting_until=clock.plus(length), why=why))


def _make_paces(session: Session, account: str, domains: Iterable[str]) -> None:
    fresh = [{"account": account, "domain": domain, "day": "", "sent": 0, "refusals": 0} for domain in domains]
    session.execute(insert_quietly(session, PACE, ["account", "domain"]), fresh)


def _changed(session: Session, change: Any) -> bool:
    return bool(session.execute(change).rowcount)  # type: ignore[attr-defined]
