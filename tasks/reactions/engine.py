"""The look at reactions, and the ear on what bots are told. It knows no Prefect and may be killed anywhere.

Channels that can be asked are asked by what is due; a bot's updates are read as one stream for all its channels. How
far it was read is written in the transaction that keeps what was read, and only the next question tells Telegram to
forget it: so a kill loses nothing and doubles nothing.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, cast

from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Channel, Remark
from integrations.channels.telegram_updates import Update
from integrations.errors import Failure, Refused, Unavailable, Unsupported
from models.database import Clock, now_by
from models.reason import Reason
from tasks.reactions import rows
from tasks.reactions.cadence import next_look
from tasks.reactions.letters import Letters
from tasks.reactions.rows import MEASURED, Deadline, Said, Seen
from tasks.reactions.stream import Commented, Counted, Heard, Moved, Replied, Threaded, hear
from tasks.watching import rows as watching
from tasks.watching.engine import Asker, is_closed
from tasks.watching.letter import Letter
from tasks.watching.placed import REACTIONS, Due, Placed, Taken

BATCH = 100
LEASE = timedelta(minutes=15)
LATER = timedelta(minutes=15)
AUDIENCE_EVERY = timedelta(hours=6)
BUDGET = timedelta(seconds=80)
COUNTED_HERE = "counted_by_us"


class Told(Protocol):
    """A channel whose provider is told what happens instead of being asked: one stream for all channels of a bot."""

    settings: Any
    chat: int | str

    def updates(self, offset: int = 0) -> tuple[list[Update], int]: ...


@dataclass(frozen=True)
class Found:
    """What a channel said of a publication; it has to be asked again, for all or for the rest, after `wait`.

    `is_page`: it is a page of our own, whose visits we count ourselves. `is_gone`: we took it down ourselves.
    """

    placed: Placed
    metrics: Mapping[str, int]
    remarks: Sequence[Remark] = ()
    source: str = ""
    is_page: bool = False
    is_gone: bool = False
    wait: timedelta | None = None

    @property
    def is_seen(self) -> bool:
        return not self.is_gone and (self.wait is None or bool(self.metrics))


class Reactions:
    """Asks, listens and keeps. `deadline` says until when a comment is to be answered."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        clock: Clock,
        asker: Asker,
        letters: Letters,
        deadline: Deadline,
        now: Callable[[], float] = time.time,
        budget: timedelta = BUDGET,
    ) -> None:
        self.sessions, self.clock, self.asker = sessions, clock, asker
        self.letters, self.deadline, self.now, self.budget = letters, deadline, now, budget
        self.counts: Counter[str] = Counter()
        self.troubles: dict[str, Reason] = {}

    def take(self) -> None:
        """Take every snapshot that is due; a missed one is taken once."""
        ends_at = self.now() + self.budget.total_seconds()
        with self.sessions.begin() as session:
            watching.watch_new(session)
        while self.now() < ends_at and (taken := self._take()).placed:
            for account, placed in groupby(taken.placed, lambda one: one.account):
                if self.now() < ends_at:
                    self._settle(taken.until, self._found(account, list(placed)))

    def _take(self) -> Taken:
        with self.sessions.begin() as session:
            return watching.take(session, self.clock, REACTIONS, BATCH, LEASE)

    def _found(self, account: str, placed: Sequence[Placed]) -> list[Found]:
        """What the account's channel says of these, in as few questions as it allows."""
        gone = [Found(one, {}, is_gone=True) for one in placed if one.is_removed]
        standing = [one for one in placed if not one.is_removed]
        try:
            size = self.asker.provider(account).capabilities.reactions_per_call
        except Failure as failure:
            return [*gone, *self._later(account, standing, failure)]
        chunks = [standing[start : start + size] for start in range(0, len(standing), size)]
        return [*gone, *(found for chunk in chunks for found in self._asked(account, chunk))]

    def _asked(self, account: str, placed: Sequence[Placed]) -> list[Found]:
        known, is_page = [one.remote_id for one in placed if one.remote_id], False
        try:
            metrics = self.asker.ask(account, lambda channel: channel.reactions(known)) if known else {}
        except Unsupported as cannot:
            metrics, is_page = {}, cannot.reason.code == COUNTED_HERE
        except Failure as failure:
            return self._later(account, placed, failure)
        source = self.asker.provider(account).name
        return [self._commented(Found(one, metrics.get(one.remote_id, {}), (), source, is_page)) for one in placed]

    def _commented(self, found: Found) -> Found:
        """With its comments, where the channel has them; one that says it has none is not asked."""
        placed = found.placed
        has_comments = self.asker.provider(placed.account).capabilities.comments
        if not has_comments or not placed.remote_id or found.metrics.get("comments") == 0:
            return found
        try:
            remarks = self.asker.ask(placed.account, lambda channel: channel.comments(placed.remote_id))
        except Failure as failure:
            self.troubles[placed.account] = failure.reason
            return found if isinstance(failure, Refused) else replace(found, wait=_patience(failure))
        return replace(found, remarks=remarks)

    def _later(self, account: str, placed: Sequence[Placed], failure: Failure) -> list[Found]:
        """Ask again later; a channel that the company has closed is asked for nothing, only we go on counting."""
        if is_closed(failure):
            return [Found(one, {}) for one in placed]
        self.troubles[account] = failure.reason
        return [Found(one, {}, wait=_patience(failure)) for one in placed]

    def _settle(self, until: datetime, found: Sequence[Found]) -> None:
        with self.sessions.begin() as session:
            ours = watching.still_ours(session, REACTIONS, Taken(until, tuple(one.placed for one in found)))
            found = [one for one in found if one.placed.id in ours]
            seen = [one for one in found if one.is_seen]
            now = now_by(self.clock, session)
            own = rows.own_counts(session, [f.placed for f in seen], {f.placed.id for f in seen if f.is_page})
            counted = [Seen(one.placed, now, own[one.placed.id], MEASURED) for one in seen if one.placed.id in own]
            self._keep(session, [*counted, *(Seen(one.placed, now, one.metrics, one.source) for one in seen)])
            self._keep_said(session, [Said(f.placed, remark, f.source) for f in seen for remark in f.remarks])
            watching.come_back(session, REACTIONS, [_due(one, now) for one in found])
        self.counts.update(looked=len(seen), later=sum(one.wait is not None for one in found))

    def _keep(self, session: Session, seen: Sequence[Seen]) -> None:
        found = rows.keep(session, self.clock, seen)
        self._tell(
            session, "anomalies", [letter for one, what in found for letter in self.letters.stands_out(one, what)]
        )

    def _keep_said(self, session: Session, said: Sequence[Said]) -> None:
        asked = rows.keep_comments(session, said, self.deadline)
        self._tell(session, "asked", [letter for found in asked for letter in self.letters.asked(*found)])
        self.counts["answered"] += rows.keep_answers(session, self.clock, said)

    def _tell(self, session: Session, what: str, letters: Sequence[Letter]) -> None:
        self.counts[what] += watching.send(session, self.clock, letters)

    def hear(self, accounts: Sequence[str]) -> None:
        """Read what the bots of these accounts were told, one stream for each bot."""
        ends_at = self.now() + self.budget.total_seconds()
        for stream in self._streams(accounts):
            self._read(stream, ends_at)

    def _streams(self, accounts: Sequence[str]) -> list[dict[str, Told]]:
        """The accounts that are told, by the bot they share; nothing of its token is ever shown."""
        shared: dict[Any, dict[str, Told]] = defaultdict(dict)
        for account in accounts:
            provider = self._provider(account)
            if provider is not None and hasattr(provider, "updates"):
                told = cast(Told, provider)
                shared[told.settings.api_url, told.settings.token][account] = told
        return list(shared.values())

    def _provider(self, account: str) -> Channel | None:
        try:
            return self.asker.provider(account)
        except Failure as failure:
            self.troubles |= {} if is_closed(failure) else {account: failure.reason}
            return None

    def _read(self, stream: Mapping[str, Told], ends_at: float) -> None:
        first, chats = next(iter(stream)), {account: told.chat for account, told in stream.items()}
        with self.sessions() as session:
            offset = rows.cursor_of(session, chats)
        while self.now() < ends_at:
            try:
                updates, after = self.asker.ask(first, _since(offset))
            except Failure as failure:
                self.troubles[first] = failure.reason
                return
            if after == offset:
                return
            self._keep_heard(hear(updates, offset, chats), list(chats), after)
            offset = after

    def _keep_heard(self, heard: Sequence[Heard], accounts: Sequence[str], cursor: int) -> None:
        with self.sessions.begin() as session:
            rows.keep_threads(session, [one for one in heard if isinstance(one, Threaded)])
            replied = [one for one in heard if isinstance(one, Replied)]
            told_of = [*heard, *rows.in_their_threads(session, accounts, replied)]
            placed = self._placed(session, told_of, accounts)
            counted = [one for one in told_of if isinstance(one, Counted) and (one.account, one.message_id) in placed]
            said = [one for one in told_of if isinstance(one, Commented) and (one.account, one.message_id) in placed]
            moved = [one for one in heard if isinstance(one, Moved)]
            told = [(placed[one.account, one.message_id], one) for one in counted]
            self._keep(session, [Seen(one, what.at, what.metrics, self._name(one)) for one, what in told])
            under = [(placed[one.account, one.message_id], one.remark) for one in said]
            self._keep_said(session, [Said(one, remark, self._name(one)) for one, remark in under])
            rows.keep_moves(session, moved)
            out = [letter for one in moved if one.our_bot and one.step < 0
                   for letter in self.letters.turned_out(one.account, one.at)]  # fmt: skip
            self._tell(session, "turned_out", out)
            rows.move_cursor(session, accounts, cursor)
        self.counts["heard"] += len(heard)

    def _name(self, placed: Placed) -> str:
        return self.asker.provider(placed.account).name

    def _placed(
        self, session: Session, heard: Sequence[Heard], accounts: Sequence[str]
    ) -> dict[tuple[str, int], Placed]:
        """The publications that were heard of, by account and message; what somebody else posted is nobody's."""
        numbers = {one.message_id for one in heard if isinstance(one, Counted | Commented)}
        ids = rows.of_messages(session, self.clock, accounts, numbers) if numbers else {}
        wanted = {place: id for place, id in ids.items() if place[1] in numbers}
        known = {one.id: one for one in watching.placed(session, sorted(set(wanted.values())), REACTIONS)}
        return {place: known[id] for place, id in wanted.items() if id in known}

    def count_audience(self, accounts: Sequence[str]) -> None:
        """Count the members of the accounts where it is time, or where somebody came or went."""
        able = [one for one in accounts if (p := self._provider(one)) is not None and p.capabilities.audience]
        with self.sessions() as session:
            due = rows.uncounted(session, self.clock, able, AUDIENCE_EVERY)
        for account in due:
            try:
                metrics = self.asker.ask(account, lambda channel: channel.audience())
            except Failure as failure:
                self.troubles[account] = failure.reason
                continue
            with self.sessions.begin() as session:
                now, source = now_by(self.clock, session), self.asker.provider(account).name
                rows.keep_audience(session, self.clock, account, metrics, now, source)
            self.counts["audiences"] += 1

    def remind(self, accounts: Sequence[str]) -> None:
        """Tell of the questions that were to be answered by now; only where an answer of ours would have been seen."""
        seeing = [one for one in accounts if (p := self._provider(one)) is not None and _sees_answers(p)]
        with self.sessions.begin() as session:
            late = rows.overdue(session, self.clock, seeing)
            placed = {one.id: one for one in watching.placed(session, sorted(late), REACTIONS)}
            letters = [
                letter for id, asked in late.items() if id in placed
                for one in asked for letter in self.letters.late(placed[id], one)
            ]  # fmt: skip
            self._tell(session, "late", letters)


def _since(offset: int) -> Callable[[Channel], tuple[list[Update], int]]:
    return lambda channel: cast(Told, channel).updates(offset)


def _patience(failure: Failure) -> timedelta:
    wish = failure.retry_after if isinstance(failure, Unavailable) else None
    return max(wish or LATER, LATER)


def _sees_answers(channel: Channel) -> bool:
    """A channel that is asked for comments, or is told of them: who told us the question tells us the answer."""
    return channel.capabilities.comments or hasattr(channel, "updates")


def _due(found: Found, now: datetime) -> Due:
    if found.wait is not None:
        return Due(found.placed.id, now + found.wait)
    if found.is_gone:
        return Due(found.placed.id, None)
    return Due(found.placed.id, next_look(found.placed.sent_at, now), now)
