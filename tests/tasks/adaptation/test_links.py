"""Links: found, replaced, and tagged without being disturbed."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.post import Span
from tasks.adaptation.links import addresses, found_in, replace, tagger
from tasks.adaptation.spans import Marked

UTM = {"source": "telegram", "medium": "social", "campaign": "чай 10%"}
TAGGED = "utm_source=telegram&utm_medium=social&utm_campaign=%D1%87%D0%B0%D0%B9%2010%25"
tag = tagger(UTM, ["7cups.ru", "семьчашек.рф"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://7cups.ru/menu", f"https://7cups.ru/menu?{TAGGED}", id="plain"),
        pytest.param("https://7cups.ru", f"https://7cups.ru?{TAGGED}", id="no path"),
        pytest.param(
            "https://www.7cups.ru/x?a=1&b=%20#top",
            f"https://www.7cups.ru/x?a=1&b=%20&{TAGGED}#top",
            id="query and fragment",
        ),
        pytest.param("https://shop.7cups.ru/?", f"https://shop.7cups.ru/?{TAGGED}", id="empty query, subdomain"),
        pytest.param(
            "https://7cups.ru/#/menu?x=1", f"https://7cups.ru/?{TAGGED}#/menu?x=1", id="fragment with a question mark"
        ),
        pytest.param(
            "https://xn--80akbnhfmk4f.xn--p1ai/x", "https://xn--80akbnhfmk4f.xn--p1ai/x", id="another punycode"
        ),
        pytest.param("https://семьчашек.рф/x", f"https://семьчашек.рф/x?{TAGGED}", id="cyrillic domain"),
        pytest.param(
            "https://xn--80ajbuh2a8bj7a.xn--p1ai/x",
            f"https://xn--80ajbuh2a8bj7a.xn--p1ai/x?{TAGGED}",
            id="its punycode",
        ),
        pytest.param("https://vk.com/7cups.ru", "https://vk.com/7cups.ru", id="foreign domain"),
        pytest.param("https://not7cups.ru/", "https://not7cups.ru/", id="a domain that only ends so"),
        pytest.param("mailto:a@7cups.ru", "mailto:a@7cups.ru", id="e-mail"),
        pytest.param("/menu", "/menu", id="relative"),
        pytest.param("https://[7cups.ru/", "https://[7cups.ru/", id="broken"),
    ],
)
def test_only_own_addresses_are_tagged_and_nothing_else_of_them_changes(url: str, expected: str) -> None:
    assert tag(url) == expected
    assert tag(tag(url)) == expected


def test_a_tag_that_is_there_already_is_kept() -> None:
    tagged = tag("https://7cups.ru/?utm_source=qr&UTM_Medium=print")
    assert tagged.startswith("https://7cups.ru/?utm_source=qr&UTM_Medium=print&utm_campaign=")
    assert "telegram" not in tagged


def test_without_utm_nothing_is_tagged() -> None:
    assert tagger({"source": ""}, ["7cups.ru"])("https://7cups.ru/") == "https://7cups.ru/"


QUERY = st.lists(st.tuples(st.sampled_from(["a", "b", "utm_source", "q"]), st.text("abз %", max_size=4)), max_size=4)


@given(QUERY, st.text("ab/?", max_size=5))
def test_the_former_query_and_fragment_survive(query: list[tuple[str, str]], fragment: str) -> None:
    url = "https://7cups.ru/x" + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")
    url += f"#{fragment}" if fragment else ""
    before, after = urlsplit(url), urlsplit(tag(url))
    assert after.fragment == before.fragment
    assert parse_qsl(after.query, keep_blank_values=True)[: len(query)] == parse_qsl(
        before.query, keep_blank_values=True
    )


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        pytest.param("Меню: https://a.ru/x.", ["https://a.ru/x"], id="full stop"),
        pytest.param("(https://a.ru/x)", ["https://a.ru/x"], id="in brackets"),
        pytest.param("https://a.ru/x_(y) и", ["https://a.ru/x_(y)"], id="brackets of its own"),
        pytest.param("«https://a.ru»,http://b.ru/?q=1!", ["https://a.ru", "http://b.ru/?q=1"], id="quotes and a comma"),
        pytest.param("a.ru и ftp://b.ru", [], id="not of the web"),
        pytest.param("https://", [], id="nothing after"),
        pytest.param("https://a.ru/?q=a,b;c&d=1...", ["https://a.ru/?q=a,b;c&d=1"], id="punctuation inside"),
    ],
)
def test_addresses_are_found_without_the_punctuation_around(text: str, urls: list[str]) -> None:
    assert [link.url for link in found_in(text)] == urls
    assert all(text[link.start : link.end] == link.url for link in found_in(text))


def test_links_are_replaced_and_markup_follows() -> None:
    text = "Меню https://7cups.ru/a и тут, жирный"
    marked = Marked(
        text, (Span(start=26, end=29, kind="link", url="https://7cups.ru/b"), Span(start=31, end=37, kind="bold"))
    )
    replaced = replace(marked, tag)
    assert replaced.text == f"Меню https://7cups.ru/a?{TAGGED} и тут, жирный"
    assert [replaced.text[span.start : span.end] for span in replaced.spans] == ["тут", "жирный"]
    assert addresses(replaced) == [f"https://7cups.ru/a?{TAGGED}", f"https://7cups.ru/b?{TAGGED}"]


def test_an_address_under_a_link_is_shown_as_it_was() -> None:
    marked = Marked("https://7cups.ru", (Span(start=0, end=16, kind="link", url="https://7cups.ru/"),))
    assert replace(marked, tag).text == "https://7cups.ru"
    assert addresses(replace(marked, tag)) == [f"https://7cups.ru/?{TAGGED}"]
