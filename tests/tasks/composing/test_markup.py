"""Code as tokens: nothing lost, cut as browsers cut it, never slow and never deeper than is safe."""

from itertools import pairwise

import css_inline
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from tasks.composing.markup import Lines, attributes, everything, rewritten, tokens, too_deep

PIECES = st.sampled_from(
    ["<p>", "</p>", "<a href='x\">y'>", '<b title="a>b">', "<!-- c -->", "<!-->", "<!--[if mso]><i>x</i><![endif]-->",
     "<style>a>b{}</style>", "<script>", "text", " ", "&amp;", "<", ">", "</ x>", "<br/>", "<!doctype html>",
     "<p don't>",     "<a =b c=>", '"', "'", "<![CDATA[x]]>", "-->", "</style>", "<title>t</title>", "\n", "<td/x>"]
)  # fmt: skip
CODE = st.lists(PIECES, max_size=30).map("".join)


@given(CODE)
def test_tokens_cover_the_code_without_gaps(code: str) -> None:
    found = list(tokens(code))
    assert "".join(code[token.start : token.end] for token in found) == code
    assert all(one.end == other.start for one, other in pairwise(found))


@given(CODE)
def test_of_code_that_a_parser_wrote_out_the_same_elements_are_seen(code: str) -> None:
    """What a browser's parser writes out is read here as any other parser reads it."""
    written = css_inline.inline(
        f"<html><body>{code}</body></html>", keep_style_tags=True, load_remote_stylesheets=False
    )
    mine = [token.name for token in tokens(written) if token.kind == "tag" and not token.closes]
    tree = lxml_html.document_fromstring(written)
    # libxml2 knows neither raw <title> in a body nor custom names as HTML 5 does: compared are the elements of letters.
    known = {"p", "a", "b", "i", "br", "td", "style", "script"}
    theirs = [element.tag for element in tree.iter() if element.tag in known]
    if "<script" not in written and "<style" not in written and "<title" not in written:
        assert [name for name in mine if name in known] == theirs


@pytest.mark.parametrize(
    "code",
    ["<!--" * 100_000, '<a "' * 100_000, '<a ="' * 100_000, "<a b='>" * 60_000, "<" * 400_000, "<a" * 200_000,
     "<style>" * 60_000, "<a x=\n" * 60_000, "<a" + " " * 400_000, "<!--[if mso]>" * 30_000 + "<![endif]-->"],
    ids=lambda code: code[:6],
)  # fmt: skip
def test_no_code_takes_longer_than_its_length(code: str) -> None:
    """Linear: a finished letter of half a megabyte, whatever stands in it, is cut in one pass."""
    assert sum(token.end - token.start for token in tokens(code)) == len(code)
    assert sum(1 for _ in everything(code)) <= len(code)


@pytest.mark.parametrize(
    ("code", "deep"),
    [
        ("<div>" * 51, True),
        ("<div>" * 50, False),
        ("<div></div>" * 500, False),
        ("<table><tr><td>" * 51, True),
        ("<li>" * 500, False),
        ("<br>" * 500, False),
        ("<div><b></div>" * 60, True),
        ('<div title="</div>">' * 60, True),
        ("<div><!-- </div> -->" * 60, True),
        ("<div></ </div>" * 60, True),
        ("<p don't>" + "<div>" * 60, True),
        ("<!--><div>" * 60, True),
        ("<div/>" * 60, True),
    ],
)
def test_elements_too_deep_in_one_another_are_seen(code: str, deep: bool) -> None:
    assert (too_deep(code) is not None) is deep


def test_in_xml_an_element_may_end_in_itself() -> None:
    assert too_deep("<mj-spacer/>" * 500, xml=True) is None
    assert too_deep("<style><div>" * 26, xml=True) is not None


def test_attributes_are_read_with_their_places() -> None:
    code = "<a href=\"x?a=1&amp;b\" title='q' data-x=5 hidden>"
    tag = next(iter(tokens(code)))
    found = {one.name: one for one in attributes(code, tag)}
    assert {name: one.value for name, one in found.items()} == {
        "href": "x?a=1&b", "title": "q", "data-x": "5", "hidden": "",
    }  # fmt: skip
    assert rewritten(code, [(found["href"].start, found["href"].end, "y")]).startswith('<a href="y" title')


def test_what_only_outlook_reads_is_read_too() -> None:
    code = '<!--[if mso]><v:rect href="x"></v:rect><![endif]--><!-- <i> --><!--[if !mso]><!--><b></b><!--<![endif]-->'
    assert [token.name for token in everything(code) if token.kind == "tag"] == ["v:rect", "v:rect", "b", "b"]


@given(st.text(alphabet="a\n", max_size=50), st.data())
def test_a_line_is_counted_as_a_person_counts_it(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert Lines(text)(place) == text.count("\n", 0, place) + 1
