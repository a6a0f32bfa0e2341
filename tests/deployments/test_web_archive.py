"""The archive of letters on the site: a list, pages that can do nothing, a feed, the map for search engines."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html

from models.mail_document import Finished, MailDocument, MailVariant
from models.mailings import MailingVersion
from tasks.composing.compiled import kept
from tasks.composing.compose import compose
from tasks.composing.materials import Doors, Imprint, Materials
from tasks.returns import marks
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.fakes import NOW
from tests.tasks.archive.letters import letter, sent
from tests.tasks.composing.sample import BRAND

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def reader(web: Web) -> Browser:
    return web.browser()


def test_the_list_leads_to_every_letter(web: Web, reader: Browser) -> None:
    assert "Здесь пока пусто" in reader.get("/letters").text
    for n in range(60):
        letter(web.house, f"week-{n}", f"Week {n}", at=NOW - timedelta(days=n))
    page = html.fromstring(reader.get("/letters").text)
    links = page.xpath("//ol//a/@href")
    assert links[:2] == ["/letters/week-0", "/letters/week-1"] and len(links) == 50
    assert page.xpath("//a[@rel='next']/@href") == ["/letters?page=2"]
    assert len(html.fromstring(reader.get("/letters?page=2").text).xpath("//ol//a")) == 10
    assert reader.get("/letters?page=3").status_code == 404
    assert all(reader.get(link).status_code == 200 for link in links[:3])


def test_what_colleagues_call_a_mailing_is_told_to_nobody_else(web: Web, reader: Browser) -> None:
    letter(web.house)
    pages = [reader.get(path).text for path in ("/letters", "/letters/week", "/letters.atom")]
    assert all("Title of" not in page for page in pages) and "News of the week" in pages[0]


def test_a_letter_is_shown_as_it_went_and_can_do_nothing(web: Web, reader: Browser) -> None:
    letter(web.house)
    answer = reader.get("/letters/week")
    assert "Hello, friends!" in answer.text and "set-cookie" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy and "script-src" not in policy and "default-src 'none'" in policy
    assert "x-robots-tag" not in answer.headers and answer.headers["cache-control"] == "no-cache"
    for wrong in ("/letters/none", "/letters/..%2f", "/letters/%00", "/letters/a/b"):
        assert reader.get(wrong).status_code in (400, 404)


def test_what_a_designer_made_does_nothing_either(web: Web, reader: Browser) -> None:
    """Code is left out when a letter is made ready; whatever came through could not run."""
    letter(web.house)
    source = "<html><head></head><body><p onclick='x()'>Tea</p><script>alert(1)</script></body></html>"
    variant = MailVariant(subject="S", finished=Finished(kind="html", source=source))
    document = MailDocument(key="week", title="T", sender="a@example.org", variants=(variant,))
    made = compose(document, Materials(BRAND, Imprint("S"), Doors.at(web.house.public_url)))
    with web.house.sessions.begin() as session:
        session.get_one(MailingVersion, 1).compiled = kept(made.compiled) if made.compiled else ""
    answer = reader.get("/letters/week")
    assert answer.status_code == (200 if made.compiled else 404)
    assert "script" not in answer.headers["content-security-policy"].replace("script-src", "")


def test_the_feed_and_the_map_name_the_letters(web: Web, reader: Browser) -> None:
    letter(web.house, "old", "Old", at=NOW - timedelta(days=3))
    letter(web.house, "new", "Fish & chips <b>")
    answer = reader.get("/letters.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)
    assert [one.text for one in root.findall("a:entry/a:title", ATOM)] == ["Fish & chips <b>", "Old"]
    hrefs = [one.get("href") for one in root.findall("a:entry/a:link", ATOM)]
    assert hrefs == ["https://cups.example/letters/new", "https://cups.example/letters/old"]
    assert root.findtext("a:id", namespaces=ATOM) == "https://cups.example/letters.atom"
    content = root.findtext("a:entry/a:content", namespaces=ATOM) or ""
    assert "Hello, friends!" in content and "nobody" not in content
    assert reader.get("/letters.atom", **{"if-none-match": answer.headers["etag"]}).status_code == 304
    site = reader.get("/sitemap.xml").text
    assert "https://cups.example/letters/new" in site and "<loc>https://cups.example/letters</loc>" in site
    ElementTree.fromstring(site)


def test_without_letters_the_map_has_no_archive(reader: Browser) -> None:
    assert "/letters" not in reader.get("/sitemap.xml").text
    ElementTree.fromstring(reader.get("/letters.atom").content)


def test_ones_own_letter_opens_in_a_browser(web: Web, reader: Browser) -> None:
    message = sent(web.house, letter(web.house, public=False))
    answer = reader.get(f"/v/{marks.mark_of(web.house.printed, message)}")
    assert "Hello, Anna!" in answer.text and "sandbox" in answer.headers["content-security-policy"]
    assert "no-store" in answer.headers["cache-control"] and "noindex" in answer.headers["x-robots-tag"]
    assert reader.get("/letters/week").status_code == 404
