"""Where dropped files lie, and how one takes the place of the company's own: in one move, over nobody's change.

A dropped file lies in `var/drop/<number>/`. What it replaces is kept in `var/plans` or `var/former`, by its moment.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from glob import escape
from pathlib import Path

from integrations.errors import Refused
from integrations.folder import CHANGED, NOT_WRITTEN, Folder, alone
from models.reason import because
from tasks.house import House

CONTENT = "content"
COPIES_KEPT = 100
STAMP = "-".join("[0-9]" * digits for digits in (8, 6, 6))  # the copies of cup.jpg are not those of cup-blue.jpg


def shelf(at: House, id: int) -> Path:
    """The folder of a dropped file."""
    return at.var / "drop" / str(id)


def file_of(at: House, id: int, name: str = CONTENT) -> Path:
    return shelf(at, id) / name


def clear(at: House, id: int) -> None:
    shutil.rmtree(shelf(at, id), ignore_errors=True)


def print_of(data: bytes | None) -> str:
    """The print of a file's bytes; empty where there is no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def standing(at: House, path: str) -> bytes | None:
    """What the company keeps at this path; None where it keeps nothing there. Raises Refused."""
    folder = Folder(at.root)
    return folder.read(path, 200_000_000) if folder.holds(path) else None


def exchange(at: House, path: str, data: bytes, expected: str, instead_of: Sequence[str] = ()) -> None:
    """Put bytes in the place of the company's file, which must still be the `expected` one. Raises Refused.

    `instead_of` are files that would be read besides it, or instead of it: they are moved among the copies.
    """
    with alone(at.var / "drop" / "lock"):
        former = standing(at, path)
        if former != data and print_of(former) != expected:
            raise Refused(because(CHANGED, code="changed", path=path))
        try:
            if former is None:
                _put(Folder(at.root).place(path), data)
            elif former != data:
                _keep(at, path, former)
                Folder(at.root).renew(path, former, data)
            for other in instead_of:
                _retire(at, other)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise Refused(because(NOT_WRITTEN, code="not_written", path=path, detail=detail)) from error


def _retire(at: House, path: str) -> None:
    data = standing(at, path)
    if data is not None:
        _keep(at, path, data)
        Folder(at.root).place(path).unlink()


def _keep(at: House, path: str, data: bytes) -> None:
    """A copy of what stood there; the last hundred of a name are kept."""
    name = Path(path)
    copies = at.var / ("plans" if name.parts[0] == "content" else "former")
    _put(copies / f"{name.stem}-{at.now():%Y%m%d-%H%M%S-%f}{name.suffix}", data)
    for old in sorted(copies.glob(f"{escape(name.stem)}-{STAMP}{escape(name.suffix)}"))[:-COPIES_KEPT]:
        old.unlink(missing_ok=True)


def _put(place: Path, data: bytes) -> None:
    """A new file, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(place)
    finally:
        Path(draft).unlink(missing_ok=True)
