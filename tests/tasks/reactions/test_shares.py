from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasks.reactions.shares import share_out
from tests.fakes import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_clicks_belong_to_the_last_publication_before_them() -> None:
    sent = [(2, NOW + 7 * DAY), (1, NOW)]
    clicks = [(NOW, 3), (NOW + 6 * DAY, 2), (NOW + 7 * DAY, 5), (NOW + 30 * DAY, 1)]
    assert share_out(sent, clicks) == {1: 5, 2: 6}


def test_clicks_of_the_hour_in_which_it_went_out_are_its_own() -> None:
    sent = NOW + 40 * timedelta(minutes=1)
    assert share_out([(1, NOW - DAY), (2, sent)], [(NOW, 4)]) == {1: 0, 2: 4}


def test_a_link_that_nobody_followed_has_no_clicks_which_is_known() -> None:
    assert share_out([(1, NOW)], []) == {1: 0}


hours = st.integers(-100, 1000).map(lambda n: NOW + n * HOUR)


@given(st.lists(hours, min_size=1, unique=True), st.lists(st.tuples(hours, st.integers(0, 50))))
def test_no_click_is_lost_or_counted_twice(sent: list[object], clicks: list[tuple[object, int]]) -> None:
    shared = share_out(list(enumerate(sent)), clicks)  # type: ignore[arg-type]
    assert sum(shared.values()) == sum(number for _, number in clicks)
