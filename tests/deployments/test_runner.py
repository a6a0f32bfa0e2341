"""The runner's pulse: it goes on beating whatever a single beat meets."""

import asyncio
import logging
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from deployments.children import read_pulse
from deployments.runner import Pulse
from deployments.settings import Settings


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
