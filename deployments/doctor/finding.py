"""What the doctor says of one thing. Pure."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.reason import NO_REASON, Reason


class Level(StrEnum):
    """BAD stops the work or will; WARN is worth a person's attention."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Finding(BaseModel):
    """`about` is what a script compares; `what` and `mend` are read by a person."""

    model_config = ConfigDict(frozen=True)

    level: Level
    about: str
    what: Reason
    mend: Reason = NO_REASON

    def said(self) -> dict[str, str]:
        """The finding in the language of the moment, for --json."""
        return {"level": self.level.value, "about": self.about, "what": str(self.what), "mend": str(self.mend)}


def ok(about: str, what: Reason) -> Finding:
    return Finding(level=Level.OK, about=about, what=what)


def warn(about: str, what: Reason, mend: Reason = NO_REASON) -> Finding:
    return Finding(level=Level.WARN, about=about, what=what, mend=mend)


def bad(about: str, what: Reason, mend: Reason = NO_REASON) -> Finding:
    return Finding(level=Level.BAD, about=about, what=what, mend=mend)
