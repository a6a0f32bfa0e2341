"""A text never exceeds what the channel takes, and is cut where it hurts least."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.channels.base import Counted, Limits
from integrations.channels.measure import length
from models.post import Span
from tasks.adaptation.counting import graphemes
from tasks.adaptation.fit import Room, cut_place, fit, read_more, room_for
from tasks.adaptation.links import found_in
from tasks.adaptation.spans import Marked

COUNTS = st.sampled_from(["graphemes", "code_points", "utf16", "bytes"])
PIECES = st.sampled_from(
    [
        "чай",
        " ",
        " ",
        ". ",
        "\n",
        "\n\n",
        "…",
        "👨‍👩‍👧",
        "🇷🇺",
        "е\u0301",
        "\u0301",
        "\u200d",
        "https://7cups.ru/a?b=c",
        "x" * 30,
        "\r\n",
        "\u00a0",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join)


@st.composite
def marked_texts(draw: st.DrawFn) -> Marked:
    text = draw(TEXTS)
    spans = []
    for kind in draw(st.lists(st.sampled_from(["bold", "italic", "code", "link"]), max_size=3)):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        if start < end:
            spans.append(Span(start=start, end=end, kind=kind, url="https://a.ru" if kind == "link" else ""))
    return Marked(text, tuple(spans))


@settings(max_examples=400, deadline=None)
@given(marked_texts(), st.integers(0, 80), COUNTS, st.booleans())
def test_fitting_never_exceeds(marked: Marked, limit: int, counts: Counted, tailed: bool) -> None:
    tail = read_more("https://7cups.ru/p", "ru", as_link=True) if tailed else Marked()
    fitted = fit(marked, Room(limit, counts), may_cut=True, tail=tail)
    assert length(fitted.marked.text, counts) <= limit
    assert all(0 <= span.start < span.end <= len(fitted.marked.text) for span in fitted.marked.spans)
    assert bool(fitted.cut) <= bool(fitted.notes)


@settings(max_examples=300, deadline=None)
@given(marked_texts(), st.integers(1, 80), COUNTS)
def test_no_character_link_or_code_is_cut_through(marked: Marked, limit: int, counts: Counted) -> None:
    place = cut_place(marked, Room(limit, counts))
    assert length(marked.text[:place], counts) <= limit
    ends = [0]
    for grapheme in graphemes(marked.text):
        ends.append(ends[-1] + len(grapheme))
    assert place in ends
    whole = [(span.start, span.end) for span in marked.spans if span.kind in ("link", "code")]
    whole += [(link.start, link.end) for link in found_in(marked.text)]
    assert not any(start < place < end for start, end in whole)


PARAGRAPHS = "Первое предложение. Второе предложение!\n\nТретье, длинное, с запятыми предложение. Конец."


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(100, PARAGRAPHS, id="fits"),
        pytest.param(50, "Первое предложение. Второе предложение!", id="at a paragraph"),
        pytest.param(36, "Первое предложение.", id="at a sentence"),
        pytest.param(18, "Первое…", id="at a word"),
        pytest.param(4, "Пер…", id="inside a word, when there is nothing else"),
        pytest.param(0, "", id="nothing fits"),
    ],
)
def test_a_text_is_cut_where_it_hurts_least(limit: int, expected: str) -> None:
    assert fit(Marked(PARAGRAPHS), Room(limit), may_cut=True).marked.text == expected


def test_the_reader_is_sent_to_the_whole_text() -> None:
    tail = read_more("https://7cups.ru/p", "ru", as_link=True)
    fitted = fit(Marked(PARAGRAPHS), Room(60), may_cut=True, tail=tail)
    assert fitted.marked.text == "Первое предложение. Второе предложение!\n\nЧитать дальше"
    (span,) = fitted.marked.spans
    assert (span.kind, span.url) == ("link", "https://7cups.ru/p")
    assert fitted.cut.startswith("Третье")
    assert read_more("https://7cups.ru/p", "en", as_link=False).text == "\n\nRead more: https://7cups.ru/p"


def test_a_company_that_allows_no_cutting_hears_of_a_problem() -> None:
    fitted = fit(Marked(PARAGRAPHS), Room(50), may_cut=False)
    assert fitted.marked.text == PARAGRAPHS
    (note,) = fitted.notes
    assert note.is_problem
    assert note.reason.words["excess"] == len(PARAGRAPHS) - 50


def test_bold_words_are_kept_whole_where_that_costs_little() -> None:
    text = "Слово слово слово слово слово слово жирное выделение дальше"
    start = text.index("жирное")
    bold = Span(start=start, end=start + 16, kind="bold")
    assert fit(Marked(text, (bold,)), Room(start + 12), may_cut=True).marked.text.endswith("слово…")
    everything = Span(start=0, end=len(text), kind="italic")
    (kept,) = fit(Marked(text, (everything,)), Room(start + 12), may_cut=True).marked.spans
    assert kept.end == start + 6


def test_a_non_breaking_space_is_not_where_a_text_is_cut() -> None:
    assert fit(Marked("чай из\u00a0Японии дома"), Room(10), may_cut=True).marked.text == "чай…"


@pytest.mark.parametrize(
    ("pictures", "apart", "limit"),
    [
        pytest.param(0, False, 4096, id="text alone"),
        pytest.param(1, False, 1024, id="under a picture"),
        pytest.param(3, True, 4096, id="pictures on their own"),
    ],
)
def test_the_limit_is_of_the_caption_where_pictures_stand_with_the_text(pictures: int, apart: bool, limit: int) -> None:
    assert room_for(Limits(text_max=4096, caption_max=1024), pictures, apart).limit == limit


def test_a_channel_without_a_caption_limit_has_its_text_limit() -> None:
    assert room_for(Limits(text_max=300), 2, False).limit == 300
