"""What an address may ask for: all it says is kept, and nothing in it breaks the page."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.desk import Choice
from models.desk.week import STATES, Choices, View, Wish
from models.locale import spoken
from tasks.week.wishes import chips, read_wish

TODAY = date(2026, 11, 25)  # a Wednesday
MONDAY = date(2026, 11, 23)
CHOICES = Choices(
    channels=(Choice(key="tg", title="Телеграм"),), campaigns=(Choice(key="winter", title="Зима"),),
    people=(Choice(key="olga", title="Ольга"),), zones=(Choice(key="Europe/Moscow", title="Москва"),),
)  # fmt: skip


def test_without_an_address_it_is_the_week_of_today() -> None:
    assert read_wish({}, TODAY, CHOICES) == Wish(first=MONDAY)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"first": "2026-12-02"}, {"first": date(2026, 11, 30)}, id="any day names its week"),
        pytest.param({"first": "x"}, {}, id="no date"),
        pytest.param({"first": "0001-01-01"}, {}, id="too long ago"),
        pytest.param({"first": "9999-12-31"}, {}, id="too far"),
        pytest.param({"view": "list"}, {"view": View.LIST}, id="list"),
        pytest.param({"view": "<b>"}, {}, id="no view"),
        pytest.param({"day": "2026-12-02"}, {"first": date(2026, 11, 30), "day": date(2026, 12, 2), "view": View.LIST},
                     id="a day is a list"),
        pytest.param({"channel": "tg", "campaign": "winter", "person": "olga"},
                     {"channel": "tg", "campaign": "winter", "person": "olga"}, id="known names"),
        pytest.param({"channel": "'; DROP TABLE delivery", "campaign": "x", "person": "%"}, {}, id="unknown names"),
        pytest.param({"zone": "Europe/Moscow"}, {"zone": "Europe/Moscow"}, id="known clocks"),
        pytest.param({"zone": "../../etc/passwd"}, {}, id="unknown clocks"),
        pytest.param({"state": "person"}, {"state": "person"}, id="a group of states"),
        pytest.param({"state": "claimed"}, {}, id="a state of ours"),
        pytest.param({"page": "3"}, {"page": 3}, id="page"),
        pytest.param({"page": "-1", "moved": "9" * 40}, {}, id="odd numbers"),
        pytest.param({"moved": "7", "was": "2026-11-25T09:00"}, {"moved": 7, "was": "2026-11-25T09:00"}, id="moved"),
        pytest.param({"moved": "7", "was": "yesterday"}, {"moved": 7}, id="no time before"),
        pytest.param({"moved": "7", "was": "0001-01-01T00:00"}, {"moved": 7}, id="the first minute there is"),
        pytest.param({"moved": "7", "was": "9999-12-31T23:59"}, {"moved": 7}, id="the last minute there is"),
    ],
)  # fmt: skip
def test_an_address_is_read(asked: dict[str, str], expected: dict[str, object]) -> None:
    assert read_wish(asked, TODAY, CHOICES) == Wish(**({"first": MONDAY} | expected))


FIELDS = st.sampled_from(
    ["first", "view", "day", "channel", "campaign", "person", "state", "zone", "page", "moved", "was"]
)


@given(st.dictionaries(FIELDS, st.text(max_size=30)))
def test_nothing_in_an_address_breaks_it(asked: dict[str, str]) -> None:
    wish = read_wish(asked, TODAY, CHOICES)
    assert wish.first.weekday() == 0 and wish.page >= 1


WISHES = st.builds(
    Wish, first=st.just(MONDAY), view=st.sampled_from(View), channel=st.sampled_from(["", "tg"]),
    campaign=st.sampled_from(["", "winter"]), person=st.sampled_from(["", "olga"]),
    state=st.sampled_from(["", *STATES]), zone=st.sampled_from(["", "Europe/Moscow"]), page=st.just(1),
)  # fmt: skip


@given(WISHES)
def test_an_address_says_all_that_was_chosen(wish: Wish) -> None:
    again = read_wish(dict(parse_qsl(urlsplit(wish.address()).query)), TODAY, CHOICES)
    assert again == wish


@given(WISHES)
def test_a_chip_takes_off_one_filter_and_leaves_the_others(wish: Wish) -> None:
    on = {"channel", "campaign", "person", "state", "zone"} & {name for name, value in wish if value}
    found = chips(wish, CHOICES)
    assert {chip.field for chip in found} == on
    for chip in found:
        left = read_wish(dict(parse_qsl(urlsplit(chip.address).query)), TODAY, CHOICES)
        assert left == wish.model_copy(update={chip.field: ""})


def test_chips_speak_the_readers_language() -> None:
    wish = Wish(first=MONDAY, view=View.LIST, day=TODAY, channel="tg", state="person")
    with spoken("ru"):
        assert [chip.title for chip in chips(wish, CHOICES)] == [
            "только среда, 25 ноября", "канал: Телеграм", "состояние: всё, где нужен человек",
        ]  # fmt: skip


def test_another_choice_begins_at_the_first_page_and_forgets_what_was_moved() -> None:
    wish = Wish(first=MONDAY, view=View.LIST, page=4, moved=7, was="2026-11-25T09:00")
    assert wish.address(channel="tg") == "/staff/week?first=2026-11-23&view=list&channel=tg"
    assert wish.address(page=5) == "/staff/week?first=2026-11-23&view=list&page=5"
