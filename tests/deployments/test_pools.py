"""Work pools and their workers: every deployment behind its door, and nothing left as if somebody still ran it."""

import asyncio
import os
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import yaml
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Cancelling, Pending, Running

from deployments.catalogue import BULK, CATALOGUE, DOORS, PLACEMENTS
from deployments.pools import Keeper, open_pools, pooled
from deployments.prefect_file import written
from deployments.registration import _remove_departed
from deployments.tidying import SILENCE
from deployments.worker import NAMED, end_own, settle_own
from tests.deployments.test_tidying import HERE, NOW, Server, deployment, registered, run

ME, TWIN = "placements@here", "placements@there"
MINUTE = timedelta(minutes=1)


class Pooled(Server):
    """The same server, with deployments in a pool."""

    async def read_deployments(self, work_pool_filter: Any, limit: int) -> list[Any]:
        return [SimpleNamespace(id=HERE)]


def taken(state: Any, worker: str = ME, pid: int = 0, at: Any = NOW) -> FlowRun:
    state.timestamp = at
    found = run(state, due=at)
    return found.model_copy(update={"labels": {NAMED: worker}, "infrastructure_pid": str(pid) if pid else None})


def states(server: Server) -> list[StateType | None]:
    return [one.state_type for one in server.runs.values()]


def test_what_must_go_out_on_time_is_behind_its_own_door() -> None:
    doors = {tag: entry.door for entry in CATALOGUE for tag in entry.tags}
    steering = ("stop", "release", "cancel", "hold", "move", "publish-now", "approval", "unknown")
    assert {doors[tag] for tag in ("A8", "sweeper", *steering)} == {PLACEMENTS}
    assert {doors[tag] for tag in ("A11", "A12", "month")} == {BULK}


def test_every_deployment_is_sent_to_the_pool_of_its_door() -> None:
    found = pooled([SimpleNamespace(flow=entry.flow) for entry in CATALOGUE])
    listed = yaml.safe_load(written())["deployments"]
    for one, line in zip(found, listed, strict=True):
        assert one.work_pool_name == line["work_pool"]["name"]
        assert one.job_variables == line["work_pool"]["job_variables"]
        assert line["entrypoint"] == f"deployments.wired.{one.flow}"


def test_pools_are_opened_once_whoever_is_first() -> None:
    class Pools:
        def __init__(self) -> None:
            self.there = [PLACEMENTS]

        async def read_work_pool(self, name: str) -> None:
            if name not in self.there:
                raise ObjectNotFound(ValueError(name))

        async def create_work_pool(self, pool: Any) -> None:
            self.there.append(pool.name)
            raise ObjectAlreadyExists(ValueError(pool.name))

    pools = Pools()
    asyncio.run(open_pools(pools))  # type: ignore[arg-type]
    assert pools.there == list(DOORS)


def test_a_worker_that_comes_back_settles_what_it_left_and_nothing_else() -> None:
    left, handed_out, cancelling = taken(Running()), taken(Pending()), taken(Cancelling())
    server = Pooled([left, handed_out, cancelling, taken(Running(), TWIN)])
    asyncio.run(settle_own(server, PLACEMENTS, ME))  # type: ignore[arg-type]
    assert states(server) == [StateType.CRASHED, StateType.SCHEDULED, StateType.CANCELLED, StateType.RUNNING]


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A process that lives until it is killed, and says which run it is."""
    import subprocess
    import sys

    def born(run_id: UUID) -> Any:
        says = os.environ | {"PREFECT__FLOW_RUN_ID": str(run_id)}
        return subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], env=says,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip

    return born


def test_a_run_that_still_lives_is_let_be_and_ended_only_with_its_worker(process: Any) -> None:
    living = taken(Running())
    with process(living.id) as alive:
        alive.stdout.readline()
        living = living.model_copy(update={"infrastructure_pid": str(alive.pid)})
        server = Pooled([living])
        asyncio.run(settle_own(server, PLACEMENTS, ME))  # type: ignore[arg-type]
        assert states(server) == [StateType.RUNNING]
        assert alive.poll() is None
        asyncio.run(end_own(server, PLACEMENTS, ME))  # type: ignore[arg-type]
        assert alive.wait(10) < 0
    assert states(server) == [StateType.CRASHED]


def test_a_strangers_process_with_the_same_number_is_not_touched(process: Any) -> None:
    left = taken(Running())
    with process(taken(Running()).id) as stranger:
        stranger.stdout.readline()
        server = Pooled([left.model_copy(update={"infrastructure_pid": str(stranger.pid)})])
        asyncio.run(end_own(server, PLACEMENTS, ME))  # type: ignore[arg-type]
        assert states(server) == [StateType.CRASHED]
        assert stranger.poll() is None
        stranger.kill()


def keeper(*runs: FlowRun) -> tuple[Keeper, Server]:
    server = Server(list(runs))
    return Keeper(server, {HERE: "A8"}, NOW), server  # type: ignore[arg-type]


def beats(keeper: Keeper, begin: timedelta, end: timedelta) -> None:
    at = begin
    while at <= end:
        asyncio.run(keeper.tidy(NOW + at))
        at += MINUTE / 3


def test_what_was_handed_to_a_worker_that_died_is_due_again() -> None:
    held, server = keeper(taken(Pending()), taken(Running()), taken(Cancelling()))
    beats(held, timedelta(0), SILENCE - MINUTE)
    assert states(server) == [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    beats(held, SILENCE - MINUTE, SILENCE + MINUTE)
    assert states(server) == [StateType.SCHEDULED, StateType.CRASHED, StateType.CANCELLED]


def test_silence_is_not_judged_when_the_server_was_away_itself() -> None:
    held, server = keeper(taken(Running()))
    beats(held, timedelta(0), MINUTE)
    asyncio.run(held.tidy(NOW + 20 * MINUTE))
    assert states(server) == [StateType.RUNNING]
    beats(held, 20 * MINUTE, 20 * MINUTE + SILENCE + MINUTE)
    assert states(server) == [StateType.CRASHED]


def test_what_left_the_catalogue_leaves_our_pools_and_no_others() -> None:
    ours, others = registered(work_pool_name=BULK), registered(work_pool_name="machines")
    server = Server([])
    listed = deployment("report")
    listed.work_pool_name = BULK
    known = {"flow/departed": ours, "flow/elsewhere": others, "flow/unpooled": registered()}
    asyncio.run(_remove_departed(server, [listed], known))  # type: ignore[arg-type]
    assert server.deleted_deployments == [ours.id]
