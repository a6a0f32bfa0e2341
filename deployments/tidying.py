"""Tidying Prefect's runs: what a kill left as running, and what piled up while nobody was there to run it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.automations import AutomationCore
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Cancelled, Crashed, Scheduled

from deployments.environment import HEARTBEAT_SECONDS
from models.locale import translate

ZOMBIES = "Otdel · no heartbeat"
PAGE = 200
WAITING = ["Scheduled", "Late"]


async def bury_the_dead(client: PrefectClient, deployments: Collection[UUID]) -> list[FlowRun]:
    """Settle the runs that a former runner left behind; call it before polling, when none of them can be alive.

    A run that had only been handed out is due again; one that a person was cancelling is cancelled; the rest crashed.
    """
    found = await _runs(client, deployments, types=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
    for run in found:
        if run.state_type == StateType.PENDING:
            await client.set_flow_run_state(run.id, Scheduled(), force=True)
        elif run.state_type == StateType.CANCELLING:
            await client.set_flow_run_state(run.id, Cancelled(), force=True)
        else:
            message = translate("The process of this run was ended from outside; the next run takes up its work.")
            await client.set_flow_run_state(run.id, Crashed(message=message), force=True)
    return found


async def drop_pile(client: PrefectClient, deployments: Collection[UUID], now: datetime) -> int:
    """Of each deployment's missed scheduled runs keep only the last: an hour asleep must not be sixty sweeps at once.

    Runs that somebody ordered (not the schedule) are never touched.
    """
    missed = await _runs(client, deployments, names=WAITING, due_before=now)
    piles: dict[UUID | None, list[FlowRun]] = defaultdict(list)
    for run in missed:
        if run.auto_scheduled:
            piles[run.deployment_id].append(run)
    spare = [run for pile in piles.values() for run in sorted(pile, key=_due)[:-1]]
    for run in spare:
        await client.delete_flow_run(run.id)
    return len(spare)


def _due(run: FlowRun) -> datetime:
    return run.expected_start_time or datetime.min.replace(tzinfo=UTC)


async def _runs(
    client: PrefectClient,
    deployments: Collection[UUID],
    types: list[StateType] | None = None,
    names: list[str] | None = None,
    due_before: datetime | None = None,
) -> list[FlowRun]:
    state = FlowRunFilterState(
        type=FlowRunFilterStateType(any_=types) if types else None,
        name=FlowRunFilterStateName(any_=names) if names else None,
    )
    wanted = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
        state=state,
        expected_start_time=FlowRunFilterExpectedStartTime(before_=due_before) if due_before else None,
    )
    found: list[FlowRun] = []
    while page := await client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=len(found)):
        found += page
    return found


def zombie_automation() -> AutomationCore:
    """A run without a sign of life for three heartbeats is Crashed.

    Any event of the run is a sign of life: our runs end under names of their own ("Готово с замечаниями"), and a
    suspended run waits for a person as long as it must.
    """
    trigger = EventTrigger(
        after={"prefect.flow-run.heartbeat"},
        expect={"prefect.flow-run.*"},
        match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=3 * HEARTBEAT_SECONDS),
    )
    message = translate("No heartbeat: the process of this run is gone or frozen.")
    action = ChangeFlowRunState(state=StateType.CRASHED, message=message)
    return AutomationCore(name=ZOMBIES, description="", trigger=trigger, actions=[action])


async def ensure_zombie_automation(client: PrefectClient) -> None:
    """Have exactly one automation of that name, as this release wants it; the switch that a person set stays."""
    found = await client.read_automations_by_name(ZOMBIES)
    wanted = zombie_automation()
    if [_substance(one) for one in found] == [_substance(wanted)]:
        return
    for former in found:
        wanted.enabled = former.enabled
        await client.delete_automation(former.id)
    await client.create_automation(wanted)


def _substance(automation: AutomationCore) -> dict[str, object]:
    """What an automation does, without the ids that the server gives."""
    said = automation.model_dump(mode="json", include={"trigger", "actions"})
    said["trigger"].pop("id", None)
    return said
