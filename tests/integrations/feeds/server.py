"""A server on loopback that misbehaves on demand: each path is answered by a function of the open socket."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = Callable[[socket.socket, "Request"], None]


@dataclass
class Request:
    path: str
    headers: dict[str, str]


@dataclass
class Server:
    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, body: bytes = b"", status: str = "200 OK", **headers: str) -> None:
        self.replies[path] = lambda open_socket, request: answer(open_socket, body, status, **headers)


def answer(open_socket: socket.socket, body: bytes = b"", status: str = "200 OK", **headers: str) -> None:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if "Content_Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""])
    open_socket.sendall(head.encode() + body)


@contextmanager
def serving(protected_by: ssl.SSLContext | None = None) -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(listening.getsockname()[1])
    threads: list[threading.Thread] = []

    def serve(open_socket: socket.socket) -> None:
        try:
            if protected_by is not None:
                open_socket = protected_by.wrap_socket(open_socket, server_side=True)
            with open_socket:
                request = read_request(open_socket)
                server.seen.append(request)
                server.replies[request.path](open_socket, request)
        except OSError:
            open_socket.close()  # the client has had enough, which is what many of these tests want

    def accept() -> None:
        while True:
            try:
                open_socket, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(open_socket,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        server.stopped.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()
        for thread in threads:
            thread.join()


def read_request(open_socket: socket.socket) -> Request:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = open_socket.recv(65_536)
        if not chunk:
            raise OSError("closed")
        received += chunk
    first, *lines = received.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Request(first.split()[1], {name.lower(): value for name, value in headers.items()})
