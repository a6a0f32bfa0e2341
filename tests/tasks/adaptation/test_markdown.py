"""Markdown as plain text with markup beside it, and as HTML that nothing can run from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.adaptation.markdown import Picture, Read, read


def spans_of(done: Read) -> list[tuple[str, str]]:
    return [(span.kind, done.marked.text[span.start : span.end]) for span in done.marked.spans]


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        pytest.param(
            "a **b** _c_ ~~d~~ `e`",
            "a b c d e",
            [("bold", "b"), ("italic", "c"), ("strike", "d"), ("code", "e")],
            id="inline",
        ),
        pytest.param("## Чай **дня**\nтекст", "Чай дня\n\nтекст", [("bold", "Чай дня")], id="heading is a bold line"),
        pytest.param("[чай *дня*](https://a.ru)", "чай дня", [("link", "чай дня"), ("italic", "дня")], id="link"),
        pytest.param("раз\nдва\\\nтри", "раз\nдва\nтри", [], id="line breaks are kept"),
        pytest.param(
            "- раз\n- два\n  1. три\n  2. **четыре**",
            "• раз\n• два\n  1. три\n  2. четыре",
            [("bold", "четыре")],
            id="lists",
        ),
        pytest.param("3. раз\n\n4. два", "3. раз\n\n4. два", [], id="a list with air keeps it"),
        pytest.param("> раз\n> два", "раз\nдва", [("italic", "раз\nдва")], id="quotation"),
        pytest.param("```\nx = 1\n```", "x = 1", [("code", "x = 1")], id="code block"),
        pytest.param("раз\n\n---\n\nдва", "раз\n\n* * *\n\nдва", [], id="rule"),
        pytest.param("&laquo;чай&raquo; \\*", "«чай» *", [], id="entities and escapes"),
        pytest.param("https://a.ru/x и всё", "https://a.ru/x и всё", [], id="an address stays as it is"),
        pytest.param(
            "[![чай](p.jpg)](https://a.ru)",
            "https://a.ru",
            [("link", "https://a.ru")],
            id="a linked picture leaves its link",
        ),
        pytest.param("", "", [], id="nothing"),
    ],
)
def test_a_source_reads_as_a_person_would_write_it_in_a_messenger(
    source: str, text: str, spans: list[tuple[str, str]]
) -> None:
    done = read(source)
    assert done.marked.text == text
    assert spans_of(done) == spans
    assert done.notes == ()


def test_pictures_leave_the_text_and_are_listed() -> None:
    done = read("![чашка](cup.jpg)\nЧай ![лист](leaf.png)\n\n![](x.jpg)")
    assert done.marked.text == "Чай"
    assert done.pictures == (Picture("cup.jpg", "чашка"), Picture("leaf.png", "лист"), Picture("x.jpg", ""))
    assert "<img" not in done.html
    assert "<p></p>" not in done.html


def test_what_cannot_be_shown_is_said() -> None:
    done = read(
        "Чай<br>дня <span>и</span>\n\n<div>блок <script>run()</script></div>\n\n"
        "| Чай | Цена |\n|---|---|\n| Сенча | 450 |"
    )
    assert done.marked.text == "Чай\nдня и\n\nблок\n\nЧай | Цена\nСенча | 450"
    assert [note.reason.code for note in done.notes] == ["html", "table"]
    assert "<script>" in str(done.notes[0].reason)


@pytest.mark.parametrize(
    ("source", "never"),
    [
        pytest.param("<script>alert(1)</script>", "alert", id="script"),
        pytest.param('<img src=x onerror="alert(1)">', "onerror", id="handler"),
        pytest.param('<a href="javascript:alert(1)">x</a>', 'href="javascript', id="raw link"),
        pytest.param("<a href='&#106;avascript:alert(1)'>x</a>", "avascript:", id="masked link"),
        pytest.param("[x](data:text/html,<b>)", 'href="data', id="data link"),
        pytest.param('<p style="x" class="y">x</p>', "style", id="style"),
        pytest.param("<iframe src=//a.ru></iframe>", "iframe", id="frame"),
    ],
)
def test_nothing_in_the_html_can_run(source: str, never: str) -> None:
    assert never not in read(source).html


def test_links_of_the_html_are_given_their_address_and_bare_ones_become_links() -> None:
    html = read("[a](https://a.ru) https://b.ru. `https://c.ru`", address=lambda url: f"{url}/?t").html
    assert 'href="https://a.ru/?t"' in html
    assert '<a href="https://b.ru/?t" rel="noopener">https://b.ru</a>.' in html
    assert "<code>https://c.ru</code>" in html


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"абв*_~`[]()!<>#-1. \n|&", "**", "](", "](https://a.ru)", "![", "<b>", "> ", "- "]),
        max_size=30,
    ).map("".join)
)
def test_markup_always_lies_on_the_text(source: str) -> None:
    done = read(source)
    assert all(0 <= span.start < span.end <= len(done.marked.text) for span in done.marked.spans)
    assert "<script" not in done.html
