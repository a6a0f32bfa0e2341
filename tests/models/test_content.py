from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Effect, Found, Place, PlanRow, Problem, fingerprint, nearest
from models.locale import spoken
from models.reason import because

ROOT = Path(__file__).parents[2]
OURS = [
    *(ROOT / name for name in ("models/content.py", "models/company.py", "models/day.py", "models/written.py")),
    *(ROOT / "integrations" / name for name in ("documents.py", "folder.py", "workspace.py")),
    *sorted((ROOT / "integrations/feeds").glob("*.py")),
    *(path for path in sorted((ROOT / "tasks/content").glob("*.py")) if path.name not in ("rows.py", "steps.py")),
]


@pytest.mark.parametrize(
    ("place", "ru", "en"),
    [
        pytest.param(Place(file="a.xlsx", row=7, field="Дата"), "a.xlsx, строка 7, столбец «Дата»",
                     "a.xlsx, row 7, column “Дата”", id="a table"),
        pytest.param(Place(file="a.md", line=3, field="title"), "a.md, строка 3, поле «title»",
                     "a.md, line 3, field “title”", id="a text"),
        pytest.param(Place(file="a.md"), "a.md", "a.md", id="a file"),
        pytest.param(Place(), "", "", id="nowhere"),
    ],
)  # fmt: skip
def test_a_place_is_said_as_the_person_sees_it(place: Place, ru: str, en: str) -> None:
    with spoken("ru"):
        assert str(place) == ru
    with spoken("en"):
        assert str(place) == en


def test_a_problem_says_where_and_what_in_the_language_spoken() -> None:
    problem = Problem(place=Place(file="a.md", line=3), reason=because("The field is missing. Add it."))
    with spoken("ru"):
        assert str(problem) == "a.md, строка 3: Поля нет. Добавьте его."


@pytest.mark.parametrize("effect", list(Effect))
def test_only_what_stops_makes_the_absent_unknown(effect: Effect) -> None:
    found = Found((), (Problem(place=Place(), reason=because("x"), effect=effect),))
    assert found.stopped is (effect is Effect.STOPS)


def test_the_nearest_words_come_first_and_the_far_ones_not_at_all() -> None:
    assert nearest("Телеграф", ["телеграм", "Телега", "сайт", "vk"]) == ["телеграм", "Телега"]
    assert nearest("x", ["сайт", "vk", "tg"], 2, 0.0) == ["tg", "vk"]


@given(st.lists(st.text(max_size=8)), st.text(max_size=8))
def test_suggestions_do_not_depend_on_the_order_of_the_known(words: list[str], word: str) -> None:
    assert nearest(word, words) == nearest(word, reversed(words))


@given(st.dictionaries(st.text(), st.integers()))
def test_a_print_does_not_depend_on_the_order_of_fields(content: dict[str, int]) -> None:
    assert fingerprint(content) == fingerprint(dict(reversed(content.items())))


def test_the_print_of_what_is_said_is_not_of_when_or_where_in_the_file() -> None:
    row = PlanRow(number="1", row=2, title="Чай")
    assert row.model_copy(update={"number": "2", "row": 3}).row_hash() == row.row_hash()
    assert row.model_copy(update={"zone": "UTC"}).content_hash() == row.content_hash()
    assert row.model_copy(update={"zone": "UTC"}).row_hash() != row.row_hash()
    assert row.model_copy(update={"material": "x"}).content_hash() != row.content_hash()
