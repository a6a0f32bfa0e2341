"""The look at what is live: each publication against what was approved. It knows no Prefect and may be killed anywhere.

Looks are taken in batches; between taking and settling nothing is written, so a look that was cut short is simply
taken again when its lease is over.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Live, Presence
from integrations.errors import Failure, Refused, Unavailable, Unsupported
from models.content import fingerprint
from models.database import Clock
from models.reason import Reason
from tasks.control import rows
from tasks.control.addresses import is_dead, said, to_open
from tasks.control.compare import Difference, compare, dead_link, seen_hash
from tasks.control.rows import Letters, Look
from tasks.watching import rows as watching
from tasks.watching.engine import Asker, is_closed
from tasks.watching.letter import Letter
from tasks.watching.placed import LIVE, Placed, Taken

log = logging.getLogger("otdel.control")

BATCH = 20
LEASE = timedelta(minutes=10)
LATER = timedelta(minutes=10)
REFUSED_LATER = timedelta(hours=1)
CLOSED_LATER = timedelta(days=1)
BUDGET = timedelta(seconds=90)

Blind = Callable[[str, Reason], list[Letter]]


class Control:
    """Looks at everything due. `opens` raises the failure of an address; `letters` are the questions it asks people,
    `blind` what it says once of a channel that shows nothing."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        clock: Clock,
        asker: Asker,
        opens: Callable[[str], object],
        letters: Letters,
        blind: Blind,
        public_url: str = "",
        now: Callable[[], float] = time.time,
        budget: timedelta = BUDGET,
    ) -> None:
        self.sessions, self.clock, self.asker, self.opens = sessions, clock, asker, opens
        self.letters, self.blind, self.public_url = letters, blind, public_url
        self.now, self.budget = now, budget
        self.counts: Counter[str] = Counter()
        self.troubles: dict[str, Reason] = {}
        self._blind: dict[str, Reason] = {}
        self._dead: dict[str, str] = {}

    def run(self) -> Counter[str]:
        """Look until nothing is due or the budget is spent; counts "seen", "later" and "asked"."""
        ends_at = self.now() + self.budget.total_seconds()
        with self.sessions.begin() as session:
            watching.watch_new(session)
        while self.now() < ends_at and (taken := self._take()).placed:
            self._settle(taken, self._looks(taken, ends_at))
        return self.counts

    def look_at(self, delivery_id: int) -> Look | None:
        """What one publication looks like at this moment; nothing is written down."""
        with self.sessions() as session:
            found = watching.placed(session, [delivery_id])
            targets = rows.targets(session, {placed.subject_id for placed in found})
        return self._look(found[0], targets) if found else None

    def _take(self) -> Taken:
        with self.sessions.begin() as session:
            return watching.take(session, self.clock, LIVE, BATCH, LEASE)

    def _looks(self, taken: Taken, ends_at: float) -> list[Look]:
        with self.sessions() as session:
            targets = rows.targets(session, {placed.subject_id for placed in taken.placed})
        return [self._look(placed, targets) for placed in taken.placed if self.now() < ends_at]

    def _settle(self, taken: Taken, looks: Sequence[Look]) -> None:
        with self.sessions.begin() as session:
            asked = rows.settle(session, self.clock, taken, looks, self.letters)
            blind = [letter for account, why in self._blind.items() for letter in self.blind(account, why)]
            watching.send(session, self.clock, blind)
        self.counts.update(asked=asked, seen=sum(bool(look.seen) for look in looks))

    def _look(self, placed: Placed, targets: Mapping[str, str]) -> Look:
        if placed.is_removed or placed.post is None:
            return Look(placed)
        if placed.is_changing:
            return Look(placed, wait=LATER)
        try:
            live = self.asker.ask(placed.account, lambda channel: channel.observe(placed.remote_id, placed.detail))
        except Unsupported as cannot:
            self._blind[placed.account] = cannot.reason
            return Look(placed)
        except Failure as failure:
            return self._not_now(placed, failure)
        except Exception:  # whatever it was, the other publications are looked at
            log.exception("delivery %s: it could not be looked at", placed.id)
            return Look(placed, wait=REFUSED_LATER)
        return self._compared(placed, live, targets)

    def _not_now(self, placed: Placed, failure: Failure) -> Look:
        """Look again later; only of a channel that should have answered is it said."""
        if is_closed(failure):
            return Look(placed, wait=CLOSED_LATER)
        self.troubles[placed.account] = failure.reason
        self.counts["later"] += 1
        return Look(placed, wait=_wait(failure))

    def _compared(self, placed: Placed, live: Live, targets: Mapping[str, str]) -> Look:
        assert placed.post is not None
        dead: list[Difference] = []
        if live.presence is Presence.LIVE:
            dead = [dead_link(url, answer) for url, answer in self._dead_links(placed, targets).items()]
        seen = seen_hash(live)
        if dead:
            seen = fingerprint([seen, sorted(difference.approved for difference in dead)])
        source = self.asker.provider(placed.account).name
        return Look(placed, seen, source, (*compare(placed.post, live), *dead))

    def _dead_links(self, placed: Placed, targets: Mapping[str, str]) -> dict[str, str]:
        """The addresses of the post that do not open, with what came instead; each is opened once in a run."""
        assert placed.post is not None
        wanted = to_open(placed.post, targets, self.public_url)
        for target in wanted.values():
            if target not in self._dead:
                self._dead[target] = self._answer_of(target)
        return {url: self._dead[target] for url, target in wanted.items() if self._dead[target]}

    def _answer_of(self, address: str) -> str:
        try:
            self.opens(address)
        except Failure as failure:
            return said(failure) if is_dead(failure) else ""
        return ""


def _wait(failure: Failure) -> timedelta:
    if isinstance(failure, Unavailable):
        return max(failure.retry_after or LATER, LATER)
    return REFUSED_LATER if isinstance(failure, Refused) else LATER
