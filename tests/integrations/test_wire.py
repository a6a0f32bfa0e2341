"""The wire: a total deadline, and the knowledge whether anything was sent."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread

import httpx
import pytest

from integrations.errors import OutcomeUnknown, Unavailable
from integrations.wire import client, deadline

Answer = Callable[[socket.socket], None]
SOON = timedelta(milliseconds=300)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Accepts connections one after another and does as it is told with each."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.received, self.done = answer, bytearray(), Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.read(connection)
                self.answer(connection)

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
        self.done.set()
        self.listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Server]]:
    servers: list[Server] = []

    def begin(answer: Answer) -> Server:
        servers.append(Server(answer))
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


def test_an_answer_comes_through(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda connection: connection.sendall(OK))
    with client() as http, deadline(SOON):
        assert http.post(server.url, content=b"hello").text == "ok"
    assert b"hello" in server.received


@pytest.mark.parametrize("answer", [pytest.param(silent, id="silent"), pytest.param(dripping, id="dripping")])
def test_a_call_ends_by_its_total_deadline_and_is_unknown(serve: Callable[[Answer], Server], answer: Answer) -> None:
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
def test_a_broken_answer_is_unknown(serve: Callable[[Answer], Server], answer: Answer) -> None:
    with client() as http, deadline(SOON), pytest.raises(OutcomeUnknown):
        http.post(serve(answer).url, content=b"x")


def test_a_lost_answer_is_unknown_even_where_no_deadline_was_opened(serve: Callable[[Answer], Server]) -> None:
    with client() as http, pytest.raises(OutcomeUnknown):
        http.post(serve(lambda connection: None).url, content=b"x")


def test_a_refused_connection_is_not_now() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with client() as http, deadline(SOON), pytest.raises(Unavailable):
        http.post(f"http://127.0.0.1:{port}/", content=b"x")


def test_a_process_that_was_frozen_before_its_first_byte_sends_nothing(serve: Callable[[Answer], Server]) -> None:
    """The deadline is judged at the socket, in wall time: what thaws too late is "not now", and nothing left."""
    server, skew = serve(lambda connection: connection.sendall(OK)), [0.0]

    def frozen_when_writing() -> Iterator[bytes]:
        skew[0] = 60.0
        yield b"x"

    with client() as http, deadline(SOON, now=lambda: time.time() + skew[0]):
        skew[0] = 60.0
        with pytest.raises(Unavailable):
            http.post(server.url, content=b"x")
    assert server.received == b""


def test_what_was_sent_in_an_earlier_request_does_not_count_for_the_next(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda connection: connection.sendall(OK))
    with client() as http, deadline(SOON):
        http.get(server.url)
        server.close()
        with pytest.raises((Unavailable, OutcomeUnknown)) as caught:
            http.post("http://127.0.0.1:9/", content=b"x")
    assert caught.type is Unavailable


def test_no_redirect_is_followed(serve: Callable[[Answer], Server]) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    server = serve(lambda connection: connection.sendall(moved))
    with client() as http, deadline(SOON):
        assert http.get(server.url).status_code == 302


def test_the_transport_is_a_seam() -> None:
    fake = httpx.MockTransport(lambda request: httpx.Response(200, text="fake"))
    with client(transport=fake) as http:
        assert http.get("http://example.org/").text == "fake"
