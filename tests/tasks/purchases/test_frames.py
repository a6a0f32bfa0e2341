"""A long table, read in frames: whatever program wrote it, row by row as it stands in the file."""

from datetime import date, datetime
from io import BytesIO

import pytest

from models.content import Sheet, SheetRow
from tasks.content.xlsx import Unusable
from tasks.purchases import frames
from tasks.purchases.columns import column_of, places
from tasks.purchases.frames import Table, of_csv, of_sheet

TEXT = 'Отчёт кассы;;\r\nЧек;Дата;Сумма\r\n1;20.11.2026;450,50\r\n;;\r\n2;21.11.2026;"5\r\n0"\r\n3;22.11.2026\r\n'


def familiar(cell: str) -> bool:
    return bool(column_of(cell))


def rows(table: Table) -> list[tuple[int | str, ...]]:
    at, problem = places(table.header)
    assert not problem, problem
    return [row for frame in table.frames(at) for row in frame.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("portion", [1, 2, 100])
def test_a_table_of_any_program_is_read(monkeypatch: pytest.MonkeyPatch, encoding: str, portion: int) -> None:
    monkeypatch.setattr(frames, "AT_ONCE", portion)
    table = of_csv(BytesIO(TEXT.encode(encoding)), familiar)
    assert (table.header, table.header_row) == (("Чек", "Дата", "Сумма"), 2)
    assert rows(table) == [
        (3, "1", "20.11.2026", "450,50"), (5, "2", "21.11.2026", "5 0"), (6, "3", "22.11.2026", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_headings(mark: str) -> None:
    text = mark.join(("receipt", "date", "amount")) + "\n" + mark.join(("1", "2026-11-20", "5")) + "\n"
    assert rows(of_csv(BytesIO(text.encode()), familiar)) == [(2, "1", "2026-11-20", "5")]
    assert rows(of_csv(BytesIO(f"sep={mark}\n{text}".encode()), familiar))[0][1:] == ("1", "2026-11-20", "5")


def test_only_ends_of_lines_end_a_row() -> None:
    text = "receipt;date;amount;shop\n1;2026-11-20;5;a\u2028b\x0bc\x85d\n"
    assert rows(of_csv(BytesIO(text.encode()), familiar)) == [(2, "1", "2026-11-20", "5", "a b c d")]


def test_a_letter_that_is_late_makes_it_windows_1251() -> None:
    text = "receipt;date;amount;shop\n" + "1;2026-11-20;5;x\n" * 200 + "2;2026-11-20;5;Чай\n"
    table = of_csv(BytesIO(text.encode("cp1251")), familiar)
    assert rows(table)[-1][-1] == "Чай"


def test_a_file_without_anything_says_so() -> None:
    assert of_csv(BytesIO(b"\n;;\n"), familiar).refusal.code == "empty"


def test_a_cell_longer_than_a_reader_takes_is_told() -> None:
    table = of_csv(BytesIO(b"receipt,date,amount\n" * 30 + b"1," + b"x" * 200_000 + b",1\n"), familiar)
    with pytest.raises(Unusable):
        rows(table)


def test_a_workbook_is_read_as_what_it_shows() -> None:
    cells = (7.0, datetime.fromisoformat("2026-11-20T10:15"), 450.5)
    sheet = Sheet(
        file="a.xlsx", header=("Чек", "Дата", "Сумма"), header_row=1,
        rows=(SheetRow(number=2, cells=cells), SheetRow(number=4, cells=("8", date(2026, 11, 21), None))),
    )  # fmt: skip
    assert rows(of_sheet(sheet)) == [(2, "7", "2026-11-20 10:15:00", "450.5"), (4, "8", "2026-11-21", "")]
