"""A week in the department, at the desk: every sentence of it, done through the pages by whoever does it.

In Russian and English, as wide as a desk and as a phone. What the house would do by runs of Prefect is done by
`the_runs_follow` with the same engines. Three of the week's sentences come with mailings and coupons: a mailing tested
on colleagues, a wrong coupon stopped in seconds, a cashier who gets one clear sentence.

OTDEL_PICTURES=<folder> keeps the pictures.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import needs_chromium
from tests.browser.department import Department, department
from tests.browser.person import Person, kept_in
from tests.browser.week import days, end, monday, opening

pytestmark = needs_chromium


# One of them with every change; the other three by `make storm`, which has the time.
PAIRS = [
    pytest.param(("ru", "desk"), id="ru-desk"),
    pytest.param(("en", "phone"), id="en-phone", marks=pytest.mark.storm),
    pytest.param(("ru", "phone"), id="ru-phone", marks=pytest.mark.storm),
    pytest.param(("en", "desk"), id="en-desk", marks=pytest.mark.storm),
]


@pytest.fixture(params=PAIRS)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    language, size = request.param
    return language, size


@pytest.fixture
def size(pair: tuple[str, str]) -> str:
    return pair[1]


@pytest.fixture
def desk(pair: tuple[str, str], tmp_path: Path) -> Iterator[Department]:
    with department(tmp_path / "company", pair[0]) as desk:
        yield desk


@pytest.fixture
def team(desk: Department, chromium: Any, size: str, tmp_path: Path) -> Iterator[dict[str, Person]]:
    folder = kept_in(tmp_path / "pictures")
    team = {role: Person(chromium, desk, role, size, folder) for role in (*desk.people, "outside")}
    yield team
    for person in team.values():
        person.context.close()


def test_a_week_in_the_department(desk: Department, team: dict[str, Person]) -> None:
    for sentence in (*opening.SENTENCES, *monday.SENTENCES, *days.SENTENCES, *end.SENTENCES):
        sentence(desk, team)
