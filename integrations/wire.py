"""The wire to a provider: an httpx transport that keeps a total deadline and knows whether anything was sent.

httpx's time-outs are per operation, so a server that drips, or drinks slowly, could hold a call beyond its lease; and a
process that was frozen before or within its request must not send the rest when it thaws. All is decided here, at the
socket: before every piece that is sent and everything that is read.
"""

import selectors
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from threading import local
from typing import Any

import httpcore
import httpx

from integrations.errors import OutcomeUnknown, Unavailable
from models.locale import mark
from models.reason import because

UNBOUNDED = timedelta(seconds=30)  # where no call says how long it may take
IDLE_SECONDS = 4.0  # a kept connection older than this is not trusted with a call that must not be repeated
PIECE_BYTES = 16_384  # what may leave between two looks at the clock
ANSWER_BYTES_MAX = 20_000_000
# A connection is closed by a reset: what is still on its way when we give up, or are killed, must not arrive later,
# when somebody has looked, found nothing and sent it again.
NO_GHOST = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
NOT_REACHED = mark("The service does not answer: {detail}. It will be tried again.")
LOST = mark("The answer was lost after the request had been sent: {detail}.")

Resolver = Callable[[str, int], list[str]]

_call = local()


class CallState:
    """What one call may still use, and what it has done: `wrote` is true once a byte of the request left."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self.ends_at = now() + seconds
        self.ends_at_the_latest = time.monotonic() + seconds
        self.now = now
        self.wrote = False

    def remaining(self) -> float:
        """By the wall clock, which runs while the machine sleeps, and by one that nobody can set back."""
        left = min(self.ends_at - self.now(), self.ends_at_the_latest - time.monotonic())
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline of the call has passed")
        return left

    def within(self, outer: "CallState") -> None:
        self.ends_at = min(self.ends_at, outer.ends_at)
        self.ends_at_the_latest = min(self.ends_at_the_latest, outer.ends_at_the_latest)


@contextmanager
def deadline(total: timedelta, now: Callable[[], float] = time.time) -> Iterator[CallState]:
    """Bound everything that goes over the wire in this block, in wall time: a frozen process ages too."""
    former = getattr(_call, "state", None)
    state = CallState(total.total_seconds(), now)
    if former is not None:
        state.within(former)
    _call.state = state
    try:
        yield state
    finally:
        _call.state = former


def _state() -> CallState:
    state: CallState = _call.state
    return state


def _some_deadline() -> AbstractContextManager[object]:
    """The deadline of the block we are in, else one of our own: what was sent must be known either way."""
    return nullcontext() if getattr(_call, "state", None) else deadline(UNBOUNDED)


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name; how long that may take is the system's own setting."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._socket: socket.socket = stream.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_state().remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        state, left = _state(), memoryview(buffer)
        while left:
            left = left[self._send(left[:PIECE_BYTES], state) :]

    def _send(self, piece: memoryview, state: CallState) -> int:
        """Send what is taken of a piece; between the look at the clock and the sending nothing waits."""
        self._socket.settimeout(0)
        while True:
            seconds = state.remaining()
            state.wrote = True
            try:
                return self._socket.send(piece)
            except (BlockingIOError, ssl.SSLWantWriteError):
                _wait(self._socket, selectors.EVENT_WRITE, seconds)
            except ssl.SSLWantReadError:
                _wait(self._socket, selectors.EVENT_READ, seconds)
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=_state().remaining()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _wait(plug: socket.socket, event: int, seconds: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(plug, event)
        selector.select(seconds)


class _Backend(httpcore.SyncBackend):
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the addresses of a name, each with its share of the time: a dead one must not use up all of it."""
        addresses, options = self._addresses(host, port), [*(socket_options or ()), NO_GHOST]
        for behind in range(len(addresses) - 1, -1, -1):
            share = _state().remaining() / (behind + 1)
            try:
                return _Stream(super().connect_tcp(addresses[-1 - behind], port, share, local_address, options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not behind:
                    raise
        raise httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            return self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error


class Wire(httpx.BaseTransport):
    """An httpx transport over httpcore with the deadline of the current call."""

    def __init__(
        self, connections: int = 10, resolver: Resolver = resolve, trust: ssl.SSLContext | None = None
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust or ssl.create_default_context(),
            max_connections=connections,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_Backend(resolver),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        bare = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
        )
        with _some_deadline(), translated():
            _state().wrote = False
            bare.extensions["timeout"] = {"pool": _state().remaining()}
            answer = self._pool.handle_request(bare)
            body = _body(answer)
            answer.close()
        return httpx.Response(answer.status, headers=answer.headers, content=body, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


def _body(answer: httpcore.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_stream():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            raise httpcore.RemoteProtocolError(f"the answer is longer than {ANSWER_BYTES_MAX} bytes")
    return bytes(body)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what went wrong on the wire into "not now" (nothing left us) or "don't know" (something did)."""
    state = _state()
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        OSError,
    ) as error:
        detail = str(error) or type(error).__name__
        if state.wrote:
            raise OutcomeUnknown(because(LOST, code="lost", detail=detail)) from error
        raise Unavailable(because(NOT_REACHED, code="unreachable", detail=detail)) from error


def client(connections: int = 10, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """An httpx client for a provider: no redirects, no environment proxies, our wire unless a test gives another."""
    return httpx.Client(transport=transport or Wire(connections), follow_redirects=False, trust_env=False)
