"""Prefect's server as far as the porter speaks to it: deployments by tag, runs by idempotency key, their states."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCHEMA = {"definitions": {"UnknownForm": {"properties": {"verdict": {"enum": ["вышло", "снова", "оставить"]}}}}}


@dataclass
class FakePrefect:
    """`silent` answers 503 to everything; `wrong` refuses to make a run, as for a form it cannot read."""

    port: int = 0
    tags: tuple[str, ...] = ("move", "unknown", "A3")
    silent: bool = False
    wrong: bool = False
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, Any]:
        if self.silent:
            return 503, {"detail": "later"}
        if path == "/api/deployments/filter":
            [tag] = asked["deployments"]["tags"]["all_"]
            known = {"id": tag, "tags": [tag], "parameter_openapi_schema": SCHEMA}
            return 200, [known] if tag in self.tags else []
        if path.endswith("/create_flow_run"):
            return (422, {"detail": "no"}) if self.wrong else (201, self._made(path.split("/")[3], asked))
        if path == "/api/flow_runs/filter":
            return 200, [run for run in self.runs.values() if _is_meant(run, asked["flow_runs"])]
        return 404, {}

    def _made(self, tag: str, asked: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            key = asked["idempotency_key"]
            run = {"id": f"run-{len(self.runs) + 1}", "tag": tag, "state": {"type": "SCHEDULED", "name": "Late"}}
            return self.runs.setdefault(key, run | asked)

    def end(self, name: str, message: str, type: str = "COMPLETED") -> None:
        for run in self.runs.values():
            run["state"] = {"type": type, "name": name, "message": message}


def _is_meant(run: dict[str, Any], wanted: dict[str, Any]) -> bool:
    is_named = run["id"] in wanted.get("id", {}).get("any_", [run["id"]])
    return is_named and set(wanted.get("tags", {}).get("all_", [])) <= set(run["tags"])


@contextmanager
def fake_prefect() -> Iterator[FakePrefect]:
    """A server on a port of its own, stopped at the end."""
    house = FakePrefect()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self._say(*house.answer(self.path, json.loads(body or b"{}")))

        def _say(self, status: int, answer: Any) -> None:
            said = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    house.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
