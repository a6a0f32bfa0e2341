"""The company's folder as a port: files are opened by their path inside it, and never outside."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from integrations.errors import Refused
from models.locale import mark
from models.reason import because

FILE_BYTES_MAX = 50_000_000
FILES_MAX = 20_000
PATIENCE_SECONDS = 10.0
LOOK_SECONDS = 0.02
PATTERN = frozenset("*?[")

OUTSIDE = mark("{path} leads out of the company's folder. Put the file inside and name it from there.")
ABSENT = mark("There is no file {path} in the company's folder. Correct the name or put the file there.")
TOO_LARGE = mark("{path} has {size} MB, more than {limit} MB. Make the file smaller.")
CHANGED = mark("{path} was changed meanwhile, so nothing was written into it. Load it once more.")
NOT_WRITTEN = mark(
    "{path} cannot be written: {detail}. Close it in your program, check that it may be written, and load it once more."
)
BUSY = mark("Somebody else is writing into the company's files just now. Repeat it in a moment.")
CLOSED = mark("{path} cannot be opened: {detail}. Check that the file may be read.")


@contextmanager
def alone(lock: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Be the only one of ours who writes, in any process; the kernel lets go however it ends. Raises Refused."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience
    with lock.open("a") as file:
        while not _took(file.fileno()):
            if time.monotonic() > until:
                raise Refused(because(BUSY, code="busy"))
            time.sleep(LOOK_SECONDS)
        yield


def _took(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Folder:
    """A folder whose files may be read, whatever path a plan, a piece or a feed names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, path: str) -> Path:
        """The file a path inside the folder means; links that lead out are followed to see it. Raises Refused."""
        try:
            inside = (self.root / path.replace("\\", "/")).resolve()
            if inside.is_relative_to(self.root.resolve()):
                return inside
        except (OSError, ValueError, RuntimeError) as error:
            raise Refused(because(ABSENT, code="absent", path=path)) from error
        raise Refused(because(OUTSIDE, code="outside", path=path))

    def holds(self, path: str) -> bool:
        try:
            return self.place(path).exists()
        except Refused:
            return False

    def read(self, path: str, limit: int = FILE_BYTES_MAX) -> bytes:
        """The bytes of a file. Raises Refused where it is absent, closed, larger than the limit or outside."""
        file = self.place(path)
        if not file.is_file():
            raise Refused(because(ABSENT, code="absent", path=path))
        try:
            with file.open("rb") as opened:
                data = opened.read(limit + 1)
        except OSError as error:
            raise Refused(because(CLOSED, code="closed", path=path, detail=error.strerror)) from error
        if len(data) > limit:
            words = {"size": file.stat().st_size // 1_000_000, "limit": limit // 1_000_000}
            raise Refused(because(TOO_LARGE, code="too_large", path=path, **words))
        return data

    def renew(self, path: str, former: bytes, data: bytes) -> None:
        """Put other bytes in the place of a file, in one move and only where it still is the former. Raises Refused."""
        file = self.place(path)
        try:
            handle, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
            try:
                with os.fdopen(handle, "wb") as opened:
                    opened.write(data)
                    opened.flush()
                    os.fsync(opened.fileno())
                shutil.copymode(file, draft)
                if file.read_bytes() != former:
                    raise Refused(because(CHANGED, code="changed", path=path))
                Path(draft).replace(file)
            finally:
                Path(draft).unlink(missing_ok=True)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise Refused(because(NOT_WRITTEN, code="not_written", path=path, detail=detail)) from error

    def names(self, path: str, suffixes: Collection[str] = ()) -> list[str]:
        """The files under a folder by their paths from it, hidden ones left out; none where there is no folder."""
        top = self.place(path)
        found = (file.relative_to(top) for file in sorted(top.rglob("*")) if file.is_file()) if top.is_dir() else ()
        return [file for file in _shown(found) if not suffixes or Path(file).suffix.lower() in suffixes][:FILES_MAX]

    def matching(self, pattern: str) -> list[str]:
        """The files that a pattern (purchases/*.csv) means; what is none means itself, whether it is there or not."""
        if not PATTERN & set(pattern) or self.holds(pattern):
            return [pattern]
        try:
            found = [file.relative_to(self.root) for file in sorted(self.root.glob(pattern)) if file.is_file()]
        except (ValueError, NotImplementedError):  # it begins at the root of the disk, or has more stars than it may
            return [pattern]
        return _shown(found)[:FILES_MAX]


def _shown(files: Iterable[Path]) -> list[str]:
    """Without those that are hidden, and those that Excel keeps beside an open workbook."""
    return [file.as_posix() for file in files if not any(part.startswith((".", "~$")) for part in file.parts)]
