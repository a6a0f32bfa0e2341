"""The sample company end to end: started, approved, cancelled, stopped, started again."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import PrefectDoor, RunningHouse, awaited

pytestmark = pytest.mark.prefect
SUMMARY_END = "/invite/"
SENT = "SELECT count(*) FROM delivery WHERE kind = 'placement' AND state IN ('sent', 'confirmed')"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunningHouse]:
    house = RunningHouse(tmp_path)
    assert house.otdel("init", "--sample", "ru").returncode == 0
    yield house
    if house.process is not None and house.process.poll() is None:
        house.down()


def in_prefect(house: RunningHouse, prefect: PrefectDoor) -> None:
    # Deployments stand in Russian, found by their codes, with schedules.
    deployments = {tag: d for d in prefect.ask("/deployments/filter", limit=100) for tag in d["tags"]}
    assert deployments["A8"]["name"].startswith("A8 · Размещение")
    assert deployments["A3"]["schedules"][0]["schedule"]["timezone"] == "Europe/Moscow"

    # One run waits for approval, and goes out after it.
    [waiting] = awaited(lambda: prefect.runs("approval", "PAUSED"), "a run that waits for approval")
    fields = prefect.answer_schema(waiting)["properties"]
    answer = {"decision": fields["decision"]["enum"][0], "person": fields["person"]["enum"][0], "but": [], "reason": ""}
    assert prefect.ask(f"/flow_runs/{waiting['id']}/resume", run_input=answer)["status"] == "ACCEPT"
    [(piece,)] = house.rows("SELECT id FROM piece WHERE number = '7'")
    state = "SELECT state FROM delivery WHERE kind = 'placement' AND subject_id = :piece"
    awaited(lambda: house.rows(state, piece=str(piece)) == [("sent",)], "the approved piece goes out", 150)
    [(person, proven)] = house.rows("SELECT person, proven FROM approval WHERE person <> 'policy'")
    assert proven == 0
    assert person

    # A run cancelled in Prefect takes its placements with it.
    coming = prefect.runs("A8", "SCHEDULED")[1]
    prefect.ask(f"/flow_runs/{coming['id']}/set_state", state={"type": "CANCELLING"})
    announced = "SELECT DISTINCT state FROM delivery WHERE run_id = :run"
    awaited(lambda: house.rows(announced, run=coming["id"]) == [("cancelled",)], "its placements are cancelled", 150)


def test_a_newcomers_first_hour(house: RunningHouse) -> None:
    """One story, because a house takes half a minute to start: what the issue of the spine promises its first user."""
    house.up(until=SUMMARY_END)

    # The pipeline ran: pieces are on the own site and in its feed.
    [(sent,)] = house.rows(SENT)
    assert sent >= 8
    front = house.get("/")
    assert front.status_code == 200
    assert "Семь чашек" in front.text
    assert house.get("/feed.atom").text.count("<entry>") >= 4

    # The company's tables are loaded and the groups have their customers, without anybody's hand.
    assert "Клиентов: 5000, из них можно писать: 3260; групп: 20." in house.text()
    assert house.rows("SELECT count(*) FROM customer") == [(5000,)]
    [(lines, groups)] = house.rows(
        "SELECT (SELECT count(*) FROM purchase_line), (SELECT count(DISTINCT group_id) FROM group_member)"
    )
    assert lines > 30_000
    assert groups == 20

    # What must not go out did not: the price that differs, and what nobody approved.
    codes = Counter(
        code for (code,) in house.rows("SELECT json_extract(reason, '$.code') FROM delivery WHERE state = 'held'")
    )
    assert codes["price"] >= 1
    assert codes["not_approved"] >= 1

    with house.prefect() as prefect:
        in_prefect(house, prefect)

    # Nobody stays behind, and a second start repeats nothing.
    before = {page: house.get("/feed.atom").text.count("<entry>") for page in ("feed",)}
    [(out,)] = house.rows(SENT)
    house.down()
    house.up(until="/mailbox")
    [(again,)] = house.rows(SENT)
    assert again >= out
    doubled = house.rows("SELECT key, count(*) FROM delivery GROUP BY key HAVING count(*) > 1")
    assert doubled == []
    assert house.get("/feed.atom").text.count("<entry>") >= before["feed"]
    assert house.rows("SELECT count(*) FROM plan_load") == [(1,)]
    assert house.rows("SELECT count(*) FROM customer_load WHERE applied_at IS NOT NULL") == [(2,)]
    with house.prefect() as prefect:
        assert len(prefect.runs("B1", "COMPLETED")) == 1
    house.down()
    # Answered and cancelled, done and failed: no run has left a file of results that nobody would delete.
    assert not (house.workspace / "var" / "prefect" / "storage").exists()
