"""The wire: a total deadline, and the knowledge whether anything was sent."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Protocol

import httpx
import pytest

from integrations.errors import OutcomeUnknown, Unavailable
from integrations.wire import ANSWER_BYTES_MAX, Wire, client, deadline

Answer = Callable[[socket.socket], None]
SOON = timedelta(milliseconds=300)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Accepts connections one after another and does as it is told with each."""

    def __init__(self, answer: Answer, reads: bool = True) -> None:
        self.answer, self.reads, self.received, self.done = answer, reads, bytearray(), Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):
                connection.settimeout(5)
                if self.reads:
                    self.read(connection)
                self.answer(connection)
            self.done.set()

    def read(self, connection: socket.socket) -> None:
        """One whole request: its headers, then as much body as they name."""
        request = b""
        while chunk := connection.recv(65536):
            request += chunk
            head, _, body = request.partition(b"\r\n\r\n")
            length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.startswith(b"Content-Length")), 0)
            if b"\r\n\r\n" in request and len(body) >= length:
                break
        self.received += request

    def close(self) -> None:
        self.listener.close()


class Serve(Protocol):
    def __call__(self, answer: Answer, reads: bool = True) -> Server: ...


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def begin(answer: Answer, reads: bool = True) -> Server:
        servers.append(Server(answer, reads))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def silent(connection: socket.socket) -> None:
    connection.recv(1)  # until the other side gives up


def dripping(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000:
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return
        Event().wait(0.02)


def test_an_answer_comes_through(serve: Serve) -> None:
    server = serve(lambda connection: connection.sendall(OK))
    with client() as http, deadline(SOON):
        assert http.post(server.url, content=b"hello").text == "ok"
    assert b"hello" in server.received


@pytest.mark.parametrize("answer", [pytest.param(silent, id="silent"), pytest.param(dripping, id="dripping")])
def test_a_call_ends_by_its_total_deadline_and_is_unknown(serve: Serve, answer: Answer) -> None:
    server = serve(answer)
    begun = time.monotonic()
    with client() as http, deadline(SOON), pytest.raises(OutcomeUnknown):
        http.post(server.url, content=b"x")
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda connection: None, id="closed"),
        pytest.param(lambda connection: connection.sendall(OK[:-1]), id="truncated"),
        pytest.param(lambda connection: connection.sendall(b"nonsense\r\n\r\n"), id="not-http"),
    ],
)
def test_a_broken_answer_is_unknown(serve: Serve, answer: Answer) -> None:
    with client() as http, deadline(SOON), pytest.raises(OutcomeUnknown):
        http.post(serve(answer).url, content=b"x")


def test_a_lost_answer_is_unknown_even_where_no_deadline_was_opened(serve: Serve) -> None:
    with client() as http, pytest.raises(OutcomeUnknown):
        http.post(serve(lambda connection: None).url, content=b"x")


def test_a_refused_connection_is_not_now() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with client() as http, deadline(SOON), pytest.raises(Unavailable):
        http.post(f"http://127.0.0.1:{port}/", content=b"x")


def test_a_process_that_was_frozen_before_its_first_byte_sends_nothing(serve: Serve) -> None:
    """The deadline is judged at the socket, in wall time: what thaws too late is "not now", and nothing left."""
    server, skew = serve(lambda connection: connection.sendall(OK)), [0.0]
    with client() as http, deadline(SOON, now=lambda: time.time() + skew[0]):
        skew[0] = 60.0
        with pytest.raises(Unavailable):
            http.post(server.url, content=b"x")
    assert server.received == b""


def test_a_process_that_was_frozen_before_its_body_does_not_send_it(serve: Serve) -> None:
    server, skew = serve(lambda connection: connection.sendall(OK)), [0.0]

    def frozen_when_writing() -> Iterator[bytes]:
        skew[0] = 60.0
        yield b"the whole of it"

    with client() as http, deadline(SOON, now=lambda: time.time() + skew[0]), pytest.raises(OutcomeUnknown):
        http.post(server.url, content=frozen_when_writing(), headers={"Content-Length": "15"})
    assert server.done.wait(5)
    assert b"the whole" not in server.received


def drunk(connection: socket.socket, total: bytearray) -> None:
    """Everything that comes until the other side ends."""
    while chunk := connection.recv(65_536):
        total += chunk


def test_a_process_that_was_frozen_within_its_request_never_finishes_it(serve: Serve) -> None:
    """The other side drinks on after the thaw: what was not sent by then stays here, but for what the buffers hold."""
    skew, total, body = [0.0], bytearray(), b"x" * 40_000_000

    def drinks_after_the_deadline(connection: socket.socket) -> None:
        connection.recv(1000)
        Event().wait(0.1)  # until the client's buffers are full and it waits
        skew[0] = 60.0
        drunk(connection, total)

    server = serve(drinks_after_the_deadline, reads=False)
    began = timedelta(seconds=5)
    with client() as http, deadline(began, now=lambda: time.time() + skew[0]), pytest.raises(OutcomeUnknown):
        http.post(server.url, content=body)
    assert server.done.wait(5)
    assert len(total) < len(body) / 2


def test_what_was_still_on_its_way_when_we_gave_up_never_arrives(serve: Serve) -> None:
    """Otherwise a server that was busy for a minute would publish what was looked for and sent again meanwhile."""
    total, gave_up, body = bytearray(), Event(), b"x" * 1_000_000

    def drinks_too_late(connection: socket.socket) -> None:
        gave_up.wait(5)
        drunk(connection, total)

    server = serve(drinks_too_late, reads=False)
    server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with client() as http, deadline(SOON), pytest.raises(OutcomeUnknown):
        http.post(server.url, content=body)
    gave_up.set()
    assert server.done.wait(5)
    assert len(total) < len(body)


def test_a_server_that_drinks_slowly_does_not_hold_a_call_beyond_its_deadline(serve: Serve) -> None:
    def sips(connection: socket.socket) -> None:
        while connection.recv(60_000):
            Event().wait(0.01)

    server, begun = serve(sips, reads=False), time.monotonic()
    with client() as http, deadline(timedelta(seconds=0.5)), pytest.raises(OutcomeUnknown):
        http.post(server.url, content=b"x" * 40_000_000)
    assert time.monotonic() - begun < 2


def test_a_clock_that_is_set_back_gives_no_more_time(serve: Serve) -> None:
    server, skew = serve(silent), [0.0]
    begun = time.monotonic()
    with client() as http, deadline(SOON, now=lambda: time.time() + skew[0]):
        skew[0] = -3600.0
        with pytest.raises(OutcomeUnknown):
            http.post(server.url, content=b"x")
    assert time.monotonic() - begun < 3


def test_waiting_for_a_connection_takes_from_the_same_time(serve: Serve) -> None:
    server, begun = serve(silent), Event()

    def first(http: httpx.Client) -> None:
        with deadline(timedelta(seconds=2)), suppress(OutcomeUnknown):
            begun.set()
            http.post(server.url, content=b"x")

    with client(connections=1) as http:
        holder = Thread(target=first, args=(http,))
        holder.start()
        begun.wait(5)
        Event().wait(0.1)  # until it has the only connection
        started = time.monotonic()
        with deadline(SOON), pytest.raises(Unavailable):
            http.post(server.url, content=b"x")
        assert time.monotonic() - started < 1.5
        holder.join()


def test_a_dead_address_of_a_name_does_not_use_up_the_time(serve: Serve) -> None:
    """An IPv6 that leads nowhere beside an IPv4 that works is an everyday thing."""
    server = serve(lambda connection: connection.sendall(OK))
    port = server.listener.getsockname()[1]
    with socket.create_server(("127.0.0.2", port), backlog=0), socket.create_connection(("127.0.0.2", port)):
        wire = Wire(resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"])
        with client(transport=wire) as http, deadline(timedelta(seconds=1)):
            assert http.post(f"http://two.test:{port}/", content=b"x").text == "ok"


@pytest.mark.parametrize("found", [[], OSError("unknown"), UnicodeError("label too long")])
def test_a_name_that_leads_nowhere_is_not_now(found: list[str] | Exception) -> None:
    def resolver(host: str, port: int) -> list[str]:
        if isinstance(found, Exception):
            raise found
        return found

    with client(transport=Wire(resolver=resolver)) as http, deadline(SOON), pytest.raises(Unavailable):
        http.post("http://nowhere.test/", content=b"x")


def test_an_answer_without_an_end_is_not_kept(serve: Serve) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 1_000_000)

    with client() as http, deadline(timedelta(seconds=30)), pytest.raises(OutcomeUnknown) as caught:
        http.post(serve(endless).url, content=b"x")
    assert str(ANSWER_BYTES_MAX) in str(caught.value)


def test_what_was_sent_in_an_earlier_request_does_not_count_for_the_next(serve: Serve) -> None:
    server = serve(lambda connection: connection.sendall(OK))
    with client() as http, deadline(SOON):
        http.get(server.url)
        server.close()
        with pytest.raises((Unavailable, OutcomeUnknown)) as caught:
            http.post("http://127.0.0.1:9/", content=b"x")
    assert caught.type is Unavailable


def test_no_redirect_is_followed(serve: Serve) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    server = serve(lambda connection: connection.sendall(moved))
    with client() as http, deadline(SOON):
        assert http.get(server.url).status_code == 302


def test_the_transport_is_a_seam() -> None:
    fake = httpx.MockTransport(lambda request: httpx.Response(200, text="fake"))
    with client(transport=fake) as http:
        assert http.get("http://example.org/").text == "fake"
