import io
import zipfile
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from models.content import Effect
from tasks.content import xlsx as guard
from tasks.content.columns import familiar
from tasks.content.sheets import read_sheet
from tests.tasks.content.plans import comma, saved, sheet_of, stamp, xlsx

HEADER = ["№", "Дата", "Текст"]


def refused(data: bytes) -> str:
    sheet, problems = read_sheet(data, "plan.xlsx", familiar)
    assert sheet is None
    (problem,) = problems
    assert problem.effect is Effect.STOPS
    assert problem.place.file == "plan.xlsx"
    return problem.reason.code


def test_the_heading_is_found_under_whatever_stands_above_it() -> None:
    sheet = sheet_of(xlsx(["Контент-план на ноябрь"], [], ["отдел маркетинга", "№ 7"], HEADER, [1, "+1", "Чай"]))
    assert (sheet.header, sheet.header_row) == (("№", "Дата", "Текст"), 4)
    assert [(row.number, row.cells) for row in sheet.rows] == [(5, (1, "+1", "Чай"))]


def test_the_sheet_with_the_plan_is_found_among_others() -> None:
    book = Workbook()
    book.active.append(["Заметки", "Разное"])
    hidden = book.create_sheet("Старый")
    hidden.append(["№", "Дата", "Время", "Текст"])
    hidden.sheet_state = "hidden"
    book.create_sheet("План").append(HEADER)
    assert sheet_of(saved(book)).title == "План"


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    sheet = sheet_of(xlsx(HEADER, [1, "+1", "Чай"], [None, "  ", None], [], [2, "+2", "Кофе"]))
    assert [row.number for row in sheet.rows] == [2, 5]


def test_cells_keep_their_kind() -> None:
    cells = [1, stamp(2026, 11, 25, 10), date(2026, 11, 25), time(9, 30), 0.5, True, "текст", None]
    sheet = sheet_of(xlsx(["№", "Дата", "b", "Время", "d", "e", "Текст", "Акция"], cells))
    assert sheet.rows[0].cells == (
        1, stamp(2026, 11, 25, 10), stamp(2026, 11, 25), time(9, 30), 0.5, True, "текст", None,
    )  # fmt: skip


def test_a_date_merged_over_rows_holds_for_each_of_them() -> None:
    book = Workbook()
    for row in (HEADER, [1, "25.11.2026", "Чай"], [2, None, "Кофе"], [3, None, "Мёд"], [4, None, "Сыр"]):
        book.active.append(row)
    book.active.merge_cells("B2:B4")
    book.active.merge_cells("C5:D5")
    assert [row.cells[1] for row in sheet_of(saved(book)).rows] == ["25.11.2026", "25.11.2026", "25.11.2026", None]


def test_a_formula_is_read_by_its_last_value() -> None:
    book = Workbook()
    for row in (HEADER, [1, "=TODAY()", "Чай"]):
        book.active.append(row)
    data = saved(book)
    assert sheet_of(data).rows[0].cells == (1, None, "Чай")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        counted = (
            parts.read("xl/worksheets/sheet1.xml")
            .replace(b"<v></v>", b"<v>46351</v>")
            .replace(b"<v/>", b"<v>46351</v>")
        )
    assert sheet_of(with_part(data, "xl/worksheets/sheet1.xml", counted)).rows[0].cells == (1, 46351, "Чай")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
def test_a_text_table_is_read_whatever_wrote_it(delimiter: str, encoding: str) -> None:
    rows = [HEADER, ["1", "25.11.2026", "Чай, кофе; мёд\nи «сыр»"], ["2", "26.11.2026", 'Он сказал: "да"']]
    sheet = sheet_of(comma(*rows, delimiter=delimiter, encoding=encoding), "plan.csv")
    assert sheet.header == tuple(HEADER)
    assert [list(row.cells) for row in sheet.rows] == rows[1:]


def test_excels_own_delimiter_line_is_obeyed() -> None:
    sheet = sheet_of("sep=;\r\n№;Дата;Текст\r\n1;25.11.2026;a,b,c,d,e\r\n".encode(), "plan.csv")
    assert sheet.rows[0].cells == ("1", "25.11.2026", "a,b,c,d,e")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"\r\n;;\r\n", "empty", id="empty rows"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_or_locked", id="an old or locked workbook"),
        pytest.param(b"PK\x03\x04 broken", "unreadable", id="a broken archive"),
        pytest.param(xlsx(HEADER)[:-200], "unreadable", id="a file cut short"),
        pytest.param(b'"' + b"x" * 200_000, "unreadable", id="a cell without an end"),
    ],
)
def test_what_is_no_table_says_what_to_do(data: bytes, code: str) -> None:
    assert refused(data) == code


def archive(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return kept.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return kept.getvalue()


def test_another_archive_is_no_spreadsheet() -> None:
    assert refused(archive(word__document=b"<x/>")) == "not_xlsx"
    assert refused(archive(**{"content.xml": b"<x/>"})) == "not_xlsx"


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    bomb = with_part(xlsx(HEADER), "xl/worksheets/sheet1.xml", b" " * (guard.XML_BYTES_MAX + 1))
    assert len(bomb) < 200_000
    assert refused(bomb) == "too_large"


def test_entities_in_a_part_are_refused() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert refused(with_part(xlsx(HEADER), "xl/worksheets/sheet1.xml", evil)) == "unreadable"


def test_a_broken_part_is_one_sentence() -> None:
    assert refused(with_part(xlsx(HEADER), "xl/worksheets/sheet1.xml", b"<worksheet><oops")) == "unreadable"
    assert refused(with_part(xlsx(HEADER), "xl/workbook.xml", b"")) == "unreadable"


def test_a_table_without_an_end_is_refused_whole() -> None:
    rows = [[str(number), "+1", "Чай"] for number in range(guard.ROWS_MAX + 1)]
    assert refused(comma(HEADER, *rows)) == "too_many_rows"
    assert len(sheet_of(comma(HEADER, *rows[1:])).rows) == guard.ROWS_MAX


def test_a_delimiter_is_told_by_the_headings_and_not_by_what_stands_in_the_cells() -> None:
    sheet = sheet_of(comma(HEADER, ["1", "a,b,c,d", "e,f,g,h"], ["2", ",", ","], delimiter="\t"), "plan.csv")
    assert [row.cells for row in sheet.rows] == [("1", "a,b,c,d", "e,f,g,h"), ("2", ",", ",")]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(st.lists(st.lists(CELLS.filter(str.strip), min_size=3, max_size=3), max_size=6), st.sampled_from(";,\t"))
def test_a_table_of_texts_comes_back_as_it_was(rows: list[list[str]], delimiter: str) -> None:
    sheet = sheet_of(comma(HEADER, *rows, delimiter=delimiter), "plan.csv")
    assert [list(row.cells) for row in sheet.rows] == rows


@given(st.binary(max_size=400))
def test_no_bytes_are_more_than_a_table_or_a_sentence(data: bytes) -> None:
    sheet, problems = read_sheet(data, "plan.csv", familiar)
    assert (sheet is None) == any(problem.effect is Effect.STOPS for problem in problems)
