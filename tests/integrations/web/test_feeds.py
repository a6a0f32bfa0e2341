"""What machines read of the site: the feed, the sitemap, robots.txt."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from lxml import etree

from integrations.web.atom import About, feed, identity
from integrations.web.page_index import Card
from integrations.web.sitemap import MOST, robots, sitemap
from models.post import Picture, Post
from models.site import SitePage

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
URL = "https://cups.example"
ABOUT = About("Семь чашек", "Чай & кофе", "Семь чашек", "ru", URL, lambda picture: f"{URL}/media/{picture.file_name}")
PICTURE = Picture(sha256="ab" * 32, media_type="image/jpeg", width=4, height=3, size=9, alt='Чашка "7" <пар>')
EVIL = "<script>alert(1)</script> ]]> & \x0b\x00\ufffe\ud800 'x'"


def page(key: str, post: Post, hours: int = 0) -> SitePage:
    at = AT + timedelta(hours=hours)
    return SitePage.model_construct(key=key, slug=f"p-{key}", post=post, published_at=AT, changed_at=at)


def test_a_feed_is_a_valid_atom_feed() -> None:
    posts = [Post(title="Чай", text="дня", pictures=(PICTURE,), tags=("#чай",)), Post(html="<p>Кофе</p>", title="К")]
    read = feedparser.parse(feed([page("1", posts[0], 2), page("2", posts[1])], ABOUT))
    assert not read.bozo, read.get("bozo_exception")
    assert (read.version, read.feed.title, read.feed.subtitle) == ("atom10", "Семь чашек", "Чай & кофе")
    assert read.feed.updated == "2026-11-23T11:00:00Z"
    assert [link.rel for link in read.feed.links] == ["self", "alternate"]
    first = read.entries[0]
    assert (first.title, first.link, first.tags[0].term) == ("Чай", f"{URL}/p/p-1", "чай")
    assert f"{URL}/media/{PICTURE.file_name}" in first.content[0].value
    assert len({entry.id for entry in read.entries}) == 2


@pytest.mark.parametrize("pages", [[], [page("1", Post(text=EVIL, title=EVIL, description=EVIL, tags=(EVIL,)))]])
def test_a_feed_has_what_the_standard_demands_whatever_is_in_it(pages: list[SitePage]) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    document = feed(pages, ABOUT)
    assert not feedparser.parse(document).bozo
    root = etree.fromstring(document)
    names = {"a": "http://www.w3.org/2005/Atom"}
    for parent in [root, *root.findall("a:entry", names)]:
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"a:{name}", names)) == 1, name
    assert root.findall("a:author/a:name", names)
    for entry in root.findall("a:entry", names):
        assert entry.findall("a:link[@rel='alternate']", names) and entry.find("a:content", names).get("type") == "html"
        assert entry.find("a:title", names).text.strip()
    assert b"<script" not in document


def test_an_entry_is_the_same_for_good() -> None:
    assert identity("k1") == identity("k1") != identity("k2")
    assert identity("k1").startswith("urn:uuid:")


def card(slug: str) -> Card:
    return Card(slug, slug, "t", "s", None, AT, AT)


def test_a_sitemap_names_every_page() -> None:
    root = etree.fromstring(sitemap([card("chai"), card("kofe")], URL))
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    assert root.xpath("//s:loc/text()", namespaces=names) == [f"{URL}/", f"{URL}/p/chai", f"{URL}/p/kofe"]
    assert set(root.xpath("//s:lastmod/text()", namespaces=names)) == {"2026-11-23T09:00:00Z"}
    assert etree.fromstring(sitemap([], URL)).xpath("count(//s:url)", namespaces=names) == 1


def test_a_sitemap_holds_no_more_than_the_protocol_allows() -> None:
    one = card("chai")
    assert sitemap([one] * (MOST + 5), URL).count(b"<url>") == MOST


def test_robots_are_kept_from_the_desk() -> None:
    said = robots(URL)
    assert f"Sitemap: {URL}/sitemap.xml" in said
    assert {"Disallow: /staff", "Disallow: /invite/", "Disallow: /l/"} <= set(said.splitlines())
