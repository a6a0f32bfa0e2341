"""The door: invitations, passwords, sessions, and everything people try at a door."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from argon2 import PasswordHasher

from integrations.web.access import DOOR, SESSION, SESSION_OVER_TLS
from models.people import Person, SignInAttempt, WebSession
from tasks.people import rows, terms
from tasks.people.tokens import fingerprint
from tests.deployments.served import CHEAP, PASSWORD, Browser, Web, web_of_its_own


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


def give_password(web: Web, person: str = "vera", password: str = PASSWORD) -> None:
    with web.house.sessions.begin() as session:
        found = session.get(Person, person)
        assert found
        found.password_hash = CHEAP.hash(password)


def signing_in(web: Web, name: str = "vera", password: str = PASSWORD, **fields: str) -> tuple[Browser, httpx.Response]:
    """A browser that has just tried, and what it was answered."""
    browser = web.browser().at_the_door()
    return browser, browser.post("/sign-in", {"name": name, "password": password} | fields)


def status(tried: tuple[Browser, httpx.Response]) -> int:
    return tried[1].status_code


def test_an_invitation_lets_a_person_in_once(web: Web) -> None:
    link = web.invitation("marina")
    browser = web.browser().at_the_door(link)
    assert "Здравствуйте, Марина!" in browser.get(link).text
    answer = browser.post(link, {"password": PASSWORD})
    assert answer.status_code == 303 and answer.headers["location"] == "/welcome"
    assert browser.get("/staff").status_code == 200
    again = web.browser().at_the_door()
    assert again.get(link).status_code == 410
    assert again.post(link, {"password": "другая фраза целиком"}).status_code == 410
    assert status(signing_in(web, "marina")) == 303


@pytest.mark.parametrize("password", ["", "короткий", "password2026!", "марина1234567", "чашекчашек"])
def test_a_weak_password_leaves_the_invitation_good(web: Web, password: str) -> None:
    link = web.invitation("marina")
    browser = web.browser().at_the_door(link)
    refused = browser.post(link, {"password": password})
    assert refused.status_code == 400 and 'role="alert"' in refused.text
    assert browser.post(link, {"password": PASSWORD}).status_code == 303


def test_an_invitation_grows_old(web: Web) -> None:
    link = web.invitation("marina")
    web.clock.at += terms.INVITATION_LASTS
    assert "больше не действует" in web.browser().get(link).text


def test_an_unknown_invitation_tells_nothing(web: Web) -> None:
    answer = web.browser().get("/invite/" + "x" * 43)
    assert answer.status_code == 410 and not any(name in answer.text for name in ("Марина", "Вера"))


def test_whoever_is_signed_in_may_open_an_invitation_for_somebody_else(web: Web) -> None:
    browser = web.browser("anton")
    link = web.invitation("marina")
    assert browser.at_the_door(link).post(link, {"password": PASSWORD}).status_code == 303
    assert "Марина" in browser.get("/staff").text


def test_a_password_lets_in_by_key_and_by_mail(web: Web) -> None:
    give_password(web)
    for name in ("vera", " VERA@example.org "):
        assert signing_in(web, name)[0].get("/staff").status_code == 200


def test_the_cookie_is_for_the_browser_only(web: Web) -> None:
    give_password(web)
    answer = signing_in(web)[1]
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(SESSION))
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie and "Domain" not in cookie
    token = cookie.split("=", 1)[1].split(";")[0]
    with web.house.sessions() as session:
        kept = session.query(WebSession).one()
        assert kept.token_hash == fingerprint(token) and token not in str(kept)


def test_behind_tls_the_cookie_never_leaves_it(web: Web) -> None:
    give_password(web)
    browser = web.browser(**{"x-forwarded-proto": "https"})
    page = browser.get("/sign-in")
    door = page.headers["set-cookie"].split(";")[0]  # a browser sends a Secure cookie over TLS only, as httpx does
    browser.csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    answer = browser.post("/sign-in", {"name": "vera", "password": PASSWORD}, cookie=door)
    cookie = next(line for line in answer.headers.get_list("set-cookie") if SESSION in line)
    assert cookie.startswith(f"{SESSION_OVER_TLS}=") and "Secure" in cookie


@pytest.mark.parametrize("name", ["vera", "nobody", "olga", "' OR 1=1 --", "x" * 5000, "vera\x00"])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(web: Web, name: str) -> None:
    give_password(web)
    browser, answer = signing_in(web, name, "не тот пароль")
    assert answer.status_code == 401 and "Имя или пароль не подходят" in answer.text
    assert browser.get("/staff").status_code == 303


def test_an_unknown_name_takes_as_long_as_a_known_one(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judged by the work done, not by a clock: both verify one hash."""
    give_password(web)
    verified: list[str] = []
    verify = CHEAP.hasher.verify
    monkeypatch.setattr(CHEAP, "hasher", type("Counting", (), {
        "verify": staticmethod(lambda kept, given: verified.append(kept) or verify(kept, given)),
        "check_needs_rehash": staticmethod(lambda kept: False),
    }))  # fmt: skip
    for name in ("vera", "nobody", "olga"):
        signing_in(web, name, "не тот пароль")
    assert len(verified) == 3


def test_guessing_is_slowed_down_and_forgiven_later(web: Web) -> None:
    give_password(web)
    for _ in range(terms.AT_MOST["both"]):
        assert status(signing_in(web, password="не тот пароль")) == 401
    answer = signing_in(web)[1]
    assert answer.status_code == 429 and "Слишком много попыток" in answer.text
    web.clock.at += terms.WINDOW + timedelta(seconds=1)
    assert status(signing_in(web)) == 303


def test_attempts_name_nobody(web: Web) -> None:
    signing_in(web, "vera", "не тот пароль")
    with web.house.sessions() as session:
        kept = [attempt.who for attempt in session.query(SignInAttempt)]
    assert len(kept) == 3 and all(re.fullmatch("[0-9a-f]{64}", who) for who in kept)


def test_a_session_that_somebody_prepared_is_ended(web: Web) -> None:
    """Session fixation: whatever cookie was there before, the one after signing in is new, and the former is dead."""
    give_password(web)
    prepared = web.browser("nina")
    token = prepared.http.cookies[SESSION]
    victim = web.browser().at_the_door()
    victim.http.cookies.set(SESSION, token)
    victim.post("/sign-in", {"name": "vera", "password": PASSWORD})
    fresh = {cookie.value for cookie in victim.http.cookies.jar if cookie.name == SESSION}
    assert fresh - {token}
    assert prepared.get("/mailbox").status_code == 303


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "../../etc", "'; DROP TABLE person; --"])
def test_a_made_up_cookie_is_nobody(web: Web, token: str) -> None:
    browser = web.browser()
    browser.http.cookies.set(SESSION, token)
    assert browser.get("/staff").status_code == 303


def test_who_signs_out_is_out_everywhere_with_that_cookie(web: Web) -> None:
    browser = web.browser("vera")
    token = browser.http.cookies[SESSION]
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    thief = web.browser()
    thief.http.cookies.set(SESSION, token)
    assert thief.get("/staff").status_code == 303


def test_a_session_ends_when_it_is_not_used(web: Web) -> None:
    browser = web.browser("vera")
    web.clock.at += terms.IDLE_LASTS
    assert browser.get("/staff").status_code == 303


def test_a_session_that_is_used_is_seen(web: Web) -> None:
    browser = web.browser("vera")
    web.clock.at += timedelta(minutes=10)
    browser.get("/staff")
    with web.house.sessions() as session:
        assert rows.last_seen(session)["vera"] == web.clock.at


def test_who_leaves_the_company_is_out_at_once(web: Web) -> None:
    browser = web.browser("gleb")
    assert browser.get("/staff").status_code == 200
    path = web.house.root / "company.yaml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if "gleb" not in line))
    assert browser.get("/staff").status_code == 303


def test_a_file_that_cannot_be_read_locks_nobody_out(web: Web) -> None:
    browser = web.browser("gleb")
    (web.house.root / "company.yaml").write_text("name: [")
    assert browser.get("/staff").status_code == 200


def test_a_role_that_was_taken_away_is_gone_at_once(web: Web) -> None:
    browser = web.browser("anton")
    assert browser.get("/staff/people").status_code == 200
    path = web.house.root / "company.yaml"
    path.write_text(path.read_text().replace("roles: [admin]", "roles: [author]"))
    assert browser.get("/staff/people").status_code == 403


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_door_leads_nowhere_else(web: Web, next: str) -> None:
    give_password(web)
    assert 'name="next" value="/staff"' in web.browser().get(f"/sign-in?next={quote(next)}").text
    assert signing_in(web, next=next)[1].headers["location"] == "/welcome"
    assert signing_in(web, next="/approval/7")[1].headers["location"] == "/approval/7"


def test_a_form_of_the_door_belongs_to_its_browser(web: Web) -> None:
    give_password(web)
    stolen = web.browser().at_the_door().csrf
    victim = web.browser().at_the_door()
    assert victim.post("/sign-in", {"name": "vera", "password": PASSWORD, "csrf": stolen}).status_code == 403
    without = web.browser()
    without.csrf = stolen
    assert without.post("/sign-in", {"name": "vera", "password": PASSWORD}).status_code == 403
    assert (
        victim.post("/sign-in", {"name": "vera", "password": PASSWORD}, origin="https://evil.example").status_code
        == 403
    )


def test_the_door_is_drawn_anew_for_each_browser(web: Web) -> None:
    doors = {web.browser().at_the_door().http.cookies[DOOR] for _ in range(3)}
    assert len(doors) == 3


def test_an_old_hash_is_renewed_by_signing_in(web: Web) -> None:
    with web.house.sessions.begin() as session:
        found = session.get(Person, "vera")
        assert found
        found.password_hash = old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    assert status(signing_in(web)) == 303
    with web.house.sessions() as session:
        found = session.get(Person, "vera")
        assert found and found.password_hash != old and CHEAP.fits(found.password_hash, PASSWORD)


def test_an_administrator_makes_links_that_work(web: Web) -> None:
    admin = web.browser("anton")
    page = admin.post("/staff/people/marina/invite").text
    link = re.search(r'value="https://staff\.example(/invite/[\w-]{40,})"', page)
    assert link and "Приглашение: Марина" in page
    assert web.browser().get(link[1]).status_code == 200
    assert link[1] not in admin.get("/staff/people").text, "it is shown once"
    assert "приглашение до" in admin.get("/staff/people").text
    assert admin.post("/staff/people/nobody/invite").status_code == 404
