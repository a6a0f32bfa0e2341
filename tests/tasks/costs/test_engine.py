"""Stated expenses and results, on both databases: as often as people like, and nothing twice."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from models.locale import spoken
from models.registry import Fact
from tasks.content.sheets import read_sheet
from tasks.costs.engine import Ledger, write_numbers
from tasks.costs.steps import state_tables
from tasks.costs.told import Told
from tasks.costs.written import TITLES, numbered
from tasks.registry.sheets import familiar
from tests.tasks.orders.company import Company

EXPENSES = ("Date", "Operation", "Fund", "Amount", "Document")
FIRST = ("-2", "A8", "operating", 9000, "Invoice 1")
SECOND = ("-1", "A5", "Operating fund", "1 200,50", "Invoice 2")


def book(*rows: Any, header: Any = EXPENSES) -> bytes:
    made = Workbook()
    for row in (header, *rows):
        made.active.append(list(row))  # type: ignore[union-attr]
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def load(company: Company, data: bytes, recording: bool = True, withdrawing: bool = False) -> Told:
    return ledger(company).table(data, "expenses.xlsx", recording, withdrawing)


def ledger(company: Company) -> Ledger:
    return Ledger(company.house.sessions, company.clock, company.house.workspace, "run-1")


def facts(company: Company) -> list[tuple[str, int | None, int | None]]:
    with company.house.reads() as session:
        return [(f.metric, f.value, f.corrects_id) for f in session.execute(select(Fact).order_by(Fact.id)).scalars()]


def shape(told: Told) -> tuple[int, int, int, int]:
    d = told.difference
    return len(d.fresh), len(d.changed), len(d.gone), d.same


def test_the_same_table_again_states_nothing_new(company: Company) -> None:
    data = book(FIRST, SECOND)
    assert shape(load(company, data)) == (2, 0, 0, 0)
    again = load(company, data)
    assert (shape(again), again.ending.title) == ((0, 0, 0, 2), "Nothing to do")
    assert facts(company) == [("expenses", 900000, None), ("expenses", 120050, None)]


def test_a_changed_row_is_a_correction_that_names_the_row_it_corrects(company: Company) -> None:
    load(company, book(FIRST, SECOND))
    told = load(company, book((*FIRST[:3], 9500, FIRST[4]), SECOND))
    assert facts(company)[-1] == ("expenses", 950000, 1)
    assert "instead of 21.11.2026 · Expenses · RUB9,000.00 · Invoice 1 (fact № 1)" in told.markdown().replace(
        "\xa0", " "
    )


def test_what_left_the_table_stays_unless_it_is_withdrawn(company: Company) -> None:
    load(company, book(FIRST, SECOND))
    assert "it stays in the registry" in load(company, book(FIRST)).markdown()
    assert len(facts(company)) == 2
    assert load(company, book(FIRST), withdrawing=True).ending.done == 1
    assert facts(company)[-1] == ("expenses", None, 2)


def test_looking_records_nothing(company: Company) -> None:
    told = load(company, book(FIRST, SECOND), recording=False)
    assert told.ending.remarks == ("2 rows would be recorded; nothing has been yet.",)
    assert facts(company) == []


def test_a_broken_row_is_told_and_the_others_are_recorded(company: Company) -> None:
    told = load(company, book(FIRST, ("-1", "A5", "Operaing fund", 1, "x"), ("+3", "Q7", "operating", "many", "y")))
    assert facts(company) == [("expenses", 900000, None)]
    assert (told.ending.done, told.ending.total) == (1, 3)
    text = told.markdown()
    assert "expenses.xlsx, row 3, column “Fund”: “Operaing fund” is not known. Did you mean Operating fund?" in text
    assert "row 4, column “Amount”: “many” is not a number." in text


def test_a_table_without_its_columns_states_nothing_and_withdraws_nothing(company: Company) -> None:
    load(company, book(FIRST, SECOND))
    told = load(company, book(("-1", "x"), header=("Date", "Document")), withdrawing=True)
    assert (shape(told), told.ending.failed) == ((0, 0, 0, 0), True)
    assert len(facts(company)) == 2


def test_results_are_known_by_their_columns(company: Company) -> None:
    data = book(("-1", "Visits", 12), ("-1", "revenue", "1 500 ₽"), header=("Date", "Metric", "Value"))
    assert load(company, data).title == "Results: expenses.xlsx"
    assert facts(company) == [("visits", 12, None), ("revenue", 150000, None)]


ROW = {"on": "-1", "fund": "operating", "amount": "1 200,50", "document": "Receipt 5"}


def test_a_row_by_form_is_recorded_once_however_often_it_is_sent(company: Company) -> None:
    for _ in range(2):
        told = ledger(company).row("expense", ROW, "run-1", "Gleb")
    assert told.ending.title == "Nothing to do"
    assert ledger(company).row("expense", ROW, "run-2", "Vera").ending.title == "Nothing to do"
    assert ledger(company).row("expense", ROW | {"document": "Receipt 6"}, "run-3", "Vera").ending.title == "Done"
    assert [value for _, value, _ in facts(company)] == [120050, 120050]


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("expense", {"fund": "Opering"}, "field “Fund”: “Opering” is not known. Did you mean Operating fund?"),
        ("expense", {"amount": "much"}, "field “Amount”: “much” is not a number."),
        ("expense", {"on": "+2"}, "field “Date”: 2026-11-25 has not come yet."),
        (
            "result",
            {"metric": "Visitors", "value": "3"},
            "field “Metric”: “Visitors” is not known. Did you mean Visits?",
        ),
        ("result", {"metric": "visits", "value": "2.5"}, "field “Value”: “2.5” is not a whole number."),
    ],
)
def test_what_is_wrong_in_a_form_is_named_by_its_field(
    company: Company, kind: str, changes: dict[str, str], said: str
) -> None:
    told = ledger(company).row(kind, ROW | changes, "run-1", "Vera")
    assert said in told.markdown()
    assert told.ending.failed
    assert facts(company) == []


def test_an_unknown_person_states_nothing(company: Company) -> None:
    told = ledger(company).row("expense", ROW, "run-1", "Verra Head")
    assert "There is no person “Verra Head”. Nearest: Vera Head" in told.ending.remarks[0]
    assert facts(company) == []


@pytest.mark.parametrize("person", ["Olga", "Marina", "Nina"])
def test_who_may_not_record_expenses_states_no_row_and_no_table(company: Company, person: str) -> None:
    told = ledger(company).row("expense", ROW, "run-1", person)
    assert "may not record expenses and results" in told.ending.remarks[0]
    (company.house.root / "expenses.xlsx").write_bytes(before := book(FIRST))
    assert "may not record expenses and results" in state_tables.fn("", True, False, person).remarks[0]
    assert facts(company) == [] and (company.house.root / "expenses.xlsx").read_bytes() == before
    assert state_tables.fn("", True, False, "Vera").title == "Done" and len(facts(company)) == 1


def test_numbers_are_written_back_so_that_rows_may_be_moved(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "expenses.xlsx"
    file.write_bytes(book(FIRST, SECOND))
    load(company, file.read_bytes())
    assert write_numbers(file, file.read_bytes(), "expenses.xlsx") is None
    sheet = load_workbook(file).active
    assert sheet is not None
    assert [[cell.value for cell in row][-1] for row in sheet.iter_rows()] == ["№", 1, 2]
    sheet.delete_rows(2)
    sheet.append([*FIRST[:3], 9900, "Invoice 1", 1])
    sheet.parent.save(file)
    assert shape(load(company, file.read_bytes())) == (0, 1, 0, 1)


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file, data = tmp_path / "expenses.xlsx", book(FIRST)
    file.write_bytes(book(SECOND))
    before = file.read_bytes()
    write_numbers(file, data, "expenses.xlsx")
    assert file.read_bytes() == before
    gone = write_numbers(tmp_path / "gone.xlsx", data, "gone.xlsx")
    assert "could not be written" in str(gone)


def test_numbers_stand_where_there_is_nothing_to_add() -> None:
    data = book((7, *FIRST), (8, *SECOND), header=("№", *EXPENSES))
    sheet, _ = read_sheet(data, "x.xlsx", familiar)
    assert sheet
    assert numbered(data, sheet) is None
    text = b"Date;Amount\n-1;5\n"
    sheet, _ = read_sheet(text, "x.csv", familiar)
    assert sheet
    assert numbered(text, sheet) is None


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_words_of_the_form_are_columns_of_the_tables(language: str) -> None:
    from models.locale import translate

    with spoken(language):
        assert [title for title in TITLES.values() if not familiar(translate(title))] == []
