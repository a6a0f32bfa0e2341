"""A mailing begun anew for those who did not open it, as rows. Sessions are given; nothing here opens one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import fingerprint
from models.database import Clock, now_by
from models.mailings import Mailing, MailingVersion, Stage


def drafted(session: Session, group: str) -> Mailing | None:
    """The draft that goes to this group already."""
    drafts = select(Mailing).where(col(Mailing.stage) == Stage.DRAFT).order_by(col(Mailing.id).desc())
    return next(
        (one for one in session.execute(drafts).scalars() if (one.groups or {}).get("include") == [group]), None
    )  # fmt: skip


def approved(session: Session, of: Mailing) -> MailingVersion | None:
    """What recipients got: the version that was approved, else the last."""
    first = (col(MailingVersion.hash) == of.approved_hash).desc()
    query = select(MailingVersion).where(col(MailingVersion.mailing_id) == of.id)
    return session.execute(query.order_by(first, col(MailingVersion.n).desc()).limit(1)).scalar_one_or_none()


def begin(session: Session, clock: Clock, of: Mailing, version: MailingVersion, group: str, title: str, by: str) -> int:
    """A draft like it, for this group alone; returns its number. Its words are those that were approved."""
    now = now_by(clock, session)
    row = Mailing(
        key=f"{of.key}-again-{now:%Y%m%d%H%M%S%f}", title=title, ground=of.ground, account=of.account,
        groups={"include": [group], "exclude": list(of.groups.get("exclude") or ())}, campaign=of.campaign,
        goal=of.goal, zone=of.zone, by_recipient=of.by_recipient, hours=of.hours, caps=of.caps, made_by=by, made_at=now,
        offer=of.offer,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.key = f"{of.key}-again-{row.id}"
    document: dict[str, Any] = dict(version.document) | {"key": row.key, "title": title}
    if isinstance(document.get("ad"), dict):
        document["ad"] = document["ad"] | {"erid": ""}  # the mark of an advertisement was for the former one
    made = MailingVersion(
        mailing_id=row.id or 0, n=1, hash=fingerprint([row.id, 1, document]), document=document, made_by=by,
        made_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return row.id or 0
