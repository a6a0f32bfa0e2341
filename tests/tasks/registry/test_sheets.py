"""Tables of expenses and results: what they say becomes facts, what is wrong with them is named by row and column."""

from datetime import UTC, date, datetime

import pytest

from models.content import Effect, Sheet, SheetRow
from models.locale import spoken
from tasks.registry.sheets import Books, Stating, familiar, numbering, origins, read_expenses, read_results

BOOKS = Books(
    channels={"vk": "Группа ВКонтакте", "site": "Свой сайт"},
    campaigns={"advent": "Чайный адвент"},
    goals={"guests": "Гости на дегустациях"},
    groups={"tea": "Знатоки чая"},
    people={"orlova": "Марина Орлова"},
    funds={"operating": "Операционные затраты"},
    outlets={"north": "На Пятницкой"},
)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STATING = Stating(start=NOW, today=NOW.date(), zone="Europe/Moscow", currency="RUB", run="run-1")
EXPENSES = ("№", "Дата", "Сумма", "Фонд", "Канал", "Акция", "Документ", "Примечание", "Валюта", "Операция")
RESULTS = ("№", "Дата", "Показатель", "Значение", "Ед.", "С", "По", "Точка", "Цель")


def sheet(header, *rows, file="expenses.xlsx"):
    told = [SheetRow(number=n, cells=(*cells, *[None] * (len(header) - len(cells)))) for n, cells in enumerate(rows, 2)]
    return Sheet(file=file, header=header, header_row=1, rows=tuple(told))


def expenses(*rows):
    return read_expenses(sheet(EXPENSES, *rows), BOOKS, STATING)


def results(*rows):
    return read_results(sheet(RESULTS, *rows, file="results.csv"), BOOKS, STATING)


def codes(found):
    return [problem.reason.code for problem in found.problems]


def test_an_expense_is_a_fact_with_its_fund_document_and_cost():
    row = (7, date(2026, 11, 3), "12 500,50", "операционные затраты", "vk", "Чайный адвент", "Счёт 5", "баннер")
    found = expenses(row)
    (fact,) = found.items
    assert not found.problems
    assert (fact.metric, fact.value, fact.cost, fact.currency) == ("expenses", 1_250_050, 1_250_050, "RUB")
    assert (fact.fund, fact.channel, fact.campaign, fact.operation) == ("operating", "vk", "advent", "M4")
    assert (fact.source, fact.document, fact.origin) == ("stated", "Счёт 5 — баннер", "expense:expenses.xlsx:7")
    assert fact.observed_at.isoformat() == "2026-11-03T12:00:00+03:00" and fact.run == "run-1"


def test_headings_are_known_in_both_languages_in_any_order():
    header = ("amount", "Fund", "DATE", "Unheard of", "code")
    found = read_expenses(sheet(header, ("100", "operating", "2026-11-03", "?", "А8")), BOOKS, STATING)
    assert [(fact.value, fact.fund, fact.operation) for fact in found.items] == [(10_000, "operating", "A8")]
    assert familiar("  Акция ") and not familiar("Погода")


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        pytest.param((1, "вчера", "100", "operating"), "bad_date", "Дата", id="no date"),
        pytest.param((1, date(2026, 12, 1), "100", "operating"), "future", "Дата", id="a day to come"),
        pytest.param((1, None, "100", "operating"), "empty", "Дата", id="an empty day"),
        pytest.param((1, "01.11.2026", "-100", "operating"), "negative", "Сумма", id="below nought"),
        pytest.param((1, "01.11.2026", None, "operating"), "empty", "Сумма", id="no amount"),
        pytest.param((1, "01.11.2026", "100", "Фонд мира"), "unknown", "Фонд", id="an unknown fund"),
        pytest.param((1, "01.11.2026", "100", "operating", "вк"), "unknown", "Канал", id="an unknown channel"),
        pytest.param(
            (1, "01.11.2026", "100", "operating", "vk", None, None, None, "тугрик"), "currency", "Валюта", id="currency"
        ),
        pytest.param(
            (1, "01.11.2026", "100", "operating", "vk", None, None, None, None, "8"), "operation", "Операция", id="code"
        ),
    ],
)
def test_a_wrong_row_is_left_out_and_its_place_is_named(row, code, field):
    found = expenses(row, (2, "02.11.2026", "100", "operating"))
    assert [fact.value for fact in found.items] == [10_000]
    (problem,) = found.problems
    assert (problem.reason.code, problem.place.file, problem.place.row, problem.place.field) == (
        code, "expenses.xlsx", 2, field,
    )  # fmt: skip


def test_a_problem_is_said_in_russian_with_its_mend():
    (problem,) = expenses((1, "01.11.2026", "12,500", "operating")).problems
    with spoken("ru"):
        assert "«12,500» можно прочесть двояко" in str(problem) and "«Сумма»" in str(problem)


def test_an_expense_outside_the_funds_is_kept_and_remarked():
    found = expenses((1, "01.11.2026", "100"))
    assert len(found.items) == 1
    assert [(problem.reason.code, problem.effect) for problem in found.problems] == [("no_fund", Effect.NOTE)]


def test_a_sign_in_the_cell_goes_before_the_companys_currency():
    assert [fact.currency for fact in expenses((1, "01.11.2026", "100 $", "operating")).items] == ["USD"]


def test_the_same_number_twice_is_refused_the_second_time():
    found = expenses((1, "01.11.2026", "100", "operating"), (1, "02.11.2026", "200", "operating"))
    assert [fact.value for fact in found.items] == [10_000]
    assert codes(found) == ["twice"]


def test_rows_without_a_number_get_the_next_free_one():
    table = sheet(EXPENSES, (None, "01.11.2026", "1"), (5.0, "01.11.2026", "2"), (None, "01.11.2026", "3"))
    assert numbering(table) == {2: "6", 3: "5", 4: "7"}
    assert origins(table, "expense") == {f"expense:expenses.xlsx:{number}" for number in (5, 6, 7)}


def test_a_table_without_an_amount_stops():
    found = read_expenses(sheet(("№", "Дата"), (1, "01.11.2026")), BOOKS, STATING)
    assert found.stopped and codes(found) == ["no_column"] and not found.items


@pytest.mark.parametrize("name", ["Звонки", "calls", "CALLS", "Calls"])
def test_a_result_is_known_by_its_metric_in_either_language(name):
    (fact,) = results((1, "03.11.2026", name, 14, None, None, None, "На Пятницкой", "guests")).items
    assert (fact.metric, fact.value, fact.outlet, fact.goal, fact.operation) == ("calls", 14, "north", "guests", "A11")


def test_a_result_of_a_period_belongs_to_its_last_day():
    (fact,) = results((1, None, "посещения", "1,5", "тыс.", "01.11.2026", "07.11.2026")).items
    assert (fact.value, fact.period_from, fact.period_to) == (1_500, date(2026, 11, 1), date(2026, 11, 7))
    assert fact.observed_at.date() == date(2026, 11, 7)


def test_revenue_is_read_as_money():
    (fact,) = results((1, "03.11.2026", "Выручка", "1 200,50")).items
    assert (fact.value, fact.currency, fact.cost) == (120_050, "RUB", None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param((1, "03.11.2026", "Настроение", 1), "unknown", id="an unknown metric"),
        pytest.param((1, "03.11.2026", None, 1), "empty", id="no metric"),
        pytest.param((1, "03.11.2026", "Расходы", 1), "expenses", id="an expense among results"),
        pytest.param((1, "03.11.2026", "Звонки", "1,5"), "not_whole", id="half a call"),
        pytest.param((1, "03.11.2026", "Звонки", 3, "вёдер"), "unit", id="a strange unit"),
        pytest.param((1, None, "Звонки", 3, None, "07.11.2026", "01.11.2026"), "upside_down", id="a period backwards"),
    ],
)
def test_a_wrong_result_is_refused(row, code):
    found = results(row)
    assert not found.items and codes(found) == [code]
