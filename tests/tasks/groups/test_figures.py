"""Figures of groups: overlap, drift, coverage, a preview with its reasons, the history of a customer."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import sessionmaker
from sqlmodel import col

from models.customers import Address, Customer
from models.database import SetClock
from tasks.consents import rows as consents
from tasks.groups import rows
from tasks.groups.figures import rows as figures
from tasks.groups.parsing import parsed
from tasks.groups.selection import selected
from tests.depth import examples
from tests.tasks.customers.test_matching import row
from tests.tasks.customers.test_rows import CLOCK
from tests.tasks.customers.test_rows import load as load_customers
from tests.tasks.customers.test_rows import test_the_words_of_the_law_and_of_the_database_are_the_same as with_consents
from tests.tasks.groups.department import Someone, clear, numbered, write
from tests.tasks.groups.groups import Sessions, as_of, make, noon, rebuild
from tests.tasks.groups.test_selection import bought

MEMBERS = st.lists(st.sets(st.integers(1, 8)), min_size=2, max_size=4)


@pytest.fixture
def clock() -> SetClock:
    return noon()


@settings(max_examples=examples(8, 50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MEMBERS)
def test_groups_overlap_as_their_sets_do(database: Engine, members: list[set[int]]) -> None:
    clear(database)
    sessions, clock = sessionmaker(database, expire_on_commit=False), noon()
    with sessions.begin() as session:
        write(session, numbered([Someone() for _ in range(9)]))
    keys = [f"g{place}" for place in range(len(members))]
    for key, ids in zip(keys, members, strict=True):
        make(sessions, clock, key, None)
        with sessions.begin() as session:
            rows.enlist(session, clock, key, ids, "olga")
    rebuild(sessions, clock)
    with sessions() as session:
        told = {(one.first, one.second): (one.shared, one.jaccard) for one in figures.overlap(session, keys)}
        assert figures.coverage(session) == (len(set().union(*members)), 9)
    assert len(told) == len(keys) * (len(keys) + 1) // 2
    for (first, second), (shared, jaccard) in told.items():
        one, other = members[keys.index(first)], members[keys.index(second)]
        assert shared == len(one & other)
        assert jaccard == pytest.approx(len(one & other) / len(one | other) if one & other else 0)


def test_drift_is_what_every_build_came_to(sessions: Sessions, clock: SetClock) -> None:
    with sessions.begin() as session:
        write(session, numbered([Someone(tills=[bought(day, 100)]) for day in (80, 85, 95)]))
    make(sessions, clock, "sleeping", "last purchase >= 90 days ago")
    for days in (0, 6, 6):
        clock.at += timedelta(days=days)
        rebuild(sessions, clock)
    with sessions() as session:
        assert [(one.size, one.joined, one.left) for one in figures.drift(session, "sleeping")] == [
            (3, 1, 0), (2, 1, 0), (1, 1, 0),
        ]  # fmt: skip
        [stay] = figures.history(session, 2)
        assert (stay.group, stay.what, stay.at) == ("sleeping", "joined", clock.at - timedelta(days=6))


def test_a_preview_says_how_many_and_why_not_the_others(sessions: Sessions) -> None:
    """The reasons are those that consents give for the same customers; of names and addresses there is nothing."""
    clock = CLOCK
    with_consents(sessions)
    load_customers(sessions, [row(2, f"new {number}") for number in range(3)], 9)
    rule = parsed("not bought")
    with sessions() as session:
        told = figures.preview(session, clock, selected(rule, as_of(clock)))
        ids = session.execute(select(col(Customer.id)).order_by(col(Customer.id))).scalars().all()
        assert told.size == len(ids)
        assert told.sample == tuple(ids[:10])
        assert told.reach == consents.reach(session, clock, ids)
        assert told.without == {"email": 3, "phone": told.size, "telegram": told.size}
        few = session.execute(select(col(Address.customer_id)).where(col(Address.open))).scalars().all()
        reachable = figures.preview(session, clock, selected(parsed("reachable by email"), as_of(clock)))
        assert reachable.reach == {("email", ""): len(few)}


def test_drop_downs_offer_what_there_is(sessions: Sessions) -> None:
    with sessions.begin() as session:
        write(session, numbered([Someone(city="Тверь", tills=[bought(1, 5)]), Someone(city="Омск"), Someone()]))
    with sessions() as session:
        assert figures.choices(session, "city") == ["Омск", "Тверь"]
        assert figures.choices(session, "product_group") == ["Чай"]
        assert figures.choices(session, "bought_at") == ["center"]
        assert figures.choices(session, "outlet") == []
        assert set(figures.CHOICES) == {"city", "outlet", "zone", "source", "product_group", "product", "bought_at"}
