"""Customer groups from Prefect: the same orders as on the desk, by keys and numbers, and nobody's name in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.orders.build_groups import build_groups
from flows.orders.change_group import change_group
from flows.orders.correct_group import correct_group
from flows.orders.make_group import make_group
from flows.orders.put_away_group import put_away_group
from models.database import SetClock
from models.group_forms import (
    BuildGroupsForm,
    ChangeGroupForm,
    CorrectGroupForm,
    MakeGroupForm,
    PutAwayGroupForm,
)
from models.group_orders import GroupsForm
from models.locale import spoken
from tasks.groups import rows
from tasks.groups.ready import READY
from tasks.house import House
from tests.browser.groups_desk import people
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import furnished

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
ORDERED = {"group": "tea", "person": "Olga"}


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
        with made.sessions.begin() as session:
            people(session, 60)
        yield made


def test_groups_are_looked_after_from_prefect_too(house: House, prefect: None) -> None:
    tea = {"what": "по правилу", "title": "Tea", "rule": 'bought "Чай"', "person": "Olga"}
    assert run(make_group, MakeGroupForm.model_validate(tea)).name == "Done with remarks: 1 of 1"
    assert "“Tea” — is made; built: " in artifact("order")
    wrong = run(make_group, MakeGroupForm.model_validate(tea | {"rule": 'bougth "Чай"'}))
    assert wrong.is_failed() and "Line 1, character 1" in (wrong.message or "")
    run(change_group, ChangeGroupForm.model_validate(ORDERED | {"rule": "everyone"}))
    assert "is changed: version 2; built: 60 customers" in artifact("order")
    run(correct_group, CorrectGroupForm.model_validate(
        ORDERED | {"what": "remove by hand", "customers": "3, 999", "reason": "asked"}
    ))  # fmt: skip
    assert "customer № 3 — removed by hand; is not in the group now" in artifact("order")
    assert "There is no customer № 999" in artifact("order")
    run(build_groups, BuildGroupsForm(person="olga", anew=True))
    assert "“Tea” — built: 59 customers (nobody came or went)" in artifact("order")
    run(put_away_group, PutAwayGroupForm.model_validate(ORDERED | {"what": "убрать"}))
    assert "is put away: its history stays" in artifact("order")
    refused = run(put_away_group, PutAwayGroupForm(group="tea", what="bring it back", person="marina"))
    assert refused.is_failed() and "may not change customers" in (refused.message or "")
    with house.reads() as session:
        assert rows.group(session, "tea").archived_at and len(rows.versions(session, "tea")) == 2


def test_no_customer_is_in_what_prefect_is_told(house: House, prefect: None) -> None:
    run(make_group, MakeGroupForm.model_validate(
        {"what": "a ready group", "ready": "Without purchases", "person": "olga"}
    ))  # fmt: skip
    group = {"group": "without-purchases", "person": "olga"}
    run(correct_group, CorrectGroupForm.model_validate(
        group | {"what": "add by hand", "customers": "3, guest5@example.org", "reason": "x"}
    ))  # fmt: skip
    said = artifact("order")
    assert "Number 2 of the list is not the number of a customer" in said and "example.org" not in said


def test_every_ready_group_can_be_chosen() -> None:
    titles = [one.title for one in READY]
    for form in (MakeGroupForm, GroupsForm):
        with spoken("en"):
            assert form.model_json_schema()["properties"]["ready"]["enum"] == titles
