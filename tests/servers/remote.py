"""A server in another process, with the same controls as one in this process."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.journal import Publication

ROOT = Path(__file__).parents[2]
SECONDS_TO_END = 10


class Remote:
    """Controls over HTTP: `remote.edit_by_hand(message_id=5, text="…")`, with arguments by name.

    `pid` is the process, to be frozen or killed by a test.
    """

    def __init__(self, url: str, pid: int = 0) -> None:
        self.url = url
        self.port = httpx.URL(url).port
        self.pid = pid

    def published(self, marker: str | None = None) -> dict[str, list[Publication]]:
        places = self._call("published", marker=marker)
        return {place: [_publication(each) for each in group] for place, group in places.items()}

    def __getattr__(self, control: str) -> Callable[..., Any]:
        if control.startswith("_"):
            raise AttributeError(control)
        return lambda **arguments: self._call(control, **arguments)

    def _call(self, control: str, **arguments: Any) -> Any:
        answer = httpx.post(f"{self.url}/__test__/{control}", json=arguments, timeout=30, trust_env=False)
        body = answer.json()
        if "error" in body:
            raise LookupError(body["error"])
        return body["result"]


def _publication(fields: dict[str, Any]) -> Publication:
    lists = {"remote_ids": tuple(fields["remote_ids"]), "parts": tuple(tuple(part) for part in fields["parts"])}
    return Publication(**(fields | lists))


@contextmanager
def launched(
    provider: str, *, port: int = 0, log: Path | str | None = None, faults: dict[str, Any] | None = None, **options: Any
) -> Iterator[Remote]:
    """Start a server as a process and end it. `options` are further arguments of its class."""
    order = [sys.executable, "-m", "tests.servers", provider, "--with-parent", "--port", str(port)]
    order += ["--faults", json.dumps(faults or {}), "--options", json.dumps(options)]
    order += ["--log", str(log)] if log else []
    with subprocess.Popen(order, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            if not first:
                raise RuntimeError(f"the {provider} server did not start: exit {process.wait(SECONDS_TO_END)}")
            yield Remote(json.loads(first)["url"], process.pid)
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:  # a test left it frozen
        process.kill()
