"""A rule means the same to both databases and to plain Python, whatever the department."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.group_rules import Rule
from tasks.groups.parsing import parsed
from tasks.groups.selection import selected
from tasks.groups.windows import AsOf
from tests.depth import examples
from tests.tasks.groups.department import DAY, DEPARTMENTS, Judge, Sold, Someone, Till, clear, midnight, numbered, write
from tests.tasks.groups.rules import ANSWERED, RULES

AS_OF = AsOf(DAY, "Europe/Moscow", "RUB")
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=examples(8, 100), deadline=None, suppress_health_check=FIXTURES)
@given(people=DEPARTMENTS, rules=st.lists(st.one_of(ANSWERED, RULES), min_size=10, max_size=10))
def test_the_database_finds_whom_plain_python_finds(database: Engine, people: list[Someone], rules: list[Rule]) -> None:
    clear(database)
    judge = Judge(numbered(people), DAY)
    with Session(database) as session:
        write(session, people)
        for rule in rules:
            found = session.execute(selected(rule, AS_OF)).scalars().all()
            assert sorted(found) == sorted(judge.members(rule)), rule


def bought(days: int, *amounts: int, group: str = "Чай", minutes: int = 0) -> Till:
    at = midnight(DAY - timedelta(days=days)) + timedelta(minutes=minutes)
    return Till(at, "center", [Sold(group, "Улун", 1000, amount) for amount in amounts])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("bought in last 7 days", [1]), ("bought in last 8 days", [1, 2]), ("bought in last 6 days", []),
        ("last purchase >= 8 days ago", [2]), ("last purchase > 8 days ago", []), ("last purchase <= 7 days ago", [1]),
        ("last purchase < 8 days ago", [1]), ("last purchase = 8 days ago", [2]), ("first purchase = 90 days ago", [1]),
        ("first purchase > 8 days ago", [1]), ("not bought", [3, 4]), ("receipts = 2", [1]), ("receipts < 1", [3, 4]),
        ("sum < 0.01", [3, 4]), ("sum = 12.5", [1]), ("average receipt = 6.25", [1]), ("average receipt >= 0", [1, 2]),
        ("quantity = 0", [4]), ("quantity < 0", [3]), ('bought "Кофе"', [1]), ('sum of "Чай" > 4', [1]),
        ("bought from 2026-02-19 to 2026-02-20", [1, 2]), ("bought before 2026-02-20", [1, 2]),
        ("bought until 2026-02-18", [1]), ("bought from 2026-02-20", [1]), ("today from 2026-02-27", [1, 2, 3, 4]),
        ("today until 2026-02-26", []), ("monetary >= 3", [1]), ("recency = 1", [2]), ("frequency = 3", [1]),
        ("birthday in next 1 days", [2]), ("birthday in next 0 days", []), ("birthday in last 365 days", [2, 3]),
    ],
)  # fmt: skip
def test_the_edges_of_conditions(database: Engine, rule: str, expected: list[int]) -> None:
    """27 February 2026: tomorrow is the birthday of whoever was born on the 29th; a till of tomorrow is wrong."""
    clear(database)
    people = numbered([
        Someone(tills=[bought(7, 1000), bought(90, 250, minutes=1), bought(-1, 9900)]), Someone(birthday="02-29"),
        Someone(birthday="1990-03-05", tills=[bought(1, -500)]), Someone(),
    ])  # fmt: skip
    people[0].tills[1].lines[0].group = "Кофе"
    people[1].tills = [bought(8, 100, minutes=1439)]
    with Session(database) as session:
        write(session, people)
        found = session.execute(selected(parsed(rule), AS_OF)).scalars().all()
        assert sorted(found) == sorted(expected) == sorted(Judge(people, DAY).members(parsed(rule)))
