"""HTTP/1.1 on a loopback port, where an answer may be late, cut, dripped or never come.

asyncio with h11, because a server that misbehaves needs the connection itself: frameworks protect it. One thread runs
the loop; a thousand held connections cost nothing.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

import h11

Delivery = Literal["whole", "drop", "hold", "short", "drip"]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What to send and how: `drop` closes instead of answering, `hold` is silent, `short` promises more than it sends,
    `drip` sends a byte at a time. `delay_ms` comes before, or between the bytes of a drip; a silence ends with it."""

    status: int
    body: bytes
    content_type: str = "application/json"
    delivery: Delivery = "whole"
    delay_ms: int = 0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Later:
    """An answer that waits: `ask` is called at every nudge, and with True when the time is up."""

    ask: Callable[[bool], Answer | None]
    seconds: float


Handler = Callable[[Request], Answer | Later]


class Listener:
    """A server on 127.0.0.1, in a thread of its own. `handler` runs in that thread, one request at a time."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self.handler = handler
        self.port = port
        self.connections: set[_Connection] = set()
        self.loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="test-server", daemon=True)
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._stop = asyncio.Event()

    def start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread.start()
        self._ready.wait()
        if self._failure:
            self._thread.join()
            raise self._failure

    def close(self) -> None:
        """Drop every connection, free the port and wait for the thread."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def nudge(self) -> None:
        """Ask every waiting answer whether it is due. May be called from any thread."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._ask_all)

    def call_later(self, delay_ms: int, act: Callable[[], None]) -> None:
        self.loop.call_later(delay_ms / 1000, act)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _run(self) -> None:
        try:
            self.loop.run_until_complete(self._serve())
        finally:
            self.loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        try:
            server = await self.loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port, backlog=1024)
        except OSError as error:
            self._failure = error
            return
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for connection in list(self.connections):
            connection.transport.abort()
        while self.connections:
            await asyncio.sleep(0)
        await server.wait_closed()

    def _ask_all(self) -> None:
        for connection in list(self.connections):
            connection.ask(False)


class _Connection(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._http = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body: list[bytes] = []
        self._waiting: Later | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._listener.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting = None
        self._cancel()
        self._listener.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            self._read()
        except h11.RemoteProtocolError:
            self.transport.close()

    def _read(self) -> None:
        while not self.transport.is_closing():
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                self._request = event
                self._welcome()
            elif isinstance(event, h11.Data):
                self._body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self._meet()
            else:  # nothing more to read, or an answer is still owed
                return

    def _welcome(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))

    def _meet(self) -> None:
        assert self._request is not None
        path, _, query = self._request.target.decode("ascii").partition("?")
        headers = {name.decode(): value.decode("latin-1") for name, value in self._request.headers}
        body, self._body = b"".join(self._body), []
        answer = self._listener.handler(Request(self._request.method.decode(), path, query, headers, body))
        if isinstance(answer, Later):
            self._waiting = answer
            self._after(int(answer.seconds * 1000), lambda: self.ask(True))
        else:
            self._deliver(answer)

    def ask(self, in_full: bool) -> None:
        """Give the waiting answer if it is due now."""
        answer = self._waiting.ask(in_full) if self._waiting else None
        if answer is not None:
            self._waiting = None
            self._cancel()
            self._deliver(answer)

    def _deliver(self, answer: Answer) -> None:
        if answer.delivery == "hold":
            return self._after(answer.delay_ms, self.transport.close) if answer.delay_ms else None
        if answer.delay_ms and answer.delivery != "drip":
            return self._after(answer.delay_ms, lambda: self._now(answer))
        return self._now(answer)

    def _now(self, answer: Answer) -> None:
        if self.transport.is_closing():
            return
        if answer.delivery == "drop":
            self.transport.close()
            return
        size = str(len(answer.body)).encode()
        headers = [(b"content-type", answer.content_type.encode()), (b"content-length", size)]
        headers += [(name.encode(), value.encode()) for name, value in answer.headers]
        head = h11.Response(status_code=answer.status, headers=headers)
        if answer.delivery == "whole":
            self._send(head, h11.Data(data=answer.body), h11.EndOfMessage())
            self._next()
        elif answer.delivery == "short":
            self._send(head, h11.Data(data=answer.body[: len(answer.body) // 2]))
            self.transport.close()
        else:
            self._send(head)
            self._drip(answer, 0)

    def _drip(self, answer: Answer, sent: int) -> None:
        if self.transport.is_closing():
            return
        if sent == len(answer.body):
            self._send(h11.EndOfMessage())
            self._next()
            return
        self._send(h11.Data(data=answer.body[sent : sent + 1]))
        self._after(answer.delay_ms, lambda: self._drip(answer, sent + 1))

    def _next(self) -> None:
        """Keep the connection for another request, as HTTP/1.1 does, or close it if one side asked for that."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        elif self._http.our_state is h11.MUST_CLOSE:
            self.transport.close()
        if self._http.trailing_data[0]:  # the next request came before this answer was given
            self._listener.loop.call_soon(self._read)

    def _send(self, *events: h11.Event) -> None:
        self.transport.write(b"".join(data for event in events if (data := self._http.send(event))))

    def _after(self, delay_ms: int, act: Callable[[], None]) -> None:
        """One thing at a time is awaited on a connection: what is set here replaces what was set before."""
        self._cancel()
        self._timer = self._listener.loop.call_later(delay_ms / 1000, act)

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
