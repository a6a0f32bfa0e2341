"""The output of the children: one file each, kept from growing, read back from its end."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

LARGEST = 5_000_000
KEPT = 4
TAIL = 16_384


def open_log(path: Path) -> BinaryIO:
    """Open for appending: a child keeps writing at the end even after the file was cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab", buffering=0)


def rotate(path: Path, largest: int = LARGEST) -> bool:
    """Copy a grown log aside and cut it; the children hold it open, so it cannot be renamed.

    Where it cannot be copied (a full disk) it is cut all the same: a log must not fill the disk, nor end the house.
    """
    if not path.exists() or path.stat().st_size <= largest:
        return False
    with suppress(OSError):
        for number in range(KEPT - 1, 0, -1):
            older = path.with_suffix(f".{number}.log")
            if older.exists():
                older.replace(path.with_suffix(f".{number + 1}.log"))
        shutil.copyfile(path, path.with_suffix(".1.log"))
    os.truncate(path, 0)
    return True


def last_lines(path: Path, since: int = 0, count: int = 15) -> list[str]:
    """The last lines written after byte `since`."""
    if not path.exists():
        return []
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(since if since <= size else 0, size - TAIL))
        written = file.read().decode("utf-8", errors="replace")
    return [line.rstrip() for line in written.splitlines() if line.strip()][-count:]
