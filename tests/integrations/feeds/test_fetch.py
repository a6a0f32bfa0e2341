import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import Failure, Refused, Unavailable
from integrations.feeds.addresses import is_public
from integrations.feeds.answers import retry_after
from integrations.feeds.fetch import Bounds, Fetcher
from models.locale import spoken
from tests.integrations.feeds.server import Request, Server, answer, serving

RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>'
SMALL = Bounds(total=timedelta(seconds=5), packed=100_000, unpacked=1_000_000)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def failing(url: str, bounds: Bounds = SMALL, allow_private: bool = True) -> Failure:
    with pytest.raises(Failure) as caught:
        Fetcher(bounds=bounds).fetch(url, allow_private=allow_private)
    return caught.value


def test_a_feed_is_fetched_under_our_own_name(server: Server) -> None:
    server.says("/feed", RSS, Content_Type="text/plain; charset=utf-8", ETag='"1"', Last_Modified="Sat, 21 Nov 2026")
    fetched = Fetcher(bounds=SMALL).fetch(server.url("/feed#part"), allow_private=True)
    assert (fetched.body, fetched.media_type) == (RSS, "application/xml")
    assert (fetched.etag, fetched.last_modified) == ('"1"', "Sat, 21 Nov 2026")
    assert server.seen[0].headers["user-agent"] == "Otdel"
    assert server.seen[0].headers["host"] == f"127.0.0.1:{server.port}"


def test_what_did_not_change_is_not_sent_again(server: Server) -> None:
    def reply(open_socket: socket.socket, request: Request) -> None:
        known = request.headers.get("if-none-match") == '"1"' and "if-modified-since" in request.headers
        answer(open_socket, b"" if known else RSS, "304 Not Modified" if known else "200 OK", ETag='"1"')

    server.replies["/feed"] = reply
    first = Fetcher(bounds=SMALL).fetch(server.url("/feed"), allow_private=True)
    again = Fetcher(bounds=SMALL).fetch(
        server.url("/feed"), etag=first.etag, last_modified="Sat, 21 Nov 2026 09:00:00 GMT", allow_private=True
    )
    assert not first.not_modified
    assert (again.not_modified, again.body, again.etag) == (True, b"", '"1"')


def test_our_own_computer_is_not_reached_unless_it_is_allowed(server: Server) -> None:
    server.says("/feed", RSS)
    refused = failing(server.url("/feed"), allow_private=False)
    assert isinstance(refused, Refused)
    assert refused.reason.code == "private"
    assert "127.0.0.1" in str(refused)
    assert "allow_private: true" in str(refused)
    assert server.seen == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_no_spelling_of_loopback_is_reached(server: Server, host: str) -> None:
    server.says("/", RSS)
    assert failing(server.url("/", host), allow_private=False).reason.code in ("private", "no_host")
    assert server.seen == []


def test_the_address_that_was_checked_is_the_one_connected_to(server: Server) -> None:
    looked_up = []

    def resolver(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["192.0.2.1"]

    server.says("/feed", RSS)
    fetched = Fetcher(resolver=resolver, bounds=SMALL).fetch(server.url("/feed", "news.test"), allow_private=True)
    assert fetched.body == RSS
    assert looked_up == ["news.test"]
    assert server.seen[0].headers["host"] == f"news.test:{server.port}"


def test_a_name_with_one_private_address_is_refused_whole() -> None:
    fetcher = Fetcher(transport=Recorder({}), resolver=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Refused) as refused:
        fetcher.fetch("https://mixed.test/")
    assert "10.0.0.1" in str(refused.value)


def test_the_next_address_is_tried_where_the_first_does_not_answer(server: Server) -> None:
    server.says("/feed", RSS)
    fetcher = Fetcher(resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"], bounds=SMALL)
    assert fetcher.fetch(server.url("/feed", "two.test"), allow_private=True).body == RSS


def test_an_address_that_swallows_everything_leaves_time_for_the_next(server: Server) -> None:
    server.says("/feed", RSS)
    bounds = Bounds(total=timedelta(seconds=1.5))
    with (
        socket.create_server(("127.0.0.2", server.port), backlog=0),
        socket.create_connection(("127.0.0.2", server.port)),
    ):
        fetcher = Fetcher(resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"], bounds=bounds)
        assert fetcher.fetch(server.url("/feed", "two.test"), allow_private=True).body == RSS


def test_three_redirects_are_followed_and_the_fourth_is_not(server: Server) -> None:
    for step in range(4):
        server.says(f"/{step}", b"moved", "302 Found", Location=f"/{step + 1}")
    server.says("/4", RSS)
    assert Fetcher(bounds=SMALL).fetch(server.url("/1"), allow_private=True).url == server.url("/4")
    refused = failing(server.url("/0"))
    assert (type(refused), refused.reason.code) == (Refused, "many_redirects")
    assert server.seen[-1].path == "/3"


def test_a_redirect_to_nowhere_is_refused(server: Server) -> None:
    server.says("/", b"", "301 Moved Permanently")
    assert failing(server.url("/")).reason.code == "no_target"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "http://a:b@c.test/"])
def test_a_redirect_out_of_the_web_is_refused(server: Server, target: str) -> None:
    server.says("/", b"", "302 Found", Location=target)
    assert isinstance(failing(server.url("/")), Refused)


def test_a_protected_address_never_leads_to_an_unprotected_one() -> None:
    transport = Recorder({"https://a.test/": "http://b.test/", "http://b.test/": None})
    with pytest.raises(Refused) as refused:
        Fetcher(transport=transport, resolver=lambda host, port: ["8.8.8.8"]).fetch("https://a.test/")
    assert refused.value.reason.code == "downgrade"
    assert [request.headers["host"] for request in transport.seen] == ["a.test"]


def test_a_redirect_into_our_network_says_where_it_leads() -> None:
    transport = Recorder({"http://public.test/": "http://router.test/admin"})
    places = {"public.test": ["8.8.8.8"], "router.test": ["10.0.0.7"]}
    with pytest.raises(Refused) as refused:
        Fetcher(transport=transport, resolver=lambda host, port: places[host]).fetch("http://public.test/")
    assert "http://router.test/admin" in str(refused.value) and "10.0.0.7" in str(refused.value)
    assert [request.headers["host"] for request in transport.seen] == ["public.test"]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for news.test, trusted by this process while the test lasts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "news.test")])
    began = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(began).not_valid_after(began + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.test")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    kept = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    kept.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(kept))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept)
    return context


def test_a_certificate_is_judged_by_the_name_though_the_address_is_pinned(certificate: ssl.SSLContext) -> None:
    asked: list[str | None] = []
    certificate.sni_callback = lambda open_socket, name, context: asked.append(name)  # type: ignore[assignment]
    with serving(certificate) as server:
        server.says("/feed", RSS)
        fetcher = Fetcher(resolver=lambda host, port: ["127.0.0.1"], bounds=SMALL)
        url = f"https://news.test:{server.port}/feed"
        assert fetcher.fetch(url, allow_private=True).body == RSS
        with pytest.raises(Unavailable) as unknown:
            fetcher.fetch(url.replace("news.test", "other.test"), allow_private=True)
    assert asked == ["news.test", "other.test"]
    assert unknown.value.reason.code == "certificate"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        pytest.param("gzip", gzip.compress, id="gzip"),
        pytest.param("deflate", zlib.compress, id="deflate with its header"),
        pytest.param("deflate", lambda body: zlib.compress(body)[2:-4], id="deflate without"),
        pytest.param("identity", lambda body: body, id="as it is"),
        pytest.param("", gzip.compress, id="a packed file"),
        pytest.param("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]), id="in two members"),
    ],
)
def test_a_packed_feed_is_unpacked(server: Server, coding: str, pack: object) -> None:
    server.says("/feed", pack(RSS), **({"Content_Encoding": coding} if coding else {}))  # type: ignore[operator]
    assert Fetcher(bounds=SMALL).fetch(server.url("/feed"), allow_private=True).body == RSS


@pytest.mark.parametrize("coding", ["gzip", ""], ids=["as an encoding", "as a file"])
def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(server: Server, coding: str) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < SMALL.packed
    server.says("/bomb", bomb, **({"Content_Encoding": coding} if coding else {}))
    refused = failing(server.url("/bomb"))
    assert (type(refused), refused.reason.code) == (Refused, "bomb")
    assert server.url("/bomb") in str(refused)


def test_a_feed_that_says_it_is_huge_is_not_read(server: Server) -> None:
    server.says("/huge", b"", Content_Length=str(SMALL.packed + 1))
    assert failing(server.url("/huge")).reason.code == "too_large"


def test_a_feed_that_turns_out_huge_is_dropped_on_the_way(server: Server) -> None:
    sent = []

    def endless(open_socket: socket.socket, request: Request) -> None:
        open_socket.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while not server.stopped.is_set():
            open_socket.sendall(b"x" * 10_000)
            sent.append(10_000)

    server.replies["/endless"] = endless
    refused = failing(server.url("/endless"))
    assert (type(refused), refused.reason.code) == (Refused, "too_large")
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"],
                         ids=["in the headers", "in the body"])  # fmt: skip
def test_a_dripping_server_is_left_at_the_deadline(server: Server, head: bytes) -> None:
    def drip(open_socket: socket.socket, request: Request) -> None:
        open_socket.sendall(head)
        while not server.stopped.wait(0.05):
            open_socket.sendall(b"x")

    server.replies["/drip"] = drip
    began = time.monotonic()
    late = failing(server.url("/drip"), Bounds(total=timedelta(seconds=0.4)))
    assert (type(late), late.reason.code) == (Unavailable, "slow")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("status", "failure", "code"),
    [
        pytest.param("404 Not Found", Refused, "status_404", id="not there"),
        pytest.param("410 Gone", Refused, "status_410", id="gone"),
        pytest.param("403 Forbidden", Refused, "status_403", id="closed"),
        pytest.param("418 Teapot", Refused, "status_418", id="refused"),
        pytest.param("204 No Content", Refused, "status_204", id="nothing"),
        pytest.param("503 Service Unavailable", Unavailable, "busy", id="busy"),
        pytest.param("429 Too Many Requests", Unavailable, "busy", id="too often"),
    ],
)
def test_an_answer_without_a_document_names_the_address(
    server: Server, status: str, failure: type[Failure], code: str
) -> None:
    server.says("/x", b"no", status)
    found = failing(server.url("/x"))
    assert (type(found), found.reason.code) == (failure, code)
    assert server.url("/x") in str(found)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        pytest.param("120", timedelta(seconds=120), id="seconds"),
        pytest.param("99999999", timedelta(days=2), id="too long"),
        pytest.param("Sat, 21 Nov 2026 10:00:00 GMT", timedelta(minutes=30), id="a date"),
        pytest.param("soon", None, id="nonsense"),
    ],
)
def test_a_servers_wish_to_be_left_alone_is_kept(server: Server, said: str, wait: timedelta | None) -> None:
    server.says("/x", b"", "503 Busy", Retry_After=said)
    fetcher = Fetcher(bounds=SMALL, now=lambda: 1_795_253_400.0)  # 2026-11-21 09:30 UTC
    with pytest.raises(Unavailable) as busy:
        fetcher.fetch(server.url("/x"), allow_private=True)
    assert busy.value.retry_after == wait


DATES = st.builds("Sat, 21 Nov {} 10:00:00 {}".format, st.integers(0, 10**5), st.integers(-(10**20), 10**20))


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,6000}", fullmatch=True) | DATES)
def test_no_wish_of_a_server_breaks_us(said: str) -> None:
    headers = httpx.Headers({"Retry-After": said.encode("utf-8", "replace")})
    wait = retry_after(headers, 1_795_253_400.0)
    assert wait is None or timedelta() <= wait <= timedelta(days=2)


@pytest.mark.parametrize("etag", ['"чай"', '"' + "x" * 600 + '"'], ids=["not ascii", "endless"])
def test_a_mark_that_cannot_be_sent_back_is_not_kept(server: Server, etag: str) -> None:
    server.says("/feed", RSS, ETag=etag)
    first = Fetcher(bounds=SMALL).fetch(server.url("/feed"), allow_private=True)
    assert Fetcher(bounds=SMALL).fetch(server.url("/feed"), etag=first.etag, allow_private=True).body == RSS
    assert "if-none-match" not in server.seen[-1].headers


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        pytest.param(b"not gzip", "gzip", id="another thing"),
        pytest.param(gzip.compress(RSS)[:-9], "gzip", id="cut short"),
        pytest.param(RSS, "br", id="unknown packing"),
    ],
)
def test_what_cannot_be_unpacked_is_tried_again(server: Server, body: bytes, coding: str) -> None:
    server.says("/x", body, Content_Encoding=coding)
    assert failing(server.url("/x")).reason.code == "damaged"


def test_a_torn_connection_is_tried_again(server: Server) -> None:
    server.replies["/x"] = lambda open_socket, request: answer(open_socket, b"half", Content_Length="100")
    assert isinstance(failing(server.url("/x")), Unavailable)


def test_a_closed_port_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert failing(f"http://127.0.0.1:{port}/").reason.code == "unreachable"


def test_a_name_that_is_not_known_is_said() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(Unavailable) as unknown:
        Fetcher(resolver=nobody).fetch("https://nowhere.test/feed")
    assert "nowhere.test" in str(unknown.value)


@pytest.mark.parametrize(
    "url",
    ["", "news", "//news.test/x", "file:///etc/passwd", "ftp://news.test/", "http://", "javascript:alert(1)",
     "http://[bad", "http://a.test/" + "x" * 3000, "http://a\nb.test/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Fetcher(transport=Recorder({}), resolver=lambda host, port: ["8.8.8.8"]).fetch(url)
    assert refused.value.reason.code == "bad_address"


@pytest.mark.parametrize("url", ["https://user:hunter2@news.test/feed", "ftp://a:hunter2@b/", "http://a:hunter2@[bad"])
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Fetcher(transport=Recorder({})).fetch(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "declared", "kind"),
    [
        pytest.param(b"\xef\xbb\xbf  <!DOCTYPE html><html>", "application/xml", "text/html", id="a page"),
        pytest.param(b'<?xml version="1.0"?><!DOCTYPE html>', "", "text/html", id="xhtml"),
        pytest.param(b'\xff\xfe<\0?\0x\0m\0l\0', "text/plain", "application/xml", id="utf-16"),
        pytest.param(b"\x89PNG\r\n\x1a\n...", "text/html", "image/png", id="a picture"),
        pytest.param(b'{"a": 1}', "", "application/json", id="json"),
        pytest.param(b"hello", "text/plain; charset=x", "text/plain", id="as the server says"),
    ],
)  # fmt: skip
def test_the_type_is_told_by_the_first_bytes(server: Server, body: bytes, declared: str, kind: str) -> None:
    server.says("/x", body, Content_Type=declared)
    assert Fetcher(bounds=SMALL).fetch(server.url("/x"), allow_private=True).media_type == kind


def test_a_thread_keeps_its_own_deadline(server: Server) -> None:
    server.says("/feed", RSS)
    fetcher, found = Fetcher(bounds=SMALL), []
    threads = [
        threading.Thread(target=lambda: found.append(fetcher.fetch(server.url("/feed"), allow_private=True).body))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [RSS] * 8


def test_reasons_are_said_in_russian(server: Server) -> None:
    with spoken("ru"):
        said = str(failing(server.url("/feed"), allow_private=False))
    assert "частн" in said
    assert "allow_private: true" in said


class Recorder(httpx.BaseTransport):
    """A network without one: answers by address, and remembers who was asked."""

    def __init__(self, redirects: dict[str, str | None]) -> None:
        self.redirects = redirects
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        asked = f"{request.url.scheme}://{request.headers['host']}{request.url.path}"
        target = self.redirects.get(asked)
        return httpx.Response(302, headers={"Location": target}) if target else httpx.Response(200, content=RSS)


HOSTS = {
    "public.test": ["8.8.8.8"],
    "six.test": ["2a00:1450::1"],
    "mapped.test": ["::ffff:10.1.2.3"],
    "private.test": ["192.168.0.7"],
    "mixed.test": ["8.8.4.4", "127.0.0.1"],
    "link.test": ["169.254.169.254"],
    "nobody.test": [],
}
URLS = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["http", "https", "ftp"]),
    st.sampled_from([*HOSTS, "127.0.0.1", "[::1]", "8.8.8.8", "10.0.0.1:80", "0.0.0.0"]),
    st.integers(0, 3),
)


@settings(deadline=None)
@given(st.dictionaries(URLS, URLS | st.just("/2") | st.just("//private.test/")), URLS)
def test_a_private_address_is_never_connected_to_whatever_the_redirects(redirects: dict[str, str], url: str) -> None:
    transport = Recorder(dict(redirects))
    with suppress(Refused, Unavailable):
        Fetcher(transport=transport, resolver=lambda host, port: HOSTS.get(host, [])).fetch(url)
    assert all(is_public(request.url.host) for request in transport.seen)
    assert len(transport.seen) <= 4
    schemes = [request.url.scheme for request in transport.seen]
    assert schemes == sorted(schemes)
