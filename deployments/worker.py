"""A worker of one door: Prefect's own process worker, which settles what it leaves and what its former self left.

`python -m deployments.worker placements`; its environment comes from deployments.roles. One worker of a door per
machine: it is known by the door and the machine's name.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.workers.process import ProcessWorker

from deployments.pools import open_pools
from deployments.processes import variable_of
from deployments.runner import LEAVE_WITHIN, await_server
from deployments.tidying import runs_in_hand, settle

PAGE = 200
NAMED = "prefect.worker.name"  # the label by which Prefect's worker marks the runs it takes


async def work(door: str, limit: int) -> None:
    """Run what is due behind this door until told to stop; what a dead process of ours left is settled first."""
    name = f"{door}@{socket.gethostname()}"
    async with get_client() as client:
        await await_server(client)
        await open_pools(client)
        await settle_own(client, door, name)
        worker = ProcessWorker(work_pool_name=door, name=name, limit=limit, create_pool_if_not_found=False)
        stop_at_signals()
        try:
            await worker.start()
        finally:
            with suppress(TimeoutError):  # the server may be gone too; then the runs end with this process
                async with asyncio.timeout(LEAVE_WITHIN):
                    await end_own(client, door, name)


def stop_at_signals() -> None:
    """Let SIGTERM and SIGINT end the current task at its next step."""
    task = asyncio.current_task()
    assert task
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def end_own(client: PrefectClient, door: str, name: str) -> None:
    """End our runs as what they are, crashed: another worker, or the next run, takes up their work."""
    for run in await own_runs(client, door, name):
        while lives_here(run):
            with suppress(ProcessLookupError):
                os.kill(int(run.infrastructure_pid or 0), signal.SIGKILL)
            await asyncio.sleep(0.05)
    await settle_own(client, door, name)


async def settle_own(client: PrefectClient, door: str, name: str) -> None:
    """Settle the runs of this name whose process is gone."""
    for run in await own_runs(client, door, name):
        if not lives_here(run):
            await settle(client, run)


async def own_runs(client: PrefectClient, door: str, name: str) -> list[FlowRun]:
    """The runs that a worker of this name has taken and not ended."""
    pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[door]))
    deployments = [one.id for one in await client.read_deployments(work_pool_filter=pool, limit=PAGE)]
    return [run for run in await runs_in_hand(client, deployments) if run.labels.get(NAMED) == name]


def lives_here(run: FlowRun) -> bool:
    """Whether the process that the run was given is alive on this machine, and is this run's."""
    pid = run.infrastructure_pid or ""
    return pid.isdigit() and variable_of(int(pid), "PREFECT__FLOW_RUN_ID") == str(run.id)


def main(arguments: Iterable[str]) -> None:
    (door,) = arguments
    with suppress(asyncio.CancelledError):
        asyncio.run(work(door, int(os.environ["PREFECT_RUNNER_PROCESS_LIMIT"])))


if __name__ == "__main__":
    main(sys.argv[1:])
