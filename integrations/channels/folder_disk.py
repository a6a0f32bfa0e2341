"""Files that are there whole or not at all, also after a power cut."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from integrations.errors import Refused, Unavailable
from models.locale import mark
from models.reason import because

NOT_FOR_US = (errno.ENOENT, errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO, errno.EISDIR)
NOT_USABLE = mark("The folder {path} cannot be used: {detail}. Check that it is there and that we may write in it.")


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Say what the disk says. Nothing is out then, for a post appears whole or not at all."""
    try:
        yield
    except OSError as error:
        reason = because(NOT_USABLE, code="not_usable", path=str(path), detail=error.strerror or type(error).__name__)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (Unavailable(reason) if full else Refused(reason)) from error


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """A folder of ours beside the posts, hidden from who looks at them; what is left in it goes."""
    path.mkdir(parents=True, exist_ok=True)
    place = path / f".draft-{uuid4().hex}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put(file: Path, content: bytes, at: float | None = None) -> None:
    """Write a file so that it is either the former or the new one; as old as `at` says, in seconds."""
    new = file.with_name(f".{uuid4().hex}")
    with new.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if at is not None:
        os.utime(new, (at, at))
    new.replace(file)


def appear(made: Path, place: Path) -> None:
    """Let a folder appear under its name; where another process was first, that one's stays."""
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def content_of(file: Path, most: int) -> bytes | None:
    """The beginning of a file; None for one that is gone, is kept from us, or is none: no link is followed."""
    try:
        with open(file, "rb", opener=_plainly) as stream:
            return stream.read(most) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else None
    except OSError as error:
        if error.errno in NOT_FOR_US:
            return None
        raise


def _plainly(path: str, flags: int) -> int:
    """Open what stands there itself; a pipe is not waited for."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
