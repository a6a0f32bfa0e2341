"""Asking channels what they show: in their pace, within their time, and no more in this run where they are away."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from integrations.channels.base import Channel
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.wire import deadline

T = TypeVar("T")
CLOSED = frozenset({"switched_off", "no_channel"})


class Asker:
    """Asks one thing after another. Raises the failure of the answer, and again that of an account that is away."""

    def __init__(
        self,
        provider_of: Callable[[str], Channel],
        now: Callable[[], float] = time.time,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.provider_of, self.now, self.wait = provider_of, now, wait or Event().wait
        self.away: dict[str, Failure] = {}
        self._free_at: dict[str, float] = {}

    def ask(self, account: str, question: Callable[[Channel], T]) -> T:
        """Put a question to the account's channel."""
        provider = self.provider(account)
        self.wait(max(0.0, self._free_at.get(account, 0.0) - self.now()))
        try:
            with deadline(provider.capabilities.call_timeout):
                answer = question(provider)
        except (Unavailable, OutcomeUnknown) as failure:
            self.away[account] = failure
            raise
        self._free_at[account] = self.now() + provider.capabilities.min_interval.total_seconds()
        return answer

    def provider(self, account: str) -> Channel:
        """The account's provider; one that cannot be used is said so once and remembered."""
        if account in self.away:
            raise self.away[account]
        try:
            return self.provider_of(account)
        except Refused as refused:
            self.away[account] = refused
            raise


def is_closed(failure: Failure) -> bool:
    """Whether the company itself has closed the channel: then nobody is to be told that it gives no answer."""
    return failure.reason.code in CLOSED
