"""Customers on the desk: in numbers, found, one of them whole, what they said written down, erased for good."""

import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import html
from sqlalchemy import Engine, select

from models.customers import Address, Barred, ConsentAct, Customer, Suppression
from models.desk.drop import AllAgreed
from models.order_book import GivenOrder
from tasks.consents import rows as consents
from tasks.customers import engine as loading
from tests.deployments.served import Browser, Web, served, web_of_its_own
from tests.fakes import NOW
from tests.tasks.customers.test_engine import HEADER, PAPER, sheet
from tests.tasks.customers.test_record import mentions

PATH = "/staff/customers"
HEAD = (*HEADER, "Telegram", "City", "Birthday")
SEMYON = ("C-7", "Semyon@Mail.ru", "8 912 000-00-07", "Семён Ёлкин", *PAPER, "@Semyon_p", "Тверь", "17.05")
IRA = ("C-8", "ira@mail.ru", "", "Ира Козлова", "yes")
CONSENT = {"act": "given", "purpose": "advertising", "date": "2026-11-20", "proof": "анкета 17", "wording": "v3"}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


@pytest.fixture
def olga(web: Web) -> Browser:
    load(web, SEMYON, IRA)
    return web.browser("olga")


def load(web: Web, *told: tuple[Any, ...], source: str = "drop:1") -> dict[str, int]:
    return dict(loading.load(web.house, sheet(*told, header=HEAD), AllAgreed(), source, "olga"))


def rows(web: Web, table: type[Any]) -> list[Any]:
    with web.house.reads() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())


def may(web: Web) -> dict[str, bool]:
    return {way.written: way.open for way in rows(web, Address)}


def text(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


# Who may.


@pytest.mark.parametrize("person", ["olga", "gleb", "vera"])
def test_whoever_works_with_customers_sees_them(web: Web, olga: Browser, person: str) -> None:
    browser = web.browser(person)
    for path in (PATH, f"{PATH}/1", f"{PATH}/1/known.json", f"{PATH}/1/known.xlsx"):
        assert browser.get(path).status_code == 200, path
    assert f'href="{PATH}"' in browser.get("/staff").text


@pytest.mark.parametrize("person", ["marina", "nina", "anton"])
def test_nobody_else_sees_or_changes_them(web: Web, olga: Browser, person: str) -> None:
    browser = web.browser(person)
    for path in (PATH, f"{PATH}/1", f"{PATH}/1/known.json", f"{PATH}/1/known.xlsx"):
        answer = browser.get(path)
        assert answer.status_code == 403 and "Ёлкин" not in answer.text, path
    assert browser.post(PATH, {"q": "C-7"}).status_code == 403
    for path in ("consent", "stop", "stop/1/lift", "erase"):
        assert browser.post(f"{PATH}/1/{path}", CONSENT | {"why": "x", "sure": "1"}).status_code == 403
    assert f'href="{PATH}"' not in browser.get("/mailbox").text and len(rows(web, Customer)) == 2


@pytest.mark.parametrize("path", ["9", "9/known.json", "1/known.csv", "0", "99999999999", "x"])
def test_whom_nobody_knows_has_no_page(web: Web, olga: Browser, path: str) -> None:
    assert olga.get(f"{PATH}/{path}").status_code == 404
    assert olga.post(f"{PATH}/9/consent", CONSENT).status_code == 404
    assert olga.post(f"{PATH}/9/stop", {"why": "x"}).status_code == 404


# All of them.


def test_an_empty_base_says_how_to_begin(web: Web) -> None:
    page = web.browser("olga").get(PATH).text
    assert "Клиентов пока нет" in page and 'href="/staff/drop"' in page and "<svg" not in page


def test_the_page_says_in_numbers_who_may_be_written_to(web: Web, olga: Browser) -> None:
    page = olga.get(PATH).text
    cards = [" ".join(card.text_content().split()) for card in html.fromstring(page).xpath("//div[@class='reach']/div")]
    assert len(cards) == 3 and page.count('<svg class="track') == 4
    assert re.search(r"^Почта 2 \S.* 1 · 50 % .*обработку персональных данных 1 · 50 %$", cards[0]), cards[0]
    assert "customers.csv" in page and "Ольга, 23 ноября, 12:00" in page


@pytest.mark.parametrize("typed", ["C-7", "semyon@mail.ru", "8(912)0000007", "@semyon_p", "СЕМЕН", "№ 1"])
def test_a_customer_is_found(anywhere: Web, typed: str) -> None:
    load(anywhere, SEMYON, IRA)
    page = anywhere.browser("olga").post(PATH, {"q": typed}).text
    assert "Семён Ёлкин" in page and "Козлова" not in page and f'href="{PATH}/1"' in page


def test_a_long_list_is_cut_and_says_so(web: Web) -> None:
    load(web, *((f"c{n}", "", "", f"Иван {n}") for n in range(51)))
    page = web.browser("olga").post(PATH, {"q": "иван"}).text
    assert page.count(f'href="{PATH}/') == 50 and "показаны первые 50" in page
    assert "Никто не найден" in web.browser("olga").post(PATH, {"q": "нет такого"}).text


def test_what_was_typed_is_only_text(web: Web, olga: Browser) -> None:
    page = olga.post(PATH, {"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page and "Никто не найден" in page


# One of them.


def test_a_record_shows_what_is_known_and_why_not(web: Web, olga: Browser) -> None:
    page = text(olga.get(f"{PATH}/1").text)
    for said in ("Семён Ёлкин", "C-7", "Тверь", "17.05", "Semyon@mail.ru", "+79120000007", "@Semyon_p", "form 12",
                 "согласие на рекламу: дано", "из таблицы: customers.csv", "23 ноября 2026"):  # fmt: skip
        assert said in page, said
    other = text(olga.get(f"{PATH}/2").text)
    assert "Согласия этого клиента на обработку персональных данных нет." in other and "без рекламы" in other


def test_a_consent_is_written_down_and_the_customer_may_be_written_to(web: Web, olga: Browser) -> None:
    for purpose in ("personal", "advertising"):
        page = olga.said(olga.post(f"{PATH}/2/consent", CONSENT | {"purpose": purpose}))
    assert "рекламу туда отправлять можно" in page and "анкета 17" in page and may(web)["ira@mail.ru"]
    line = rows(web, ConsentAct)[-1]
    assert (line.customer_id, line.proof, line.wording, line.via, line.recorded_by) == (
        2, "анкета 17", "v3", "by_hand", "olga",
    )  # fmt: skip
    withdrawn = olga.said(olga.post(f"{PATH}/2/consent", {"act": "withdrawn", "purpose": "advertising"}))
    assert "Согласие на рекламу отозвано 23.11.2026" in withdrawn and not may(web)["ira@mail.ru"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"date": ""}, "Согласие без даты ничего не доказывает", id="no date"),
        pytest.param({"proof": ""}, "доказывать его обязан отправитель", id="no proof"),
        pytest.param({"date": "2027-01-01"}, "Дата в будущем", id="future"),
        pytest.param({"proof": "анкета Козловой"}, "назван клиент", id="a name"),
        pytest.param({"act": ""}, "Выберите, что сказал клиент", id="nothing chosen"),
        pytest.param({"act": "asked"}, "Выберите, что сказал клиент", id="not theirs to say"),
        pytest.param({"kind": "phone"}, "нет адреса такого вида: телефон", id="no such address"),
    ],
)
def test_a_consent_that_proves_nothing_is_refused_in_a_sentence(
    web: Web, olga: Browser, fields: dict[str, str], said: str
) -> None:
    before = len(rows(web, ConsentAct))
    assert said in olga.said(olga.post(f"{PATH}/2/consent", CONSENT | fields))
    assert len(rows(web, ConsentAct)) == before


def test_a_form_sent_twice_is_written_down_once(web: Web, olga: Browser) -> None:
    before = len(rows(web, ConsentAct))
    for _ in range(2):
        olga.said(olga.post(f"{PATH}/2/consent", CONSENT | {"once": "the same"}))
        olga.said(olga.post(f"{PATH}/1/stop", {"why": "просит не писать", "once": "this"}))
        olga.said(olga.post(f"{PATH}/1/stop/1/lift", {"why": "ошибка", "once": "that"}))
    assert len(rows(web, ConsentAct)) == before + 1 and len(rows(web, GivenOrder)) == 3
    assert len(rows(web, Suppression)) == 3 and [line.id for line in rows(web, Suppression) if line.lifted_at] == [1]


def test_an_address_goes_into_the_stop_list_and_comes_out_of_it(web: Web, olga: Browser) -> None:
    assert "Скажите почему" in olga.said(olga.post(f"{PATH}/1/stop", {"kind": "email"}))
    page = olga.said(olga.post(f"{PATH}/1/stop", {"kind": "email", "why": "просит не писать"}))
    assert "просит не писать" in page and f'action="{PATH}/1/stop/1/lift"' in page
    assert may(web)["Semyon@mail.ru"] is False and may(web)["+79120000007"] is True
    assert "Скажите почему" in olga.said(olga.post(f"{PATH}/1/stop/1/lift", {}))
    page = olga.said(olga.post(f"{PATH}/1/stop/1/lift", {"why": "передумал"}))
    assert "выведен 23 ноября, 12:00, Ольга" in text(page) and may(web)["Semyon@mail.ru"] is True
    assert "Такой действующей строки" in olga.said(olga.post(f"{PATH}/2/stop/1/lift", {"why": "чужая"}))


def test_who_unsubscribed_comes_back_by_a_later_consent_alone(web: Web, olga: Browser) -> None:
    with web.house.sessions.begin() as session:
        print_ = web.house.printed("email", "semyon@mail.ru")
        consents.bar(session, web.clock, [("email", print_)], Barred.UNSUBSCRIBED, "")
        consents.follow(session, web.clock, Address.print == print_)  # type: ignore[arg-type]
    page = olga.get(f"{PATH}/1").text
    assert "только согласие на рекламу, данное после 23.11.2026" in page and f"{PATH}/1/stop/1/lift" not in page
    assert "отписался" in olga.said(olga.post(f"{PATH}/1/stop/1/lift", {"why": "ошибка"}))
    assert may(web)["Semyon@mail.ru"] is False
    web.clock.at = NOW + timedelta(days=1)
    olga.said(olga.post(f"{PATH}/1/consent", CONSENT | {"date": "2026-11-24", "kind": "email"}))
    olga.said(olga.post(f"{PATH}/1/stop/1/lift", {"why": "анкета 18"}))
    assert may(web)["Semyon@mail.ru"] is True


def test_no_order_keeps_what_only_customers_pages_may_show(web: Web, olga: Browser) -> None:
    """The order book and Prefect are read by more people: ids only, and what was typed freely is hidden."""
    olga.said(olga.post(f"{PATH}/1/consent", CONSENT | {"proof": "Семён Ёлкин", "wording": "semyon@mail.ru"}))
    olga.said(olga.post(f"{PATH}/1/consent", CONSENT))
    olga.said(olga.post(f"{PATH}/1/stop", {"why": "Ёлкин, 8 912 000-00-07"}))
    olga.said(olga.post(f"{PATH}/1/erase", {"sure": "1"}))
    book = rows(web, GivenOrder)
    kept = json.dumps([[order.form, order.said] for order in book], ensure_ascii=False)
    assert [order.code for order in book] == ["consent", "consent", "stop-list", "erase-customer"]
    assert {(order.subject_kind, order.subject_id) for order in book} == {("customer", "1")}
    for word in ("Семён", "Ёлкин", "semyon", "9120000007", "912 000", "анкета"):
        assert word not in kept, word
    assert book[-1].form == {"customer": 1, "sure": True, "person": "olga", "reason": ""}


# Given out and erased.


def test_everything_known_is_given_out_as_a_file(web: Web, olga: Browser) -> None:
    answer = olga.get(f"{PATH}/1/known.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="customer-1.json"'
    assert answer.headers["cache-control"] == "no-store" and answer.headers["content-type"].startswith(
        "application/json"
    )
    told = answer.json()
    assert told["name"] == "Семён Ёлкин" and len(told["addresses"]) == 3 and len(told["acts"]) == 4
    answer = olga.get(f"{PATH}/1/known.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="customer-1.xlsx"'
    assert answer.headers["cache-control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["О клиенте", "Согласия", "Стоп-лист", "Покупки", "Группы", "Карты и баллы"]
    assert ("имя", "Семён Ёлкин") in list(book.worksheets[0].iter_rows(values_only=True))
    assert book.worksheets[1].max_row == 5


def test_nobody_is_erased_without_a_tick(web: Web, olga: Browser) -> None:
    assert "Поставьте галочку" in olga.said(olga.post(f"{PATH}/1/erase"))
    assert len(rows(web, Customer)) == 2


def test_whoever_is_erased_is_nowhere(anywhere: Web) -> None:
    load(anywhere, SEMYON, IRA)
    olga = anywhere.browser("olga")
    markers = ("Семён", "Ёлкин", "semyon", "9120000007", "Тверь", "05-17")
    olga.said(olga.post(f"{PATH}/1/consent", CONSENT))
    olga.said(olga.post(f"{PATH}/1/stop", {"why": "просит не писать", "kind": "phone"}))
    assert len(mentions(anywhere.house.engine, *markers)) >= len(markers)
    answer = olga.post(f"{PATH}/1/erase", {"sure": "1"})
    assert answer.headers["location"] == PATH
    page = olga.said(answer)
    assert "удалено 3 адреса" in page and "стоп-лист помнит 3 отпечатка" in page
    assert mentions(anywhere.house.engine, *markers) == []
    for typed in ("C-7", "semyon@mail.ru", "89120000007", "Семён"):
        assert "Никто не найден" in olga.post(PATH, {"q": typed}).text
    assert olga.get(f"{PATH}/1").status_code == 404 and olga.get(f"{PATH}/1/known.json").status_code == 404
    assert load(anywhere, SEMYON, source="drop:2") == {"erased": 1}
    assert {line.why for line in rows(anywhere, Suppression)} == {Barred.BY_HAND, Barred.ERASED}


def test_the_pages_fit_a_phone_and_work_without_scripts(web: Web, olga: Browser) -> None:
    found = olga.post(PATH, {"q": "C-7"}).text
    for path, text in ((PATH, olga.get(PATH).text), ("found", found), (f"{PATH}/1", olga.get(f"{PATH}/1").text)):
        page = html.fromstring(text)
        tables = page.xpath("//table")
        assert all(table.get("class") == "plan cards" for table in tables), path
        assert all(cell.get("data-label") for table in tables for cell in table.xpath(".//tbody//td")), path
        posts = page.xpath("//main//form[@method='post']")
        assert all(form.xpath("./input[@name='csrf']") and form.xpath("./input[@name='once']") for form in posts), path
        assert not page.xpath("//main//*[@style or @onclick or self::script or self::style]"), path
