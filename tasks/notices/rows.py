"""Notices as rows: written together with what they are about, each once per key and way.

A way is a delivery of its own: what fails on one is neither lost nor repeated on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import Delivery, Lateness
from models.people import Person
from models.post import Post
from models.reaction import Notice
from tasks.delivery.rows import Claim, insert_quietly

KIND = "notice"
# No key of a channel holds a colon, so no channel is taken for one of these.
MAIL, TELEGRAM = "notice:mail", "notice:telegram"
STALE_AFTER = timedelta(days=1)  # a message that calls a person to the desk is of no use any later; a letter stays


@dataclass(frozen=True)
class Message:
    """What to tell whom; `key` makes it once. `address` is that of somebody outside, who is no person of ours."""

    key: str
    person: str
    subject: str
    body: str
    link: str = ""
    address: str = ""


def tell(session: Session, clock: Clock, messages: Sequence[Message]) -> None:
    """Write notices and their deliveries in the transaction that made them necessary.

    Everybody is written to by mail; who has a chat with the company's bot (people: telegram) is called there too.
    """
    now = now_by(clock, session)
    if not messages:
        return
    rows = [{"key": m.key, "person": m.person, "subject": m.subject, "body": m.body, "link": m.link,
             "address": m.address, "made_at": now} for m in messages]  # fmt: skip
    session.execute(insert_quietly(session, Notice, ["key"]), rows)
    written = session.execute(select(Notice).where(col(Notice.key).in_([m.key for m in messages]))).scalars().all()
    chats = _with_a_chat(session, {notice.person for notice in written})
    deliveries = [_by(MAIL, notice, f"notice:{notice.key}", now) for notice in written]
    deliveries += [
        _by(TELEGRAM, notice, f"notice-telegram:{notice.key}", now, late_at=now + STALE_AFTER, lateness=Lateness.SKIP)
        for notice in written if notice.person in chats
    ]  # fmt: skip
    session.execute(insert_quietly(session, Delivery, ["key"]), deliveries)


def _with_a_chat(session: Session, persons: set[str]) -> set[str]:
    query = select(col(Person.key)).where(col(Person.key).in_(persons), col(Person.active), col(Person.telegram) != "")
    return set(session.execute(query).scalars())


def _by(way: str, notice: Notice, key: str, now: datetime, **lateness: Any) -> dict[str, Any]:
    row = Delivery(
        key=key, kind=KIND, account=way, subject_kind="person", subject_id=notice.person, content_id=notice.id or 0,
        content_hash=KIND, approved_hash=KIND, due_at=now, heeds_quiet_hours=False, created_at=now,
        **{"lateness": Lateness.PUBLISH, **lateness},
    )  # fmt: skip
    return row.model_dump(exclude={"id"})


def contents(session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
    """The letters and messages of claimed notices, by delivery id."""
    query = (
        select(Notice, Person).join(Person, col(Person.key) == col(Notice.person), isouter=True)
        .where(col(Notice.id).in_([claim.content_id for claim in claims]))
    )  # fmt: skip
    found = {notice.id: (notice, person) for notice, person in session.execute(query).tuples()}
    return {
        claim.id: WAYS[claim.account](*found[claim.content_id])
        for claim in claims if claim.content_id in found and claim.account in WAYS
    }  # fmt: skip


def _letter(notice: Notice, person: Person | None) -> Post:
    return Post(
        title=notice.subject, text=notice.body, link=notice.link, to=notice.address or (person.email if person else "")
    )


def _call(notice: Notice, person: Person | None) -> Post:
    """The heading and the way to the rest: what a letter quotes stays within the company's own mail."""
    return Post(title=notice.subject, link=notice.link, to=person.telegram if person else "")


WAYS = {MAIL: _letter, TELEGRAM: _call}
