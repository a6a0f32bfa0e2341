import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.content.references import fold, names, refer, refer_file, unknown
from tests.tasks.content.plans import KNOWN


@pytest.mark.parametrize("word", ["tg", "TG", "Телеграм", " «телеграм» ", '"Телеграм"'])
def test_a_name_is_known_by_key_and_title(word: str) -> None:
    assert refer(word, KNOWN.channels) == "tg"


def test_a_key_wins_over_a_title_that_reads_the_same() -> None:
    assert refer("vk", {"vk": "Один", "two": "VK"}) == "vk"


@pytest.mark.parametrize(
    ("word", "file"),
    [
        ("tea.md", "tea.md"),
        ("Tea", "tea.md"),
        ("content/pieces/tea.md", "tea.md"),
        ("pieces\\TEA.MD", "tea.md"),
        ("x", None),
    ],
)
def test_a_file_is_known_with_or_without_its_folder_and_ending(word: str, file: str | None) -> None:
    assert refer_file(word, KNOWN.pieces or (), ".md") == file


def test_an_unknown_name_is_said_with_the_three_most_like_it_each_once() -> None:
    reason = unknown("channels", "ВКонтактик", KNOWN.channels)
    assert reason.words["nearest"].split(", ")[0] == "ВКонтакте"
    assert len(reason.words["nearest"].split(", ")) == 3
    assert "channels.yaml" in str(reason)


def test_where_nothing_is_known_nothing_is_suggested() -> None:
    assert "{" not in str(unknown("channels", "Сайт", {}))


@given(st.lists(st.text(st.characters(exclude_characters=",;\n", exclude_categories=["Cs"]), min_size=1)))
def test_a_list_in_a_cell_is_split_in_order_and_once(words: list[str]) -> None:
    said = list(dict.fromkeys(" ".join(word.split()) for word in words if word.split()))
    assert names(", ".join(words)) == names("; ".join(words)) == said


@given(st.text())
def test_folding_a_word_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)
