import io
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from models.content import ChangeKind, KnownRow, Outcome
from models.locale import spoken
from tasks.content.difference import compare, number_rows
from tasks.content.workbook import write_plan
from tests.tasks.content.plans import KNOWN, SAID, comma, plan_of, saved, sheet_of, tables, xlsx

HEADER = ["Дата", "Каналы", "Текст", "Моё"]


def written(data: bytes, outcomes: dict[str, Outcome] | None = None, file: str = "plan.xlsx") -> bytes:
    read = plan_of(data, file)
    with spoken("ru"):
        return write_plan(data, sheet_of(data, file), number_rows(read.rows, []), outcomes or {}, read.problems)


def table(data: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]


def test_numbers_and_what_became_of_the_rows_are_written_beside_the_persons_own() -> None:
    outcome = Outcome(status="вышло", link="https://x.ru/1", reach=120, reactions=None, reason="")
    back = written(xlsx(HEADER, ["+1", "site", "Чай", "не трогать"]), {"1": outcome})
    assert table(back) == [
        [*HEADER, "№", "статус", "ссылка", "охват", "реакции", "причина"],
        ["+1", "site", "Чай", "не трогать", 1, "вышло", "https://x.ru/1", 120, None, None],
    ]
    assert load_workbook(io.BytesIO(back)).worksheets[0]["G2"].hyperlink.target == "https://x.ru/1"


def test_the_persons_formatting_formulas_and_other_sheets_stay() -> None:
    book = Workbook()
    page = book.active
    for row in (HEADER, ["+1", "site", "Чай", "=1+1"]):
        page.append(row)
    page["A1"].font, page["C2"].fill = Font(bold=True), PatternFill("solid", fgColor="FFFF00")
    page.column_dimensions["C"].width, page.freeze_panes = 60, "A2"
    page["C2"].number_format = "@"
    book.create_sheet("Заметки")["B2"] = "моё"
    back = load_workbook(io.BytesIO(written(saved(book))))
    page = back.worksheets[0]
    assert (page["A1"].font.bold, page["C2"].fill.fgColor.rgb, page["C2"].number_format) == (True, "00FFFF00", "@")
    assert (page.column_dimensions["C"].width, page.freeze_panes, page["D2"].value) == (60, "A2", "=1+1")
    assert back["Заметки"]["B2"].value == "моё"


def test_columns_of_ours_that_are_there_are_renewed_in_their_place() -> None:
    data = xlsx(["статус", "№", *HEADER], ["старое", None, "+1", "site", "Чай", None])
    back = table(written(data, {"1": Outcome(status="ждёт")}))
    assert back[0][:2] == ["статус", "№"]
    assert back[1][:2] == ["ждёт", 1]
    assert back[0].count("статус") == 1


def test_what_was_written_before_stays_until_there_is_news() -> None:
    data = xlsx([*HEADER, "№", "статус", "причина"],
                ["+1", "site", "Чай", None, 1, "вышло", None], ["+1", "vk", "Мёд", None, 2, "не загружено", "Дата"],
                ["+1", "tg", "Сыр", None, 3, "ждёт", None])  # fmt: skip
    back = table(written(data, {"3": Outcome(status="вышло")}))
    assert [row[4:7] for row in back[1:]] == [[1, "вышло", None], [2, None, None], [3, "вышло", None]]


def test_a_row_that_was_left_out_says_why_and_keeps_no_number() -> None:
    back = table(written(xlsx(HEADER, ["31.02.2026", "сайд", "Чай", None], ["+1", "site", "Кофе", None])))
    assert back[1][4:6] == [None, "не загружено"]
    assert "«Дата»: Такого дня нет" in str(back[1][9])
    assert "«Каналы»: Канала «сайд» нет" in str(back[1][9])
    assert back[2][4:6] == [1, None]


def test_a_text_table_comes_back_as_a_workbook() -> None:
    data = comma(["Контент-план"], HEADER, ["25.11.2026", "site", "Чай", "=1+1"], delimiter=";", encoding="cp1251")
    back = written(data, file="plan.csv")
    assert table(back)[1][:5] == [*HEADER, "№"]
    assert table(back)[2][:5] == ["25.11.2026", "site", "Чай", "=1+1", 1]


@given(st.one_of(SAID, st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", '=HYPERLINK("http://x")', "a\x00b\x1f"])))
@settings(max_examples=30, deadline=None)
def test_nothing_that_comes_from_outside_becomes_a_formula(said: str) -> None:
    outcome = Outcome(status=said, link=said, reason=said)
    for data, file in ((xlsx(HEADER, ["+1", "site", "Чай", None]), "plan.xlsx"),
                       (comma(HEADER, ["+1", "site", "Чай", said.replace("\x00", "")]), "plan.csv")):  # fmt: skip
        book = load_workbook(io.BytesIO(written(data, {"1": outcome}, file)))
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
        assert all(cell.quotePrefix for cell in cells if str(cell.value)[:1] in ("=", "@", "-") and cell.row > 1)


def test_a_number_merged_over_rows_is_parted_so_that_each_has_its_own() -> None:
    book = Workbook()
    for row in (["№", *HEADER], [None, "+1", "site", "Чай", None], [None, "+2", "site", "Кофе", None]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    back = written(saved(book))
    assert [row[0] for row in table(back)] == ["№", 1, 2]


def test_a_table_far_to_the_right_and_below_is_written_where_it_stands() -> None:
    book = Workbook()
    for column, heading in enumerate(HEADER, start=4):
        book.active.cell(6, column, heading)
        book.active.cell(9, column, ["+1", "site", "Чай", None][column - 4])
    book.active["XFD1"].font = Font(bold=True)
    page = load_workbook(io.BytesIO(written(saved(book)))).worksheets[0]
    assert [page["H6"].value, page["H9"].value] == ["№", 1]


@settings(max_examples=60, deadline=None)
@given(tables(), st.booleans(), st.sampled_from(["вышло", "", "=1+1"]))
def test_writing_back_and_loading_again_gives_no_difference(
    table: list[list[object]], as_text: bool, status: str
) -> None:
    plain = [
        ["" if cell is None else cell.isoformat() if isinstance(cell, datetime) else cell for cell in row]
        for row in table
    ]
    data, file = (comma(*plain, delimiter=";"), "plan.csv") if as_text else (xlsx(*table), "plan.xlsx")
    rows = number_rows(plan_of(data, file).rows, [])
    back = write_plan(data, sheet_of(data, file), rows, {row.number: Outcome(status=status) for row in rows})
    again = plan_of(back)
    assert [row.number for row in again.rows] == [row.number for row in rows]
    changes = compare(again.rows, [KnownRow(row=row) for row in rows])
    assert {change.kind for change in changes} <= {ChangeKind.SAME}
    twice = write_plan(back, sheet_of(back), again.rows, {})
    assert plan_of(twice, known=KNOWN).rows == again.rows
