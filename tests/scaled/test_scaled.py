"""The shape beyond one machine, whole but for the containers: Prefect in two, two webs, a worker for each door."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deployments import processes
from deployments.children import read_pulse
from tests.e2e.running import awaited
from tests.scaled.shape import Shape, missing, postgresql, redis
from tests.servers import Remote, launched
from tests.servers.vk import GROUP, TOKEN

LACKING = missing()
pytestmark = [
    pytest.mark.scaled,
    pytest.mark.skipif(bool(LACKING), reason=f"the shape beyond one machine is not tried here, there is no {LACKING}"),
]
OUT = "SELECT count(*) FROM delivery WHERE kind = 'placement' AND state IN ('sent', 'confirmed')"
COMING = """SELECT piece.number FROM delivery JOIN piece ON piece.id = CAST(delivery.subject_id AS integer)
            WHERE delivery.account = 'vk' AND delivery.state = 'planned' ORDER BY delivery.due_at DESC LIMIT 1"""
PATIENCE = 180  # a busy machine is slow, not wrong
NOISE = ("Traceback", "Connect call failed", "database is locked")


@pytest.fixture
def wall() -> Iterator[Remote]:
    with launched("vk") as server:
        yield server


@pytest.fixture
def shape(tmp_path: Path, wall: Remote) -> Iterator[Shape]:
    with ExitStack() as stack:
        database, shared = stack.enter_context(postgresql()), stack.enter_context(redis(tmp_path))
        access = {"OTDEL_VK_VK_TOKEN": TOKEN, "OTDEL_VK_VK_API_URL": wall.url}
        shape = Shape(tmp_path, database, shared, **access)
        shape.otdel("init", "--sample", "ru")
        settle(shape.settings.workspace)
        shape.prepare()
        stack.callback(shape.end)
        yield shape


def settle(company: Path) -> None:
    """The sample with its wall switched on, and nobody to be asked."""
    read = {
        name: yaml.safe_load((company / name).read_text(encoding="utf-8")) for name in ("company.yaml", "channels.yaml")
    }
    read["company.yaml"] |= {"approval": {"default": "policy"}, "quiet_hours": ""}
    [vk] = [card for card in read["channels.yaml"]["channels"] if card["key"] == "vk"]
    vk |= {"enabled": True, "quiet_hours": "", "settings": {"group_id": GROUP}}
    for name, said in read.items():
        (company / name).write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")


def test_the_sample_beyond_one_machine(shape: Shape, wall: Remote) -> None:
    """One story, because so many processes take their time to start."""
    stands(shape)
    goes_out(shape, wall)
    a_killed_worker_is_taken_up_after(shape, wall)
    placements_do_not_wait_behind_bulk(shape)
    prefects_own_tool_changes_nothing(shape)
    the_doctor_finds_it_well(shape)
    for name in ("prefect", "prefect-services", "pools", "web-0", "web-1"):
        assert not [line for line in shape.said(name).splitlines() if any(noise in line for noise in NOISE)], name


def stands(shape: Shape) -> None:
    """Everything but the worker for bulk work, which comes when placements have shown that they do without."""
    shape.start("prefect")
    awaited(lambda: answers(f"http://127.0.0.1:{shape.ui}/api/health"), "Prefect's server", PATIENCE)
    for role in ("prefect-services", "pools", "worker-placements"):
        shape.start(role)
    for number, port in enumerate(shape.webs):
        shape.start("web", f"web-{number}", OTDEL_WEB_PORT=str(port))
    awaited(lambda: read_pulse(shape.settings).get("deployments"), "the pools", PATIENCE)
    for port in shape.webs:
        awaited(lambda port=port: answers(f"http://127.0.0.1:{port}/healthz"), "a web process", PATIENCE)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


def goes_out(shape: Shape, wall: Remote) -> None:
    """The pipeline runs once through the pool; what it published stands on both web processes and on the wall."""
    said = shape.opened()
    assert shape.rows(OUT)[0][0] >= 8, said
    first, second = (shape.get(web, "/feed.atom") for web in (0, 1))
    assert first.text.count("<entry>") >= 4
    assert first.text == second.text
    assert wall.posts()
    comes_in(shape, re.findall(r"/invite/([\w-]+)", said)[-1])


def comes_in(shape: Shape, token: str) -> None:
    """Whoever came in by one web process is known to the other."""
    door, desk = (f"http://127.0.0.1:{port}" for port in shape.webs)
    with httpx.Client(trust_env=False, timeout=20) as browser:
        csrf = browser.get(f"{door}/invite/{token}").text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "password": "семь чашек утреннего чая"}
        assert browser.post(f"{door}/invite/{token}", data=form, headers={"Origin": door}).status_code == 303
        assert browser.get(f"{desk}/staff").status_code == 200


def a_killed_worker_is_taken_up_after(shape: Shape, wall: Remote) -> None:
    """Killed between the wall's yes and our note of it: the run is settled, the post found, and never made again."""
    before, [(number,)] = len(wall.posts()), shape.rows(COMING)
    wall.add_faults(method="wall.post", faults=["timeout_after"])
    run = shape.order("publish-now", piece=number, channel="vk", person="Вера")
    awaited(lambda: len(wall.posts()) > before, "the post on the wall", PATIENCE)
    shape.stop("worker-placements", signal.SIGKILL)
    assert processes.wait_until(lambda: not shape.runs_alive(), 5), "a run outlived its worker"
    shape.start("worker-placements")
    assert shape.finished(run)["type"] == "CRASHED"
    [(delivery,)] = shape.rows("SELECT id FROM delivery WHERE account = 'vk' AND state = 'intent'")
    shape.rows("UPDATE delivery SET lease_until = lease_until - interval '10 minutes' WHERE id = :id", id=delivery)
    assert shape.finished(shape.order("A8"))["type"] == "COMPLETED"
    assert shape.rows("SELECT state FROM delivery WHERE id = :id", id=delivery) == [("sent",)]
    assert len(wall.posts()) == before + 1


def placements_do_not_wait_behind_bulk(shape: Shape) -> None:
    """A report waits for its own worker; a Stop does not wait with it."""
    report = shape.order("A12")
    assert shape.finished(shape.order("A8"))["type"] == "COMPLETED"
    assert shape.state(report)["type"] == "SCHEDULED"
    shape.start("worker-bulk")
    assert shape.finished(report)["type"] == "COMPLETED"


def prefects_own_tool_changes_nothing(shape: Shape) -> None:
    """`prefect deploy --all` with our prefect.yaml finds everything registered as it would register it."""
    before = registered(shape)
    shape.prefect("--no-prompt", "deploy", "--all", "--prefect-file", "deployments/prefect.yaml", zone="Europe/Moscow")
    assert registered(shape) == before


def the_doctor_finds_it_well(shape: Shape) -> None:
    """So it says beside the process that holds the house; and a second preparation finds nothing to do."""
    assert "работает" in shape.prepare()
    looked = ("processes", "runner", "server", "deployments", "schedules", "database", "secrets")
    said = json.loads(shape.otdel("doctor", "--json"))["findings"]
    assert [one for one in said if one["about"] in looked and one["level"] != "ok"] == []


def registered(shape: Shape) -> dict[str, dict[str, Any]]:
    """What the server holds of every deployment, but for when it was touched and what it named itself."""
    return {found["name"]: told(found) for found in shape.ask("/deployments/filter")}


def told(found: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "description", "tags", "entrypoint", "parameters", "work_pool_name", "job_variables", "pull_steps",
            "paused", "parameter_openapi_schema", "enforce_parameter_schema")  # fmt: skip
    schedules = [(one["schedule"], one["active"]) for one in found["schedules"]]
    return {name: found[name] for name in kept} | {"schedules": schedules}
