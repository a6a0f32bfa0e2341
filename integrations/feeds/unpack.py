"""Bodies as they come over the wire: counted packed and unpacked, so that no small answer becomes a huge one. Pure."""

import zlib
from collections.abc import Iterable, Iterator

STEP = 65_536
GZIP = b"\x1f\x8b"
WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}
RAW = -15


class TooLarge(Exception):
    """More than `limit` bytes, packed or unpacked as `packed` says."""

    def __init__(self, limit: int, packed: bool) -> None:
        super().__init__(limit)
        self.limit = limit
        self.packed = packed


class Damaged(Exception):
    """What came cannot be unpacked, or ends before its end."""


def counted(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Pass the chunks on, and raise TooLarge as soon as they are more than the limit."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit, packed=True)
        yield chunk


def unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The whole body, unpacked step by step and never beyond the limit. Raises TooLarge, Damaged."""
    body = bytearray()
    for piece in _inflated(chunks, encoding) if encoding else chunks:
        body += piece
        if len(body) > limit:
            raise TooLarge(limit, packed=False)
    return bytes(body)


def _inflated(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Members one behind the other, each at most STEP bytes at a time."""
    window = WINDOW[encoding]
    machine = None
    for chunk in chunks:
        while chunk:
            if machine is None:
                window = _window(chunk, window)
                machine = zlib.decompressobj(window)
            try:
                yield machine.decompress(chunk, STEP)
            except zlib.error as error:
                raise Damaged(str(error)) from error
            chunk = machine.unused_data if machine.eof else machine.unconsumed_tail
            machine = None if machine.eof else machine
    if machine is not None:
        raise Damaged("the end is missing")


def _window(chunk: bytes, window: int) -> int:
    """Some servers say deflate and send it without its zlib header."""
    is_zlib = len(chunk) > 1 and chunk[0] & 0x0F == 8 and (chunk[0] << 8 | chunk[1]) % 31 == 0
    return RAW if window == WINDOW["deflate"] and not is_zlib else window
