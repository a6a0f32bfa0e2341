"""What all ways to our own people have in common: they speak and see nothing."""

from collections.abc import Sequence
from typing import Any

from integrations.channels.base import Call, Live, Receipt, Remark
from integrations.errors import Unsupported
from models.locale import mark
from models.reason import because

BLIND = mark("What was sent to a colleague cannot be looked at afterwards.")


class Blind:
    """The looks that a channel is asked for, none of which a notice can answer. Raises Unsupported."""

    def find(self, call: Call) -> Receipt | None:
        raise Unsupported(because(BLIND, code="blind"))

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        raise Unsupported(because(BLIND, code="blind"))

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        raise Unsupported(because(BLIND, code="blind"))

    def comments(self, remote_id: str) -> list[Remark]:
        raise Unsupported(because(BLIND, code="blind"))

    def audience(self) -> dict[str, int]:
        raise Unsupported(because(BLIND, code="blind"))
