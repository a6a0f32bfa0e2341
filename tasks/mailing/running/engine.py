"""Mailings on their way: begun at their hour, sent by every mailer that has something to send, finished.

It knows no Prefect and may be killed at any instant: a list is made in the transaction that begins it, what was in the
air is unknown until it is looked up, and nothing is ever sent again before it is known that it has not arrived.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from time import sleep
from uuid import uuid4

from sqlalchemy.orm import Session

from integrations.errors import Failure, Refused
from models.address import is_loopback
from models.customers import AddressKind
from models.database import in_one, let_others_in, now_by
from models.delivery import Lateness
from models.letters import Ground
from models.locale import mark
from models.mail_document import MailDocument
from models.mailers import MailerCard
from models.mailings import Mailing, MailingVersion, Stage
from models.reason import Reason, because
from models.schedule import Unreadable
from tasks.composing.compiled import read
from tasks.groups.rows import check_recipients
from tasks.house import House
from tasks.mailing.composed.checking import LOOPBACK
from tasks.mailing.composed.rows import left_out_of, whom
from tasks.mailing.coupons.engine import Carrying
from tasks.mailing.coupons.rows import awaits_codes, offer_trouble
from tasks.mailing.engine import Sender
from tasks.mailing.jobs import Tally
from tasks.mailing.life import rows as life
from tasks.mailing.lists import rows as lists
from tasks.mailing.lists.plan import Listing, due_in, split_of
from tasks.mailing.lost.engine import Lost
from tasks.mailing.measuring.engine import measure
from tasks.mailing.running import rows
from tasks.mailing.testing.engine import Testing
from tasks.mailing.writing.caps import cap_of
from tasks.mailing.writing.engine import Writer, price_trouble, tell_paused
from tasks.mailing.writing.rows import approved, cancel_capped
from tasks.schedule.wall import instant, local

LATE = mark("It was to begin at {due}, and nobody was there to send it. Order “go on”, or set a new time.")
SKIPPED = mark("It was to begin at {due}; by its rule it does not go out so late.")
EMPTY = mark("Nobody of its groups may be sent it, so nothing went out.")
NO_MAILER = mark("Mailer “{key}” is not in mailers.yaml any more, or is switched off. Put it back, then order “go on”.")
NO_VERSION = mark("What was approved of it is not there any more. Ask for its approval again.")
LATE_AFTER = timedelta(hours=2)
# A run of the next minute may be started a moment before it; what is due then would wait for the run after it.
A_MINUTE, EARLY = timedelta(minutes=1), timedelta(seconds=1)
AT_A_TIME = 20_000


@dataclass(frozen=True)
class Begun:
    """A mailing whose hour had come: how many are on its list, or why it has none."""

    mailing: int
    listed: int = 0
    capped: int = 0
    why: Reason | None = None


@dataclass
class Sent:
    """What a run of sending came to, by account; and why an account sent nothing."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    troubles: dict[str, Reason] = field(default_factory=dict)


class Running:
    """The mailings of one house that are on their way. `wait` lets so many seconds pass."""

    def __init__(self, house: House, wait: Callable[[float], None] = sleep) -> None:
        self.house, self.clock, self.wait = house, house.clock, wait

    # Begun.

    def let_minute_come(self) -> None:
        """Where the run was started a moment before its minute, let that begin."""
        with self.house.reads() as session:
            now = now_by(self.clock, session)
        left = A_MINUTE - timedelta(seconds=now.second, microseconds=now.microsecond)
        if left <= EARLY:
            self.wait(left.total_seconds())

    def begin_due(self) -> list[Begun]:
        """Begin the approved mailings whose time has come: the list and the stage are one transaction.

        Whoever waits for a code of their own gets it afterwards, in portions, and only then their letter may go.
        """
        self.let_minute_come()
        with self.house.reads() as session:
            due = [row.id or 0 for row in lists.due_to_begin(session, self.clock)]
        found = [begun for id in due if (begun := self._begin(id))]
        for begun in found:
            if not begun.why:
                self._to_controls(begun.mailing)
        Carrying(self.house).give_out()
        return found

    def _begin(self, id: int) -> Begun | None:
        with self.house.sessions.begin() as session:
            row = life.locked(session, id)
            now = now_by(self.clock, session)
            if row.stage != Stage.APPROVED or row.due_at is None or row.due_at > now:
                return None  # another process was quicker, or somebody has changed it
            version = approved(session, id, row.approved_hash)
            why = self._why_not(session, row, version, now)
            if why is not None:
                return why
            assert version is not None
            return self._list(session, row, version)

    def _why_not(self, session: Session, row: Mailing, version: MailingVersion | None, now: datetime) -> Begun | None:
        assert row.due_at is not None
        due = f"{local(row.due_at, row.zone):%d.%m.%Y %H:%M}"
        if now - row.due_at > LATE_AFTER and row.lateness != Lateness.PUBLISH:
            if row.lateness == Lateness.SKIP:
                return self._close(session, row, Stage.CANCELLED, because(SKIPPED, code="late", due=due), now)
            return self._hold(session, row, because(LATE, code="late", due=due))
        if version is None or not version.compiled:
            return self._hold(session, row, because(NO_VERSION, code="no_version"))
        for key in filter(None, (row.account, row.cascade)):
            card = self.house.mailer_card(key)
            if card is None or not card.enabled:
                return self._hold(session, row, because(NO_MAILER, code="no_mailer", key=key))
        try:
            check_recipients(session, row.groups.get("include") or (), row.groups.get("exclude") or ())
            split_of(row.split, [one.name for one in MailDocument.model_validate(version.document).variants])
        except (Refused, Unreadable) as refused:
            return self._hold(session, row, refused.reason)
        why = price_trouble(session, read(version.compiled)) or offer_trouble(session, self.house, row)
        return self._hold(session, row, why) if why else None

    def _hold(self, session: Session, row: Mailing, why: Reason) -> Begun:
        row.stage, row.reason = Stage.PAUSED, why.model_dump()
        session.flush()
        tell_paused(session, self.house, row.id or 0, why)
        return Begun(row.id or 0, why=why)

    def _close(self, session: Session, row: Mailing, stage: Stage, why: Reason, now: datetime) -> Begun:
        row.stage, row.reason, row.finished_at = stage, why.model_dump(), now
        session.flush()
        return Begun(row.id or 0, why=why)

    def _list(self, session: Session, row: Mailing, version: MailingVersion) -> Begun:
        id = row.id or 0
        rows.one_list_at_a_time(session)
        lists.begin(session, self.clock, id)
        session.refresh(row)
        self._enlist(session, row, version)
        cap = cap_of(row.caps, self.house.workspace.company.mailings, row.ground)
        capped = cancel_capped(session, self.clock, id, cap) if cap else 0
        Carrying(self.house).settle(session, row)
        listed = sum(rows.progress(session, [id])[id].values())
        row.reason = {}
        if not listed:
            return self._close(session, row, Stage.SENT, because(EMPTY, code="empty"), now_by(self.clock, session))
        return Begun(id, listed, capped)

    def _enlist(self, session: Session, row: Mailing, version: MailingVersion) -> None:
        """Those with an address of the main mailer, then by the cascade whoever has none.

        Whoever a control group keeps it from is written down too, and sent nothing: they are what it is compared with.
        """
        document = MailDocument.model_validate(version.document)
        split = split_of(row.split, [one.name for one in document.variants])
        outlets = {one.key: one.zone for one in self.house.workspace.company.outlets if one.zone}
        main, awaits_code = self._kind(row.account), awaits_codes(session, row)
        for kind, account in ((main, row.account), (AddressKind.PHONE, row.cascade)):
            if not account or (account == row.cascade and kind is main):
                continue
            who = whom(row, kind)
            who = who if account == row.account else lists.without_letter(who, row.id or 0)
            due = instant(row.wall_time, row.zone) if row.wall_time else row.due_at
            assert due is not None
            zones = lists.zones_of(session, who, outlets) if row.by_recipient else []
            each = due_in(row.wall_time, zones) if zones else {}
            of = Listing(row.id or 0, kind, account, row.key, split, due, each, awaits_code=awaits_code)
            lists.enlist(session, who, of, outlets)
            if row.ground == Ground.ADVERTISING:
                without = lists.without_letter(left_out_of(row, kind), row.id or 0)
                lists.enlist(session, without, replace(of, is_control=True), outlets)

    def _kind(self, account: str) -> AddressKind:
        card = self.house.mailer_card(account)
        return self.house.kind_of(card) if card else AddressKind.EMAIL

    def _to_controls(self, mailing: int) -> None:
        """Those of ours who see how it arrives; nothing depends on it."""
        try:
            Testing(self.house).to_controls(mailing)
        except Failure:
            return

    # Sent.

    def send(self, budget: timedelta, stop: Event | None = None) -> Sent:
        """Send what is due by every mailer that has something to send, all at once, no longer than the budget."""
        sent, ready = Sent(), list[tuple[MailerCard, Sender]]()
        for card in self.house.mailers:
            with self.house.reads() as session:
                has_work = rows.has_work(session, self.clock, card.key)
            if not has_work:
                continue
            try:
                ready.append((card, self._sender(card, stop or Event())))
            except Failure as failure:
                sent.troubles[card.key] = failure.reason
        runs: list[Callable[[], Tally]] = [partial(sender.run, budget) for _, sender in ready]
        if len(runs) == 1:
            tallies = [runs[0]()]
        else:
            with ThreadPoolExecutor(max_workers=max(1, len(runs))) as pool:
                tallies = [one.result() for one in [pool.submit(run) for run in runs]]
        for (card, _), tally in zip(ready, tallies, strict=True):
            sent.tallies[card.key] = tally
            if tally.why is not None:
                sent.troubles[card.key] = tally.why
        return sent

    def _sender(self, card: MailerCard, stop: Event) -> Sender:
        """Raises Refused, or Unavailable, where this mailer cannot send now."""
        at = self.house
        if at.letters_leave(card) and is_loopback(at.public_url):
            raise Refused(because(LOOPBACK, code="loopback_mailer", title=card.title, url=at.public_url))
        mailer = at.mailer_of(card)
        return Sender(
            at.sessions, at.reads, self.clock, card, mailer, Writer(at, mailer.limits), at.printed, uuid4().hex,
            at.workspace.company.zone, now=at.now, stop=stop,
        )  # fmt: skip

    # Finished.

    def look_for_lost(self) -> int:
        """Clear up what is unknown, where the mailer can be asked; returns how many letters are known of now."""
        return Lost(self.house).look()

    def finish(self, run: str = "") -> list[int]:
        """Close what nothing waits for any more, and tell the registry; end what a killed cancellation left.

        What was closed while a letter of it came back is opened again: nothing else would ever send that letter.
        """
        with self.house.reads() as session:
            left = rows.left_over(session)
        for id in left:
            clear(self.house, id)
        with self.house.sessions.begin() as session:
            lists.reopen(session)
            closed = lists.finished(session, self.clock)
            for id in closed:
                measure(session, self.house, id, run)
        return closed


def clear(house: House, mailing: int) -> int:
    """Cancel all letters that nobody has got, some at a time: whoever sends meanwhile is not kept waiting."""
    total = 0
    while True:
        done = in_one(house.sessions, partial(rows.cancel_letters, clock=house.clock, mailing=mailing, most=AT_A_TIME))
        total += done
        if done < AT_A_TIME:
            break
        let_others_in(house.engine)
    with house.sessions.begin() as session:
        measure(session, house, mailing)
    return total
