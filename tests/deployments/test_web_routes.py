"""Every route demands a permission, and keeps out whoever has it not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from lxml import html
from sqlalchemy import create_engine

from deployments.web import HouseVerbs
from integrations.web.access import demanded
from models.people import PERMISSIONS, Permission, Role
from tasks.stop.rows import stops_in_force
from tests.deployments.served import FIREFOX, SECRET, Browser, Web, web_of_its_own

PEOPLE = {
    Role.AUTHOR: "olga", Role.APPROVER: "marina", Role.TECHNICIAN: "gleb", Role.CASHIER: "nina", Role.HEAD: "vera",
    Role.ADMIN: "anton",
}  # fmt: skip
FOR_EVERYBODY = {
    "/", "/p/{slug}", "/feed.atom", "/sitemap.xml", "/robots.txt", "/l/{code}", "/brand.css", "/logo.png",
    "/media/{name}", "/static/{name}", "/favicon.ico", "/healthz", "/sign-in", "/invite/{token}",
    "/sign-in/passkey", "/sign-in/passkey/question", "/invite/{token}/passkey", "/invite/{token}/passkey/question",
    "/review/{token}", "/review/thanks", "/trade/{token}", "/trade/{token}/sheet.pdf",
    "/l/{mark}/{link}", "/o/{name}", "/u/{mark}", "/c/{mark}", "/v/{mark}", "/q/{name}", "/q/{name}/answer",
    "/hooks/{account}", "/hooks/{account}/{secret}",
    "/subscribe", "/subscribe/thanks", "/subscribe/frame", "/subscribe/frame/thanks", "/subscribe/text/{purpose}",
    "/s/{key}", "/letters", "/letters.atom", "/letters/{key}",
    "/intake/customers", "/intake/purchases", "/intake/openapi.json",
    "/till/v1/validate", "/till/v1/reserve", "/till/v1/redeem", "/till/v1/release", "/till/v1/return",
    "/till/v1/points", "/till/v1/points/spend", "/till/v1/points/return",
    "/till/v1/journal", "/till/v1/list", "/till/v1/openapi.json",
    "/my/{token}", "/my/{token}/now", "/my/{token}/app.webmanifest", "/my/{token}/worker.js", "/my/{token}/icon/{name}",
    "/my/{token}/language", "/my/{token}/close", "/my/{token}/answer",
    "/till/page", "/till/page/worker.js", "/till/page/app.webmanifest", "/till/page/state", "/till/page/list",
    "/till/page/pair", "/till/page/sign-in", "/till/page/end", "/till/page/ask", "/till/page/redeem",
    "/till/page/leave", "/till/page/undo", "/till/page/journal",
    "/till/page/points", "/till/page/points/pay", "/till/page/points/undo",
}  # fmt: skip
# What strangers, letters and programs send: no session stands behind it; the address itself or a key proves all.
WITHOUT_SESSION = {
    "/u/{mark}", "/c/{mark}", "/s/{key}", "/hooks/{account}", "/hooks/{account}/{secret}", "/subscribe",
    "/subscribe/frame", "/intake/customers", "/intake/purchases",
    "/till/v1/validate", "/till/v1/reserve", "/till/v1/redeem", "/till/v1/release", "/till/v1/return",
    "/till/v1/points", "/till/v1/points/spend", "/till/v1/points/return",
    "/till/v1/journal", "/my/{token}/language", "/my/{token}/close", "/my/{token}/answer", "/q/{name}/answer",
    "/till/page/pair", "/till/page/sign-in", "/till/page/end", "/till/page/ask", "/till/page/redeem",
    "/till/page/leave", "/till/page/undo", "/till/page/journal",
    "/till/page/points", "/till/page/points/pay", "/till/page/points/undo",
}  # fmt: skip
SIGNED_IN_ONLY = {
    "/sign-out", "/language", "/welcome", "/mailbox", "/mailbox/{name}", "/me", "/me/passkey", "/me/passkey/question",
    "/me/passkey/{id}/remove", "/me/absence", "/me/absence/remove",
}  # fmt: skip
FILLED = {"{kind}": "piece", "{id}": "1", "{rendition_id}": "1", "{row}": "1", "{name}": "x", "{name:path}": "x.html",
          "{key}": "olga", "{slug}": "x", "{code}": "x", "{token}": "x", "{mark}": "x", "{link}": "1",
          "{account}": "x", "{secret}": "x", "{purpose}": "advertising"}  # fmt: skip


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        yield web


def routes(app: FastAPI) -> list[tuple[str, str, Permission]]:
    return [(method, route.path, permission) for route in app.routes for method in route.methods  # type: ignore[attr-defined]
            if (permission := demanded(route))]  # fmt: skip


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    assert "{" not in path, path
    return path


def test_every_route_demands_a_permission(web: Web) -> None:
    holes = [route for route in web.app.routes if demanded(route) is None]
    assert holes == [] and len(web.app.routes) > 30


def test_only_what_is_meant_for_everybody_is_open(web: Web) -> None:
    assert {path for _, path, permission in routes(web.app) if permission is Permission.PUBLIC} == FOR_EVERYBODY
    assert {path for _, path, permission in routes(web.app) if permission is Permission.SIGNED_IN} == SIGNED_IN_ONLY


def test_a_route_that_was_added_without_a_permission_is_noticed() -> None:
    app = FastAPI(openapi_url=None)
    app.get("/hole")(lambda: {})
    assert demanded(app.routes[0]) is None


def test_a_stranger_is_led_to_the_door_and_back(web: Web) -> None:
    browser = web.browser()
    for method, path, permission in routes(web.app):
        if permission is Permission.PUBLIC:
            continue
        answer = browser.http.request(method, filled(path))
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), (method, path)
    assert browser.get("/staff/week?first=2026-11-20").headers["location"] == (
        "/sign-in?next=%2Fstaff%2Fweek%3Ffirst%3D2026-11-20"
    )


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_its_permissions_say_and_nothing_else(web: Web, role: Role) -> None:
    browser = web.browser(PEOPLE[role])
    for method, path, permission in routes(web.app):
        if permission in (Permission.PUBLIC, Permission.SIGNED_IN) or method == "HEAD":
            continue
        # Without the form's token a POST goes no further than the guard: enough to see whom it lets pass.
        answer = browser.http.request(method, filled(path))
        forbidden = "Эта страница не для вас" in answer.text
        assert forbidden is (permission not in PERMISSIONS[role]), (method, path, answer.status_code)


def test_what_is_for_others_says_for_whom(web: Web) -> None:
    answer = web.browser("nina").get("/staff")
    assert answer.status_code == 403 and "руководитель отдела" in answer.text
    assert "/staff/people" not in web.browser("olga").get("/staff").text


@pytest.mark.parametrize("path", ["/nothing", "/staff/nothing", "/staff/", "/docs", "/openapi.json", "/staff/proof/abc",
                                  "/p/", "/approval/99999999999999999999"])  # fmt: skip
def test_what_is_not_there_is_said_to_be_not_there(web: Web, path: str) -> None:
    answer = web.browser("vera").get(path)
    assert answer.status_code == 404 and "Такой страницы нет" in answer.text


def test_a_wrong_method_is_refused(web: Web) -> None:
    browser = web.browser("vera")
    assert browser.http.delete("/staff").status_code == 405
    assert browser.get("/sign-out").status_code == 405


def test_an_error_is_said_in_the_readers_language(web: Web) -> None:
    assert "There is no such page" in web.browser().get("/nothing", **{"accept-language": "en-GB"}).text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/staff", "/nothing", "/feed.atom", "/healthz", "/static/otdel.css"])
def test_every_answer_is_protected(web: Web, path: str) -> None:
    headers = web.browser("vera").get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    staff = path in ("/sign-in", "/staff", "/nothing")
    scripts = "script-src 'self'; connect-src 'self'" if staff else ""
    assert "unsafe" not in policy and policy.partition("script-src")[2] == scripts.partition("script-src")[2]
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] and "server" not in headers


def test_staff_pages_are_kept_nowhere(web: Web) -> None:
    headers = web.browser("vera").get("/staff").headers
    assert headers["cache-control"] == "no-store" and "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "same-origin"


# Forms.


@pytest.fixture
def head(web: Web) -> Browser:
    return web.browser("vera")


def stops(web: Web) -> int:
    with web.house.sessions() as session:
        return len(stops_in_force(session))


STOP = {"scope": "all", "why": "проверка"}


@pytest.mark.parametrize("csrf", ["", "wrong", "csrf-of-another", "я"])
def test_a_form_without_its_token_does_nothing(web: Web, head: Browser, csrf: str) -> None:
    answer = head.post("/staff/stop", STOP | {"csrf": csrf})
    assert answer.status_code == 403 and "Набранное сохранилось" in answer.text and stops(web) == 0


def test_another_persons_token_does_not_fit(web: Web, head: Browser) -> None:
    assert head.post("/staff/stop", STOP | {"csrf": web.browser("marina").csrf}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1"])
def test_a_form_on_another_site_does_nothing(web: Web, head: Browser, origin: str) -> None:
    assert head.post("/staff/stop", STOP, origin=origin).status_code == 403 and stops(web) == 0


def test_a_form_may_come_from_the_address_of_staff(web: Web, head: Browser) -> None:
    answer = head.post("/language", {"language": "ru"}, origin="https://staff.example")
    assert answer.status_code == 303


def test_a_file_in_a_form_is_refused(head: Browser) -> None:
    answer = head.http.post("/staff/stop", data={"csrf": head.csrf}, files={"f": b"x"})
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_refused(head: Browser) -> None:
    assert head.post("/staff/stop", {"why": "x" * 1_100_000}).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(15))
    answer = head.http.post(
        "/staff/stop", content=chunks, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


def test_whoever_sends_too_much_at_the_door_is_told_in_their_language(web: Web) -> None:
    answer = web.browser().post("/sign-in", {"name": "x" * 1_100_000})
    assert answer.status_code == 413 and "не больше 1\u00a0МБ" in answer.text


def test_a_page_that_answers_a_form_is_not_left_for_another_language(web: Web) -> None:
    """It cannot be asked for again: a link that is shown once would be gone."""
    anton = web.browser("anton")
    answer = anton.post("/staff/people/olga/invite")
    assert 'id="link"' in answer.text and 'action="/language"' not in answer.text
    assert 'action="/language"' in anton.get("/staff/people/olga").text


def test_a_person_chooses_the_language_of_their_pages(web: Web) -> None:
    browser = web.browser("vera")
    assert "Что ждёт меня" in browser.get("/staff").text
    assert browser.post("/language", {"language": "en", "next": "/staff/week"}).headers["location"] == "/staff/week"
    assert "What waits for me" in browser.get("/staff").text
    page = html.fromstring(browser.get("/staff/week?channel=tg&day=2026-11-23").text)
    assert page.xpath("//form[@action='/language']/input[@name='next']/@value") == [
        "/staff/week?channel=tg&day=2026-11-23"
    ]
    browser.post("/language", {"language": "xx", "next": "//evil.example"})
    assert "What waits for me" in browser.get("/staff").text


def test_a_cashier_is_welcomed_to_the_letters(web: Web) -> None:
    assert web.browser("nina").get("/welcome").headers["location"] == "/mailbox"
    assert web.browser("vera").get("/welcome").headers["location"] == "/staff"


def test_what_was_said_is_said_once_and_cannot_be_made_up(web: Web) -> None:
    browser = web.browser("vera")
    browser.post("/staff/unknown/order", {"do": "cancel"})
    assert "Ничего не отмечено" in browser.get("/staff/stop").text
    assert "Ничего не отмечено" not in browser.get("/staff/stop").text
    browser.http.cookies.set("otdel_said", "W3siY29kZSI6Im5vIn1d.forged.signature")
    assert browser.get("/staff/stop").status_code == 200


def test_nothing_that_comes_from_outside_is_in_the_log(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    web.browser("vera").get("/staff/week?first=2026-11-20&secret=marker")
    web.browser().get("/invite/a-secret-token")
    web.browser().get("/nothing/a-secret-path")
    lines = [record.getMessage() for record in caplog.records if record.name == "otdel.web"]
    assert any(line.startswith("GET /invite/{token} 410") for line in lines)
    assert any(line.startswith("GET /staff/week 200") for line in lines)
    said = " ".join(lines)
    assert not any(word in said for word in ("marker", "a-secret", "127.0.0.1", FIREFOX, "vera", SECRET))


def test_health_says_whether_the_database_answers(web: Web, tmp_path: Path) -> None:
    assert web.browser().get("/healthz").json() == {"status": "ok"}
    broken = create_engine(f"sqlite:///{tmp_path / 'no' / 'folder.sqlite'}")
    assert not HouseVerbs(replace(web.house, engine=broken), SECRET).is_well()
    broken.dispose()


def test_an_answer_about_our_own_fault_is_protected_too(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(HouseVerbs, "stops", broken)
    answer = web.browser("vera").get("/staff/stop")
    assert answer.status_code == 500 and "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store" and "Traceback" not in answer.text
