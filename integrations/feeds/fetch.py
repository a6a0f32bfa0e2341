"""Fetching from addresses that others wrote: where we connect, how often, how long and how much is decided by us."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from integrations.errors import Refused, Unavailable
from integrations.feeds.addresses import is_public
from integrations.feeds.answers import failure, sniff
from integrations.feeds.stream import Stream
from integrations.feeds.troubles import explained
from integrations.feeds.unpack import GZIP, WINDOW, Damaged, TooLarge, counted, unpacked
from integrations.feeds.urls import onward, parsed, pinned
from integrations.wire import CallState, Resolver, deadline, resolve
from models.locale import mark
from models.reason import because

ADDRESSES_TRIED = 3
NOT_REACHED = (httpcore.ConnectError, httpcore.TimeoutException, httpx.ConnectError, httpx.TimeoutException)
MARK_MAX = 500
REDIRECTS = (301, 302, 303, 307, 308)

PRIVATE = mark(
    "{url} leads to {address}, inside a private network, and was not opened. "
    "If the server is your own, write allow_private: true at this source in feeds.yaml."
)
NO_HOST = mark("There is no server named {host}. Check the address {url}; it will be tried again.")
MANY_REDIRECTS = mark("{url} leads on more than {limit} times. Open it in a browser and write the address it ends at.")


@dataclass(frozen=True)
class Bounds:
    """What one fetch may take, its redirects included; `packed` (on the wire) and `unpacked` in bytes."""

    total: timedelta = timedelta(seconds=20)
    packed: int = 20_000_000
    unpacked: int = 100_000_000
    redirects: int = 3


@dataclass(frozen=True)
class Fetched:
    """What came, and from where at last. `not_modified`: what is kept under the given ETag or date still holds."""

    url: str
    body: bytes = b""
    media_type: str = ""
    etag: str = ""
    last_modified: str = ""
    not_modified: bool = False


class Fetcher:
    """Opens the addresses people write into their files. Raises only Refused and Unavailable."""

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        resolver: Resolver = resolve,
        bounds: Bounds = Bounds(),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport or Stream()
        self._resolver = resolver
        self._bounds = bounds
        self._now = now

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "", allow_private: bool = False) -> Fetched:
        """Open an address and follow where it leads, every step checked anew."""
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        kept = {name: value for name, value in asked.items() if value}
        here = parsed(url)
        with deadline(self._bounds.total, self._now) as call, explained(url, self._bounds.total):
            for _ in range(self._bounds.redirects + 1):
                answer = self._open(here, kept, allow_private, call)
                try:
                    if answer.status_code not in REDIRECTS:
                        return self._taken(answer, here, call)
                    here = onward(answer, here)
                finally:
                    answer.close()
        raise Refused(because(MANY_REDIRECTS, code="many_redirects", url=url, limit=self._bounds.redirects))

    def _open(self, url: httpx.URL, kept: Mapping[str, str], allow_private: bool, call: CallState) -> httpx.Response:
        """Ask the first checked address that answers, each in its share of the time.

        The name is looked up once: what was checked is connected to.
        """
        addresses = self._checked(url, allow_private)
        for behind in range(len(addresses) - 1, -1, -1):
            share = timedelta(seconds=call.remaining() / (behind + 1))
            try:
                with deadline(share, self._now):
                    return self._transport.handle_request(pinned(url, addresses[-1 - behind], kept))
            except NOT_REACHED:
                if not behind:
                    raise
        raise AssertionError("a resolved name has an address")

    def _checked(self, url: httpx.URL, allow_private: bool) -> list[str]:
        addresses = self._resolved(url)
        closed = [address for address in addresses if not is_public(address)]
        if closed and not allow_private:
            raise Refused(because(PRIVATE, code="private", url=url, address=closed[0]))
        return addresses[:ADDRESSES_TRIED]

    def _resolved(self, url: httpx.URL) -> list[str]:
        try:
            return [str(ip_address(url.host))]
        except ValueError:
            pass
        try:
            found = self._resolver(url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise Unavailable(because(NO_HOST, code="no_host", url=url, host=url.host))
        return found

    def _taken(self, answer: httpx.Response, url: httpx.URL, call: CallState) -> Fetched:
        if trouble := failure(answer, str(url), self._now()):
            raise trouble
        marks: dict[str, Any] = {name.replace("-", "_"): mark_of(answer, name) for name in ("etag", "last-modified")}
        if answer.status_code == 304:
            return Fetched(str(url), not_modified=True, **marks)
        body = self._body(answer, call)
        return Fetched(str(url), body, sniff(body, answer.headers.get("content-type", "")), **marks)

    def _body(self, answer: httpx.Response, call: CallState) -> bytes:
        length, coding = answer.headers.get("content-length", ""), answer.headers.get("content-encoding", "").lower()
        if length.isdecimal() and int(length) > self._bounds.packed:
            raise TooLarge(self._bounds.packed, packed=True)
        if coding not in ("", "identity", *WINDOW):
            raise Damaged(coding)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        chunks = counted(timely(answer.stream, call), self._bounds.packed)
        body = unpacked(chunks, coding if coding in WINDOW else "", self._bounds.unpacked)
        is_packed_file = body.startswith(GZIP)
        return unpacked([body], "gzip", self._bounds.unpacked) if is_packed_file else body


def mark_of(answer: httpx.Response, name: str) -> str:
    """What to ask with next time; nothing where it could not be sent back as it came."""
    value: str = answer.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= MARK_MAX else ""


def timely(chunks: Iterable[bytes], call: CallState) -> Iterator[bytes]:
    for chunk in chunks:
        call.remaining()
        yield chunk
