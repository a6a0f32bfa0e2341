"""The supervisor, with real processes: order, bringing back, giving up, ending everything."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from deployments import processes
from deployments.children import Child
from deployments.screen import Screen
from deployments.supervisor import DEATHS_BORNE, Fell, Supervisor

LIVE = "import time; print('up', flush=True); time.sleep(60)"
WITH_RUN = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {LIVE!r}]); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
DIES = "import sys; print('the reason', flush=True); sys.exit(3)"


class Stage:
    """A supervisor with what it showed."""

    def __init__(self, logs: Path) -> None:
        self.logs, self.shown, self.stop = logs, StringIO(), threading.Event()
        self.supervisor: Supervisor | None = None

    def plays(self, *children: Child) -> Supervisor:
        screen = Screen(Console(file=self.shown, width=200, highlight=False))
        self.supervisor = Supervisor(children, self.logs, screen, self.stop, lambda tenants: None, 0.05)
        return self.supervisor


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    if stage.supervisor:
        stage.supervisor.hurry.set()
        stage.supervisor.end()


def has_said(logs: Path, name: str, said: str = "up") -> Callable[[int], bool]:
    return lambda pid: said in (logs / f"{name}.log").read_text()


def child(stage: Stage, name: str, code: str, ready: Callable[[int], bool] | None = None, **how: float) -> Child:
    is_ready = ready or has_said(stage.logs, name)
    return Child(name, name, (sys.executable, "-c", code), dict(os.environ), is_ready, **how)  # type: ignore[arg-type]


def look_until(supervisor: Supervisor, holds: Callable[[], bool], patience: float = 15) -> bool:
    end = time.monotonic() + patience
    while not holds() and time.monotonic() < end:
        supervisor.look_after()
        supervisor.stop.wait(0.05)
    return holds()


def test_children_start_in_order_each_when_the_former_is_ready(stage: Stage) -> None:
    seen: list[tuple[str, ...]] = []

    def first_is_up(_: int) -> bool:
        seen.append(tuple(tenant.name for tenant in supervisor.tenants()))
        return has_said(stage.logs, "first")(0)

    supervisor = stage.plays(child(stage, "first", LIVE, first_is_up), child(stage, "second", LIVE))
    assert supervisor.stand()
    assert set(seen) == {("first",)}
    assert [tenant.name for tenant in supervisor.tenants()] == ["first", "second"]
    assert stage.shown.getvalue().index("first") < stage.shown.getvalue().index("second")


def test_a_killed_child_is_brought_back_and_the_others_stay(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "one", LIVE), child(stage, "two", LIVE))
    assert supervisor.stand()
    former = {tenant.name: tenant for tenant in supervisor.tenants()}
    os.kill(former["one"].pid, signal.SIGKILL)
    assert look_until(supervisor, lambda: supervisor.begun[0].pid not in (0, former["one"].pid))
    assert supervisor.tenants()[1] == former["two"]
    assert "SIGKILL" in stage.shown.getvalue()


def test_what_a_killed_child_had_started_does_not_stay(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "runner", WITH_RUN))
    assert supervisor.stand()
    (runner,) = supervisor.tenants()
    os.kill(runner.pid, signal.SIGKILL)
    assert look_until(supervisor, lambda: not processes.members(runner.pid))


def test_a_child_that_keeps_dying_stops_the_house_with_its_last_lines(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "web", DIES, lambda pid: False))
    with pytest.raises(Fell) as fell:
        supervisor.stand()
    assert fell.value.lines == ["the reason"]
    assert fell.value.log == stage.logs / "web.log"
    assert fell.value.log.read_text().count("the reason") == DEATHS_BORNE


def test_a_child_that_never_gets_ready_counts_as_dead(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "web", LIVE, lambda pid: False, patience=0.1))
    with pytest.raises(Fell):
        supervisor.stand()
    assert "not ready" in stage.shown.getvalue()


def test_all_are_ended_in_reverse_and_a_deaf_one_is_killed(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "first", LIVE), child(stage, "deaf", DEAF, grace=0.3))
    assert supervisor.stand()
    first, deaf = supervisor.tenants()
    supervisor.end()
    assert not processes.born(first.pid)
    assert not processes.born(deaf.pid)


def test_standing_up_can_be_broken_off(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "slow", LIVE, lambda pid: stage.stop.set() or False), child(stage, "x", LIVE))
    assert not supervisor.stand()
    supervisor.end()
    assert supervisor.tenants() == ()


def test_insisting_cuts_the_waiting_short(stage: Stage) -> None:
    supervisor = stage.plays(child(stage, "deaf", DEAF, grace=60))
    assert supervisor.stand()
    (deaf,) = supervisor.tenants()
    threading.Timer(0.2, supervisor.hurry.set).start()
    before = time.monotonic()
    supervisor.end()
    assert time.monotonic() - before < 20
    assert not processes.born(deaf.pid)
