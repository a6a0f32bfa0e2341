"""What was looked at outside of a mailing, its links and what a spam filter thinks, as it is kept. Pure."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from tasks.composing.checks.finding import LinkLook, SpamLook


@dataclass(frozen=True)
class Outside:
    """`words` are the print of the document that was looked at: of another one it says nothing."""

    words: str
    at: datetime
    links: dict[str, LinkLook] | None = None
    spam: dict[str, SpamLook] | None = None


_AS_JSON = TypeAdapter(Outside)


def kept(outside: Outside) -> str:
    return _AS_JSON.dump_json(outside).decode()


def read(written: str) -> Outside:
    """What `kept` wrote."""
    return _AS_JSON.validate_json(written)
