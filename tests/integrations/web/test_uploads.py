"""Files that a form brings, over a real socket: on the disk as they come, proven first, and nothing left behind."""

import fcntl
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from integrations.web.access import SESSION, Routes, said
from integrations.web.app import create_app
from integrations.web.file_names import LONGEST, safe_name
from integrations.web.settings import WebSettings
from integrations.web.uploads import received, sweep
from models.desk import Face, Visitor
from models.people import Permission

MOST = 3_000_000
CSRF = "a token"
BORDER = "border"


class Verbs:
    """A house with one author in it."""

    def visitor(self, token: str) -> Visitor | None:
        roles = {"author": ("author",), "cashier": ("cashier",)}.get(token)
        return Visitor(key=token, name=token, roles=roles, csrf=CSRF) if roles else None

    def face(self) -> Face:
        return Face(name="Cups", locale="en", zone="UTC")

    def count(self, visits: Any) -> None: ...

    def stops_band(self) -> tuple[()]:
        return ()


@dataclass
class Served:
    url: str
    arriving: Path
    kept: Path
    seen: list[dict[str, Any]]

    def client(self, who: str = "author", **headers: str) -> httpx.Client:
        origin = {"origin": self.url, "accept-language": "en"} | headers
        return httpx.Client(base_url=self.url, headers=origin, cookies={SESSION: who}, trust_env=False, timeout=20)

    @property
    def left(self) -> list[Path]:
        return sorted(self.arriving.iterdir())


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Served]:
    arriving, kept, seen = tmp_path / "arriving", tmp_path / "kept", []
    routes = Routes()

    @routes.upload("/drop/{id}", Permission.READ_PLAN, most=MOST)
    def drop(request: Request, id: str) -> Response:
        files = received(request)
        told = {"kind": said(request, "kind"), "files": [(f.field, f.name, f.size, f.path.read_bytes()) for f in files]}
        seen.append(told)
        for file in received(request, "keep"):
            file.keep(kept / file.name)
        if said(request, "kind") == "break":
            raise RuntimeError("broken")
        return Response(json.dumps([name for _, name, _, _ in told["files"]]))

    settings = WebSettings(public_url="", staff_url="", secret=SecretStr("s"), site=tmp_path, media=tmp_path,
                           reports=tmp_path, arriving=arriving)  # fmt: skip
    app = create_app(Verbs(), settings, subjects=[SimpleNamespace(routes=routes)])  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    try:
        yield Served(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", arriving, kept, seen)
    finally:
        server.should_exit = True
        thread.join()


def body(*parts: tuple[str, bytes, str | None], end: bool = True) -> bytes:
    """A form as browsers send it: (field, value, the file's name), in this order."""
    told = b""
    for name, value, file in parts:
        named = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file is not None else ""
        told += f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + value + b"\r\n"
    return told + (f"--{BORDER}--\r\n".encode() if end else b"")


TOKEN = ("csrf", CSRF.encode(), None)
MULTIPART = {"content-type": f"multipart/form-data; boundary={BORDER}"}


def send(web: Served, content: Any, who: str = "author", **headers: str) -> httpx.Response:
    with web.client(who) as client:
        return client.post("/drop/1", content=content, headers=MULTIPART | headers)


def gone(web: Served) -> bool:
    """Whether nothing is left, a moment after the answer: it is cleared away behind it."""
    until = time.monotonic() + 5
    while web.left and time.monotonic() < until:
        time.sleep(0.005)
    return not web.left


def test_files_arrive_with_their_fields_and_are_gone_after_the_answer(web: Served) -> None:
    large = bytes(range(256)) * 8_000
    answer = send(web, body(TOKEN, ("kind", "план".encode(), None), ("f", large, "План.xlsx"), ("f", b"", "empty.csv")))
    assert (answer.status_code, answer.json()) == (200, ["План.xlsx", "empty.csv"])
    assert web.seen == [{"kind": "план", "files": [("f", "План.xlsx", len(large), large), ("f", "empty.csv", 0, b"")]}]
    assert gone(web)


def test_a_field_without_a_chosen_file_brings_none(web: Served) -> None:
    assert send(web, body(TOKEN, ("f", b"", ""))).json() == []


def test_what_is_kept_stays_whole_and_in_its_place(web: Served) -> None:
    send(web, body(TOKEN, ("keep", b"12345", "a.csv"), ("f", b"x", "b.csv")))
    assert (web.kept / "a.csv").read_bytes() == b"12345"
    assert gone(web)


def test_a_route_that_breaks_leaves_nothing(web: Served) -> None:
    assert send(web, body(TOKEN, ("kind", b"break", None), ("f", b"x", "b.csv"))).status_code == 500
    assert gone(web)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([("f", b"x" * 2_000_000, "a.csv"), TOKEN], id="file before the token"),
        pytest.param([("csrf", b"wrong", None), ("f", b"x", "a.csv")], id="another token"),
        pytest.param([("f", b"x", "a.csv")], id="no token"),
        pytest.param([("csrf", CSRF.encode(), "csrf.txt"), ("f", b"x", "a.csv")], id="a file called csrf"),
        pytest.param([("kind", b"plan", None)], id="no file and no token"),
    ],
)
def test_nothing_is_written_before_the_form_is_proven(web: Served, parts: Any, monkeypatch: Any) -> None:
    made: list[Any] = []
    monkeypatch.setattr("tempfile.mkstemp", lambda **more: made.append(more))
    answer = send(web, body(*parts))
    assert answer.status_code == 403
    assert (made, web.left, web.seen) == ([], [], [])


def test_a_form_of_another_site_is_refused_unread(web: Served) -> None:
    assert send(web, body(TOKEN, ("f", b"x", "a.csv")), origin="https://evil.example").status_code == 403
    assert (web.left, web.seen) == ([], [])


def test_who_may_not_is_told_before_a_byte_is_read(web: Served) -> None:
    told = [send(web, body(TOKEN, ("f", b"x", "a")), who).status_code for who in ("cashier", "nobody")]
    assert told == [403, 303]
    host, port = web.url.removeprefix("http://").split(":")
    for who, status in (("cashier", b"403"), ("nobody", b"303")):
        head = f"POST /drop/1 HTTP/1.1\r\nHost: x\r\nCookie: {SESSION}={who}\r\nContent-Length: 2000000\r\n\r\n"
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(head.encode())
            assert line.recv(100).startswith(b"HTTP/1.1 " + status)


def test_an_announced_length_over_the_limit_is_refused_at_once(web: Served) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    head = f"POST /drop/1 HTTP/1.1\r\nHost: x\r\nCookie: {SESSION}=author\r\nContent-Length: 200000000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode())
        told = line.recv(20_000).decode()
    assert told.startswith("HTTP/1.1 413")
    assert web.left == []


def test_a_body_over_the_limit_is_answered_with_a_page_that_names_the_size(web: Served) -> None:
    large = body(TOKEN, ("f", b"x" * (MOST + 1), "a.csv"))
    announced = send(web, large)
    cut_off = send(web, (large[at : at + 50_000] for at in range(0, len(large), 50_000)))
    for answer in (announced, cut_off):
        assert answer.status_code == 413
        assert "No more than 3\u00a0MB is taken here at once" in answer.text
    assert gone(web) and web.seen == []


def test_a_route_without_a_limit_of_its_own_keeps_the_usual_one(web: Served) -> None:
    with web.client() as client:
        assert client.post("/nothing", content=b"x" * 1_200_000).status_code == 404


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(body(TOKEN, ("f", b"x", "a.csv"), end=False), {}, id="breaks off"),
        pytest.param(b"no form at all", {}, id="rubbish"),
        pytest.param(body(TOKEN), {"content-type": "multipart/form-data"}, id="no boundary"),
        pytest.param(b"csrf=a+token", {"content-type": "application/x-www-form-urlencoded"}, id="another kind of form"),
        pytest.param(body(TOKEN, *[("f", b"x", "a")] * 101), {}, id="too many files"),
        pytest.param(body(TOKEN, *[("a", b"x", None)] * 2001), {}, id="too many fields"),
        pytest.param(body(TOKEN, ("a", b"\xff\xfe", None)), {}, id="not text"),
    ],
)
def test_what_is_no_form_of_files_is_refused_and_leaves_nothing(web: Served, content: bytes, headers: Any) -> None:
    assert send(web, content, **headers).status_code == 400
    assert web.seen == [] and gone(web)


def test_a_field_as_large_as_a_file_is_refused(web: Served) -> None:
    assert send(web, body(TOKEN, ("a", b"x" * 300_000, None))).status_code == 413


def test_a_sender_who_goes_away_leaves_nothing(web: Served) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    begun = body(TOKEN, ("f", b"x" * 100_000, "a.csv"), end=False)
    head = (
        f"POST /drop/1 HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {web.url}\r\nCookie: {SESSION}=author\r\n"
        f"Content-Type: multipart/form-data; boundary={BORDER}\r\nContent-Length: 2000000\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode() + begun)
        until = time.monotonic() + 5
        while not web.left and time.monotonic() < until:
            time.sleep(0.005)
        assert len(web.left) == 1
    assert gone(web) and web.seen == []


def test_a_full_disk_is_a_sentence(web: Served, monkeypatch: Any) -> None:
    def full(**_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    answer = send(web, body(TOKEN, ("f", b"x", "a.csv")))
    assert answer.status_code == 507 and "There is no room for it" in answer.text


def test_what_a_killed_process_left_is_swept_and_what_arrives_is_not(tmp_path: Path) -> None:
    (tmp_path / "dead").write_bytes(b"half")
    with (tmp_path / "alive").open("wb") as arriving:
        fcntl.flock(arriving, fcntl.LOCK_EX)
        assert [path.name for path in sweep(tmp_path)] == ["dead"]
    assert list(sweep(tmp_path / "new")) == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param("../../etc/passwd", "passwd", id="folders"),
        pytest.param("C:\\Users\\olga\\план.xlsx", "план.xlsx", id="folders of windows"),
        pytest.param("a\0b\nc\u202exslx.csv", "abcxslx.csv", id="control characters"),
        pytest.param("<img src=x onerror=alert(1)>.csv", "_img src=x onerror=alert(1)_.csv", id="html"),
        pytest.param(".htaccess", "htaccess", id="hidden"),
        pytest.param("~$plan.xlsx", "plan.xlsx", id="lock of an office"),
        pytest.param("con.csv", "_con.csv", id="reserved"),
        pytest.param("LPT1.tar.gz", "_LPT1.tar.gz", id="reserved twice"),
        pytest.param("..", "file", id="dots"),
        pytest.param("", "file", id="nothing"),
        pytest.param("plan.csv. . ", "plan.csv", id="ends in dots"),
        pytest.param("и\u0306.csv", "й.csv", id="parted letters"),
        pytest.param("я" * 300 + ".csv", "я" * (LONGEST - 4) + ".csv", id="long"),
    ],
)
def test_a_name_is_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name


@given(st.text())
def test_a_safe_name_is_a_plain_one_that_stays_as_it_is(given: str) -> None:
    name = safe_name(given)
    assert name and not name.startswith((".", "~")) and len(name) <= LONGEST + 1 and len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*\0\n')
    assert safe_name(name) == name
