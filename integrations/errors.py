"""The four ways a call to somebody else ends badly; nothing else leaves `integrations/`.

Failure
├── Refused          no: permanent, somebody has to mend something
├── Unavailable      not now: definitely not accepted, may be tried again after `retry_after`
├── OutcomeUnknown   don't know: it may have been accepted; never repeated blindly
└── Unsupported      cannot: this provider has no such thing
"""

from datetime import timedelta

from models.reason import Reason


class Failure(Exception):
    """What every failure carries: a reason that a specialist understands."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class Refused(Failure):
    """The provider said no, and would say it again."""


class Unavailable(Failure):
    """The provider did not take it now. `retry_after` is its own wish, None where it named none."""

    def __init__(self, reason: Reason, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class OutcomeUnknown(Failure):
    """The request may have been accepted: the answer was lost, late or unreadable."""


class Unsupported(Failure):
    """The provider has no such verb, look-up or metric."""
