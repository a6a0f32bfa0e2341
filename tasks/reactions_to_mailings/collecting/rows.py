"""What gathering needs of the ledger: how far it has got, whose fate is open, who is to be looked at again.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OUT, State
from models.letters import Happening, MailNews
from models.mailings import MailEvent, Mailing, MailLane, Message, Stage
from models.reaction import Mark
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.groups.touching.rows import touch_all_of
from tasks.mailing.statements import LANE
from tasks.returns import rows as returns
from tasks.returns.rows import Recorded, Telling

ASKED_FOR = timedelta(days=30)  # as long as the services that are asked by number remember one
CONFIRMED_FOR = timedelta(days=7)  # complaints about what has arrived come within days
ENDED = (Happening.BOUNCED, Happening.COMPLAINED, Happening.REJECTED)
BEGUN = (Stage.SENDING, Stage.PAUSED, Stage.SENT, Stage.CANCELLED)
TOUCHED, OVERLAP = "mailings:touched", timedelta(minutes=10)


def cursor(session: Session, account: str) -> str:
    """How far what came back to an account has been asked for."""
    found = session.get(MailLane, account)
    return found.cursor if found else ""


def record_behind(
    session: Session, clock: Clock, news: Sequence[MailNews], by: Telling, account: str, to: str
) -> Recorded:  # fmt: skip
    """Record what was told, and how far it was asked for: both, or neither."""
    done = returns.record(session, clock, news, by)
    lane = {"account": account, "token": 0, "worker": "", "why": "", "first_sent_on": "", "cursor": ""}
    session.execute(insert_quietly(session, LANE, ["account"]), [lane])
    session.execute(update(LANE).where(LANE.c.account == account).values(cursor=to), execution_options=QUICK)
    return done


def outstanding(session: Session, clock: Clock, account: str, place: str, most: int) -> list[tuple[str, str]]:
    """Letters whose fate may still change, behind a place, for services that are asked by their own numbers.

    Each as (place, the service's number); whose fate is settled is not asked for again.
    """
    now = now_by(clock, session)
    ended = exists().where(col(MailEvent.message_id) == col(Message.id), col(MailEvent.what).in_(ENDED))
    fresh = case(
        (col(Message.state) == State.CONFIRMED, col(Message.sent_at) > now - CONFIRMED_FOR),
        else_=col(Message.sent_at) > now - ASKED_FOR,
    )
    query = (
        select(col(Message.id), col(Message.remote_id))
        .where(col(Message.mailing_id).in_(begun(now - ASKED_FOR)), col(Message.account) == account,
               col(Message.id) > (int(place) if place.isdecimal() else 0), col(Message.remote_id) != "",
               col(Message.state).in_(OUT), fresh, ~ended)
        .order_by(col(Message.id)).limit(most)
    )  # fmt: skip
    return [(str(id), number) for id, number in session.execute(query).tuples()]


def begun(since: datetime) -> Any:
    """The mailings that letters went out of, and that were not over before this moment."""
    over = col(Mailing.finished_at).is_not(None) & (col(Mailing.finished_at) <= since)
    return select(col(Mailing.id)).where(col(Mailing.stage).in_(BEGUN), ~over)


def recent(session: Session, since: datetime) -> list[int]:
    return [int(id or 0) for id in session.execute(begun(since).order_by(col(Mailing.id))).scalars()]


def touch_sent(session: Session, clock: Clock) -> None:
    """Whoever was sent a letter since the last time is looked at when groups are built: it is said here, all at once,

    and not by the sender, whose every statement counts.
    """
    now, last = now_by(clock, session), session.get(Mark, TOUCHED)
    whose = select(col(Message.customer_id)).where(col(Message.state).in_(OUT))
    if last is not None:
        since = last.at - OVERLAP
        whose = whose.where(col(Message.mailing_id).in_(begun(since)), col(Message.settled_at) >= since)
    touch_all_of(session, whose.distinct())
    session.merge(Mark(name=TOUCHED, value="", at=now))
