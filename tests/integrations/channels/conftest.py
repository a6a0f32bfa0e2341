"""Every channel in turn, beside a server of its own; `wired` only those that speak over a wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.channels.harness import HARNESSES, Harness, OverHttp, beside

WIRED = sorted(name for name, kind in HARNESSES.items() if isinstance(kind, OverHttp))


@pytest.fixture(params=sorted(HARNESSES))
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with beside(request.param, tmp_path) as harness:
        yield harness


@pytest.fixture(params=WIRED)
def wired(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with beside(request.param, tmp_path) as harness:
        yield harness
