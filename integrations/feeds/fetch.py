"""Fetching from addresses that others wrote: where we connect, how often, how long and how much is decided by us."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

import httpcore
import httpx

from integrations.errors import Refused, Unavailable
from integrations.feeds.addresses import Resolver, is_public, resolve
from integrations.feeds.answers import failure, sniff
from integrations.feeds.stream import Stream
from integrations.feeds.unpack import GZIP, WINDOW, Damaged, TooLarge, counted, unpacked
from integrations.wire import CallState, deadline
from models.locale import mark
from models.reason import Reason, because

USER_AGENT = "Otdel"
URL_MAX = 2_000
ADDRESSES_TRIED = 3
HOST = re.compile(rb"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]+")
REDIRECTS = (301, 302, 303, 307, 308)
LATE = (httpcore.TimeoutException, httpx.TimeoutException)
LOST = (httpcore.NetworkError, httpcore.ProtocolError, httpx.NetworkError, httpx.ProtocolError, OSError)

BAD_ADDRESS = mark("{url} is not an address of the web. Write it whole, with http:// or https:// in front.")
WITH_SECRET = mark("The address at {host} holds a name or a password. Take them out: files keep no secrets.")
PRIVATE = mark(
    "{url} leads to {address}, inside a private network, and was not opened. "
    "If the server is your own, write allow_private: true at this source in feeds.yaml."
)
NO_HOST = mark("There is no server named {host}. Check the address {url}; it will be tried again.")
NOT_REACHED = mark("{url} does not answer. Check the address; it will be tried again.")
BAD_CERTIFICATE = mark("The certificate of {url} is not valid, so nobody knows who answers there. Check the address.")
SLOW = mark("{url} did not answer whole within {seconds} s. It will be tried again.")
MANY_REDIRECTS = mark("{url} leads on more than {limit} times. Open it in a browser and write the address it ends at.")
DOWNGRADE = mark("{url} leads from https to {target}, which is not protected. Ask its owner for an https address.")
NO_TARGET = mark("{url} leads on but does not say where to. Open the address in a browser and correct it.")
TOO_LARGE = mark("{url} sends more than {limit} MB. Ask for a shorter feed, or keep it as a file and write its path.")
BOMB = mark("{url} unpacks to more than {limit} MB, which no feed is, and was not read. Check the address.")
DAMAGED = mark("What {url} sends cannot be unpacked. It will be tried again; if it stays so, tell its owner.")


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
        with deadline(self._bounds.total, self._now) as call, self._explained(url):
            for _ in range(self._bounds.redirects + 1):
                answer = self._open(here, kept, allow_private)
                try:
                    if answer.status_code not in REDIRECTS:
                        return self._taken(answer, here, call)
                    here = onward(answer, here)
                finally:
                    answer.close()
        raise Refused(because(MANY_REDIRECTS, code="many_redirects", url=url, limit=self._bounds.redirects))

    def _open(self, url: httpx.URL, kept: Mapping[str, str], allow_private: bool) -> httpx.Response:
        """Ask the first checked address that answers. The name is looked up once: what was checked is connected to."""
        addresses = self._checked(url, allow_private)
        for place, address in enumerate(addresses, start=1):
            try:
                return self._transport.handle_request(pinned(url, address, kept))
            except (httpcore.ConnectError, httpx.ConnectError):
                if place == len(addresses):
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
        marks = {name.replace("-", "_"): answer.headers.get(name, "")[:500] for name in ("etag", "last-modified")}
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

    @contextmanager
    def _explained(self, url: str) -> Iterator[None]:
        """Turn whatever goes wrong on the way into what a specialist can mend, or we can try again."""
        seconds = int(self._bounds.total.total_seconds())
        try:
            yield
        except LATE as error:
            raise Unavailable(because(SLOW, code="slow", url=url, seconds=seconds)) from error
        except LOST as error:
            text, code = (
                (BAD_CERTIFICATE, "certificate") if "CERTIFICATE" in str(error) else (NOT_REACHED, "unreachable")
            )
            raise Unavailable(because(text, code=code, url=url)) from error
        except Damaged as error:
            raise Unavailable(because(DAMAGED, code="damaged", url=url)) from error
        except TooLarge as error:
            raise Refused(_too_large(error, url)) from error


def _too_large(error: TooLarge, url: str) -> Reason:
    code, text = ("too_large", TOO_LARGE) if error.packed else ("bomb", BOMB)
    return because(text, code=code, url=url, limit=error.limit // 1_000_000)


def parsed(text: str) -> httpx.URL:
    """The address as it can be opened; Refused with what is wrong in it."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise Refused(because(BAD_ADDRESS, code="bad_address", url=text[:200])) from error
    if url.scheme not in ("http", "https") or not HOST.fullmatch(url.raw_host) or len(text) > URL_MAX:
        raise Refused(because(BAD_ADDRESS, code="bad_address", url=text[:200]))
    if url.userinfo:
        raise Refused(because(WITH_SECRET, code="with_secret", host=url.host))
    return url.copy_with(fragment=None)


def onward(answer: httpx.Response, url: httpx.URL) -> httpx.URL:
    """Where an answer leads on to; never from a protected address to an unprotected one."""
    location = answer.headers.get("location", "")
    if not location:
        raise Refused(because(NO_TARGET, code="no_target", url=url))
    try:
        target = parsed(str(url.join(location)))
    except httpx.InvalidURL as error:
        raise Refused(because(NO_TARGET, code="no_target", url=url)) from error
    if url.scheme == "https" and target.scheme == "http":
        raise Refused(because(DOWNGRADE, code="downgrade", url=url, target=target))
    return target


def pinned(url: httpx.URL, address: str, kept: Mapping[str, str]) -> httpx.Request:
    """The request to one address, under the host's own name; no connection is kept for another name to use."""
    headers = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": USER_AGENT,
        "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        **kept,
    }
    name = {"sni_hostname": url.raw_host.decode("ascii")}
    return httpx.Request("GET", url.copy_with(host=address), headers=headers, extensions=name)


def timely(chunks: Iterable[bytes], call: CallState) -> Iterator[bytes]:
    for chunk in chunks:
        call.remaining()
        yield chunk
