"""Files on a disk that others use too: moved aside without covering any, written whole or not at all. No Prefect."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

A_PIECE = 1_000_000
LEFT_AFTER = 3_600  # seconds: no run takes that long


def is_as_it_was(path: Path, before: os.stat_result) -> bool:
    """Whether nobody has written to it meanwhile."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return False
    return (now.st_size, now.st_mtime_ns, now.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)


def name_of(path: Path) -> str:
    """The name as people may read it: what some program wrote in windows-1251 is no text to the system."""
    raw = os.fsencode(path.name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def move_aside(path: Path, folder: Path) -> None:
    """Move a file that is done with; one of the same name that lies there stays."""
    folder.mkdir(exist_ok=True)
    place, number = folder / path.name, 1
    while place.exists():
        number += 1
        place = folder / f"{path.stem}-{number}{path.suffix}"
    with suppress(FileNotFoundError):  # somebody else has moved it
        path.replace(place)


def put(path: Path, parts: Iterable[str], encoding: str) -> bool:
    """Write a file whole or not at all, under another name first; False where it would be the same.

    Nothing is written until something is different: the folder may be on a network, the lists of a million codes.
    """
    coded = _coded(parts, encoding, path.suffix == ".xml")
    with path.open("rb") if path.is_file() else BytesIO() as former:
        same, other = 0, b""
        for other in coded:
            if former.read(len(other)) != other:
                break
            same, other = same + len(other), b""
        if path.is_file() and not other and not former.read(1):
            return False
        former.seek(0)
        _replace(path, chain(_first(former, same), [other], coded))
    return True


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    """Write it under a name that nobody else has: two runs at once would write into one another's."""
    beside = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with beside.open("wb") as file:
            for data in parts:
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sweep(path)


def _sweep(path: Path) -> None:
    """What a run that was killed has left."""
    for left in path.parent.glob(f".{path.name}.*part"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > LEFT_AFTER:
                left.unlink()


def _coded(parts: Iterable[str], encoding: str, is_xml: bool) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        coding = encoding if not number else encoding.removesuffix("-sig")
        said = part if coding != "cp1251" else part.replace("₽", "руб.")  # the sign is younger than the encoding
        yield said.encode(coding, errors="xmlcharrefreplace" if is_xml else "replace")


def _first(file: BinaryIO, number: int) -> Iterator[bytes]:
    """So many bytes of it, piece by piece."""
    while number > 0 and (data := file.read(min(number, A_PIECE))):
        number -= len(data)
        yield data
