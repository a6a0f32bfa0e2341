"""What the contract suite needs of each mailer: one entry per provider in `HARNESSES`, at the end.

An entry has `harness(name, path)`, which starts the provider's test server, yields a `Harness` and ends it.
What a provider cannot be made to do is left out of `troubles`, and then it is not asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import httpx
from cryptography.hazmat.primitives.asymmetric import ed25519
from pydantic import SecretStr

from integrations.mailers import discovered
from integrations.mailers.base import Mailer, MailerCapabilities
from models.customers import AddressKind
from models.letters import Answer, Letter, LetterForm
from tests.integrations.mailers.forms import FORM, VALUES, letter, read
from tests.integrations.mailers.posting import gathered
from tests.integrations.mailers.test_dkim import pem
from tests.servers.smtp_sink import SmtpSink

SHORT = LetterForm("short", "CUPS", (), ("Здравствуйте, ", 0, "! ", 1, " ", 2))
PATIENCE = timedelta(seconds=20)


class Trouble(StrEnum):
    """What the next letter meets."""

    REFUSED = "refused"  # a no for good
    GONE = "gone"  # the address does not exist
    LATER = "later"  # not now
    BROKEN = "broken"  # it breaks before anything of the letter has left, whatever is tried
    LOST = "lost"  # it is taken, and the answer is lost
    SILENT = "silent"  # it has come, and nobody answers


@dataclass(frozen=True)
class Arrived:
    """A letter that the provider took. `key`: by what it knows the letter again."""

    to: str
    key: str
    text: str
    html: str = ""
    subject: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Harness:
    """A mailer beside what it talks to. `touched`: how often anything of a letter reached it."""

    name: str
    typed: dict[str, Any]
    arrived: Callable[[], list[Arrived]]
    touched: Callable[[], int]
    troubles: Mapping[Trouble, Callable[[], None]]
    http: httpx.Client | None = None
    unreachable: dict[str, Any] = field(default_factory=dict)

    @property
    def able(self) -> MailerCapabilities:
        return discovered()[self.name].capabilities

    @property
    def secrets(self) -> dict[str, str]:
        """What may appear nowhere, by the names of its settings."""
        fields = discovered()[self.name].Settings.model_fields
        return {name: str(self.typed[name]) for name, info in fields.items() if info.annotation is SecretStr}

    def mailer(self, **otherwise: Any) -> Mailer:
        kind: Any = discovered()[self.name]
        made: Mailer = kind(kind.Settings(**(self.typed | otherwise)), self.http)
        return made

    def letter(self, number: int, values: Sequence[str] = VALUES, **more: Any) -> Letter:
        """A letter of the kind that it takes."""
        if self.able.kind is AddressKind.EMAIL:
            return letter(number, values=values, **more)
        return letter(number, f"+7916{number:07d}", SHORT, values, **more)

    def answers(self, letters: Sequence[Letter], within: timedelta = PATIENCE, **otherwise: Any) -> list[Answer]:
        """Post them over a line of its own and gather every answer, in the order of the letters."""
        line = self.mailer(**otherwise).open()
        try:
            found = gathered(line, letters, within)
        finally:
            assert line.close() == []
        return [found[each.id] for each in letters]


class Beside(Protocol):
    def harness(self, name: str, path: Path) -> Iterator[Harness]: ...


@dataclass(frozen=True)
class OverSmtp:
    """A mail server in this process that asks for a password; letters are signed."""

    def harness(self, name: str, path: Path) -> Iterator[Harness]:
        with SmtpSink(user="otdel", password="secret-word") as sink:
            typed = {
                "host": "127.0.0.1", "port": sink.port, "encryption": "none", "connections": 3,
                "user": "otdel", "password": "secret-word", "dkim_domain": "example.org", "dkim_selector": "otdel",
                "dkim_private_key": pem(ed25519.Ed25519PrivateKey.generate()),
            }  # fmt: skip
            troubles = {
                Trouble.REFUSED: partial(sink.fault, "final", "554 5.7.1 against our rules"),
                Trouble.GONE: partial(sink.fault, "rcpt", "550 5.1.1 <anna1@example.com> no such user"),
                Trouble.LATER: partial(sink.fault, "rcpt", "451 4.7.1 anna1@example.com is greylisted"),
                Trouble.BROKEN: partial(sink.fault, "rcpt", "close", times=9),
                Trouble.LOST: partial(sink.fault, "final", "take+close"),
                Trouble.SILENT: partial(sink.fault, "final", "stall"),
            }
            came, touched = lambda: [arrived(taken.data) for taken in sink.taken], lambda: sink.content_bytes
            yield Harness(name, typed, came, touched, troubles, unreachable={"port": 1})


@dataclass(frozen=True)
class OnDisk:
    """A mailer that writes .eml files: its setting `path` is the folder."""

    def harness(self, name: str, path: Path) -> Iterator[Harness]:
        folder, outside = path / name, path / "file"
        outside.write_text("no folder")

        def files() -> list[Path]:
            return sorted(folder.glob("*.eml"))

        yield Harness(
            name, {"path": str(folder)}, lambda: [arrived(file.read_bytes()) for file in files()],
            lambda: len(files()), {}, unreachable={"path": str(outside)},
        )  # fmt: skip


def arrived(data: bytes) -> Arrived:
    found = read(data)
    key = str(found.whole["Message-ID"])
    headers = {name.lower(): str(value) for name, value in found.whole.items()}
    return Arrived(found.to[1], key, found.text or "", found.html or "", found.subject, headers)


@contextmanager
def beside(name: str, path: Path) -> Iterator[Harness]:
    """The mailer of that name beside what it talks to."""
    yield from HARNESSES[name].harness(name, path)


HARNESSES: dict[str, Beside] = {
    "smtp": OverSmtp(),
    "mailbox": OnDisk(),
}

assert FORM.html  # letters have a page, short messages have none
