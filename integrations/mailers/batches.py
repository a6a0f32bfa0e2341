"""A line over calls that each take a handful of letters: a few threads, and a window no larger than what they hold.

A call that was refused whole for something in one of its letters is halved until that letter stands alone: a 4xx
proves that nothing was taken, so asking again is safe.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from threading import Condition, Thread

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.base import MailerCapabilities, MailerLimits
from integrations.mailers.filling import unfit, weight
from integrations.wire import CallState, deadline
from models.delivery import State
from models.letters import Answer, Holds, Letter, LetterForm
from models.locale import mark
from models.reason import Reason, because

LATE = mark("There was no time left to send it in this round. It will be sent in the next one.")
CLOSED = mark("Sending was stopped before its turn came. It will be sent later.")
CUT_OFF = mark("Sending was stopped while it was on its way. It may have gone out.")
NO_ANSWER = mark("The provider said nothing of this letter. It may have gone out.")
BROKEN = mark("Something went wrong while it was sent ({detail}). It may have gone out.")
ANOTHER_TIME = mark("It was refused together with others for one of them. It will be sent apart from them.")
PROBES = 5  # how many letters of a refused call are asked for alone before its form is blamed
CALLS_APART = 40  # how many calls one refused call may be split into before the rest waits for the next round

Take = Callable[[Sequence[Letter]], list[Answer]]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Unfit(Refused):
    """The whole call was refused and nothing of it taken: for one of its letters, or for the form that they share.

    `of_letter`: certainly for one of them. `gone`: for an address that cannot exist.
    """

    def __init__(self, reason: Reason, of_letter: bool = False, gone: bool = False) -> None:
        super().__init__(reason)
        self.of_letter, self.gone = of_letter, gone


@dataclass(frozen=True)
class Packing:
    """What may go into one call: so many letters of one form, each address once, so many bytes of values."""

    per_call: int = 1
    bytes_max: int = 8_000_000
    alone: Callable[[Letter], bool] = lambda letter: False

    def packed(self, letters: Sequence[Letter]) -> Iterator[list[Letter]]:
        """The letters in calls, in their order as far as that goes."""
        open_calls: dict[LetterForm, _Call] = {}
        for letter in letters:
            if self.per_call == 1 or self.alone(letter):
                yield [letter]
                continue
            call = open_calls.get(letter.form)
            if call is None or not call.takes(letter, self):
                if call is not None:
                    yield call.letters
                call = open_calls[letter.form] = _Call()
            call.add(letter)
        yield from (call.letters for call in open_calls.values())


@dataclass
class _Call:
    letters: list[Letter] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    bytes: int = 0

    def takes(self, letter: Letter, packing: Packing) -> bool:
        fits = len(self.letters) < packing.per_call and self.bytes + weight(letter) <= packing.bytes_max
        return fits and letter.to.casefold() not in self.addresses

    def add(self, letter: Letter) -> None:
        self.letters.append(letter)
        self.addresses.add(letter.to.casefold())
        self.bytes += weight(letter)


@dataclass
class _Apart:
    """How far the halving of one refused call may go, and whether its form was suspected already."""

    calls: int = CALLS_APART
    is_probed: bool = False


class Batches:
    """A line. `take` makes one call and answers for its letters; what it raises is the answer for all of them."""

    def __init__(
        self,
        take: Take,
        limits: MailerLimits,
        capabilities: MailerCapabilities,
        now: Callable[[], datetime] = utc_now,
        packing: Packing | None = None,
    ) -> None:
        self._take, self._limits, self._able, self._now = take, limits, capabilities, now
        self._packing = packing or Packing(limits.recipients_per_call)
        self._size = 1
        self._calls: SimpleQueue[tuple[list[Letter], datetime] | None] = SimpleQueue()
        self._lock = Condition()
        self._flying: dict[int, Letter] = {}
        self._begun: set[int] = set()
        self._done: list[Answer] = []
        self._running: list[CallState] = []
        self._threads: list[Thread] = []
        self._closed = False

    def room(self) -> int:
        """Calls times letters in a call. That starts with one and grows with the calls that letters really make:
        where each needs a call of its own, no more are taken than there are connections."""
        with self._lock:
            return 0 if self._closed else max(0, self._able.connections * self._size - len(self._flying))

    def post(self, letters: Sequence[Letter], until: datetime) -> None:
        with self._lock:
            if self._closed:
                closed = because(CLOSED, code="closed")
                self._done += [Answer(letter.id, State.PLANNED, reason=closed) for letter in letters]
                return
            fit = [letter for letter in letters if not self._refuse_unfit(letter)]
            self._flying |= {letter.id: letter for letter in fit}
            calls = list(self._packing.packed(fit))
            self._size = self._next_size(calls)
            self._lock.notify_all()
        for call in calls:
            self._calls.put((call, until))
        self._staff(len(calls))

    def _next_size(self, calls: Sequence[Sequence[Letter]]) -> int:
        """How many letters a call may be reckoned with: fewer where calls had to queue, more where they were full."""
        longest = max(map(len, calls), default=1)
        if len(calls) > self._able.connections:
            return max(1, sum(map(len, calls)) // len(calls))
        return min(self._packing.per_call, max(self._size, 2 * longest if longest > 1 else 1))

    def _refuse_unfit(self, letter: Letter) -> bool:
        reason = unfit(letter, self._limits, self._able.kind)
        if reason:
            self._done.append(Answer(letter.id, State.REJECTED, reason=reason, gone=reason.code == "address"))
        return bool(reason)

    def answers(self, patience: timedelta) -> list[Answer]:
        with self._lock:
            self._lock.wait_for(lambda: self._done or not self._flying, patience.total_seconds())
            return self._taken()

    def _taken(self) -> list[Answer]:
        done, self._done = self._done, []
        return done

    def close(self) -> list[Answer]:
        """What has begun may have gone out, and not a byte more of it leaves; what has not begun is planned again."""
        with self._lock:
            self._closed = True
            for call in list(self._running):
                call.ends_at = 0
            for id in self._flying:
                state, reason = (State.UNKNOWN, CUT_OFF) if id in self._begun else (State.PLANNED, CLOSED)
                self._done.append(Answer(id, state, reason=because(reason, code="closed")))
            self._flying.clear()
            self._lock.notify_all()
            threads, self._threads = self._threads, []
        for _ in threads:
            self._calls.put(None)
        with self._lock:
            return self._taken()

    # in the threads

    def _staff(self, calls: int) -> None:
        while len(self._threads) < min(self._able.connections, calls):
            thread = Thread(target=self._work, name=f"mailer-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (task := self._calls.get()) is not None:
            letters, until = task
            with self._lock:
                letters = [letter for letter in letters if letter.id in self._flying]
                self._begun |= {letter.id for letter in letters}
            if not letters:
                continue
            for answer in self._tried(letters, until, _Apart()):
                self._settle(answer)

    def _settle(self, answer: Answer) -> None:
        with self._lock:
            if self._flying.pop(answer.id, None) is not None:
                self._begun.discard(answer.id)
                self._done.append(answer)
                self._lock.notify_all()

    def _tried(self, letters: Sequence[Letter], until: datetime, apart: _Apart) -> Iterator[Answer]:
        left = until - self._now()
        if self._closed or left <= timedelta(0):
            reason = because(LATE, code="late")
            yield from (Answer(letter.id, State.PLANNED, reason=reason) for letter in letters)
            return
        try:
            yield from complete(letters, self._called(letters, min(left, self._able.call_timeout)))
        except Unfit as no:
            yield from self._split(letters, no, until, apart)
        except Failure as failure:
            yield from (answered(letter, failure) for letter in letters)
        except Exception as error:  # a fault of ours must not cost an answer
            reason = because(BROKEN, code="broken", detail=type(error).__name__)
            yield from (Answer(letter.id, State.UNKNOWN, reason=reason) for letter in letters)

    def _called(self, letters: Sequence[Letter], within: timedelta) -> list[Answer]:
        with deadline(within, lambda: self._now().timestamp()) as state:
            with self._lock:
                if self._closed:
                    raise Unavailable(because(CLOSED, code="closed"))
                self._running.append(state)
            try:
                return self._take(letters)
            finally:
                self._running.remove(state)

    def _split(self, letters: Sequence[Letter], no: Unfit, until: datetime, apart: _Apart) -> Iterator[Answer]:
        if len(letters) == 1:
            yield Answer(letters[0].id, State.REJECTED, reason=no.reason, gone=no.gone)
        elif no.of_letter or apart.is_probed:
            half = len(letters) // 2
            yield from self._parts((letters[:half], letters[half:]), until, apart)
        else:
            apart.is_probed = True
            yield from self._probed(letters, no, until, apart)

    def _probed(self, letters: Sequence[Letter], no: Unfit, until: datetime, apart: _Apart) -> Iterator[Answer]:
        """Where some from all over the call are refused alone for the same, it is their form: so are all of it."""
        step = -(-len(letters) // PROBES)
        said = list(self._parts([[letter] for letter in letters[::step]], until, apart))
        yield from said
        others = [letter for place, letter in enumerate(letters) if place % step]
        if all(answer.state is State.REJECTED and answer.reason == no.reason for answer in said):
            yield from (Answer(letter.id, State.REJECTED, reason=no.reason) for letter in others)
        elif others:
            yield from self._parts([others], until, apart)

    def _parts(self, parts: Sequence[Sequence[Letter]], until: datetime, apart: _Apart) -> Iterator[Answer]:
        for part in parts:
            apart.calls -= 1
            if apart.calls < 0:
                reason = because(ANOTHER_TIME, code="apart")
                yield from (Answer(letter.id, State.PLANNED, reason=reason) for letter in part)
            else:
                yield from self._tried(part, until, apart)


def answered(letter: Letter, failure: Failure) -> Answer:
    """What a failure of the whole call means for each letter. An account that is not let in loses nothing."""
    match failure:
        case OutcomeUnknown():
            return Answer(letter.id, State.UNKNOWN, reason=failure.reason)
        case Unavailable():
            wait = failure.retry_after
            return Answer(letter.id, State.PLANNED, reason=failure.reason, retry_after=wait, holds=Holds.ACCOUNT)
        case Refused():
            return Answer(letter.id, State.PLANNED, reason=failure.reason, holds=Holds.ACCOUNT)
        case _:
            return Answer(letter.id, State.REJECTED, reason=failure.reason)


def complete(letters: Sequence[Letter], answers: Sequence[Answer]) -> list[Answer]:
    """For each letter its one answer; of whom nothing was said it is not known."""
    said = {answer.id: answer for answer in reversed(answers)}
    silence = because(NO_ANSWER, code="no_answer")
    return [said.get(letter.id) or Answer(letter.id, State.UNKNOWN, reason=silence) for letter in letters]
