"""Operations of a department that does nothing: one is done at once, one takes its time, one asks a person."""

import asyncio
import os
from pathlib import Path

from prefect import flow
from prefect.flow_runs import suspend_flow_run

from deployments.leash import leash_run

leash_run()


@flow(name="X1 · beat")
async def beat() -> str:
    """Say that it ran."""
    return "done"


@flow(name="X2 · long work")
async def long_work() -> None:
    """Write down whose process it is, then work longer than anybody waits."""
    Path(os.environ["OTDEL_WORKSPACE"], "var", "long.pid").write_text(str(os.getpid()))
    await asyncio.sleep(600)


@flow(name="X4 · bulk")
async def bulk() -> None:
    """Write down whose child it is: one of the second runner's."""
    Path(os.environ["OTDEL_WORKSPACE"], "var", "bulk.ppid").write_text(str(os.getppid()))


@flow(name="X3 · question")
async def question() -> None:
    """Wait for a person as long as it takes."""
    await suspend_flow_run(timeout=86400)
