"""Files on a disk that others use too: moved aside without covering any, written whole or not at all. No Prefect."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


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
    """Write a file whole or not at all, under another name first; False where it would be the same."""
    beside = path.with_name(f".{path.name}.part")
    digest = hashlib.sha256()
    with beside.open("wb") as file:
        for number, part in enumerate(parts):
            coding = encoding if not number else encoding.removesuffix("-sig")
            said = part if coding != "cp1251" else part.replace("₽", "руб.")  # the sign is younger than the encoding
            data = said.encode(coding, errors="xmlcharrefreplace" if path.suffix == ".xml" else "replace")
            digest.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.is_file() and _print_of(path) == digest.hexdigest():
        beside.unlink()
        return False
    beside.replace(path)
    return True


def _print_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
