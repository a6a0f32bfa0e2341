"""Every form and every page of staff: forged, framed, led away; whatever route there is, now and later."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from models.people import PERMISSIONS, Permission, Role, WebSession
from models.piece import Piece, PieceVersion
from models.post import Post
from models.reaction import Visit
from models.tables import METADATA
from tests.deployments.served import PASSWORD, Browser, Web, served, web_of_its_own
from tests.deployments.test_web_routes import FOR_EVERYBODY, PEOPLE, WITHOUT_SESSION, filled, routes
from tests.fakes import NOW

EVIL = ("https://evil.example/", "//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)")
WORSE = ("\\\\evil.example", "/%0d%0aLocation: //evil.example", "\t//evil.example", "/ /evil.example",
         " //evil.example", "http:///evil.example", "@evil.example", "////evil.example", "data:text/html,x",
         "/\t/evil.example")  # fmt: skip
LEADS_AWAY = re.compile(
    r"""(?:href|action|value)=["'](?:[\s\\]*[/\\]{2,}|[\s]*(?:https?:|javascript:|data:))[^"']*evil"""
)
PASSING = (WebSession.__tablename__, Visit.__tablename__)  # who looks is counted and seen, and nothing else


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        web.placement(Post(title="Чай", text="О чае"))
        web.request([Post(title="Кофе", text="О кофе")])
        with web.house.sessions.begin() as session:
            for piece in session.query(Piece):
                version = PieceVersion(
                    piece_id=piece.id or 0, ordinal=1, content_hash="h", made_by="olga", why="plan", made_at=NOW
                )  # fmt: skip
                session.add(version)
                session.flush()
                piece.version_id = version.id
        yield web


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


def able(permission: Permission) -> str:
    """Somebody who may."""
    return next(PEOPLE[role] for role in Role if permission in PERMISSIONS[role])


def forms(web: Web) -> list[tuple[str, Permission]]:
    found = [(path, permission) for method, path, permission in routes(web.app) if method == "POST"]
    return [(path, permission) for path, permission in found if path not in WITHOUT_SESSION]


def pages(web: Web) -> list[tuple[str, Permission]]:
    return [(path, permission) for method, path, permission in routes(web.app) if method == "GET"]


def browser_for(web: Web, path: str, permission: Permission) -> Browser:
    """The browser of somebody who may; whoever tries to sign out takes one of their own."""
    if permission is Permission.PUBLIC:
        return web.browser()
    person, kept = able(permission), web.__dict__.setdefault("kept", {})
    if path == "/sign-out" or "sign-out" in path:
        return web.browser(person)
    if person not in kept or kept[person].get("/me").status_code != 200:
        kept[person] = web.browser(person)
    found: Browser = kept[person]
    return found


def standing(web: Web) -> str:
    """A print of everything that an order could change: the tables and the company's files."""
    digest = hashlib.sha256()
    with web.house.reads() as session:
        for table in METADATA.sorted_tables:
            if table.name not in PASSING:
                digest.update(str(session.execute(select(table)).all()).encode())
    for file in sorted(path for path in web.house.root.glob("*.yaml")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def test_a_forged_form_changes_nothing_wherever_it_is_sent(web: Web) -> None:
    """Without the session's token, with another one's, with the door's; from another site, from nowhere."""
    before, tried = standing(web), 0
    for path, permission in forms(web):
        browser = browser_for(web, path, permission)
        if permission is Permission.PUBLIC:
            browser.at_the_door()
        own, stranger = browser.csrf, web.browser("marina").csrf
        attempts: list[tuple[dict[str, str], dict[str, str]]] = [
            *(({"csrf": csrf}, {}) for csrf in ("", "wrong", stranger, own[:-1], own + "x")),
            *(({"csrf": own}, {"origin": one}) for one in ("https://evil.example", "null", "", f"{web.url}.evil")),
            ({"csrf": own}, {"origin": "https://staff.example.evil.example"}),
        ]  # fmt: skip
        for fields, headers in attempts:
            answer = browser.http.post(filled(path), data=fields | {"sure": "1", "why": "x"}, headers=headers)
            # A form that brings files is none without them, whoever sends it.
            assert answer.status_code in (400, 403), (path, fields, headers, answer.status_code)
            tried += 1
    assert standing(web) == before and tried > 200


def test_what_needs_no_session_is_believed_by_nothing_but_its_key(web: Web) -> None:
    """A letter's link, a provider's call, a program: with no key of ours, or a made-up one, nothing comes in."""
    before, browser = standing(web), web.browser("anton")
    for path in WITHOUT_SESSION:
        web.clock.at += timedelta(minutes=1)  # who tries many keys within a minute is answered nothing at all
        for fields in ({}, {"csrf": browser.csrf, "sure": "1"}, {"List-Unsubscribe": "One-Click"}):
            for headers in ({}, {"origin": "https://evil.example"}, {"authorization": "Bearer x"}):
                answer = browser.http.post(filled(path), data=fields, headers=headers)
                assert answer.status_code in (401, 403, 404), (path, fields, headers, answer.status_code)
    assert standing(web) == before


def test_a_form_with_a_token_in_its_address_is_as_good_as_without(web: Web) -> None:
    before = standing(web)
    for path, permission in forms(web):
        browser = browser_for(web, path, permission)
        answer = browser.http.post(f"{filled(path)}?csrf={browser.csrf}", data={"why": "x"})
        assert answer.status_code in (400, 403), path
    assert standing(web) == before


def test_no_page_answers_to_an_order_by_get(web: Web) -> None:
    """What changes something takes a form: a link, a picture or a program that looks ahead changes nothing."""
    before = standing(web)
    for path, permission in pages(web):
        browser_for(web, path, permission).get(f"{filled(path)}?do=approve&sure=1&why=x&scope=all&verdict=out")
    assert standing(web) == before


def test_every_page_of_staff_stands_in_no_frame_and_in_no_store(web: Web) -> None:
    seen = 0
    for path, permission in pages(web):
        headers = browser_for(web, path, permission).get(filled(path)).headers
        policy, framed = headers["content-security-policy"], path.startswith("/subscribe/frame")
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy, path
        assert "unsafe-eval" not in policy and "base-uri 'none'" in policy, path
        assert headers["x-content-type-options"] == "nosniff", path
        assert framed or headers["x-frame-options"] == "DENY", path  # a frame names its sites; no site is named here
        if path not in FOR_EVERYBODY:
            assert headers["cache-control"] == "no-store" and "noindex" in headers["x-robots-tag"], path
            assert headers["referrer-policy"] == "same-origin", path
            seen += 1
    assert seen > 12


@pytest.mark.parametrize("evil", EVIL)
def test_no_form_leads_away(web: Web, evil: str) -> None:
    for path, permission in forms(web):
        browser = browser_for(web, path, permission)
        if permission is Permission.PUBLIC:
            browser.at_the_door()
        answer = browser.post(
            filled(path), {"next": evil, "back": evil, "to": evil, "kept-to": evil, "kept:why": "x" * 80}
        )
        assert stays_here(web, answer), (path, answer.headers.get("location"))
        assert not LEADS_AWAY.search(answer.text), path


@pytest.mark.parametrize("evil", EVIL)
def test_no_page_leads_away(web: Web, evil: str) -> None:
    for path, permission in pages(web):
        query = httpx.QueryParams({"next": evil, "back": evil, "to": evil, "kept-to": evil})
        answer = browser_for(web, path, permission).get(f"{filled(path)}?{query}")
        assert stays_here(web, answer), (path, answer.headers.get("location"))
        assert not LEADS_AWAY.search(answer.text), path


def stays_here(web: Web, answer: httpx.Response) -> bool:
    """As a browser reads an address: slashes either way round, tabs and line ends left out."""
    target = re.sub(r"[\t\r\n]", "", answer.headers.get("location", "/")).strip().replace("\\", "/")
    return target.startswith(("/", "?", "#")) and not target.startswith("//")


@pytest.mark.parametrize("evil", EVIL + WORSE)
def test_who_signs_in_is_led_nowhere_else(web: Web, evil: str) -> None:
    link = web.invitation("gleb", "token-" + hashlib.sha256(evil.encode()).hexdigest()[:20])
    browser = web.browser().at_the_door(link)
    answer = browser.post(link, {"password": PASSWORD, "next": evil})
    assert answer.status_code == 303 and answer.headers["location"] == "/welcome"
    again = web.browser().at_the_door(f"/sign-in?{httpx.QueryParams({'next': evil})}")
    answer = again.post("/sign-in", {"name": "gleb", "password": PASSWORD, "next": evil})
    assert answer.status_code == 303 and stays_here(web, answer), answer.headers["location"]


def test_a_session_is_new_after_every_way_of_coming_in(web: Web) -> None:
    """Fixation: a cookie that somebody prepared is dead afterwards, whatever the way in."""
    for prepared in ("a-token-of-my-own", "session-of-marina-1"):
        link = web.invitation("pavel", f"fix-{prepared}")
        victim = web.browser().at_the_door(link)
        victim.http.cookies.set("otdel_session", prepared)
        victim.post(link, {"password": PASSWORD})
        tokens = [cookie.value for cookie in victim.http.cookies.jar if cookie.name == "otdel_session"]
        thief = web.browser()
        thief.http.cookies.set("otdel_session", prepared)
        assert any(token != prepared for token in tokens) and thief.get("/staff").status_code == 303


def test_markup_in_every_field_is_only_text(web: Web) -> None:
    """Sent to every form in every field it is known to have; no page shows it as markup afterwards."""
    evil = "'\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
    words = "why reason text title name note comment description email key city address phone hours zone telegram"
    more = "deputy first last number metric budget url"
    names = f"{words} {more}".split()
    skipped = ("/sign-out", "/staff/people/{key}/leave", "/staff/people/{key}/sign-out")
    for path, permission in forms(web):
        if permission is Permission.PUBLIC or path in skipped:
            continue
        fields: dict[str, Any] = dict.fromkeys(names, evil) | {"role": "author", "scope": "all"}
        answer = browser_for(web, path, permission).post(filled(path), fields)
        assert answer.status_code < 500 and "<script>alert" not in answer.text and "<img src=x" not in answer.text, path
    for path, permission in pages(web):
        page = browser_for(web, path, permission).get(filled(path))
        is_page = page.headers.get("content-type", "").startswith("text/html")
        assert not is_page or ("<script>alert" not in page.text and "<img src=x" not in page.text), path


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/staff/week?channel=%00", "/p/a%00b", "/staff/piece/1?x=%00"])
def test_an_address_with_a_sign_that_no_database_takes_is_refused(anywhere: Web, path: str) -> None:
    assert anywhere.browser("olga").get(path).status_code == 400


@pytest.mark.parametrize(
    "evil", ["Чай\0\0", "😀\u202e" * 50, "9" * 400, "-1"], ids=["nul", "backwards", "huge", "minus"]
)
def test_no_field_breaks_a_page(anywhere: Web, evil: str) -> None:
    anywhere.placement(Post(title="Чай"))
    anywhere.request([Post(title="Улун")])
    names = "why reason text title name note key number first last date time piece channel scope version on question to"
    fields = dict.fromkeys(
        f"{names} seen kind once month do row facts group goal author answer email url".split(), evil
    )
    for path, permission in forms(anywhere):
        browser = browser_for(anywhere, path, permission)
        if permission is Permission.PUBLIC:
            browser.at_the_door()
        assert browser.post(filled(path), fields).status_code < 500, path
