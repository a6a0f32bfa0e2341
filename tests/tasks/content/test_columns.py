import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Effect, Place
from tasks.content.columns import HEADINGS, familiar, letter, places, recognise
from tests.tasks.content.plans import KNOWN

HERE = Place(file="plan.xlsx", row=1)
BRIEF = {
    "number": ("№", "No"),
    "on": ("дата", "date"),
    "at": ("время", "time"),
    "piece": ("материал", "piece"),
    "title": ("заголовок", "title"),
    "text": ("текст", "text"),
    "channels": ("каналы", "channels"),
    "except_channels": ("кроме каналов", "except channels"),
    "pictures": ("картинка", "picture"),
    "campaign": ("акция", "campaign"),
    "goal": ("цель", "goal"),
    "group": ("группа", "group"),
    "author": ("автор", "author"),
    "repeat": ("повтор", "repeat"),
    "if_late": ("если опоздали", "if late"),
    "products": ("товары", "products"),
    "status": ("статус", "status"),
    "link": ("ссылка", "link"),
    "reach": ("охват", "reach"),
    "reactions": ("реакции", "reactions"),
    "reason": ("причина", "reason"),
}


def codes(header: list[str]) -> list[str]:
    return [problem.reason.code for problem in recognise(header, KNOWN.channels, HERE).problems]


@given(st.randoms(use_true_random=False), st.sampled_from([0, 1]), st.sampled_from([str.upper, str.title, str.lower]))
def test_columns_are_known_in_both_languages_in_any_order_and_case(random: object, language: int, case: object) -> None:
    headings = [(column, names[language]) for column, names in BRIEF.items()]
    random.shuffle(headings)  # type: ignore[attr-defined]
    header = [case(name) + ":" for _, name in headings]  # type: ignore[operator]
    found = recognise(header, KNOWN.channels, HERE)
    assert found.at == {column: place for place, (column, _) in enumerate(headings)}
    assert found.problems == ()


def test_no_heading_means_two_columns() -> None:
    names = [name for headings in HEADINGS.values() for name in headings]
    assert len(names) == len(set(names))


def test_a_text_for_a_channel_is_found_by_its_key_and_by_its_title() -> None:
    found = recognise(["Дата", "Текст для Телеграм:", "text for VK", "Текст для «Сайт»"], KNOWN.channels, HERE)
    assert found.text_for == {"tg": 1, "vk": 2, "site": 3}
    assert found.problems == ()


def test_a_text_for_an_unknown_channel_names_the_nearest() -> None:
    (problem,) = recognise(["Дата", "Текст", "Текст для Телеграф"], KNOWN.channels, HERE).problems
    assert problem.reason.words["nearest"].startswith("Телеграм")
    assert problem.effect is Effect.NOTE


@pytest.mark.parametrize(
    ("heading", "nearest"),
    [("Дата выхoда", ""), ("Акцыя", "акция"), ("chanels", "channels"), ("Мои заметки", ""), ("Времья", "время")],
)
def test_an_unknown_column_is_a_note_with_the_nearest_known_one(heading: str, nearest: str) -> None:
    (problem,) = recognise(["Дата", "Текст", heading], KNOWN.channels, HERE).problems
    assert (problem.effect, problem.reason.code, problem.place.field) == (Effect.NOTE, "unknown_column", heading)
    assert problem.reason.words.get("nearest", "") == nearest


def test_of_two_columns_alike_the_first_is_read() -> None:
    header = ["Дата", "Текст", "ДАТА"]
    (problem,) = recognise(header, KNOWN.channels, HERE).problems
    assert (problem.reason.words["first"], problem.reason.words["second"]) == ("A", "C")
    assert places(header)["on"] == recognise(header, KNOWN.channels, HERE).at["on"] == 0


def test_a_table_without_dates_or_without_material_is_no_plan() -> None:
    assert codes(["Текст"]) == ["no_date_column"]
    assert codes(["Дата", "Каналы"]) == ["no_material_column"]
    assert codes(["Дата", "Текст для vk"]) == []


@pytest.mark.parametrize(
    ("cell", "known"), [("Дата (день)", True), ("Дата!", True), ("Текст для ok", True), ("x", False)]
)
def test_a_heading_is_told_from_other_words(cell: str, known: bool) -> None:
    assert familiar(cell) is known


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_a_column_is_called_as_the_spreadsheet_calls_it(index: int, name: str) -> None:
    assert letter(index) == name
