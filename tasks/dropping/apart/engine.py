"""Reads a large table in a process of its own: nobody else waits for it, and what it breaks on breaks nothing else.

`python -m tasks.dropping.apart.engine <file> <kind>` writes the table to its output, as this module reads it.
"""

import os
import pickle
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from zipfile import BadZipFile, ZipFile

from models.dropped import DropKind
from tasks.content.sheets import Reading, read_sheet
from tasks.dropping.kinds import familiar_to, most_rows

LARGE = 1_000_000
LONGEST = 300.0  # seconds
MEMORY_MOST = 4 << 30
TOO_LARGE = 3  # how the process ends that was given too little memory; the system may also kill it
LAST_WORDS = 2000  # characters


def weight(path: Path) -> int:
    """How much there is to read: the bytes of the file, those of a workbook unpacked."""
    with suppress(BadZipFile, OSError, RuntimeError, ValueError), ZipFile(path) as book:
        return sum(part.file_size for part in book.infolist())
    return path.stat().st_size


def sheet_of(path: Path, kind: DropKind) -> Reading:
    """The table of a file; a large one is read apart.

    Raises MemoryError where that takes more than there is, TimeoutError after `LONGEST` seconds, and RuntimeError with
    what the process said last where it broke off for another cause.
    """
    return _read(path, kind) if weight(path) <= LARGE else _read_apart(path, kind)


def _read(path: Path, kind: DropKind) -> Reading:
    return read_sheet(path.read_bytes(), path.name, familiar_to(kind), most_rows(kind))


def _read_apart(path: Path, kind: DropKind) -> Reading:
    here = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", __name__, str(path), kind]
    try:
        done = subprocess.run(command, env=here, capture_output=True, timeout=LONGEST)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if done.returncode in (-SIGKILL, TOO_LARGE):
        raise MemoryError
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-LAST_WORDS:])
    reading: Reading = pickle.loads(done.stdout)  # noqa: S301  written by this very module
    return reading


def main(path: str, kind: str) -> None:
    with suppress(ValueError, OSError):  # the system may allow less already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    try:
        sys.stdout.buffer.write(pickle.dumps(_read(Path(path), DropKind(kind))))
    except MemoryError:
        sys.exit(TOO_LARGE)


if __name__ == "__main__":
    main(*sys.argv[1:])
