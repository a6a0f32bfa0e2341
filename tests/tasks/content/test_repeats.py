from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from models.schedule import Recurrence, Unreadable
from tasks.content.difference import spoken_repeat
from tasks.content.repeats import read_repeat
from tests.tasks.content.plans import RECURRENCES, START, TODAY

END = date(2026, 12, 31)
WORKDAYS = (0, 1, 2, 3, 4)


def week(**said: object) -> Recurrence:
    return Recurrence.model_validate({"rule": "week", **said})


@pytest.mark.parametrize(
    ("text", "repeat"),
    [
        pytest.param("каждый день", Recurrence(rule="day"), id="every day"),
        pytest.param("Ежедневно", Recurrence(rule="day"), id="daily in one word"),
        pytest.param("каждые 3 дня", Recurrence(rule="day", interval=3), id="every third day"),
        pytest.param("каждую неделю", week(), id="every week"),
        pytest.param("каждую неделю до 2026-12-31", week(until=END), id="to a day"),
        pytest.param("каждую неделю до 31 декабря", week(until=END), id="to a day in words"),
        pytest.param("каждую неделю по пн, ср", week(weekdays=(0, 2)), id="on weekdays"),
        pytest.param("по понедельникам и средам", week(weekdays=(0, 2)), id="weekdays alone"),
        pytest.param("каждую неделю с пн по пт", week(weekdays=WORKDAYS), id="from a day to a day"),
        pytest.param("пн-пт", week(weekdays=WORKDAYS), id="a span of days"),
        pytest.param("пт-пн", week(weekdays=(0, 4, 5, 6)), id="a span over the end of the week"),
        pytest.param("каждый день по будням", week(weekdays=WORKDAYS), id="workdays"),
        pytest.param("по выходным 4 раза", week(weekdays=(5, 6), times=4), id="weekends, some times"),
        pytest.param("каждые 2 недели по вт 5 раз", week(interval=2, weekdays=(1,), times=5), id="all of it"),
        pytest.param("раз в 2 недели", week(interval=2), id="once in"),
        pytest.param("каждую вторую неделю", week(interval=2), id="every second"),
        pytest.param(
            "каждый месяц до 31 января", Recurrence(rule="month", until=date(2027, 1, 31)), id="over new year"
        ),
        pytest.param("ежемесячно, 3 раза", Recurrence(rule="month", times=3), id="monthly"),
        pytest.param("every week on mon, wed until 2026-12-31", week(weekdays=(0, 2), until=END), id="English"),
        pytest.param("Every Friday till Dec 31", week(weekdays=(4,), until=END), id="English weekday"),
        pytest.param("weekly x5", week(times=5), id="English times"),
        pytest.param("every other week", week(interval=2), id="every other"),
        pytest.param("every 2 months 6 times", Recurrence(rule="month", interval=2, times=6), id="English months"),
        pytest.param("daily until +40", Recurrence(rule="day", until=END), id="to a day from the start"),
    ],
)
def test_a_repetition_is_read_as_people_write_it(text: str, repeat: Recurrence) -> None:
    assert read_repeat(text, START, TODAY) == repeat


@pytest.mark.parametrize(
    "text",
    ["когда-нибудь", "каждый месяц по пн", "каждые 3 дня по пн", "до 31.12.2026", "каждую неделю 0 раз", "5", "",
     "каждую неделю до завтра", "каждые 5000 дней", "каждый день и ещё немного"],
)  # fmt: skip
def test_what_is_no_repetition_is_never_half_understood(text: str) -> None:
    with pytest.raises(Unreadable):
        read_repeat(text, START, TODAY)


def test_a_repetition_never_ends_before_it_begins() -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_repeat("каждую неделю до 01.01.2026", START, TODAY)
    assert unreadable.value.reason.code == "ends_before"


@given(RECURRENCES, st.sets(st.integers(0, 6)), st.sampled_from(["ru", "en"]))
def test_a_repetition_said_in_words_is_read_back_the_same(repeat: Recurrence, days: set[int], language: str) -> None:
    if repeat.rule == "week":
        repeat = Recurrence.model_validate(repeat.model_dump() | {"weekdays": tuple(days)})
    with spoken(language):
        said = spoken_repeat(repeat)
    assert read_repeat(said, START, TODAY) == repeat


@given(st.text(max_size=40))
def test_whatever_is_written_is_a_repetition_or_a_reason(text: str) -> None:
    try:
        assert read_repeat(text, START, TODAY).interval >= 1
    except Unreadable as error:
        assert str(error)
