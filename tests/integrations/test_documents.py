from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime

from integrations.documents import BYTES_MAX, accept, compose
from models.content import Effect


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str
    amount: int = 0
    since: str = Field(default="", alias="from")
    clock: time | None = None
    at: NaiveDatetime | None = None
    tags: tuple[str, ...] = Field(default=(), min_length=1, max_length=2)
    word: str = Field(default="", max_length=4)


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    on: bool = False
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    by_name: dict[str, Leaf] = {}


def wrong(text: str) -> list[tuple[str, int, str]]:
    document = compose(text, "tree.yaml")
    _, problems, _ = accept(Tree, document)
    return [(one.reason.code, one.place.line, one.place.field) for one in [*document.problems, *problems]]


def test_what_is_typed_means_what_was_typed() -> None:
    document = compose("a: no\nb: 007\nc: 22:00\nd: 1.10\ne: +7 495\nf: 2026-11-25\ng: ''\nh: ~\ni:\nj: 'null'\n", "x")
    assert document.value == {
        "a": "no", "b": "007", "c": "22:00", "d": "1.10", "e": "+7 495", "f": "2026-11-25", "g": "", "j": "null",
    }  # fmt: skip


def test_every_field_has_its_line() -> None:
    document = compose("# a comment\nname: x\n\nleaves:\n  - key: a\n    amount: 5\n  - {key: b}\n", "x", first_line=10)
    assert {loc: line - 9 for loc, line in document.lines.items() if loc} == {
        ("name",): 2, ("leaves",): 4, ("leaves", 0): 5, ("leaves", 0, "key"): 5, ("leaves", 0, "amount"): 6,
        ("leaves", 1): 7, ("leaves", 1, "key"): 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param("{}", [("missing", 1, "name")], id="missing"),
        pytest.param("nam: x", [("extra", 1, "nam")], id="a slip tells of itself only"),
        pytest.param("name: x\nzzz: 1", [("extra", 2, "zzz")], id="a field of nothing"),
        pytest.param("name: [x]", [("string_type", 1, "name")], id="a list for a text"),
        pytest.param("name: x\non: maybe", [("bool_parsing", 2, "on")], id="no yes or no"),
        pytest.param("name: x\nleaf: y", [("model_type", 2, "leaf")], id="a text for fields"),
        pytest.param(
            "name: x\nleaves:\n- key: a\n  amount: many", [("int_parsing", 4, "leaves.a.amount")], id="by key"
        ),
        pytest.param("name: x\nleaves:\n- amunt: 1\n  key: b", [("extra", 3, "leaves.b.amunt")], id="in a list"),
        pytest.param("name: x\nleaves:\n- amount: 1", [("missing", 3, "leaves.1.key")], id="by place"),
        pytest.param("name: x\nleaf: {key: a, frm: b}", [("extra", 2, "leaf.frm")], id="by its written name"),
        pytest.param("name: x\nby_name: {a: {kay: 1}}", [("extra", 2, "by_name.a.kay")], id="in fields by name"),
        pytest.param("name: x\nleaf: {key: a, clock: 25:00}", [("time_parsing", 2, "leaf.clock")], id="no clock"),
        pytest.param(
            "name: x\nleaf: {key: a, at: soon}", [("datetime_from_date_parsing", 2, "leaf.at")], id="no moment"
        ),
        pytest.param("name: x\nleaf: {key: a, at: 2026-12-31T18:00Z}", [("timezone_naive", 2, "leaf.at")], id="zoned"),
        pytest.param("name: x\nleaf: {key: a, tags: []}", [("too_short", 2, "leaf.tags")], id="an empty list"),
        pytest.param("name: x\nleaf: {key: a, tags: [a, b, c]}", [("too_long", 2, "leaf.tags")], id="a long list"),
        pytest.param("name: x\nleaf: {key: a, word: abcde}", [("string_too_long", 2, "leaf.word")], id="a long text"),
        pytest.param("name: x\nname: y", [("twice", 2, "name")], id="a field twice"),
        pytest.param("name: x\n? [a]\n: y", [("twice", 2, "")], id="a name that is a list"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field(text: str, problems: list[tuple[str, int, str]]) -> None:
    assert wrong(text) == problems


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param("name: x\n\tleaf: y", "bad_yaml", 2, id="a tab"),
        pytest.param("name: 'x\nleaf: y", "bad_yaml", 1, id="an open quote"),
        pytest.param("name: x\n leaf: y", "bad_yaml", 2, id="a crooked indent"),
        pytest.param("a: &x [1]\nb: *x", "alias", 1, id="an anchor"),
        pytest.param("a: !!python/name:os.system", "tagged", 1, id="a tag that runs"),
        pytest.param("a: !own x", "tagged", 1, id="a tag"),
        pytest.param("- a\n- b", "no_fields", 0, id="a list"),
        pytest.param("", "no_fields", 0, id="nothing"),
        pytest.param("a: " + "[" * 40 + "]" * 40, "too_deep", 1, id="too deep"),
        pytest.param("a: " + "x" * BYTES_MAX, "too_long", 0, id="too long"),
        pytest.param("a: 1\n---\nb: 2", "bad_yaml", 2, id="two documents"),
        pytest.param("a: \x01", "bad_yaml", 0, id="a control character"),
    ],
)
def test_what_cannot_be_read_stops_with_its_line(text: str, code: str, line: int) -> None:
    document = compose(text, "tree.yaml")
    (problem,) = document.problems
    assert document.value is None
    assert (problem.reason.code, problem.place.line, problem.effect) == (code, line, Effect.STOPS)


def test_a_bomb_of_references_is_refused_before_it_is_built() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert compose(bomb, "x").problems[0].reason.code == "alias"


@given(st.text(max_size=200))
def test_no_text_is_more_than_fields_or_a_sentence(text: str) -> None:
    document = compose(text, "x")
    assert isinstance(document.value, dict) or document.problems


SIX = ("clock: 25:00", "at: soon", "at: 2026-12-31T18:00Z", "tags: [a, b, c]", "tags: []", "word: abcde")


@pytest.mark.parametrize("text", SIX)
def test_what_is_wrong_is_said_in_our_words_and_not_in_the_librarys(text: str) -> None:
    _, problems, _ = accept(Leaf, compose(f"key: a\n{text}", "leaf.yaml"))
    said = [str(one.reason) for one in problems]
    assert len(said) == 1 and "does not fit here (" not in said[0] and said[0].endswith(".")
