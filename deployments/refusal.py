"""How the house says no: what is wrong, how to mend it, and the exit code of the command."""

from enum import IntEnum

from models.reason import NO_REASON, Reason


class Exit(IntEnum):
    """What an exit code of `otdel` means."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NOT_RUNNING = 3
    REFUSED = 4


class Refusal(Exception):
    """The house cannot do it; `what` and `mend` are read by a person, `code` by a script."""

    def __init__(self, what: Reason, mend: Reason = NO_REASON, code: Exit = Exit.REFUSED) -> None:
        super().__init__(what.text)
        self.what = what
        self.mend = mend
        self.code = code

    def __str__(self) -> str:
        return f"{self.what} {self.mend}".strip()
