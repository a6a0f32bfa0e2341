"""Every channel in turn, beside a server of its own; `wired` only those that speak over a wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.channels.harness import HARNESSES, WITHOUT_A_WIRE, Harness


@pytest.fixture(params=sorted(HARNESSES))
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with HARNESSES[request.param](tmp_path) as harness:
        yield harness
        assert harness.server is None or harness.server.violations == []


@pytest.fixture(params=sorted(HARNESSES.keys() - WITHOUT_A_WIRE))
def wired(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with HARNESSES[request.param](tmp_path) as harness:
        yield harness
        assert harness.server.violations == []
