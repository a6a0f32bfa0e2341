"""What this machine knows of processes: who they are, what group they form, who holds a port."""

import errno
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

PROC = Path("/proc")
LISTEN = "0A"


def born(pid: int) -> str:
    """When the process was started, as the kernel counts it: with the pid this is its identity. Empty if it is gone."""
    if PROC.joinpath("self").exists():
        return _born_by_proc(pid)
    return _output("ps", "-o", "lstart=", "-p", str(pid))


def _born_by_proc(pid: int) -> str:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else f"{boot[:8]}-{fields[18]}"


def members(group: int) -> list[int]:
    """The living processes of a process group; on other systems than Linux only its leader is looked at."""
    if not PROC.joinpath("self").exists():
        return [group] if born(group) else []
    return [pid for pid in _pids() if born(pid) and _group_of(pid) == group]


def variable_of(pid: int, name: str) -> str:
    """A variable of the process's first environment; empty where it cannot be read."""
    try:
        listed = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    found = [line for line in listed if line.startswith(f"{name}=".encode())]
    return os.fsdecode(found[0]).partition("=")[2] if found else ""


def end_group(group: int, patience: float) -> None:
    """End a whole process group: SIGTERM, then SIGKILL to whoever is left after `patience` seconds."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)
        if not wait_until(lambda: not members(group), patience):
            os.killpg(group, signal.SIGKILL)
            wait_until(lambda: not members(group), 5)


def wait_until(holds: Callable[[], bool], patience: float, pause: float = 0.1) -> bool:
    """Look again and again until it holds; False when patience ran out."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


class Obstacle(StrEnum):
    """Why a server cannot listen on a port of a host."""

    NONE = ""
    TAKEN = "taken"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"


def obstacle(host: str, port: int) -> Obstacle:
    """What keeps a server from listening there now; ELSEWHERE: the host is no address of this machine."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return Obstacle.FORBIDDEN
    except OSError as error:
        return Obstacle.TAKEN if error.errno == errno.EADDRINUSE else Obstacle.ELSEWHERE
    return Obstacle.NONE


def holder(port: int) -> str:
    """Who listens on the port, as “name (pid)”; empty where this user may not know."""
    sockets = _listening(port)
    for pid in _pids() if sockets else ():
        with suppress(OSError):
            if any(str(link.readlink()) in sockets for link in (PROC / str(pid) / "fd").iterdir()):
                return f"{_name_of(pid)} (pid {pid})"
    return _holder_by_lsof(port) if not PROC.joinpath("self").exists() else ""


def _listening(port: int) -> set[str]:
    """The sockets that listen on the port, by the names that /proc/*/fd shows."""
    found = set()
    for table in ("net/tcp", "net/tcp6"):
        with suppress(OSError):
            for row in (line.split() for line in (PROC / table).read_text().splitlines()[1:]):
                if row[3] == LISTEN and int(row[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{row[9]}]")
    return found


def _holder_by_lsof(port: int) -> str:
    rows = _output("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN").splitlines()[1:]
    return f"{rows[0].split()[0]} (pid {rows[0].split()[1]})" if rows else ""


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _name_of(pid: int) -> str:
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return "?"
    return os.fsdecode(command).strip()[:80] or "?"


def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
