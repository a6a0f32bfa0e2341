"""Standing service mailings as rows: there when they are first needed, in the words of this moment.

Sessions are given; nothing here opens or commits one. Whoever calls sees to it that no other does at the same time.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import AddressKind
from models.database import Clock, now_by
from models.delivery import State
from models.letters import Ground
from models.mail_document import MailDocument
from models.mailings import AWAITED, Mailing, MailingVersion, MailLink, Stage
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.mailing.lists.rows import join

MAILING: Table = Mailing.__table__  # type: ignore[attr-defined]
LINK: Table = MailLink.__table__  # type: ignore[attr-defined]
MACHINE = "otdel"
AT_ANY_HOUR = "daily 00:00-24:00"  # somebody waits for it now, whatever the hours of advertising are


@dataclass(frozen=True)
class Words:
    """What a standing mailing says: `compiled` is what is sent of it, `hash` the print of all it is made of.

    `links` are the addresses behind the numbers of its links, as (variant, number, address, words).
    """

    document: MailDocument
    compiled: str
    hash: str
    links: tuple[tuple[str, int, str, str], ...] = ()


def numbered(session: Session, key: str) -> set[int]:
    """The numbers of the standing mailings of this key, in whatever language."""
    mine = or_(col(Mailing.key) == key, col(Mailing.key).startswith(f"{key}-"))
    found = session.execute(select(col(Mailing.id)).where(col(Mailing.standing), mine)).scalars()
    return {id for id in found if id is not None}


def is_said(session: Session, key: str, account: str, hash: str) -> int:
    """The number of the mailing where it goes by this account and says this already, else 0."""
    same = (col(Mailing.key) == key, col(Mailing.account) == account, col(Mailing.approved_hash) == hash)
    return session.execute(select(col(Mailing.id)).where(*same)).scalar() or 0


def say(session: Session, clock: Clock, key: str, account: str, words: Words) -> int:
    """Let the mailing be there and say this; returns its number. One that a person has paused stays paused."""
    now, document = now_by(clock, session), words.document
    made = Mailing(key=key, title=document.title, ground=Ground.SERVICE, stage=Stage.SENDING, standing=True,
                   account=account, priority=AWAITED, hours=AT_ANY_HOUR, due_at=now, listed_at=now, made_by=MACHINE,
                   made_at=now)  # fmt: skip
    session.execute(insert_quietly(session, MAILING, ["key"]), [made.model_dump(exclude={"id"})])
    mailing = session.execute(select(col(Mailing.id)).where(col(Mailing.key) == key)).scalar_one() or 0
    mine = (col(MailingVersion.mailing_id) == mailing, col(MailingVersion.hash) == words.hash)
    if not session.execute(select(col(MailingVersion.id)).where(*mine)).first():
        _add_version(session, mailing, words, made)
    change = update(Mailing).where(col(Mailing.id) == mailing)
    session.execute(change.values(approved_hash=words.hash, account=account, title=document.title),
                    execution_options=QUICK)  # fmt: skip
    return mailing


def _add_version(session: Session, mailing: int, words: Words, made: Mailing) -> None:
    last = select(func.max(MailingVersion.n)).where(col(MailingVersion.mailing_id) == mailing)
    version = MailingVersion(
        mailing_id=mailing, n=(session.execute(last).scalar() or 0) + 1, hash=words.hash, compiled=words.compiled,
        document=words.document.model_dump(mode="json"), made_by=MACHINE, made_at=made.made_at,
    )  # fmt: skip
    session.add(version)
    session.flush()
    links: list[dict[str, Any]] = [
        {"version_id": version.id, "variant": variant, "n": number, "url": url, "label": label}
        for variant, number, url, label in words.links
    ]
    if links:
        session.execute(insert(LINK), links)


def send(session: Session, clock: Clock, mailing: int, account: str, customer: int, print_: str, occasion: str) -> bool:
    """Let one letter join, to the e-mail of this customer; False where one for the same occasion is there already."""
    return bool(join(session, [
        {"mailing_id": mailing, "customer_id": customer, "kind": AddressKind.EMAIL.value, "occasion": occasion,
         "print": print_, "variant": "A", "account": account, "domain": "", "zone": "", "state": State.PLANNED.value,
         "due_at": now_by(clock, session), "token": 0, "generation": 0, "attempts": 0, "pieces": 0, "remote_id": "",
         "why": ""}
    ]))  # fmt: skip
