"""What the machine knows of processes: identity, groups, ports; and the leash."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deployments import processes
from deployments.processes import Obstacle
from deployments.settings import CODE_ROOT

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash and /proc are Linux's")
SLEEP = "import time; time.sleep(60)"


@contextmanager
def started(*command: str, **how: object) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen((sys.executable, *command), cwd=CODE_ROOT, stdout=subprocess.PIPE, **how) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def test_a_process_is_known_by_its_birth() -> None:
    assert processes.born(os.getpid()) == processes.born(os.getpid()) != ""
    with started("-c", SLEEP) as other:
        assert processes.born(other.pid) not in ("", processes.born(os.getpid()))
    assert processes.born(other.pid) == ""


def test_a_group_is_ended_to_its_last_member() -> None:
    child = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]);"
        "print(1, flush=True); time.sleep(60)"
    )
    with started("-c", child, start_new_session=True) as leader:
        assert leader.stdout and leader.stdout.readline()
        assert len(processes.members(leader.pid)) == 2
        leader.kill()
        leader.wait()
        processes.end_group(leader.pid, patience=5)
        assert processes.members(leader.pid) == []


def test_a_group_that_ignores_sigterm_is_killed() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with started("-c", deaf, start_new_session=True) as process:
        assert process.stdout and process.stdout.readline()
        processes.end_group(process.pid, patience=0.2)
        assert process.wait(5) == -signal.SIGKILL


@LINUX
def test_the_holder_of_a_port_is_named() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert processes.obstacle("127.0.0.1", port) == Obstacle.TAKEN
        assert f"(pid {os.getpid()})" in processes.holder(port)
    assert processes.obstacle("127.0.0.1", port) == Obstacle.NONE
    assert processes.holder(port) == ""


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_this_machine_is_told_from_a_taken_port(host: str) -> None:
    assert processes.obstacle(host, 4319) == Obstacle.ELSEWHERE


@LINUX
def test_a_leashed_process_ends_when_its_parent_is_killed() -> None:
    leashed = f"import time; print('leashed', flush=True); {SLEEP}"
    parent = (
        "import os, subprocess, sys, time\n"
        "leash = [sys.executable, '-m', 'deployments.leash', str(os.getpid())]\n"
        f"child = subprocess.Popen([*leash, sys.executable, '-c', {leashed!r}], start_new_session=True)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with started("-c", parent) as launcher:
        assert launcher.stdout
        said = [launcher.stdout.readline().decode().strip() for _ in range(2)]
        child = int(next(line for line in said if line.isdigit()))
        assert processes.born(child)
        launcher.kill()
        assert processes.wait_until(lambda: not processes.born(child), patience=10)


@LINUX
def test_a_command_whose_parent_is_already_gone_is_not_started() -> None:
    with started("-m", "deployments.leash", "1", sys.executable, "-c", "print('ran')") as orphan:
        assert orphan.wait(10) == -signal.SIGTERM
        assert orphan.stdout and orphan.stdout.read() == b""
