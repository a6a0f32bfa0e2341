"""A flow in this process: with the house's server where it answers, else with a server that ends with the command."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deployments.catalogue import Entry
from deployments.cli.fields import filled
from deployments.cli.office import Office
from deployments.environment import environment, server_environment
from deployments.front import read_front
from deployments.prefect_api import is_healthy
from deployments.refusal import Exit, Refusal
from deployments.secrets import read_secrets
from models.locale import mark, translate
from models.reason import because

if TYPE_CHECKING:
    from deployments.runs import Run

NEEDS_HOUSE = mark("“{title}” waits for an answer, so its run must be able to sleep: it needs the house.")
START = mark("Start it: otdel up")
RUNNING = mark("“{title}” in this process")
STARTUP_SECONDS = "180"  # a first start lays out Prefect's database; its own patience of 20 s is too short for that
WAITING = ("approval",)


def run_here(desk: Office, entry: Entry, fields: Sequence[str], given: Mapping[str, Any]) -> "Run":
    """Run the flow to its end. Prefect is imported only now, when its environment is set."""
    if entry.flow in WAITING:
        raise Refusal(because(NEEDS_HOUSE, title=entry.name), because(START), Exit.NOT_RUNNING)
    desk.house  # noqa: B018  refuses where nothing has ever been started
    os.environ |= surroundings(desk)
    with desk.screen.waiting(translate(RUNNING, title=entry.name)):
        from deployments import wired

        flow = getattr(wired, entry.flow)
        parameters = filled(flow.parameters.model_dump(), fields, given)
        return asyncio.run(_run(flow, parameters))


def surroundings(desk: Office) -> dict[str, str]:
    """The environment for Prefect in this process."""
    secrets, front = read_secrets(desk.settings), read_front(desk.settings)
    ours = environment(desk.settings, secrets, front, os.environ) | {"PREFECT_LOGGING_LEVEL": "ERROR"}
    if is_healthy(desk.settings):
        return ours
    for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING"):
        ours.pop(name, None)
        os.environ.pop(name, None)
    key = server_environment(desk.settings, secrets, front, os.environ)["PREFECT_SERVER_ENCRYPTION_KEY"]
    return ours | ephemeral() | {"PREFECT_SERVER_ENCRYPTION_KEY": key}


def ephemeral() -> dict[str, str]:
    """What makes Prefect start a server of its own that ends with the process."""
    return {
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": STARTUP_SECONDS,
    }


async def _run(flow: Any, parameters: Mapping[str, Any]) -> "Run":
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    from deployments.runs import Run

    async with get_client() as client:  # before the flow, so that its server lives as long as we look at the run
        state = await flow(**parameters, return_state=True)
        id = state.state_details.flow_run_id
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[id]))
        shown = await client.read_artifacts(artifact_filter=wanted)
    texts = tuple(str(one.data) for one in shown if one.type == "markdown")
    return Run(str(id), state.type.value, state.name or "", state.message or "", texts)
