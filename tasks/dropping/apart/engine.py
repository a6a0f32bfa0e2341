"""Reads a large table in a process of its own: nobody else waits for it, and what it breaks on breaks nothing else.

`python -m tasks.dropping.apart.engine <file>` writes the table to its output, as this module reads it.
"""

import os
import pickle
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tasks.content.sheets import Reading, read_sheet
from tasks.dropping.kinds import familiar

LARGE = 1_000_000
LONGEST = 300.0  # seconds
MEMORY_MOST = 4 << 30


def sheet_of(path: Path) -> Reading:
    """The table of a file; a large one is read apart. Raises MemoryError where that takes more than there is."""
    return _read(path) if path.stat().st_size <= LARGE else _read_apart(path)


def _read(path: Path) -> Reading:
    return read_sheet(path.read_bytes(), path.name, familiar)


def _read_apart(path: Path) -> Reading:
    here = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", __name__, str(path)]
    try:
        done = subprocess.run(command, env=here, capture_output=True, timeout=LONGEST, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise MemoryError from None
    reading: Reading = pickle.loads(done.stdout)  # noqa: S301  written by this very module
    return reading


def main(path: str) -> None:
    with suppress(ValueError, OSError):  # the system may allow less already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    sys.stdout.buffer.write(pickle.dumps(_read(Path(path))))


if __name__ == "__main__":
    main(sys.argv[1])
