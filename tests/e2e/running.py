"""A real house of the sample company, started as a user starts it and looked at from outside."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 240
T = TypeVar("T")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def awaited(look: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Look until something is there; says what was missing."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if (found := look()) is not None and found is not False and found != []:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s: {what}")


class RunningHouse:
    """`otdel up` in a folder of its own, on ports of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.workspace, self.ui, self.web = folder / "company", free_port(), free_port()
        self.environment = os.environ | {
            "OTDEL_WORKSPACE": str(self.workspace), "OTDEL_UI_PORT": str(self.ui), "OTDEL_WEB_PORT": str(self.web),
            "XDG_CONFIG_HOME": str(folder / "config"), **environment,
        }  # fmt: skip
        self.said = folder / "up.log"
        self.process: subprocess.Popen[bytes] | None = None

    def otdel(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deployments.cli", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )

    def up(self, until: str) -> None:
        """Start, and wait until the summary says this."""
        with self.said.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deployments.cli", "up"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        begun = len(self.text())
        awaited(lambda: until in self.text()[begun:] or (self.process and self.process.poll() is not None), until)
        assert self.process.poll() is None, self.text()

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace") if self.said.exists() else ""

    def down(self) -> None:
        """Ctrl-C: everything ends, nothing stays behind."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(90) == 0, self.text()[-2000:]
        assert not self.left_behind(), self.left_behind()

    def left_behind(self) -> list[str]:
        """Processes that still carry this workspace in their environment."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"OTDEL_WORKSPACE={self.workspace}".encode() in entry.read_bytes():
                    found.append((entry.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def rows(self, query: str, **binds: Any) -> list[Any]:
        engine = create_engine(f"sqlite:///{self.workspace / 'var' / 'otdel.sqlite'}")
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query), binds).all())
        finally:
            engine.dispose()

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.web}{path}", trust_env=False, timeout=20)

    @contextmanager
    def prefect(self) -> Iterator["PrefectDoor"]:
        [auth] = re.findall(r"(otdel:\S+)", self.text())[-1:]
        door = PrefectDoor(self.ui, auth)
        with closing(door.http):
            yield door


class PrefectDoor:
    """Prefect's API as its UI uses it."""

    def __init__(self, port: int, auth: str) -> None:
        user, _, password = auth.partition(":")
        # Prefect's server waits for its SQLite for up to a minute, and its own clients wait as long for the server.
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api", auth=(user, password), trust_env=False, timeout=90
        )
        token = self.http.get("/csrf-token", params={"client": "test"}).json()["token"]
        self.headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}

    def ask(self, path: str, **question: Any) -> Any:
        """POST as the UI does; a server whose SQLite is busy says 503, and its own clients ask again too."""

        def asked() -> httpx.Response | None:
            answer = self.http.post(path, json=question, headers=self.headers)
            return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

        answer = awaited(asked, f"an answer to {path}", 120)
        return answer.raise_for_status().json()

    def runs(self, tag: str, state: str) -> list[dict[str, Any]]:
        return list(
            self.ask(
                "/flow_runs/filter", sort="EXPECTED_START_TIME_ASC",
                flow_runs={"tags": {"all_": [tag]}, "state": {"type": {"any_": [state]}}},
            )
        )  # fmt: skip

    def answer_schema(self, run: dict[str, Any]) -> dict[str, Any]:
        keyset = run["state"]["state_details"]["run_input_keyset"]
        schema = self.http.get(f"/flow_runs/{run['id']}/input/{keyset['schema']}").json()
        return dict(json.loads(schema) if isinstance(schema, str) else schema)
