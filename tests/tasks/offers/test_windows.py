"""When an offer holds, on the clocks of the outlet."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.basket import Place
from models.offers import Conditions, FreeDelivery, Invitation, OfferTerms, Sitting
from tasks.offers.conditions import of_time
from tasks.offers.windows import (
    anywhere,
    begins_at,
    ends_at,
    last_day,
    on_weekday,
    sitting_at,
    wall_clock,
    within_hours,
)
from tasks.schedule.wall import local
from tests.tasks.offers.shop import NOON, offer
from tests.tasks.schedule import zones as z

NIGHT = Conditions(weekdays=(5,), hours_from=time(22), hours_to=time(2))


def at(wall: str, zone: str = "Europe/Moscow", outlet: str = "center") -> Place:
    return Place(outlet=outlet, zone=zone, at=local(datetime.fromisoformat(f"{wall}+00:00"), "UTC"))


def code(terms: OfferTerms, place: Place, until: datetime | None = None) -> str:
    found = of_time(terms, place, until)
    return found.code if found else "holds"


def month(**conditions: object) -> OfferTerms:
    return offer(FreeDelivery(), conditions=Conditions(**conditions))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        pytest.param("2026-11-30T20:59:59.999999", "Europe/Moscow", "not_yet", id="moscow_the_instant_before"),
        pytest.param("2026-11-30T21:00", "Europe/Moscow", "holds", id="moscow_the_first_instant"),
        pytest.param("2026-12-31T20:59:59.999999", "Europe/Moscow", "holds", id="moscow_the_last_instant"),
        pytest.param("2026-12-31T21:00", "Europe/Moscow", "over", id="moscow_the_instant_after"),
        pytest.param("2026-11-30T18:00", "Asia/Omsk", "holds", id="in_omsk_it_is_december_already"),
        pytest.param("2026-11-30T18:00", "Europe/Kaliningrad", "not_yet", id="in_kaliningrad_it_is_not"),
        pytest.param("2026-12-31T21:30", "Europe/Kaliningrad", "holds", id="in_kaliningrad_it_is_still"),
    ],
)
def test_both_days_are_included_in_the_zone_of_the_outlet(moment: str, zone: str, expected: str) -> None:
    assert code(month(), at(moment, zone)) == expected


@given(z.zones, st.integers(-60, 60 * 24 * 3), st.dates(date(2020, 1, 1), date(2027, 12, 31)))
def test_an_offer_holds_on_its_days_of_the_outlets_calendar(zone: str, minutes: int, first: date) -> None:
    """By the calendar's day and by the two instants: the same, wherever clocks are put forward or back."""
    terms = offer(FreeDelivery(), first_day=first, last_day=first + timedelta(days=1))
    place = Place(zone=zone, at=begins_at(terms, zone) + timedelta(minutes=minutes))
    on_its_days = terms.first_day <= wall_clock(place).date() <= terms.last_day
    assert (begins_at(terms, zone) <= place.at <= ends_at(terms, zone)) == on_its_days
    assert (code(terms, place) == "holds") == on_its_days


def test_a_day_of_changed_clocks_is_whole() -> None:
    """Berlin's 25 October 2026 has 25 hours, its 29 March 23."""
    for day, hours in ((date(2026, 10, 25), 25), (date(2026, 3, 29), 23)):
        terms = offer(FreeDelivery(), first_day=day, last_day=day)
        lasts = ends_at(terms, "Europe/Berlin") - begins_at(terms, "Europe/Berlin")
        assert lasts == timedelta(hours=hours) - timedelta(microseconds=1)


def test_an_offer_may_hold_somewhere_from_its_first_zone_to_its_last() -> None:
    begins, ends = anywhere(month(), ["Europe/Moscow", "Asia/Omsk"])
    assert begins == datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert ends == datetime(2026, 12, 31, 20, 59, 59, 999999, tzinfo=UTC)
    assert anywhere(month(), []) == anywhere(month(), ["UTC"])


def test_a_coupon_whose_end_was_put_off_outlives_the_offer() -> None:
    later = datetime(2027, 1, 15, 20, 59, tzinfo=UTC)
    assert code(month(), at("2027-01-10T12:00"), later) == "holds"
    assert code(month(), at("2027-01-15T20:59"), later) == "holds"
    assert code(month(), at("2027-01-15T21:00"), later) == "over"
    assert code(month(), at("2026-11-15T21:00"), later) == "not_yet"


@pytest.mark.parametrize(
    ("since", "until", "clock", "holds"),
    [
        pytest.param(time(10), time(18), time(9, 59, 59), False, id="before"),
        pytest.param(time(10), time(18), time(10), True, id="the_first_instant"),
        pytest.param(time(10), time(18), time(18), True, id="the_last_instant"),
        pytest.param(time(10), time(18), time(18, 0, 1), False, id="after"),
        pytest.param(time(22), time(2), time(23), True, id="before_midnight"),
        pytest.param(time(22), time(2), time(2), True, id="after_midnight"),
        pytest.param(time(22), time(2), time(2, 0, 1), False, id="after_the_night"),
        pytest.param(time(22), time(2), time(21, 59), False, id="before_the_night"),
        pytest.param(time(22), None, time(23, 59, 59, 999999), True, id="to_the_end_of_the_day"),
        pytest.param(time(22), None, time(0), False, id="not_beyond_it"),
        pytest.param(None, time(12), time(0), True, id="from_its_beginning"),
        pytest.param(None, None, time(4), True, id="all_day"),
    ],
)
def test_hours_have_both_ends_and_may_go_over_midnight(
    since: time | None, until: time | None, clock: time, holds: bool
) -> None:
    assert within_hours(Conditions(hours_from=since, hours_to=until), clock) is holds


@pytest.mark.parametrize(
    ("wall", "holds"),
    [
        pytest.param("2026-12-11T23:00", True, id="friday_evening"),
        pytest.param("2026-12-12T01:00", True, id="the_night_to_saturday"),
        pytest.param("2026-12-11T01:00", False, id="the_night_to_friday_is_thursdays"),
        pytest.param("2026-12-12T23:00", False, id="saturday_evening"),
    ],
)
def test_the_small_hours_belong_to_the_evening_before(wall: str, holds: bool) -> None:
    assert on_weekday(NIGHT, datetime.fromisoformat(wall)) is holds


def test_hours_and_weekdays_are_the_outlets() -> None:
    """21:30 UTC on a Thursday is Friday, 03:30 in Omsk, and half past midnight in Moscow."""
    terms = month(weekdays=(5,), hours_from=time(3), hours_to=time(4))
    assert code(terms, at("2026-12-10T21:30", "Asia/Omsk")) == "holds"
    assert code(terms, at("2026-12-10T21:30", "Europe/Moscow")) == "hours"
    assert code(month(weekdays=(4,)), at("2026-12-10T21:30", "Asia/Omsk")) == "weekday"


def test_an_hour_that_comes_twice_holds_twice() -> None:
    terms = offer(FreeDelivery(), first_day=date(2026, 10, 25), last_day=date(2026, 10, 25),
                  conditions=Conditions(hours_from=time(2), hours_to=time(2, 59, 59)))  # fmt: skip
    held = [code(terms, at(f"2026-10-25T{hour:02}:30", "Europe/Berlin")) for hour in (0, 1, 2)]
    assert held == ["holds", "holds", "hours"]


def test_a_sitting_is_found_by_outlet_and_day_and_the_nearest_of_several() -> None:
    evening, late, omsk = (
        Sitting(outlet=outlet, at=datetime.fromisoformat(wall), seats=5)
        for outlet, wall in (
            ("center", "2026-12-10T18:00"), ("center", "2026-12-10T21:00"), ("omsk", "2026-12-10T18:00"),
        )
    )  # fmt: skip
    invitation = Invitation(sittings=(late, evening, omsk))
    assert sitting_at(invitation, at("2026-12-10T15:40")) == evening  # 18:40 in Moscow
    assert sitting_at(invitation, at("2026-12-10T17:10")) == late
    assert sitting_at(invitation, at("2026-12-10T11:10", "Asia/Omsk", "omsk")) == omsk
    assert sitting_at(invitation, at("2026-12-11T15:00")) is None
    assert NOON.tzinfo is UTC


def test_the_day_of_an_end_is_the_day_that_was_written() -> None:
    zones = ("Europe/Kaliningrad", "Europe/Moscow", "Asia/Vladivostok")
    terms = offer(FreeDelivery()).model_copy(update={"last_day": date(2026, 12, 22)})
    ends = anywhere(terms, zones)[1]
    assert last_day(ends, zones) == terms.last_day
    assert local(ends, "Europe/Moscow").date() == date(2026, 12, 23), "by then it is the next day in Moscow"
