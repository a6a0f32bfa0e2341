"""What the pages about mailings read. Sessions are given; nothing here changes or commits anything."""

from collections.abc import Collection

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.delivery import State
from models.desk.mailings import UnknownLetter
from models.mailings import Mailing, MailingVersion, Message, Stage
from tasks.mailing.shown.wording import said

RANK = (Stage.SENDING, Stage.PAUSED, Stage.ASKED, Stage.APPROVED, Stage.DRAFT)


def listed(session: Session, most: int) -> list[Mailing]:
    """Mailings, those that go or wait for somebody first, then the newest; standing ones have pages of their own."""
    rank = case({stage: place for place, stage in enumerate(RANK)}, value=col(Mailing.stage), else_=len(RANK))
    query = select(Mailing).where(~col(Mailing.standing)).order_by(rank, col(Mailing.id).desc()).limit(most)
    return list(session.execute(query).scalars())


def subjects(session: Session, mailings: Collection[int]) -> dict[int, str]:
    """The subject of each by its last version."""
    newest = (
        select(col(MailingVersion.mailing_id), func.max(col(MailingVersion.n)).label("n"))
        .where(col(MailingVersion.mailing_id).in_(mailings)).group_by(col(MailingVersion.mailing_id)).subquery()
    )  # fmt: skip
    subject = col(MailingVersion.document)[("variants", 0, "subject")].as_string()
    query = select(col(MailingVersion.mailing_id), subject).join(
        newest, and_(newest.c.mailing_id == col(MailingVersion.mailing_id), newest.c.n == col(MailingVersion.n))
    )
    return {id: words or "" for id, words in session.execute(query).tuples()}


def unknown(session: Session, mailing: int, most: int) -> tuple[UnknownLetter, ...]:
    """Letters whose outcome is unknown, by number: whom they were to stands on the customer's page."""
    where = (col(Message.mailing_id) == mailing, col(Message.state) == State.UNKNOWN)
    query = select(Message).where(*where).order_by(col(Message.id)).limit(most)
    return tuple(
        UnknownLetter(id=row.id or 0, customer=row.customer_id, since=row.settled_at, why=str(said(row.why)))
        for row in session.execute(query).scalars()
    )
