"""Looking for what is unknown: the provider is asked by key or fingerprint, never guessed. It knows no Prefect."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Call, Channel, Receipt
from integrations.errors import Failure, Refused, Unsupported
from integrations.wire import deadline
from models.database import Clock
from models.delivery import State
from models.locale import mark
from models.reason import Reason, because
from tasks.delivery import rows as deliveries
from tasks.delivery.engine import Contents
from tasks.delivery.jobs import Job, Terms, take_up
from tasks.delivery.keys import provider_key
from tasks.delivery.rows import Outcome
from tasks.recovery import rows
from tasks.recovery.rows import ONLY_A_PERSON

log = logging.getLogger("otdel.recovery")

BLIND = mark("This channel cannot be asked what is out. Look at it, then say: it is out, or publish it again.")
NOT_ANSWERING = mark("The channel could not be asked yet: {detail}")
NOT_ASKED = mark("The channel could not be asked: {detail} Look at it, then say: it is out, or publish it again.")
OUR_FAULT = mark("an error of ours ({detail}).")
NO_CONTENT = mark("the version for this channel is missing.")
LOOK_AGAIN = timedelta(seconds=60)
REFUSED_AGAIN = timedelta(hours=1)
A_DAY = timedelta(days=1)
BATCH = 100
BUDGET = timedelta(seconds=60)


class Search:
    """Asks providers about unknown rows. `run()` returns (found out there, planned again, still unknown).

    What nobody can be asked about is left to a person, and no row keeps the others from being asked about.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        clock: Clock,
        provider_of: Callable[[str], Channel],
        contents: Contents,
        kind: str,
        terms: Terms,
        look_again: timedelta = LOOK_AGAIN,
        now: Callable[[], float] = time.time,
        budget: timedelta = BUDGET,
    ) -> None:
        self.sessions, self.clock, self.provider_of, self.contents = sessions, clock, provider_of, contents
        self.kind, self.terms, self.look_again = kind, terms, look_again
        self.now, self.budget = now, budget
        self._away: dict[str, Reason] = {}

    def run(self) -> tuple[int, int, int]:
        """Ask until all are asked or the budget is spent; an account that gives no answer is asked once."""
        ends_at = self.now() + self.budget.total_seconds()
        with self.sessions.begin() as session:
            jobs = self._doubtful(session)
        answers = [self._ask(job) for job in jobs if self.now() < ends_at]
        return answers.count(State.SENT), answers.count(State.PLANNED), answers.count(State.UNKNOWN)

    def _doubtful(self, session: Session) -> list[Job]:
        wait = self.terms.longest_call + self.terms.allowance
        claims = rows.doubtful(session, self.clock, self.kind, wait, BATCH)
        posts = self.contents(session, claims)
        parts = deliveries.parts_of(session, [claim.id for claim in claims])
        for claim in claims:
            if claim.id not in posts:
                reason = because(NOT_ASKED, code=ONLY_A_PERSON, detail=because(NO_CONTENT, code="no_content"))
                rows.look_again(session, self.clock, claim, A_DAY, reason)
        return [take_up(c, posts[c.id], (), parts.get(c.id, [])) for c in claims if c.id in posts]

    def _ask(self, job: Job) -> State:
        if away := self._away.get(job.claim.account):
            return self._leave(job, away, self.look_again)
        try:
            receipt = self._find(job)
        except Unsupported:
            return self._leave(job, because(BLIND, code=ONLY_A_PERSON), A_DAY)
        except Refused as no:
            return self._leave(job, because(NOT_ASKED, code=ONLY_A_PERSON, detail=str(no)), REFUSED_AGAIN)
        except Failure as failure:
            self._away[job.claim.account] = reason = because(NOT_ANSWERING, code="not_answering", detail=str(failure))
            return self._leave(job, reason, self.look_again)
        except Exception as error:  # whatever it was, the other rows are asked about
            log.exception("delivery %s: it could not be looked for", job.claim.id)
            detail = because(OUR_FAULT, code="internal", detail=type(error).__name__)
            return self._leave(job, because(NOT_ASKED, code=ONLY_A_PERSON, detail=detail), REFUSED_AGAIN)
        return self._settle(job, receipt)

    def _find(self, job: Job) -> Receipt | None:
        provider = self.provider_of(job.claim.account)
        with deadline(provider.capabilities.call_timeout):
            return provider.find(self._call(provider, job))

    def _settle(self, job: Job, receipt: Receipt | None) -> State:
        with self.sessions.begin() as session:
            if receipt is None:
                return State.PLANNED if rows.replan_absent(session, job.claim) else State.UNKNOWN
            deliveries.settle(session, self.clock, [found_out(job, receipt)])
        return State.SENT

    @staticmethod
    def _call(provider: Channel, job: Job) -> Call:
        claim = job.claim
        name = job.part.name if job.part else provider.parts(claim.verb, job.post)[0].name
        key = provider_key(claim.key, name, claim.generation)
        return Call(claim.verb, name, key, job.post, claim.base_remote_id, job.done, claim.first_intent_at)

    def _leave(self, job: Job, reason: Reason, wait: timedelta) -> State:
        with self.sessions.begin() as session:
            rows.look_again(session, self.clock, job.claim, wait, reason)
        return State.UNKNOWN


def found_out(job: Job, receipt: Receipt) -> Outcome:
    """The outcome of a part that a look-up found on the channel."""
    return Outcome(
        job.claim.id,
        job.claim.token,
        State.SENT,
        job.part.ordinal if job.part else None,
        final=job.at_last_part,
        remote_id=receipt.remote_id,
        url=receipt.url,
        detail=receipt.detail,
    )
