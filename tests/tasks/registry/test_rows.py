"""The registry on both databases: what is written once, what counts, and what it adds up to."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from models.database import reading, writing
from models.delivery import Delivery, State, Verb
from models.reason import because
from models.registry import Fact, Observation
from tasks.registry.rows import (
    planned,
    record,
    stated,
    stream,
    tally,
    unrecorded,
    waiting,
)
from tests.depth import examples
from tests.tasks.registry.facts import CLOCK, MONDAY, on, seen

WEEK = (on(0), on(7))


def write(database: Engine, *observations: Observation) -> int:
    with writing(database) as session:
        return record(session, observations, CLOCK)


def totals(database: Engine, *by: str, bounds=WEEK, **where: str) -> dict[tuple[object, ...], int]:
    with reading(database) as session:
        found = tally(session, bounds, by, where)
    return {(one.slot, *one.at.values(), one.metric): one.value for one in found}


def id_of(database: Engine, **told: object) -> int:
    with reading(database) as session:
        return session.scalars(select(Fact).filter_by(**told).order_by(Fact.id.desc())).first().id


def deliver(database: Engine, key: str, state: State, day: float = 1, **told: object) -> None:
    sent = on(day) if state in (State.SENT, State.CONFIRMED) else None
    usual = {"kind": "placement", "account": "vk", "subject_id": "1", "due_at": on(day), "created_at": on(0)}
    with writing(database) as session:
        session.add(Delivery(key=key, state=state, sent_at=sent, **usual | told))


def test_the_same_observation_twice_is_one_fact(database):
    assert write(database, seen("published", 1), seen("published", 1)) == 1
    assert write(database, seen("published", 1), seen("published", 1, day=2)) == 1
    assert totals(database) == {(0, "published"): 2}


def test_nothing_to_record_is_recorded_quietly(database):
    assert write(database) == 0
    assert totals(database) == {}


@pytest.mark.parametrize("change", [update(Fact).values(value=5), delete(Fact)], ids=["update", "delete"])
def test_a_fact_is_never_changed_or_removed(database, change):
    write(database, seen("published", 1))
    with pytest.raises(DatabaseError, match="append-only"), writing(database) as session:
        session.execute(change)
    assert totals(database) == {(0, "published"): 1}


def test_a_correction_takes_the_place_of_the_fact(database):
    write(database, seen("visits", 70))
    write(database, seen("visits", 17, key="mended", corrects=id_of(database)))
    assert totals(database) == {(0, "visits"): 17}


def test_a_correction_is_corrected_in_its_turn(database):
    write(database, seen("visits", 70))
    write(database, seen("visits", 17, key="mended", corrects=id_of(database)))
    write(database, seen("visits", 71, key="again", corrects=id_of(database)))
    assert totals(database) == {(0, "visits"): 71}


def test_two_corrections_of_one_fact_are_an_error_not_a_sum(database):
    write(database, seen("visits", 70))
    first = id_of(database)
    write(database, seen("visits", 17, key="mended", corrects=first))
    with pytest.raises(IntegrityError):
        write(database, seen("visits", 18, key="mended too", corrects=first))


def test_a_withdrawn_fact_is_absent_not_zero(database):
    write(database, seen("expenses", 500, cost=500))
    write(database, seen("expenses", None, currency="RUB", key="gone", corrects=id_of(database)))
    assert totals(database) == {}


def test_a_period_is_half_open(database):
    write(database, *[seen("visits", 10**day, day=day) for day in (0, 6, 7)])
    assert totals(database) == {(0, "visits"): 10**0 + 10**6}


def test_a_counter_grows_by_what_came_since_the_look_before_the_period(database):
    looks = [(-3, 100), (-1, 120), (1, 150), (5, 200), (8, 300)]
    write(database, *[seen("views", value, day=day, placement="p") for day, value in looks])
    assert totals(database) == {(0, "views"): 80}
    assert totals(database, bounds=(on(-7), on(0), on(7), on(14))) == {
        (0, "views"): 120,
        (1, "views"): 80,
        (2, "views"): 100,
    }


def test_a_counter_skips_a_stretch_without_a_look(database):
    write(database, seen("views", 100, day=1), seen("views", 160, day=5))
    days = [on(day) for day in range(8)]
    assert totals(database, bounds=days) == {(1, "views"): 100, (5, "views"): 60}


def test_counters_of_two_publications_of_one_piece_are_added(database):
    write(database, *[seen("views", 50, placement=place, channel="vk") for place in "ab"])
    assert totals(database, "channel") == {(0, "vk", "views"): 100}


def test_a_corrected_look_counts_as_corrected(database):
    write(database, seen("views", 100, day=1), seen("views", 9000, day=2))
    write(database, seen("views", 190, day=2, key="mended", corrects=id_of(database, value=9000)))
    assert totals(database) == {(0, "views"): 190}


def test_a_level_is_the_last_look_within_the_period(database):
    looks = [(-1, 1000), (1, 1010), (6, 1050)]
    members = [seen("members", value, day=day, subject_kind="channel", subject_id="vk") for day, value in looks]
    write(database, *members)
    assert totals(database, bounds=(on(-7), *WEEK)) == {(0, "members"): 1000, (1, "members"): 1050}


def test_a_level_nobody_looked_at_is_absent(database):
    write(database, seen("members", 1000, day=-1))
    assert totals(database) == {}


def test_costs_are_added_apart_by_currency_and_unknown_is_not_zero(database):
    spent = [("a", 100, "RUB"), ("b", 50, "RUB"), ("c", 7, "EUR")]
    write(database, *[seen("expenses", cost, cost=cost, currency=code, key=key) for key, cost, code in spent])
    write(database, seen("visits", 1))
    with reading(database) as session:
        costs = {(one.metric, one.currency): one.cost for one in tally(session, WEEK)}
    assert costs == {("expenses", "RUB"): 150, ("expenses", "EUR"): 7, ("visits", ""): None}


def test_a_tally_is_cut_by_any_dimensions_and_narrowed_by_others(database):
    write(
        database,
        seen("visits", 1, goal="tea", outlet="north"),
        seen("visits", 2, goal="tea", outlet="south"),
        seen("visits", 4, goal="coffee", outlet="south"),
    )
    assert totals(database, "goal") == {(0, "tea", "visits"): 3, (0, "coffee", "visits"): 4}
    assert totals(database, "outlet", goal="tea") == {(0, "north", "visits"): 1, (0, "south", "visits"): 2}


def test_a_counter_narrowed_by_a_goal_still_knows_where_it_began(database):
    write(database, seen("views", 100, day=-1), seen("views", 130, day=1, goal="tea"))
    assert totals(database, goal="tea") == {(0, "views"): 30}


def test_the_registry_streams_everything_in_the_order_it_was_recorded(database):
    write(database, *[seen("visits", number, day=number / 1000) for number in range(50)])
    with reading(database) as session:
        values = [fact["value"] for fact in stream(session, *WEEK, batch=7)]
    assert values == list(range(50))


def test_stated_rows_are_found_by_the_beginning_of_their_origin(database):
    rows = [seen("visits", 1, origin=origin, key=origin) for origin in ("result:a.csv:1", "result:b_.csv:1", "")]
    write(database, *rows)
    with reading(database) as session:
        assert [fact.origin for fact in stated(session, "result:b_")] == ["result:b_.csv:1"]
        assert len(stated(session, "result:")) == 2


def test_a_publication_without_a_fact_is_a_gap(database):
    deliver(database, "known", State.CONFIRMED)
    deliver(database, "forgotten", State.SENT, subject_id="2")
    deliver(database, "not out", State.HELD)
    deliver(database, "an edit", State.SENT, verb=Verb.EDIT)
    write(database, seen("published", 1, placement="known"))
    with reading(database) as session:
        assert [(gap.placement, gap.subject_id) for gap in unrecorded(session, *WEEK)] == [("forgotten", "2")]


def test_a_letter_to_a_colleague_is_no_publication(database):
    deliver(database, "letter", State.SENT, kind="notice", subject_kind="notice")
    with reading(database) as session:
        assert unrecorded(session, *WEEK) == []


def test_the_plan_counts_what_was_due_and_not_cancelled(database):
    for number, state in enumerate((State.CONFIRMED, State.CONFIRMED, State.HELD, State.CANCELLED)):
        deliver(database, f"d{number}", state, campaign="tea")
    deliver(database, "later", State.PLANNED, day=8)
    with reading(database) as session:
        found = [(one.state, one.channel, one.campaign, one.number) for one in planned(session, *WEEK, WEEK[1])]
    assert found == [(State.CONFIRMED, "vk", "tea", 2), (State.HELD, "vk", "tea", 1)]


def test_what_is_yet_to_come_is_told_apart(database):
    deliver(database, "gone", State.SENT, day=1)
    deliver(database, "tomorrow", State.PLANNED, day=3)
    with reading(database) as session:
        found = [(one.state, one.ahead) for one in planned(session, *WEEK, on(2))]
    assert found == [(State.PLANNED, True), (State.SENT, False)]


def test_what_waits_for_a_person_says_why(database):
    deliver(database, "held", State.HELD, day=2, reason=because("No approval.", code="approval").model_dump())
    deliver(database, "refused", State.REJECTED, day=1)
    deliver(database, "out", State.SENT)
    with reading(database) as session:
        found = waiting(session, *WEEK, (State.HELD, State.REJECTED), limit=5)
        first = waiting(session, *WEEK, (State.HELD, State.REJECTED), limit=1)
    assert [(one.state, one.reason.code) for one in found] == [(State.REJECTED, ""), (State.HELD, "approval")]
    assert first == found[:1]


LOOKS = st.lists(st.tuples(st.integers(-5, 12), st.integers(0, 50)), min_size=1, max_size=12, unique_by=lambda x: x[0])


@settings(max_examples=examples(8, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=LOOKS, cut=st.integers(1, 6), number=st.integers(0, 10**9))
def test_growth_by_parts_is_the_growth_of_the_whole(database, looks, cut, number):
    subject = f"s{number}"
    write(database, *[seen("clicks", value, day=day, subject_id=subject) for day, value in looks])
    whole = totals(database, bounds=WEEK, subject_id=subject)
    parts = totals(database, bounds=(on(0), on(cut), on(7)), subject_id=subject)
    assert sum(parts.values()) == sum(whole.values())


def test_a_correction_moves_no_moment(database):
    write(database, seen("visits", 1))
    with reading(database) as session:
        fact = session.scalars(select(Fact)).one()
    assert (fact.observed_at, fact.created_at) == (MONDAY + timedelta(days=1), CLOCK.at)
