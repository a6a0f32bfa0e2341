"""Links that nobody forges, and the program of points as people write it."""

from datetime import date, timedelta
from hashlib import sha256
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Refused
from models.cards import ProgramTerms, Tier
from tasks.cards.icon import SIZES, icon
from tasks.cards.links import Linked, good_until, is_good, read, token_of
from tasks.cards.program import minor, points_for, points_of_return, standing, tiers_of, tiers_written

TODAY = date(2026, 11, 23)
SILVER, GOLD = Tier(title="Silver", spent=1_000_000, per=1500), Tier(title="Gold", spent=5_000_000)


def printed(kind: str, value: str) -> str:
    return sha256(f"{kind} {value}".encode()).hexdigest()


def another(kind: str, value: str) -> str:
    return printed("of another house", kind + value)


@given(st.integers(1, 2**31 - 1), st.integers(0, 9999), st.integers(0, 9999))
def test_a_link_says_what_was_put_into_it(customer: int, turn: int, days: int) -> None:
    linked = Linked(customer, turn, date(2026, 1, 1) + timedelta(days=days))
    token = token_of(printed, linked)
    assert read(printed, token) == read(printed, token.upper()) == linked
    assert read(another, token) is None


def test_a_link_with_anything_changed_is_none() -> None:
    token = token_of(printed, Linked(7, 0, TODAY))
    for place, sign in enumerate(token):
        for other in {"a", "2", "-"} - {sign}:
            assert read(printed, token[:place] + other + token[place + 1 :]) is None, place
    for wrong in ("", token[:-1], token + "a", token + "\n1", "x" * 5000, "7-0-1-" + "a" * 24, "я" + token):
        assert read(printed, wrong) is None, wrong[:40]


def test_a_link_is_good_for_a_year_and_of_its_turn_only() -> None:
    until = good_until(TODAY)
    assert timedelta(days=365) < until - TODAY <= timedelta(days=400)
    assert good_until(TODAY + timedelta(days=5)) == until, "letters of a month bear the same link"
    linked = Linked(7, 2, until)
    assert is_good(linked, 2, until) and not is_good(linked, 2, until + timedelta(days=1))
    assert not is_good(linked, 3, TODAY)


@pytest.mark.parametrize(("text", "amount"), [("20", 2000), ("0,50", 50), ("1 000.5 ₽", 100_050), ("15 руб.", 1500)])
def test_money_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert minor(text, "RUB") == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "0.001",
        "много",
        "1e99",
        "1e999999",
        "NaN",
        "inf",
        "1;2",
        "10,000",
        "1.000.000",
        "1" * 30,
        "٣",
        "1_000",
        ".",
    ],
)
def test_what_is_no_money_is_said(text: str) -> None:
    with pytest.raises(Refused) as refused:
        minor(text, "RUB")
    assert refused.value.reason.code == "bad_money"


def test_in_a_currency_without_coins_no_fraction_is_one() -> None:
    assert minor("10000", "JPY") == 10_000
    with pytest.raises(Refused):
        minor("10,000", "JPY")


def test_of_tiers_that_cannot_be_told_apart_the_line_is_named_as_it_is_written() -> None:
    with pytest.raises(Refused) as refused:
        tiers_of("Gold: 20000\nSilver: 30000\ngold: 10000", "RUB")
    assert "line 3" in str(refused.value.reason)


def test_tiers_are_read_and_written_the_same() -> None:
    tiers = tiers_of("Gold: 50000; Silver: 10 000: 15", "RUB")
    assert tiers == (SILVER, GOLD)
    assert tiers_of(tiers_written(tiers, "RUB"), "RUB") == tiers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Silver", "bad_tier", id="no sum"),
        pytest.param("Silver: 1: 2: 3", "bad_tier", id="too many sums"),
        pytest.param(": 10000", "bad_tier", id="no title"),
        pytest.param("Silver: 1\nSILVER: 2", "same_tier", id="one title"),
        pytest.param("Silver: 1\nGold: 1", "same_tier", id="one sum"),
        pytest.param("Silver: much", "bad_money", id="no money"),
        pytest.param("\n".join(f"t{n}: {n}" for n in range(20)), "bad_tier", id="too many"),
    ],
)
def test_tiers_that_cannot_be_told_apart_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        tiers_of(text, "RUB")
    assert refused.value.reason.code == code


@pytest.mark.parametrize(
    ("spent", "tier", "coming", "missing"),
    [(0, None, SILVER, 1_000_000), (1_000_000, SILVER, GOLD, 4_000_000), (9_000_000, GOLD, None, 0)],
)
def test_where_a_client_stands(spent: int, tier: Tier | None, coming: Tier | None, missing: int) -> None:
    stands = standing((SILVER, GOLD), spent)
    assert (stands.tier, stands.next, stands.missing) == (tier, coming, missing)


@given(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(0, 5000))
def test_points_are_whole(amount: int, spent: int, per: int) -> None:
    terms = ProgramTerms(per=per, since=TODAY, tiers=(SILVER, GOLD))
    rate = 1500 if 1_000_000 <= spent < 5_000_000 else per
    assert points_for(terms, amount, spent) == (amount // rate if rate else 0)


@pytest.mark.parametrize(
    ("history", "amount", "points"),
    [
        pytest.param([(3900, 1), (4100, 2)], 4100, 2, id="the latest"),
        pytest.param([(1000, 50), (1000, 100)], 1500, 125, id="the latest, and a part of the one before"),
        pytest.param([(1000, 50), (1000, 100), (-1000, -100)], 1000, 50, id="what came back already does not again"),
        pytest.param([(1000, 50), (-1000, -50), (1000, 100)], 1000, 100, id="in their order"),
        pytest.param([], 1000, 0, id="bought before there was a program"),
        pytest.param([(1000, 50)], 9000, 50, id="more than was ever counted"),
        pytest.param([(-500, 0), (1000, 50)], 1000, 50, id="what came back first takes nothing of what came later"),
    ],
)
def test_a_return_takes_as_many_as_were_given(history: list[tuple[int, int]], amount: int, points: int) -> None:
    assert points_of_return(reversed(history), amount) == points


def test_no_more_of_the_history_is_read_than_came_back() -> None:
    history = chain([(1000, 50), (-400, -20), (1000, 50), (1000, 50)], iter(int, 1))  # whoever reads on finds no pair
    assert points_of_return(history, 1500) == 75  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**6)), max_size=8), st.lists(st.floats(0, 1), max_size=6)
)
def test_whoever_brings_everything_back_keeps_no_point_and_loses_none(
    bought: list[tuple[int, int]], cuts: list[float]
) -> None:
    history, left = list(bought), sum(amount for amount, _ in bought)
    for amount in [*(int(left * cut) for cut in cuts), left]:
        part = min(amount, left)
        if part:
            history.append((-part, -points_of_return(reversed(history), part)))
        left -= part
    assert sum(points for _, points in history) == 0


@pytest.mark.parametrize("size", SIZES)
def test_the_picture_of_the_card_is_a_png_of_its_size(size: int) -> None:
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(icon(size, "red; not a colour"))) as picture:
        assert (picture.format, picture.size) == ("PNG", (size, size))
