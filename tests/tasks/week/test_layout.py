"""A week laid out: days by the clocks of the page, nothing lost, whatever needs a person shown first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.delivery import State
from models.desk import Line
from models.desk.week import FOR_A_PERSON, STATES, WAITING, Standing, Wish, standing
from models.locale import spoken
from tasks.week.layout import CARDS, LINES, Spot, by_day, count, in_place, may_return, next_due, page_of, span

MONDAY = date(2026, 11, 23)
MOSCOW, NOVOSIBIRSK, BERLIN = "Europe/Moscow", "Asia/Novosibirsk", "Europe/Berlin"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def spot(id: int, at: datetime = NOW, how: Standing = Standing.PLANNED) -> Spot:
    return Spot(id, at, how)


@pytest.mark.parametrize(
    ("state", "approved", "stopped", "minutes", "expected"),
    [
        pytest.param(State.PLANNED, True, False, 60, Standing.PLANNED, id="to come"),
        pytest.param(State.PLANNED, True, False, -2, Standing.PLANNED, id="just now"),
        pytest.param(State.PLANNED, True, False, -4, Standing.LATE, id="late"),
        pytest.param(State.PLANNED, False, False, -4, Standing.APPROVAL, id="not approved"),
        pytest.param(State.PLANNED, True, True, -4, Standing.STOPPED, id="stopped"),
        pytest.param(State.CLAIMED, True, True, 0, Standing.GOING, id="going out"),
        pytest.param(State.UNKNOWN, True, True, -4, Standing.UNKNOWN, id="unknown"),
        pytest.param(State.REJECTED, True, False, -4, Standing.REFUSED, id="refused"),
        pytest.param(State.CONFIRMED, True, False, -4, Standing.PUBLISHED, id="published"),
    ],
)
def test_a_publication_stands_in_one_way(
    state: State, approved: bool, stopped: bool, minutes: int, expected: Standing
) -> None:
    assert standing(state, approved, stopped, NOW + timedelta(minutes=minutes), NOW) is expected


def test_every_state_stands_somehow_and_every_standing_is_counted() -> None:
    assert {standing(state, True, False, NOW, NOW) for state in State} <= set(Standing)
    assert FOR_A_PERSON | WAITING | {Standing.PUBLISHED, Standing.CANCELLED} == set(Standing)
    assert not FOR_A_PERSON & WAITING
    assert set().union(*STATES.values()) == set(Standing)


@given(st.lists(st.sampled_from(Standing)))
def test_the_counts_add_up(found: list[Standing]) -> None:
    counts = count([spot(n, how=how) for n, how in enumerate(found)])
    assert counts.total == counts.out + counts.waiting + counts.person + counts.cancelled == len(found)


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        pytest.param(MOSCOW, MONDAY, 168, id="plain"),
        pytest.param(BERLIN, date(2026, 3, 23), 167, id="clocks go forward"),
        pytest.param(BERLIN, date(2026, 10, 19), 169, id="clocks go back"),
    ],
)
def test_a_week_lasts_from_midnight_to_midnight_of_its_clocks(zone: str, first: date, hours: int) -> None:
    since, until = span(Wish(first=first), zone)
    assert until - since == timedelta(hours=hours)


def test_a_single_day_is_looked_at_alone() -> None:
    since, until = span(Wish(first=MONDAY, day=date(2026, 11, 25)), MOSCOW)
    assert (since, until) == (datetime(2026, 11, 24, 21, tzinfo=UTC), datetime(2026, 11, 25, 21, tzinfo=UTC))


@given(st.lists(st.tuples(st.integers(0, 7 * 24 - 1), st.sampled_from(Standing)), max_size=80))
def test_nothing_is_lost_between_the_columns(found: list[tuple[int, Standing]]) -> None:
    since, _ = span(Wish(first=MONDAY), MOSCOW)
    spots = [spot(n, since + timedelta(hours=hours), how) for n, (hours, how) in enumerate(sorted(found))]
    columns = by_day(spots, MONDAY, MOSCOW)
    assert [day for day, _, _ in columns] == [MONDAY + timedelta(days=n) for n in range(7)]
    assert sum(len(shown) + more for _, shown, more in columns) == len(spots)
    for _, shown, _ in columns:
        assert len(shown) <= CARDS and [s.due_at for s in shown] == sorted(s.due_at for s in shown)


def test_whatever_needs_a_person_is_shown_before_the_rest_is_cut() -> None:
    spots = [spot(n, NOW + timedelta(minutes=n)) for n in range(40)] + [
        spot(99, NOW + timedelta(hours=5), Standing.HELD)
    ]
    [monday, *_] = by_day(spots, MONDAY, MOSCOW)
    _, shown, more = monday
    assert shown[-1].id == 99 and len(shown) == CARDS and more == 41 - CARDS


@given(st.integers(0, 500), st.integers(1, 50))
def test_a_list_has_all_its_pages(number: int, page: int) -> None:
    spots = [spot(n) for n in range(number)]
    some, at, pages = page_of(spots, page)
    assert 1 <= at <= pages and len(some) <= LINES
    assert [s for n in range(1, pages + 1) for s in page_of(spots, n)[0]] == spots


@pytest.mark.parametrize(
    ("zone", "there"),
    [
        pytest.param(MOSCOW, "", id="the same clocks"),
        pytest.param(NOVOSIBIRSK, "16:00 Новосибирск", id="later the same day"),
        pytest.param("Pacific/Auckland", "22:00 Окленд", id="far"),
        pytest.param("Pacific/Kiritimati", "23:00 Киритимати", id="farther"),
        pytest.param("America/Anchorage", "00:00 Анкоридж", id="before"),
    ],
)
def test_a_channel_of_other_clocks_says_its_own_time(zone: str, there: str) -> None:
    line = Line(id=1, rendition_id=1, title="Чай", account="tg", channel="Телеграм", state=State.PLANNED, due_at=NOW,
                zone=zone)  # fmt: skip
    with spoken("ru"):
        placed = in_place(line, Standing.PLANNED, MOSCOW)
    assert (placed.day, placed.at, placed.there) == (MONDAY, "12:00", there)


def test_another_day_there_is_said_too() -> None:
    line = Line(id=1, rendition_id=1, title="Чай", account="tg", channel="Телеграм", state=State.PLANNED,
                due_at=datetime(2026, 11, 23, 19, tzinfo=UTC), zone=NOVOSIBIRSK)  # fmt: skip
    with spoken("ru"):
        assert in_place(line, Standing.PLANNED, MOSCOW).there == "24.11, 02:00 Новосибирск"


def test_the_next_one_only_waits_for_its_time() -> None:
    later = [spot(1, NOW + timedelta(hours=1), Standing.STOPPED), spot(2, NOW + timedelta(hours=2)),
             spot(3, NOW - timedelta(hours=1))]  # fmt: skip
    assert next_due(later, NOW) == NOW + timedelta(hours=2)
    assert next_due([], NOW) is None


@pytest.mark.parametrize(("wall", "may"), [("2026-11-23T12:01", True), ("2026-11-23T12:00", False), ("", False)])
def test_nothing_goes_back_into_the_past(wall: str, may: bool) -> None:
    assert may_return(wall, MOSCOW, NOW) is may
