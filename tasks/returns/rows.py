"""What came back, as rows: each once, and what follows from it in the same transaction.

Sessions are given; nothing here opens or commits one. Everything is set-based: a thousand news cost what one does.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Act, Address, AddressKind, Barred, Purpose
from models.database import Clock, Moment, now_by, portions
from models.delivery import State
from models.letters import Happening, MailNews
from models.mailings import MailEvent, Mailing, MailingVersion, MailLink, Message
from tasks.consents import rows as consents
from tasks.customers.addresses import Unreadable, read_email, read_phone, read_telegram
from tasks.customers.rows import wait_for_the_base
from tasks.delivery.rows import insert_quietly, many
from tasks.delivery.statements import QUICK
from tasks.groups.touching.rows import touch
from tasks.returns.addressed.rows import LETTER, is_of_address, newest
from tasks.returns.believing import PROVES_ARRIVED, PROVES_SENT, Doubt, Fact, doubt, is_hard
from tasks.returns.marks import Marked, Printed, read_key
from tasks.returns.policy import SOFT_WITHIN, Weight, is_worn_out, weigh

READERS = {AddressKind.EMAIL: read_email, AddressKind.PHONE: read_phone, AddressKind.TELEGRAM: read_telegram}
MESSAGE, EVENT = Message.__table__, MailEvent.__table__  # type: ignore[attr-defined]
SETTLE = (
    update(MESSAGE).where(MESSAGE.c.id == bindparam("b_id"), MESSAGE.c.state == State.UNKNOWN)
    .values(state=State.SENT, sent_at=bindparam("b_at"), settled_at=bindparam("b_now"), why="")
)  # fmt: skip
VIA, MOMENT = "letter", Moment()
LOOKED = frozenset({Happening.OPENED, Happening.CLICKED})  # customer groups ask about these
ONCE_MOST, CODE_MOST, LINK_DIGITS = 150, 60, 6


@dataclass(frozen=True)
class Telling:
    """Who tells it. `trusted`: the service that sends, over its own door, signed; a mailbox, where all write, is not.

    `account` keeps the letters of one sender's account apart where they are known by its own numbers.
    """

    printed: Printed
    source: str
    account: str = ""
    trusted: bool = False


@dataclass
class Recorded:
    """What came of the news: counts only. `doubted` are those not believed, by why."""

    new: int = 0
    known: int = 0
    doubted: Counter[str] = field(default_factory=Counter)
    barred: int = 0
    withdrawn: int = 0
    settled: int = 0

    def and_also(self, other: "Recorded") -> "Recorded":
        return Recorded(
            self.new + other.new, self.known + other.known, self.doubted + other.doubted, self.barred + other.barred,
            self.withdrawn + other.withdrawn, self.settled + other.settled,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A letter and one thing that is told of it; `print` is its address'."""

    news: MailNews
    id: int
    mailing: int
    customer: int
    kind: str
    print: str
    fact: Fact
    at: datetime


def record(session: Session, clock: Clock, news: Sequence[MailNews], by: Telling) -> Recorded:
    """Write down what came back, each thing once; twice, late or out of order does no harm."""
    now, done = now_by(clock, session), Recorded()
    believed: list[Told] = []
    for told, why in _judged(session, news, by, now):
        if told is None:
            done.doubted[why or Doubt.NO_LETTER] += 1
        else:
            believed.append(told)
    fresh = _write(session, believed, by, now)
    done.new, done.known = len(fresh), len(believed) - len(fresh)
    if fresh:
        done.settled = _advance(session, fresh, now)
        touch(session, {one.customer for one in fresh if one.news.what in LOOKED and not one.news.robot})
        _follow_up(session, clock, fresh, done)
    return done


def _judged(
    session: Session, news: Sequence[MailNews], by: Telling, now: datetime
) -> Iterable[tuple[Told | None, Doubt | None]]:
    marked = {one.key: read_key(by.printed, one.key) for one in news if one.key}
    letters = _letters(session, marked.values(), [one.remote_id for one in news if _is_name(one.remote_id)], by.account)
    alone = [one for one in news if by.trusted and by.account and is_of_address(one)]
    addressed = newest(session, by.account, {one.once: (_print_of(one, by.printed), one.at) for one in alone})
    for one in news:
        key = marked.get(one.key)
        if key is not None and not key.counts:
            yield None, Doubt.NOT_COUNTED
            continue
        row = letters.get(key.id) if key else letters.get(one.remote_id) if one.remote_id else None
        row = row or addressed.get(one.once)
        if row is None:
            yield None, Doubt.NO_LETTER
            continue
        same = _same_address(one, row, by.printed)
        fact = Fact(state=State(row.state), sent_at=row.sent_at, is_keyed=key is not None, same_address=same)
        why = doubt(one.at, fact, now, by.trusted)
        told = Told(
            one, row.id, row.mailing_id, row.customer_id, row.kind, row.print, fact, min(one.at, now)
        )  # fmt: skip
        yield (None, why) if why else (told, None)


def _letters(
    session: Session, marked: Iterable[Marked | None], remote: Collection[str], account: str
) -> Mapping[int | str, Any]:
    """The letters that are meant, by their number and by the sender's own name for them."""
    found: dict[int | str, Any] = {}
    for some in portions(sorted({one.id for one in marked if one and one.counts and one.id < 2**63})):
        found |= {row.id: row for row in session.execute(select(*LETTER).where(col(Message.id).in_(some)))}
    for others in portions(sorted(set(remote))):
        query = select(*LETTER).where(col(Message.remote_id).in_(others), col(Message.remote_id) != "")
        if account:
            query = query.where(col(Message.account) == account)
        found |= {row.remote_id: row for row in session.execute(query)}
    return found


def _is_name(remote_id: str) -> bool:
    """Whether a service could have called a letter so; no database takes everything that a mail may hold."""
    return remote_id.isprintable() and remote_id.isascii() and bool(remote_id)


def _same_address(one: MailNews, row: Any, printed: Printed) -> bool | None:
    if not (one.address and row.print) or one.kind != row.kind:
        return None
    print_ = _print_of(one, printed)
    return print_ == row.print if print_ else None


def _print_of(one: MailNews, printed: Printed) -> str:
    try:
        found = READERS[AddressKind(one.kind)](one.address)
    except Unreadable:
        return ""
    return str(printed(found.kind, found.value))


def _write(session: Session, told: Sequence[Told], by: Telling, now: datetime) -> list[Told]:
    """Write the events; returns those that were not there. In one order, so that two writers do not lock."""
    links = _links(session, told)
    rows = {named(one.news.once): (one, _event(one, by, now, links)) for one in told}
    if not rows:
        return []
    write = insert_quietly(session, EVENT, ["once"]).returning(EVENT.c.once)
    new: set[str] = set()
    for some in portions(sorted(rows)):
        new |= set(session.connection().execute(write, [rows[once][1] for once in some]).scalars())
    return [one for once, (one, _) in rows.items() if once in new]


def _event(one: Told, by: Telling, now: datetime, links: Mapping[tuple[int, str], int]) -> dict[str, Any]:
    said = one.news.detail.get("link", "")
    is_number = said.isascii() and said.isdecimal() and len(said) < LINK_DIGITS
    link = int(said) if is_number else links.get((one.mailing, one.news.url))
    return {
        "message_id": one.id, "mailing_id": one.mailing, "what": one.news.what.value, "once": named(one.news.once),
        "robot": one.news.robot, "hard": one.news.what is Happening.BOUNCED and is_hard(one.news.hard, one.fact),
        "link": link, "code": short(one.news.code), "source": by.source, "at": one.at, "recorded_at": now,
    }  # fmt: skip


def named(once: str) -> str:
    """What an event is known by: some services put the address into it, and the ledger outlives the address."""
    is_plain = once.isascii() and once.isprintable() and "@" not in once and len(once) <= ONCE_MOST
    return once if is_plain else sha256(once.encode("utf-8", "replace")).hexdigest()


def short(code: str) -> str:
    """A code as it is kept: what a service or a hostile mail puts there may be anything."""
    return "".join(letter for letter in code[:CODE_MOST] if letter.isprintable() and letter != "@")


def _links(session: Session, told: Sequence[Told]) -> dict[tuple[int, str], int]:
    """The numbers of links that are told of by their address alone."""
    wanted = {(one.mailing, one.news.url) for one in told if one.news.url and "link" not in one.news.detail}
    if not wanted:
        return {}
    query = (
        select(col(MailingVersion.mailing_id), col(MailLink.url), col(MailLink.n))
        .join(MailLink, col(MailLink.version_id) == col(MailingVersion.id))
        .where(col(MailingVersion.mailing_id).in_({mailing for mailing, _ in wanted}))
        .order_by(col(MailingVersion.n).desc(), col(MailLink.n).desc())
    )  # fmt: skip
    return {(mailing, url): n for mailing, url, n in session.execute(query).tuples() if (mailing, url) in wanted}


def _advance(session: Session, told: Sequence[Told], now: datetime) -> int:
    """What is told of proves where a letter is: an unknown one was sent, one that was opened has arrived."""
    proven = {one.id: one.fact.sent_at or one.at for one in told if one.news.what in PROVES_SENT}
    unknown = {one.id for one in told if one.fact.state is State.UNKNOWN}
    settled = _settle(session, {id: at for id, at in proven.items() if id in unknown}, now)
    for some in portions(sorted({one.id for one in told if one.news.what in PROVES_ARRIVED})):
        _confirm(session, col(Message.id).in_(some))
    return settled


def prove_arrival(session: Session, clock_at: datetime, letters: Mapping[int, datetime]) -> None:
    """These letters have arrived; by each, when it was sent at the latest."""
    _settle(session, letters, clock_at)
    for some in portions(sorted(letters)):
        _confirm(session, col(Message.id).in_(some))


def _settle(session: Session, sent: Mapping[int, datetime], now: datetime) -> int:
    return many(session, SETTLE, [{"b_id": id, "b_at": at, "b_now": now} for id, at in sorted(sent.items())])


def _confirm(session: Session, *which: Any) -> int:
    change = update(Message).where(*which, col(Message.state) == State.SENT).values(state=State.CONFIRMED)
    return int(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def catch_up(session: Session, clock: Clock, mailing: int) -> int:
    """Let a mailing's letters be where events prove them: some were told of before the ledger knew their answer."""
    proof = exists().where(col(MailEvent.message_id) == col(Message.id))
    left = update(Message).where(
        col(Message.mailing_id) == mailing, col(Message.state) == State.UNKNOWN,
        proof.where(col(MailEvent.what).in_(PROVES_SENT)),
    )  # fmt: skip
    first: Any = select(func.min(MailEvent.at)).where(col(MailEvent.message_id) == col(Message.id)).scalar_subquery()
    told = {"state": State.SENT, "why": "", "settled_at": clock.plus()}
    told["sent_at"] = func.coalesce(Message.sent_at, first, type_=MOMENT)
    sent = session.execute(left.values(**told), execution_options=QUICK)
    arrived = proof.where(col(MailEvent.what).in_(PROVES_ARRIVED))
    return int(sent.rowcount) + _confirm(session, col(Message.mailing_id) == mailing, arrived)  # type: ignore[attr-defined]


def _follow_up(session: Session, clock: Clock, fresh: Sequence[Told], done: Recorded) -> None:
    """Bar, and end consents, where the news says so; who may be written to follows in the same transaction."""
    stops = [(one, Barred.BOUNCED) for one in fresh if one.news.what is Happening.BOUNCED]
    stops = [(one, why) for one, why in stops if is_hard(one.news.hard, one.fact)]
    stops += [(one, Barred.COMPLAINED) for one in fresh if one.news.what is Happening.COMPLAINED]
    soft = [one for one in fresh if one.news.what is Happening.BOUNCED and not is_hard(one.news.hard, one.fact)]
    left = [one for one in fresh if one.news.what is Happening.UNSUBSCRIBED]
    if not (stops or soft or left):
        return
    wait_for_the_base(session)  # of two who bar one address at once, the second finds it barred
    stops += [(one, Barred.BOUNCED) for one in _worn_out(session, clock, soft)]
    done.barred = _bar(session, clock, stops)
    done.withdrawn = _withdraw(session, clock, left)
    changed = {one.print for one, _ in stops} | {one.print for one in left}
    for some in portions(sorted(changed - {""})):
        consents.follow(session, clock, col(Address.print).in_(some))


def _bar(session: Session, clock: Clock, stops: Sequence[tuple[Told, Barred]]) -> int:
    """Into the stop-list, with where it comes from: the mailing, and the code that was answered."""
    grouped: dict[tuple[Barred, int, str], list[tuple[str, str]]] = {}
    for one, why in stops:
        if one.print:
            grouped.setdefault((why, one.mailing, short(one.news.code)), []).append((one.kind, one.print))
    return sum(
        consents.bar(session, clock, prints, why, f"mailing:{mailing}", note=code)
        for (why, mailing, code), prints in sorted(grouped.items())
    )


def _worn_out(session: Session, clock: Clock, soft: Sequence[Told]) -> list[Told]:
    """Those whose address has bounced on so many days that it is barred too."""
    now, whose = now_by(clock, session), {one.print: one for one in soft if one.print}
    bounces: dict[str, list[datetime]] = {}
    lived: dict[str, list[datetime]] = {}
    for some in portions(sorted({one.customer for one in whose.values()})):
        query = (
            select(col(Message.print), col(MailEvent.what), col(MailEvent.code), col(MailEvent.at))
            .join(MailEvent, col(MailEvent.message_id) == col(Message.id))
            .where(col(Message.customer_id).in_(some), col(MailEvent.at) > now - SOFT_WITHIN,
                   col(MailEvent.what).in_(PROVES_ARRIVED | {Happening.BOUNCED}))
        )  # fmt: skip
        for print_, what, code, at in session.execute(query).tuples():
            if what != Happening.BOUNCED:
                lived.setdefault(print_, []).append(at)
            elif weigh(code.rpartition(" ")[2], "").weight is not Weight.OURS:
                bounces.setdefault(print_, []).append(at)
    return [
        replace(one, news=replace(one.news, code="soft")) for print_, one in whose.items()
        if is_worn_out(bounces.get(print_, ()), lived.get(print_, ()), now)
    ]  # fmt: skip


def _withdraw(session: Session, clock: Clock, left: Sequence[Told]) -> int:
    now = now_by(clock, session)
    lines = [
        line_of(one.customer, one.kind, one.print, Act.WITHDRAWN, one.id, one.mailing, named(one.news.once), one.at)
        | {"recorded_at": now} for one in left if one.print
    ]  # fmt: skip
    return consents.record(session, lines)


def line_of(
    customer: int, kind: str, print_: str, act: Act, message: int, mailing: int, once: str, at: datetime,
    wording: str = "", by: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A line of the ledger of consents that a letter's recipient has said; the letter and the event are its proof."""
    return {
        "once": f"{print_}:{act.value}:{once}", "customer_id": customer, "purpose": Purpose.ADVERTISING.value,
        "act": act.value, "kind": kind, "print": print_, "wording": wording, "via": VIA,
        "source": f"mailing:{mailing}", "proof": f"message {message}, event {once}", "at": at, "recorded_at": at,
        "recorded_by": by,
    }  # fmt: skip


def address_of_link(session: Session, message: int, link: int, version: int) -> str | None:
    """Where a link of a letter leads: of the version that is named, else of the one that was approved."""
    query = (
        select(col(MailLink.url))
        .join(MailingVersion, col(MailingVersion.id) == col(MailLink.version_id))
        .join(Mailing, col(Mailing.id) == col(MailingVersion.mailing_id))
        .join(Message, (col(Message.mailing_id) == col(Mailing.id)) & (col(Message.variant) == col(MailLink.variant)))
        .where(col(Message.id) == message, col(MailLink.n) == link)
    )  # fmt: skip
    which = col(MailingVersion.n) == version if version else col(MailingVersion.hash) == col(Mailing.approved_hash)
    return session.execute(query.where(which).order_by(col(MailingVersion.n).desc()).limit(1)).scalar_one_or_none()


def link_of_version(session: Session, version: int, variant: str, link: int) -> str | None:
    """Where a link of a version leads: for tests and previews."""
    found = session.get(MailLink, (version, variant, link))
    return found.url if found else None
