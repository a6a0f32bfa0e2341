"""Starting a deployment in Prefect and looking at its run, over HTTP: what `otdel run` and the first start both do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from deployments.prefect_api import PrefectApi

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
ASLEEP = "PAUSED"
NOT_BEGUN = ("SCHEDULED", "PENDING")


@dataclass(frozen=True)
class Run:
    """A run as it ended, or as it stands; `texts` are what it shows beside itself."""

    id: str
    type: str
    state: str
    message: str
    texts: tuple[str, ...] = ()

    @property
    def has_begun(self) -> bool:
        return self.type not in NOT_BEGUN

    @property
    def has_ended(self) -> bool:
        return self.type in ENDED


def tagged(api: PrefectApi, tag: str) -> dict[str, Any] | None:
    """The deployment that carries this tag, if the server has it."""
    found: list[dict[str, Any]] = api.ask("/deployments/filter", deployments={"tags": {"all_": [tag]}})
    return found[0] if found else None


def start(api: PrefectApi, deployment: str, parameters: Mapping[str, Any], key: str = "") -> str:
    """Make a run, once however often it had to be asked for; returns its id."""
    path, key = f"/deployments/{deployment}/create_flow_run", key or uuid4().hex
    made: dict[str, Any] = api.ask(path, parameters=parameters, idempotency_key=key)
    return str(made["id"])


def look(api: PrefectApi, id: str) -> Run:
    """The run as it stands; its texts once it has ended."""
    [run] = api.ask("/flow_runs/filter", flow_runs={"id": {"any_": [id]}})
    state = run["state"]
    texts: tuple[str, ...] = ()
    if state["type"] in ENDED:
        mine = {"flow_run_id": {"any_": [id]}}
        shown = api.ask("/artifacts/filter", artifacts=mine, sort="UPDATED_DESC")
        texts = tuple(str(one["data"]) for one in reversed(shown) if one["type"] == "markdown")
    return Run(id, state["type"], state["name"], state.get("message") or "", texts)
