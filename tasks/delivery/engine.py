"""The loop that claims, acts and settles. It knows no Prefect and no provider by name, and may be killed anywhere.

One thread owns the database; worker threads only call providers. Each turn is one transaction: it settles the calls
that came back and writes the intents of the calls that start, so at most the open connections are ever in doubt.
A turn that fails is done again: memory that ran ahead of the database then holds tokens that can write nothing.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from queue import Empty, Queue
from threading import Event
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Call, Channel, Part, Receipt
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable, Unsupported
from integrations.wire import deadline
from models.database import Clock
from models.delivery import State
from models.post import Post
from models.reason import Reason, because
from tasks.delivery import rows
from tasks.delivery.jobs import Job, Line, Tally, Terms, pairs, part_row, take_up
from tasks.delivery.keys import provider_key
from tasks.delivery.rows import Claim, Outcome
from tasks.delivery.troubles import HALF_OUT, NO_TIME_LEFT, NOT_OPENED, NOT_PLANNED, OUR_FAULT
from tasks.recovery import rows as recovery

log = logging.getLogger("otdel.delivery")

TURN_SECONDS = 0.25
TOGETHER_SECONDS = 0.004
DATABASE_PATIENCE_SECONDS = 60.0
DEFAULT_TERMS = Terms()

Landed = list[tuple[Job, Outcome]]
T = TypeVar("T")


class Contents(Protocol):
    """Loads what goes out, by delivery id, for many rows at once; a row without content is left out."""

    def __call__(self, session: Session, claims: Sequence[Claim]) -> dict[int, Post]: ...


class Engine:
    """Delivers what is due of one kind.

    `provider_of` raises a Failure for an account that cannot be used; `cancelled_runs` says which of these Prefect
    runs were cancelled; `is_quiet` says whether an account is in its quiet hours now.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        clock: Clock,
        provider_of: Callable[[str], Channel],
        contents: Contents,
        kind: str,
        worker: str,
        *,
        cancelled_runs: Callable[[set[str]], set[str]] = lambda runs: set(),
        is_quiet: Callable[[str], bool] = lambda account: False,
        stop: Event | None = None,
        terms: Terms = DEFAULT_TERMS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.sessions, self.clock, self.provider_of, self.contents = sessions, clock, provider_of, contents
        self.kind, self.worker, self.terms, self.now = kind, worker, terms, now
        self.cancelled_runs, self.is_quiet = cancelled_runs, is_quiet
        self.stop = stop or Event()
        self.tally = Tally()
        self._lines: dict[str, Line] = {}
        # No SimpleQueue: in CPython 3.11 a wait of it that is woken just as it ends never ends (2026-11-22).
        self._landed: Queue[tuple[Job, Outcome]] = Queue()
        self._in_hand: Landed = []
        self._to_open: list[str] = []
        self._closed: list[tuple[str, Failure]] = []
        self._cancelled: set[str] = set()
        self._upkeep_at = 0.0
        self._found = 0

    def run(self, budget: timedelta = timedelta(seconds=110)) -> Tally:
        """Work until nothing is due, the budget is spent or the stop signal is given; calls in the air are awaited."""
        ends_at = self.now() + budget.total_seconds()
        with ThreadPoolExecutor(max_workers=64, thread_name_prefix="delivery") as pool:
            try:
                return self._work(pool, ends_at)
            except BaseException:
                pool.shutdown(wait=True)
                self._salvage()
                raise

    def _work(self, pool: ThreadPoolExecutor, ends_at: float) -> Tally:
        """Turn by turn. It ends where the accounts of a look are open and nothing of theirs can go: nothing is due,
        or a Stop or quiet hours hold it."""
        looked = False
        while True:
            started_at = self.now()
            closing = self.stop.is_set() or started_at >= ends_at
            upkeep = not closing and started_at >= self._upkeep_at
            self._cancelled = self._ask_for_cancelled() if upkeep else set()
            self._found = 0
            departing = self._patiently(partial(self._turn, upkeep=upkeep, closing=closing))
            self._in_hand, self._closed = [], []
            self._launch(pool, departing, started_at)
            if not self._is_busy() and (closing or (looked and not self._found)):
                return self.tally
            self._open_lines()
            looked = upkeep
            if not self._is_busy() and not looked:
                self._upkeep_at = 0.0  # one more look before going home
            self._gather()

    def _salvage(self) -> None:
        """The turn cannot be made, whatever the error: write down at least what became of the calls."""
        self._take_landed()
        try:
            with self.sessions.begin() as session:
                self._settle(session)
        except Exception:
            log.exception("%s outcomes could not be written down; their rows will be unknown", len(self._in_hand))

    def _patiently(self, act: Callable[[Session], T]) -> T:
        """In one transaction; a database that is away for a moment is waited for, because outcomes must not be lost."""
        patience = self.now() + DATABASE_PATIENCE_SECONDS
        while True:
            try:
                with self.sessions.begin() as session:
                    return act(session)
            except OperationalError:
                if self.now() > patience:
                    raise
                log.warning("the database does not answer; trying again")
                self.stop.wait(TURN_SECONDS)

    def _ask_for_cancelled(self) -> set[str]:
        """Between two transactions too, and with nothing in hand: whoever knows the runs may be long in answering."""

        def look(session: Session) -> set[str]:
            self._settle(session)
            return recovery.announced_runs(session, self.clock, self.kind, self.terms.upkeep)

        runs = self._patiently(look)
        return self.cancelled_runs(runs) if runs else set()

    def _settle(self, session: Session) -> None:
        """Write down what became of the calls in hand; to do it twice changes nothing."""
        rows.settle(session, self.clock, [outcome for _, outcome in self._in_hand])

    def _turn(self, session: Session, upkeep: bool, closing: bool) -> list[Job]:
        self._settle(session)
        for job, outcome in self._in_hand:
            self._heed(session, self._lines[job.claim.account], outcome)
        for account, failure in self._closed:
            self._set_aside(session, account, failure)
        if upkeep:
            self._keep_up(session)
        for line in self._lines.values():
            if closing:
                rows.release(session, pairs(line.give_back()))
            elif line.wants:
                self._claim(session, line)
        return self._intend(session)

    def _intend(self, session: Session) -> list[Job]:
        """Write the intents of the calls that may start; what is no longer ours is given back, and no call is made."""
        wanted = [job for line in self._lines.values() for job in line.departures(self.now())]
        if not wanted:
            return []
        timeout = max(line.capabilities.call_timeout for line in self._lines.values())
        asked = [job.intention() for job in wanted]
        won = rows.write_intents(session, self.clock, asked, self.terms.lease, timeout)
        rows.release(session, pairs([job for job in wanted if job.claim.id not in won]))
        return [job for job in wanted if job.claim.id in won]

    def _heed(self, session: Session, line: Line, outcome: Outcome) -> None:
        """Slow down when the provider says "not now"."""
        line.failures = line.failures + 1 if outcome.state is State.PLANNED else 0
        if outcome.state is State.PLANNED and line.needs_pause(outcome):
            line.free_at = self.now() + outcome.retry_in.total_seconds()
            rows.pause_account(session, self.clock, line.account, outcome.retry_in, outcome.reason)
            rows.release(session, pairs(line.give_back()))

    def _keep_up(self, session: Session) -> None:
        """Orders from outside, expired leases, lateness; then see which accounts have something due."""
        self._upkeep_at = self.now() + self.terms.upkeep.total_seconds()
        recovery.obey_cancelled_runs(session, self._cancelled)
        recovery.expire(session, self.clock)
        self.tally.counts[State.HELD] += recovery.apply_lateness(session, self.clock, self.kind)
        due = rows.due_accounts(session, self.clock, self.kind)
        self._to_open = [account for account, paused_until in due.items() if paused_until is None]

    def _open_lines(self) -> None:
        """Between two transactions: opening an account may ask somebody else for its credentials."""
        for account in self._to_open:
            try:
                line = self._lines.get(account) or self._new_line(account)
            except Failure as failure:
                self._closed.append((account, failure))
            except Exception as error:  # an account of whose settings nobody thought: said, and the others go on
                log.exception("account %s cannot be opened; the others go on", account)
                reason = because(NOT_OPENED, code="internal", detail=type(error).__name__)
                self._closed.append((account, Refused(reason)))
            else:
                self._lines[account] = line
                line.more = True
        self._to_open = []

    def _set_aside(self, session: Session, account: str, failure: Failure) -> None:
        """Not now is waited for; anything else holds the account's rows until a person has mended it."""
        if isinstance(failure, Unavailable):
            wait = self.terms.wait(0, failure.retry_after)
            rows.pause_account(session, self.clock, account, wait, failure.reason)
        else:
            held = recovery.hold_account(session, self.clock, self.kind, account, failure.reason)
            self.tally.counts[State.HELD] += held

    def _new_line(self, account: str) -> Line:
        provider = self.provider_of(account)
        return Line(account, provider, provider.capabilities.connections * self.terms.buffer_per_connection)

    def _claim(self, session: Session, line: Line) -> None:
        wanted, quiet = line.wants, self.is_quiet(line.account)
        claims = rows.claim(session, self.clock, self.kind, self.worker, line.account, wanted, self.terms.lease, quiet)
        line.more, self._found = len(claims) == wanted, self._found + len(claims)
        posts = self.contents(session, claims)
        plans = {c.id: plan for c in claims if c.id in posts and (plan := self._plan(line, c, posts[c.id]))}
        recovery.hold_without_content(session, [(c.id, c.token) for c in claims if c.id not in posts])
        unplanned = [(c.id, c.token) for c in claims if c.id in posts and c.id not in plans]
        recovery.hold_without_content(session, unplanned, because(NOT_PLANNED, code="internal"))
        several = {id: plan for id, plan in plans.items() if len(plan) > 1}
        rows.mark_repeatable(session, [id for id, plan in plans.items() if len(plan) == 1 and plan[0].repeatable])
        rows.write_parts(
            session, [part_row(id, n, part) for id, plan in several.items() for n, part in enumerate(plan)]
        )
        parts = rows.parts_of(session, list(several))
        ready = [c for c in claims if c.id in plans]
        line.waiting.extend(take_up(c, posts[c.id], plans[c.id], parts.get(c.id, [])) for c in ready)

    @staticmethod
    def _plan(line: Line, claim: Claim, post: Post) -> tuple[Part, ...]:
        """The calls it takes; none where the provider cannot say, and then only this row waits for a person."""
        try:
            return line.provider.parts(claim.verb, post)
        except Exception:
            log.exception("delivery %s: no plan of its parts", claim.id)
            return ()

    def _launch(self, pool: ThreadPoolExecutor, jobs: list[Job], started_at: float) -> None:
        for job in jobs:
            line = self._lines[job.claim.account]
            line.in_the_air += 1
            line.free_at = max(line.free_at, started_at + line.capabilities.min_interval.total_seconds())
            pool.submit(self._fly, line, job, started_at)

    def _fly(self, line: Line, job: Job, started_at: float) -> None:
        try:
            outcome = self._call(line, job, started_at)
        except BaseException as error:  # whatever it was, the call may have been made: never lost, never repeated
            log.exception("delivery %s: unexpected %s", job.claim.id, type(error).__name__)
            outcome = self._doubt(job, because(OUR_FAULT, code="internal", detail=type(error).__name__))
        self._landed.put((job, outcome))

    def _call(self, line: Line, job: Job, started_at: float) -> Outcome:
        """Make the call. Its time runs from the intent, so a process that was frozen in between makes none."""
        claim = job.claim
        key = provider_key(claim.key, job.part_name, claim.generation)
        call = Call(claim.verb, job.part_name, key, job.post, claim.base_remote_id, job.done, claim.first_intent_at)
        left = started_at + line.capabilities.call_timeout.total_seconds() - self.now()
        try:
            if left <= 0:
                raise Unavailable(because(NO_TIME_LEFT, code="no_time"))
            with deadline(timedelta(seconds=left), self.now):
                return self._delivered(job, line.provider.act(call))
        except (Refused, Unsupported) as no:
            return self._refused(job, no.reason)
        except Unavailable as later:
            wait, pause = self.terms.wait(claim.attempts, later.retry_after), later.retry_after is not None
            return self._outcome(job, State.PLANNED, reason=later.reason, retry_in=wait, pause=pause)
        except OutcomeUnknown as unknown:
            return self._doubt(job, unknown.reason)

    def _delivered(self, job: Job, receipt: Receipt) -> Outcome:
        said = {"remote_id": receipt.remote_id, "url": receipt.url, "detail": receipt.detail}
        return self._outcome(job, State.SENT, final=job.at_last_part, **said)

    def _refused(self, job: Job, reason: Reason) -> Outcome:
        if job.begun:
            reason = because(HALF_OUT, code=reason.code, reason=str(reason), out=job.out, total=len(job.parts))
        return self._outcome(job, State.REJECTED, reason=reason)

    def _doubt(self, job: Job, reason: Reason) -> Outcome:
        """Don't know; where a second call does no harm, that is only "not now"."""
        if job.harmless:
            return self._outcome(job, State.PLANNED, reason=reason, retry_in=self.terms.wait(job.claim.attempts, None))
        return self._outcome(job, State.UNKNOWN, reason=reason)

    @staticmethod
    def _outcome(job: Job, state: State, **said: Any) -> Outcome:
        return Outcome(job.claim.id, job.claim.token, state, job.part.ordinal if job.part else None, **said)

    def _gather(self) -> None:
        """Wait for a call to come back, or for a line to be free again; a few settled together cost hardly more."""
        with suppress(Empty):
            self._keep(self._landed.get(timeout=self._patience()))
            ends_at, half = self.now() + TOGETHER_SECONDS, sum(line.in_the_air for line in self._lines.values()) / 2
            while len(self._in_hand) < half:
                self._keep(self._landed.get(timeout=max(0.0, ends_at - self.now())))
        self._take_landed()

    def _take_landed(self) -> None:
        with suppress(Empty):
            while True:
                self._keep(self._landed.get_nowait())

    def _keep(self, landed: tuple[Job, Outcome]) -> None:
        self._in_hand.append(landed)
        self._land(*landed)

    def _land(self, job: Job, outcome: Outcome) -> None:
        line, part = self._lines[job.claim.account], job.part
        line.in_the_air -= 1
        self.tally.add(outcome)
        if part is not None and outcome.state is State.SENT:
            part.state = State.SENT
            job.done[part.name] = outcome.detail
            if not outcome.final:
                line.waiting.appendleft(job)

    def _patience(self) -> float:
        if self._closed or any(line.wants for line in self._lines.values()):
            return 0.001
        waiting = [line for line in self._lines.values() if line.waiting]
        free = [line.free_at - self.now() for line in waiting if line.in_the_air < line.capabilities.connections]
        return max(0.001, min([TURN_SECONDS, *free])) if self._is_busy() else 0.001

    def _is_busy(self) -> bool:
        return any(line.in_the_air or line.waiting for line in self._lines.values())
