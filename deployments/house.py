"""The house of one workspace: its lock, the record of what runs in it, and the sweeping of what a kill left behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from deployments import processes
from deployments.refusal import Exit, Refusal
from deployments.settings import Settings
from models.reason import because

PATIENCE = 8.0


class Tenant(BaseModel):
    """A process of the house: `born` tells it from another that got the same pid later."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    born: str


class Record(BaseModel):
    """Who runs in the house and where it is to be found."""

    model_config = ConfigDict(frozen=True)

    launcher: Tenant
    children: tuple[Tenant, ...] = ()
    ui_url: str = ""
    staff_url: str = ""


def tenant(name: str, pid: int) -> Tenant:
    return Tenant(name=name, pid=pid, born=processes.born(pid))


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the workspace for one process; the kernel lets go of it however that process ends."""
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "house.lock").open("a") as file:
        # Somebody who only looks (is_running) may hold it for a moment.
        if not processes.wait_until(lambda: _take(file), patience=1):
            raise _held(settings)
        yield


def is_running(settings: Settings) -> bool:
    """Whether a launcher (or a restore, or a migration) holds the workspace now."""
    path = settings.var / "house.lock"
    if not path.exists():
        return False
    with path.open("a") as file:
        return not _take(file)


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_record(settings: Settings) -> Record | None:
    try:
        return Record.model_validate_json(_record_path(settings).read_text())
    except (OSError, ValidationError):
        return None


def write_record(settings: Settings, record: Record) -> None:
    path = _record_path(settings)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(record.model_dump_json(indent=1))
    draft.replace(path)


def sweep(settings: Settings, patience: float = PATIENCE) -> list[str]:
    """End what a killed launcher left behind, and only that; returns the names. Call it with the lock held."""
    record = read_record(settings)
    left = [child for child in record.children if _is_ours(child, settings)] if record else []
    for child in reversed(left):
        processes.end_group(child.pid, patience)
    _record_path(settings).unlink(missing_ok=True)
    return [child.name for child in left]


def _is_ours(child: Tenant, settings: Settings) -> bool:
    """The same process still, or runs of it that outlived it in its group."""
    if processes.born(child.pid):
        return processes.born(child.pid) == child.born
    here = str(settings.workspace)
    return any(processes.variable_of(pid, "OTDEL_WORKSPACE") == here for pid in processes.members(child.pid))


def _held(settings: Settings) -> Refusal:
    record = read_record(settings)
    if record is None or not record.ui_url:
        what = because("Another command is working in {folder} just now.", folder=settings.workspace)
        return Refusal(what, because("Wait until it has ended and try again."), Exit.REFUSED)
    what = because("Otdel already runs in {folder} (pid {pid}).", folder=settings.workspace, pid=record.launcher.pid)
    mend = because(
        "Open the desk: {staff_url} or Prefect: {ui_url}. To stop it: kill {pid}",
        staff_url=record.staff_url, ui_url=record.ui_url, pid=record.launcher.pid,
    )  # fmt: skip
    return Refusal(what, mend, Exit.REFUSED)


def _record_path(settings: Settings) -> Path:
    return settings.var / "house.json"
