"""The recipes of docs/*/proxy.md, run: real nginx and real Caddy on loopback, with certificates, before an echo."""

import datetime as dt
import json
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.web.routes.drop import MOST
from tests.e2e.running import awaited, free_port
from tests.laws.source import ROOT

pytestmark = pytest.mark.scaled
RECIPES = ROOT / "deployments" / "proxy"
PREFECT, DESK, SITE = "prefect.example.org", "otdel.example.org", "www.example.org"
LIAR = {"X-Forwarded-For": "203.0.113.7"}


class Echo(BaseHTTPRequestHandler):
    """Says what it was asked, and by which of the listeners; keeps no connection, so that a stopped one is gone."""

    def do_GET(self) -> None:
        said = json.dumps({"port": self.server.server_port, "path": self.path, **dict(self.headers)}).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_POST(self) -> None:
        said = str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def echo() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@dataclass(frozen=True)
class Proxy:
    """A running proxy: every name leads to its port on loopback."""

    port: int
    prefect: int
    webs: tuple[ThreadingHTTPServer, ThreadingHTTPServer]
    authority: ssl.SSLContext

    def get(self, host: str, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", host, path, **headers)

    def ask(self, method: str, host: str, path: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        with httpx.Client(verify=self.authority, trust_env=False, timeout=20) as client:
            url = f"https://127.0.0.1:{self.port}{path}"
            request = client.build_request(method, url, content=body, headers={"Host": host, **headers})
            request.extensions["sni_hostname"] = host
            return client.send(request)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for the three names."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otdel's test")])
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in (PREFECT, DESK, SITE)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1)).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "cert.key").write_bytes(private)
    return folder / "cert.pem", folder / "cert.key"


def nginx(folder: Path, port: int, prefect: int, webs: tuple[int, int]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The recipe with our ports and our certificate in it, inside the least that nginx asks for."""
    pem, key = certificate(folder)
    recipe = (RECIPES / "nginx.conf").read_text(encoding="utf-8")
    recipe = re.sub(r"/etc/ssl/otdel/\w+\.pem", str(pem), re.sub(r"/etc/ssl/otdel/\w+\.key", str(key), recipe))
    recipe = recipe.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "listen 80", f"listen 127.0.0.1:{free_port()}"
    )
    web = "    server 127.0.0.1:8080 max_fails=1 fail_timeout=10s;\n"
    assert web in recipe
    recipe = recipe.replace(web, "".join(web.replace("8080", str(one)) for one in webs)).replace(":4200", f":{prefect}")
    # Its workers must write into our folder: as whoever runs the tests, whom it asks only where that is root.
    around = f"user root; daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n"
    around += "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "conf").write_text(around + recipe + "}\n", encoding="utf-8")
    return ("nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "conf")), {}


def caddy(folder: Path, port: int, prefect: int, webs: tuple[int, int]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The recipe as it ships, under options that keep it to this machine."""
    pem, key = certificate(folder)
    options = f"{{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n\tstorage file_system {folder}\n}}\n"
    recipe = (RECIPES / "Caddyfile").read_text(encoding="utf-8")
    recipe = re.sub(r"(\{\$OTDEL_(?:UI|STAFF|PUBLIC)_URL\} \{\n)", rf"\1\ttls {pem} {key}\n", recipe)
    (folder / "Caddyfile").write_text(options + recipe, encoding="utf-8")
    named = {"UI": PREFECT, "STAFF": DESK, "PUBLIC": SITE}
    told = {f"OTDEL_{name}_URL": f"https://{host}:{port}" for name, host in named.items()}
    told |= {
        "OTDEL_PREFECT": f"127.0.0.1:{prefect}",
        "OTDEL_WEB": " ".join(f"127.0.0.1:{one}" for one in webs),
        "HOME": str(folder),
    }
    return ("caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"), told


@pytest.fixture(params=[nginx, caddy], ids=lambda program: program.__name__)
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    program: Callable[..., tuple[tuple[str, ...], dict[str, str]]] = request.param
    name, port = program.__name__, free_port()
    if shutil.which(name) is None:
        pytest.skip(f"the recipe is not tried here: there is no {name} of the distribution")
    with ExitStack() as stack:
        prefect, first, second = (stack.enter_context(echo()) for _ in range(3))
        webs = (first.server_port, second.server_port)
        command, told = program(tmp_path, port, prefect.server_port, webs)
        log = stack.enter_context((tmp_path / "proxy.log").open("wb"))
        process = stack.enter_context(
            subprocess.Popen(command, env={"PATH": "/usr/sbin:/usr/bin:/bin", **told}, stdout=log, stderr=log)
        )
        stack.callback(process.terminate)
        here = Proxy(
            port, prefect.server_port, (first, second), ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        )
        awaited(lambda: listens(here) or process.poll() is not None, name, 30)
        assert process.poll() is None, (tmp_path / "proxy.log").read_text()
        yield here


def listens(proxy: Proxy) -> bool:
    try:
        return proxy.get(DESK, "/healthz").is_success
    except httpx.HTTPError:
        return False


def test_three_addresses_behind_a_proxy(proxy: Proxy) -> None:
    """One story for each proxy."""
    # The web processes learn who the visitor is, whatever he says himself, and that his connection is encrypted.
    asked = proxy.get(DESK, "/staff", **LIAR).json()
    assert asked["Host"] in (DESK, f"{DESK}:{proxy.port}")
    assert asked["X-Forwarded-For"].split(", ")[-1] == "127.0.0.1"
    assert LIAR["X-Forwarded-For"] not in asked["X-Forwarded-For"]
    assert asked["X-Forwarded-Proto"] == "https"

    # As large a drop as the desk itself takes arrives whole.
    dropped = proxy.ask("POST", DESK, "/staff/drop", bytes(MOST))
    assert (dropped.status_code, dropped.text) == (200, str(MOST))

    # Clients see what is public, and no door.
    for path in (
        "/",
        "/p/oolong",
        "/l/abc",
        "/review/abc",
        "/media/1.png",
        "/feed.atom",
        "/static/site.css",
        "/healthz",
    ):
        assert proxy.get(SITE, path).json()["path"] == path
    for path in ("/staff", "/sign-in", "/invite/x", "/reports/week.html", "/mailbox", "/approval/1", "/x/p/oolong"):
        assert proxy.get(SITE, path).status_code == 404, path

    # Prefect's pages may call nobody else, and may listen for events.
    answer = proxy.get(PREFECT, "/api/events/out", Connection="Upgrade", Upgrade="websocket")
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    heard = {name.lower(): str(value).lower() for name, value in answer.json().items()}
    assert (heard["upgrade"], heard["connection"], heard["port"]) == ("websocket", "upgrade", str(proxy.prefect))

    # Both web processes work; when one is gone, nobody notices.
    assert {proxy.get(DESK, "/staff").json()["port"] for _ in range(8)} == {web.server_port for web in proxy.webs}
    first, second = proxy.webs
    first.shutdown()
    first.server_close()
    assert {proxy.get(DESK, "/staff").json()["port"] for _ in range(8)} == {second.server_port}
