"""The wire to a provider: an httpx transport that keeps a total deadline and knows whether anything was sent.

httpx's time-outs are per operation, so a dripping server could hold a call beyond its lease; and a process that was
frozen between its intent and its first byte must not send when it thaws. Both are decided here, at the socket.
"""

import ssl
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
NOT_REACHED = mark("The service does not answer: {detail}. It will be tried again.")
LOST = mark("The answer was lost after the request had been sent: {detail}.")

_call = local()


class CallState:
    """What one call may still use, and what it has done: `wrote` is true once a byte of the request left."""

    def __init__(self, ends_at: float, now: Callable[[], float]) -> None:
        self.ends_at = ends_at
        self.now = now
        self.wrote = False

    def remaining(self) -> float:
        left = self.ends_at - self.now()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline of the call has passed")
        return left


@contextmanager
def deadline(total: timedelta, now: Callable[[], float] = time.time) -> Iterator[CallState]:
    """Bound everything that goes over the wire in this block, in wall time: a frozen process ages too."""
    former = getattr(_call, "state", None)
    state = CallState(now() + total.total_seconds(), now)
    if former is not None:
        state.ends_at = min(state.ends_at, former.ends_at)
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


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_state().remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        state = _state()
        left = state.remaining()
        state.wrote = True
        self._stream.write(buffer, timeout=left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=_state().remaining()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _state().remaining()
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options))


class Wire(httpx.BaseTransport):
    """An httpx transport over httpcore with the deadline of the current call."""

    def __init__(self, connections: int = 10, verify: bool = True) -> None:
        context = ssl.create_default_context() if verify else ssl._create_unverified_context()  # noqa: S323
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=connections, keepalive_expiry=IDLE_SECONDS, network_backend=_Backend()
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
            answer = self._pool.handle_request(bare)
            body = b"".join(answer.iter_stream())
            answer.close()
        return httpx.Response(answer.status, headers=answer.headers, content=body, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


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
