"""Hashtags and slugs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.adaptation.hashtags import Hashtags, hashtag, hashtags
from tasks.adaptation.slug import LETTERS, slug


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("чай", "#чай", id="one word"),
        pytest.param("зелёный чай", "#ЗелёныйЧай", id="two words"),
        pytest.param("#чай", "#чай", id="with its sign"),
        pytest.param("iPhone case", "#IPhoneCase", id="capitals inside"),
        pytest.param("чай-латте, 100%", "#ЧайЛатте100", id="punctuation"),
        pytest.param("семь_чашек", "#семь_чашек", id="underscore"),
        pytest.param("2026", "", id="digits alone"),
        pytest.param("!?", "", id="nothing to read"),
    ],
)
def test_a_tag_becomes_one_word(tag: str, expected: str) -> None:
    assert hashtag(tag) == expected


def test_hashtags_are_counted_once_and_limited_and_nothing_is_lost_silently() -> None:
    assert hashtags(["чай", "Чай", "2026", "кофе", " ", "какао"], limit=2) == Hashtags(
        ("#чай", "#кофе"), ("2026", "#какао")
    )
    assert hashtags(["чай"], limit=None).kept == ("#чай",)


@given(st.lists(st.text(max_size=8), max_size=8), st.integers(0, 5))
def test_a_hashtag_has_no_gap_and_there_are_never_too_many(tags: list[str], limit: int) -> None:
    kept = hashtags(tags, limit).kept
    assert len(kept) <= limit
    assert all(re.fullmatch(r"#\w+", tag) for tag in kept)
    assert len({tag.lower() for tag in kept}) == len(kept)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Чай «Сенча» — 450 ₽", "chai-sencha-450", id="russian"),
        pytest.param("Щука, объём и ёж", "shchuka-obem-i-ezh", id="letters of several"),
        pytest.param("Crème brûlée", "creme-brulee", id="accents"),
        pytest.param("茶", "", id="nothing to write"),
        pytest.param("---", "", id="hyphens alone"),
    ],
)
def test_a_title_becomes_an_address(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_every_russian_letter_has_its_place() -> None:
    assert len(LETTERS) == 33
    assert slug("съешь ещё этих мягких французских булок") == "sesh-eshche-etikh-miagkikh-frantsuzskikh-bulok"


@given(st.text(max_size=60), st.integers(1, 20))
def test_an_address_is_short_and_plain(title: str, longest: int) -> None:
    made = slug(title, longest)
    assert len(made) <= longest
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", made)


def test_a_long_title_is_cut_after_a_whole_word() -> None:
    assert slug("зелёный чай сенча", 14) == "zelenyi-chai"
