"""A mailer of our own for tests: it takes letters into a list and answers by script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel

from integrations.errors import Failure, Unsupported
from integrations.mailers.base import Line, MailerCapabilities, MailerLimits, Pulled
from models.delivery import State
from models.letters import Answer, Letter, MailNews
from models.reason import because


class NoSettings(BaseModel):
    """Nothing is set."""


Verdict = Callable[[Letter, int], Answer]


def taken(letter: Letter, time: int) -> Answer:
    return Answer(letter.id, State.SENT, remote_id=f"q{letter.id}")


@dataclass
class FakeMailer:
    """`verdict` answers the n-th try of a letter (from 0); `before` is called with each portion before it is taken."""

    verdict: Verdict = taken
    connections: int = 50
    before: Callable[[Sequence[Letter]], None] = lambda letters: None
    refuses: Failure | None = None
    got: list[Letter] = field(default_factory=list)
    until: list[datetime] = field(default_factory=list)
    opened: int = 0

    name: ClassVar[str] = "fake"
    title: ClassVar[str] = "Fake"
    Settings: ClassVar[type[BaseModel]] = NoSettings
    limits: ClassVar[MailerLimits] = MailerLimits()
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities()

    def open(self) -> Line:
        if self.refuses:
            raise self.refuses
        self.opened += 1
        return FakeLine(self)

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        there = {letter.key for letter in self.got}
        return [Answer(letter.id, State.SENT) for letter in letters if letter.key in there]

    def pull(self, cursor: str) -> Pulled:
        raise Unsupported(because("no pulling"))

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        raise Unsupported(because("no webhooks"))

    def check(self) -> None:
        return None

    def tries(self, letter: Letter) -> int:
        return sum(one.id == letter.id for one in self.got)


class FakeLine:
    def __init__(self, mailer: FakeMailer) -> None:
        self.mailer = mailer
        self.flying: list[Letter] = []

    def room(self) -> int:
        return self.mailer.connections - len(self.flying)

    def post(self, letters: Sequence[Letter], until: datetime) -> None:
        assert len(letters) <= self.room()
        self.mailer.before(letters)
        self.mailer.until.append(until)
        self.flying += letters

    def answers(self, patience: timedelta) -> list[Answer]:
        landed, self.flying = self.flying, []
        found = []
        for letter in landed:
            found.append(
                self.mailer.verdict(letter, self.mailer.tries(letter) if self.mailer.verdict is not taken else 0)
            )
            self.mailer.got.append(letter)
        return found

    def close(self) -> list[Answer]:
        landed, self.flying = self.flying, []
        return [Answer(letter.id, State.UNKNOWN, reason=because("closed", code="closed")) for letter in landed]


def everybody(rows: Any) -> list[str]:
    return sorted(letter.to for letter in rows)
