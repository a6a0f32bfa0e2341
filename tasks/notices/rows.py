"""Notices as rows: written together with what they are about, each once per key."""

from collections.abc import Sequence
from dataclasses import dataclass

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
MAIL = "mail"


@dataclass(frozen=True)
class Message:
    """What to tell whom; `key` makes it once."""

    key: str
    person: str
    subject: str
    body: str
    link: str = ""


def tell(session: Session, clock: Clock, messages: Sequence[Message]) -> None:
    """Write notices and their deliveries in the transaction that made them necessary."""
    now = now_by(clock, session)
    if not messages:
        return
    rows = [{"key": m.key, "person": m.person, "subject": m.subject, "body": m.body, "link": m.link, "made_at": now}
            for m in messages]  # fmt: skip
    session.execute(insert_quietly(session, Notice, ["key"]), rows)
    written = session.execute(select(Notice).where(col(Notice.key).in_([m.key for m in messages]))).scalars().all()
    session.execute(insert_quietly(session, Delivery, ["key"]), [
        Delivery(key=f"notice:{notice.key}", kind=KIND, account=MAIL, subject_kind="person", subject_id=notice.person,
                 content_id=notice.id or 0, content_hash=KIND, approved_hash=KIND, due_at=now, heeds_quiet_hours=False,
                 lateness=Lateness.PUBLISH, created_at=now).model_dump(exclude={"id"})
        for notice in written
    ])  # fmt: skip


def contents(session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
    """The letters of claimed notices, by delivery id."""
    query = (
        select(Notice, Person).join(Person, col(Person.key) == col(Notice.person), isouter=True)
        .where(col(Notice.id).in_([claim.content_id for claim in claims]))
    )  # fmt: skip
    letters = {notice.id: _letter(notice, person) for notice, person in session.execute(query)}
    return {claim.id: letters[claim.content_id] for claim in claims if claim.content_id in letters}


def _letter(notice: Notice, person: Person | None) -> Post:
    return Post(title=notice.subject, text=notice.body, link=notice.link, to=person.email if person else "")
