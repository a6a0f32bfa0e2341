import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.content import duplicates
from tasks.content.duplicates import fold, resemblance, shingles

NEWS = (
    "В Ассаме собрали меньше чая: по оценке союза плантаторов, осенний сбор оказался на восьмую часть ниже "
    "прошлогоднего. Оптовые цены могут вырасти к весне."
)
RETOLD = (
    "В Ассаме собрали меньше чая. По оценкам союза плантаторов осенние сборы оказались на восьмую часть ниже "
    "прошлогодних. Оптовые цены могут вырасти уже к весне — Чайный листок."
)
OTHER = (
    "В Ассаме открыли музей чая: по замыслу союза плантаторов, гости увидят весь путь листа от куста до чашки. "
    "Билеты появятся к весне."
)


def test_the_same_news_in_other_endings_is_folded_and_other_news_is_not() -> None:
    assert fold([NEWS, OTHER, RETOLD]) == [[0, 2], [1]]


def test_short_titles_are_folded_by_their_words() -> None:
    assert fold(["Новый улун", "Новые улуны!", "Новый пуэр"]) == [[0, 1], [2]]


def test_texts_without_a_word_resemble_nothing() -> None:
    assert fold(["", "!!!", "5 — 7"]) == [[0], [1], [2]]


def test_a_chain_of_small_changes_does_not_fold_into_one() -> None:
    words = [f"слово{letter * 3}" for letter in "абвгдежзиклмнопрстуфхцчш"]
    texts = [" ".join(words[start : start + 12]) for start in range(12)]
    groups = fold(texts)
    assert len(groups) > 1
    assert all(
        resemblance(shingles(texts[group[0]]), shingles(texts[place])) >= 0.5 for group in groups for place in group
    )


TEXTS = st.lists(st.text("абв где жзи", max_size=40), max_size=12)


@given(TEXTS)
def test_every_text_is_in_exactly_one_group_led_by_its_first(texts: list[str]) -> None:
    groups = fold(texts)
    assert sorted(place for group in groups for place in group) == list(range(len(texts)))
    assert all(group == sorted(group) for group in groups)
    assert groups == sorted(groups)


@given(st.lists(st.text("абвгд ", min_size=8).filter(lambda text: shingles(text)), min_size=1, max_size=8))
def test_the_same_texts_always_fold(texts: list[str]) -> None:
    assert all(
        any({place, place + len(texts)} <= set(group) for group in fold([*texts, *texts]))
        for place in range(len(texts))
    )


def test_the_work_grows_with_the_texts_and_not_with_their_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    resemblance = duplicates.resemblance

    def counted(one: frozenset[int], other: frozenset[int]) -> float:
        nonlocal compared
        compared += 1
        return resemblance(one, other)

    monkeypatch.setattr(duplicates, "resemblance", counted)
    chance = random.Random(7)
    words = ["".join(chance.choices("абвгдежзик", k=5)) for _ in range(3000)]
    texts = [" ".join(chance.choices(words, k=40)) + " подпишитесь на наш канал о чае" for _ in range(2000)]
    for number in (500, 2000):
        compared = 0
        assert len(fold(texts[:number])) == number
        assert compared <= number * duplicates.SKETCH * duplicates.LOOKED_AT
