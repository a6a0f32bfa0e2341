"""Control, reactions and analysis as flows: they run, say what they did, and show it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from prefect.client.orchestration import get_client
from sqlalchemy import Engine

from flows import discovered
from flows.orders.live_difference import DifferenceForm, live_difference
from flows.placement.a01_channel_analysis import channel_analysis
from flows.placement.a02_market_events import market_events
from flows.placement.a09_placement_control import placement_control
from flows.placement.a10_reaction_control import reaction_control
from models.database import SetClock
from models.delivery import Delivery, State
from models.locale import spoken
from models.post import Post
from tasks.control.compare import ANSWERS
from tasks.control.steps import look_at_live
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import furnished, publish
from tests.tasks.analysis.test_steps import HOUR, SOURCES, TEA_DAY, feed

CODES = {"channel_analysis": "A1", "market_events": "A2", "placement_control": "A9", "reaction_control": "A10"}


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    clock = SetClock(NOW + HOUR)
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel(finds=False)}, clock, SOURCES)


def run(flow: Any, *forms: Any) -> Any:
    return asyncio.run(flow(*forms, return_state=True))


def artifact(key: str) -> str:
    async def read() -> str:
        async with get_client() as client:
            found = await client.read_latest_artifacts()
            return str(next(one.data for one in found if one.key == key))

    return asyncio.run(read())


def test_every_operation_has_its_flow_named_by_its_code() -> None:
    flows = discovered()
    assert {name: flows[name].name.split(" · ")[0] for name in CODES} == CODES


def test_the_form_offers_every_decision_in_the_readers_words() -> None:
    offered = get_args(get_args(DifferenceForm.__annotations__["answer"])[0])
    assert set(offered) == set(ANSWERS.values())
    with spoken("ru"):
        assert DifferenceForm.model_json_schema()["properties"]["answer"]["enum"] == [
            "принять как есть", "восстановить согласованное", "снять с публикации",
        ]  # fmt: skip
    assert DifferenceForm(check=1, answer="снять с публикации", person="Вера").answer == "take down"


@pytest.mark.prefect
def test_control_looks_and_a_decision_is_carried_out(prefect: None, house: House) -> None:
    channel: Any = house.provider_of(house.workspace.channels[0])
    channel.accepted.append(("post", "k", "another tea"))
    id = publish(house.sessions, "1", Post(text="tea"))
    state = run(placement_control)
    assert (state.name, state.is_completed()) == ("Done with remarks: 1 of 1", True)
    assert "Not as approved: 1" in state.message
    state = run(live_difference, DifferenceForm(check=1, answer="accept as it is", person="Marina Approver"))
    assert state.name == "Done"
    house.clock.at += HOUR  # type: ignore[attr-defined]
    assert look_at_live.fn().done == 1
    with house.sessions() as session:
        assert session.get(Delivery, id).state == State.CONFIRMED  # type: ignore[union-attr]
    refused = run(live_difference, DifferenceForm(check=1, answer="take down", person="nina"))
    assert refused.is_failed() and "Nina Cashier may not decide" in refused.message
    assert "Nina Cashier may not decide" in artifact("difference")


@pytest.mark.prefect
def test_reactions_are_taken(prefect: None, house: House) -> None:
    publish(house.sessions, "1", Post(text="tea"))
    assert run(reaction_control).name == "Done"
    assert run(reaction_control).name == "Nothing to do"


@pytest.mark.prefect
def test_analysis_and_events_are_shown_beside_the_run(prefect: None, house: House) -> None:
    assert run(channel_analysis).name == "Done with remarks: 0 of 0"
    feed(house, TEA_DAY)
    assert run(market_events).is_completed()
    assert "Tea tasting festival" in artifact("occasions")
