"""The runner's pulse: it goes on beating whatever a single beat meets."""

import asyncio
import logging
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.schemas.objects import StateType
from prefect.states import Running

from deployments.children import read_pulse
from deployments.runner import Pulse
from deployments.settings import Settings
from deployments.tidying import SILENCE
from tests.deployments.test_tidying import HERE, NOW, Server, run


async def beaten(settings: Settings, seconds: float) -> bool:
    """Whether the pulse still beats after that long."""
    runner: Any = SimpleNamespace(last_polled=datetime.now(UTC), _logger=logging.getLogger("pulse"))
    client: Any = None
    beating = asyncio.create_task(Pulse(settings, client, runner, {uuid4(): "A8"}).beat())
    await asyncio.sleep(seconds)
    alive = not beating.done()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    return alive


class Processes:
    """The runs of this machine."""

    def __init__(self, *here: UUID) -> None:
        self.here, self.killed = list(here), list[UUID]()

    def flow_run_ids(self) -> list[UUID]:
        return self.here

    async def kill(self, run: UUID, force: bool) -> None:
        self.killed.append(run)


class Offered:
    """Forms that cannot follow the files: Prefect is busy."""

    async def follow(self, names: Any) -> None:
        raise httpx.ReadTimeout("Prefect is busy")


def test_silent_runs_are_ended_before_anything_is_said_of_forms(settings: Settings) -> None:
    lost, frozen = run(Running(), NOW - 2 * SILENCE), run(Running(), NOW - 2 * SILENCE)
    server, processes = Server([lost, frozen]), Processes(frozen.id)
    runner: Any = SimpleNamespace(_process_manager=processes)
    client: Any = server
    offered: Any = Offered()
    pulse = Pulse(settings, client, runner, {HERE: "A8"}, offered)
    pulse.awake_since = NOW - 2 * SILENCE
    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(pulse._tidy(NOW))
    assert processes.killed == [frozen.id] and server.runs[lost.id].state_type == StateType.CRASHED


def test_a_pulse_is_written(settings: Settings) -> None:
    settings.make_folders()
    assert asyncio.run(beaten(settings, 0.1))
    assert list(read_pulse(settings)["deployments"].values()) == ["A8"]  # type: ignore[attr-defined]


def test_a_disk_that_takes_nothing_does_not_stop_the_pulse(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert not settings.var.exists()
    assert asyncio.run(beaten(settings, 0.1))
    assert "tried again" in caplog.text
