"""Tidying Prefect's runs: what died without saying so, and what piled up while nobody was there to run it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.filters import EventFilter, EventOccurredFilter, EventResourceFilter
from prefect.states import Cancelled, Crashed, Scheduled

from deployments.environment import HEARTBEAT_SECONDS
from models.ending import NOTHING
from models.locale import LANGUAGES, catalogue, translate

SILENCE = timedelta(seconds=5 * HEARTBEAT_SECONDS)  # events reach the database late when it is busy
IDLE_KEPT = timedelta(days=1)
PAGE = 200
WAITING = ["Scheduled", "Late"]


async def bury_the_dead(client: PrefectClient, deployments: Collection[UUID]) -> list[FlowRun]:
    """Settle the runs that a former runner left behind; call it before polling, when none of them can be alive.

    A run that had only been handed out is due again; one that a person was cancelling is cancelled; the rest crashed.
    """
    found = await runs_in_hand(client, deployments)
    for run in found:
        await settle(client, run)
    return found


async def runs_in_hand(client: PrefectClient, deployments: Collection[UUID]) -> list[FlowRun]:
    """The runs that somebody has been given and has not ended."""
    return await _runs(client, deployments, types=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])


async def settle(client: PrefectClient, run: FlowRun) -> None:
    """Settle a run whose process is gone, by what it was doing."""
    if run.state_type == StateType.PENDING:
        await client.set_flow_run_state(run.id, Scheduled(), force=True)
    elif run.state_type == StateType.CANCELLING:
        await client.set_flow_run_state(run.id, Cancelled(), force=True)
    else:
        message = translate("The process of this run was ended from outside; the next run takes up its work.")
        await client.set_flow_run_state(run.id, Crashed(message=message), force=True)


async def settle_forgotten(client: PrefectClient, deployments: Collection[UUID], now: datetime) -> list[FlowRun]:
    """Settle what was handed out, or was being cancelled, and has not moved since: its worker is gone."""
    found = await _runs(client, deployments, types=[StateType.PENDING, StateType.CANCELLING])
    forgotten = [run for run in found if run.state and run.state.timestamp < now - SILENCE]
    for run in forgotten:
        await settle(client, run)
    return forgotten


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


async def forget_idle(client: PrefectClient, deployments: Collection[UUID], now: datetime) -> int:
    """Delete the runs that found nothing to do a day ago: one a minute would fill the disk, and hide the others."""
    idle = [catalogue(language).get(NOTHING, NOTHING) for language in LANGUAGES]
    wanted = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=idle)),
        end_time=FlowRunFilterEndTime(before_=now - IDLE_KEPT),
    )
    found = await client.read_flow_runs(flow_run_filter=wanted, limit=PAGE)
    for run in found:
        await client.delete_flow_run(run.id)
    return len(found)


async def fallen_silent(client: PrefectClient, deployments: Collection[UUID], now: datetime) -> list[FlowRun]:
    """The runs that say they run, and have given no sign of life for five heartbeats: gone, or frozen.

    Prefect's own recipe is an automation, and it crashes runs that wait for an approval: the heartbeat of a run that
    suspends at once may be received after the suspension (seen with 3.8.8, every time). Here the state is looked at.
    """
    since = now - SILENCE
    running = await _runs(client, deployments, types=[StateType.RUNNING])
    long = [run for run in running if run.start_time and run.start_time < since]
    return [run for run in long if not await _has_spoken(client, run, since)]


async def _has_spoken(client: PrefectClient, run: FlowRun, since: datetime) -> bool:
    heard = EventFilter(
        occurred=EventOccurredFilter(since=since), resource=EventResourceFilter(id=[f"prefect.flow-run.{run.id}"])
    )
    return bool((await client.read_events(heard, limit=1)).events)


async def declare_dead(client: PrefectClient, run: FlowRun) -> None:
    """Let the run be Crashed, unless it has come to another state meanwhile."""
    message = translate("No sign of life: the process of this run is gone or frozen.")
    await client.set_flow_run_state(run.id, Crashed(message=message))
