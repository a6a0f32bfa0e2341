"""Nobody comes or goes by time alone without being named beforehand."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.customers import Customer
from models.group_rules import Reacted, Rule
from tasks.groups import reactions
from tasks.groups.moving import moved, moves_everybody
from tasks.groups.parsing import parsed
from tasks.groups.reactions import Reactions
from tasks.groups.selection import selected
from tasks.groups.windows import AsOf
from tests.depth import examples
from tests.tasks.groups.department import DAY, DEPARTMENTS, Judge, Someone, clear, numbered, write
from tests.tasks.groups.rules import ANSWERED
from tests.tasks.groups.test_selection import AS_OF, FIXTURES, bought


def later(days: int) -> AsOf:
    return AsOf(DAY + timedelta(days=days), AS_OF.zone, AS_OF.currency)


@settings(
    max_examples=examples(20, 100), deadline=None, suppress_health_check=[*FIXTURES, HealthCheck.large_base_example]
)
@given(
    people=DEPARTMENTS, rules=st.lists(ANSWERED, min_size=10, max_size=10),
    days=st.sampled_from([1, 1, 2, 7, 31, 89, 366]),
)  # fmt: skip
def test_whoever_time_moves_is_named(database: Engine, people: list[Someone], rules: list[Rule], days: int) -> None:
    clear(database)
    now = later(days)
    with Session(database) as session:
        write(session, numbered(people))
        for rule in rules:
            turned = Judge(people, DAY).members(rule) ^ Judge(people, now.day).members(rule)
            named = {id for query in moved(rule, AS_OF, now) for id in session.execute(query).scalars()}
            assert moves_everybody(rule, AS_OF, now) or turned <= named, (rule, turned, named)


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("bought in last 7 days", {1}), ("last purchase >= 9 days ago", {2}), ("bought", set()), ("has email", set()),
        ("birthday in next 3 days", {3}), ("joined in last 5 days", {3}), ("city is \"Omsk\" or in group x", set()),
    ],
)  # fmt: skip
def test_only_those_beside_a_bound_are_named(database: Engine, rule: str, named: set[int]) -> None:
    clear(database)
    far, near = DAY - timedelta(days=50), AS_OF.ago(5)
    people = numbered([
        Someone(tills=[bought(7, 100)], created_at=AS_OF.begins(far)),
        Someone(tills=[bought(8, 100)], created_at=AS_OF.begins(far)), Someone(birthday="03-03", created_at=near),
    ])  # fmt: skip
    with Session(database) as session:
        write(session, people)
        assert {
            id for query in moved(parsed(rule), AS_OF, later(1)) for id in session.execute(query).scalars()
        } == named
        assert not moved(parsed(rule), AS_OF, AS_OF)


def test_scores_and_seasons_move_everybody() -> None:
    assert moves_everybody(parsed("has email and recency >= 4"), AS_OF, AS_OF)
    assert moves_everybody(parsed("today from 2026-02-28"), AS_OF, later(1))
    assert not moves_everybody(parsed("today from 2026-02-28"), later(1), later(2))


def test_another_day_zone_or_sense_is_no_former_build() -> None:
    assert later(1).former(AS_OF.stamp) == AS_OF
    assert AS_OF.former(AS_OF.stamp) == AS_OF
    assert AS_OF.former("") is None
    assert AS_OF.former(later(1).stamp) is None, "the clock went back"
    assert later(1).former(AsOf(DAY, "Asia/Omsk", "RUB").stamp) is None
    assert later(1).former(AS_OF.stamp + "0") is None


def test_reactions_are_refused_until_somebody_answers_for_them(database: Engine) -> None:
    clear(database)
    rule = parsed('not clicked mailing "autumn" in last 30 days')

    def who(reacted: Reacted, as_of: AsOf) -> Select[Any]:
        assert (reacted.did, reacted.mailings, reacted.days) == ("clicked", ("autumn",), 30)
        return select(Customer.id).where(Customer.city == "Omsk")  # type: ignore[call-overload, no-any-return]

    former = list(reactions._registered)
    reactions.register(None)
    with Session(database) as session:
        write(session, numbered([Someone(city="Omsk"), Someone()]))
        with pytest.raises(Refused, match="nothing records reactions"):
            selected(rule, AS_OF)
        reactions.register(Reactions(who, lambda one, former, now: who(one, now)))
        try:
            assert session.execute(selected(rule, AS_OF)).scalars().all() == [2]
            [query] = moved(rule, AS_OF, later(1))
            assert session.execute(query).scalars().all() == [1]
        finally:
            reactions._registered[:] = former
