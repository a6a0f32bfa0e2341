"""The line to a mail server: many connections, one thread, each letter answered exactly once.

A letter of which no byte of content has left is tried once more over another connection if its own broke; after that it
is "planned". One whose content had begun is never repeated: without a final reply it is "unknown".
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from selectors import DefaultSelector

from integrations.errors import Failure, Refused, Unavailable
from integrations.mailers.smtp_dialogue import Envelope
from integrations.mailers.smtp_opening import Mode, Offers, Terms
from integrations.mailers.smtp_plug import Lost, Patience, Plug, Posted, Way
from models.delivery import State
from models.letters import Answer, Holds, Letter
from models.locale import mark
from models.reason import Reason, because

UNANSWERED = mark("The connection broke after the letter had begun. Whether the mail server took it is not known.")
TOO_LATE = mark("The letter was not begun in its time. It will be tried again.")
NO_ROOM = mark("All connections to the mail server are taken. The letter will be tried again.")
CLOSED = mark("Sending was stopped before the letter had begun. It will be tried again.")
LOOK_SECONDS = 0.25
TRIES_MAX = 2
WAIT = timedelta(minutes=1)
CAP_SECONDS = 60.0  # how long fewer connections are held after the server would not take another

Write = Callable[[Letter, Offers], Envelope]


class SmtpLine:
    """Letters out, answers in. `write` makes a letter fit for what the server offers; it raises Refused."""

    def __init__(
        self, way: Way, terms: Terms, write: Write, connections: int, letters_max: int = 0,
        patience: Patience | None = None, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.way, self.terms, self.patience, self.clock = way, terms, patience or Patience(), clock
        self._write, self._most, self._letters_max = write, connections, letters_max
        self._cap, self._cap_until = connections, 0.0
        self._selector = DefaultSelector()
        self._plugs: set[Plug] = set()
        self._idle: list[Plug] = []
        self._carrying = 0
        self._waiting: deque[Posted] = deque()
        self._done: list[Answer] = []
        self._trouble: Failure | None = None
        self._next_look, self._is_closed = 0.0, False

    # The port.

    def room(self) -> int:
        return 0 if self._is_closed else max(0, self._cap - self._carrying - len(self._waiting))

    def post(self, letters: Sequence[Letter], until: datetime) -> None:
        ends_at = until.timestamp()
        ends_at_the_latest = time.monotonic() + ends_at - self.clock()
        room = self.room()
        for letter in letters[room:]:
            self._put_off(letter, because(CLOSED if self._is_closed else NO_ROOM, code="no_room"))
        self._waiting.extend(Posted(letter, ends_at, ends_at_the_latest) for letter in letters[:room])
        if self._idle:
            self._poll(0)  # those that were closed meanwhile
        self._serve()

    def answers(self, patience: timedelta) -> list[Answer]:
        ends_at = time.monotonic() + patience.total_seconds()
        while self._carrying or self._waiting or self._done:
            now = time.monotonic()
            self._poll(0 if self._done else max(0.0, min(ends_at - now, LOOK_SECONDS)))
            self._serve()
            if self._done or now >= ends_at:
                break
        done, self._done = self._done, []
        return done

    def close(self) -> list[Answer]:
        self._is_closed = True
        for plug in list(self._plugs):
            if plug.is_resting:
                plug.say_goodbye()
            self._drop(plug, Unavailable(because(CLOSED, code="closed")), again=False)
        self._put_all_off(Unavailable(because(CLOSED, code="closed")))
        self._selector.close()
        done, self._done = self._done, []
        return done

    def begin(self) -> None:
        """Make the first connection. Raises Unavailable where nobody answers, Refused where we are not let in."""
        self._open_one()
        while not self._idle and self._plugs:
            self._poll(LOOK_SECONDS)
        if not self._idle:
            assert self._trouble is not None
            raise self._trouble

    # Letters to connections.

    def _serve(self) -> None:
        """Give waiting letters to whoever is free; open as many connections as there are letters left."""
        while self._waiting and self._idle:
            posted = self._waiting.popleft()
            if posted.is_over(self.clock):
                self._put_off(posted.letter, because(TOO_LATE, code="late"))
            else:
                self._give(self._idle.pop(), posted)
        opening = len(self._plugs) - len(self._idle) - self._carrying
        for _ in range(min(len(self._waiting) - opening, self._cap - len(self._plugs))):
            if self._waiting:  # else nobody could be reached, and they are answered
                self._open_one()

    def _give(self, plug: Plug, posted: Posted) -> None:
        try:
            envelope = self._write(posted.letter, plug.dialogue.offers)
        except Refused as no:
            self._done.append(Answer(posted.letter.id, State.REJECTED, reason=no.reason))
            self._idle.append(plug)
            return
        plug.is_resting = False
        self._carrying += 1
        try:
            plug.carry(posted, envelope)
        except Lost as lost:
            self._drop(plug, lost.failure)
        else:
            if plug.wants != plug.watched[1]:
                self._watch(plug)

    def _open_one(self) -> None:
        try:
            plug = Plug(self.way, self.terms, self.patience, self.clock)
        except Lost as lost:
            self._failed(lost.failure)
            return
        self._plugs.add(plug)
        self._watch(plug)

    def _watch(self, plug: Plug) -> None:
        """Tell the selector what the connection waits for, where that has changed."""
        fd, wants = plug.watched
        if fd != plug.fd:
            self._unwatch(plug)
            self._selector.register(plug.fd, plug.wants, plug)
        elif wants != plug.wants:
            self._selector.modify(plug.fd, plug.wants, plug)
        else:
            return
        plug.watched = (plug.fd, plug.wants)

    def _unwatch(self, plug: Plug) -> None:
        if plug.watched[0] >= 0:
            self._selector.unregister(plug.watched[0])
            plug.watched = (-1, 0)

    # What happens.

    def _poll(self, seconds: float) -> None:
        for key, events in self._selector.select(seconds):
            self._turn(key.data, events)
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            self._look(now)

    def _turn(self, plug: Plug, events: int) -> None:
        posted = plug.posted
        try:
            answer = plug.turn(events)
        except Lost as lost:
            self._drop(plug, lost.failure)
            return
        if answer is not None and posted is not None:
            self._settle(plug, posted, answer)
        if plug.is_spent:
            self._drop(plug, None)
        elif plug.mode is Mode.IDLE:
            self._now_free(plug)
        elif plug.watched != (plug.fd, plug.wants):  # at once: a number that was closed is soon somebody else's
            self._watch(plug)

    def _settle(self, plug: Plug, posted: Posted, answer: Answer) -> None:
        """Take the answer of a letter. A connection that has served enough says 421; the letter goes over another."""
        plug.posted = None
        self._carrying -= 1
        if answer.state is State.SENT and plug.outbox:  # it praises what it has not heard to the end
            self._lose(posted.letter)
        elif answer.state is State.PLANNED and plug.is_spent and plug.dialogue.letters and not plug.has_begun:
            self._waiting.appendleft(posted)
        else:
            self._done.append(answer)

    def _now_free(self, plug: Plug) -> None:
        if self._letters_max and plug.dialogue.letters >= self._letters_max:
            plug.say_goodbye()
            self._drop(plug, None)
        elif not plug.is_resting:
            plug.was_ready = True
            plug.is_resting = True
            self._idle.append(plug)
            self._watch(plug)

    def _look(self, now: float) -> None:
        if now >= self._cap_until:
            self._cap = self._most
        for plug in [plug for plug in self._plugs if plug.posted or plug.mode is not Mode.IDLE]:
            try:
                plug.look_at(now)
                self._watch(plug)
            except Lost as lost:
                self._drop(plug, lost.failure)
        for posted in [posted for posted in self._waiting if posted.is_over(self.clock)]:
            self._waiting.remove(posted)
            self._put_off(posted.letter, because(TOO_LATE, code="late"))

    def _drop(self, plug: Plug, failure: Failure | None, again: bool = True) -> None:
        """Give a connection up, and say what that means for its letter."""
        self._unwatch(plug)
        plug.reset()
        self._plugs.discard(plug)
        if plug.is_resting:
            self._idle.remove(plug)
        if plug.posted is not None:
            self._carrying -= 1
            self._bereave(plug, plug.posted, failure, again)
        elif failure is not None and not plug.was_ready:
            self._failed(failure)

    def _bereave(self, plug: Plug, posted: Posted, failure: Failure | None, again: bool) -> None:
        plug.posted = None
        if plug.has_begun:
            self._lose(posted.letter)
        elif again and not posted.is_over(self.clock) and posted.tries + 1 < TRIES_MAX:
            posted.tries += 0 if plug.dialogue.letters else 1  # a kept connection may have been dead for long
            self._waiting.appendleft(posted)
        else:
            self._put_off(posted.letter, failure.reason if failure else because(CLOSED, code="closed"))

    def _failed(self, failure: Failure) -> None:
        """A connection could not be made. Where others are open, they are all that the server takes for now."""
        self._trouble = failure
        if self._plugs:
            self._cap, self._cap_until = len(self._plugs), time.monotonic() + CAP_SECONDS
        else:
            self._put_all_off(failure)

    # Answers that no server gave.

    def _lose(self, letter: Letter) -> None:
        self._done.append(Answer(letter.id, State.UNKNOWN, reason=because(UNANSWERED, code="lost")))

    def _put_off(self, letter: Letter, reason: Reason, holds: Holds = Holds.LETTER) -> None:
        self._done.append(Answer(letter.id, State.PLANNED, reason=reason, retry_after=WAIT, holds=holds))

    def _put_all_off(self, failure: Failure) -> None:
        """Nobody can be reached: that is so for every letter."""
        while self._waiting:
            self._put_off(self._waiting.popleft().letter, failure.reason, Holds.ACCOUNT)
