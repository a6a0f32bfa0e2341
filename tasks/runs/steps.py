"""Steps about Prefect's runs: start one, see which were cancelled, answer one that waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect.artifacts import create_markdown_artifact
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
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Scheduled

from models.locale import mark
from tasks.step import step

PAGE = 100
CANCELLED = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CANCELLED, StateType.CANCELLING]))


@step(mark("Start a run"))
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


@step(mark("Ask which runs are cancelled"))
def cancelled_runs(ids: Iterable[str]) -> set[str]:
    """Which of these runs a person has cancelled."""
    wanted = sorted(UUID(id) for id in ids)
    found: set[str] = set()
    with get_client(sync_client=True) as client:
        for start in range(0, len(wanted), PAGE):
            page = FlowRunFilter(id=FlowRunFilterId(any_=wanted[start : start + PAGE]), state=CANCELLED)
            found |= {str(run.id) for run in client.read_flow_runs(flow_run_filter=page)}
    return found


@step(mark("End the run that waits"))
def end_waiting_run(id: str, name: str, message: str) -> bool:
    """End a run that waits for an answer nobody will give: a suspension that times out would fail.

    True when the run is over, or was deleted; False while it is still on its way to waiting.
    """
    with get_client(sync_client=True) as client:
        try:
            run = client.read_flow_run(UUID(id))
        except ObjectNotFound:
            return True
        waits = run.state is not None and run.state.type == StateType.PAUSED
        if waits:
            client.set_flow_run_state(run.id, Completed(name=name, message=message), force=True)
        return waits or (run.state is not None and run.state.is_final())


def show(key: str, markdown: str, description: str) -> None:
    """Show something readable beside the run; keys take Latin letters, digits and dashes only."""
    if FlowRunContext.get() or TaskRunContext.get():
        create_markdown_artifact(markdown, key=key, description=description)
