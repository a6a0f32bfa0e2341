"""What recipients chose, and where reading a mailbox has got to, as rows. Sessions are given; none is opened here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Act, Address, AddressKind, Barred
from models.database import Clock, now_by, portions
from models.letters import Happening, MailNews
from models.locale import mark, translate
from models.mail_returns import Preferences, WayOfReaching, Why
from models.mailings import MailEvent, Mailing, MailingVersion, MailLink, Message, Stage
from models.reaction import Mark
from tasks.consents import rows as consents
from tasks.consents.law import UNSAID, Standing
from tasks.customers.rows import wait_for_the_base
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.groups.touching.rows import touch_all_of
from tasks.returns import rows
from tasks.returns.behaviour import Click, is_too_soon, machines
from tasks.returns.masking import masked
from tasks.returns.rows import Recorded, Telling

CONSENTED_ANEW = mark("consented anew on the page that a letter points to")
OUT = (Stage.SENDING, Stage.PAUSED, Stage.SENT, Stage.CANCELLED)


def cursor(session: Session, name: str) -> str:
    """How far a mailbox has been read."""
    found = session.get(Mark, _called(name))
    return found.value if found else ""


def record_behind(
    session: Session, clock: Clock, news: Sequence[MailNews], by: Telling, name: str, to: str
) -> Recorded:  # fmt: skip
    """Record what a portion told, and that it was read: both, or neither."""
    done = rows.record(session, clock, news, by)
    row = {"name": _called(name), "value": to, "at": now_by(clock, session)}
    put: Any = insert_quietly(session, Mark, ["name"])
    session.execute(put, [row])
    session.execute(update(Mark).where(col(Mark.name) == row["name"]).values(row), execution_options=QUICK)
    return done


def _called(name: str) -> str:
    return f"mailbox:{name}"


def preferences(session: Session, clock: Clock, message: int) -> Preferences | None:
    """What the recipient of a letter may choose; None where there is no such letter."""
    letter = session.get(Message, message)
    if letter is None:
        return None
    ways = _ways(session, letter.customer_id)
    prints = {way.print for way in ways} | {letter.print}
    said, stopped = consents.standings(session, clock, prints), consents.barred(session, prints)
    personal = consents.personal_standings(session, clock, [letter.customer_id]).get(letter.customer_id, UNSAID)
    unsaid = select(func.count()).where(
        col(MailEvent.message_id) == message, col(MailEvent.what) == Happening.UNSUBSCRIBED, col(MailEvent.code) == ""
    )  # fmt: skip
    return Preferences(
        ways=tuple(
            WayOfReaching(
                kind=AddressKind(way.kind), shown=masked(way.kind, way.value), open=way.open,
                can_open=personal.in_force and stopped.get(way.print, Barred.UNSUBSCRIBED) is Barred.UNSUBSCRIBED,
                is_this=_is_of(letter, way),
            ) for way in ways
        ),
        left=_is_said(said.get(letter.print, UNSAID), Act.WITHDRAWN),
        why_asked=bool(session.execute(unsaid).scalar_one()),
    )  # fmt: skip


def choose(
    session: Session, clock: Clock, message: int, act: Act, kinds: Collection[str] | None, how: str, by: str = ""
) -> bool:  # fmt: skip
    """Write down what a recipient chose; False where there is no such letter. Said before, it is not said again.

    `by` is whoever of the company pressed in the recipient's place.
    """
    letter = session.get(Message, message)
    if letter is None:
        return False
    wait_for_the_base(session)  # two clicks at once are one choice
    now = now_by(clock, session)
    meant = _meant(session, letter, kinds)
    standing = consents.standings(session, clock, [print_ for _, print_ in meant])
    is_given = act is Act.GIVEN
    changed = [(kind, print_) for kind, print_ in meant if not _is_said(standing.get(print_, UNSAID), act)]
    lines = [
        rows.line_of(letter.customer_id, kind, print_, act, message, letter.mailing_id,
                     f"{how}:{message}:{now.isoformat()}", now, how if is_given else "", by)
        for kind, print_ in changed
    ]  # fmt: skip
    consents.record(session, lines)
    if is_given:
        _take_back(session, clock, [print_ for _, print_ in meant])
    elif letter.print in {print_ for _, print_ in meant}:
        _note_leaving(session, letter, how, now)
    consents.follow(session, clock, col(Address.customer_id) == letter.customer_id)
    return True


def _is_said(standing: Standing, act: Act) -> bool:
    return standing.in_force if act is Act.GIVEN else standing.withdrawn is not None and not standing.in_force


def say_why(session: Session, message: int, why: Why) -> None:
    left = update(MailEvent).where(
        col(MailEvent.message_id) == message, col(MailEvent.what) == Happening.UNSUBSCRIBED, col(MailEvent.code) == ""
    )  # fmt: skip
    session.execute(left.values(code=why.value), execution_options=QUICK)


def _ways(session: Session, customer: int) -> list[Address]:
    order = [kind.value for kind in AddressKind]
    found = session.execute(select(Address).where(col(Address.customer_id) == customer)).scalars()
    return sorted(found, key=lambda way: order.index(way.kind))


def _is_of(letter: Message, way: Address) -> bool:
    return way.print == letter.print if letter.print else way.kind == letter.kind


def _meant(session: Session, letter: Message, kinds: Collection[str] | None) -> list[tuple[str, str]]:
    """The addresses that are chosen about, by kind and print; the letter's own even where its owner was erased."""
    ways = [(way.kind, way.print) for way in _ways(session, letter.customer_id)]
    if kinds is None:
        return [(letter.kind, letter.print)] if letter.print else [way for way in ways if way[0] == letter.kind]
    own = [(letter.kind, letter.print)] if letter.print and letter.kind in kinds else []
    return list(dict.fromkeys(own + [way for way in ways if way[0] in kinds]))


def _take_back(session: Session, clock: Clock, prints: Sequence[str]) -> None:
    """An own "no" in the stop-list ends with the new consent; what others found out about the address does not."""
    for line in consents.stop_lines(session, prints):
        if line.lifted_at is None and line.why == Barred.UNSUBSCRIBED and line.id:
            consents.lift(session, clock, line.id, "", translate(CONSENTED_ANEW))


def _note_leaving(session: Session, letter: Message, how: str, now: datetime) -> None:
    row = {
        "message_id": letter.id, "mailing_id": letter.mailing_id, "what": Happening.UNSUBSCRIBED.value,
        "once": f"left:{letter.id}", "robot": False, "hard": False, "link": None, "code": "", "source": how,
        "at": now, "recorded_at": now,
    }  # fmt: skip
    session.connection().execute(insert_quietly(session, rows.EVENT, ["once"]), [row])
    rows.prove_arrival(session, clock_at=now, letters={letter.id or 0: letter.sent_at or now})


def judge_again(session: Session, since: datetime) -> int:
    """Turn clicks and opens into a machine's where those around them show it; returns how many."""
    going = select(col(Mailing.id)).where(col(Mailing.stage).in_(OUT))
    turned: set[int] = set()
    for mailing in session.execute(going).scalars().all():
        turned |= _machines_of(session, int(mailing or 0), since)
    for some in portions(sorted(turned)):
        change = update(MailEvent).where(col(MailEvent.id).in_(some)).values(robot=True)
        session.execute(change, execution_options=QUICK)
        whose = select(col(Message.customer_id)).join(MailEvent, col(MailEvent.message_id) == col(Message.id))
        touch_all_of(session, whose.where(col(MailEvent.id).in_(some)))
    return len(turned)


def _machines_of(session: Session, mailing: int, since: datetime) -> set[int]:
    looked = (col(MailEvent.mailing_id) == mailing, col(MailEvent.robot).is_(False))
    kinds = [Happening.CLICKED.value, Happening.OPENED.value]
    lately = select(col(MailEvent.message_id)).where(*looked, col(MailEvent.what).in_(kinds), col(MailEvent.at) > since)
    letters = sorted(set(session.execute(lately).scalars()))
    links = _links_by_variant(session, mailing) if letters else {}
    found: set[int] = set()
    for some in portions(letters):
        arrived = _arrivals(session, some)
        looks = select(
            col(MailEvent.id), col(MailEvent.message_id), col(MailEvent.what), col(MailEvent.link), col(MailEvent.at),
        ).where(*looked, col(MailEvent.message_id).in_(some), col(MailEvent.what).in_(kinds))  # fmt: skip
        clicks: dict[int, list[Click]] = {}
        for id, message, what, link, at in session.execute(looks).tuples():
            if what == Happening.CLICKED:
                clicks.setdefault(message, []).append(Click(int(id or 0), -1 if link is None else link, at))
            elif is_too_soon(at, arrived[message][1]):
                found.add(int(id or 0))
        for message, theirs in clicks.items():
            variant, at_once = arrived[message]
            found |= machines(theirs, links.get(variant, 0), at_once)
    return found


def _links_by_variant(session: Session, mailing: int) -> dict[str, int]:
    query = (
        select(col(MailLink.variant), func.count())
        .join(MailingVersion, col(MailingVersion.id) == col(MailLink.version_id))
        .join(Mailing, col(Mailing.id) == col(MailingVersion.mailing_id))
        .where(col(Mailing.id) == mailing, col(MailingVersion.hash) == col(Mailing.approved_hash), col(MailLink.n) > 0)
        .group_by(col(MailLink.variant))
    )  # fmt: skip
    return {variant: int(number) for variant, number in session.execute(query).tuples()}


def _arrivals(session: Session, letters: Sequence[int]) -> dict[int, tuple[str, datetime | None]]:
    """The variant of each letter, and when it was there."""
    told = (
        select(col(MailEvent.message_id), func.min(MailEvent.at).label("at"))
        .where(col(MailEvent.message_id).in_(letters), col(MailEvent.what) == Happening.DELIVERED)
        .group_by(col(MailEvent.message_id)).subquery()
    )  # fmt: skip
    query = (
        select(col(Message.id), col(Message.variant), func.coalesce(told.c.at, Message.sent_at, type_=rows.MOMENT))
        .outerjoin(told, told.c.message_id == col(Message.id)).where(col(Message.id).in_(letters))
    )  # fmt: skip
    return {int(id or 0): (variant, at) for id, variant, at in session.execute(query).tuples()}
