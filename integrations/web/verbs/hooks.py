"""What the webhooks of mailers need."""

from collections.abc import Mapping
from typing import Protocol


class HookVerbs(Protocol):
    def letters_told_of(self, account: str, headers: Mapping[str, str], body: bytes) -> None:
        """Write down what a service tells, once it has proved who it is. Raises the errors of `integrations.errors`."""
