"""Markup stays on its words whatever happens to the text beneath."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.post import Span
from tasks.adaptation.spans import Marked, edit, flatten, join, prefix

TEXT = "Чай «Сенча» дома"


def bold(start: int, end: int) -> Span:
    return Span(start=start, end=end, kind="bold")


def link(start: int, end: int, url: str = "https://a.ru/x") -> Span:
    return Span(start=start, end=end, kind="link", url=url)


def words_of(marked: Marked) -> list[str]:
    return [marked.text[span.start : span.end] for span in marked.spans]


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        pytest.param([(0, 3, "Кофе")], "Сенча", id="before"),
        pytest.param([(12, 16, "у нас дома")], "Сенча", id="after"),
        pytest.param([(5, 10, "Ассам")], "Ассам", id="the words themselves"),
        pytest.param([(4, 7, "(Ка")], "(Канча", id="over the beginning"),
        pytest.param([(8, 12, "ок")], "Сенок", id="over the end"),
        pytest.param([(5, 5, "чай ")], "Сенча", id="inserted at the beginning"),
        pytest.param([(10, 10, "!")], "Сенча", id="inserted at the end"),
        pytest.param([(7, 7, "-")], "Се-нча", id="inserted inside"),
        pytest.param([(0, 4, ""), (5, 6, "с"), (11, 16, "")], "сенча", id="several"),
    ],
)
def test_markup_follows_its_words(edits: list[tuple[int, int, str]], words: str) -> None:
    assert words_of(edit(Marked(TEXT, (bold(5, 10),)), edits)) == [words]


def test_markup_of_removed_words_is_gone() -> None:
    assert edit(Marked(TEXT, (bold(5, 10),)), [(4, 11, "")]).spans == ()


@given(st.text(max_size=30), st.data())
def test_untouched_words_keep_their_markup(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    span = bold(places[2], places[3])
    edited = edit(Marked(text, (span,)), [(places[0], places[1], data.draw(st.text(max_size=5)))])
    assert words_of(edited) == ([text[span.start : span.end]] if span.start < span.end else [])


def test_pieces_are_joined_with_their_markup() -> None:
    piece = Marked("Чай", (bold(0, 3),))
    assert words_of(join([piece, Marked(), piece])) == ["Чай", "Чай"]
    assert join([piece, Marked(), piece]).text == "Чай\n\nЧай"


def test_markup_is_closed_where_the_text_ends() -> None:
    assert prefix(Marked(TEXT, (bold(5, 10), bold(12, 16))), 8).spans == (bold(5, 8),)


def test_a_link_that_cannot_be_shown_is_spelled_out() -> None:
    marked = Marked(
        "Меню здесь. Пишите: a@b.ru и https://a.ru/x", (link(5, 10), link(20, 26, "mailto:a@b.ru"), bold(0, 10))
    )
    flat, dropped = flatten(marked, frozenset({"bold"}))
    assert flat.text == "Меню здесь (https://a.ru/x). Пишите: a@b.ru (a@b.ru) и https://a.ru/x"
    assert words_of(flat) == ["Меню здесь"]
    assert dropped == frozenset()


def test_a_link_under_its_own_address_is_written_once() -> None:
    marked = Marked("Меню: https://a.ru/x!", (link(6, 20, "https://a.ru/x?utm_source=vk"),))
    assert flatten(marked, frozenset())[0].text == "Меню: https://a.ru/x?utm_source=vk!"


def test_markup_that_is_dropped_is_named() -> None:
    marked = Marked(TEXT, (bold(5, 10), link(0, 3)))
    assert flatten(marked, frozenset({"link"})) == (Marked(TEXT, (link(0, 3),)), frozenset({"bold"}))
