import pytest

from tasks.analysis.stems import stem_line, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Фестиваль чая", "фестивали ЧАЙ", id="russian_cases"),
        pytest.param("семь чашек подарок", "Семи чашкам подарки", id="fleeting_vowels"),
        pytest.param("Ёлочный базар", "елочные базары", id="yo"),
        pytest.param("coffee festivals", "Coffee Festival", id="english"),
        pytest.param("выставка в Москве 12 декабря 2026 года", "Выставки, Москва", id="empty_words_and_dates"),
    ],
)
def test_forms_of_the_same_words_have_the_same_stems(one: str, other: str) -> None:
    assert stems(one) == stems(other)


def test_the_line_keeps_every_word_in_order() -> None:
    assert len(stem_line("День чая в Москве")) == 3  # one-letter words are no words
