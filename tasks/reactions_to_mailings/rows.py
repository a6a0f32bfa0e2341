"""What an analysis asks of the database about mailings. Sessions are given; nothing here opens or commits one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import portions
from models.delivery import OUT, State
from models.letters import Happening
from models.mailings import MailEvent, Mailing, MailingVersion, Message
from models.registry import Fact
from tasks.mailing.lists.rows import WAITS
from tasks.reactions_to_mailings.collecting.rows import begun
from tasks.reactions_to_mailings.values import Owed
from tasks.returns.owed.rows import CONTROL, Credit
from tasks.returns.sums.attribution import By
from tasks.returns.sums.rows import HourOf


@dataclass(frozen=True)
class Span:
    """When a mailing's letters went: the first and the last, how many, and what is paid for."""

    first_at: datetime | None = None
    last_at: datetime | None = None
    letters: int = 0
    pieces: int = 0


def mailing(session: Session, id: int) -> Mailing | None:
    return session.get(Mailing, id)


def span(session: Session, mailing: int) -> Span:
    pieces = func.coalesce(func.sum(col(Message.pieces)), 0)
    query = select(func.min(col(Message.sent_at)), func.max(col(Message.sent_at)), func.count(), pieces).where(
        col(Message.mailing_id) == mailing, col(Message.state).in_(OUT)
    )
    first, last, letters, paid = session.execute(query).one()
    return Span(first, last, int(letters), int(paid))


def to_look_at(session: Session, since: datetime) -> list[Mailing]:
    """The mailings whose letters went since a moment, and those that go on."""
    query = select(Mailing).where(
        col(Mailing.id).in_(begun(since)), or_(col(Mailing.listed_at) >= since, col(Mailing.standing))
    )
    return list(session.execute(query.order_by(col(Mailing.id))).scalars())


def subject(session: Session, of: Mailing) -> str:
    """What recipients read first: of the version that was approved, else of the last."""
    approved = (col(MailingVersion.hash) == of.approved_hash).desc()
    query = select(col(MailingVersion.document)).where(col(MailingVersion.mailing_id) == of.id)
    document = session.execute(query.order_by(approved, col(MailingVersion.n).desc()).limit(1)).scalar() or {}
    variants = document.get("variants") or [{}]
    return str(variants[0].get("subject", ""))


def leavings(session: Session, mailing: int) -> dict[str, int]:
    """Why recipients left, by the code of the reason; "" did not say."""
    query = select(col(MailEvent.code), func.count(col(MailEvent.message_id).distinct())).where(
        col(MailEvent.mailing_id) == mailing, col(MailEvent.what) == Happening.UNSUBSCRIBED
    )
    return {code: int(number) for code, number in session.execute(query.group_by(col(MailEvent.code))).tuples()}


def variants_of(session: Session, messages: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in portions(sorted(messages)):
        query = select(col(Message.id), col(Message.variant)).where(col(Message.id).in_(some))
        found |= {int(id or 0): variant for id, variant in session.execute(query).tuples()}
    return found


def summed(credits: Sequence[Credit]) -> Owed:
    return Owed(
        sum(one.receipts for one in credits), sum(one.bought for one in credits),
        sum(one.returned for one in credits), sum(one.net for one in credits),
    )  # fmt: skip


def by_touch(credits: Sequence[Credit]) -> dict[By, Owed]:
    return {by: summed([one for one in credits if one.by is by]) for by in By}


def by_mailing_and_variant(session: Session, credits: Sequence[Credit]) -> dict[tuple[int, str], list[Credit]]:
    variants = variants_of(session, {one.message for one in credits})
    found: dict[tuple[int, str], list[Credit]] = defaultdict(list)
    for one in credits:
        found[one.mailing, variants.get(one.message, "")].append(one)
    return dict(found)


def waiting_for_winner(session: Session, mailing: int | None = None) -> dict[int, int]:
    """How many letters wait for the winning variant, by mailing."""
    which: list[Any] = [col(Message.state) == State.HELD, col(Message.why) == WAITS]
    which += [col(Message.mailing_id) == mailing] if mailing is not None else [col(Message.mailing_id).in_(_open())]
    query = select(col(Message.mailing_id), func.count()).where(*which).group_by(col(Message.mailing_id))
    return {id: int(number) for id, number in session.execute(query).tuples()}


def _open() -> Any:
    return select(col(Mailing.id)).where(col(Mailing.stage) == "sending", ~col(Mailing.standing))


def variants(session: Session, mailing: int) -> list[str]:
    """The variants that letters of a mailing have."""
    query = select(col(Message.variant)).where(col(Message.mailing_id) == mailing).distinct()
    return sorted({*session.execute(query).scalars()} - {"", CONTROL})


def is_tried_out(session: Session, mailing: int) -> bool:
    """Whether nothing of the part that tries the variants out is still to go, or on its way."""
    left = select(func.count()).where(
        col(Message.mailing_id) == mailing, col(Message.state).in_([State.PLANNED, State.INTENT])
    )
    return session.execute(left).scalar_one() == 0


def sent_by_hour(session: Session, mailing: int) -> dict[str, tuple[int, int]]:
    """Letters and what is paid for, by the hour (in UTC) in which they went."""
    hour = HourOf(col(Message.sent_at)).label("hour")
    query = select(hour, func.count(), func.coalesce(func.sum(col(Message.pieces)), 0)).where(
        col(Message.mailing_id) == mailing, col(Message.state).in_(OUT), col(Message.sent_at).is_not(None)
    )
    return {at: (int(n), int(pieces)) for at, n, pieces in session.execute(query.group_by("hour")).tuples()}


def last_values(session: Session, subjects: Collection[str], metrics: Collection[str]) -> dict[tuple[str, str], int]:
    """What the registry has been told last of these subjects, by (subject, metric)."""
    which = and_(col(Fact.subject_id).in_(sorted(subjects)), col(Fact.metric).in_(sorted(metrics)))
    query = select(col(Fact.subject_id), col(Fact.metric), col(Fact.value)).where(which)
    ordered = session.execute(query.order_by(col(Fact.observed_at), col(Fact.id))).tuples()
    return {(subject, metric): int(value) for subject, metric, value in ordered if value is not None}


def listed(session: Session, mailing: int) -> int:
    """How many were to get it; those of the control group are none of them."""
    query = select(func.count()).where(col(Message.mailing_id) == mailing, col(Message.variant) != CONTROL)
    return session.execute(query).scalar_one()
