"""Files that a form brings, written to the disk as they come: never whole in memory, never kept without proof.

A route takes files by `routes.upload(path, permission, most=…)` instead of `routes.post`; `most` is what the whole form
may weigh, in bytes. Its form has `{{ parts.hidden(csrf, next) }}` BEFORE its file fields: a file that comes before the
token is refused, and nothing of it is written. In the route, `said(request, "kind")` reads the fields as always, and

    for file in received(request):        # what was chosen, in the form's order; nothing chosen is nothing here
        file.field, file.name, file.size  # the field; the name made safe (the content says what it is); bytes
        file.path                         # where it lies until the route has answered; then it is removed
        file.keep(place)                  # …unless it was moved to its place, on the disk for good

Whoever may not, is told before a byte is read; more than `most` is a page with status 413 that names the size. The
folder is that of `WebSettings.arriving`; what a killed process left in it is removed at the next start.
"""

import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path
from typing import IO

from fastapi import HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect

from integrations.web.file_names import safe_name

FIELDS_MOST = 2_000
FILES_MOST = 100
FIELD_BYTES_MOST = 200_000
AT_ONCE = 1_000_000


class NotProven(Exception):
    """A file came before the form had proven where it is from."""


class TooLarge(Exception):
    """More than this route takes, in bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass
class Arrived:
    """One file of a form, until the route has answered."""

    field: str
    name: str
    path: Path
    opened: IO[bytes]
    size: int = 0
    waiting: bytearray = made(default_factory=bytearray)

    def keep(self, place: Path) -> None:
        """Move it to its place, whole and on the disk; what stood there is replaced."""
        self.make_last()
        place.parent.mkdir(parents=True, exist_ok=True)
        self.path.replace(place)

    def make_last(self) -> None:
        """Have it on the disk for good; of a large file this takes a while."""
        os.fsync(self.opened.fileno())

    def flush(self) -> None:
        self.opened.write(self.waiting)
        self.opened.flush()
        self.waiting.clear()

    def forget(self) -> None:
        self.opened.close()
        self.path.unlink(missing_ok=True)


def received(request: Request, field: str = "") -> tuple[Arrived, ...]:
    """The files of the form, or of one field of it."""
    files: list[Arrived] = request.state.files
    return tuple(file for file in files if field in ("", file.field))


async def forgetting(request: Request) -> AsyncIterator[None]:
    """What a route that takes files leaves behind: nothing."""
    try:
        yield
    finally:
        for file in request.state.files:
            await run_in_threadpool(file.forget)


async def receive(request: Request, folder: Path, most: int, proven: Callable[[str], bool]) -> FormData:
    """Take the form as it comes; its files are in `request.state.files`. `proven` judges the field csrf.

    Raises NotProven, TooLarge, HTTPException; then nothing of the files is left.
    """
    taking = _Taking(folder, proven)
    try:
        await _take(request, taking)
    except BaseException as error:
        for file in taking.files:
            await run_in_threadpool(file.forget)
        if isinstance(error, ClientDisconnect):  # cut off by the limit; whoever went away reads no answer
            raise TooLarge(most) from None
        raise
    request.state.files = taking.files
    return FormData(taking.fields)


async def _take(request: Request, taking: "_Taking") -> None:
    parser = MultipartParser(_boundary(request), taking.callbacks())  # type: ignore[arg-type]
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            if any(len(file.waiting) > AT_ONCE for file in taking.files):
                await run_in_threadpool(taking.flush)
        parser.finalize()
        await run_in_threadpool(taking.flush)
    except (FormParserError, UnicodeDecodeError):
        raise HTTPException(400) from None
    except OSError:
        raise HTTPException(507) from None
    if not taking.is_whole:
        raise HTTPException(400)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not 0 < len(options.get(b"boundary", b"")) <= 200:
        raise HTTPException(400)
    return options[b"boundary"]


class _Taking:
    """What has been taken of a form so far."""

    def __init__(self, folder: Path, proven: Callable[[str], bool]) -> None:
        self.folder, self.proven = folder, proven
        self.fields: list[tuple[str, str | UploadFile]] = []
        self.files: list[Arrived] = []
        self.is_whole = False
        self._is_proven = False
        self._header, self._value = b"", b""
        self._about: dict[bytes, bytes] = {}
        self._name, self._text = "", bytearray()
        self._file: Arrived | None = None
        self._is_skipped = False

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin, "on_header_field": self._header_name, "on_header_value": self._header_value,
            "on_header_end": self._header_end, "on_headers_finished": self._headers_finished,
            "on_part_data": self._data, "on_part_end": self._end, "on_end": self._whole,
        }  # fmt: skip

    def flush(self) -> None:
        for file in self.files:
            if file.waiting:
                file.flush()

    def _begin(self) -> None:
        self._about, self._header, self._value = {}, b"", b""
        self._file, self._text, self._is_skipped = None, bytearray(), False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, self._about = parse_options_header(self._value.decode("latin-1"))
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        self._name = self._about.get(b"name", b"").decode("utf-8", "replace")
        named = self._about.get(b"filename")
        if named == b"":  # nothing was chosen: browsers send the empty field all the same
            self._is_skipped = True
        elif named is not None:
            self._begin_file(safe_name(named.decode("utf-8", "replace").replace("%22", '"')))

    def _begin_file(self, name: str) -> None:
        if not self._is_proven:
            raise NotProven
        if len(self.files) >= FILES_MOST:
            raise HTTPException(400)
        handle, path = tempfile.mkstemp(dir=self.folder)
        opened = os.fdopen(handle, "wb")
        fcntl.flock(opened, fcntl.LOCK_EX)  # it is ours as long as this process lives
        self._file = Arrived(self._name, name, Path(path), opened)
        self.files.append(self._file)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.waiting += data[start:end]
            self._file.size += end - start
        elif not self._is_skipped:
            self._text += data[start:end]
            if len(self._text) > FIELD_BYTES_MOST:
                raise HTTPException(413)

    def _end(self) -> None:
        if self._file is not None or self._is_skipped:
            return
        if len(self.fields) >= FIELDS_MOST:
            raise HTTPException(400)
        text = self._text.decode("utf-8")
        self.fields.append((self._name, text))
        self._is_proven = self._is_proven or (self._name == "csrf" and self.proven(text.strip()))

    def _whole(self) -> None:
        self.is_whole = True


def sweep(folder: Path) -> Iterator[Path]:
    """Remove what nobody is receiving any more; another process of ours may be, beside this one."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        with suppress(OSError), path.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            yield path
