"""The own site as people and machines see it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import pytest
from lxml import etree, html

from deployments.site_verbs import site_path
from models.post import Post, Product, Span
from models.reaction import TrackedLink, Visit
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.fakes import NOW

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)> ' \" & ]]>"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def reader(web: Web) -> Browser:
    return web.browser()


def visits(web: Web) -> dict[tuple[str, str, bool], int]:
    web.app.state.premises.visits.flush()
    with web.house.sessions() as session:
        return {(visit.kind, visit.key, visit.robot): visit.number for visit in session.query(Visit)}


def link(web: Web, code: str, url: str) -> None:
    with web.house.sessions.begin() as session:
        session.add(TrackedLink(code=code, url=url, piece_id=1, account="tg", made_at=NOW))


def test_a_page_says_what_the_post_says(web: Web, reader: Browser) -> None:
    picture = web.picture(alt="Чашка")
    post = Post(
        title="Чай дня", slug="chai-dnia", description="О чае", text="Сенча", html="<p>Сенча <strong>450</strong></p>",
        pictures=(picture,), tags=("#чай",), link="https://shop.example/?utm_source=site",
        ad_label="Реклама. erid: 2Vt",
        products=(Product(id="1", name="Сенча", price=45050, currency="RUB", url="https://shop.example/1"),
                  Product(id="2", name="Чашка", price=100, currency="RUB", available=False)),
        valid_until="2026-12-31",
    )  # fmt: skip
    web.site.publish("k1", post)
    tree = html.fromstring(reader.get("/p/chai-dnia").text)
    assert tree.xpath("//title/text()") == ["Чай дня · Чай & кофе"]
    assert tree.xpath("//meta[@name='description']/@content") == ["О чае"]
    assert tree.xpath("//link[@rel='canonical']/@href") == ["https://cups.example/p/chai-dnia"]
    og = {meta.get("property"): meta.get("content") for meta in tree.xpath("//meta[@property]")}
    assert (og["og:title"], og["og:type"], og["og:image:alt"]) == ("Чай дня", "article", "Чашка")
    assert og["og:image"] == f"https://cups.example/media/{picture.file_name}"
    said = " ".join(tree.xpath("//main//text()"))
    for words in ("450,50", "нет в наличии", "Реклама. erid: 2Vt", "2026-12-31", "чай"):
        assert words in said
    assert tree.xpath("//main//strong/text()")[0] == "450"
    assert tree.xpath("//html/@lang") == ["ru"] and tree.xpath("//main//img/@alt") == ["Чашка"]


def test_every_page_says_that_the_sample_is_a_sample(web: Web, reader: Browser) -> None:
    web.site.publish("k1", Post(title="Чай", slug="chai", text="x"))
    for path in ("/", "/p/chai", "/sign-in", "/nothing"):
        assert "Это учебный пример" in reader.get(path).text


def test_json_ld_is_read_and_cannot_break_out(web: Web, reader: Browser) -> None:
    product = Product(id="1", name=EVIL, price=100, currency="RUB")
    web.site.publish("k1", Post(title=EVIL, slug="evil", text=EVIL, description=EVIL, products=(product,)))
    tree = html.fromstring(reader.get("/p/evil").text)
    [script] = tree.xpath("//script")
    article, product_said = json.loads(script.text)
    assert (article["@type"], product_said["name"]) == ("Article", EVIL)
    assert article["mainEntityOfPage"] == "https://cups.example/p/evil" and article["datePublished"] == NOW.isoformat()


@pytest.mark.parametrize("path", ["/", "/p/evil", "/feed.atom", "/sitemap.xml"])
def test_nothing_of_a_post_runs(web: Web, reader: Browser, path: str) -> None:
    picture = web.picture(alt=EVIL)
    post = Post(
        title=EVIL, slug="evil", text=EVIL, description=EVIL, html=f"<p>{EVIL}</p>", tags=(EVIL,), ad_label=EVIL,
        link="javascript:alert(1)", pictures=(picture,), valid_until=EVIL, spans=(Span(start=0, end=3, kind="bold"),),
        products=(Product(id=EVIL, name=EVIL, price=1, currency="RUB", url="javascript:alert(1)"),),
    )  # fmt: skip
    web.site.publish("k1", post)
    text = reader.get(path).text
    assert "<script>alert" not in text and "<img src=x" not in text
    if path.endswith((".atom", ".xml")):
        etree.fromstring(text.encode())
        return
    tree = html.fromstring(text)
    assert not tree.xpath("//@onerror") and not tree.xpath("//a[starts-with(@href, 'javascript')]")
    assert {script.get("type") for script in tree.xpath("//script")} <= {"application/ld+json"}


def test_the_first_page_shows_the_newest_and_turns(web: Web, reader: Browser) -> None:
    for number in range(30):
        web.site.publish(f"k{number:02}", Post(title=f"Чай {number}", slug=f"p-{number}", text="x"))
    first = html.fromstring(reader.get("/").text)
    assert first.xpath("//article//h2/text()")[:2] == ["Чай 29", "Чай 28"] and len(first.xpath("//article")) == 24
    assert len(html.fromstring(reader.get("/?page=2").text).xpath("//article")) == 6
    assert html.fromstring(reader.get("/?page=2").text).xpath("//link[@rel='canonical']/@href") == [
        "https://cups.example/?page=2"
    ]
    for path in ("/?page=3", "/?page=0", "/?page=-1", "/?page=x"):
        assert reader.get(path).status_code == 404


def test_a_page_that_was_removed_is_gone_and_one_that_never_was_is_not_there(web: Web, reader: Browser) -> None:
    web.site.publish("k1", Post(title="Чай", slug="chai", text="x"))
    assert reader.get("/p/chai").status_code == 200
    web.site.delete("k1")
    web.app.state.premises.index._look_at = 0.0
    assert reader.get("/p/chai").status_code == 410
    assert reader.get("/p/kofe").status_code == 404


def test_the_feed_is_valid_and_known_by_its_tag(web: Web, reader: Browser) -> None:
    web.site.publish("k1", Post(title="Чай", slug="chai", text="x", pictures=(web.picture(),)))
    answer = reader.get("/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(answer.content)
    assert not read.bozo and read.feed.title == "Чай & кофе" and read.entries[0].link == "https://cups.example/p/chai"
    again = reader.get("/feed.atom", **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_search_engines_are_told_of_every_page(web: Web, reader: Browser) -> None:
    web.site.publish("k1", Post(title="Чай", slug="chai", text="x"))
    answer = reader.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    assert b"https://cups.example/p/chai" in answer.content
    assert "Sitemap: https://cups.example/sitemap.xml" in reader.get("/robots.txt").text


# Pictures.


def test_a_picture_is_served_as_what_it_is_for_ever(web: Web, reader: Browser) -> None:
    picture = web.picture(b"\xff\xd8 bytes")
    answer = reader.get(f"/media/{picture.file_name}")
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\xd8 bytes", "image/jpeg")
    assert "immutable" in answer.headers["cache-control"] and "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    ["0" * 64 + ".jpg", "0" * 64 + ".html", "0" * 64 + ".svg", "x.jpg", "..%2f..%2fotdel.sqlite", "%2e%2e/otdel.sqlite",
     "../../otdel.sqlite", "0" * 64, "aa/" + "0" * 64 + ".jpg"],
)  # fmt: skip
def test_nothing_but_pictures_is_served(web: Web, reader: Browser, name: str) -> None:
    (web.house.root / "media" / "00").mkdir(parents=True)
    (web.house.root / "media" / "00" / ("0" * 64 + ".html")).write_text("<script>")
    assert reader.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e%2fapp.py", "__init__.py", "nothing.css", "otdel.css/"])
def test_no_file_of_ours_but_styles_is_served(reader: Browser, name: str) -> None:
    assert reader.get(f"/static/{name}").status_code == 404
    assert reader.get("/static/otdel.css").headers["content-type"] == "text/css; charset=utf-8"


def test_the_companys_colours_and_logo_are_served(web: Web, reader: Browser) -> None:
    assert reader.get("/logo.png").status_code == 404
    (web.house.root / "brand").mkdir()
    (web.house.root / "brand" / "brand.yaml").write_text('palette: {accent: "#a84a24"}\nlogo: logo.png\n')
    (web.house.root / "brand" / "logo.png").write_bytes(b"\x89PNG")
    assert "#a84a24" in reader.get("/brand.css").text
    assert reader.get("/logo.png").headers["content-type"] == "image/png"
    assert "/logo.png?v=" in reader.get("/").text


# Visits.


def test_a_view_is_counted_once_for_each_get(web: Web, reader: Browser) -> None:
    web.site.publish("k1", Post(title="Чай", slug="chai", text="x"))
    for _ in range(3):
        reader.get("/p/chai")
    reader.get("/")
    reader.http.head("/p/chai")
    reader.get("/p/chai", **{"sec-purpose": "prefetch"})
    web.browser(**{"user-agent": "Mozilla/5.0 (compatible; YandexBot/3.0)"}).get("/p/chai")
    assert visits(web) == {("view", "k1", False): 3, ("view", "k1", True): 1, ("front", "/", False): 1}


def test_a_click_is_counted_and_leads_on(web: Web, reader: Browser) -> None:
    link(web, "k1", "https://shop.example/?a=1&utm_source=tg#x")
    answer = reader.get("/l/k1")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://shop.example/?a=1&utm_source=tg#x")
    assert answer.headers["cache-control"] == "no-store"
    assert reader.http.head("/l/k1").status_code == 302
    web.browser(**{"user-agent": "TelegramBot (like TwitterBot)"}).get("/l/k1")
    assert visits(web) == {("click", "k1", False): 1, ("click", "k1", True): 1}


@pytest.mark.parametrize("path", ["/l/k2", "/l/k1?url=https://evil.example", "/l/https://evil.example", "/l/..%2f"])
def test_a_short_link_leads_only_where_it_was_made_for(web: Web, reader: Browser, path: str) -> None:
    link(web, "k1", "https://shop.example/")
    answer = reader.get(path)
    assert answer.headers.get("location", "https://shop.example/") == "https://shop.example/"
    assert answer.status_code == (302 if "k1" in path else 404)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", ""])
def test_a_link_that_is_no_address_leads_nowhere(web: Web, reader: Browser, url: str) -> None:
    link(web, "k1", url)
    assert reader.get("/l/k1").status_code == 404 and visits(web) == {}


def test_a_burst_loses_no_click(web: Web) -> None:
    link(web, "k1", "https://shop.example/")
    browsers = [web.browser() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: browsers[n % 8].get("/l/k1").status_code, range(200)))
    assert set(codes) == {302} and visits(web) == {("click", "k1", False): 200}


def test_visits_are_written_when_the_process_stops(tmp_path: Path) -> None:
    with web_of_its_own(tmp_path) as web:
        web.site.publish("k1", Post(title="Чай", slug="chai", text="x"))
        web.browser().get("/p/chai")
        house = web.house
    with house.sessions() as session:
        assert [visit.number for visit in session.query(Visit)] == [1]


def test_no_public_page_sets_a_cookie(web: Web, reader: Browser) -> None:
    web.site.publish("k1", Post(title="Чай", slug="chai", text="x"))
    link(web, "k1", "https://shop.example/")
    for path in ("/", "/p/chai", "/feed.atom", "/l/k1", "/nothing", "/brand.css", "/robots.txt"):
        assert "set-cookie" not in reader.get(path).headers, path


# Files for staff.


def test_a_report_is_shown_and_can_do_nothing(web: Web) -> None:
    reports = web.house.var / "reports"
    (reports / "2026").mkdir()
    (reports / "2026" / "неделя 47.html").write_text("<h1>Неделя</h1>")
    (reports / "w.xlsx").write_bytes(b"PK")
    head = web.browser("vera")
    page = html.fromstring(head.get("/reports").text)
    hrefs = page.xpath("//main//a/@href")
    answer = head.get(next(href for href in hrefs if "html" in href))
    assert answer.text == "<h1>Неделя</h1>" and "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline")
    assert head.get("/reports/w.xlsx").headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path", ["../otdel.sqlite", "..%2f..%2fotdel.sqlite", "%2e%2e/%2e%2e/company.yaml", "/etc/passwd",
             "%2fetc%2fpasswd", "link.html", "nothing.pdf", "notes.txt", "", "2026"],
)  # fmt: skip
def test_no_path_leads_out_of_the_reports(web: Web, path: str) -> None:
    reports = web.house.var / "reports"
    (reports / "notes.txt").write_text("x")
    (reports / "2026").mkdir()
    (reports / "link.html").symlink_to(web.house.root / "company.yaml")
    answer = web.browser("vera").get(f"/reports/{path}")
    assert answer.status_code == 404, path


@pytest.mark.parametrize("name", ["..%2f..%2fcompany", "%2e%2e%2fx", "a.eml", "nothing", "x" * 300])
def test_no_path_leads_out_of_the_mailbox(web: Web, name: str) -> None:
    assert web.browser("vera").get(f"/mailbox/{name}").status_code == 404


def test_letters_are_read_on_the_page_and_run_nothing(web: Web) -> None:
    letter = f"To: marina@example.org\nSubject: {EVIL}\nContent-Type: text/plain; charset=utf-8\n\n{EVIL} https://staff.example/approval/1\n"
    (web.house.var / "mailbox" / "a1.eml").write_text(letter, encoding="utf-8")
    (web.house.var / "mailbox" / ".a2.draft").write_text("x")
    odd = "To: x\nContent-Type: text/plain; charset=no-such\n\ntext\n"
    (web.house.var / "mailbox" / "a3.eml").write_text(odd)
    browser = web.browser("nina")
    tree = html.fromstring(browser.get("/mailbox").text)
    assert tree.xpath("//main//a/@href") == ["/mailbox/a1"]
    shown = html.fromstring(browser.get("/mailbox/a1").text)
    assert not shown.xpath(
        "//main//script|//img|//script[not(@src)]"
    ) and "https://staff.example/approval/1" in shown.xpath("//main//a/@href")


def test_a_mailbox_that_is_not_in_use_is_for_those_who_answer(tmp_path: Path) -> None:
    with web_of_its_own(tmp_path, mailbox=False) as web:
        assert web.browser("olga").get("/mailbox").status_code == 403
        assert web.browser("anton").get("/mailbox").status_code == 200
        assert web.browser("anton").get("/mailbox/a1").status_code == 404


def test_pages_are_looked_for_where_the_channel_puts_them(web: Web) -> None:
    assert site_path(web.house) == web.house.var / "site"
    path = web.house.root / "channels.yaml"
    path.write_text(path.read_text().replace("settings: {title:", "settings: {path: public, title:"))
    assert site_path(web.house) == web.house.root / "public"
