"""What is asked of every provider over HTTP, and what its answers prove, whoever it is."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.mailers import asking


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        pytest.param("30", timedelta(seconds=30), id="half a minute"),
        pytest.param("1e13", asking.LONGEST_WAIT, id="for ever"),
        pytest.param("-5", timedelta(0), id="before now"),
        pytest.param(None, None, id="not said"),
    ],
)
def test_a_wait_is_heeded_as_far_as_it_makes_sense(asked: object, waits: timedelta | None) -> None:
    wait = asking.busy("Somebody", asked).retry_after
    assert wait == waits
    assert datetime.now(UTC) + (wait or timedelta(0))  # a moment there is
