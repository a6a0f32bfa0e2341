"""Start a command that ends with its parent: `python -m deployments.leash <parent's pid> <command…>`.

Linux only: the kernel sends SIGTERM when the parent dies, however it dies. Elsewhere the command is simply started,
and what a killed launcher left behind is ended by the next `otdel up` (deployments.house).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(expected: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when the parent dies; `expected` is its pid, in case it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)
    if os.getppid() != expected:
        os.kill(os.getpid(), by)


def leash_run() -> None:
    """Leash a run of Prefect's runner to it; `deployments.wired` calls this, and in any other process it does nothing.

    By SIGKILL: asked politely, a run would report its end to a server that is gone as well, for minutes. Without the
    leash a run outlives a runner that was killed together with the launcher, until the next start.
    """
    if os.environ.get("PREFECT__FLOW_RUN_ID"):
        die_with_parent(os.getppid(), signal.SIGKILL)


def main(arguments: list[str]) -> None:
    die_with_parent(int(arguments[0]))
    os.execvp(arguments[1], arguments[1:])  # noqa: S606 (the command comes from deployments.children)


if __name__ == "__main__":
    main(sys.argv[1:])
