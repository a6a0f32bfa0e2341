"""Texts as HTML: the markup is there, and nothing that could do harm."""

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from integrations.web.markup import body_of, heading, marked_up, summary
from models.post import Post, Span

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def span(start: int, end: int, kind: str, url: str = "") -> Span:
    return Span.model_validate({"start": start, "end": end, "kind": kind, "url": url})


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        pytest.param("чай", [], "чай", id="plain"),
        pytest.param("чай дня", [span(0, 3, "bold")], "<strong>чай</strong> дня", id="bold"),
        pytest.param("аб", [span(0, 2, "bold"), span(1, 2, "italic")],
                     "<strong>а</strong><em><strong>б</strong></em>", id="nested"),
        pytest.param("цена", [span(0, 4, "link", "https://a.ru/?x=1&y")],
                     '<a href="https://a.ru/?x=1&amp;y" rel="noopener nofollow">цена</a>', id="link"),
        pytest.param("цена", [span(0, 4, "link", "javascript:alert(1)")], "цена", id="a link that runs"),
        pytest.param("см. https://a.ru/b.", [],
                     'см. <a href="https://a.ru/b" rel="noopener nofollow">https://a.ru/b</a>.', id="written out"),
        pytest.param("x", [span(0, 9, "bold"), span(-1, 1, "bold"), span(1, 1, "bold")], "x", id="outside the text"),
    ],
)  # fmt: skip
def test_markup_lies_over_the_text(text: str, spans: list[Span], expected: str) -> None:
    assert marked_up(text, spans) == expected


@pytest.mark.parametrize("spans", [[], [span(14 * n, 14 * n + 3, "bold") for n in range(8000)]], ids=["bare", "bold"])
def test_a_text_of_nothing_but_links_is_marked_up_in_one_pass(spans: list[Span]) -> None:
    """As long as a piece may be; looking at every link for each took a minute."""
    began = monotonic()
    assert marked_up("https://e.e/x " * 8000, spans).count("<a ") == 8000
    assert monotonic() - began < 20


def test_a_link_over_bold_words_is_one_link() -> None:
    said = marked_up("купить чай", [span(0, 10, "link", "https://a.ru"), span(7, 10, "bold")])
    assert said.count("<a ") == 1


KINDS = st.sampled_from(["bold", "italic", "strike", "code", "link"])
SPANS = st.lists(st.builds(span, st.integers(0, 12), st.integers(0, 14), KINDS, st.just("https://a.ru")), max_size=5)


@given(text=st.text(alphabet=" <>&\"'abя😀\n", max_size=14), spans=SPANS)
def test_no_text_is_lost_and_no_tag_is_made_of_it(text: str, spans: list[Span]) -> None:
    tree = html.fromstring(f"<div>{marked_up(text, spans)}</div>")
    assert tree.text_content() == text
    assert {element.tag for element in tree.iter()} <= {"div", "strong", "em", "s", "code", "a"}


@pytest.mark.parametrize("post", [Post(text=EVIL), Post(html=f"<p>чай{EVIL}</p><a href='javascript:x'>a</a>")])
def test_a_body_runs_nothing(post: Post) -> None:
    tree = html.fromstring(f"<div>{body_of(post)}</div>")
    assert not tree.xpath("//script|//img|//@onerror|//a[starts-with(@href,'javascript')]")


def test_a_page_without_a_title_is_called_by_its_first_line() -> None:
    post = Post(text="\n  Чай дня\nвторая строка")
    assert (heading(post), summary(post)) == ("Чай дня", "Чай дня вторая строка")


def test_a_summary_ends_at_a_word() -> None:
    said = summary(Post(text="слово " * 60))
    assert len(said) <= 200 and said.endswith("слово…")
