"""The processes of the house, one line each: what is started, in which order, and how it shows that it is ready."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from deployments.entries import BULK, PLACEMENTS
from deployments.environment import environment, server_environment
from deployments.front import Front
from deployments.prefect_api import PrefectApi
from deployments.prefect_ui import keep_at_home
from deployments.secrets import Secrets
from deployments.settings import Settings
from models.locale import mark

PYTHON = sys.executable
LIMIT, BULK_AT_ONCE = "PREFECT_RUNNER_PROCESS_LIMIT", "4"  # nobody waits for these, and each is a process of 100 MB
# What a person reads instead of the names; the launcher is the process that keeps the others up.
TITLES = {
    "launcher": mark("Otdel itself"),
    "prefect": mark("Prefect's server"),
    "web": mark("Desk and pages"),
    "runner": mark("Runner of operations"),
    "runner-bulk": mark("Runner of mailings and bulk work"),
}


@dataclass(frozen=True)
class Child:
    """A process to keep up; `is_ready` is asked with its pid; `patience` and `grace`: seconds to start and to end."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    is_ready: Callable[[int], bool]
    once_ready: Callable[[], None] = lambda: None
    patience: float = 240
    grace: float = 25


def children(settings: Settings, secrets: Secrets, front: Front, inherited: Mapping[str, str]) -> tuple[Child, ...]:
    """The house in the order of starting; it is ended in the reverse order."""
    ours = environment(settings, secrets, front, inherited)
    prefects = server_environment(settings, secrets, front, inherited)
    server = (PYTHON, "-m", "prefect", "server", "start")
    web, runner = (PYTHON, "-m", "deployments.web"), (PYTHON, "-m", "deployments.runner")
    few = {} if LIMIT in inherited else {LIMIT: BULK_AT_ONCE}
    return (
        Child("prefect", TITLES["prefect"], server, prefects, prefect_answers(settings, secrets),
              lambda: keep_at_home(settings.prefect_home)),
        Child("web", TITLES["web"], web, ours, web_answers(settings)),
        Child("runner", TITLES["runner"], runner, ours, runner_polls(settings)),
        Child("runner-bulk", TITLES["runner-bulk"], (*runner, BULK), {**ours, **few}, runner_polls(settings, BULK)),
    )  # fmt: skip


def prefect_answers(settings: Settings, secrets: Secrets) -> Callable[[int], bool]:
    """Ready when it lets in our auth string: another server on that port would not."""

    def answers(_: int) -> bool:
        try:
            with PrefectApi(settings, secrets, timeout=3) as api:
                return bool(api.version())
        except httpx.HTTPError:
            return False

    return answers


def web_answers(settings: Settings) -> Callable[[int], bool]:
    def answers(_: int) -> bool:
        try:
            return httpx.get(f"{settings.web_here}/healthz", timeout=3, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return answers


def runner_polls(settings: Settings, door: str = PLACEMENTS) -> Callable[[int], bool]:
    """Ready when its pulse is its own: it is written once every deployment is registered."""

    def polls(pid: int) -> bool:
        return read_pulse(settings, door).get("pid") == pid

    return polls


def pulse_path(settings: Settings, door: str = PLACEMENTS) -> Path:
    return settings.var / ("runner.json" if door == PLACEMENTS else f"runner-{door}.json")


def read_pulse(settings: Settings, door: str = PLACEMENTS) -> dict[str, object]:
    """A runner's last sign of life: pid, deployments, polled_at; empty where there is none."""
    try:
        pulse = json.loads(pulse_path(settings, door).read_text())
    except (OSError, ValueError):
        return {}
    return pulse if isinstance(pulse, dict) else {}
