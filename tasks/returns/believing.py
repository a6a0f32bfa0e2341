"""Which news of a letter is believed, and why not. Pure.

Anybody may write to a mailbox and call an address of ours: news counts only for a letter that did go out, at a time
when it could have happened, told by whoever must know.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.delivery import State
from models.letters import Happening

SKEW = timedelta(minutes=15)  # what two clocks may differ by
# One whose answer is still awaited has left, as far as anybody knows: its recipient may be quicker than our ledger.
MAY_BE_OUT = frozenset({State.INTENT, State.SENT, State.CONFIRMED, State.UNKNOWN})
# What cannot have happened to a letter that never left; a refusal can.
PROVES_SENT = frozenset(Happening) - {Happening.REJECTED}
PROVES_ARRIVED = frozenset(
    {Happening.DELIVERED, Happening.OPENED, Happening.CLICKED, Happening.UNSUBSCRIBED, Happening.COMPLAINED,
     Happening.REPLIED}
)  # fmt: skip


class Doubt(StrEnum):
    NO_LETTER = "no_letter"
    NEVER_SENT = "never_sent"
    IN_FUTURE = "in_future"
    TOO_EARLY = "too_early"
    UNPROVEN = "unproven"
    NOT_COUNTED = "not_counted"


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of the letter that the news is about. `is_keyed`: its key's signature holds.

    `same_address`: the address that is named is the letter's; None where none is named, or it cannot be read.
    """

    state: State
    sent_at: datetime | None
    is_keyed: bool
    same_address: bool | None = None


def doubt(at: datetime, fact: Fact, now: datetime, trusted: bool) -> Doubt | None:
    """Why this news is not believed; None where it is. `trusted`: told by the service that sends, and signed by it."""
    if at > now + SKEW:
        return Doubt.IN_FUTURE
    if fact.state not in MAY_BE_OUT:
        return Doubt.NEVER_SENT
    if fact.sent_at is not None and at < fact.sent_at - SKEW:
        return Doubt.TOO_EARLY
    if not (fact.is_keyed or trusted or fact.same_address):
        return Doubt.UNPROVEN
    return None


def is_hard(said: bool, fact: Fact) -> bool:
    """A bounce is hard for the address the letter went to: where it was forwarded on, another's does not bar it."""
    return said and fact.same_address is not False
