"""The cashier's page over HTTP: paired on the desk, signed in by a PIN, believed by nothing but its own cookie."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import html
from sqlalchemy import event, select, update

from integrations.web.routes.cashier_page import COOKIE
from models.cashiers import Cashier, TillDevice
from models.reaction import Notice
from models.redemptions import BatchKind, CouponBatch
from tests.deployments.served import COMPANY, Browser, Web, web_of_its_own
from tests.tasks.cashier_page.counter import OUTLETS, percent
from tests.tasks.redeeming.shop import offer

DESK, PAGE = "/staff/outlets/boulevard/cashiers", "/till/page"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        with web.house.sessions.begin() as session:
            offer(session, [f"TEA{n}" for n in range(100, 130)], percent(limits={"per_code": 1}))
            session.execute(update(CouponBatch).values(kind=BatchKind.IMPORTED))
        yield web


def ordered(web: Web, path: str, once: str, person: str = "anton", **fields: str) -> httpx.Response:
    return web.browser(person).post(f"{DESK}/{path}", {"once": once, **fields})


def pairing(web: Web, title: str) -> str:
    page = html.fromstring(ordered(web, "pair", f"pair {title}", title=title).text)
    address = str(page.xpath("string(//input[@id='address']/@value)"))
    assert page.xpath("count(//div[@class='qr']/*[local-name()='svg'])") == 1
    return address.partition("#pair=")[2]


def send(browser: Browser, path: str, body: Any, **headers: str) -> httpx.Response:
    return browser.http.post(f"{PAGE}/{path}", json=body, headers=headers)


def device(web: Web, title: str) -> Browser:
    browser = web.browser()
    assert send(browser, "pair", {"token": pairing(web, title)}).status_code == 200
    return browser


def pin_of(web: Web, name: str) -> tuple[int, str]:
    page = html.fromstring(ordered(web, "pin", f"pin {name}", name=name).text)
    with web.house.reads() as session:
        id = session.execute(select(Cashier.id).where(Cashier.name == name)).scalar_one()  # type: ignore[call-overload]
    return id, str(page.xpath("string(//p[@id='pin'])"))


def at_work(web: Web, title: str) -> tuple[Browser, int]:
    browser = device(web, title)
    id, pin = pin_of(web, f"Кассир {title}")
    assert re.fullmatch(r"\d{5}", pin)
    return browser, int(send(browser, "sign-in", {"cashier": id, "pin": pin}).json()["shift"])


def asked(shift: int, key: str, code: str, **more: Any) -> dict[str, Any]:
    return {"key": f"{shift}-{key}", "typed": code, "asked": True, "lines": [{"amount": 45_000}]} | more


def test_the_shell_is_the_same_for_everybody_and_may_use_the_camera(web: Web) -> None:
    answer = web.browser().get(PAGE)
    assert answer.status_code == 200 and "camera=(self)" in answer.headers["permissions-policy"]
    assert "manifest-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "Кто работает?" in answer.text and "Who works?" in web.browser(**{"accept-language": "en"}).get(PAGE).text
    worker = web.browser().get(f"{PAGE}/worker.js")
    assert worker.headers["service-worker-allowed"] == PAGE and "cashier.js?v=" in worker.text
    for file in re.findall(r'"(/static/[^"]+)"', worker.text):
        assert web.browser().get(file).status_code == 200, file
    assert web.browser().get(f"{PAGE}/app.webmanifest").json()["start_url"] == PAGE


def test_a_device_is_paired_once_and_shows_nothing_of_its_secret(web: Web) -> None:
    token, first, second = pairing(web, "phone"), web.browser(), web.browser()
    answer = send(first, "pair", {"token": token})
    cookie = answer.headers["set-cookie"]
    assert answer.json() == {"paired": True} and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert send(second, "pair", {"token": token}).status_code == 403
    again = first.get(f"{PAGE}/state")
    assert again.headers["set-cookie"] == cookie, "a device that is in use is not forgotten after its year"
    assert "set-cookie" not in second.get(f"{PAGE}/state").headers
    state = again.json()
    assert (state["paired"], state["outlet"], state["shift"]) == (True, "On the boulevard", None)
    assert second.get(f"{PAGE}/state").json()["paired"] is False
    secret = first.http.cookies[COOKIE]
    with web.house.reads() as session:
        assert all(secret not in str(row) for row in session.execute(select(TillDevice.__table__)).all())  # type: ignore[attr-defined]


def test_a_pairing_code_and_a_pin_are_shown_once(web: Web) -> None:
    ordered(web, "pair", "the same", title="twice")
    again = ordered(web, "pair", "the same", title="twice")
    assert again.status_code == 303 and "#pair=" not in again.text
    assert ordered(web, "pair", "head", person="vera", title="x").status_code == 403, "the administrator pairs"
    assert web.browser("vera").get(DESK).status_code == 200


def test_a_day_at_the_page(web: Web) -> None:
    browser, shift = at_work(web, "day")
    asked_of_all: list[str] = []
    event.listen(web.house.engine, "before_cursor_execute", lambda c, k, sql, *rest: asked_of_all.append(sql))
    told = send(browser, "ask", asked(shift, "the-first", "теа 100")).json()
    assert told["step"] == "order" and told["said"].startswith("Дайте скидку")
    assert send(browser, "redeem", asked(shift, "the-first", "TEA100", receipt="17")).json()["step"] == "done"
    state = browser.get(f"{PAGE}/state").json()
    assert [(line["receipt"], line["amount"], line["undone"]) for line in state["lines"]] == [("17", 4_500, False)]
    assert send(browser, "undo", {"key": f"{shift}-the-first"}).json() == {"undone": True}
    refused = send(browser, "ask", asked(shift, "the-second", "TEA100", lines=[])).json()
    assert refused["step"] in ("refused", "needs")
    assert "body" in browser.get(f"{PAGE}/list").json()["list"]
    entry = {"what": "sale", "asked": asked(shift, "outage-1", "TEA101"), "at": web.clock.at.isoformat(),
             "off": [{"n": 1, "amount": 4_500, "quantity": 1000}], "units": 1}  # fmt: skip
    for _ in range(2):
        assert send(browser, "journal", {"entries": [entry]}).json()["entered"][0]["conflict"] == ""
    assert send(browser, "end", {}).status_code == 200
    assert send(browser, "ask", asked(shift, "the-third", "TEA102")).json()["code"] == "no_shift"
    assert sum("length(" in sql for sql in asked_of_all) <= 1, "all codes are not read again for each call"


def test_another_site_and_another_shift_order_nothing(web: Web) -> None:
    browser, shift = at_work(web, "forged")
    body = asked(shift, "the-first", "TEA103")
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"origin": ""}):
        assert send(browser, "redeem", body, **headers).status_code == 403
    plain = browser.http.post(f"{PAGE}/redeem", content=b"{}", headers={"content-type": "text/plain"})
    assert plain.status_code == 403
    assert send(browser, "redeem", asked(shift + 1, "the-first", "TEA103")).json()["code"] == "no_shift"
    for wrong in ({}, {"key": "x"}, body | {"more": 1}, body | {"lines": [{"amount": -1}]}, body | {"typed": ""}, []):
        assert send(browser, "ask", wrong).status_code == 422
    assert send(browser, "journal", {"entries": []}).status_code == 422
    undo = {"what": "undo", "key": body["key"], "at": "0001-01-01T00:00:00+14:00"}
    assert send(browser, "journal", {"entries": [undo]}).status_code == 422, "no clock shows that"


def test_what_the_desk_takes_off_is_off(web: Web) -> None:
    browser, _ = at_work(web, "taken off")
    with web.house.reads() as session:
        id = session.execute(select(TillDevice.id).where(TillDevice.title == "taken off")).scalar_one()  # type: ignore[call-overload]
    assert "taken off" in web.browser("anton").get(DESK).text
    answer = ordered(web, f"device/{id}/off", "off")
    assert answer.status_code == 303 and browser.get(f"{PAGE}/state").json()["paired"] is False
    assert send(browser, "end", {}).json()["code"] == "not_paired"


def test_the_code_of_a_test_letter_is_no_guess(web: Web) -> None:
    browser, shift = at_work(web, "a test letter")
    tried = [send(browser, "ask", asked(shift, f"test-no-{n}", "0000-TEST-0000")) for n in range(21)]
    assert {(answer.status_code, answer.json()["code"]) for answer in tried} == {(200, "test_code")}


def test_who_guesses_codes_is_stopped_and_told_of(web: Web) -> None:
    browser, shift = at_work(web, "guessing")
    tried = [send(browser, "ask", asked(shift, f"guess-no-{n}", f"TEB{n:03}")) for n in range(22)]
    assert [answer.status_code for answer in tried] == [200] * 20 + [429, 429]
    assert send(browser, "ask", asked(shift, "right-one", "TEA104")).status_code == 429, "the right one neither"
    with web.house.reads() as session:
        subjects = [row.subject for row in session.execute(select(Notice)).scalars()]
    assert subjects and all("On the boulevard" in subject for subject in subjects)


def test_a_conflict_is_shown_on_the_desk_until_somebody_has_dealt_with_it(web: Web) -> None:
    browser, shift = at_work(web, "conflict")
    send(browser, "redeem", asked(shift, "the-first", "TEA105"))
    entry = {"what": "sale", "asked": asked(shift, "the-second", "TEA105"), "at": web.clock.at.isoformat(),
             "off": [{"n": 1, "amount": 4_500, "quantity": 1000}], "units": 1}  # fmt: skip
    told = send(browser, "journal", {"entries": [entry]}).json()["entered"][0]
    assert told["conflict"] == "Код уже был использован."
    vera = web.browser("vera")
    page = vera.get(DESK)
    assert "Код уже был использован." in page.text and "TEA105" not in page.text
    assert "Погашено без сети вопреки условиям купона" in vera.get("/staff/unknown").text
    number = re.search(rf"{DESK}/conflict/(\d+)", page.text)
    assert number is not None
    assert "разобрались" in vera.said(vera.post(f"{DESK}/conflict/{number[1]}", {"note": "поговорили"}))
    assert "поговорили" in vera.get(DESK).text
    assert "вопреки условиям купона" not in vera.get("/staff/unknown").text
    assert "уже разобрались" in vera.said(vera.post(f"{DESK}/conflict/{number[1]}", {"note": "ещё"}))


def test_neither_codes_nor_pins_are_in_the_log(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    browser, shift = at_work(web, "log")
    send(browser, "ask", asked(shift, "the-first", "TEA106"))
    browser.get(f"{PAGE}/state")  # a line is written behind its answer, and before the next one
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "POST /till/page/ask 200" in said and "TEA106" not in said and "Кассир" not in said
