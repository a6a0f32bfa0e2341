"""The local mailbox: letters are put into a folder as .eml files. For a company without a mail server, and for trials.

There is no API behind it. A file is named by the letter's key and appears whole or not at all, so a repeated letter is
the same one, and whether it was taken can be seen.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from integrations.channels.exchange import ProviderSettings
from integrations.channels.folder_disk import content_of, put, said
from integrations.errors import Failure, Refused, Unsupported
from integrations.mailers.addresses import KEY
from integrations.mailers.base import MailerCapabilities, MailerLimits, Pulled
from integrations.mailers.mime import FormBytes, assemble
from models.delivery import State
from models.letters import Answer, Holds, Letter, LetterForm, MailNews
from models.locale import mark
from models.reason import Reason, because

NO_NEWS = mark("Nothing comes back to a local mailbox.")
NOT_IN_TIME = mark("The letter was not begun in its time. It will be tried again.")
AT_ONCE = 100
FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,400}\.eml")
LETTER_BYTES = 30_000_000


class MailboxSettings(ProviderSettings):
    path: str = Field(
        min_length=1, title=mark("Folder"),
        description=mark("Where the letters are put, a file each. It is made if it is not there."),
    )  # fmt: skip


class Mailbox:
    name: ClassVar[str] = "mailbox"
    title: ClassVar[str] = mark("Local mailbox")
    Settings: ClassVar[type[BaseModel]] = MailboxSettings
    limits: ClassVar[MailerLimits] = MailerLimits()
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        key_valid_for=timedelta(days=36_500),  # as long as the folder stands
        finds=True,
    )

    def __init__(
        self, settings: MailboxSettings, http: Any = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.settings, self.now = settings, now
        self.path = Path(settings.path).expanduser()

    def open(self) -> "MailboxLine":
        self.check()
        return MailboxLine(self.path, self.now)

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        """A file that is there was sent; one that is not was never taken, for it appears whole or not at all."""
        with said(self.path):
            there = {letter.id: (self.path / file_name(letter.key)).is_file() for letter in letters}
        return [_sent(one) if there[one.id] else Answer(one.id, State.PLANNED) for one in letters]

    def letter(self, remote_id: str) -> bytes | None:
        """The letter as it lies in its file; None for one that is gone. No name leads out of the folder."""
        if not FILE.fullmatch(remote_id):
            return None
        with said(self.path):
            return content_of(self.path / remote_id, LETTER_BYTES)

    def forget(self, remote_id: str) -> None:
        """Delete the letter's file; one that is gone is no trouble. No name leads out of the folder."""
        if FILE.fullmatch(remote_id):
            with said(self.path):
                (self.path / remote_id).unlink(missing_ok=True)

    def pull(self, cursor: str) -> Pulled:
        raise Unsupported(because(NO_NEWS, code="no_news"))

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        raise Unsupported(because(NO_NEWS, code="no_news"))

    def check(self) -> None:
        with said(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            trial = self.path / ".trial"
            put(trial, b"")
            trial.unlink(missing_ok=True)


class MailboxLine:
    """Writes each letter as it is posted."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.path, self.now = path, now
        self._done: list[Answer] = []
        self._form: tuple[LetterForm, FormBytes] | None = None
        self._is_closed = False

    def room(self) -> int:
        return 0 if self._is_closed else AT_ONCE - len(self._done)

    def post(self, letters: Sequence[Letter], until: datetime) -> None:
        room = self.room()
        for number, letter in enumerate(letters):
            at = self.now()
            in_time = at < until and number < room
            self._done.append(self._put(letter, at) if in_time else _put_off(letter, because(NOT_IN_TIME, code="late")))

    def _put(self, letter: Letter, at: datetime) -> Answer:
        try:
            if self._form is None or self._form[0] is not letter.form:
                self._form = (letter.form, FormBytes(letter.form, eight_bit=True))
            content = assemble(self._form[1], letter, at)
            with said(self.path):
                put(self.path / file_name(letter.key), content)
        except Refused as no:
            if no.reason.code == "not_usable":  # the folder, not the letter
                return _put_off(letter, no.reason)
            return Answer(letter.id, State.REJECTED, reason=no.reason)
        except Failure as later:
            return _put_off(letter, later.reason)
        return _sent(letter)

    def answers(self, patience: timedelta) -> list[Answer]:
        done, self._done = self._done, []
        return done

    def close(self) -> list[Answer]:
        self._is_closed = True
        return self.answers(timedelta(0))


def file_name(key: str) -> str:
    """By the key, whatever it is made of; two keys never share a file."""
    return (
        f"{key}.eml" if KEY.fullmatch(key) else f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}.key.eml"
    )


def _sent(letter: Letter) -> Answer:
    return Answer(letter.id, State.SENT, remote_id=file_name(letter.key))


def _put_off(letter: Letter, reason: Reason) -> Answer:
    return Answer(letter.id, State.PLANNED, reason=reason, retry_after=timedelta(minutes=1), holds=Holds.ACCOUNT)
