from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from tasks.reactions.anomaly import MIN_POINTS, Point, Turn, fall, judge, usual_for
from tests.tasks.schedule.zones import utc

DAY = timedelta(days=1)
USUAL = [90, 95, 100, 100, 105, 110, 120, 130]


def point(value: int, metric: str = "views", age: timedelta = DAY, placement: str = "new") -> Point:
    return Point(placement, metric, age, value)


@pytest.mark.parametrize(
    ("value", "usual", "turn"),
    [
        pytest.param(400, USUAL, Turn.ABOVE, id="far_above"),
        pytest.param(10, USUAL, Turn.BELOW, id="far_below"),
        pytest.param(140, USUAL, None, id="a_good_day_is_not_an_anomaly"),
        pytest.param(400, USUAL[:7], None, id="seven_points_say_nothing"),
        pytest.param(2, [0] * 8, None, id="two_likes_where_there_were_none"),
        pytest.param(9, [0] * 8, Turn.ABOVE, id="nine_likes_where_there_were_none"),
        pytest.param(110, [100] * 8, None, id="equal_points_still_vary_by_chance"),
        pytest.param(100, [*USUAL, 100_000], None, id="one_lucky_post_does_not_spoil_the_usual"),
        pytest.param(400, [*USUAL, 100_000], Turn.ABOVE, id="nor_does_it_hide_the_next"),
    ],
)
def test_only_what_is_far_from_the_usual_stands_out(value: int, usual: list[int], turn: Turn | None) -> None:
    found = judge(point(value), usual)
    assert (found and found.turn) == turn


def test_an_anomaly_is_said_in_words_with_its_numbers() -> None:
    above, below = judge(point(400), USUAL), judge(point(10, "likes"), USUAL)
    assert above and below
    with spoken("en"):
        assert str(above.reason) == (
            "Views: 400 after 1 d; usual for this channel is about 102. Look at what went so well."
        )
    with spoken("ru"):
        assert "400 через 1 дн., обычно в этом канале около 102" in str(above.reason)
        assert str(below.reason).endswith("Проверьте, видят ли люди публикацию.")


def test_the_usual_is_of_other_publications_at_the_same_age_and_metric() -> None:
    history = [
        point(999),
        point(100, placement="a", age=timedelta(hours=23)),
        point(70, placement="a", age=timedelta(hours=19)),
        point(300, placement="a", age=timedelta(days=7)),
        point(110, placement="b", age=timedelta(hours=25)),
        point(5, "likes", placement="c"),
    ]
    assert usual_for(point(400), history) == [100, 110]


@given(st.lists(st.integers(0, 10_000), max_size=MIN_POINTS - 1), st.integers(0, 10_000))
def test_few_points_never_say_anything(usual: list[int], value: int) -> None:
    assert judge(point(value), usual) is None


@given(st.lists(st.integers(0, 10_000), min_size=MIN_POINTS, max_size=40), st.integers(0, 10_000), st.randoms())
def test_judgement_does_not_depend_on_the_order_and_the_median_is_never_far(
    usual: list[int], value: int, random: Random
) -> None:
    shuffled = usual.copy()
    random.shuffle(shuffled)
    assert judge(point(value), usual) == judge(point(value), shuffled)
    assert judge(point(sorted(usual)[len(usual) // 2]), [*usual, *usual, sorted(usual)[len(usual) // 2]]) is None


@pytest.mark.parametrize(
    ("metric", "values", "falls"),
    [
        pytest.param("views", [10, 20, 30], False, id="growing"),
        pytest.param("views", [10, 30, 29], True, id="views_never_fall"),
        pytest.param("likes", [10, 30, 29], False, id="a_like_taken_back"),
        pytest.param("likes", [10, 30, 20], True, id="many_likes_gone"),
        pytest.param("likes", [3, 0], False, id="few_likes_gone"),
        pytest.param("views", [30, 10, 30], False, id="recovered"),
        pytest.param("views", [], False, id="nothing"),
    ],
)
def test_a_falling_metric_is_noticed(metric: str, values: list[int], falls: bool) -> None:
    series = [(utc("2026-11-25T06:00") + number * DAY, value) for number, value in enumerate(values)]
    found = fall(metric, list(reversed(series)))
    assert bool(found) is falls
    if found:
        with spoken("ru"):
            assert f"было {max(values)}, стало {values[-1]}" in str(found.reason)
