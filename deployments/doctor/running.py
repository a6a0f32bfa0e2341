"""What the doctor sees of the running house: its processes, Prefect's server, deployments and their next runs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from deployments import processes as machine
from deployments.children import TITLES, read_pulse
from deployments.doctor.finding import Finding, bad, ok, warn
from deployments.entries import BULK, PLACEMENTS
from deployments.house import Tenant, is_running, read_record
from deployments.prefect_api import PrefectApi
from deployments.secrets import read_secrets
from deployments.settings import Settings
from models.locale import translate
from models.reason import because

STALE = timedelta(seconds=60)
LOOK = because("Look at the last lines in var/logs; then start again: otdel up")


def processes(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The launcher and every process it keeps up; the runner must have asked for work within a minute."""
    record = read_record(settings)
    if not is_running(settings) or record is None:
        yield warn("processes", because("Otdel is not running."), because("Start it: otdel up"))
        return
    for child in (record.launcher, *record.children):
        if machine.born(child.pid) == child.born:
            yield ok("processes", because("{name} runs (pid {pid})", name=_title(child), pid=child.pid))
        else:
            yield bad("processes", because("{name} does not run.", name=_title(child)), LOOK)
    yield _runner(settings, now)
    if any(child.name == "runner-bulk" for child in record.children):
        yield _runner(settings, now, BULK)


def _title(child: Tenant) -> str:
    return translate(TITLES[child.name]) if child.name in TITLES else child.name


def _runner(settings: Settings, now: datetime, door: str = PLACEMENTS) -> Finding:
    polled = read_pulse(settings, door).get("polled_at")
    if not isinstance(polled, str):
        return bad("runner", because("The runner has not asked for work yet."), LOOK)
    age = now - datetime.fromisoformat(polled)
    if age > STALE:
        return bad("runner", because("The runner last asked for work {age} s ago.", age=age.seconds), LOOK)
    return ok("runner", because("The runner asks for work"))


def server(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Prefect's server answers, and lets in whoever knows the secret."""
    if not is_running(settings):
        return
    try:
        with PrefectApi(settings, read_secrets(settings)) as api:
            yield ok("server", because("Prefect's server {version} answers", version=api.version()))
    except httpx.HTTPError as error:
        yield bad("server", because("Prefect's server does not answer: {error}.", error=type(error).__name__), LOOK)


def deployments(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every operation is registered, and those on a schedule really have their next runs."""
    awaited = read_pulse(settings).get("deployments")
    if not is_running(settings) or not isinstance(awaited, dict):
        return
    with PrefectApi(settings, read_secrets(settings)) as api:
        registered = {found["id"]: found for found in api.every("/deployments/filter")}
        missing = [name for deployment, name in awaited.items() if deployment not in registered]
        if missing:
            what = because("Not registered with Prefect: {names}.", names=", ".join(missing))
            yield bad("deployments", what, LOOK)
        else:
            yield ok("deployments", because("Operations registered: {number}", number=len(awaited)))
        yield from _schedules(api, [found for found in registered.values() if found["id"] in awaited], now)


def _schedules(api: PrefectApi, registered: list[dict[str, Any]], now: datetime) -> Iterator[Finding]:
    """A server that looks healthy and schedules nothing is the worst that can happen to a plan."""
    scheduled = [found for found in registered if any(one["active"] for one in found["schedules"])]
    paused = [found["name"] for found in registered if found["paused"] or _is_switched_off(found)]
    if paused:
        what = because("Switched off in Prefect: {names}.", names=", ".join(paused))
        yield warn("schedules", what, because("If nobody meant it, switch their schedules on again in Prefect."))
    awake = {found["id"]: found["name"] for found in scheduled if not found["paused"]}
    coming = _with_coming_runs(api, list(awake), now)
    idle = [name for deployment, name in awake.items() if deployment not in coming]
    if idle:
        what = because("On a schedule, but without a next run: {names}.", names=", ".join(idle))
        yield bad("schedules", what, because("Wait two minutes after a start; then check the versions above."))
    elif awake:
        yield ok("schedules", because("Every schedule has its next runs: {number}", number=len(awake)))


def _is_switched_off(found: dict[str, Any]) -> bool:
    return bool(found["schedules"]) and not any(one["active"] for one in found["schedules"])


def _with_coming_runs(api: PrefectApi, ids: list[str], now: datetime) -> set[str]:
    """Which of these deployments have a run that is still to come."""
    wanted = {
        "deployment_id": {"any_": ids},
        "state": {"type": {"any_": ["SCHEDULED"]}},
        "expected_start_time": {"after_": now.isoformat()},
    }
    return {run["deployment_id"] for run in api.every("/flow_runs/filter", flow_runs=wanted)}
