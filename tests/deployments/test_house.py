"""The house: one launcher per workspace, and nobody left over from a killed one."""

import os
import subprocess
import sys

import pytest

from deployments import house, processes
from deployments.refusal import Exit, Refusal
from deployments.settings import CODE_ROOT, Settings

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="runs that outlive their runner are found through /proc")
SLEEP = "import time; time.sleep(60)"


def stranger(**variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen((sys.executable, "-c", SLEEP), env={**os.environ, **variables}, start_new_session=True)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def record(settings: Settings, *children: house.Tenant) -> None:
    launcher = house.Tenant(name="launcher", pid=1, born="long ago")
    house.write_record(
        settings, house.Record(launcher=launcher, children=children, ui_url="http://ui", staff_url="http://desk")
    )


def test_a_second_launcher_is_told_what_to_open(settings: Settings) -> None:
    with house.locked(settings):
        record(settings)
        with pytest.raises(Refusal) as refused, house.locked(settings):
            pass
        assert house.is_running(settings)
    assert "http://desk" in str(refused.value.mend)
    assert refused.value.code == Exit.REFUSED
    assert not house.is_running(settings)


def test_the_lock_goes_with_the_process_that_held_it(settings: Settings) -> None:
    hold = (
        "import time\nfrom pathlib import Path\n"
        "from deployments.house import locked\nfrom deployments.settings import Settings\n"
        f"with locked(Settings(workspace=Path({str(settings.workspace)!r}))):\n"
        "    print(1, flush=True); time.sleep(60)"
    )
    with subprocess.Popen((sys.executable, "-c", hold), cwd=CODE_ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline()
        assert house.is_running(settings)
        holder.kill()
    with house.locked(settings):
        pass


def test_what_a_killed_launcher_left_is_ended(settings: Settings) -> None:
    left = stranger()
    record_left = house.tenant("runner", left.pid)
    with house.locked(settings):
        record(settings, record_left)
        assert house.sweep(settings, patience=5) == ["runner"]
    assert left.wait(5) < 0
    assert house.read_record(settings) is None


def test_a_process_that_only_got_the_same_pid_is_left_alone(settings: Settings) -> None:
    innocent = stranger()
    try:
        with house.locked(settings):
            record(settings, house.Tenant(name="runner", pid=innocent.pid, born="another time"))
            assert house.sweep(settings) == []
        assert innocent.poll() is None
    finally:
        end(innocent)


@LINUX
def test_a_run_that_outlived_its_runner_is_ended_and_a_neighbours_is_not(settings: Settings) -> None:
    for workspace, swept in ((str(settings.workspace), ["runner"]), ("/another/company", [])):
        spawn = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True)"
        with subprocess.Popen(
            (sys.executable, "-c", spawn), env={**os.environ, "OTDEL_WORKSPACE": workspace},
            stdout=subprocess.PIPE, start_new_session=True,
        ) as runner:  # fmt: skip
            assert runner.stdout
            run = int(runner.stdout.readline())
            runner.wait()
        try:
            with house.locked(settings):
                record(settings, house.Tenant(name="runner", pid=runner.pid, born="before"))
                assert house.sweep(settings, patience=5) == swept
            assert bool(processes.born(run)) is (swept == [])
        finally:
            processes.end_group(runner.pid, 0)
