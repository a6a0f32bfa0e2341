"""What the sender of letters is told, keeps and says. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from models.delivery import State
from models.letters import Answer, Ground, Holds, Letter
from models.reason import Reason
from tasks.mailing.pace import GIVE_UP_AFTER, rest, retry
from tasks.mailing.shelf import Ready


@dataclass(frozen=True, slots=True)
class Going:
    """A mailing that letters may go out of now."""

    id: int
    key: str
    ground: Ground
    campaign: str
    hours: str
    approved_hash: str
    resend_unknown: bool

    def shifts(self, usual: Sequence[str]) -> Sequence[str]:
        """Its own hours, else those of the mailer, which are advertising's: what serves somebody goes at any hour."""
        if self.hours:
            return self.hours.split(";")
        return usual if self.ground == Ground.ADVERTISING else ()


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that may go now, and whom it is to."""

    id: int
    mailing_id: int
    customer_id: int
    kind: str
    occasion: str
    variant: str
    domain: str
    zone: str
    generation: int
    attempts: int
    written: str = field(repr=False)
    print: str
    person: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a letter, as the ledger keeps it. `is_free`: not by its own fault, so the try does not count."""

    id: int
    state: State
    remote_id: str = ""
    why: str = ""
    pieces: int = 0
    retry_in: timedelta | None = None
    is_free: bool = False


Wait = Callable[[int, timedelta | None], timedelta]


@dataclass(frozen=True)
class Terms:
    """`lease` is how long the account is ours without a sign of life; nothing is sent in its last `margin`.

    `allowance` is how much later another may take it: clocks differ, and calls end. `retry` and `rest` say how long a
    letter, and a domain or the account, waits after so many a "not now".
    """

    lease: timedelta = timedelta(seconds=60)
    margin: timedelta = timedelta(seconds=10)
    allowance: timedelta = timedelta(seconds=20)
    retry: Wait = retry
    rest: Wait = rest

    def wait(self, answer: Answer, ready: Ready, refusals: Mapping[str, int]) -> timedelta:
        """How long until a letter is tried again; `refusals` are those in a row, by domain and of the account ("")."""
        if is_its_own(answer, ready):
            return self.retry(ready.attempts, answer.retry_after)
        return self.rest(refusals.get(ready.domain if answer.holds is Holds.DOMAIN else "", 0), answer.retry_after)


TERMS = Terms()
# Why a letter that cannot be written never will be; any other is held until a person has looked.
NEVER = frozenset({"cap", "coupon_used"})


@dataclass
class Tally:
    """What a run came to. `is_over`: nothing is due any more; `why` says what holds the account, if something does."""

    states: Counter[str] = field(default_factory=Counter)
    orphaned: int = 0
    is_busy: bool = False
    is_over: bool = False
    why: Reason | None = None

    @property
    def sent(self) -> int:
        return self.states[State.SENT]


class Renderer(Protocol):
    """Writes the letters of a mailing, or says why one cannot be written: each row, with its mark, one answer in turn.

    A letter's key is `tasks.returns.marks.letter_key` of its mark and generation.
    """

    def __call__(self, mailing: Going, due: Sequence[tuple[Due, str]]) -> Sequence[Letter | Reason]: ...


@dataclass
class Turn:
    """What one transaction came to: whose intents are written. `is_stale`: something has changed, look anew."""

    may: set[int] = field(default_factory=set)
    cancelled: int = 0
    is_stale: bool = False


@dataclass
class Chores:
    """What a look has found that must be written: letters that cannot be written, zones whose day is over."""

    dropped: list[tuple[State, str, list[int]]] = field(default_factory=list)
    postponed: list[tuple[int, str, datetime]] = field(default_factory=list)

    def drop(self, state: State, why: str, ids: Sequence[int]) -> None:
        """Those that end in the same way are written down together."""
        for one in self.dropped:
            if one[:2] == (state, why):
                one[2].extend(ids)
                return
        self.dropped.append((state, why, list(ids)))

    @property
    def held(self) -> Counter[str]:
        found = Counter[str]()
        for state, _, ids in self.dropped:
            found[state] += len(ids)
        return found


def as_it_counts(answer: Answer) -> Answer:
    """A refusal of the sender, or of the whole account, is not the letter's: it waits until that is mended."""
    is_ours = answer.state is State.REJECTED and answer.holds is Holds.ACCOUNT
    return replace(answer, state=State.PLANNED) if is_ours else answer


def ends_it(answer: Answer) -> bool:
    """Whether nothing more can be sent by this account for now."""
    return answer.state is State.PLANNED and answer.holds is Holds.ACCOUNT


def is_its_own(answer: Answer, ready: Ready) -> bool:
    """Whether "not now" is this letter's alone; so it is too where nobody counts its domain, which cannot rest."""
    return answer.holds is Holds.LETTER or (answer.holds is Holds.DOMAIN and not ready.domain)


def gone_to(answer: Answer, ready: Ready) -> tuple[str, ...]:
    """What a letter that went out is counted by: all of the account ("") and its domain, where that has a count."""
    return () if answer.state is not State.SENT else ("", ready.domain) if ready.domain else ("",)


def landed(answer: Answer, ready: Ready, wait: timedelta) -> Landed:
    """What the ledger keeps of an answer; after `GIVE_UP_AFTER` tries "not now" is "no"."""
    is_free = not is_its_own(answer, ready)
    if answer.state is State.PLANNED and not is_free and ready.attempts >= GIVE_UP_AFTER:
        return Landed(answer.id, State.REJECTED, why=f"given_up {answer.reason.code}")
    retry_in = wait if answer.state is State.PLANNED else None
    return Landed(answer.id, answer.state, answer.remote_id, answer.reason.code, answer.pieces, retry_in, is_free)
