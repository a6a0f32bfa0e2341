"""Ready groups: each is a rule that reads, with numbers that may be changed, and asks for the name it needs."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.locale import LANGUAGES, spoken, translate
from tasks.groups.parsing import parsed
from tasks.groups.ready import BY_KEY, PARAMETERS, READY, Ready
from tasks.groups.selection import selected
from tasks.groups.wording import written
from tests.tasks.groups.department import DAY, Someone, clear, numbered, write
from tests.tasks.groups.test_selection import AS_OF, bought

IDS = [one.key for one in READY]


@pytest.mark.parametrize("ready", READY, ids=IDS)
def test_a_ready_group_is_a_rule_that_reads(ready: Ready) -> None:
    rule = ready.rule("Чай")
    assert parsed(written(rule)) == rule
    assert set(ready.numbers) <= set(PARAMETERS)
    for language in LANGUAGES:
        with spoken(language):
            assert translate(ready.title) and translate(ready.about).endswith(".")
    if ready.name:
        with pytest.raises(Refused):
            ready.rule(" ")


@pytest.mark.parametrize("ready", [one for one in READY if one.numbers], ids=[one.key for one in READY if one.numbers])
def test_its_numbers_may_be_others(ready: Ready) -> None:
    for number in ready.numbers:
        assert written(ready.rule("Чай", **{number: 2})) != written(ready.rule("Чай")), number


def test_no_two_share_a_key() -> None:
    assert len(set(IDS)) == len(READY) >= 15


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("new", [1]), ("sleeping", [2, 3]), ("lost", [3]), ("one-time", [2, 3]), ("without-purchases", [4, 5]),
        ("agreed-never-bought", []), ("phone-only", [5]), ("birthday-soon", [4]), ("of-outlet", [1, 2, 3, 4]),
        ("of-city", [5]), ("buyers-of", [1, 2]), ("loyal", [1]), ("big-basket", [2]), ("subscribers", [4]),
    ],
)  # fmt: skip
def test_whom_it_finds(database: Engine, key: str, expected: list[int]) -> None:
    clear(database)
    email, phone = "email", "phone"
    people = numbered([
        Someone(tills=[bought(day, 1000) for day in (1, 2, 3, 4, 30)]), Someone(tills=[bought(90, 500_000)]),
        Someone(tills=[bought(365, 299_900)]), Someone(birthday="03-10", outlet="center", ways={email: True}),  # type: ignore[dict-item]
        Someone(city="center", ways={phone: True}),  # type: ignore[dict-item]
    ])  # fmt: skip
    name = {"buyers-of": "Чай"}.get(key, "center")
    rule = next(one for one in READY if one.key == key).rule(name)
    with Session(database) as session:
        write(session, people)
        assert sorted(session.execute(selected(rule, AS_OF)).scalars()) == expected
    assert DAY.year == 2026


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        pytest.param("best", {"score": 6}, "at most 5", id="a score there is not"),
        pytest.param("birthday-soon", {"days": 366}, "at most 365", id="more than a year"),
        pytest.param("of-city", {"name": "a\0b"}, "not of one line", id="an odd name"),
        pytest.param("of-city", {"name": "x" * 201}, "too long", id="a long name"),
    ],
)
def test_what_no_rule_can_be_made_of_is_refused_in_a_sentence(key: str, given: dict[str, Any], words: str) -> None:
    with spoken("en"), pytest.raises(Refused) as refused:
        BY_KEY[key].rule(**given)
    assert words in str(refused.value.reason)
