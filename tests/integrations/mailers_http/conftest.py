"""Every HTTP mailer in turn, beside a server of its own."""

from collections.abc import Iterator

import pytest

from tests.integrations.mailers_http.harness import KINDS, Harness, beside


@pytest.fixture(params=sorted(KINDS))
def mailer(request: pytest.FixtureRequest) -> Iterator[Harness]:
    with beside(request.param) as harness:
        yield harness


@pytest.fixture(params=sorted(name for name, kind in KINDS.items() if kind.tell))
def telling(request: pytest.FixtureRequest) -> Iterator[Harness]:
    with beside(request.param) as harness:
        yield harness


@pytest.fixture(params=sorted(name for name, kind in KINDS.items() if kind.mailer.limits.recipients_per_call > 1))
def batching(request: pytest.FixtureRequest) -> Iterator[Harness]:
    with beside(request.param) as harness:
        yield harness
