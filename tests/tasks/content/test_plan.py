from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Effect, Known
from models.delivery import Lateness
from models.locale import spoken
from models.schedule import Recurrence
from tests.tasks.content.plans import KNOWN, comma, one, plan, plan_of, tables, xlsx

BASE = ["Дата", "Каналы", "Текст"]


def test_a_row_is_read_whole() -> None:
    header = ["№", "Дата", "Время", "Материал", "Заголовок", "Каналы", "Кроме каналов", "Картинка", "Акция", "Цель",
              "Группа", "Автор", "Повтор", "Если опоздали", "Текст для vk", "Товары", "Статус"]  # fmt: skip
    cells = [7.0, "25.11.2026", "9.30", "tea", "Чай", "Сайт, tg; VK", "Телеграм", "cup.jpg, LEAVES.jpg", "winter",
             "Охват", "Знатоки чая", "Ольга Ветрова", "каждую неделю 3 раза", "спросить", "Коротко", "T101, T102",
             "вышло"]  # fmt: skip
    row, problems = one(header, cells)
    assert problems == []
    assert row is not None
    assert row.model_dump(exclude_defaults=True) == {
        "number": "7",
        "row": 2,
        "on": date(2026, 11, 25),
        "at": time(9, 30),
        "repeat": Recurrence(rule="week", times=3).model_dump(exclude_defaults=True),
        "if_late": Lateness.ASK,
        "piece": "tea.md",
        "title": "Чай",
        "channels": ("site", "tg", "vk"),
        "except_channels": ("tg",),
        "pictures": ("cup.jpg", "leaves.jpg"),
        "text_for": {"vk": "Коротко"},
        "products": ("T101", "T102"),
        "campaign": "winter",
        "goal": "reach",
        "group": "tea",
        "author": "olga",
    }
    assert row.aimed_at() == ("site", "vk")


@pytest.mark.parametrize(
    ("heading", "cell", "code", "mend"),
    [
        pytest.param("Дата", "31.02.2026", "no_such_day", "день и месяц", id="no such day"),
        pytest.param("Дата", "скоро", "bad_date", "25.11.2026", id="no date"),
        pytest.param("Дата", None, "date_empty", "25.11.2026", id="an empty date"),
        pytest.param("Время", "утром", "bad_time", "09:30", id="no time"),
        pytest.param("Каналы", "сайд", "unknown_channels", "Сайт", id="an unknown channel"),
        pytest.param("Кроме каналов", "tgg", "unknown_channels", "tg", id="an unknown exception"),
        pytest.param("Картинка", "cap.jpg", "unknown_pictures", "cup.jpg", id="a missing picture"),
        pytest.param("Материал", "teo.md", "unknown_pieces", "tea.md", id="a missing piece"),
        pytest.param("Акция", "зима", "unknown_campaigns", "Зимнее чаепитие", id="an unknown campaign"),
        pytest.param("Цель", "reech", "unknown_goals", "reach", id="an unknown goal"),
        pytest.param("Группа", "чай", "unknown_groups", "Знатоки чая", id="an unknown group"),
        pytest.param("Автор", "Оля", "unknown_people", "Ольга Ветрова", id="an unknown author"),
        pytest.param("Товары", "T1O1", "unknown_products", "T101", id="an unknown product"),
        pytest.param("Повтор", "иногда", "bad_repeat", "каждую неделю", id="no repetition"),
        pytest.param("Если опоздали", "авось", "bad_if_late", "спросить", id="no policy"),
        pytest.param("Текст", "x" * 40_000, "long_text", "материал", id="a text that would be cut"),
        pytest.param("№", "9" * 50, "long_number", "Очистите", id="a number too long"),
    ],
)
def test_a_broken_cell_names_file_row_and_column_and_says_the_mend(
    heading: str, cell: object, code: str, mend: str
) -> None:
    header = ["Дата", "Время", "Каналы", "Текст", "№"]
    sound = ["25.11.2026", "10:00", "site", "Кофе", 5]
    cells = dict(zip(header, ["25.11.2026", "10:00", "site", "Чай", 4], strict=True)) | {heading: cell}
    read = plan(list(cells), list(cells.values()), sound + [None] * (len(cells) - 5))
    (problem,) = read.problems
    with spoken("ru"):
        said = str(problem)
    assert said.startswith(f"plan.xlsx, строка 2, столбец «{heading}»: ")
    assert mend in said
    assert (problem.reason.code, problem.effect) == (code, Effect.LEFT_OUT)
    assert [row.number for row in read.rows] == ["5"]
    assert read.broken == (frozenset() if heading == "№" else {"4"})


def test_every_broken_cell_of_a_row_is_told_at_once() -> None:
    _, codes = one([*BASE, "Время", "Картинка"], ["скоро", "сайд", "Чай", "утром", "x.jpg"])
    assert codes == ["bad_date", "unknown_channels", "unknown_pictures"]


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        pytest.param(BASE, ["25.11.2026", "site", None], "nothing_to_say", id="nothing to say"),
        pytest.param(BASE, ["25.11.2026", None, "Чай"], "nowhere", id="nowhere to say it"),
        pytest.param([*BASE, "Кроме каналов"], ["+1", "site", "Чай", "Сайт"], "no_channel_left", id="nothing is left"),
        pytest.param([*BASE, "Кроме каналов"], ["+1", None, "Чай", "все"], "no_channel_left", id="all are excepted"),
    ],
)
def test_a_row_that_says_nothing_or_goes_nowhere_is_left_out(header: list[str], cells: list[object], code: str) -> None:
    assert one(header, cells) == (None, [code])


@pytest.mark.parametrize(
    ("named", "excepted", "aimed"),
    [
        pytest.param("все", None, ("site", "tg", "vk"), id="all"),
        pytest.param("All channels", "vk", ("site", "tg"), id="all but one"),
        pytest.param(None, "Телеграм, ВКонтакте", ("site",), id="only exceptions"),
        pytest.param("vk\nvk", None, ("vk",), id="once"),
    ],
)
def test_channels_are_the_named_less_the_excepted(named: object, excepted: object, aimed: tuple[str, ...]) -> None:
    row, problems = one([*BASE, "Кроме каналов"], ["+1", named, "Чай", excepted])
    assert row is not None, problems
    assert row.aimed_at(every=KNOWN.channels) == aimed


def test_a_piece_may_say_where_itself() -> None:
    row, problems = one(["Дата", "Материал", "Кроме каналов"], ["+1", "tea", "vk"])
    assert row is not None, problems
    assert row.aimed_at(("vk", "site"), KNOWN.channels) == ("site",)


def test_a_channel_titled_with_a_comma_is_still_one() -> None:
    known = Known(channels={"site": "Сайт, блог"})
    read = plan_of(xlsx(BASE, ["+1", "Сайт, блог", "Чай"]), known=known)
    assert read.rows[0].channels == ("site",)


def test_a_text_for_a_channel_the_row_does_not_go_to_is_a_note() -> None:
    row, codes = one([*BASE, "Текст для vk"], ["+1", "site", "Чай", "Коротко"])
    assert row is not None
    assert codes == ["text_unused"]


def test_two_rows_with_one_number_wait_and_the_rest_goes_on() -> None:
    read = plan(["№", *BASE], [7, "+1", "site", "Чай"], ["№ 7", "+2", "vk", "Кофе"], ["007", "+3", "tg", "Мёд"],
                [8, "+1", "site", "Сыр"])  # fmt: skip
    assert [row.number for row in read.rows] == ["8"]
    assert read.broken == {"7"}
    assert [problem.place.row for problem in read.problems] == [2, 3, 4]
    assert read.problems[0].reason.words["others"] == "3, 4"


def test_a_number_of_a_draft_may_not_be_taken() -> None:
    known = KNOWN.model_copy(update={"drafts": {"7": "Черновик"}})
    read = plan_of(xlsx(["№", *BASE], ["№ 007", "+1", "site", "Чай"], [8, "+1", "site", "Сыр"]), known=known)
    assert [row.number for row in read.rows] == ["8"]
    (problem,) = read.problems
    with spoken("ru"):
        assert "№ 7 уже у черновика «Черновик»" in str(problem)


@pytest.mark.parametrize(("cell", "number"), [(7, "7"), (7.0, "7"), (" №7 ", "7"), ("А-12", "А-12"), (None, "")])
def test_a_number_is_the_same_however_it_was_typed(cell: object, number: str) -> None:
    row, _ = one(["№", *BASE], [cell, "+1", "site", "Чай"])
    assert row is not None
    assert row.number == number


def test_rows_kept_free_are_passed_over() -> None:
    read = plan(["№", *BASE, "Статус"], [1, "+1", "site", "Чай", None], [2, None, None, None, "ждёт"], [3] + [None] * 4)
    assert [row.number for row in read.rows] == ["1"]
    assert (read.problems, read.broken) == ((), frozenset())


def test_a_time_counted_from_the_start_is_the_companys_own() -> None:
    row, _ = one([*BASE, "Время"], ["+0", "site", "Чай", "now+10m"])
    assert row is not None
    assert (row.on, row.at, row.zone) == (date(2026, 11, 22), time(0, 5, 30), "Europe/Moscow")


def test_a_time_beside_the_day_holds_unless_there_is_another() -> None:
    row, _ = one([*BASE, "Время"], ["25.11.2026 10:00", "site", "Чай", None])
    later, _ = one([*BASE, "Время"], ["25.11.2026 10:00", "site", "Чай", "11:00"])
    assert row is not None
    assert later is not None
    assert (row.at, later.at, row.zone) == (time(10), time(11), "")


def test_a_plan_without_dates_is_not_read_at_all() -> None:
    read = plan(["№", "Каналы", "Текст"], [1, "site", "Чай"])
    assert (read.rows, [problem.effect for problem in read.problems]) == ((), [Effect.STOPS])


@given(tables())
def test_every_row_a_person_could_write_is_sound(table: list[list[object]]) -> None:
    read = plan(*table)
    assert [
        problem for problem in read.problems if problem.reason.code != "text_unused" and problem.place.row > 1
    ] == []
    assert len(read.rows) == len(table) - 1


@given(tables(as_text=True))
def test_a_plan_means_the_same_as_a_spreadsheet_and_as_text(table: list[list[object]]) -> None:
    as_text = plan_of(comma(*table, delimiter=";", encoding="utf-16"), "plan.csv")
    assert as_text.rows == plan(*table).rows


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
       st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8), st.booleans(), st.dates()),
       min_size=6, max_size=6), max_size=4))  # fmt: skip
def test_whatever_stands_in_a_table_no_row_is_lost(rows: list[list[object]]) -> None:
    read = plan(["№", "Дата", "Время", "Каналы", "Текст", "Повтор"], *rows)
    left_out = {problem.place.row for problem in read.problems if problem.effect is Effect.LEFT_OUT}
    assert not left_out & {row.row for row in read.rows}
    blank = [all(cell is None or str(cell).strip() == "" for cell in row[1:]) for row in rows]
    assert len(left_out) + len(read.rows) == blank.count(False)
