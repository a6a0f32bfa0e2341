"""Signals of misuse: each above its bound, silent below, judged by the outlet's own clock."""

from datetime import datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from tasks.coupon_analysis.frames import REFUSALS, History
from tasks.coupon_analysis.sentences import said
from tasks.coupon_analysis.shown import page
from tasks.coupon_analysis.signals import OF_TABLES, Kind, cashiers, found, guesses, many_codes, nights, velocity
from tasks.coupon_analysis.signals import USUAL as BOUNDS
from tasks.coupon_analysis.whole import Question, analysed
from tests.tasks.coupon_analysis.made import BEGINS, DAY, HOUR, NOW, PERIODS, coupons, redemptions

MINUTE = timedelta(minutes=1)


def at(*moments: datetime) -> dict[str, list[datetime]]:
    return {"redeemed_at": list(moments), "local": list(moments)}


def refused(*rows: tuple[str, datetime]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=REFUSALS, orient="row")


def test_four_within_any_hour_are_quick_whatever_the_clock_says() -> None:
    moments = [BEGINS + 40 * MINUTE + n * 15 * MINUTE for n in range(4)]  # 9:40 to 10:25
    used = redemptions([1, 2, 3, 4], customer=7, **at(*moments))
    (one,) = velocity(used, BOUNDS)
    assert (one.kind, one.who, one.number, one.at) == (Kind.VELOCITY, "7", 4, moments[0])


def test_four_over_more_than_an_hour_are_not() -> None:
    used = redemptions([1, 2, 3, 4], customer=7, **at(*(BEGINS + n * 25 * MINUTE for n in range(4))))
    assert velocity(used, BOUNDS) == []


def test_nobody_in_particular_is_not_one_client() -> None:
    used = redemptions(range(1, 60), customer=None, **at(*[BEGINS] * 59))
    assert velocity(used, BOUNDS) == [] and many_codes(used, BOUNDS) == []


def test_many_codes_are_different_codes_of_one_day() -> None:
    used = redemptions([1, 2, 3, 4, 4, 4], customer=[1, 1, 1, 2, 2, 2], **at(*[BEGINS + n * HOUR for n in range(6)]))
    assert [(one.who, one.number) for one in many_codes(used, BOUNDS)] == [("1", 3)]
    apart = redemptions([1, 2, 3], customer=1, **at(*[BEGINS + n * DAY for n in range(3)]))
    assert many_codes(apart, BOUNDS) == []


def test_a_cashier_is_compared_with_the_others() -> None:
    busy = redemptions(range(1, 31), cashier="eve", **at(*[BEGINS] * 30))
    usual = redemptions(range(40, 44), cashier="nina", **at(*[BEGINS] * 4))
    (one,) = cashiers(pl.concat([busy, usual]), BOUNDS)
    assert (one.who, one.number, one.usual) == ("eve · nevsky", 30, 4.0)
    as_busy = redemptions(range(40, 65), cashier="nina", **at(*[BEGINS] * 25))
    assert cashiers(pl.concat([busy, as_busy]), BOUNDS) == []


def test_a_night_is_the_outlets_own() -> None:
    """Three at night in UTC are noon in the shop: nothing. Three at night in the shop are a signal."""
    by_day = [redemptions(range(n, n + 100), outlet=f"o{n}", local=BEGINS + 3 * HOUR) for n in (1, 200)]
    late = redemptions(range(400, 410), outlet="o1", local=BEGINS.replace(hour=3), redeemed_at=BEGINS + 3 * HOUR)
    (one,) = nights(pl.concat([*by_day, late]), BOUNDS)
    assert (one.who, one.number, one.usual) == ("o1", 10, 0.0)
    abroad = redemptions(range(400, 410), outlet="o1", redeemed_at=BEGINS.replace(hour=3), local=BEGINS)
    assert nights(pl.concat([*by_day, abroad]), BOUNDS) == []


def test_days_without_a_time_are_neither_nights_nor_an_hour() -> None:
    """A table that says the day only: its midnights are nobody's night, and a client's codes of a day no hurry."""
    midnight = BEGINS.replace(hour=0)
    used = redemptions(range(1, 61), customer=[7] * 4 + list(range(10, 66)), **at(*[midnight] * 60))
    assert nights(used, OF_TABLES) == [] and velocity(used, OF_TABLES) == []
    assert [(one.who, one.number) for one in many_codes(used, OF_TABLES)] == [("7", 4)]
    assert velocity(used, BOUNDS), "a till of ours says the time, be it midnight"


def test_where_everybody_sells_at_night_nobody_is_suspected() -> None:
    late = [redemptions(range(n, n + 100), outlet=f"o{n}", local=BEGINS.replace(hour=2)) for n in (1, 200)]
    assert nights(pl.concat(late), BOUNDS) == []


def test_guessing_is_many_refused_codes_from_one_place() -> None:
    told = refused(*(("10.0.0.1", BEGINS + n * MINUTE) for n in range(12)), *(("till", BEGINS),) * 9)
    (one,) = guesses(told, BOUNDS)
    assert (one.who, one.number, one.at) == ("10.0.0.1", 12, BEGINS)


def test_every_kind_is_said_in_both_languages() -> None:
    used = redemptions(range(1, 31), customer=7, cashier="eve", outlet="o", local=BEGINS.replace(hour=2),
                       redeemed_at=BEGINS)  # fmt: skip
    usual = redemptions(range(40, 70), customer=range(40, 70), cashier=[f"c{n}" for n in range(30)], local=BEGINS)
    signals = found(pl.concat([used, usual]), refused(*(("here", BEGINS),) * 10))
    assert {one.kind for one in signals} == set(Kind)
    for language in ("ru", "en"):
        with spoken(language):
            lines = [said(one) for one in signals]
        assert all(one.who in line and str(one.number) in line for one, line in zip(signals, lines, strict=True))


def test_where_there_is_nobody_to_compare_with_it_is_said() -> None:
    alone = redemptions(range(1, 31), customer=None, cashier="eve", local=BEGINS.replace(hour=2))
    with spoken("en"):
        lines = [said(one) for one in found(alone, refused())]
    assert len(lines) == 2 and all("to compare with" in line for line in lines)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 300)), max_size=40))
def test_a_quick_client_is_found_exactly_where_one_by_one_counting_finds_one(rows: list[tuple[int, int]]) -> None:
    moments = [BEGINS + minutes * MINUTE for _, minutes in rows]
    used = redemptions(range(1, len(rows) + 1), customer=[who for who, _ in rows], **at(*moments))
    worst: dict[str, int] = {}
    for who, begin in rows:
        number = sum(other == who and begin <= minutes <= begin + 60 for other, minutes in rows)
        worst[str(who)] = max(worst.get(str(who), 0), number)
    expected = {who: number for who, number in worst.items() if number >= BOUNDS.in_an_hour}
    assert {one.who: one.number for one in velocity(used, BOUNDS)} == expected


def test_a_signal_names_the_coupons_it_rests_on_and_no_others() -> None:
    """Four within an hour at night, and one the next day: the last belongs to none of them."""
    moments = [BEGINS - 8 * HOUR + n * MINUTE for n in range(5)] + [BEGINS + DAY]
    used = redemptions([5, 4, 3, 2, 1, 6], customer=7, **at(*moments))
    told = {one.kind: one.coupons for one in found(used, refused(*[("till", BEGINS)] * 10), BOUNDS)}
    assert told == {
        Kind.VELOCITY: (5, 4, 3, 2, 1), Kind.MANY_CODES: (5, 4, 3, 2, 1), Kind.NIGHT: (5, 4, 3, 2, 1), Kind.GUESSES: (),
    }  # fmt: skip


def test_of_many_signals_the_worst_are_shown_and_looked_into() -> None:
    """Where clients use three coupons a day as a habit there are as many signals as clients."""
    hours = at(*[BEGINS + n % 3 * HOUR for n in range(900)])
    used = redemptions(range(1, 901), customer=[n // 3 for n in range(900)], cashier="", **hours)
    signals = found(used, refused())
    assert len(signals) == 300 and [bool(one.coupons) for one in signals] == [True] * 20 + [False] * 280
    told = page(analysed(History(coupons(900), used), Question(PERIODS, NOW)), "k", "t", "en")
    [part] = [one for one in told.parts if one.key == "signals"]
    assert len(part.signals) == 21 and part.signals[-1].text.startswith("And 280 more")


def test_outlets_and_cashiers_are_called_by_their_names_and_customers_are_numbers() -> None:
    used = redemptions(list(range(1, 31)), customer=None, outlet="west", cashier="7", **at(*[BEGINS] * 30))
    history = History(coupons(30), used)
    told = page(analysed(history, Question(PERIODS, NOW)), "k", "t", "en", names={"west": "Nevsky", "7": "Nina"})
    [part] = [one for one in told.parts if one.key == "signals"]
    assert part.signals[0].text.startswith("Cashier Nina · Nevsky: 30 different codes")
    busy = page(analysed(History(coupons(5), redemptions([1, 2, 3, 4], customer=7)), Question(PERIODS, NOW)), "k", "t",
                "en", names={"7": "Nina"})  # fmt: skip
    assert any("Client 7:" in one.text for part in busy.parts for one in part.signals)
