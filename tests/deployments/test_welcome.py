"""The welcome: when the customers and groups are gathered by it, and how far that is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from deployments.welcome import so_far, wants_groups
from models.company import Company
from models.customers import CustomerLoad
from models.locale import spoken
from tests.fakes import NOW

TABLES = {"tables": {"customers": ["customers.csv"]}}


def company(**fields: Any) -> Company:
    return Company.model_validate({"name": "Cups", "zone": "UTC", **fields})


def load(source: str, **fields: Any) -> CustomerLoad:
    return CustomerLoad(source=source, file="customers.csv", total=10, loaded_at=NOW, **fields)


@pytest.mark.parametrize(
    ("fields", "there", "wanted"),
    [
        pytest.param({}, [], False, id="nothing is named"),
        pytest.param({"groups": [{"key": "tea", "title": "Tea"}]}, [], False, id="groups for pieces only"),
        pytest.param(TABLES, [], True, id="a table"),
        pytest.param({"ready_groups": ["loyal"]}, [], True, id="a ready group"),
        pytest.param({"groups": [{"key": "t", "title": "T", "rule": "bought"}]}, [], True, id="a group with a rule"),
        pytest.param(TABLES, [lambda: load("drop:1", applied_at=NOW)], True, id="what a person loaded is none of them"),
        pytest.param(TABLES, [lambda: load("table:a:b:c:0", done=4)], True, id="cut off in the middle"),
        pytest.param(TABLES, [lambda: load("table:a:b:c:0", applied_at=NOW)], False, id="a table was loaded"),
    ],
)
def test_the_groups_are_gathered_once(
    sessions: sessionmaker[Session], fields: dict[str, Any], there: list[Callable[[], Any]], wanted: bool
) -> None:
    with sessions.begin() as session:
        session.add_all(make() for make in there)
    with sessions() as session:
        assert wants_groups(session, company(**fields)) is wanted


def test_how_far_the_loading_is(database: Engine, sessions: sessionmaker[Session]) -> None:
    with spoken("en"):
        assert so_far(database) == ""
        with sessions.begin() as session:
            session.add_all([load("table:a:b:c:0", applied_at=NOW), load("table:a:d:e:0", done=4)])
        assert so_far(database) == "customers.csv: 4 of 10"
