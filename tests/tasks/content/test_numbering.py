import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from tasks.content.difference import number_rows
from tasks.content.numbering import absent, with_numbers
from tasks.content.xlsx import Unusable
from tests.depth import examples
from tests.tasks.content.plans import SAID, comma, plain, plan_of, saved, sheet_of, tables, xlsx
from tests.tasks.content.test_sheets import with_part

HEADER = ["Дата", "Каналы", "Текст"]
SHEET = "xl/worksheets/sheet1.xml"


def numbers_of(data: bytes, file: str) -> dict[int, str]:
    return {row.row: row.number for row in number_rows(plan_of(data, file).rows, [])}


def numbered(data: bytes, file: str = "plan.xlsx") -> bytes:
    return with_numbers(data, sheet_of(data, file), numbers_of(data, file))


def part(data: bytes, name: str = SHEET) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.read(name)


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.namelist()


def counted(book: Workbook, value: bytes = b"46351") -> bytes:
    """The workbook as a spreadsheet program saves it: every formula with what it last came to."""
    data = saved(book)
    cells = part(data).replace(b"<v></v>", b"<v>" + value + b"</v>").replace(b"<v/>", b"<v>" + value + b"</v>")
    return with_part(data, SHEET, cells)


def test_a_date_by_a_formula_is_still_read_after_the_numbers_were_written() -> None:
    book = Workbook()
    for row in (HEADER, ["=TODAY()", "site", "Чай"], ["+1", "site", "Кофе"]):
        book.active.append(row)
    data = counted(book)
    back = numbered(data)
    assert [row.number for row in plan_of(back).rows] == ["1", "2"]
    assert [row.on for row in plan_of(back).rows] == [row.on for row in plan_of(data).rows]
    assert load_workbook(io.BytesIO(back)).active["A2"].value == "=TODAY()"


def test_every_other_part_of_a_workbook_stays_byte_for_byte() -> None:
    book = Workbook()
    for row in (HEADER, ["+1", "site", "Чай"]):
        book.active.append(row)
    book.active["C1"].font, book.active["C2"].number_format = Font(bold=True), "@"
    book.active.freeze_panes, book.active.column_dimensions["C"].width = "A2", 60
    book.create_sheet("Заметки")["B2"] = "=1+1"
    data = saved(book)
    back = numbered(data)
    assert {name for name in names(data) if part(back, name) != part(data, name)} == {SHEET}
    page = load_workbook(io.BytesIO(back)).worksheets[0]
    assert (page["D1"].value, page["D2"].value, page["D1"].font.bold) == ("№", 1, True)
    assert (page.freeze_panes, page.column_dimensions["C"].width, page["C2"].number_format) == ("A2", 60, "@")


def test_a_row_that_has_its_number_keeps_it_and_a_full_plan_is_not_touched() -> None:
    data = xlsx(["№", *HEADER], [7, "+1", "site", "Чай"], [None, "+2", "site", "Кофе"])
    assert absent(sheet_of(data), numbers_of(data, "plan.xlsx")) == {3: "8"}
    back = numbered(data)
    assert [row[0].value for row in load_workbook(io.BytesIO(back)).active.iter_rows()] == ["№", 7, 8]
    assert absent(sheet_of(back), numbers_of(back, "plan.xlsx")) == {}


def test_a_number_merged_over_rows_is_parted_so_that_each_has_its_own() -> None:
    book = Workbook()
    for row in (["№", *HEADER], [None, "+1", "site", "Чай"], [None, "+2", "site", "Кофе"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    page = load_workbook(io.BytesIO(numbered(saved(book)))).active
    assert ([page["A2"].value, page["A3"].value], list(page.merged_cells.ranges)) == ([1, 2], [])


def test_a_table_far_to_the_right_and_below_is_numbered_where_it_stands() -> None:
    book = Workbook()
    for column, heading in enumerate(HEADER, start=4):
        book.active.cell(6, column, heading)
        book.active.cell(9, column, ["+1", "site", "Чай"][column - 4])
    book.active["XFD1"].font = Font(bold=True)
    page = load_workbook(io.BytesIO(numbered(saved(book)))).worksheets[0]
    assert [page["G6"].value, page["G9"].value] == ["№", 1]


def test_a_formula_of_the_persons_own_is_never_written_over() -> None:
    book = Workbook()
    for row in (["№", *HEADER], ['=""', "+1", "site", "Чай"]):
        book.active.append(row)
    with pytest.raises(Unusable) as unusable:
        numbered(saved(book))
    assert "row 2: № 1" in str(unusable.value.reason)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"], ids=["windows", "unix"])
def test_a_text_table_keeps_its_encoding_mark_delimiter_quotes_and_line_ends(
    delimiter: str, encoding: str, ends: str
) -> None:
    told = '"№"D"Дата"DКаналыDТекстE""D25.11.2026DsiteD"Чай, кофе; ""мёд""\tEи сыр"E7D26.11.2026DsiteDЧайED+1DsiteDСыр'
    text = told.replace("E", ends).replace("D", delimiter)
    data = text.encode(encoding)
    wanted = text.replace(f'{ends}""{delimiter}', f"{ends}8{delimiter}").replace(
        f"{ends}{delimiter}", f"{ends}9{delimiter}"
    )
    assert numbered(data, "plan.csv") == wanted.encode(encoding)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("Дата;Каналы;Текст\n+1;vk;Чай\n", "Дата;Каналы;Текст;№\n+1;vk;Чай;1\n", id="behind the last"),
        pytest.param("Дата;Каналы;Текст;\n+1;vk;Чай;моё", "Дата;Каналы;Текст;;№\n+1;vk;Чай;моё;1", id="behind more"),
        pytest.param("sep=;\nДата;Каналы;Текст\n+1;vk;Чай\n", "sep=;\nДата;Каналы;Текст;№\n+1;vk;Чай;1\n", id="sep"),
        pytest.param("Date,Channels,Text\n+1,site,Tea\n", "Date,Channels,Text,No\n+1,site,Tea,1\n", id="Latin only"),
        pytest.param("П\n\nДата;Каналы;Текст\n+1;vk;5\" ч\n", "П\n\nДата;Каналы;Текст;№\n+1;vk;5\" ч;1\n", id="low"),
    ],
)  # fmt: skip
def test_a_text_table_without_the_column_gets_it_at_its_end(text: str, wanted: str) -> None:
    assert numbered(text.encode(), "plan.csv").decode() == wanted


def test_a_text_that_does_not_come_back_as_it_was_is_left_alone() -> None:
    data = comma(HEADER, ["25.11.2026", "site", "Чай"], encoding="cp1251") + b"\x98"
    sheet = sheet_of(data, "plan.csv")
    with pytest.raises(Unusable, match="could not be written"):
        with_numbers(data, sheet, {2: "1"})


def test_a_table_with_no_room_for_the_column_says_which_numbers_to_write_by_hand() -> None:
    data = comma([*HEADER, *(f"моё {place}" for place in range(197))], ["25.11.2026", "site", "Чай"])
    with pytest.raises(Unusable) as unusable:
        numbered(data, "plan.csv")
    assert "row 2: № 1" in str(unusable.value.reason)


@settings(max_examples=examples(30, 200), deadline=None)
@given(tables(), st.sampled_from(["plan.xlsx", "plan.csv"]), st.sampled_from([";", ",", "\t"]))
def test_numbering_changes_nothing_but_the_numbers(table: list[list[object]], file: str, delimiter: str) -> None:
    as_text = [["" if cell is None else plain(cell) for cell in row] for row in table]
    data = xlsx(*table) if file == "plan.xlsx" else comma(*as_text, delimiter=delimiter)
    before = plan_of(data, file)
    if not before.rows:
        return
    after = plan_of(numbered(data, file), file)
    assert [row.number for row in after.rows] == list(numbers_of(data, file).values())
    assert [row.row_hash() for row in after.rows] == [row.row_hash() for row in before.rows]


@given(st.lists(st.lists(SAID, min_size=2, max_size=2), min_size=1, max_size=4), st.sampled_from([";", ",", "\t"]))
@settings(deadline=None)
def test_whatever_stands_in_a_text_table_only_numbers_are_added(rows: list[list[str]], delimiter: str) -> None:
    data = comma(["№", "Дата", "Текст"], *([None, *row] for row in rows), delimiter=delimiter)
    wanted = comma(["№", "Дата", "Текст"], *([place, *row] for place, row in enumerate(rows, 1)), delimiter=delimiter)
    numbers = {row: str(row - 1) for row in range(2, len(rows) + 2)}
    assert with_numbers(data, sheet_of(data, "plan.csv"), numbers) == wanted
