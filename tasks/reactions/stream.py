"""What a bot's updates say of our channels. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.channels.base import Remark
from integrations.channels.telegram_updates import (
    CommentSeen,
    MembershipChanged,
    ReactionsCounted,
    ReplySeen,
    ThreadSeen,
    Update,
)

OUTSIDE = frozenset({"left", "kicked"})
MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Counted:
    """How many reactions a message of an account has, and since when."""

    account: str
    message_id: int
    at: datetime
    metrics: Mapping[str, int]


@dataclass(frozen=True)
class Commented:
    """A comment on a message of an account."""

    account: str
    message_id: int
    remark: Remark


@dataclass(frozen=True)
class Moved:
    """Somebody joined an account (+1) or left it (-1); or our own bot was turned out of it or let in."""

    account: str
    at: datetime
    step: int
    our_bot: bool = False


@dataclass(frozen=True)
class Threaded:
    """Where a message of an account is discussed."""

    account: str
    message_id: int
    thread: str


@dataclass(frozen=True)
class Replied:
    """An answer within a thread; it is ours where it was written in the name of one of these accounts."""

    thread: str
    remark: Remark
    spoken_for: tuple[str, ...] = ()

    def under(self, account: str, message_id: int) -> Commented:
        """The same, once it is known under what it stands."""
        ours = self.remark.ours or account in self.spoken_for
        return Commented(account, message_id, replace(self.remark, post_id=str(message_id), ours=ours))


Heard = Counted | Commented | Moved | Threaded | Replied


def hear(updates: Iterable[Update], offset: int, chats: Mapping[str, int | str]) -> list[Heard]:
    """What the updates say of the accounts whose chats are given, in order.

    Telegram's moments are whole seconds, and a second may hold several counts of one post. So every moment gets the
    place of its update as its microseconds: the same when it is read again from the same offset, and never equal.
    """
    found: list[Heard] = []
    for place, update in enumerate(updates):
        if isinstance(update, ReplySeen):
            spoken_for = accounts_of(update.speaker_id, update.speaker_name, chats)
            found.append(Replied(update.thread, update.remark, tuple(spoken_for)))
            continue
        for account in accounts_of(update.chat_id, update.chat_name, chats):
            found += _heard(update, account, (offset + place) % MICROSECONDS)
    return found


def accounts_of(chat_id: int, chat_name: str, chats: Mapping[str, int | str]) -> list[str]:
    """The accounts that publish in this chat; a chat is known by its number or its @name."""
    names = {str(chat_id), f"@{chat_name.lower()}"}
    return [account for account, chat in chats.items() if str(chat).lower() in names]


def _heard(update: Update, account: str, place: int) -> Iterator[Heard]:
    if isinstance(update, ReactionsCounted):
        yield Counted(account, update.message_id, update.at.replace(microsecond=place), update.metrics)
    elif isinstance(update, ThreadSeen):
        yield Threaded(account, update.message_id, update.thread)
    elif isinstance(update, CommentSeen):
        yield Threaded(account, update.message_id, update.thread)
        yield Commented(account, update.message_id, update.remark)
    elif isinstance(update, MembershipChanged) and (step := _step(update)):
        yield Moved(account, update.at.replace(microsecond=place), step, update.our_bot)


def _step(update: MembershipChanged) -> int:
    """+1 came in, -1 went out, 0 for whoever only got other rights."""
    return (update.now not in OUTSIDE) - (update.was not in OUTSIDE)
