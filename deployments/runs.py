"""Starting a deployment in Prefect and looking at its run, over HTTP: what `otdel run` and the first start both do."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from deployments.prefect_api import PrefectApi

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
ASLEEP = "PAUSED"
PAUSE_SECONDS = 0.5
TRIES = 20


@dataclass(frozen=True)
class Run:
    """A run as it ended, or as it stands; `texts` are what it shows beside itself."""

    id: str
    type: str
    state: str
    message: str
    texts: tuple[str, ...] = ()

    @property
    def has_ended(self) -> bool:
        return self.type in ENDED


def tagged(api: PrefectApi, tag: str) -> dict[str, Any] | None:
    """The deployment that carries this tag, if the server has it."""
    found: list[dict[str, Any]] = _patiently(
        lambda: api.ask("/deployments/filter", deployments={"tags": {"all_": [tag]}})
    )
    return found[0] if found else None


def start(api: PrefectApi, deployment: str, parameters: Mapping[str, Any], key: str = "") -> str:
    """Make a run, once however often it had to be asked for; returns its id."""
    path, key = f"/deployments/{deployment}/create_flow_run", key or uuid4().hex
    made: dict[str, Any] = _patiently(lambda: api.ask(path, parameters=parameters, idempotency_key=key))
    return str(made["id"])


def look(api: PrefectApi, id: str) -> Run:
    """The run as it stands; its texts once it has ended."""
    [run] = _patiently(lambda: api.ask("/flow_runs/filter", flow_runs={"id": {"any_": [id]}}))
    state = run["state"]
    texts: tuple[str, ...] = ()
    if state["type"] in ENDED:
        mine = {"flow_run_id": {"any_": [id]}}
        shown = _patiently(lambda: api.ask("/artifacts/filter", artifacts=mine, sort="UPDATED_DESC"))
        texts = tuple(str(one["data"]) for one in reversed(shown) if one["type"] == "markdown")
    return Run(id, state["type"], state["name"], state.get("message") or "", texts)


def _patiently(ask: Callable[[], Any]) -> Any:
    """Ask again while the server says 503: its own database is busy for a moment (seen on SQLite under load)."""
    for _ in range(TRIES):
        try:
            return ask()
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise
            time.sleep(PAUSE_SECONDS)
    return ask()
