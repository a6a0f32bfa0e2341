"""Pieces find their customer group by words and products, and say why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.company import Group
from models.locale import spoken, translate
from tasks.grouping.match import SAID, Subject, group, ranked

GROUPS = (
    Group(
        key="tea", title="Знатоки чая", words=("улун", "пуэр", "чайный лист", "дегустация"), product_groups=("12", "13")
    ),
    Group(key="coffee", title="Кофе дома", words=("кофе", "зерно", "воронка", "espresso"), product_groups=("21",)),
    Group(key="family", title="Семьи с детьми", words=("ребёнок", "без кофеина", "завтрак")),
)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(Subject("Заварили улуны и пуэры."), "tea", id="forms of words"),
        pytest.param(Subject("О чайных листьях."), "tea", id="a phrase in another form"),
        pytest.param(Subject("Чайный домик из листа бумаги, зерно"), "coffee", id="a phrase broken apart is none"),
        pytest.param(Subject("Чай без кофеина для ребенка"), "family", id="е for ё, several words"),
        pytest.param(Subject("Two espressos"), "coffee", id="english"),
        pytest.param(Subject("зерно зерно", title="Улун"), "tea", id="the title weighs more"),
        pytest.param(Subject("улун, пуэр", categories=(("2", "21"),)), "coffee", id="products weigh most"),
        pytest.param(Subject("", tags=("дегустация",)), "tea", id="tags"),
        pytest.param(
            Subject("[меню](https://a.ru/кофе) `кофе` завтрак"), "family", id="addresses and code say nothing"
        ),
        pytest.param(Subject("Ни о чём"), "", id="nothing found"),
    ],
)
def test_a_piece_finds_its_group(subject: Subject, expected: str) -> None:
    assert group(subject, GROUPS).group == expected


def test_the_words_that_decided_are_named_the_weightiest_first() -> None:
    done = group(Subject("пуэр, улун и ещё улун, воронка", title="Дегустация улунов"), GROUPS)
    assert [(e.word, e.place, e.times) for e in done.matches[0].evidence] == [
        ("дегустация", "title", 1),
        ("улун", "title", 1),
        ("улун", "text", 2),
        ("пуэр", "text", 1),
    ]
    assert done.matches[0].score == pytest.approx(3 + 3 + 1.69 + 1, abs=0.01)
    with spoken("ru"):
        assert str(done.reasons[0]) == "«дегустация» в заголовке: 1"


def test_what_a_specialist_decided_stands_and_the_words_are_still_shown() -> None:
    done = group(Subject("улун и пуэр"), GROUPS, by_hand="family")
    assert (done.group, done.by_hand, done.matches[0].group) == ("family", True, "tea")


def test_a_product_speaks_by_the_title_of_its_category() -> None:
    subject = Subject("", categories=(("1", "12"), ("1", "12")), category_titles={"12": "Зелёный чай"})
    assert [(e.word, e.times) for e in group(subject, GROUPS).matches[0].evidence] == [("Зелёный чай", 2)]


def test_a_close_result_is_said() -> None:
    assert [r.code for r in group(Subject("улун и кофе"), GROUPS).reasons] == ["text", "close"]
    assert "close" not in [r.code for r in group(Subject("улун, пуэр и кофе"), GROUPS).reasons]


def test_no_group_is_said_with_what_to_do() -> None:
    assert group(Subject(""), GROUPS).reasons[0].code == "no_group"


@given(st.lists(st.sampled_from(["улун", "кофе", "завтрак", "и", "лист", "чайный"]), max_size=20), st.integers(1, 5))
def test_more_of_the_same_words_never_lowers_a_score(said: list[str], times: int) -> None:
    scores = {match.group: match.score for match in ranked(Subject(" ".join(said)), GROUPS)}
    more = {match.group: match.score for match in ranked(Subject(" ".join([*said, *["улун"] * times])), GROUPS)}
    assert more["tea"] > scores.get("tea", 0)
    assert all(more[key] >= score for key, score in scores.items())


def test_every_kind_of_evidence_has_its_words_in_russian() -> None:
    with spoken("ru"):
        assert all(translate(text) != text for text in SAID.values())
