"""Our short links in place of a post's addresses."""

import pytest

from models.post import Post, Span
from tasks.adaptation.shortening import shorten

BASE = "https://cups.example"


def short(url: str) -> str:
    post = Post(text="here", spans=(Span(start=0, end=4, kind="link", url=url),))
    made, kept = shorten(post, BASE, lambda url: "abc")
    assert kept == ({"abc": url} if made.spans[0].url != url else {})
    return made.spans[0].url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://shop.example/1?a=b", f"{BASE}/l/abc", id="an address of the web"),
        pytest.param(f"{BASE}/l/old", f"{BASE}/l/old", id="one of ours already"),
        pytest.param("mailto:a@example.org", "mailto:a@example.org", id="a letter"),
        pytest.param("https://[broken/1", "https://[broken/1", id="what no browser opens"),
    ],
)
def test_only_what_leads_away_over_the_web_is_shortened(url: str, expected: str) -> None:
    assert short(url) == expected
