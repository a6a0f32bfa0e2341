"""A real house with Prefect's real server: it comes up, is brought back, and leaves nothing behind however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deployments import processes
from deployments.children import read_pulse
from deployments.doctor import examine
from deployments.doctor.finding import Level
from deployments.house import Record, is_running, read_record
from deployments.prefect_api import PrefectApi
from deployments.secrets import read_secrets
from deployments.settings import CODE_ROOT, Settings
from tests.deployments.conftest import settings_in

pytestmark = pytest.mark.prefect
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
STANDING = 120.0


class RealHouse:
    """The launcher as a process of its own, with its output in a file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.output = settings.workspace.parent / "launcher.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **variables: str) -> "RealHouse":
        environment = {
            **os.environ, "OTDEL_WORKSPACE": str(self.settings.workspace),
            "OTDEL_CONFIG_HOME": str(self.settings.config_home),
            "OTDEL_UI_PORT": str(self.settings.ui_port), "OTDEL_WEB_PORT": str(self.settings.web_port), **variables,
        }  # fmt: skip
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "tests.deployments.fake_house"), cwd=CODE_ROOT, env=environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        assert processes.wait_until(lambda: "EVERYTHING STANDS" in self.shown() or not self.is_up(), STANDING)
        assert self.is_up(), self.shown()
        return self

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def shown(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def send(self, number: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(60)

    def record(self) -> Record:
        record = read_record(self.settings)
        assert record
        return record

    def pid_of(self, name: str) -> int:
        return next(child.pid for child in self.record().children if child.name == name)

    def groups(self) -> list[int]:
        return [child.pid for child in self.record().children]

    def ask(self, path: str, **question: Any) -> Any:
        with PrefectApi(self.settings, read_secrets(self.settings)) as api:
            return api.every(path, **question) if path.endswith("/filter") else api.ask(path, **question)

    def deployment(self, name: str) -> dict[str, Any]:
        return next(found for found in self.ask("/deployments/filter") if found["name"] == name)

    def run(self, name: str) -> str:
        return str(
            self.ask(f"/deployments/{self.deployment(name)['id']}/create_flow_run", idempotency_key=uuid4().hex)["id"]
        )

    def state(self, run: str) -> str:
        (found,) = self.ask("/flow_runs/filter", flow_runs={"id": {"any_": [run]}})
        return str(found["state_type"])

    def long_run(self) -> tuple[str, int]:
        """Start the run that takes its time; returns its id and its process."""
        mark = self.settings.var / "long.pid"
        mark.unlink(missing_ok=True)
        run = self.run("Долгая работа")
        assert processes.wait_until(lambda: mark.exists() and self.state(run) == "RUNNING", 60)
        return run, int(mark.read_text())


def soon(holds: Callable[[], bool], patience: float = 45) -> bool:
    return processes.wait_until(holds, patience, pause=0.3)


def gone(groups: list[int]) -> bool:
    return not any(processes.members(group) for group in groups)


@contextmanager
def ended(house: RealHouse) -> Iterator[RealHouse]:
    """The house, of which nothing is left whatever happens to the test."""
    try:
        yield house
    finally:
        if house.process:
            record = read_record(house.settings)
            house.process.kill()
            house.process.wait()
            for child in record.children if record else ():
                processes.end_group(child.pid, 0)


@pytest.fixture
def house(settings: Settings) -> Iterator[RealHouse]:
    with ended(RealHouse(settings)) as house:
        yield house


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHouse]:
    """A house that stands, for whoever changes nothing; the last of them brings it to its end."""
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_in(tmp_path_factory.mktemp("standing"), patch)
    with ended(RealHouse(settings)) as house:
        yield house.start()


@pytest.mark.browser
def test_prefects_pages_open_with_the_secret_and_call_nobody_else(standing: RealHouse, chromium: Path) -> None:
    from playwright.sync_api import sync_playwright

    base = standing.settings.ui_here
    strangers: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page()
        page.on("response", lambda response: base in response.url or strangers.append(response.url))
        page.goto(base)
        page.locator("input").first.fill(read_secrets(standing.settings).prefect_auth.get_secret_value())
        page.keyboard.press("Enter")
        page.wait_for_url("**/dashboard**")
        page.goto(f"{base}/v2/deployments")
        page.get_by_text("Долгая работа").first.wait_for()
        browser.close()
    assert [url for url in strangers if url.startswith("http")] == []


def test_a_house_from_its_first_start_to_its_end(standing: RealHouse) -> None:
    """One start for many laws, because a start takes its time."""
    house, settings = standing, standing.settings

    # A cron deployment really gets its next runs, in the company's morning.
    cron = house.deployment("Удар")["id"]
    wanted = {"deployment_id": {"any_": [cron]}, "state": {"type": {"any_": ["SCHEDULED"]}}}
    assert soon(lambda: len(house.ask("/flow_runs/filter", flow_runs=wanted)) >= 3, 90)
    assert {run["expected_start_time"][11:16] for run in house.ask("/flow_runs/filter", flow_runs=wanted)} == {"06:00"}

    # The doctor finds nothing wrong with what runs.
    looked = ("processes", "runner", "server", "deployments", "schedules", "database", "secrets")
    found = [one for one in examine(settings, datetime.now(UTC)) if one.about in looked]
    assert [str(one.what) for one in found if one.level != Level.OK] == []

    # No secret is in a log.
    auth = read_secrets(settings).prefect_auth.get_secret_value()
    assert auth in house.shown()
    assert not [path for path in settings.logs.iterdir() if auth in path.read_text(encoding="utf-8")]

    # A second launcher says so, and starts nothing.
    second = RealHouse(settings)
    second.output = settings.workspace.parent / "second.log"
    with pytest.raises(AssertionError, match="already runs"):
        second.start()
    assert second.process and second.process.wait(10) == 4

    # What is bulk is run by the second runner, and nothing else is.
    heavy = house.run("Много дел")
    assert soon(lambda: house.state(heavy) == "COMPLETED", 90)
    parent = int((settings.var / "bulk.ppid").read_text())
    assert parent in (house.pid_of("runner-bulk"), *processes.members(house.pid_of("runner-bulk")))

    # A killed runner is brought back, its run is buried as crashed, a person's pause stays.
    house.ask(f"/deployments/{cron}/pause_deployment")
    run, process = house.long_run()
    former = house.pid_of("runner")
    os.kill(former, signal.SIGKILL)
    assert soon(lambda: read_pulse(settings).get("pid") not in (None, former))
    assert not processes.born(process)
    assert house.state(run) == "CRASHED"
    assert house.deployment("Удар")["paused"]

    # Stopped in order: runs end as crashed (a cancellation would be an order), nothing is left, the code is 0.
    _, process = house.long_run()
    groups = house.groups()
    assert house.send(signal.SIGTERM) == 0
    assert gone(groups)
    assert not processes.born(process)
    assert not is_running(settings)
    assert read_record(settings) is None

    # The next start takes out what left the catalogue, and no run is left running or cancelled.
    house.start(FAKE_DEPARTED="1")
    assert "Удар" not in {found["name"] for found in house.ask("/deployments/filter")}
    ended = {found["state_type"] for found in house.ask("/flow_runs/filter")}
    assert not ended & {"RUNNING", "PENDING", "CANCELLING", "CANCELLED"}

    # Prefect keeps no files of results: nobody would ever delete them.
    assert not (settings.prefect_home / "storage").exists()
    assert house.send(signal.SIGINT) == 0


@pytest.mark.storm
@LINUX
def test_a_killed_launcher_takes_everything_with_it(house: RealHouse) -> None:
    house.start()
    _, process = house.long_run()
    groups = house.groups()
    assert house.send(signal.SIGKILL) == -signal.SIGKILL
    assert soon(lambda: gone(groups) and not processes.born(process), 30)
    house.start()
    assert house.send(signal.SIGHUP) == 0


@pytest.mark.storm
@LINUX
def test_a_launcher_and_a_runner_killed_together_leave_no_run(house: RealHouse) -> None:
    house.start()
    run, process = house.long_run()
    groups = house.groups()
    os.kill(house.pid_of("runner"), signal.SIGKILL)
    house.send(signal.SIGKILL)
    assert soon(lambda: gone(groups) and not processes.born(process), 30)
    house.start()
    assert house.state(run) == "CRASHED"
    assert house.send(signal.SIGTERM) == 0


@pytest.mark.storm
def test_a_killed_server_is_brought_back_and_runs_go_on(house: RealHouse) -> None:
    house.start()
    run, process = house.long_run()
    former = house.pid_of("prefect")
    os.kill(former, signal.SIGKILL)
    assert soon(lambda: house.shown().count("Prefect's server: ready") == 2, 90)
    assert house.pid_of("prefect") != former
    assert processes.born(process)
    assert house.state(run) == "RUNNING"
    assert house.send(signal.SIGTERM) == 0


@pytest.mark.storm
@LINUX
def test_a_frozen_run_is_given_up_and_one_that_waits_for_a_person_is_not(house: RealHouse) -> None:
    """Prefect's own recipe for zombies crashed the waiting one after 90 seconds, because its heartbeat came in late."""
    house.start()
    waiting = house.run("Вопрос")
    assert soon(lambda: house.state(waiting) == "PAUSED")
    frozen, process = house.long_run()
    os.kill(process, signal.SIGSTOP)
    assert soon(lambda: house.state(frozen) == "CRASHED", 330)
    assert not processes.born(process)
    assert house.state(waiting) == "PAUSED"
    assert house.send(signal.SIGTERM) == 0
