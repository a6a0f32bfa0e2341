"""Plans for tests: a small company, tables as bytes, and any plan a person could have written."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from openpyxl import Workbook

from models.content import Known, PlanRow, Sheet
from models.delivery import Lateness
from models.schedule import Recurrence
from tasks.content.columns import familiar
from tasks.content.plan import Plan, read_plan
from tasks.content.sheets import read_sheet

START = datetime(2026, 11, 21, 23, 55, 30, tzinfo=ZoneInfo("Europe/Moscow"))
TODAY = START.date()
KNOWN = Known(
    channels={"site": "Сайт", "tg": "Телеграм", "vk": "ВКонтакте"},
    campaigns={"winter": "Зимнее чаепитие"},
    goals={"reach": "Охват"},
    groups={"tea": "Знатоки чая"},
    people={"olga": "Ольга Ветрова"},
    pieces=frozenset({"tea.md", "coffee.md"}),
    pictures=frozenset({"cup.jpg", "leaves.jpg"}),
    products=frozenset({"T101", "T102"}),
)


def stamp(*parts: int) -> datetime:
    """A moment as a spreadsheet keeps it: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def xlsx(*rows: Sequence[Any], title: str = "План") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    for cells in book.active.iter_rows():
        for cell in cells:
            cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    return saved(book)


def saved(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def comma(*rows: Sequence[Any], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def sheet_of(data: bytes, file: str = "plan.xlsx") -> Sheet:
    sheet, problems = read_sheet(data, file, familiar)
    assert sheet is not None, problems
    return sheet


def plan_of(data: bytes, file: str = "plan.xlsx", known: Known = KNOWN) -> Plan:
    return read_plan(sheet_of(data, file), known, START, TODAY)


def plan(*rows: Sequence[Any]) -> Plan:
    return plan_of(xlsx(*rows))


def one(header: Sequence[str], row: Sequence[Any]) -> tuple[PlanRow | None, list[str]]:
    """The only row of a table, if it is sound, and the codes of its problems."""
    read = plan(header, row)
    return next(iter(read.rows), None), [problem.reason.code for problem in read.problems]


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"])
TEXTS = st.text(LETTERS, min_size=1, max_size=40).map(lambda text: " ".join(text.split()))
SAID = st.one_of(
    TEXTS, st.sampled_from(["=1+1", "+7 495", "-10 %", "@all", "=cmd|' /C calc'!A0", "'", '"', "Чай; кофе"])
)
LIST = st.lists(st.sampled_from(["site", "Телеграм", "vk"]), min_size=1, max_size=3, unique=True).map(", ".join)
OPTIONAL = {
    "Заголовок": SAID,
    "Текст": SAID,
    "Материал": st.sampled_from(["tea.md", "coffee", "content/pieces/tea.md"]),
    "Картинка": st.sampled_from(["cup.jpg", "cup.jpg; leaves.jpg"]),
    "Акция": st.sampled_from(["winter", "Зимнее чаепитие"]),
    "Группа": st.just("Знатоки чая"),
    "Автор": st.just("ольга ветрова"),
    "Повтор": st.sampled_from(["каждый день до 31.12.2028", "каждую неделю по пн, ср 5 раз", "every month"]),
    "Если опоздали": st.sampled_from(["спросить", "publish", "Пропустить"]),
    "Текст для Телеграм": SAID,
    "Товары": st.sampled_from(["T101", "T101; T102"]),
    "Моё": SAID,
}
DATES = st.one_of(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.sampled_from(["25.11.2026", "+3", "1 декабря"]))
TIMES = st.one_of(st.none(), st.times().map(lambda at: at.replace(microsecond=0)), st.sampled_from(["9.30", "now+10m"]))


@st.composite
def tables(draw: st.DrawFn, as_text: bool = False) -> list[list[Any]]:
    """A plan with its columns in any order, some rows numbered and some not."""
    columns = draw(st.permutations(["Дата", "Время", "Каналы", "Заголовок", *draw(chosen())]))
    columns = list(dict.fromkeys(columns))
    numbered = draw(st.booleans())
    rows = []
    for place in range(draw(st.integers(0, 5))):
        cells = {name: draw(st.one_of(st.none(), OPTIONAL[name])) for name in columns if name in OPTIONAL}
        cells |= {"Дата": draw(DATES), "Время": draw(TIMES), "Каналы": draw(LIST), "Заголовок": draw(SAID)}
        number = draw(st.one_of(st.none(), st.just(place * 3 + 1)))
        rows.append(([number] if numbered else []) + [cells[name] for name in columns])
    table = [(["№"] if numbered else []) + columns, *rows]
    return [[plain(cell) for cell in row] for row in table] if as_text else table


def chosen() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(OPTIONAL)), unique=True)


def plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date | time) else "" if cell is None else cell


CHANNELS = st.lists(st.sampled_from(["site", "tg", "vk"]), max_size=3, unique=True).map(tuple)
RECURRENCES = st.builds(
    Recurrence,
    rule=st.sampled_from(["day", "week", "month"]),
    interval=st.integers(1, 12),
    until=st.one_of(st.none(), st.dates(date(2027, 1, 1), date(2030, 1, 1))),
    times=st.one_of(st.none(), st.integers(1, 60)),
)
PLAN_ROWS = st.builds(
    PlanRow,
    row=st.integers(2, 10_000),
    on=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    at=st.one_of(st.none(), st.times().map(lambda at: at.replace(microsecond=0))),
    repeat=st.one_of(st.none(), RECURRENCES),
    if_late=st.one_of(st.none(), st.sampled_from(list(Lateness))),
    title=st.sampled_from(["", "Чай", "Кофе"]),
    text=st.sampled_from(["Раз", "Два"]),
    channels=CHANNELS,
    text_for=st.dictionaries(st.sampled_from(["site", "tg"]), st.sampled_from(["Коротко", "Иначе"])),
)
