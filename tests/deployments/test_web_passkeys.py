"""Passkeys over HTTP: what lets a person in, and everything that must not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.web import passkeys
from integrations.web.access import SESSION
from models.people import Passkey, PasskeyChallenge, Person, WebSession
from models.reaction import Notice
from tasks.passkeys.rows import CHALLENGE_LASTS
from tests.deployments.authenticator import PRESENT, Device
from tests.deployments.served import CHEAP, PASSWORD, Browser, Web, web_of_its_own


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def device() -> Device:
    return Device()


def question(browser: Browser, path: str) -> dict[str, Any]:
    answer = browser.post(f"{path}/question")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def invited(
    web: Web, device: Device, person: str = "marina", token: str = "", **lies: Any
) -> tuple[Browser, httpx.Response]:
    """A newcomer who chooses a passkey."""
    path = web.invitation(person, token) + "/passkey"
    browser = web.browser().at_the_door(path.removesuffix("/passkey"))
    return browser, browser.post(path, {"answer": device.make(question(browser, path), **lies)})


def knocking(web: Web, device: Device, **lies: Any) -> tuple[Browser, httpx.Response]:
    """Somebody at the door with a passkey."""
    browser = web.browser().at_the_door()
    answer = device.come_in(question(browser, "/sign-in/passkey"), **lies)
    return browser, browser.post("/sign-in/passkey", {"answer": answer})


def keys(web: Web) -> list[Passkey]:
    with web.house.sessions() as session:
        return list(session.query(Passkey).order_by(Passkey.id))  # type: ignore[arg-type]


def is_in(browser: Browser) -> bool:
    return browser.get("/me").status_code == 200


def test_an_invitation_lets_a_person_in_by_passkey_and_later_again(web: Web, device: Device) -> None:
    browser, answer = invited(web, device)
    assert answer.status_code == 303 and "Марина" in browser.get("/me").text
    again, answer = knocking(web, device)
    assert answer.headers["location"] == "/welcome" and is_in(again)
    [kept] = keys(web)
    assert (kept.person, kept.sign_count, kept.used_at) == ("marina", 1, web.clock.at)
    assert web.browser().get("/invite/token-of-marina").status_code == 410, "the link is used up"


def test_the_question_asks_for_a_verified_person_and_names_the_house(web: Web) -> None:
    browser = web.browser("marina")
    asked = question(browser, "/me/passkey")
    assert asked["rp"] == {"name": "Семь чашек", "id": "staff.example"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert len(passkeys.base64url_to_bytes(asked["challenge"])) >= 16
    assert "marina" not in passkeys.base64url_to_bytes(asked["user"]["id"]).decode("latin-1")


@pytest.mark.parametrize(
    ("wrong", "lies"),
    [
        pytest.param({"origin": "https://staff.example.evil"}, {}, id="another origin"),
        pytest.param({"origin": "http://staff.example"}, {}, id="without tls"),
        pytest.param({"origin": "https://staff.example:8443"}, {}, id="another port"),
        pytest.param({"host": "evil.example"}, {}, id="another name"),
        pytest.param({"flags": PRESENT}, {}, id="the person was not verified"),
        pytest.param({"flags": 0x04}, {}, id="nobody was there"),
        pytest.param({}, {"kind": "webauthn.create"}, id="another kind of answer"),
        pytest.param({}, {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}, id="a question of its own"),
        pytest.param({}, {"handle": "bWFyaW5h"}, id="another owner"),
        pytest.param({}, {"id": "AAAA"}, id="an unknown key"),
    ],
)
def test_an_answer_that_proves_nothing_lets_nobody_in(
    web: Web, device: Device, wrong: dict[str, Any], lies: dict[str, Any]
) -> None:
    invited(web, device)
    for name, value in wrong.items():
        setattr(device, name, value)
    browser, answer = knocking(web, device, **lies)
    assert answer.status_code == 401 and 'role="alert"' in answer.text and not is_in(browser)


@pytest.mark.parametrize(
    ("wrong", "lies"),
    [
        pytest.param({"origin": "https://evil.example"}, {}, id="another origin"),
        pytest.param({"host": "evil.example"}, {}, id="another name"),
        pytest.param({"flags": PRESENT}, {}, id="the person was not verified"),
        pytest.param({}, {"kind": "webauthn.get"}, id="another kind of answer"),
    ],
)
def test_a_key_that_does_not_prove_itself_leaves_the_invitation_good(
    web: Web, wrong: dict[str, Any], lies: dict[str, Any]
) -> None:
    browser, answer = invited(web, replace(Device(), **wrong), **lies)
    assert answer.status_code == 400 and 'role="alert"' in answer.text and keys(web) == []
    path = "/invite/token-of-marina/passkey"
    browser.at_the_door("/invite/token-of-marina")
    assert browser.post(path, {"answer": Device().make(question(browser, path))}).status_code == 303


def test_a_signature_of_another_key_is_no_proof(web: Web, device: Device) -> None:
    invited(web, device)
    invited(web, device, "pavel")
    mine, other = device.keys
    browser, answer = knocking(web, device, key=mine, signer=other)
    assert answer.status_code == 401 and not is_in(browser)


def test_another_persons_key_opens_only_that_persons_door(web: Web, device: Device) -> None:
    invited(web, device)
    invited(web, device, "pavel")
    mine, other = device.keys
    browser, _ = knocking(web, device, key=other)
    assert "Павел" in browser.get("/me").text
    browser, answer = knocking(web, device, key=other, handle=mine.handle)
    assert answer.status_code == 401, "a key that says it is somebody else's"


def test_an_answer_counts_once(web: Web, device: Device) -> None:
    invited(web, device)
    browser = web.browser().at_the_door()
    answer = device.come_in(question(browser, "/sign-in/passkey"))
    assert browser.post("/sign-in/passkey", {"answer": answer}).status_code == 303
    thief = web.browser().at_the_door()
    assert thief.post("/sign-in/passkey", {"answer": answer}).status_code == 401
    for name, value in browser.http.cookies.items():
        if name != SESSION:
            thief.http.cookies.set(name, value)
    assert thief.at_the_door().post("/sign-in/passkey", {"answer": answer}).status_code == 401


def test_a_refused_answer_has_used_its_question_up(web: Web, device: Device) -> None:
    invited(web, device)
    browser = web.browser().at_the_door()
    asked = question(browser, "/sign-in/passkey")
    device.flags = PRESENT
    assert browser.post("/sign-in/passkey", {"answer": device.come_in(asked)}).status_code == 401
    device.flags = 0x05
    assert browser.post("/sign-in/passkey", {"answer": device.come_in(asked)}).status_code == 401


def test_a_question_is_for_the_browser_it_was_put_to(web: Web, device: Device) -> None:
    invited(web, device)
    asked = question(web.browser().at_the_door(), "/sign-in/passkey")
    other = web.browser().at_the_door()
    assert other.post("/sign-in/passkey", {"answer": device.come_in(asked)}).status_code == 401


def test_a_question_of_one_page_is_not_answered_on_another(web: Web, device: Device) -> None:
    marina = web.browser("marina")
    asked = question(marina, "/me/passkey")
    guest = web.browser().at_the_door(web.invitation("pavel"))
    answer = guest.post("/invite/token-of-pavel/passkey", {"answer": device.make(asked)})
    assert answer.status_code == 400 and keys(web) == []


def test_a_question_grows_old_and_is_cleared_away(web: Web, device: Device) -> None:
    invited(web, device)
    browser = web.browser().at_the_door()
    asked = question(browser, "/sign-in/passkey")
    web.clock.at += CHALLENGE_LASTS
    assert browser.post("/sign-in/passkey", {"answer": device.come_in(asked)}).status_code == 401
    fresh = question(browser, "/sign-in/passkey")
    with web.house.sessions() as session:
        [left] = session.query(PasskeyChallenge)
        assert fresh["challenge"] not in (left.challenge_hash, left.put_to), "only its hash is kept"


@pytest.mark.parametrize("count", [3, 2, 0])
def test_a_count_that_goes_back_is_a_copy(web: Web, device: Device, count: int) -> None:
    invited(web, device)
    knocking(web, device, count=3)
    browser, answer = knocking(web, device, count=count)
    assert answer.status_code == 401 and "сняли копию" in answer.text and not is_in(browser)
    assert keys(web)[0].sign_count == 3
    assert knocking(web, device, count=4)[1].status_code == 303


def test_a_device_that_does_not_count_says_nought_for_good(web: Web) -> None:
    device = Device(counts=False)
    invited(web, device)
    assert [knocking(web, device)[1].status_code for _ in range(3)] == [303] * 3


def test_who_left_the_company_comes_in_no_more(web: Web, device: Device) -> None:
    invited(web, device, "gleb")
    path = web.house.root / "company.yaml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if "gleb" not in line))
    web.browser("vera").get("/staff")
    assert knocking(web, device)[1].status_code == 401


@pytest.mark.parametrize("answer", ["", "x", "{}", "[]", "null", '{"id": 1, "response": []}', "{" * 3000, "я" * 30_000])
def test_what_cannot_be_read_is_no_answer(web: Web, answer: str) -> None:
    browser = web.browser().at_the_door()
    question(browser, "/sign-in/passkey")
    assert browser.post("/sign-in/passkey", {"answer": answer}).status_code == 401
    marina = web.browser("marina")
    assert "устарел" in marina.said(marina.post("/me/passkey", {"answer": answer})) and keys(web) == []


def test_an_answer_that_is_spoilt_anywhere_proves_nothing(web: Web, device: Device) -> None:
    invited(web, device)
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        browser = web.browser().at_the_door()
        said = json.loads(device.come_in(question(browser, "/sign-in/passkey")))
        said["response"][name] = said["response"][name][:-8] + "AAAAAAAA"
        assert browser.post("/sign-in/passkey", {"answer": json.dumps(said)}).status_code == 401, name


def test_a_question_needs_a_form_of_ours(web: Web) -> None:
    marina = web.browser("marina")
    for path in ("/me/passkey/question", "/me/passkey", "/me/passkey/1/remove"):
        assert marina.post(path, origin="https://evil.example").status_code == 403, path
        assert marina.post(path, {"csrf": "wrong"}).status_code == 403, path
    assert web.browser().http.post("/sign-in/passkey/question").status_code == 403


# A person's own page.


def add(web: Web, browser: Browser, device: Device, title: str = "ноутбук") -> str:
    answer = device.make(question(browser, "/me/passkey"))
    return browser.said(browser.post("/me/passkey", {"answer": answer, "title": title}))


def give_password(web: Web, person: str) -> None:
    with web.house.sessions.begin() as session:
        found = session.get(Person, person)
        assert found
        found.password_hash = CHEAP.hash(PASSWORD)


def test_a_passkey_is_added_beside_the_password_and_its_owner_is_written_to(web: Web, device: Device) -> None:
    give_password(web, "marina")
    marina = web.browser("marina")
    page = add(web, marina, device)
    assert "Ключ доступа «ноутбук» добавлен" in page and "По паролю." in page
    assert knocking(web, device)[1].status_code == 303
    with web.house.sessions() as session:
        [letter] = session.query(Notice)
        assert (letter.person, letter.link) == ("marina", "https://staff.example/me")
    assert question(marina, "/me/passkey")["excludeCredentials"][0]["id"] == keys(web)[0].credential_id


def test_a_key_that_is_somebodys_already_is_not_added(web: Web, device: Device) -> None:
    marina, pavel = web.browser("marina"), web.browser("pavel")
    add(web, marina, device)
    answer = json.loads(Device(keys=list(device.keys)).make(question(pavel, "/me/passkey")))
    [mine] = device.keys
    device.keys = [mine]
    assert answer["id"] != keys(web)[0].credential_id
    with web.house.sessions.begin() as session:
        session.query(Passkey).update({"credential_id": answer["id"]})
    page = pavel.said(pavel.post("/me/passkey", {"answer": json.dumps(answer)}))
    assert "уже занят" in page and [key.person for key in keys(web)] == ["marina"]


def test_a_passkey_is_removed_and_lets_nobody_in(web: Web, device: Device) -> None:
    give_password(web, "marina")
    marina = web.browser("marina")
    add(web, marina, device)
    assert "Ключ доступа удалён" in marina.said(marina.post(f"/me/passkey/{keys(web)[0].id}/remove"))
    assert knocking(web, device)[1].status_code == 401


def test_the_last_way_in_and_other_peoples_keys_stay(web: Web, device: Device) -> None:
    invited(web, device)
    [mine] = keys(web)
    marina, pavel = web.browser("marina"), web.browser("pavel")
    assert "другого входа у вас нет" in marina.get("/me").text
    for browser in (marina, pavel):
        assert "Ключ доступа остаётся" in browser.said(browser.post(f"/me/passkey/{mine.id}/remove"))
    assert [key.id for key in keys(web)] == [mine.id]


def test_a_new_invitation_begins_anew(web: Web, device: Device) -> None:
    """Whoever lost a device, or had one stolen, is not let in, or out, by what was there before."""
    invited(web, device)
    stolen, _ = knocking(web, device)
    give_password(web, "marina")
    fresh = Device()
    browser, answer = invited(web, fresh, token="another")
    assert answer.status_code == 303 and not is_in(stolen) and is_in(browser)
    assert knocking(web, device)[1].status_code == 401
    assert knocking(web, fresh)[1].status_code == 303
    door = web.browser().at_the_door()
    assert door.post("/sign-in", {"name": "marina", "password": PASSWORD}).status_code == 401


def test_an_invitation_that_was_used_takes_no_passkey(web: Web, device: Device) -> None:
    path = web.invitation("marina") + "/passkey"
    browser = web.browser().at_the_door("/invite/token-of-marina")
    answer = device.make(question(browser, path))
    web.browser().at_the_door("/invite/token-of-marina").post("/invite/token-of-marina", {"password": PASSWORD})
    refused = browser.post(path, {"answer": answer})
    assert refused.status_code == 410 and keys(web) == [] and not is_in(browser)
    assert browser.post(f"{path}/question").status_code == 410


def test_a_session_by_passkey_is_a_new_one(web: Web, device: Device) -> None:
    invited(web, device)
    prepared = web.browser("nina")
    victim = web.browser().at_the_door()
    victim.http.cookies.set(SESSION, prepared.http.cookies[SESSION])
    victim.post("/sign-in/passkey", {"answer": device.come_in(question(victim, "/sign-in/passkey"))})
    assert prepared.get("/mailbox").status_code == 303
    with web.house.sessions() as session:
        assert session.query(WebSession).filter_by(person="marina").count() == 2


def test_the_administrator_sees_who_comes_in_how(web: Web, device: Device) -> None:
    invited(web, device)
    assert "есть ключ доступа" in web.browser("anton").get("/staff/people").text


def test_no_public_page_may_run_a_script(web: Web) -> None:
    browser = web.browser("marina")
    for path, runs in (("/me", True), ("/sign-in", True), ("/invite/x", True), ("/staff", True), ("/", False)):
        assert ("script-src 'self'" in browser.get(path).headers["content-security-policy"]) is runs, path
    assert browser.get("/static/passkey.js").headers["content-type"].startswith("text/javascript")
