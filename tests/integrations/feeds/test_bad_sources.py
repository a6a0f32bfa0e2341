"""Whatever stands at an address that a person wrote: a sentence with the source and the mend, and never a traceback."""

import gzip
import io
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from integrations.errors import Failure
from integrations.feeds.fetch import Bounds, Fetcher
from models.locale import spoken
from tasks.content.feeds import read_feed
from tasks.content.products import read_products
from tests.depth import examples
from tests.integrations.feeds.server import Request, Server, serving

BOUNDS = Bounds(total=timedelta(seconds=0.6), packed=100_000, unpacked=1_000_000)
PAGE = b"<!doctype html><html><body>Hello</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
Put = Callable[[Server], None]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def said(url: str, kind: str, allow_private: bool = True) -> list[str]:
    """What a specialist reads of a source, as A3 reads it: fetched, then parsed."""
    try:
        body = Fetcher(bounds=BOUNDS).fetch(url, allow_private=allow_private).body
    except Failure as failure:
        return [str(failure)]
    found = read_feed(body, "news", url=url, file=url) if kind == "rss" else read_products(body, url, "RUB")
    return [str(problem) for problem in found.problems]


def answers(body: bytes, status: str = "200 OK", **headers: str) -> Put:
    return lambda server: server.says("/x", body, status, **headers)


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (4, 4)).save(kept, "PNG")
    return kept.getvalue()


def dripping(server: Server) -> None:
    def drip(open_socket: socket.socket, request: Request) -> None:
        open_socket.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while not server.stopped.wait(0.05):
            open_socket.sendall(b"<")

    server.replies["/x"] = drip


def closing(server: Server) -> None:
    server.replies["/x"] = lambda open_socket, request: None


BAD = [
    pytest.param(answers(PAGE, Content_Type="text/html"), "страница сайта", id="a page"),
    pytest.param(answers(PAGE, Content_Type="application/xml"), "страница сайта", id="a page that calls itself a feed"),
    pytest.param(answers(b""), "Проверьте адрес", id="nothing"),
    pytest.param(answers(b'{"a": 1}'), "Проверьте адрес", id="json"),
    pytest.param(answers(picture()), "Проверьте адрес", id="a picture"),
    pytest.param(answers(SVG), "Проверьте адрес", id="a drawing"),
    pytest.param(answers(b"x" * 200_000), "path", id="huge"),
    pytest.param(answers(gzip.compress(b"\0" * 5_000_000), Content_Encoding="gzip"), "Проверьте адрес", id="a bomb"),
    pytest.param(answers(gzip.compress(b"\0" * 5_000_000)), "Проверьте адрес", id="a bomb as a file"),
    pytest.param(answers(b"\x1f\x8b" + b"x" * 50), "Попытка повторится", id="half a packed file"),
    pytest.param(answers(b"", "302 Found", Location="http://127.0.0.1:1/"), "Проверьте адрес", id="leads to nothing"),
    pytest.param(answers(b"", "401 No"), "открытый адрес", id="closed"),
    pytest.param(answers(b"", "404 No"), "исправьте", id="not there"),
    pytest.param(answers(b"", "500 No"), "Попытка повторится", id="broken"),
    pytest.param(dripping, "Попытка повторится", id="slow"),
    pytest.param(closing, "повторится", id="silent"),
]


@pytest.mark.parametrize("kind", ["rss", "products"])
@pytest.mark.parametrize(("put", "mend"), BAD)
def test_a_bad_source_is_a_sentence_with_its_address_and_the_mend(
    server: Server, put: Put, mend: str, kind: str
) -> None:
    put(server)
    with spoken("ru"):
        (sentence,) = said(server.url("/x"), kind)
    assert server.url("/x") in sentence
    assert mend.casefold() in sentence.casefold()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"]
)
def test_our_own_computer_by_any_name_is_a_sentence_with_the_mend(server: Server, host: str) -> None:
    with spoken("ru"):
        (sentence,) = said(server.url("/x", host), "rss", allow_private=False)
    assert "allow_private: true" in sentence
    assert server.seen == []


@settings(deadline=None, max_examples=examples(15, 100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=80)
    | st.builds(
        lambda head, body: b"HTTP/1.1 " + head + b"\r\nConnection: close\r\n\r\n" + body,
        st.sampled_from([b"200 OK", b"304 x", b"302 Found\r\nLocation: http://[", b"200 OK\r\nContent-Encoding: gzip",
                         b"200 OK\r\nTransfer-Encoding: chunked", b"999 x", b"100 Continue", b"101 x",
                         b"302 x\r\nLocation: //\xff\xfe", b"503 x\r\nRetry-After: \xd9\xa3"]),
        st.binary(max_size=80),
    )
)  # fmt: skip
def test_no_bytes_of_a_stranger_are_more_than_a_sentence(server: Server, raw: bytes) -> None:
    server.replies["/x"] = lambda open_socket, request: open_socket.sendall(raw)
    for kind in ("rss", "products"):
        assert all(sentence for sentence in said(server.url("/x"), kind))
