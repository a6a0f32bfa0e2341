"""Typography of both languages: what is corrected, what is left alone, and that twice is no more than once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.locale import spoken, translate
from tasks.styling.typography import RUBLE, SIGN_RULES, SPACES, Language, style

PIECES = st.sampled_from(
    [
        *"абвгАБВxхXcс059\"'«»„“”‘’-–—.,:;!?…()[]№§₽%*_~`#@/\\|<>&=+ \n\t\u00a0",
        *("  ", " - ", " -- ", "...", "?..", "10-15", "10:00-22:00", "руб.", " руб", "450 р.", "т. д.", "(c) 2026"),
        *("10 x 15", "0x1F", "1 290", "А. С. Пушкин", " и ", " в ", " же ", "the ", "http://a.ru/x-1?y=5-7)", "a@b.ru"),
        *("#чай", "@seven_cups", "+7 (900) 123-45-67", '`код - "', "```\n", "](http://a.ru)", "**", "- ", "> ", "1. "),
        *("don't", "boys' ", "'90s", "слово", "Слово", ", ", " ,", "!Как", "чай,кофе", "\n\n", "  \n", "---\n", ":)"),
    ]
)
TEXTS = st.lists(PIECES, max_size=24).map("".join)


def shown(text: str) -> str:
    return text.replace("\u00a0", "_")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('чай "Сенча"', "чай «Сенча»", id="quotes"),
        pytest.param('чай "Сенча "Фукуюсё""', "чай «Сенча „Фукуюсё“»", id="nested quotes"),
        pytest.param("чай “Сенча”", "чай «Сенча»", id="foreign quotes"),
        pytest.param('("Сенча"), "Ассам".', "(«Сенча»), «Ассам».", id="quotes at punctuation"),
        pytest.param('экран 5" и чай', 'экран 5" и_чай', id="inches have no pair"),
        pytest.param('**"Сенча"** - чай', "**«Сенча»**_— чай", id="quotes inside markup"),
        pytest.param("О'Генри", "О’Генри", id="apostrophe"),
        pytest.param("Чай - это мы", "Чай_— это мы", id="dash"),
        pytest.param("Чай — это мы", "Чай_— это мы", id="space before a dash"),
        pytest.param("кто-то где-нибудь", "кто-то где-нибудь", id="hyphens stay"),
        pytest.param("10-15 чашек", "10–15 чашек", id="range"),
        pytest.param("10:00-22:00", "10:00–22:00", id="range of times"),
        pytest.param("модель 154-2, 2026-11-21", "модель 154-2, 2026-11-21", id="numbers with hyphens stay"),
        pytest.param("Ждём...", "Ждём…", id="ellipsis"),
        pytest.param("Что?... Да!....", "Что?.. Да!..", id="ellipsis after a mark"),
        pytest.param("в доме и на углу", "в_доме и_на_углу", id="short words"),
        pytest.param("так же ли", "так_же_ли", id="particles"),
        pytest.param("5 кг, 20 % и 3 мая", "5_кг, 20_% и_3_мая", id="units"),
        pytest.param("№5 и § 3", "№_5 и_§_3", id="number and section signs"),
        pytest.param("12 345 678 чашек", "12_345_678 чашек", id="thousands"),
        pytest.param("А. С. Пушкин, Иванов И. И.", "А._С._Пушкин, Иванов_И._И.", id="initials"),
        pytest.param("г. Казань, ул. Мира", "г._Казань, ул._Мира", id="abbreviations"),
        pytest.param("450 руб. за чай", "450_₽ за_чай", id="rubles"),
        pytest.param("Стоит 450 руб. Берите", "Стоит 450_₽. Берите", id="rubles end a sentence"),
        pytest.param("450р. и 5 млн руб", "450_₽ и_5_млн_₽", id="rubles, short"),
        pytest.param("чай  чёрный", "чай чёрный", id="double space"),
        pytest.param("чай , кофе ; вода !", "чай, кофе; вода!", id="space before punctuation"),
        pytest.param("чай,кофе", "чай, кофе", id="space after a comma"),
        pytest.param("3,5 и .ru", "3,5 и_.ru", id="decimals and domains stay"),
        pytest.param("( чай )", "(чай)", id="spaces in brackets"),
        pytest.param('« чай » и "кружка\n«  кружка"', '«чай» и_"кружка\n«кружка»', id="spaces in quotes"),
        pytest.param("(c) 2026", "© 2026", id="copyright"),
        pytest.param("пункт (с) списка", "пункт (с) списка", id="a letter of a list stays"),
        pytest.param("10x15 и 2 х 3 см", "10×15 и_2_×_3_см", id="multiplication"),
        pytest.param("0x1F, B12x34, 1/2", "0x1F, B12x34, 1/2", id="codes and fractions stay"),
    ],
)
def test_a_russian_text_is_set_as_russian_typography_wants(before: str, after: str) -> None:
    assert shown(style(before).text) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('the "Sencha" tea', "the_“Sencha” tea", id="quotes"),
        pytest.param('"He said "yes" twice"', "“He said ‘yes’ twice”", id="nested quotes"),
        pytest.param("don't, boys' tea, '90s", "don’t, boys’ tea, ’90s", id="apostrophes"),
        pytest.param("'quoted'", "‘quoted’", id="single quotes"),
        pytest.param("5'10\"", "5'10\"", id="feet and inches stay"),
        pytest.param("tea - it is", "tea_– it is", id="dash"),
        pytest.param("tea--always", "tea—always", id="double hyphen"),
        pytest.param("at 10-15 am", "at_10–15_am", id="range"),
        pytest.param("450 руб.", "450 руб.", id="rubles are written so in Russian only"),
    ],
)
def test_an_english_text_is_set_as_english_typography_wants(before: str, after: str) -> None:
    assert shown(style(before, "en").text) == after


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://a.ru/x-1?y=5-7&q=(a)", id="url"),
        pytest.param("info-2@a-b.ru", id="e-mail"),
        pytest.param("#чай_5-7", id="hashtag"),
        pytest.param("@seven_cups", id="mention"),
        pytest.param("`a - b...`", id="code"),
        pytest.param('```\n"a" - b...\n```', id="code block"),
        pytest.param("+7 (900) 123-45-67", id="phone"),
        pytest.param("8 900 123-45-67", id="phone from within the country"),
        pytest.param('[чай](https://a.ru/x-1 "a - b")', id="target of a link"),
        pytest.param('<a href="x - y">чай</a>', id="html"),
        pytest.param("- чай\n  - ассам\n", id="list"),
        pytest.param("---", id="rule"),
        pytest.param("чай  \nкофе", id="hard line break"),
        pytest.param("Спасибо :)", id="smile"),
        pytest.param("&laquo;чай&raquo;", id="entities"),
        pytest.param("\ue000 \ue001", id="characters that the shield itself uses"),
    ],
)
def test_what_is_not_prose_is_left_alone(text: str) -> None:
    assert style(text).text == text


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from(["ru", "en"]))
def test_styling_twice_changes_nothing_more(text: str, language: Language) -> None:
    once = style(text, language).text
    again = style(once, language)
    assert again.text == once
    assert again.corrections == ()


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["ru", "en"]))
def test_styling_never_changes_letters_or_digits(text: str, language: Language) -> None:
    styled = style(text, language)
    turned = [c for c in styled.corrections if c.rule in SIGN_RULES]
    gone = sum(letters(c.before) - letters(c.after) for c in turned)
    assert letters(text) - gone == letters(styled.text)
    if not turned:
        assert [c for c in text if c.isalnum()] == [c for c in styled.text if c.isalnum()]


def letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_every_correction_names_its_place_in_the_text_that_came_in(text: str) -> None:
    styled = style(text)
    assert (styled.text == text) == (not styled.corrections)
    assert all(0 <= c.position <= len(text) and c.before != c.after for c in styled.corrections)


def test_corrections_are_listed_in_order_each_with_its_rule() -> None:
    styled = style("Чай  «Сенча» , 450 руб.  за  пачку")
    assert [c.position for c in styled.corrections] == sorted(c.position for c in styled.corrections)
    assert [c.rule for c in styled.corrections].count(SPACES) == 3
    assert styled.corrections[1].before == " "


def test_the_ruble_sign_is_a_setting() -> None:
    assert "руб." in style("450 руб. за чай", ruble_sign=False).text
    assert RUBLE in [c.rule for c in style("450 руб. за чай").corrections]


def test_every_rule_has_a_plain_name_in_russian() -> None:
    text = 'Чай  - 450 руб. , "чай"... 5-7, №5, 1 290, А. С. Ким, в доме же, т. д. — (c) 2026, 2x3 да!Нет ( а )'
    with spoken("ru"):
        for correction in style(text).corrections:
            assert translate(correction.rule) != correction.rule
