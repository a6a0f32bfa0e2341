"""Mailings as rows: made, saved as versions, set up. Sessions are given; nothing here opens or commits one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.approval import OF_MAILINGS
from models.content import fingerprint
from models.customer_groups import CustomerGroup
from models.customers import Customer
from models.database import Clock, now_by
from models.locale import mark
from models.mailings import Mailing, MailingVersion, MailLink, Message, Stage
from models.reason import because
from tasks.approval.single.rows import close, subject_of
from tasks.composing.compiled import Compiled
from tasks.delivery.rows import insert_quietly

NO_MAILING = mark("There is no mailing № {id}. Its number stands on its page on the desk.")


def mailing(session: Session, id: int) -> Mailing:
    """Raises Refused where there is none."""
    found = session.get(Mailing, id)
    if found is None:
        raise Refused(because(NO_MAILING, code="no_mailing", id=id))
    return found


def locked(session: Session, id: int) -> Mailing:
    """The mailing, and nobody else changes it before this transaction ends. Raises Refused."""
    found = session.get(Mailing, id, populate_existing=True, with_for_update=True)
    if found is None:
        raise Refused(because(NO_MAILING, code="no_mailing", id=id))
    return found


def add(session: Session, row: Mailing, slug: str) -> Mailing:
    """A new mailing; its key has its number behind, so no two have one key."""
    session.add(row)
    session.flush()
    row.key = f"{slug}-{row.id}" if slug else f"mailing-{row.id}"
    session.flush()
    return row


def versions(session: Session, mailing: int) -> list[MailingVersion]:
    """All versions, the newest first."""
    query = select(MailingVersion).where(col(MailingVersion.mailing_id) == mailing)
    return list(session.execute(query.order_by(col(MailingVersion.n).desc())).scalars())


def last(session: Session, mailing: int) -> MailingVersion:
    """The version a mailing stands at."""
    query = select(MailingVersion).where(col(MailingVersion.mailing_id) == mailing)
    return session.execute(query.order_by(col(MailingVersion.n).desc()).limit(1)).scalar_one()


def numbered(session: Session, mailing: int, n: int) -> MailingVersion | None:
    query = select(MailingVersion).where(col(MailingVersion.mailing_id) == mailing, col(MailingVersion.n) == n)
    return session.execute(query).scalar_one_or_none()


def keep(
    session: Session, clock: Clock, mailing: int, document: Mapping[str, Any], by: str, hash: str = "",
    compiled: str = "",
) -> MailingVersion:  # fmt: skip
    """The next version; its print is that of its words, until it is asked about."""
    n = (session.execute(
        select(func.max(col(MailingVersion.n))).where(col(MailingVersion.mailing_id) == mailing)
    ).scalar() or 0) + 1  # fmt: skip
    row = MailingVersion(
        mailing_id=mailing, n=n, hash=hash or fingerprint([mailing, n, dict(document)]), document=dict(document),
        compiled=compiled, made_by=by, made_at=now_by(clock, session),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def keep_links(session: Session, version: int, compiled: Compiled) -> None:
    """Where the links of a version lead, by their numbers."""
    rows = [
        {"version_id": version, "variant": one.name, "n": link.number, "url": link.url, "label": link.label}
        for one in compiled.variants for link in one.links
    ]  # fmt: skip
    if rows:
        session.execute(insert_quietly(session, MailLink, ["version_id", "variant", "n"]), rows)


def take_approval_away(session: Session, clock: Clock, row: Mailing) -> bool:
    """Nothing of it goes out before it is approved again; what was asked about it is asked no more."""
    had = row.stage in (Stage.ASKED, Stage.APPROVED, Stage.PAUSED) or bool(row.approved_hash)
    row.approved_hash, row.stage, row.reason = "", Stage.DRAFT, {}
    session.flush()
    close_questions(session, clock, row.id or 0, "changed")
    return had


def close_questions(session: Session, clock: Clock, mailing: int, state: str) -> None:
    """End the open questions about a mailing."""
    close(session, clock, subject_of(OF_MAILINGS, mailing), state)


def variants_listed(session: Session, mailing: int) -> set[str]:
    """The variants that letters of the list have."""
    query = select(col(Message.variant)).where(col(Message.mailing_id) == mailing).distinct()
    return set(session.execute(query).scalars())


def zones(session: Session, more: Iterable[str]) -> list[str]:
    """All zones that somebody may live in."""
    found = session.execute(select(col(Customer.zone)).where(col(Customer.zone) != "").distinct()).scalars()
    return sorted({*found, *more} - {""})


def newest(session: Session, most: int, standing: bool = False) -> Sequence[Mailing]:
    query = select(Mailing) if standing else select(Mailing).where(~col(Mailing.standing))
    return session.execute(query.order_by(col(Mailing.id).desc()).limit(most)).scalars().all()


def titles_of_groups(session: Session, keys: Sequence[str]) -> list[str]:
    """What groups are called, in the order of these keys."""
    query = select(col(CustomerGroup.key), col(CustomerGroup.title)).where(col(CustomerGroup.key).in_(keys))
    titles = dict(session.execute(query).tuples().all())
    return [titles[key] for key in keys if key in titles]
