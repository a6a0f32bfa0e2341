"""Differences that a person reads: words, not letters; nothing is left out but what is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import PictureSource
from models.desk.piece import Fields, Run
from models.manuscript import Manuscript
from tasks.editing.diff import PAIRS_MOST, differing, differing_by_hand, joined, words

TEXT = st.text(alphabet="ab \n", max_size=60)


def shown(before: str, after: str) -> str:
    signs = {"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}", "gap": "{}"}
    return "".join(signs[run.kind].format(run.text) for run in words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        pytest.param("Tea 450 ₽", "Tea 490 ₽", "Tea [-450-]{+490+} ₽", id="a word"),
        pytest.param("", "New", "{+New+}", id="all new"),
        pytest.param("Old", "", "[-Old-]", id="all gone"),
        pytest.param("Same", "Same", "Same", id="nothing"),
        pytest.param("a\u00a0cup", "a cup", "a cup", id="a space that ties is a space"),
        pytest.param("One\nTwo\nThree", "One\nThree", "One\n[-Two\n-]Three", id="a line"),
        pytest.param("чай, да", "чай; да", "чай[-,-]{+;+} да", id="a sign"),
        pytest.param("Oolong", "Oolong tea", "Oolong{+ tea+}", id="a word behind"),
        pytest.param("tea or cups", "tea, or cups", "tea{+,+} or cups", id="a sign behind a word"),
    ],
)
def test_what_was_taken_out_and_put_in_is_seen_word_by_word(before: str, after: str, seen: str) -> None:
    assert shown(before, after) == seen


@given(TEXT, TEXT)
def test_both_texts_can_be_read_out_of_their_difference(before: str, after: str) -> None:
    runs = list(words(before, after))
    if not any(run.kind == "gap" for run in runs):
        assert "".join(run.text for run in runs if run.kind != "ins") == before
        assert "".join(run.text for run in runs if run.kind != "del") == after


def test_a_long_stretch_that_is_the_same_is_cut_and_its_edges_stay() -> None:
    same = " ".join(["tea"] * 500)
    gap, last, gone, come = words(f"{same} old", f"{same} new")
    assert gap.kind == "gap" and last.text.endswith("tea ") and len(last.text) < 200
    assert (gone, come) == (Run(kind="del", text="old"), Run(kind="ins", text="new"))


@pytest.mark.parametrize("between", [" ", ", ", "\n", "\n\n"])
def test_passages_too_long_to_compare_are_shown_whole(between: str) -> None:
    one, other = (between.join(f"{sign}{number}" for number in range(800)) for sign in "ab")
    assert [run.kind for run in words(one, other)] == ["del", "ins"]


def test_of_many_unlike_passages_only_so_many_are_compared() -> None:
    one, other = (
        "\n\n".join(", ".join(f"{sign}{place}_{number}" for number in range(100)) for place in range(20))
        for sign in "ab"
    )
    whole = [run.text for run in words(one, other) if run.kind == "del" and "," in run.text]
    assert len(whole) == 20 - PAIRS_MOST // 199**2, "a hundred words, and the commas between them"


def test_however_long_a_text_is_the_one_word_that_changed_is_seen() -> None:
    many = " ".join(f"w{number}" for number in range(5000))
    kinds = [(run.kind, run.text) for run in words(f"{many} old {many}", f"{many} new {many}") if len(run.text) < 5]
    assert kinds == [("gap", "…"), ("del", "old"), ("ins", "new"), ("gap", "…")]


def test_thousands_of_lines_are_joined_by_a_person() -> None:
    before, after = "а\n" * 40_000, "а\n" * 40_001
    assert [run.kind for run in words(before, after)] == ["gap", "same", "ins"]
    assert joined(before, after, before + "б\n") is None


def test_every_field_that_differs_is_named() -> None:
    before = Fields(title="A", channels=("tg",), pictures=(PictureSource(file="x.jpg", alt="cup"),), date="2026-11-25")
    after = before.model_copy(update={"title": "B", "channels": ("tg", "vk"), "pictures": (), "date": ""})
    assert [one.title for one in differing(before, after)] == ["Title", "Pictures", "Channels", "Date"]
    assert differing(before, before) == ()


def test_texts_for_single_channels_are_compared_each() -> None:
    before, after = Manuscript(text_for={"tg": "x", "vk": "y"}), Manuscript(text_for={"vk": "z"})
    assert [one.of for one in differing_by_hand(before, after)] == ["tg", "vk"]


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        pytest.param("A\nb\nc", "a\nb\nC", "A\nb\nC", id="different lines"),
        pytest.param("a\nB\nc", "a\nb\nC", None, id="lines that touch"),
        pytest.param("a\nB\nc", "a\nb\nc", "a\nB\nc", id="only mine"),
        pytest.param("a\nb\nc", "A\nb\nc", "A\nb\nc", id="only theirs"),
        pytest.param("a\nX\nc", "a\nX\nc", "a\nX\nc", id="the same"),
        pytest.param("a\nX\nc", "a\nY\nc", None, id="the same line differently"),
        pytest.param("0\na\nb\nc", "a\nb\nc\nd", "0\na\nb\nc\nd", id="both ends"),
        pytest.param("b\nc", "a\nb", "b", id="each took out another end"),
    ],
)
def test_two_peoples_changes_are_joined_line_by_line(mine: str, theirs: str, both: str | None) -> None:
    found = joined("a\nb\nc\n", mine + "\n", theirs + "\n")
    assert found == (None if both is None else both + "\n")


@given(TEXT, TEXT)
def test_joining_with_nothing_changed_takes_the_others(base: str, other: str) -> None:
    assert joined(base, base, other) == other and joined(base, other, base) == other
    assert joined(base, other, other) == other
