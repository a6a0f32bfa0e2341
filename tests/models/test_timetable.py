"""What people write about time: read whole in both languages, or refused with an example."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from models.schedule import DAY_MINUTES, QuietHours, Slot, Unreadable
from models.timetable import read_day_names, read_duration, read_hours, read_quiet, read_slots

EVERY, WORK, END = frozenset(range(7)), frozenset(range(5)), frozenset({5, 6})
MINUTES = st.integers(0, DAY_MINUTES - 1)
SPANS = st.lists(st.tuples(MINUTES, MINUTES).filter(lambda span: span[0] != span[1]), max_size=1)
CASES = {
    0: "mon mondays пн понедельник понедельника понедельникам",
    1: "tue tues tuesday вт вторник вторникам",
    2: "wed wednesdays ср среда среду средам",
    3: "thu thurs thursday чт четверг четвергам",
    4: "fri fridays пт пятница пятницу пятницам",
    5: "sat saturday сб суббота субботам",
    6: "sun sundays вс воскресенье воскресеньям",
}


@pytest.mark.parametrize(("day", "word"), [(day, word) for day, words in CASES.items() for word in words.split()])
def test_a_weekday_is_known_in_every_form_people_write(day: int, word: str) -> None:
    assert read_day_names(word) == {day}


@pytest.mark.parametrize("word", ["month", "sunrise", "среднее", "субтитры", "friend", "", "m"])
def test_a_word_that_only_begins_like_a_weekday_is_none(word: str) -> None:
    assert read_day_names(word) is None


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        pytest.param("mon-fri 09:00", [(WORK, (9, 0))], id="english_span"),
        pytest.param("sat,sun 11:00", [(END, (11, 0))], id="english_list"),
        pytest.param("daily 19:30", [(EVERY, (19, 30))], id="daily"),
        pytest.param("пн-пт 09:00", [(WORK, (9, 0))], id="russian_span"),
        pytest.param("Ежедневно в 19:30", [(EVERY, (19, 30))], id="russian_daily"),
        pytest.param("по будням 9.00", [(WORK, (9, 0))], id="russian_group"),
        pytest.param("по выходным 11:00, 18:00", [(END, (11, 0)), (END, (18, 0))], id="several_times"),
        pytest.param("пт–пн 10:00", [(frozenset({4, 5, 6, 0}), (10, 0))], id="span_over_the_week_end"),
        pytest.param("вт и чт 10:00", [(frozenset({1, 3}), (10, 0))], id="and"),
        pytest.param("по средам, сб. 10:00", [(frozenset({2, 5}), (10, 0))], id="full_names_and_dots"),
        pytest.param("Monday, wed-thu at 8:05", [(frozenset({0, 2, 3}), (8, 5))], id="mixed"),
    ],
)
def test_slots_are_read_in_both_languages(said: str, slots: list[tuple[frozenset[int], tuple[int, int]]]) -> None:
    assert read_slots([said]) == tuple(Slot(days, time(*clock)) for days, clock in slots)


@pytest.mark.parametrize(
    "said", ["09:00", "daily", "someday 09:00", "mon-fri 24:00", "mon-fri 9:75", "пн-ср-пт 09:00", ""]
)
def test_what_is_not_a_slot_is_refused_with_an_example(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_slots([said])
    with spoken("ru"):
        assert str(refused.value).startswith(f"«{said}» — не слот; укажите дни и время")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("22-08", id="no_minutes"),
        pytest.param("ночью", id="in_words"),
        pytest.param("22:00", id="one_end"),
        pytest.param("25:00-08:00", id="no_such_hour"),
        pytest.param("22:61-08:00", id="no_such_minute"),
        pytest.param("24:00-08:00", id="begins_at_24"),
        pytest.param("22:00-22:00", id="empty_or_whole"),
        pytest.param("00:00-24:00", id="whole_day"),
        pytest.param("08:00-22:00,22:00-08:00", id="whole_day_in_two"),
    ],
)
def test_quiet_hours_that_cannot_be_meant_are_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        read_quiet(said)


@given(SPANS)
def test_quiet_hours_are_the_minutes_that_were_written(spans: list[tuple[int, int]]) -> None:
    said = ", ".join(f"{s // 60:02}:{s % 60:02}-{e // 60:02}:{e % 60:02}" for s, e in spans)
    assert list(read_quiet(said).spans) == spans


@pytest.mark.parametrize("said", ["22:00-08:00", "22.00 – 8.00", "22:00 до 08:00", " 22:00—08:00 ;"])
def test_quiet_hours_are_read_as_people_write_them(said: str) -> None:
    assert read_quiet(said) == QuietHours(((22 * 60, 8 * 60),))


@pytest.mark.parametrize("said", ["09:00-18:00", "mon-fri", "someday 09:00-18:00", "mon-fri 09:00", "mon-fri 9-18"])
def test_what_is_not_working_hours_is_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        read_hours([said])


@pytest.mark.parametrize("read", [read_quiet, lambda said: read_hours([f"daily {said}"])], ids=["quiet", "hours"])
def test_a_span_that_ends_as_it_begins_says_so(read: Callable[[str], object]) -> None:
    with pytest.raises(Unreadable) as refused:
        read("09:00-09:00")
    assert refused.value.reason.code == "no_span"
    assert "09:00-09:00" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "length"),
    [("2h", timedelta(hours=2)), ("90m", timedelta(minutes=90)), ("1d", timedelta(days=1)),
     ("1h30m", timedelta(minutes=90)), ("2 ч", timedelta(hours=2)), ("15 мин.", timedelta(minutes=15)),
     ("1 д 2 ч 3 мин", timedelta(days=1, minutes=123))],
)  # fmt: skip
def test_a_length_of_time_is_read_in_both_languages(text: str, length: timedelta) -> None:
    assert read_duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "h", "2 hours ago", "0h", "-2h", "2h!", "2 x", "9999999999d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_duration(text)
