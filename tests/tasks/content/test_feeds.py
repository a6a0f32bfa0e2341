from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Effect
from models.locale import spoken
from tasks.content.feeds import ITEMS_MAX, read_feed

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
     xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns:cc="http://web.resource.org/cc/">
<channel><title>Новости</title><copyright>CC BY 4.0</copyright>{items}</channel></rss>"""
ITEM = """<item><title>Чай &amp; кофе</title><link>/news/1</link><guid isPermaLink="false">n1</guid>
<pubDate>Sat, 21 Nov 2026 09:00:00 +0300</pubDate><category>чай</category><category>цены</category>
<description><![CDATA[<p>Первый <b>абзац</b>.</p><p>Второй<br>строкой.</p><ul><li>раз</li><li>два</li></ul>
<script>alert(1)</script>]]></description><dc:creator>Ольга</dc:creator>
<enclosure url="https://pic.test/a.jpg" type="image/jpeg" length="1"/>
<enclosure url="https://pic.test/a.mp3" type="audio/mpeg" length="1"/>
<media:content url="/b.png" medium="image"/><media:thumbnail url="javascript:alert(1)"/></item>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><id>urn:1</id><title type="html">Tea &amp;amp; you</title><link href="https://x.test/1"/>
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/>
<updated>2026-11-21T06:00:00Z</updated><content type="html">&lt;p&gt;Hello&lt;/p&gt;</content></entry></feed>"""


def rss(*items: str) -> bytes:
    return RSS.replace("{items}", "".join(items)).encode()


def refusal(data: bytes) -> str:
    items, problems = read_feed(data, "news", url="https://x.test/feed")
    assert items == ()
    assert problems[0].effect is Effect.STOPS
    with spoken("ru"):
        assert str(problems[0]).startswith("https://x.test/feed: ")
    return problems[0].reason.code


def test_an_entry_is_plain_text_with_its_provenance() -> None:
    found = read_feed(rss(ITEM), "news", url="https://x.test/feed")
    (item,) = found.items
    assert found.problems == ()
    assert (item.guid, item.title, item.link, item.author) == ("n1", "Чай & кофе", "https://x.test/news/1", "Ольга")
    assert item.text == "Первый абзац.\n\nВторой\nстрокой.\n• раз\n• два"
    assert item.published == datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert (item.licence, item.topics) == ("CC BY 4.0", ("чай", "цены"))
    assert item.pictures == ("https://pic.test/a.jpg", "https://x.test/b.png")


def test_atom_is_read_too_and_its_entrys_licence_wins() -> None:
    (item,) = read_feed(ATOM, "news", licence="own").items
    assert (item.title, item.text, item.guid) == ("Tea & you", "Hello", "urn:1")
    assert item.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert item.published == datetime(2026, 11, 21, 6, tzinfo=UTC)


def test_an_entry_without_a_guid_is_known_by_its_link_and_without_that_by_its_words() -> None:
    data = rss("<item><title>Раз</title><link>https://x.test/1</link></item>", "<item><title>Два</title></item>")
    linked, bare = read_feed(data, "news").items
    assert linked.guid == "https://x.test/1"
    assert len(bare.guid) == 32
    assert read_feed(data, "news").items[1].guid == bare.guid


def test_an_entry_told_twice_is_one() -> None:
    first, again = "<item><guid>1</guid><title>Раз</title></item>", "<item><guid>1</guid><title>Иначе</title></item>"
    assert [item.title for item in read_feed(rss(first, again), "news").items] == ["Раз"]


def test_an_entry_without_words_is_left_out_and_the_rest_goes_on() -> None:
    found = read_feed(rss("<item><guid>1</guid></item>", "<item><title>Два</title></item>"), "news")
    assert [item.title for item in found.items] == ["Два"]
    assert [(note.effect, note.reason.words["number"]) for note in found.problems] == [(Effect.NOTE, 1)]


def test_a_link_that_runs_is_no_link() -> None:
    (item,) = read_feed(rss("<item><title>x</title><link>javascript:alert(1)</link></item>"), "news").items
    assert item.link == ""


def test_windows_1251_is_read_as_declared() -> None:
    data = RSS.replace("UTF-8", "windows-1251").replace("{items}", "<item><title>Чай</title></item>").encode("cp1251")
    assert read_feed(data, "news").items[0].title == "Чай"


@pytest.mark.parametrize("day", ["2026-12-05", "2026-12-05T10:00:00+03:00", "20261205"])
def test_the_day_of_an_event_is_taken_from_its_own_field(day: str) -> None:
    (item,) = read_feed(rss(f"<item><title>x</title><ev:startdate>{day}</ev:startdate></item>"), "events").items
    assert item.starts == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"<!DOCTYPE html><html><body>Hi</body></html>", "html", id="a page"),
        pytest.param(b"\xef\xbb\xbf\r\n <HTML><p>rss</p></HTML>", "html", id="a page in capitals"),
        pytest.param("<html><p>rss</p></html>".encode("utf-16"), "html", id="a page in UTF-16"),
        pytest.param(b'{"items": []}', "not_a_feed", id="json"),
        pytest.param(b"<yml_catalog><shop/></yml_catalog>", "not_a_feed", id="a product feed"),
        pytest.param(b"/etc/passwd", "not_a_feed", id="a path is not opened"),
        pytest.param(b"https://127.0.0.1/feed", "not_a_feed", id="an address is not followed"),
        pytest.param(b'<!DOCTYPE r [<!ENTITY a "a">]><rss version="2.0"/>', "entities", id="entities"),
        pytest.param('<!DOCTYPE r [<!ENTITY a "a">]><rss/>'.encode("utf-16"), "entities", id="entities in UTF-16"),
    ],
)
def test_what_is_no_feed_stops_with_its_reason(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_page_that_names_its_feed_is_answered_with_that_address() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>'
    (problem,) = read_feed(page, "news", url="https://x.test/blog/").problems
    assert problem.reason.words["address"] == "https://x.test/rss.xml"


def test_a_broken_feed_gives_what_could_be_understood() -> None:
    found = read_feed(rss(ITEM)[:-30] + b"<oops", "news")
    assert [item.guid for item in found.items] == ["n1"]
    assert [problem.reason.code for problem in found.problems] == ["broken"]


def test_a_feed_without_an_end_is_taken_to_a_bound() -> None:
    found = read_feed(rss(*(f"<item><title>{n}</title></item>" for n in range(ITEMS_MAX + 1))), "news")
    assert len(found.items) == ITEMS_MAX
    assert [problem.reason.code for problem in found.problems] == ["too_many"]


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"<rss version='2.0'><channel><item><title>", b"<feed>", b"<html>"])
)
def test_no_bytes_are_more_than_a_feed_or_a_sentence(data: bytes, head: bytes) -> None:
    found = read_feed(head + data, "news")
    assert found.items or found.problems or head


@given(st.text(max_size=200))
def test_no_markup_is_left_in_a_text(text: str) -> None:
    for item in read_feed(rss(f"<item><title>x</title><description><![CDATA[{text.replace(']]>', '')}<script>alert(1)"
                              f"</script><img src=x onerror=y>]]></description></item>"), "news").items:  # fmt: skip
        assert "alert(1)" not in item.text
        assert "onerror" not in item.text
