"""What the engine holds in its hands: its terms, its tally, jobs and lines. Pure."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from integrations.channels.base import Capabilities, Channel, Part
from models.delivery import PartRow, State
from models.post import Post
from tasks.delivery.backoff import backoff
from tasks.delivery.rows import Claim, Intention, Outcome

FAILURES_BEFORE_PAUSE = 3


@dataclass(frozen=True)
class Terms:
    """The engine's numbers: a lease outlives a call by far, `allowance` is what two machines' clocks may differ."""

    lease: timedelta = timedelta(seconds=120)
    longest_call: timedelta = timedelta(seconds=30)
    allowance: timedelta = timedelta(seconds=10)
    buffer_per_connection: int = 8
    upkeep: timedelta = timedelta(seconds=1)
    wait: Callable[[int, timedelta | None], timedelta] = backoff


@dataclass
class Tally:
    """What a run did: outcomes by state, and the rows that need a person."""

    counts: Counter[State] = field(default_factory=Counter)
    troubled: list[int] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        if outcome.final or outcome.state is not State.SENT:
            self.counts[outcome.state] += 1
        if outcome.state in (State.REJECTED, State.UNKNOWN):
            self.troubled.append(outcome.id)


@dataclass
class Job:
    """A claimed delivery: its content, and its parts as far as they are out."""

    claim: Claim
    post: Post
    plan: tuple[Part, ...]
    parts: list[PartRow]
    done: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def part(self) -> PartRow | None:
        return next((part for part in self.parts if part.state != State.SENT), None)

    @property
    def part_name(self) -> str:
        return self.part.name if self.part else self.plan[0].name

    @property
    def out(self) -> int:
        return sum(part.state == State.SENT for part in self.parts)

    @property
    def begun(self) -> bool:
        """A part that cannot be made twice is out: the rest belongs to it and is not held by a Stop."""
        return any(part.state == State.SENT and not part.repeatable for part in self.parts)

    @property
    def harmless(self) -> bool:
        """A second call of the part at hand would do no harm."""
        return self.part.repeatable if self.part else self.plan[0].repeatable

    @property
    def at_last_part(self) -> bool:
        return self.out >= len(self.parts) - 1

    def intention(self) -> Intention:
        part = self.part
        return Intention(self.claim.id, self.claim.token, part.ordinal if part else None, self.begun)


def take_up(claim: Claim, post: Post, plan: tuple[Part, ...], parts: list[PartRow]) -> Job:
    """Begin a claim, or go on where another process left it: parts that are out stay out."""
    done = {part.name: part.detail for part in parts if part.state == State.SENT}
    return Job(claim, post, plan, parts, done={"base": claim.base_detail} | done)


def part_row(delivery_id: int, ordinal: int, part: Part) -> dict[str, Any]:
    """A part as it is inserted."""
    return {
        "delivery_id": delivery_id, "ordinal": ordinal, "name": part.name, "repeatable": part.repeatable,
        "state": State.PLANNED, "remote_id": "", "url": "", "detail": {},
    }  # fmt: skip


@dataclass
class Line:
    """One account: its provider, what waits, what is in the air, its pace, and whether more is due."""

    account: str
    provider: Channel
    depth: int
    waiting: deque[Job] = field(default_factory=deque)
    in_the_air: int = 0
    free_at: float = 0.0
    failures: int = 0
    more: bool = True

    @property
    def capabilities(self) -> Capabilities:
        return self.provider.capabilities

    @property
    def wants(self) -> int:
        """How many rows to claim now: none until half of the buffer is used up."""
        return self.depth - len(self.waiting) if self.more and len(self.waiting) * 2 <= self.depth else 0

    def departures(self, now: float) -> list[Job]:
        """Take the jobs whose calls may start now."""
        free = self.capabilities.connections - self.in_the_air
        room = 0 if now < self.free_at else min(free, 1) if self.capabilities.min_interval else free
        return [self.waiting.popleft() for _ in range(min(room, len(self.waiting)))]

    def give_back(self) -> list[Job]:
        jobs = list(self.waiting)
        self.waiting.clear()
        self.more = False
        return jobs

    def needs_pause(self, outcome: Outcome) -> bool:
        """The provider named a time, or failed several times in a row."""
        return outcome.pause or self.failures >= FAILURES_BEFORE_PAUSE


def pairs(jobs: Sequence[Job]) -> list[tuple[int, int]]:
    """The jobs' rows as (id, token)."""
    return [(job.claim.id, job.claim.token) for job in jobs]
