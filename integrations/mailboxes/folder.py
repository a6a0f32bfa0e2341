"""A mailbox that is a folder: mails as .eml files, put there whole, and moved to `done` once they are recorded.

For a company without a mail server, and for whoever is brought mails by another program. A file counts as whole when it
has its name: write it under another one and rename it. A mail is known by its file (name, size, time of change, inode),
so one that was still being written when it was read is read again; whoever records knows by itself what it has had.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from integrations.channels.folder_disk import content_of, put, said
from integrations.mailboxes.base import Arrived, Portion
from models.locale import mark

MAILS_MOST = 100  # in one portion
PORTION_BYTES = 8_000_000
MAIL_BYTES = 1_000_000  # of one mail: what tells a bounce stands in its beginning
DONE, SUFFIX = "done", ".eml"
SEPARATOR = "."


class FolderSettings(BaseModel):
    """The folder that bounces and answers are put into."""

    model_config = ConfigDict(extra="forbid")

    folder: str = Field(min_length=1, title=mark("Folder"))


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was found; its `print` is another one as soon as anything is written to it."""

    path: Path
    size: int
    changed: int
    print: str


class FolderMailbox:
    """One folder. The cursor names the files of the last portion: asked for more, they are recorded and go away."""

    name: ClassVar[str] = "folder"
    title: ClassVar[str] = mark("Folder on this computer")
    Settings: ClassVar[type[BaseModel]] = FolderSettings

    def __init__(self, settings: FolderSettings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path, self.now = Path(settings.folder).expanduser(), now

    def read(self, cursor: str) -> Portion:
        """What is there, the oldest first. What the cursor names is recorded, so it is moved away and not read."""
        with said(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._put_away(cursor)
            found, is_cut = self._portion(self._files())
        mails = tuple(self._arrived(number, file, raw) for number, (file, raw) in enumerate(found, 1))
        return Portion(mails, SEPARATOR.join(file.print for file, _ in found), more=is_cut)

    def _portion(self, files: Sequence[File]) -> tuple[list[tuple[File, bytes]], bool]:
        """As many as fit, at least one, and whether there are others. One that cannot be read stays where it is."""
        found: list[tuple[File, bytes]] = []
        room = PORTION_BYTES
        for file in files:
            room -= min(file.size, MAIL_BYTES)
            if found and (room < 0 or len(found) >= MAILS_MOST):
                return found, True
            raw = content_of(file.path, MAIL_BYTES)
            if raw is not None:
                found.append((file, raw))
        return found, False

    def _arrived(self, number: int, file: File, raw: bytes) -> Arrived:
        received = datetime.fromtimestamp(file.changed / 1e9, UTC)
        return Arrived(number, raw, min(received, self.now()), file.size)

    def put_away(self, cursor: str) -> int:
        with said(self.path):
            return self._put_away(cursor)

    def _put_away(self, cursor: str) -> int:
        recorded = set(cursor.split(SEPARATOR)) - {""}
        files = [file for file in self._files() if file.print in recorded] if recorded else []
        return sum(self._move(file) for file in files)

    def _move(self, file: File) -> bool:
        """Into `done`, over no other file there; False for one that somebody else has moved."""
        done = self.path / DONE
        done.mkdir(exist_ok=True)
        place = done / file.path.name
        if os.path.lexists(place):
            place = done / f"{file.path.stem[:100]}-{file.print}{SUFFIX}"
        try:
            file.path.rename(place)
        except FileNotFoundError:
            return False
        return True

    def forget(self, before: datetime) -> int:
        """Delete recorded mails that came before this moment; returns how many."""
        with said(self.path):
            old = [file for file in self._found(self.path / DONE) if file.changed < before.timestamp() * 1e9]
            for file in old:
                file.path.unlink(missing_ok=True)
        return len(old)

    def _files(self) -> list[File]:
        """The mails that lie there. Links, folders and hidden files are none: nothing outside is ever read."""
        return sorted(self._found(self.path), key=lambda file: (file.changed, file.path.name))

    def _found(self, folder: Path) -> Iterator[File]:
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            return
        for entry in entries:
            if not entry.name.lower().endswith(SUFFIX) or entry.name.startswith("."):
                continue
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(seen.st_mode):
                known = f"{seen.st_ino}:{seen.st_size}:{seen.st_mtime_ns}:".encode() + os.fsencode(entry.name)
                print_ = sha256(known).hexdigest()[:20]
                yield File(Path(entry.path), seen.st_size, seen.st_mtime_ns, print_)

    def folders(self) -> Sequence[str]:
        return [str(self.path)]

    def check(self) -> None:
        with said(self.path):
            (self.path / DONE).mkdir(parents=True, exist_ok=True)
            trial = self.path / ".trial"
            put(trial, b"")
            trial.unlink(missing_ok=True)

    def bring(self, name: str, raw: bytes) -> bool:
        """Put a mail in, whole at once; one of this name that is there, or was read already, is not brought twice."""
        with said(self.path):
            (self.path / DONE).mkdir(parents=True, exist_ok=True)
            if any((folder / name).exists() for folder in (self.path, self.path / DONE)):
                return False
            at = self.now().timestamp()
            put(self.path / name, raw, at)
            return True
