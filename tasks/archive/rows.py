"""Letters as pages, read from the database. Sessions are given; nothing here opens or commits one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.letters import Ground
from models.mailings import Mailing, MailingVersion, Message, Stage

GONE_OUT = [Stage.SENDING, Stage.PAUSED, Stage.SENT]
OF_MAILING = col(MailingVersion.mailing_id) == col(Mailing.id)
SHOWN = (
    col(Mailing.public), ~col(Mailing.standing), col(Mailing.ground) == Ground.ADVERTISING,
    col(Mailing.stage).in_(GONE_OUT), col(Mailing.listed_at).is_not(None),
)  # fmt: skip


def public_mailings(session: Session, most: int) -> list[tuple[str, str, datetime]]:
    """Key, print of the version and when it went, of the mailings everybody may read; the newest first."""
    of = (col(Mailing.key), col(Mailing.approved_hash), col(Mailing.listed_at))
    query = select(*of).where(*SHOWN).order_by(col(Mailing.listed_at).desc(), col(Mailing.id).desc()).limit(most)
    return [(key, hash, at) for key, hash, at in session.execute(query).tuples() if at is not None]


def compiled_of(session: Session, key: str) -> str | None:
    """What was sent of a mailing that everybody may read; None where there is none."""
    query = (
        select(col(MailingVersion.compiled)).join(Mailing, OF_MAILING)
        .where(col(Mailing.key) == key, *SHOWN, col(MailingVersion.hash) == col(Mailing.approved_hash))
    )  # fmt: skip
    return session.execute(query.order_by(col(MailingVersion.n).desc()).limit(1)).scalar() or None


def letter(session: Session, id: int) -> Message | None:
    return session.get(Message, id)


def mailing(session: Session, id: int) -> Mailing | None:
    return session.get(Mailing, id)


def version(session: Session, id: int) -> MailingVersion | None:
    return session.get(MailingVersion, id)


def version_of(session: Session, of: Mailing, sent: Message) -> MailingVersion | None:
    """The version that a letter was written from: what a standing mailing says may be other words by now."""
    mine = [col(MailingVersion.mailing_id) == of.id]
    if not of.standing:
        mine.append(col(MailingVersion.hash) == of.approved_hash)
    elif sent.sent_at is not None:
        mine.append(col(MailingVersion.made_at) <= sent.sent_at)
    query = select(MailingVersion).where(*mine).order_by(col(MailingVersion.n).desc()).limit(1)
    return session.execute(query).scalar_one_or_none()
