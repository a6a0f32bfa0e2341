"""Names found while they are typed: by key, by a beginning, by a part, by likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.desk.suggest import Named
from tasks.suggest.index import MOST, Index

TEAS = Index([
    Named(key="1", title="Зимний улун"), Named(key="2", title="Молочный улун"), Named(key="12", title="Медовик"),
    Named(key="tg", title="Телеграм"), Named(key="vk", title="Стена «ВКонтакте»"),
])  # fmt: skip


def keys(found: object) -> list[str]:
    return [one.key for one in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("улун", ["1", "2"], id="a word anywhere"),
        pytest.param("УЛУН", ["1", "2"], id="however capitalised"),
        pytest.param("мол", ["2"], id="the beginning of a word"),
        pytest.param("1", ["1", "12"], id="the whole key first, then what begins so"),
        pytest.param("№ 12", ["12"], id="with the sign"),
        pytest.param("довик", ["12"], id="a part"),
        pytest.param("вконтакте", ["vk"], id="without the quotes"),
        pytest.param("медавик", ["12"], id="a slip of the pen"),
        pytest.param("", ["1", "2", "12", "tg", "vk"], id="nothing yet"),
    ],
)
def test_what_is_typed_finds_what_is_meant(said: str, found: list[str]) -> None:
    assert keys(TEAS.suggest(said))[: len(found)] == found


@pytest.mark.parametrize(
    ("said", "key"),
    [("12", "12"), ("№ 12", "12"), ("медовик", "12"), ("TG", "tg"), ("№ 2 · Молочный улун", "2"), ("Медо", None),
     ("", None), ("№", None)],
)  # fmt: skip
def test_only_a_whole_key_or_title_names_a_thing(said: str, key: str | None) -> None:
    called = TEAS.called(said)
    assert (called.key if called else None) == key


def test_a_mistyped_number_gets_its_neighbours() -> None:
    numbered = Index([Named(key=str(n), title=f"Чай {n}") for n in (1, 5, 11, 40, 300)])
    assert keys(numbered.nearest("10")) == ["11", "5", "1"]


@given(st.text(max_size=30))
def test_there_are_always_three_nearest_and_never_more_than_asked_for(said: str) -> None:
    assert len(TEAS.nearest(said)) == 3
    assert len(TEAS.suggest(said)) <= MOST


def test_nothing_to_name_is_no_trouble() -> None:
    empty = Index([])
    assert (empty.suggest("чай"), empty.nearest("чай"), empty.called("чай")) == ([], (), None)


def test_ten_thousand_names_are_compared_only_where_they_share_letters() -> None:
    compared = 0

    class Counting(Index):
        def _likeness(self, words: str, place: int) -> float:
            nonlocal compared
            compared += 1
            return super()._likeness(words, place)

    many = Counting([Named(key=str(n), title=f"Чай номер {n}") for n in range(10_000)])
    assert len(many.suggest("ч")) == MOST
    assert len(many.nearest("чии намер")) == 3
    assert compared <= 40
