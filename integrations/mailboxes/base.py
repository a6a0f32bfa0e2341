"""The port of mailboxes: mails in the order in which they came, each with a place that reading can go on behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as it came. `received` is when the mailbox took it; of a large one `raw` is the beginning of `size`."""

    number: int
    raw: bytes
    received: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Portion:
    """Mails behind a cursor, and the cursor behind them. `more`: there are others at once."""

    mails: tuple[Arrived, ...]
    cursor: str
    more: bool = False


class Mailbox(Protocol):
    """Every method raises only the errors of `integrations.errors`. Nothing here retries, sleeps or remembers.

    The cursor is kept by whoever reads, in the transaction that records what was read: so no mail is lost when that
    fails, and none counts twice. `put_away` comes after it, and may be repeated.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[BaseModel]]

    def read(self, cursor: str) -> Portion:
        """What came after `cursor` (empty: from the beginning); changes nothing in the mailbox."""

    def put_away(self, cursor: str) -> int:
        """Move what was read up to `cursor` out of the way, where the settings say so; returns how many."""

    def folders(self) -> Sequence[str]:
        """The folders there are, for a specialist who looks for the right one."""

    def check(self) -> None:
        """Prove that the settings work; for `otdel doctor`. Raises what is wrong."""
