"""Every mailer in turn, beside a server of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.mailers.harness import HARNESSES, Harness, beside


@pytest.fixture(params=sorted(HARNESSES))
def mailer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with beside(request.param, tmp_path) as harness:
        yield harness
