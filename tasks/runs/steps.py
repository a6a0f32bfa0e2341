"""Steps about Prefect's runs: start one, see which were cancelled, answer one that waits."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)  # fmt: skip
from prefect.client.schemas.objects import StateType
from prefect.context import FlowRunContext, TaskRunContext
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Completed, Scheduled

TRIES = 5
PAUSE_SECONDS = 0.5


@task(cache_policy=NO_CACHE)
def start_run(
    tag: str, parameters: dict[str, Any], at: datetime | None = None, key: str = "", title: str | None = None
) -> str:
    """Start the deployment with this tag, now or at a time; a repeated key returns the run it made before."""
    with get_client(sync_client=True) as client:
        deployment = _deployment(client, tag)
        run = client.create_flow_run_from_deployment(
            deployment,
            parameters=parameters,
            state=Scheduled(scheduled_time=at),
            idempotency_key=key or None,
            name=title,
        )
    return str(run.id)


def _deployment(client: SyncPrefectClient, tag: str) -> UUID:
    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=[tag]))
    found = client.read_deployments(deployment_filter=wanted)
    if not found:
        raise LookupError(f"no deployment carries the tag {tag}; is the runner up?")
    return found[0].id


@task(cache_policy=NO_CACHE)
def cancelled_runs(ids: Iterable[str]) -> set[str]:
    """Which of these runs a person has cancelled."""
    cancelled = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CANCELLED, StateType.CANCELLING]))
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(id) for id in ids]), state=cancelled)
    with get_client(sync_client=True) as client:
        return {str(run.id) for run in client.read_flow_runs(flow_run_filter=wanted)}


@task(cache_policy=NO_CACHE)
def answer_run(id: str, answer: dict[str, Any]) -> bool:
    """Resume a run that waits, with the answer its form asked for. True also where it had been answered before.

    Prefect refuses an answer with HTTP 200 and a status, and answers 503 when two come at once.
    """
    with get_client(sync_client=True) as client:
        for _ in range(TRIES):
            try:
                result = client.resume_flow_run(UUID(id), run_input=answer)
            except (PrefectHTTPStatusError, httpx.HTTPStatusError) as error:
                if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return error.response.status_code == httpx.codes.NOT_FOUND
                time.sleep(PAUSE_SECONDS)
                continue
            return str(result.status) in ("ACCEPT", "ABORT") or result.status.value in ("ACCEPT", "ABORT")
    return False


@task(cache_policy=NO_CACHE)
def end_waiting_run(id: str, name: str, message: str) -> None:
    """End a run that waits for an answer nobody will give: a suspension that times out would fail."""
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(id))
        if run.state is not None and run.state.type == StateType.PAUSED:
            client.set_flow_run_state(run.id, Completed(name=name, message=message), force=True)


def show(key: str, markdown: str, description: str) -> None:
    """Show something readable beside the run; keys take Latin letters, digits and dashes only."""
    if FlowRunContext.get() or TaskRunContext.get():
        create_markdown_artifact(markdown, key=key, description=description)
