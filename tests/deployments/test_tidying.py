"""What the runner settles in Prefect: the dead are buried, the pile is dropped, a person's orders are kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Cancelling, Pending, Running, Scheduled, State

from deployments.refusal import Refusal
from deployments.registration import _keep_orders, _refuse_twins, _remove_departed
from deployments.tidying import SILENCE, bury_the_dead, drop_pile, fallen_silent, forget_idle

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HERE, THERE = uuid4(), uuid4()


class Server:
    """As much of Prefect's client as the tidying uses, with the runs it holds."""

    def __init__(self, runs: list[FlowRun], spoken: set[UUID] = frozenset()) -> None:  # type: ignore[assignment]
        self.runs = {run.id: run for run in runs}
        self.spoken = spoken
        self.deleted_deployments: list[UUID] = []
        self.deleted_schedules: list[UUID] = []

    async def read_flow_runs(self, *, flow_run_filter: Any, limit: int, offset: int = 0) -> list[FlowRun]:
        types = flow_run_filter.state.type
        names = flow_run_filter.state.name
        due, ended = flow_run_filter.expected_start_time, flow_run_filter.end_time
        found = [
            run for run in self.runs.values()
            if run.deployment_id in flow_run_filter.deployment_id.any_
            and (types is None or run.state_type in types.any_)
            and (names is None or (run.state and run.state.name in names.any_))
            and (ended is None or (run.end_time and run.end_time <= ended.before_))
            and (due is None or (run.expected_start_time and run.expected_start_time <= due.before_))
        ]  # fmt: skip
        return found[offset : offset + limit]

    async def set_flow_run_state(self, run: UUID, state: State[Any], force: bool = False) -> None:
        self.runs[run].state, self.runs[run].state_type = state, state.type

    async def delete_flow_run(self, run: UUID) -> None:
        del self.runs[run]

    async def read_events(self, filter: Any, limit: int) -> Any:
        (resource,) = filter.resource.id
        heard = [run for run in self.spoken if resource.endswith(str(run))]
        return SimpleNamespace(events=heard)

    async def delete_deployment(self, deployment: UUID) -> None:
        self.deleted_deployments.append(deployment)

    async def delete_deployment_schedule(self, deployment: UUID, schedule: UUID) -> None:
        self.deleted_schedules.append(schedule)


def run(state: State[Any], due: datetime = NOW, deployment: UUID = HERE, by_schedule: bool = True) -> FlowRun:
    return FlowRun(
        id=uuid4(), flow_id=uuid4(), deployment_id=deployment, state=state, state_type=state.type,
        expected_start_time=due, start_time=due, auto_scheduled=by_schedule,
    )  # fmt: skip


def test_what_a_former_runner_left_is_settled_by_what_it_was() -> None:
    working, handed_out, cancelling = run(Running()), run(Pending()), run(Cancelling())
    waiting = run(State(type=StateType.PAUSED, name="Suspended"))
    elsewhere = run(Running(), deployment=THERE)
    server = Server([working, handed_out, cancelling, waiting, elsewhere])
    buried = asyncio.run(bury_the_dead(server, [HERE]))  # type: ignore[arg-type]
    assert [one.id for one in buried] == [working.id, handed_out.id, cancelling.id]
    settled = {one.id: server.runs[one.id].state_type for one in (working, handed_out, cancelling, waiting, elsewhere)}
    assert list(settled.values()) == [
        StateType.CRASHED, StateType.SCHEDULED, StateType.CANCELLED, StateType.PAUSED, StateType.RUNNING,
    ]  # fmt: skip


def test_of_a_pile_of_missed_runs_only_the_last_is_run() -> None:
    pile = [run(Scheduled(), NOW - timedelta(minutes=minute)) for minute in range(1, 61)]
    other = run(Scheduled(), NOW - timedelta(hours=8), THERE)
    ordered = [run(Scheduled(), NOW - timedelta(minutes=9), by_schedule=False) for _ in range(2)]
    coming = run(Scheduled(), NOW + timedelta(minutes=1))
    server = Server([*pile, other, *ordered, coming])
    assert asyncio.run(drop_pile(server, [HERE, THERE], NOW)) == 59  # type: ignore[arg-type]
    assert set(server.runs) == {pile[0].id, other.id, coming.id, *(one.id for one in ordered)}
    assert asyncio.run(drop_pile(server, [HERE, THERE], NOW)) == 0  # type: ignore[arg-type]


def test_yesterdays_idle_runs_are_forgotten_and_the_others_kept() -> None:
    def ended(name: str, hours: int) -> FlowRun:
        state = State(type=StateType.COMPLETED, name=name)
        return run(state).model_copy(update={"end_time": NOW - timedelta(hours=hours)})

    idle, in_english = ended("Нечего делать", 25), ended("Nothing to do", 26)
    fresh, useful, coming = ended("Нечего делать", 23), ended("Готово", 30), run(Scheduled())
    server = Server([idle, in_english, fresh, useful, coming])
    assert asyncio.run(forget_idle(server, [HERE], NOW)) == 2  # type: ignore[arg-type]
    assert set(server.runs) == {fresh.id, useful.id, coming.id}


def test_a_run_is_given_up_only_when_it_runs_and_has_long_been_silent() -> None:
    long_ago = NOW - SILENCE - timedelta(seconds=1)
    silent, speaking = run(Running(), long_ago), run(Running(), long_ago)
    young = run(Running(), NOW - timedelta(seconds=20))
    waiting = run(State(type=StateType.PAUSED, name="Suspended"), long_ago)
    server = Server([silent, speaking, young, waiting], spoken={speaking.id})
    found = asyncio.run(fallen_silent(server, [HERE], NOW))  # type: ignore[arg-type]
    assert [one.id for one in found] == [silent.id]


MORNING, EVENING = "0 9 * * *", "0 18 * * *"


def deployment(name: str, *crons: str) -> RunnerDeployment:
    return RunnerDeployment(
        name=name, flow_name="flow", entrypoint="deployments.wired.flow", schedules=[Cron(cron) for cron in crons]
    )


def registered(entrypoint: str = "deployments.wired.flow", **said: Any) -> Any:
    known = {"id": uuid4(), "entrypoint": entrypoint, "work_pool_name": None, "paused": False, "schedules": []}
    return SimpleNamespace(**{**known, **said})


def schedule(cron: str, active: bool) -> Any:
    return SimpleNamespace(id=uuid4(), schedule=CronSchedule(cron=cron), active=active)


def test_what_a_person_switched_off_stays_off() -> None:
    catalogued = deployment("report", MORNING, EVENING)
    former = registered(paused=True, schedules=[schedule(MORNING, False), schedule(EVENING, True)])
    asyncio.run(_keep_orders(Server([]), catalogued, former))  # type: ignore[arg-type]
    assert catalogued.paused
    assert [one.active for one in catalogued.schedules or ()] == [False, True]


def test_schedules_that_left_the_catalogue_are_taken_off() -> None:
    former = registered(schedules=[schedule(MORNING, True)])
    server = Server([])
    asyncio.run(_keep_orders(server, deployment("report"), former))  # type: ignore[arg-type]
    assert server.deleted_schedules == [former.schedules[0].id]


def test_only_our_own_departed_deployments_are_removed() -> None:
    departed, staying = registered(), registered()
    others = registered("their.package.flow")
    pooled = registered(work_pool_name="machines")
    server = Server([])
    known = {"flow/departed": departed, "flow/report": staying, "x/others": others, "flow/pooled": pooled}
    asyncio.run(_remove_departed(server, [deployment("report")], known))  # type: ignore[arg-type]
    assert server.deleted_deployments == [departed.id]


def test_two_deployments_of_one_name_are_refused() -> None:
    with pytest.raises(Refusal):
        _refuse_twins([deployment("report"), deployment("report")])
