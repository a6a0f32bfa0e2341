"""Coupons over HTTP for the tills' programs: by a key made for it, in bounds, once, and codes nowhere but in bodies."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from integrations.web.routes.tills import CALLS_A_MINUTE, LISTS_A_MINUTE, WRONG_A_MINUTE
from models.guesses import GuessAlarm
from models.outlets import TillKey
from models.reaction import Notice
from models.redemptions import CouponEvent, Redemption
from models.till_calls import BODY_MOST
from tests.deployments.served import COMPANY, FIREFOX, SECRET, Web, web_of_its_own
from tests.tasks.redeeming.shop import terms
from tests.tasks.tills.shop import LINES, OUTLETS, asked, basket, clients_card, entry, made, opened, sold

PATH = "/till/v1/"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        with web.house.sessions.begin() as session:
            opened(session, "TEA", "CUP", "MUG")
        yield web


def made_key(web: Web, outlet: str = "boulevard", **purposes: bool) -> str:
    with web.house.sessions.begin() as session:
        said = {"title": "касса 1", "ends_in": "", "by": "anton", "coupons": True} | purposes
        return made(session, web.clock, SECRET, outlet, **said)


def made_on_the_desk(web: Web) -> str:
    """A key as it is made on the desk, and shown there once."""
    page = web.browser("anton").post("/staff/outlets/boulevard/till", {"title": "касса 1", "coupons": "1"}).text
    return str(html.fromstring(page).xpath("string(//input[@id='secret']/@value)"))


def till_of(web: Web, key: str) -> httpx.Client:
    headers = {"authorization": f"Bearer {key}", "user-agent": "till/1", "accept-language": "en"}
    return httpx.Client(base_url=web.url, headers=headers, trust_env=False)


@pytest.fixture
def till(web: Web) -> Iterator[httpx.Client]:
    with till_of(web, made_key(web)) as client:
        yield client


def ask(till: httpx.Client, what: str, body: Any, key: str = "", **headers: str) -> httpx.Response:
    once = {"idempotency-key": key} if key else {}
    return till.post(PATH + what, json=body, headers=once | headers)


def rows(web: Web, table: type[Any]) -> list[Any]:
    with web.house.reads() as session:
        return list(session.execute(select(table)).scalars().all())


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["said"].endswith((".", "key>.")) and answer.headers["cache-control"] == "no-store"
    return answer.status_code, error["code"]


def test_a_receipt_is_asked_about_held_redeemed_and_brought_back(web: Web, till: httpx.Client) -> None:
    said = ask(till, "validate", asked()).json()
    assert (said["ok"], said["amount"], said["currency"]) == (True, 1500, "RUB")
    assert [(line["n"], line["amount"]) for line in said["lines"]] == [(1, 1000), (2, 500)]
    assert said["order"] == "Give ₽15 off the whole receipt, enter it at the till by hand."
    held = ask(till, "reserve", asked(), "s1").json()
    assert held["ok"] and held["until"] and rows(web, Redemption)[0].state == "held"
    done = ask(till, "redeem", sold(), "s1").json()
    assert done["ok"] and done["amount"] == 1500 and not done["replayed"]
    again = ask(till, "redeem", sold(), "s1").json()
    assert again == done | {"replayed": True}
    [row] = rows(web, Redemption)
    assert (row.state, row.outlet, row.receipt, row.till) == ("redeemed", "boulevard", "17", "key:1")
    back = ask(till, "return", {"sale": "s1", "lines": [{"n": 1}]}, "r1").json()
    assert (back["ok"], back["amount"], back["whole"]) == (True, 1000, False)
    assert ask(till, "return", {"sale": "s1", "lines": [{"n": 1}]}, "r1").json()["replayed"]
    assert ask(till, "return", {"receipt": "17"}, "r2").json()["whole"]
    assert ask(till, "return", {"receipt": "17"}, "r3").json()["staff"]["code"] == "nothing_left"


def test_a_reservation_is_let_go(web: Web, till: httpx.Client) -> None:
    ask(till, "reserve", asked(), "s1")
    assert ask(till, "release", {"sale": "s1"}).json() == {"ok": True, "staff": None}
    assert rows(web, Redemption)[0].state == "released" and ask(till, "release", {"sale": "s1"}).json()["ok"]
    assert ask(till, "release", {"sale": "none"}).json()["staff"]["code"] == "no_sale"


def test_the_buyer_is_told_nothing_and_the_staff_precisely(till: httpx.Client) -> None:
    said = ask(till, "validate", asked("TEA", "NON")).json()
    assert (said["ok"], said["amount"], said["public"]) == (False, 0, "The coupon does not work for this purchase.")
    assert [one["staff"]["code"] for one in said["codes"]] == ["together", "unknown_code"]
    assert said["order"] == "Take nothing off."
    apart = ask(till, "validate", asked("TEA", "NON", together=False), **{"accept-language": "ru"}).json()
    assert [one["taken"] for one in apart["codes"]] == [True, False] and apart["amount"] == 1500
    assert apart["public"].startswith("Купон") and apart["order"].startswith("Дайте скидку")


def test_what_is_missing_is_said(web: Web, till: httpx.Client) -> None:
    with web.house.sessions.begin() as session:
        opened(session, "BIG", of=terms(conditions={"sum_from": 200}), key="big")
    [one] = ask(till, "validate", asked("BIG")).json()["codes"]
    assert one["staff"]["code"] == "sum" and one["more"]["amount"] == 4_999
    assert one["more"]["said"].startswith("Add goods for")


def test_a_key_of_another_call_is_no_key_of_this_one(web: Web, till: httpx.Client) -> None:
    ask(till, "redeem", sold(), "s1")
    assert refusal(ask(till, "redeem", sold("CUP"), "s1")) == (409, "other_body")
    ask(till, "return", {"sale": "s1", "lines": [{"n": 1}]}, "r1")
    assert refusal(ask(till, "return", {"sale": "s1"}, "r1")) == (409, "other_body")
    for key in ("", "x" * 101, "два", "a b"):
        answer = till.post(PATH + "redeem", json=sold(), headers={"idempotency-key": key.encode()})
        assert refusal(answer) == (400, "idempotency_key")
    with till_of(web, made_key(web, "north")) as other:  # another till's keys are its own
        assert ask(other, "redeem", sold("CUP"), "s1").json()["ok"]
        assert ask(other, "return", {"receipt": "17"}, "r9").json()["amount"] == 1500  # the one of its own outlet


def test_a_field_that_is_wrong_is_named(web: Web, till: httpx.Client) -> None:
    answer = ask(till, "redeem", sold() | {"basket": basket(LINES[0] | {"quantity": -1})}, "s1")
    assert refusal(answer) == (422, "fields") and rows(web, Redemption) == []
    [field] = answer.json()["error"]["fields"]
    assert (field["field"], field["code"]) == ("basket.lines.0.quantity", "greater_than")
    assert field["said"] == "The number is too small here: 1 at the least."
    assert ask(till, "release", {}).json()["error"]["fields"][0]["field"] == "sale"


def test_a_thousand_lines_are_a_receipt(till: httpx.Client) -> None:
    many = basket(*({"n": n, "product": f"p{n}", "amount": 100, "quantity": 350} for n in range(1, 1001)))
    assert ask(till, "validate", asked() | {"basket": many}).json()["amount"] == 10_000
    assert ask(till, "redeem", sold() | {"basket": many}, "big").json()["ok"]


BROKEN = [
    (b"", 400, "unreadable"),
    (b'{"codes": [', 400, "unreadable"),
    (b'{"codes": [NaN]}', 400, "unreadable"),
    (b"\xff\xfe", 400, "unreadable"),
    (b"[" * 100_000, 400, "unreadable"),
    (b'{"codes": ["' + b"x" * BODY_MOST + b'"]}', 413, "too_large"),
]


def test_what_is_no_call_is_refused_whole(till: httpx.Client) -> None:
    for body, status, code in BROKEN:
        answer = till.post(PATH + "journal", content=body, headers={"content-type": "application/json"})
        assert refusal(answer) == (status, code)
    assert refusal(till.post(PATH + "validate", content=b"{}"))[0] == 415
    assert refusal(till.get(PATH + "journal")) == (405, "no_such")
    assert refusal(till.get(PATH + "codes/TEA")) == (404, "no_such")


def test_without_a_key_nothing_is_answered(web: Web) -> None:
    with httpx.Client(base_url=web.url, trust_env=False) as client:
        for header in ("", "Bearer", "Basic abc", "Bearer wrong", "Bearer \xff"):
            headers = {"authorization": header.encode("latin-1")}
            answer = client.post(PATH + "validate", json=asked(), headers=headers)
            assert refusal(answer) == (401, "no_key") and answer.headers["www-authenticate"] == "Bearer"
            assert refusal(client.get(PATH + "list", headers=headers)) == (401, "no_key")


def test_a_key_of_another_purpose_redeems_nothing(web: Web) -> None:
    with till_of(web, made_key(web, intake=True, coupons=False)) as till:
        assert refusal(ask(till, "redeem", sold(), "s1")) == (403, "not_for_this")
    with till_of(web, made_key(web)) as till:
        answer = till.post("/intake/customers", json={"rows": [{"code": "1"}]})
        assert answer.status_code == 403


def test_a_key_is_made_on_the_desk_used_shown_and_revoked(web: Web) -> None:
    with till_of(web, made_on_the_desk(web)) as till:
        assert ask(till, "redeem", sold(), "s1").json()["ok"]
        page = web.browser("anton").get("/staff/outlets/boulevard").text
        assert "погашает купоны" in page and rows(web, TillKey)[0].used_at is not None
        web.browser("anton").post("/staff/outlets/boulevard/till/1/revoke", {"once": "r"})
        assert refusal(ask(till, "redeem", sold("CUP"), "s2")) == (401, "no_key")


def test_a_till_calls_so_often_a_minute(web: Web, till: httpx.Client) -> None:
    lists = [till.get(PATH + "list").status_code for _ in range(LISTS_A_MINUTE + 1)]
    assert lists == [200] * LISTS_A_MINUTE + [429]
    paces = web.app.state.premises.paces
    assert all(paces.may("till", "1", CALLS_A_MINUTE) for _ in range(CALLS_A_MINUTE - 1))
    assert ask(till, "validate", asked()).status_code == 200
    answer = ask(till, "validate", asked())
    assert refusal(answer) == (429, "too_many") and answer.headers["retry-after"] == "60"
    web.clock.at += timedelta(minutes=1)
    assert ask(till, "validate", asked()).status_code == 200


def test_who_tries_many_keys_is_slowed_down_and_good_ones_are_not(web: Web, till: httpx.Client) -> None:
    with httpx.Client(base_url=web.url, trust_env=False) as client:
        codes = [client.get(PATH + "list").status_code for _ in range(WRONG_A_MINUTE + 1)]
    assert codes == [401] * WRONG_A_MINUTE + [429] and ask(till, "validate", asked()).status_code == 200


def test_the_code_of_a_test_letter_is_refused_by_its_own_reason_and_is_no_guess(web: Web, till: httpx.Client) -> None:
    for _ in range(25):
        answer = ask(till, "validate", asked("0000-TEST-0000"))
        assert answer.status_code == 200 and answer.json()["codes"][0]["staff"]["code"] == "test_code"
    assert rows(web, CouponEvent) == [] and rows(web, GuessAlarm) == []


def test_who_guesses_codes_is_stopped_and_told_of(web: Web, till: httpx.Client) -> None:
    codes = [ask(till, "validate", asked(f"X{n:02}")).status_code for n in range(22)]
    assert codes == [200] * 20 + [429] * 2
    answer = ask(till, "validate", asked("TEA"))  # a good one tells nothing either
    assert refusal(answer) == (429, "guessing") and 0 < int(answer.headers["retry-after"]) <= 600
    assert refusal(ask(till, "redeem", sold("TEA"), "s1"))[0] == 429 and rows(web, Redemption) == []
    with till_of(web, made_key(web, "north")) as other:
        assert ask(other, "validate", asked()).status_code == 200
    told = [(one.person, one.subject) for one in rows(web, Notice)]
    assert sorted(told) == [(who, "Бульвар: кто-то перебирает коды купонов") for who in ("anton", "vera")]
    [alarm] = rows(web, GuessAlarm)
    assert (alarm.kind, alarm.till, alarm.outlet, alarm.wrong) == ("till", "key:1", "boulevard", 20)
    events = [(one.what, one.offer_id, one.code[:1], len(one.code)) for one in rows(web, CouponEvent)]
    assert events == [("refused", 0, "…", 2)] * 20
    page = web.browser("vera").get("/staff/unknown?what=guesses").text
    assert "касса 1" in page and "/staff/outlets/boulevard" in page
    web.clock.at += timedelta(minutes=10)
    assert ask(till, "validate", asked()).status_code == 200


def test_the_list_goes_down_and_the_journal_comes_up(web: Web, till: httpx.Client) -> None:
    held = till.get(PATH + "list").json()
    assert json.loads(held["body"])["till"] == "key:1" and len(json.loads(held["body"])["codes"]) == 3
    wrong = entry("j3", basket=basket(currency="USD"))
    back = {"what": "return", "key": "j2", "at": "2026-11-22T12:00:00+06:00", "sale": "j1"}
    given = [{"lines": [{"n": 1, "amount": 1000}, {"n": 2, "amount": 500}]}]
    body = {"entries": [back, entry("j1", given=given), wrong, {"what": "sale", "key": "j4"}, entry("j5", ["NON"])]}
    first = ask(till, "journal", body).json()
    assert [one["entered"] for one in first["entries"]] == [True, True, False, False, True]
    assert [one["key"] for one in first["entries"]] == ["j2", "j1", "j3", "j4", "j5"]
    assert first["entries"][2]["fields"][0]["field"] == "basket.currency"
    assert {one["field"] for one in first["entries"][3]["fields"]} == {"at", "codes", "basket"}
    assert [one["code"] for one in first["entries"][4]["conflicts"]] == ["unknown_code"]
    again = ask(till, "journal", body).json()
    assert [one["replayed"] for one in again["entries"]] == [True, True, False, False, True]
    [row] = rows(web, Redemption)
    assert (row.state, row.amount, row.back, row.origin, row.conflict) == ("returned", 1500, 1500, "offline", "")


class Gone:
    """A ledger whose database is busy beyond all patience, or restarts."""

    def redeem(self, call: Any) -> Any:
        raise OperationalError("redeem", {}, Exception("database is locked"))


def test_a_database_that_is_busy_says_neither_yes_nor_no(web: Web, till: httpx.Client) -> None:
    verbs = web.app.state.premises.verbs
    verbs.__dict__["ledger"] = Gone()
    answer = ask(till, "redeem", sold(), "s1")
    assert refusal(answer) == (503, "busy") and answer.headers["retry-after"] == "1"
    del verbs.__dict__["ledger"]
    assert ask(till, "redeem", sold(), "s1").json()["ok"]


ODD = ["\0", "\ud800", "TEA\0", "ＴＥＡ", "ТЕА", " tea ", "t-e-a", "T" * 200, "💥", "'; DROP TABLE coupon; --", "%s{}"]


def test_odd_codes_and_names_are_answered_not_broken(web: Web, till: httpx.Client) -> None:
    for n, code in enumerate(ODD):
        odd = json.dumps({**sold(code, receipt=code[:90] or "x", cashier=code, buyer={"card": code, "email": code}),
                          "basket": basket({"n": 1, "product": code[:90], "amount": 100})})  # fmt: skip
        head = {"content-type": "application/json", "idempotency-key": f"odd-{n}"}
        answer = till.post(PATH + "redeem", content=odd.encode(), headers=head)
        assert answer.status_code in (200, 422), (code, answer.text)
        web.clock.at += timedelta(minutes=10)
    unread = json.dumps({"entries": [{"what": "sale", "key": key} for key in ODD]}).encode()
    told = till.post(PATH + "journal", content=unread, headers={"content-type": "application/json"})
    assert told.status_code == 200 and len(told.json()["entries"]) == len(ODD), "each is named, none breaks the rest"
    taken = [one.key for one in rows(web, Redemption)]
    assert {f"odd-{n}" for n in (2, 4, 5, 6)} <= set(taken) | {"odd-3"}, taken


def test_lists_are_made_one_at_a_time(web: Web, till: httpx.Client) -> None:
    verbs = web.app.state.premises.verbs
    with verbs._listing:
        answer = till.get(PATH + "list")
        assert refusal(answer) == (503, "busy") and answer.headers["retry-after"] == "15"
        assert ask(till, "validate", asked()).status_code == 200
    assert till.get(PATH + "list").status_code == 200


def test_a_list_that_no_till_could_hold_is_refused(till: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.tills.engine.LIST_MOST", 2)
    assert refusal(till.get(PATH + "list")) == (409, "too_many_codes")


def test_a_journal_that_guesses_is_put_off_and_goes_on_later(web: Web, till: httpx.Client) -> None:
    body = {"entries": [entry(f"j{n}", [f"X{n:02}"]) for n in range(22)] + [entry("good")]}
    answer = ask(till, "journal", body)
    assert answer.json()["entered"] == 20 and int(answer.headers["retry-after"]) == answer.json()["later"] > 0
    assert [one["staff"]["code"] for one in answer.json()["entries"][20:]] == ["later"] * 3
    web.clock.at += timedelta(minutes=10)
    answer = ask(till, "journal", body)
    assert answer.json()["entered"] == 23 and len(rows(web, Redemption)) == 1


def test_no_code_is_in_the_log_nor_in_an_answer(web: Web, till: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    told = [
        ask(till, "validate", asked("SECRETCODE1", buyer={"phone": "+79160000001"})),
        ask(till, "redeem", sold("SECRETCODE1"), "s1"),
        till.post(PATH + "validate", content=b'{"codes": ["SECRETCODE1"', headers={"content-type": "application/json"}),
        ask(till, "journal", {"entries": [entry("j", ["SECRETCODE1"])]}),
        ask(till, "validate", asked("TEA")),
    ]
    assert [one.status_code for one in told] == [200, 200, 400, 200, 200]
    assert not any("SECRETCODE1" in one.text or "916" in one.text for one in told)
    said = " ".join(
        r.getMessage() for r in caplog.records if r.name.startswith(("otdel", "tasks", "integrations", "sqlalchemy"))
    )
    assert "POST /till/v1/validate 200" in said and "POST /till/v1/validate 400" in said
    assert [word for word in ("SECRETCODE1", "916", "Bearer", "127.0.0.1", FIREFOX) if word in said] == []


def test_the_description_stands_at_its_address(web: Web) -> None:
    told = web.browser().get(PATH + "openapi.json").json()
    assert told["openapi"] == "3.1.0" and told["servers"] == [{"url": web.house.staff_url}]
    listed = {path.removeprefix(PATH) for path in told["paths"]}
    routed = {route.path.removeprefix(PATH) for route in web.app.routes if route.path.startswith(PATH)}  # type: ignore[attr-defined]
    assert listed | {"openapi.json"} == routed
    lines = told["components"]["schemas"]["LineTold"]["properties"]
    assert lines["quantity"]["maximum"] == 10**9 and lines["amount"]["minimum"] == 0


def test_points_of_a_card_pay_once_and_come_back_over_http(web: Web, till: httpx.Client) -> None:
    with web.house.sessions.begin() as session:
        clients_card(session)
    asked = {"card": "2900000000070", "currency": "RUB", "amount": 81_000}
    assert ask(till, "points", asked).json()["points"] == 243
    told = asked | {"points": 200, "receipt": "17"}
    assert refusal(ask(till, "points/spend", told)) == (400, "idempotency_key")
    first, again = (ask(till, "points/spend", told, "p1") for _ in range(2))
    assert first.json() | {"replayed": True} == again.json() and first.headers["cache-control"] == "no-store"
    assert refusal(ask(till, "points/spend", told | {"points": 1}, "p1")) == (409, "another")
    assert refusal(ask(till, "points/return", {"receipt": "17"}, "r1")) == (422, "fields")
    assert ask(till, "points/return", {"sale": "p1"}, "r1").json()["balance"] == 300
    wrong = ask(till, "points", asked | {"card": "2900000000071"}).json()
    assert not wrong["ok"] and wrong["staff"]["code"] == "no_card" and wrong["balance"] == 0
    with till_of(web, made_key(web, coupons=False)) as another:
        assert refusal(ask(another, "points", asked)) == (403, "not_for_this")
