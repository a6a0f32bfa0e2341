"""The brand's glossary: right spellings in any form, forbidden words, and the case of the letters."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.brand import Brand, ForbiddenWord, GlossaryEntry
from models.locale import spoken
from tasks.styling import brand as kit
from tasks.styling import glossary

BRAND = Brand(
    glossary=(
        GlossaryEntry(write="Семь чашек", instead_of=("7 чашек", "семь чашек", "Seven Cups")),
        GlossaryEntry(write="чашка", instead_of=("кружка",)),
        GlossaryEntry(write="чайная", instead_of=("кафе", "кофейня")),
        GlossaryEntry(write="фильтр-кофе", instead_of=("фильтр кофе", "американо")),
        GlossaryEntry(write="улун", instead_of=("оолонг",)),
        GlossaryEntry(write="loose tea", instead_of=("leaf tea",)),
    ),
    forbidden=(
        ForbiddenWord(word="дешёвый", use="доступный"),
        ForbiddenWord(word="cheap"),
        ForbiddenWord(word="самый лучший"),
    ),
)


def styled(text: str) -> str:
    return kit.style(text, BRAND).text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Приходите в Seven Cups!", "Приходите в Семь чашек!", id="another language"),
        pytest.param("7  чашек", "Семь чашек", id="several spaces"),
        pytest.param("семь чашек", "Семь чашек", id="case of the brand itself"),
        pytest.param("Кружка чая", "Чашка чая", id="capital is kept"),
        pytest.param("КРУЖКА чая", "ЧАШКА чая", id="capitals are kept"),
        pytest.param("две кружки, с кружкой", "две чашки, с чашкой", id="ending is carried over"),
        pytest.param("вкус оолонга", "вкус улуна", id="ending of a masculine word"),
        pytest.param("Американо", "Фильтр-кофе", id="hyphen"),
        pytest.param("We sell leaf tea.", "We sell loose tea.", id="english"),
        pytest.param("прикружка, кружковой", "прикружка, кружковой", id="parts of other words stay"),
        pytest.param(
            "`кружка` #кружка https://a.ru/кружка", "`кружка` #кружка https://a.ru/кружка", id="code and addresses"
        ),
        pytest.param("В Семи чашках", "В Семи чашках", id="a form of the right spelling is right"),
    ],
)
def test_a_spelling_is_written_as_the_brand_writes_it(before: str, after: str) -> None:
    assert styled(before) == after


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("в кофейне", "кофейне", id="an ending that cannot be carried over"),
        pytest.param("все оолонги", "оолонги", id="an ending that differs by its consonant"),
        pytest.param("our leaf teas", "leaf teas", id="two words in another form"),
        pytest.param("по дешевой цене", "дешевой", id="forbidden, another form, е for ё"),
        pytest.param("It is CHEAP", "CHEAP", id="forbidden, english"),
        pytest.param("самого лучшего", "самого лучшего", id="forbidden phrase"),
    ],
)
def test_what_cannot_be_mended_by_itself_is_named_to_a_person(text: str, found: str) -> None:
    done = kit.style(text, BRAND)
    assert done.text.replace("\u00a0", " ") == text
    assert [note.reason.words["found"] for note in done.notes] == [found]
    assert done.notes[0].reason.words["place"] == text.index(found) + 1


def test_a_forbidden_word_comes_with_its_suggestion_in_the_readers_language() -> None:
    (note,) = kit.style("дешёвый чай", BRAND).notes
    assert "доступный" in str(note.reason)
    with spoken("ru"):
        assert str(note.reason) == "Бренд не говорит «дешёвый» (знак 1); скажите «доступный»."


def test_a_replacement_is_listed_with_its_rule_and_place() -> None:
    (first, *_) = kit.style("Вот кружка", BRAND).corrections
    assert (first.rule, first.position) == (glossary.GLOSSARY, 4)


def test_a_glossary_that_contradicts_itself_is_reported_and_not_applied() -> None:
    brand = Brand(
        glossary=(
            GlossaryEntry(write="чашка", instead_of=("кружка",)),
            GlossaryEntry(write="кружка", instead_of=("бокал",)),
        )
    )
    assert [note.reason.words["spelling"] for note in glossary.contradictions(brand)] == ["кружка"]
    assert kit.style("кружка", brand).text == "кружка"
    assert glossary.contradictions(BRAND) == ()


VOCABULARY = st.sampled_from(
    [
        *("кружка", "Кружкой", "КРУЖКУ", "чашка", "7", "чашек", "Семь", "Seven", "Cups", "кафе", "кофейней"),
        *("американо", "фильтр", "кофе", "leaf", "tea", "дешёвая", "самый", "лучший"),
        *("-", ",", '"', "**", "\n", "  ", " - ", "."),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(VOCABULARY, max_size=14).map(" ".join))
@example("Seven" + " " * 7 + "Cups")
def test_the_brand_applied_twice_changes_nothing_more(text: str) -> None:
    once = kit.style(text, BRAND)
    again = kit.style(once.text, BRAND)
    assert again.text == once.text
    assert again.corrections == ()
