"""The work pools of a house beyond one machine: registers the catalogue in them and keeps their runs in order.

`python -m deployments.pools`, one per house; it does what the runner does besides running. Workers run
(deployments.worker), on as many machines as there are.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

from deployments.catalogue import CATALOGUE, DOORS
from deployments.house import Record, locked, tenant, write_record
from deployments.prefect_file import COMMAND
from deployments.registration import register
from deployments.runner import PULSE_SECONDS, SLEPT, TIDY_EVERY, await_server, write_pulse
from deployments.settings import Settings, read_settings
from deployments.tidying import SILENCE, declare_dead, drop_pile, fallen_silent, forget_idle, settle_forgotten

LOG = logging.getLogger(__name__)
POOL_TYPE = "process"


def pooled(deployments: Sequence[Any]) -> Sequence[Any]:
    """The catalogue's deployments, each sent to the pool of its door."""
    for entry, deployment in zip(CATALOGUE, deployments, strict=True):
        deployment.work_pool_name = entry.door
        deployment.job_variables = {"command": COMMAND}
    return deployments


async def keep(settings: Settings, listed: Sequence[RunnerDeployment]) -> None:
    """Open the pools, register, then tidy until told to stop."""
    async with get_client() as client:
        await await_server(client)
        await open_pools(client)
        names = await register(client, listed)
        keeper = Keeper(client, names, datetime.now(UTC))
        while True:
            now = datetime.now(UTC)
            try:
                await keeper.tidy(now)
                write_pulse(settings, now, names)
            except Exception:
                LOG.exception("Tidying did not succeed; it is tried again")
            await asyncio.sleep(PULSE_SECONDS * TIDY_EVERY)


async def open_pools(client: PrefectClient) -> None:
    """Make the pools that are not there yet; what a person has set in one that is there stays."""
    for door in DOORS:
        try:
            await client.read_work_pool(door)
        except ObjectNotFound:
            with suppress(ObjectAlreadyExists):  # another process of ours was quicker
                await client.create_work_pool(WorkPoolCreate(name=door, type=POOL_TYPE))


class Keeper:
    """Settles what no worker will: what piled up, what was handed out to a worker that died, what fell silent."""

    def __init__(self, client: PrefectClient, names: dict[UUID, str], now: datetime) -> None:
        self.client, self.names = client, names
        self.last = self.steady_since = now

    async def tidy(self, now: datetime) -> None:
        """Tidy; silence is judged only where the server could have heard something all the while."""
        await drop_pile(self.client, self.names, now)
        await forget_idle(self.client, self.names, now)
        if now - self.last > SLEPT:
            self.steady_since = now
        self.last = now
        if now - self.steady_since < SILENCE:
            return
        await settle_forgotten(self.client, self.names, now)
        for run in await fallen_silent(self.client, self.names, now):
            await declare_dead(self.client, run)


def main() -> None:
    """Hold the workspace, so that nobody starts a second house in it, and keep the pools."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = read_settings()
    with locked(settings), suppress(KeyboardInterrupt):
        listed = _catalogue()  # outside the loop: inside, Prefect's to_deployment gives a coroutine
        write_record(settings, Record(launcher=tenant("pools", os.getpid())))
        asyncio.run(keep(settings, listed))


def _catalogue() -> Sequence[RunnerDeployment]:
    from deployments.blocks import register as register_blocks
    from deployments.catalogue import catalogue

    register_blocks()
    return pooled(catalogue())


if __name__ == "__main__":
    main()
