"""Sends the letters of one account. It knows no Prefect and no mailer by name, and may be killed at any instant.

One thread owns the database and the line. Each turn is one transaction: it settles the letters that came back and
writes the intents of those that go, as many as the line has room for; so at most those are ever in doubt.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from threading import Event
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Failure
from integrations.mailers.base import Line, Mailer
from models.database import Clock, now_by
from models.delivery import State
from models.letters import Answer, Ground, Holds
from models.locale import mark
from models.mailers import MailerCard
from models.memory import seldom_collecting
from models.reason import Reason, because
from models.timetable import read_hours
from tasks.mailing import rows
from tasks.mailing.jobs import (
    NEVER,
    TERMS,
    Chores,
    Going,
    Landed,
    Renderer,
    Tally,
    Terms,
    Turn,
    as_it_counts,
    ends_it,
    gone_to,
    landed,
)
from tasks.mailing.pace import Pace, left_of
from tasks.mailing.shelf import Ready, Shelf
from tasks.reports.period import midnight
from tasks.returns.marks import Printed, mark_of
from tasks.schedule.hours import opening

log = logging.getLogger("otdel.mailing")

RESTS = mark("The mailer asked for a pause; sending goes on by itself.")
COUNTED_AT_ONCE, PATIENCE, LOOK_AFTER = 500, timedelta(milliseconds=250), timedelta(milliseconds=500)
DATABASE_PATIENCE, A_MOMENT = timedelta(seconds=60), 0.1
TOGETHER, A_BLINK, RESTING = 0.8, timedelta(milliseconds=2), "rests"
T = TypeVar("T")


class Sender:
    """Sends what is due by one account. `printed` are the house's prints; `now` is the wall clock, aware."""

    def __init__(
        self, sessions: sessionmaker[Session], reads: sessionmaker[Session], clock: Clock, card: MailerCard,
        mailer: Mailer, render: Renderer, printed: Printed, worker: str, zone: str, *, now: Callable[[], datetime],
        stop: Event | None = None, terms: Terms = TERMS,
    ) -> None:  # fmt: skip
        self.sessions, self.reads, self.clock, self.card, self.mailer = sessions, reads, clock, card, mailer
        self.render, self.printed, self.worker, self.zone = render, printed, worker, zone
        self.now, self.stop, self.terms = now, stop or Event(), terms
        self.tally, self.shelf, self.pace = Tally(), Shelf(), Pace(card)
        self.token = 0
        self._going: list[Going] = []
        self._flying: dict[int, Ready] = {}
        self._back: list[Answer] = []
        self._chores = Chores()
        self._look_at = now()
        self._more: set[tuple[int, str]] = set()
        self._resting: dict[str, datetime] = {}
        self._refusals: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()
        self._left_today: int | None = None

    @property
    def account(self) -> str:
        return self.card.key

    def run(self, budget: timedelta) -> Tally:
        """Send until nothing is due, the budget is spent, the account rests or the stop signal is given."""
        ends_at = self.now() + budget
        self.token = self._patiently(self._begin)
        if not self.token:
            self.tally.is_busy = True
            return self.tally
        try:
            if self.tally.why is None:
                with seldom_collecting():
                    self._send(ends_at)
        finally:
            self._patiently(self._leave)
        self._remember_last()
        return self.tally

    def _begin(self, session: Session) -> int:
        terms = self.terms
        token = rows.take_lane(session, self.clock, self.account, self.worker, terms.lease, terms.allowance)
        if not token:
            return 0
        self.tally.orphaned = rows.orphaned(session, self.clock, self.account, token)
        now, lane = now_by(self.clock, session), rows.lane(session, self.account)
        if lane and lane.resting_until and lane.resting_until > now:
            self.tally.why = because(RESTS, code="rests", why=lane.why)
        paces = rows.paces(session, self.account)
        self._resting = {domain: at for domain, one in paces.items() if (at := one.resting_until) and at > now}
        self._refusals = Counter({domain: one.refusals for domain, one in paces.items()})
        today, first = self._today(), lane.first_sent_on if lane else ""
        gone = rows.gone_since(session, self.account, midnight(today, self.zone)) if self.card.warm_up else 0
        self._left_today = left_of(self.card.warm_up, date.fromisoformat(first) if first else None, today, gone)
        return token

    def _leave(self, session: Session) -> None:
        rows.settle(session, now_by(self.clock, session), self.token, self._landed(session))
        self._count(session, self._back)
        rows.leave_lane(session, self.account, self.token)

    def _send(self, ends_at: datetime) -> None:
        try:
            line = self.mailer.open()
        except Failure as failure:
            self.tally.why = failure.reason
            wait = self.terms.rest(self._refusals[""], getattr(failure, "retry_after", None))
            why = failure.reason.code
            self._patiently(lambda session: rows.rest(session, self.clock, self.account, "", wait, why))
            return
        try:
            self._work(line, ends_at)
        finally:
            self._back += map(as_it_counts, line.close())

    def _work(self, line: Line, ends_at: datetime) -> None:
        while True:
            resting = self.tally.why is not None or any(map(ends_it, self._back))
            closing = resting or self.stop.is_set() or self.now() >= ends_at
            looked = not closing and self._look()
            chosen = [] if closing else self._choose(line)
            until = self.now() + self.terms.lease - self.terms.margin
            turn = self._patiently(partial(self._turn, chosen=chosen))
            if turn is None:
                self.tally.is_busy = True
                return
            departing = self._settled(turn, chosen)
            if departing:
                line.post([one.letter for one in departing], until)
            elif not self._flying:
                if closing or (looked and not chosen and not self._is_paced()):
                    self.tally.is_over = not closing and not self.shelf and not self._resting
                    return
                if looked:
                    self.stop.wait(PATIENCE.total_seconds())
                self._look_at = self.now()
            self._back = self._answers(line)

    def _answers(self, line: Line) -> list[Answer]:
        """What came back; those that come in a moment are waited for: a transaction for each would cost more."""
        flying, found = len(self._flying), line.answers(PATIENCE) if self._flying else []
        while found and len(found) < flying * TOGETHER and (more := line.answers(A_BLINK)):
            found += more
        return [as_it_counts(answer) for answer in found]

    # A turn: one transaction, which changes nothing here, so that it may be made again.

    def _turn(self, session: Session, chosen: Sequence[Ready]) -> Turn | None:
        """Settle what came back, write the intents of what goes. None where the account is somebody else's by now."""
        now = rows.keep_lane(session, self.clock, self.account, self.token, self.terms.lease)
        if now is None:
            return None
        rows.settle(session, now, self.token, self._landed(session))
        for state, why, ids in self._chores.dropped:
            rows.drop(session, self.clock, ids, state, why)
        for id, zone, until in self._chores.postponed:
            rows.postpone(session, self.clock, id, self.account, zone, until)
        if self._counts_now():
            self._count(session)
        turn = Turn()
        for mailing in self._going:
            if mine := [(one.letter.id, one.print) for one in chosen if one.mailing_id == mailing.id]:
                self._intend(session, mailing, mine, turn)
        return turn

    def _intend(self, session: Session, mailing: Going, mine: Sequence[tuple[int, str]], turn: Turn) -> None:
        may = rows.intend(session, mailing, self.account, mine, self.token)
        turn.may |= may
        if len(may) == len(mine):
            return
        turn.is_stale = True
        if mailing in rows.going(session, self.account):
            never = rows.turned_away(session, Ground(mailing.ground), [one for one in mine if one[0] not in may])
            turn.cancelled += rows.drop(session, self.clock, never, State.CANCELLED, "no_consent")

    def _settled(self, turn: Turn, chosen: Sequence[Ready]) -> list[Ready]:
        """The transaction stands: now memory follows it. Returns what is to be posted."""
        if self._counts_now():
            self._sent.clear()
        self._remember_last()
        self.tally.states.update(self._chores.held)
        self.tally.states[State.CANCELLED] += turn.cancelled
        self._chores = Chores()
        if turn.is_stale:
            self._look_at = self.now()
        departing = [one for one in chosen if one.letter.id in turn.may]
        self._flying |= {one.letter.id: one for one in departing}
        if self._left_today is not None:
            self._left_today -= len(departing)
        return departing

    def _remember_last(self) -> None:
        for answer in self._back:
            self._remember(answer, self._flying.pop(answer.id))
        self._back = []

    def _remember(self, answer: Answer, ready: Ready) -> None:
        self.tally.states[answer.state] += 1
        self._sent.update(gone_to(answer, ready))
        if answer.state is State.SENT and ready.domain:
            self._refusals[ready.domain] = 0
        elif answer.state is State.PLANNED and answer.holds is Holds.DOMAIN and ready.domain:
            length = self.terms.rest(self._refusals[ready.domain], answer.retry_after)
            self._resting[ready.domain] = self.now() + length
            self._refusals[ready.domain] += 1
        elif ends_it(answer):
            self.tally.why = answer.reason

    def _landed(self, session: Session) -> list[Landed]:
        """The answers as the ledger keeps them; whoever asked for rest gets it in the same transaction."""
        rested: dict[str, timedelta] = {}
        found = []
        for answer in self._back:
            ready = self._flying[answer.id]
            wait = self.terms.wait(answer, ready, self._refusals)
            if answer.state is State.PLANNED and answer.holds is not Holds.LETTER:
                domain = ready.domain if answer.holds is Holds.DOMAIN else ""
                rested[domain] = max(wait, rested.get(domain, wait))
            found.append(landed(answer, ready, wait))
        for domain, length in rested.items():
            rows.rest(session, self.clock, self.account, domain, length, RESTING)
        return found

    # What may go next.

    def _look(self) -> bool:
        """Fill the shelf with what is due; True where everything was looked at just now.

        A database that is away for a moment costs the look alone: what is in the air has its answers still to come.
        """
        try:
            return self._looked()
        except OperationalError:
            log.warning("the database did not let us look; we look again")
            self.stop.wait(A_MOMENT)
            return False

    def _looked(self) -> bool:
        now = self.now()
        if now < self._look_at and not self.shelf.is_low(self._more):
            return False
        self._look_at, self._more = now + LOOK_AFTER, {one for one in self._more if self.shelf.has(*one)}
        with self.reads() as session:
            self._going = rows.going(session, self.account)
            self.shelf.keep({mailing.id: mailing.approved_hash for mailing in self._going})
            asked = [(one, to) for one in self._going for to in rows.domains_waiting(session, one.id, self.account)]
            wanted = [(one, to) for one, to in asked if not self._rests(to) and not self.shelf.has(one.id, to)]
            most = self.shelf.portion(len(wanted))
            for mailing, domain in wanted:
                self._fetch(session, mailing, domain, most)
        return True

    def _fetch(self, session: Session, mailing: Going, domain: str, most: int) -> None:
        found = rows.due(session, self.clock, mailing.id, self.account, domain, most)
        if len(found) == most:
            self._more.add((mailing.id, domain))
        awake = [one for one in found if self._is_awake(mailing, one.zone)]
        gone = [one.id for one in awake if not one.print]
        if gone:
            self._chores.drop(State.CANCELLED, "no_address", gone)
        here = [one for one in awake if one.print]
        marks = [mark_of(self.printed, one.id) for one in here]
        for one, written in zip(here, self.render(mailing, list(zip(here, marks, strict=True))), strict=True):
            if isinstance(written, Reason):
                self._chores.drop(State.CANCELLED if written.code in NEVER else State.HELD, written.code, [one.id])
            else:
                ready = Ready(written, mailing.id, mailing.approved_hash, one.domain, one.print, one.attempts)
                self.shelf.put(ready)

    def _is_awake(self, mailing: Going, zone: str) -> bool:
        """Whether the day has not ended where this goes; if it has, all that goes there waits for the next."""
        shifts = mailing.shifts(self.card.hours)
        opens = opening(read_hours(shifts), zone or self.zone, self.now()) if shifts else None
        if opens is not None and (mailing.id, zone, opens) not in self._chores.postponed:
            self._chores.postponed.append((mailing.id, zone, opens))
        return opens is None

    def _choose(self, line: Line) -> list[Ready]:
        """What goes in this turn, the mailings that are waited for first; nothing is written yet."""
        now = self.now().timestamp()
        bounds = (line.room(), self.pace.room(now), self._left_today)
        most = min(bound for bound in bounds if bound is not None)
        chosen: list[Ready] = []
        for mailing in self._going:
            if len(chosen) < most:
                chosen += self.shelf.take(mailing.id, most - len(chosen), self._rooms(mailing.id, now), self.pace.went)
        return chosen

    def _rooms(self, mailing: int, now: float) -> dict[str, int]:
        domains = self.shelf.domains(mailing)
        rooms = {domain: 0 if self._rests(domain) else self.pace.room_of(domain, now) for domain in domains}
        return {domain: room for domain, room in rooms.items() if room is not None}

    def _rests(self, domain: str) -> bool:
        until = self._resting.get(domain)
        if until is not None and until <= self.now():
            del self._resting[domain]
        return domain in self._resting

    def _is_paced(self) -> bool:
        """Whether something is ready that only the rate of a minute keeps back."""
        awake = (not self._rests(domain) for one in self._going for domain in self.shelf.domains(one.id))
        return self._left_today != 0 and any(awake)

    def _today(self) -> date:
        return self.now().astimezone(ZoneInfo(self.zone)).date()

    def _counts_now(self) -> bool:
        return self._sent[""] >= COUNTED_AT_ONCE

    def _count(self, session: Session, last: Sequence[Answer] = ()) -> None:
        if sent := self._sent + Counter(to for one in last for to in gone_to(one, self._flying[one.id])):
            rows.count_sent(session, self.account, self._today().isoformat(), sent)

    def _patiently(self, work: Callable[[Session], T]) -> T:
        """In one transaction; a database that is away for a moment is waited for: outcomes must not be lost."""
        patience = self.now() + DATABASE_PATIENCE
        while True:
            try:
                with self.sessions.begin() as session:
                    return work(session)
            except OperationalError:
                if self.now() > patience:
                    raise
                log.warning("the database did not take a turn; it is made again")
                self.stop.wait(A_MOMENT)
