from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.locale import spoken
from models.timetable import read_quiet, read_slots
from tasks.analysis.channels import (
    A_DAY,
    MIN_POSTS,
    Growth,
    Reading,
    Result,
    analyse,
    at_age,
    cost_per_thousand,
    growth,
    rank,
    recommend,
    report,
)
from tasks.schedule.slots import NOTHING_QUIET

MOSCOW = "Europe/Moscow"
MONDAY = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)  # 09:00 in Moscow


def reading(placement: str, metric: str, value: int, published_at: datetime = MONDAY, **fields: object) -> Reading:
    return Reading(
        account=str(fields.get("account", "vk")), placement=placement, published_at=published_at,
        age=fields.get("age", A_DAY), metric=metric, value=value, audience=fields.get("audience"),  # type: ignore[arg-type]
    )  # fmt: skip


def month(best_hour: int = 19, days: int = 28, **fields: object) -> list[Reading]:
    """Publications at 9, 13 and 19 o'clock in Moscow; those of the best hour are answered three times as often."""
    readings = []
    for day in range(days):
        for hour in (9, 13, 19):
            published_at = MONDAY + timedelta(days=day, hours=hour - 9)
            name, likes = f"{day}-{hour}", (30 if hour == best_hour else 10) + day % 3
            readings.append(reading(name, "views", 1000, published_at, **fields))
            readings.append(reading(name, "likes", likes, published_at, **fields))
    return readings


def test_a_report_says_what_a_channel_reaches_and_costs() -> None:
    readings = [*month(audience=5000), *month(audience=5000, account="tg", days=2)]
    vk, tg = analyse(readings, {"vk": MOSCOW, "tg": MOSCOW}, costs={"vk": 840_000})[::-1]
    assert (vk.account, vk.published, vk.reach, vk.rate_by_reach) == ("vk", 84, 1000, True)
    assert vk.engagement_rate == pytest.approx(0.012)
    assert vk.cost_per_thousand == 10_000
    assert vk.growth == Growth(5000, 5000, 27 + 10 / 24)
    assert (tg.account, tg.published, tg.cost_per_thousand) == ("tg", 6, None)


def test_the_best_hours_and_slots_are_those_of_the_zone() -> None:
    vk = report("vk", month(), MOSCOW, None, NOTHING_QUIET)
    assert [(place.value, place.number) for place in vk.hours.places] == [(19, 28), (9, 28), (13, 28)]
    assert vk.recommended.slots == ("mon-fri 19:00", "sat,sun 19:00")
    with spoken("ru"):
        vk = report("vk", month(), MOSCOW, None, NOTHING_QUIET)
        assert str(vk.recommended.why[0]) == (
            "Пн–пт 19:00: вовлечённость 3,1 % (медиана, публикаций: 20), обычно 1,2 %."
        )


def test_recommended_slots_can_be_read_and_are_never_quiet() -> None:
    recommended = recommend(at_age(month(), A_DAY), MOSCOW, read_quiet("18:00-08:00"))
    assert recommended.slots == ()
    assert str(recommended.silent) == "No hour outside the quiet hours does better than usual."
    recommended = recommend(at_age(month(best_hour=9), A_DAY), MOSCOW, read_quiet("18:00-08:00"))
    assert [slot.at.hour for slot in read_slots(recommended.slots)] == [9, 9]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param(0, "Слишком мало публикаций для вывода (0, нужно не меньше 20).", id="none"),
        pytest.param(6, "Слишком мало публикаций для вывода (18, нужно не меньше 20).", id="eighteen"),
    ],
)
def test_too_few_publications_are_said_with_their_number(days: int, said: str) -> None:
    vk = report("vk", month(days=days), MOSCOW, None, NOTHING_QUIET)
    with spoken("ru"):
        assert str(vk.hours.silent) == str(vk.weekdays.silent) == str(vk.recommended.silent) == said
    assert vk.hours.places == () and vk.recommended.slots == ()


def test_scattered_publications_say_nothing_of_hours() -> None:
    readings = [reading(str(n), "likes", 5, MONDAY + timedelta(hours=n * 25)) for n in range(24)]
    ranking = rank(at_age(readings, A_DAY), lambda result: result.published_at.hour)
    assert ranking.silent.code == "too_scattered"


def test_publications_without_any_number_are_not_ranked() -> None:
    readings = [reading(str(n), "members", 5) for n in range(30)]
    assert recommend(at_age(readings, A_DAY), MOSCOW).silent.code == "nothing_measured"


def test_what_is_not_available_is_none_and_never_zero() -> None:
    vk = report("vk", [reading("1", "likes", 5)], MOSCOW, 100_00, NOTHING_QUIET)
    assert (vk.reach, vk.engagement_rate, vk.growth, vk.cost_per_thousand) == (None, None, None, None)
    assert report("vk", [], MOSCOW, 0, NOTHING_QUIET).published == 0


def test_a_rate_is_by_members_where_reach_is_not_shown() -> None:
    tg = report("tg", [reading("1", "reactions", 50, audience=1000)], MOSCOW, None, NOTHING_QUIET)
    assert (tg.engagement_rate, tg.rate_by_reach) == (0.05, False)


def test_publications_are_compared_at_one_age_by_their_nearest_reading() -> None:
    readings = [
        reading("old", "views", 100, age=timedelta(hours=23)),
        reading("old", "views", 90, age=timedelta(hours=20)),
        reading("old", "views", 900, age=timedelta(days=7)),
        reading("young", "views", 10, age=timedelta(hours=3)),
    ]
    assert at_age(readings, A_DAY) == [Result("old", MONDAY, 100, None, None)]


def test_reach_is_taken_before_views_and_all_answers_count() -> None:
    readings = [reading("1", metric, n) for n, metric in enumerate(("views", "reach", "likes", "comments", "members"))]
    assert at_age(readings, A_DAY) == [Result("1", MONDAY, 1, 5, None)]


def test_growth_is_between_the_first_and_the_last_count() -> None:
    readings = [reading(str(n), "views", 1, MONDAY + n * A_DAY, audience=1000 + 50 * n) for n in range(3)]
    found = growth(readings)
    assert found == Growth(1000, 1100, 2.0)
    assert growth(readings[:1]) is None


def test_cost_is_not_told_where_the_reach_of_a_publication_is_unknown() -> None:
    known, unknown = Result("1", MONDAY, 500, None, None), Result("2", MONDAY, None, None, None)
    assert cost_per_thousand(100_00, [known]) == 20_000
    assert cost_per_thousand(100_00, [known, unknown]) is None
    assert cost_per_thousand(None, [known]) is None
    assert cost_per_thousand(0, [known]) == 0


results = st.builds(
    Result, st.text(max_size=3), st.datetimes(timezones=st.just(UTC), min_value=datetime.fromisoformat("2020-01-01"),
                                              max_value=datetime.fromisoformat("2030-01-01")),
    st.none() | st.integers(0, 100_000), st.none() | st.integers(0, 1000), st.none() | st.integers(0, 10_000),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(results, max_size=80))
def test_a_recommendation_is_either_readable_slots_with_reasons_or_says_why_not(of: list[Result]) -> None:
    quiet = read_quiet("22:00-08:00")
    found = recommend(of, MOSCOW, quiet)
    assert bool(found.slots) is not bool(found.silent)
    assert len(found.slots) == len(found.why) <= 3
    assert not any(quiet.hold(slot.at.hour * 60) for slot in read_slots(found.slots))
    assert len(of) >= MIN_POSTS or not found.slots
