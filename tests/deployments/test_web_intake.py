"""Handing in over HTTP: by a key that was made for it, in bounds, in the language of whoever calls, unseen by logs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from sqlalchemy import select

from integrations.web.routes.intake import CALLS_A_MINUTE, WRONG_A_MINUTE
from models.customers import Customer
from models.intake import BODY_MOST
from models.outlets import TillKey
from models.purchases import Receipt
from tests.deployments.served import COMPANY, FIREFOX, Web, web_of_its_own
from tests.tasks.intake.handing import OUTLETS, receipt
from tests.tasks.intake.test_intake import ANNA

CUSTOMERS, PURCHASES = "/intake/customers", "/intake/purchases"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        yield web


def made_key(web: Web, intake: bool = True) -> str:
    """A key as it is made on the desk, and shown there once."""
    anton = web.browser("anton")
    ticked = {"intake": "1"} if intake else {}
    page = anton.post("/staff/outlets/boulevard/till", {"title": "shop", "once": str(intake)} | ticked).text
    return str(html.fromstring(page).xpath("string(//input[@id='secret']/@value)"))


@pytest.fixture
def till(web: Web) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {made_key(web)}", "user-agent": "till/1", "accept-language": "en"}
    with httpx.Client(base_url=web.url, headers=headers, trust_env=False) as client:
        yield client


def hand_in(till: httpx.Client, *rows: Any, path: str = CUSTOMERS, **headers: str) -> httpx.Response:
    return till.post(path, json={"rows": list(rows)}, headers=headers)


def count(web: Web, table: type[Any]) -> int:
    with web.house.reads() as session:
        return len(session.execute(select(table)).scalars().all())


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["said"].endswith((".", "key>.")) and answer.headers["cache-control"] == "no-store"
    return answer.status_code, error["code"]


def test_rows_are_taken_in_and_each_is_answered(web: Web, till: httpx.Client) -> None:
    answer = hand_in(till, ANNA, {"email": "x"})
    assert answer.status_code == 200 and answer.json()["counts"] == {"new": 1, "wrong": 1}
    first, second = answer.json()["rows"]
    assert (first["n"], first["what"], first["customer"], first["troubles"]) == (1, "new", 1, [])
    [email, nobody] = second["troubles"]
    assert email == {"field": "email", "code": "email", "left_out": False,
                     "said": "This is not an e-mail address. Write it as name@example.com."}  # fmt: skip
    assert nobody["left_out"] and "set-cookie" not in answer.headers
    sold = hand_in(till, receipt(code="C1"), path=PURCHASES)
    assert sold.json()["rows"][0]["customer"] == 1 and count(web, Receipt) == 1


def test_what_is_wrong_is_said_in_the_language_of_whoever_calls(till: httpx.Client) -> None:
    answer = hand_in(till, {"email": "x"}, **{"accept-language": "ru-RU"})
    assert answer.json()["rows"][0]["troubles"][0]["said"].startswith("Это не адрес")


def test_a_call_made_again_under_its_key_is_answered_as_it_was(web: Web, till: httpx.Client) -> None:
    once = {"idempotency-key": "order-17"}
    first, again = hand_in(till, ANNA, **once).json(), hand_in(till, ANNA, **once).json()
    assert again.pop("again") and not first.pop("again") and first == again
    assert refusal(hand_in(till, ANNA | {"city": "Perm"}, **once)) == (409, "another_body")
    assert refusal(hand_in(till, ANNA, **{"idempotency-key": "x" * 201})) == (400, "idempotency_key")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "unreadable"),
        (b'{"rows": [', 400, "unreadable"),
        (b'{"rows": [NaN]}', 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (b"[" * 100_000, 400, "unreadable"),
        (b'{"rows": [' + b"[" * 500 + b"]" * 500 + b"]}", 422, "no_rows"),
        (b"[]", 422, "no_rows"),
        (b'{"rows": []}', 422, "no_rows"),
        (b'{"rows": {}, "more": 1}', 422, "no_rows"),
        (json.dumps({"rows": [{"code": "C1"}] * 501}).encode(), 422, "no_rows"),
        (b'{"rows": [{"code": "' + b"x" * BODY_MOST + b'"}]}', 413, "too_large"),
    ],
    ids=["empty", "cut", "nan", "bytes", "deep", "deep rows", "list", "none", "more", "501", "large"],
)
def test_a_body_of_another_shape_is_refused_whole(
    web: Web, till: httpx.Client, body: bytes, status: int, code: str
) -> None:
    assert refusal(till.post(CUSTOMERS, content=body, headers={"content-type": "application/json"})) == (status, code)
    assert count(web, Customer) == 0


def test_a_body_without_an_end_is_cut_off(web: Web, till: httpx.Client) -> None:
    chunks = (b'{"rows": [' + b" " * 100_000 for _ in range(25))
    answer = till.post(CUSTOMERS, content=chunks, headers={"content-type": "application/json"})
    assert refusal(answer) == (413, "too_large")


def test_what_does_not_say_that_it_is_json_is_refused(till: httpx.Client) -> None:
    for content_type in ("text/plain", "", "application/x-www-form-urlencoded"):
        assert refusal(till.post(CUSTOMERS, content=b"{}", headers={"content-type": content_type}))[0] == 415
    assert refusal(till.get(CUSTOMERS)) == (405, "no_such") and refusal(till.post("/intake/x"))[0] == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer wrong", "Bearer \xff"])
def test_without_a_key_nothing_is_taken_in(web: Web, header: str) -> None:
    with httpx.Client(base_url=web.url, trust_env=False) as client:
        answer = client.post(CUSTOMERS, json={"rows": [ANNA]}, headers={"authorization": header.encode("latin-1")})
    assert refusal(answer) == (401, "no_key") and answer.headers["www-authenticate"] == "Bearer"
    assert count(web, Customer) == 0


def test_a_key_that_was_made_for_coming_in_alone_does_not_hand_in(web: Web) -> None:
    key = made_key(web, intake=False)
    with httpx.Client(base_url=web.url, trust_env=False) as client:
        answer = client.post(CUSTOMERS, json={"rows": [ANNA]}, headers={"authorization": f"Bearer {key}"})
    assert refusal(answer) == (403, "not_for_this") and count(web, Customer) == 0


def test_a_revoked_key_hands_in_no_more(web: Web, till: httpx.Client) -> None:
    assert hand_in(till, ANNA).status_code == 200
    page = web.browser("anton").get("/staff/outlets/boulevard").text
    assert "передаёт клиентов и покупки" in page and count(web, TillKey) == 1
    web.browser("anton").post("/staff/outlets/boulevard/till/1/revoke", {"once": "r"})
    assert refusal(hand_in(till, ANNA)) == (401, "no_key")


def test_a_till_calls_so_often_a_minute(web: Web, till: httpx.Client) -> None:
    codes = [hand_in(till, {"code": "C1"}).status_code for _ in range(CALLS_A_MINUTE + 2)]
    assert codes == [200] * CALLS_A_MINUTE + [429] * 2
    assert hand_in(till, ANNA).headers["retry-after"] == "60"
    web.clock.at += timedelta(minutes=1)
    assert hand_in(till, ANNA).status_code == 200


def test_who_tries_many_keys_is_slowed_down_and_good_ones_are_not(web: Web, till: httpx.Client) -> None:
    with httpx.Client(base_url=web.url, trust_env=False) as client:
        codes = [client.post(CUSTOMERS, json={"rows": [ANNA]}).status_code for _ in range(WRONG_A_MINUTE + 1)]
    assert codes == [401] * WRONG_A_MINUTE + [429] and hand_in(till, ANNA).status_code == 200


def test_nothing_that_was_handed_in_is_in_the_log(
    web: Web, till: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    hand_in(till, ANNA, {"email": "x-marker"}, once="k")
    till.post(CUSTOMERS, content=b'{"rows": [marker', headers={"content-type": "application/json"})
    hand_in(till, receipt(email="marker@example.net"), path=PURCHASES)  # last: its line may come after its answer
    said = " ".join(
        r.getMessage() for r in caplog.records if r.name.startswith(("otdel", "tasks", "integrations", "sqlalchemy"))
    )
    assert "POST /intake/customers 200" in said and "POST /intake/customers 400" in said
    assert [word for word in ("Anna", "916", "marker", "Bearer", "127.0.0.1", FIREFOX) if word in said] == []


def test_the_description_says_what_is_taken(web: Web, till: httpx.Client) -> None:
    told = web.browser().get("/intake/openapi.json").json()
    assert told["openapi"] == "3.1.0" and set(told["paths"]) == {CUSTOMERS, PURCHASES}
    schemas = told["components"]["schemas"]
    assert {"code", "email", "consents", "changed_at"} <= schemas["CustomerTold"]["properties"].keys()
    assert set(schemas["ReceiptTold"]["required"]) == {"receipt", "at", "lines"}
    answers = [hand_in(till, ANNA).json(), hand_in(till, receipt(), path=PURCHASES).json()]
    row = schemas["Answer"]["properties"]["rows"]["items"]["properties"]
    assert all(one.keys() == schemas["Answer"]["properties"].keys() for one in answers)
    assert all(one["rows"][0].keys() == row.keys() for one in answers)
