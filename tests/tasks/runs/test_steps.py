"""Ending a run that waits for an answer, whatever has become of it meanwhile."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry, Cancelled, Completed, Crashed, Pending, Running, State, Suspended

from tasks.runs import steps


class Server:
    """A Prefect that knows one run, or none."""

    def __init__(self, state: State | None) -> None:
        self.run, self.ended = SimpleNamespace(id=uuid4(), state=state), []

    def read_flow_run(self, id: Any) -> Any:
        if self.run.state is None:
            raise ObjectNotFound(Exception("deleted"))
        return self.run

    def set_flow_run_state(self, id: Any, state: State, force: bool) -> None:
        self.ended.append((state.name, state.message))


@pytest.mark.parametrize(
    ("state", "over", "ended"),
    [
        pytest.param(Suspended(), True, [("Done", "decided")], id="waits"),
        pytest.param(Running(), False, [], id="not waiting yet"),
        pytest.param(Pending(), False, [], id="not begun"),
        pytest.param(AwaitingRetry(), False, [], id="answered, and about to go on"),
        pytest.param(Completed(), True, [], id="over"),
        pytest.param(Cancelled(), True, [], id="cancelled by a person"),
        pytest.param(Crashed(), True, [], id="crashed"),
        pytest.param(None, True, [], id="deleted"),
    ],
)
def test_a_run_is_ended_where_it_waits_and_forgotten_where_it_is_over(
    monkeypatch: pytest.MonkeyPatch, state: State | None, over: bool, ended: list[tuple[str, str]]
) -> None:
    server = Server(state)
    monkeypatch.setattr(steps, "get_client", lambda **_: nullcontext(server))
    assert steps.end_waiting_run.fn(str(server.run.id), "Done", "decided") is over
    assert server.ended == ended
