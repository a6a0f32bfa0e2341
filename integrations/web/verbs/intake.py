"""What handing in by programs needs: whose key it is, and taking rows in."""

from collections.abc import Sequence
from typing import Any, Protocol

from models.intake import Answer, Caller, What
from models.reason import Reason


class IntakeVerbs(Protocol):
    def intake_caller(self, key: str) -> Caller | None:
        """Whose key this is; None where it is none, or was revoked."""

    def take_in(self, caller: Caller, what: What, rows: Sequence[Any], once: str) -> Answer | Reason:
        """Take the rows in, each with an answer; a Reason where the whole call is refused.

        `once` is the call's own key: made again, it is answered as it was.
        """
