"""Numbers and sentences as a head reads them, in Russian and in English."""

import ast
import string
from datetime import date
from pathlib import Path

import pytest

import tasks.reports
from models.locale import LANGUAGES, catalogue, plural_catalogue, spoken
from tasks.reports.compute import report
from tasks.reports.numbers import say, say_change, say_period, say_span, say_stretch
from tasks.reports.page import said
from tasks.reports.period import month_of, week_of
from tasks.reports.values import Facts
from tasks.reports.words import sentences
from tests.tasks.reports.sample import MADE, counted, period, plan, sample

HOME = Path(tasks.reports.__file__).parents[2]
OURS = [
    HOME / "models/registry.py",
    *sorted(HOME.glob("tasks/registry/*.py")),
    *sorted(HOME.glob("tasks/reports/*.py")),
]


def marked():
    calls = (node for path in OURS for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return sorted({ast.literal_eval(c.args[0]) for c in calls if isinstance(c.func, ast.Name) and c.func.id == "mark"})


def placeholders(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


@pytest.mark.parametrize("msgid", marked())
def test_everything_a_person_reads_is_said_in_russian_with_the_same_words_in_it(msgid):
    forms = [form for pair, told in plural_catalogue("ru").items() if msgid in pair for form in told]
    russian = [catalogue("ru")[msgid]] if msgid in catalogue("ru") else forms
    assert russian
    assert all(placeholders(text) == placeholders(msgid) for text in russian)


@pytest.mark.parametrize(
    ("value", "shape", "russian", "english"),
    [
        (None, "count", "нет данных", "no data"),
        (0, "count", "0", "0"),
        (12_500, "count", "12 500", "12,500"),
        (-3, "count", "−3", "−3"),
        (0.974, "share", "97 %", "97%"),
        (0.0321, "share", "3,2 %", "3.2%"),
        (1_250_050, "money", "12 500 ₽", "₽12,500"),
        (1_234, "money", "12,34 ₽", "₽12.34"),
        (-50_000, "money", "−500 ₽", "−₽500"),
        (900, "seconds", "15 мин", "15 min"),
    ],
)
def test_a_number_is_said_as_its_readers_write_it(value, shape, russian, english):
    for language, expected in (("ru", russian), ("en", english)):
        with spoken(language):
            assert say(value, shape, "RUB").replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("change", "expected"), [(0.124, "+12 %"), (-0.03, "−3 %"), (0.001, "0 %"), (2.5, "+250 %"), (24, "× 25")]
)
def test_a_change_has_its_sign(change, expected):
    with spoken("ru"):
        assert say_change(change).replace("\u00a0", " ").replace("\u202f", " ") == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "16–22 ноября 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 ноября – 6 декабря 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 декабря 2026 – 3 января 2027"),
    ],
)
def test_a_span_repeats_nothing(first, last, expected):
    with spoken("ru"):
        assert say_span(first, last) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(date(2026, 11, 16), date(2026, 11, 16), "16 ноября", id="a day"),
        pytest.param(date(2026, 11, 16), date(2026, 11, 21), "16–21 ноября", id="in a month"),
        pytest.param(date(2026, 11, 30), date(2026, 12, 2), "30 ноября – 2 декабря", id="over its end"),
    ],
)
def test_a_stretch_says_no_year_and_its_month_once(first, last, expected):
    with spoken("ru"):
        assert say_stretch(first, last) == expected


def test_a_period_is_called_as_people_call_it():
    with spoken("ru"):
        assert say_period(week_of(date(2026, 11, 18), "UTC")) == "Неделя 47"
        assert say_period(month_of(date(2026, 11, 18), "UTC")) == "Ноябрь 2026"


def heard(made, language="ru"):
    with spoken(language):
        return " ".join(sentence.text for sentence in sentences(made)).replace("\u00a0", " ")


def test_the_summary_tells_what_went_out_and_what_needs_a_hand():
    text = heard(sample())
    assert "Вышло 36 публикаций, по плану — 40. Вовремя — 75 %." in text
    assert "Отстаёт цель «Гости на дегустациях»: 44 из 120, а к этому дню должно быть 88." in text
    assert "По цели «Подписчики» нет данных" in text
    assert "Фонд «Связь» превышен на 100 ₽." in text
    assert "придержано: 2, отклонено каналом: 1, исход неизвестен, проверьте: 1" in text
    assert "1 публикация вышла, но в едином реестре о ней ничего нет." in text


def test_nothing_known_is_said_plainly():
    text = heard(report(plan("ru"), Facts(), period("week"), MADE))
    assert "В едином реестре нет публикаций за этот период." in text
    assert "Нет данных: просмотры, отклики, переходы, потрачено." in text
    assert "0" not in text.replace("0 из 3", "")


def test_a_first_period_is_compared_with_nothing():
    made = report(plan("ru"), Facts(tallies=(counted(1, "views", 5),)), period("week"), MADE)
    assert "За неделю: просмотры — 5." in heard(made)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["week", "month"])
def test_a_page_leaves_no_placeholder_and_no_other_language(kind, language):
    page = said(sample(kind, language), language)
    words = repr(page)
    assert "{" not in "".join(sentence.text for sentence in page.sentences)
    assert ("no data" in words, "нет данных" in words) == (language == "en", language == "ru")


def test_a_share_changes_by_points():
    (box,) = [one for one in said(sample(), "ru").figures if one.title == "Вовремя"]
    assert (box.change, box.tone) == ("−25 п. п.", "bad")


def test_the_language_of_the_reader_does_not_stay():
    with spoken("en"):
        said(sample(), "ru")
        assert say(None, "count") == "no data"
