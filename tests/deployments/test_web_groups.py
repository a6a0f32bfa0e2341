"""Customer groups on the desk: seen, filled in by boxes and by text, made, corrected, listed, built, put away."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from lxml import html
from sqlalchemy import Engine, select
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember
from models.desk.group_rule import KINDS
from models.order_book import GivenOrder
from models.purchases import PurchaseLine, Receipt
from tasks.groups import rows
from tests.browser.groups_desk import LISTED, people
from tests.deployments.served import Browser, Web, served, web_of_its_own

PATH, NEW = "/staff/groups", "/staff/new-group"
TEA = {"0.kind": "all", "0-0.kind": "bought", "0-0.groups": "Чай"}
TITLE = {"title": "Любители чая", "mode": "boxes"}
PAGES = (PATH, f"{PATH}/tea", f"{PATH}/listed")
FOR_WRITERS = (NEW, f"{PATH}/tea/form")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        filled(web)
        yield web


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        filled(web)
        yield web


def filled(web: Web, number: int = 80) -> None:
    with web.house.sessions.begin() as session:
        people(session, number)


@pytest.fixture
def olga(web: Web) -> Browser:
    return web.browser("olga")


def make(browser: Browser, key: str = "tea", **fields: str) -> httpx.Response:
    """A group made as the page makes one."""
    return browser.post(NEW, TITLE | TEA | {"key": key, "do": "save"} | fields)


def make_list(browser: Browser, key: str = "listed") -> httpx.Response:
    return browser.post(NEW, {"title": "Гости", "key": key, "list": "1", "do": "save"})


def upload(browser: Browser, key: str, do: str, typed: str = "", file: bytes = b"", replaces: str = "0") -> Any:
    data = {"csrf": browser.csrf, "do": do, "typed": typed, "replaces": replaces}
    files = [("file", ("guests.csv", file))] if file else [("file", ("", b""))]
    return browser.http.post(f"{PATH}/{key}/list", data=data, files=files)


def group(web: Web, key: str = "tea") -> CustomerGroup:
    with web.house.reads() as session:
        return rows.group(session, key)


def members(web: Web, key: str = "tea") -> set[int]:
    of = group(web, key).id
    with web.house.reads() as session:
        return set(
            session.execute(select(col(GroupMember.customer_id)).where(col(GroupMember.group_id) == of)).scalars()
        )


def book(web: Web) -> list[GivenOrder]:
    with web.house.reads() as session:
        return list(session.execute(select(GivenOrder).order_by(col(GivenOrder.id))).scalars())


def text(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def fields_of(page: str) -> list[tuple[str, str]]:
    """What the form of a page would send, pressed by nobody."""
    form = html.fromstring(page).xpath("//form[@id='group-form']")[0]
    return [(name, value) for name, value in form.form_values() if name != "do"]


def pressed(browser: Browser, page: str, do: str, path: str = NEW, **more: str) -> httpx.Response:
    """Press a button of the form as it stands on the page; `more` is typed before."""
    fields: dict[str, Any] = {}
    for name, value in fields_of(page):
        fields.setdefault(name, []).append(value)
    return browser.post(path, fields | {name.replace("__", "."): value for name, value in more.items()} | {"do": do})


# Who may.


@pytest.mark.parametrize("person", ["olga", "gleb", "vera"])
def test_whoever_works_with_customers_does_everything(web: Web, person: str) -> None:
    browser = web.browser(person)
    make(browser), make_list(browser)
    for path in (*PAGES, *FOR_WRITERS):
        assert browser.get(path).status_code == 200, path
    page = browser.get(f"{PATH}/tea").text
    assert "/staff/customers/" in page and f'action="{PATH}/tea/correct"' in page
    assert f'href="{PATH}"' in browser.get("/staff").text


@pytest.mark.parametrize("person", ["marina", "anton"])
def test_whoever_reads_the_plan_sees_numbers_and_nobody(web: Web, olga: Browser, person: str) -> None:
    make(olga), make_list(olga)
    olga.post(f"{PATH}/tea/correct", {"what": "add", "customers": "1", "why": "просил лично"})
    browser = web.browser(person)
    for path in PAGES:
        page = browser.get(path)
        assert page.status_code == 200 and "/staff/customers/" not in page.text and "просил лично" not in page.text
        assert not html.fromstring(page.text).xpath(f"//main//form[@method='post' and contains(@action, '{PATH}')]"), (
            path
        )
    assert all(browser.get(path).status_code == 403 for path in FOR_WRITERS)
    for path in ("build", "tea/form", "tea/build", "tea/correct", "tea/undo/1", "tea/put-away"):
        assert browser.post(f"{PATH}/{path}", {}).status_code == 403, path
    assert browser.post(PATH, {"ready": "lost"}).status_code == browser.post(NEW, {}).status_code == 403
    assert upload(browser, "listed", "load", "C-1").status_code == 403


def test_a_cashier_sees_no_groups(web: Web) -> None:
    assert web.browser("nina").get(PATH).status_code == 403


@pytest.mark.parametrize("path", ["nowhere", "nowhere/form", "x%2Fy"])
def test_a_group_that_is_not_there_has_no_page(web: Web, olga: Browser, path: str) -> None:
    assert olga.get(f"{PATH}/{path}").status_code == 404
    for verb in ("form", "build", "correct", "undo/1", "put-away"):
        assert olga.post(f"{PATH}/nowhere/{verb}", {"what": "add"}).status_code == 404
    assert upload(olga, "nowhere", "load", "C-1").status_code == 404


# All of them.


def test_without_customers_there_is_nobody_to_group(tmp_path: Path) -> None:
    with web_of_its_own(tmp_path) as web:
        page = web.browser("olga").get(PATH).text
    assert "группировать некого" in page and 'name="ready"' not in page


def test_ready_groups_are_made_by_one_button(web: Web, olga: Browser) -> None:
    page = html.fromstring(olga.get(PATH).text)
    offered = page.xpath("//input[@name='ready']/@value")
    assert len(offered) == 16 and "последняя покупка: 90 дней назад или раньше" in text(olga.get(PATH).text)
    answer = olga.post(PATH, {"ready": "sleeping"})
    assert answer.headers["location"] == f"{PATH}/sleeping" and "создана" in olga.said(answer)
    assert members(web, "sleeping")
    answer = olga.post(PATH, {"ready": "of-city", "name": "Тверь"})
    assert answer.headers["location"].endswith("-tver") and "живут в городе «Тверь»" in olga.said(answer)
    left = html.fromstring(olga.get(PATH).text).xpath("//input[@name='ready']/@value")
    assert set(offered) - set(left) == {"sleeping"}
    assert "Такой готовой группы нет" in olga.said(olga.post(PATH, {"ready": "no-such"}))
    assert olga.post(PATH, {"ready": "of-city"}).headers["location"] == PATH


def test_the_page_says_sizes_changes_reach_and_coverage(web: Web, olga: Browser) -> None:
    make(olga), make_list(olga)
    olga.post(f"{PATH}/tea/correct", {"what": "remove", "customers": ",".join(map(str, sorted(members(web))[:2])),
                                      "why": "ошибка"})  # fmt: skip
    olga.post(f"{PATH}/build")
    page = html.fromstring(olga.get(PATH).text)
    [row] = [row for row in page.xpath("//table[contains(@class, 'groups')]//tbody/tr") if "чая" in row.text_content()]
    said = " ".join(row.text_content().split())
    assert f"{len(members(web))} " in said and "почта:" in said and "10 %" in said.replace("\u00a0", " ")
    assert row.xpath(".//svg/polyline/@points") and row.xpath(".//svg/@aria-label")[0].startswith("Размер по сборкам")
    assert f"{len(members(web))} / 80" in text(olga.get(PATH).text)


def test_groups_are_compared_by_number_and_colour(web: Web, olga: Browser) -> None:
    make(olga), make(olga, "coffee", title="Кофе", **{"0-0.groups": "Кофе"}), make(olga, "all", **{"0-0.groups": ""})
    page = html.fromstring(olga.get(f"{PATH}?with=tea&with=all").text)
    [table] = page.xpath("//div[@class='matrix']/table")
    assert [" ".join(head.text_content().split()) for head in table.xpath(".//tbody//th/a")] == ["Любители чая"] * 2
    cells = [" ".join(cell.text_content().split()) for cell in table.xpath(".//td")]
    tea, everybody = len(members(web)), len(members(web, "all"))
    assert cells == [str(everybody), f"{round(100 * tea / everybody)} %{tea}", f"100 %{tea}", str(tea)]
    assert table.xpath(".//td[2]/@class")[0].startswith("shade-") and table.xpath(".//thead//th[@scope='col']")
    assert page.xpath("//input[@name='with' and @checked]/@value") == ["all", "tea"]


# Filled in.


def test_a_rule_is_built_of_boxes_without_a_script(web: Web, olga: Browser) -> None:
    page = olga.get(NEW).text
    page = pressed(olga, page, "kind", title="Чай без кофе", **{"0-0__kind": "bought"}).text
    page = pressed(olga, page, "more", **{"0-0__groups": "Чай", "0-0__days": "400"}).text
    page = pressed(olga, page, "add:0").text
    assert html.fromstring(page).xpath("//select[@autofocus]/@name") == ["0-1.kind"]
    page = pressed(olga, page, "kind", **{"0-1__kind": "bought", "0-1__negated": "1"}).text
    page = pressed(olga, page, "nest:0", **{"0-1__groups": "Кофе"}).text
    page = pressed(olga, page, "kind", **{"0-2-0__kind": "has"}).text
    page = pressed(olga, page, "add:0-2", **{"0-2-0__address": "email"}).text
    page = pressed(olga, page, "kind", **{"0-2-1__kind": "everyone"}).text
    page = pressed(olga, page, "remove:0-2-1").text
    looked = pressed(olga, page, "look")
    assert looked.status_code == 200 and "покупали «Чай» за последние 400 дней" in text(looked.text)
    answer = pressed(olga, looked.text, "save")
    assert answer.status_code == 303 and answer.headers["location"] == f"{PATH}/chai-bez-kofe"
    assert group(web, "chai-bez-kofe").text == 'bought "Чай" in last 400 days and not bought "Кофе" and has email'


def test_a_preview_counts_and_saves_nothing(web: Web, olga: Browser) -> None:
    looked = olga.post(NEW, TITLE | TEA | {"do": "look"})
    page = html.fromstring(looked.text)
    number = int(page.xpath("string(//p[@class='big']/strong)"))
    preview = " ".join(page.xpath("//aside")[0].text_content().split())
    assert number > 10 and "Рекламу можно отправить" in preview and "нет согласия на рекламу" in preview
    assert 0 < len(page.xpath("//aside//a[starts-with(@href, '/staff/customers/')]")) <= 10
    assert page.xpath("//input[@name='control']/@value") == ["10"]
    with web.house.reads() as session:
        assert rows.groups(session) == []
    make(olga)
    assert len(members(web)) == number


def test_what_the_advice_filled_in_follows_the_rule_and_what_was_typed_stays(web: Web, olga: Browser) -> None:
    page = olga.post(NEW, TITLE | TEA | {"do": "look"}).text
    assert dict(fields_of(page))["advised"] == dict(fields_of(page))["control"] == "10"
    page = pressed(olga, page, "look", control="7,5").text
    assert dict(fields_of(page))["control"] == "7,5"
    answer = pressed(olga, page, "save", key="tea")
    assert answer.status_code == 303 and group(web).control_share == 75


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_condition_has_its_fields_in_both_languages(web: Web, olga: Browser, kind: str) -> None:
    for language in ("ru", "en"):
        browser = web.browser("olga", **{"accept-language": language})
        page = html.fromstring(browser.post(NEW, {"0.kind": "all", "0-0.kind": kind, "do": "kind"}).text)
        names = {name.partition(".")[2] for name in page.xpath("//*[starts-with(@name, '0-0.')]/@name")}
        assert names == {"kind", "negated", *KINDS[kind].fields}
        for control in page.xpath("//*[starts-with(@name, '0-0.')]"):
            id = control.get("id")
            assert control.get("aria-label") or page.xpath(f"//label[@for='{id}' or .//*[@id='{id}']]"), control.get(
                "name"
            )


def test_the_text_and_the_boxes_are_one_rule(web: Web, olga: Browser) -> None:
    rule = 'not not (bought "Чай" at "center" in last 90 days or sum >= 3000.5) and birthday in next 14 days'
    page = olga.post(NEW, {"mode": "text", "text": rule, "do": "boxes"}).text
    assert 'name="0-0.negated"' in page and 'name="text"' not in page
    page = pressed(olga, page, "text").text
    assert dict(fields_of(page))["text"] == rule
    assert pressed(olga, page, "save", title="Чай", key="tea").status_code == 303 and group(web).text == rule


@pytest.mark.parametrize(
    ("rule", "excerpt"),
    [
        pytest.param('bougth "Чай"', ("", 'bougth "Чай"'), id="a slip"),
        pytest.param('bought "Чай" and\n  sum >= много', ("  sum >= ", "много"), id="second line"),
        pytest.param('bought "Чай" in last', ('bought "Чай" in last', "⏎"), id="the end"),
    ],
)
def test_an_error_in_the_text_shows_its_place_and_loses_nothing(
    web: Web, olga: Browser, rule: str, excerpt: tuple[str, str]
) -> None:
    for do in ("boxes", "look", "save"):
        answer = olga.post(NEW, {"title": "Чай", "why": "к сезону", "mode": "text", "text": rule, "do": do})
        page = html.fromstring(answer.text)
        assert answer.status_code == 422 and dict(fields_of(answer.text))["text"].split() == rule.split()
        assert dict(fields_of(answer.text))["why"] == "к сезону" and dict(fields_of(answer.text))["title"] == "Чай"
        [shown] = page.xpath("//*[@role='alert']//pre")
        assert shown.text_content() == "".join(excerpt) and shown.xpath("./mark")[0].text == excerpt[1]


def test_what_is_wrong_in_boxes_stands_beside_its_field(web: Web, olga: Browser) -> None:
    typed = TITLE | TEA | {"0-1.kind": "counted.sum", "0-1.number": "много", "0-2.kind": "", "why": "к сезону"}
    for do in ("save", "look", "text"):
        answer = olga.post(NEW, typed | {"do": do})
        page = html.fromstring(answer.text)
        assert answer.status_code == 422 and "Ничего не потеряно" in answer.text
        [field] = page.xpath("//*[@name='0-1.number']")
        wrong = page.get_element_by_id(field.get("aria-describedby"))
        assert field.get("aria-invalid") == "true" and "«много» — не число" in wrong.text_content()
        assert "Выберите, о чём условие" in page.get_element_by_id("0-2-kind-wrong").text_content()
        sent = dict(fields_of(answer.text))
        assert (
            sent["0-1.number"] == "много"
            and sent["why"] == "к сезону"
            and ("0-0.groups", "Чай") in fields_of(answer.text)
        )
    assert olga.post(NEW, typed | {"do": "look"}, **{"hx-request": "true"}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"title": " "}, "Группе нужно название", id="no title"),
        pytest.param({"key": "Чай"}, "Чай", id="no key"),
        pytest.param({"control": "половина"}, "«половина» — не доля группы", id="no share"),
    ],
)
def test_what_is_refused_on_saving_comes_back_as_it_was_typed(
    web: Web, olga: Browser, fields: dict[str, str], said: str
) -> None:
    answer = make(olga, **fields)
    assert answer.status_code == 422 and said in text(answer.text)
    sent = dict(fields_of(answer.text))
    assert all(sent[name] == value.strip() for name, value in fields.items())
    assert ("0-0.groups", "Чай") in fields_of(answer.text)


@pytest.mark.parametrize(
    ("depth", "words"),
    [
        pytest.param(25, "больше 20 скобок", id="deeper than a rule"),
        pytest.param(390, "Здесь ещё нет условия", id="deeper than any page"),
    ],
)
def test_boxes_within_boxes_are_refused_not_drowned_in(web: Web, olga: Browser, depth: int, words: str) -> None:
    places = ["0" + "-0" * level for level in range(depth)]
    boxes = {f"{place}.kind": "all" for place in places} | {f"{place}.negated": "1" for place in places}
    answer = olga.post(NEW, TITLE | boxes | {f"{places[-1]}-0.kind": "everyone", "key": "deep", "do": "save"})
    assert answer.status_code == 422 and words in text(answer.text)


def test_more_conditions_than_a_rule_may_have_are_refused_in_a_sentence(web: Web, olga: Browser) -> None:
    boxes = {"0.kind": "all"} | {f"0-{place}.kind": "everyone" for place in range(41)}
    answer = olga.post(NEW, TITLE | boxes | {"key": "long", "do": "look"})
    assert answer.status_code == 422 and "больше 40 условий" in text(answer.text)


def test_a_name_that_is_not_in_the_base_is_noticed(web: Web, olga: Browser) -> None:
    page = text(olga.post(NEW, TITLE | TEA | {"0-0.groups": "Чаи", "do": "kind"}).text)
    assert "Значения «Чаи» в базе здесь ни у кого нет. Ближайшие: Чай" in page


def test_many_names_are_offered_as_one_list(web: Web, olga: Browser) -> None:
    with web.house.sessions.begin() as session:
        receipt = session.query(Receipt).first()
        assert receipt
        session.add_all(PurchaseLine(receipt_id=receipt.id, n=n, product=f"Сорт {n}") for n in range(20, 140))
    page = html.fromstring(olga.post(NEW, {"0.kind": "all", "0-0.kind": "bought", "do": "kind"}).text)
    assert len(page.xpath("//datalist[@id='list-product']/option")) > 100
    assert page.xpath("//input[@name='0-0.products']/@list") == ["list-product"]
    assert page.xpath("//select[@name='0-0.groups']/option/@value") == ["", "Кофе", "Посуда", "Сладкое", "Чай"]


def test_a_ready_group_is_looked_at_first(web: Web, olga: Browser) -> None:
    page = olga.get(f"{NEW}?ready=at-risk").text
    sent = fields_of(page)
    assert ("0-1.kind", "scored.frequency") in sent and ("key", "at-risk") in sent and "Что получится" in page
    assert pressed(olga, page, "save", title="На грани").headers["location"] == f"{PATH}/at-risk"
    assert olga.get(f"{NEW}?ready=nonsense").status_code == 200


# Changed.


def test_a_change_is_a_version_with_its_reason(web: Web, olga: Browser) -> None:
    make(olga)
    page = olga.get(f"{PATH}/tea/form").text
    answer = pressed(olga, page, "save", f"{PATH}/tea/form", why="слишком широко", **{"0-0__days": "90"})
    assert answer.headers["location"] == f"{PATH}/tea"
    said = text(olga.said(answer))
    assert "изменена: версия 2" in said and "слишком широко" in said and "Версия 2" in said and "Ольга" in said
    assert group(web).text == 'bought "Чай" in last 90 days'


def test_whoever_saved_meanwhile_is_not_overwritten(web: Web, olga: Browser) -> None:
    make(olga)
    page = olga.get(f"{PATH}/tea/form").text
    vera = web.browser("vera")
    pressed(vera, page, "save", f"{PATH}/tea/form", csrf=vera.csrf, title="Верино", **{"0-0__days": "30"})
    answer = pressed(olga, page, "save", f"{PATH}/tea/form", title="Ольгино", why="моё")
    assert answer.status_code == 422 and "Вера: группа изменена" in text(answer.text)
    assert dict(fields_of(answer.text))["title"] == "Ольгино" and group(web).title == "Верино"


def test_the_key_new_is_a_key_like_any_other(web: Web, olga: Browser) -> None:
    assert olga.post(PATH, {"ready": "new"}).headers["location"] == f"{PATH}/new"
    assert "Изменить группу" in olga.get(f"{PATH}/new/form").text and "Новая группа" in olga.get(NEW).text


# One of them.


def test_a_group_shows_all_that_is_known_of_it(web: Web, olga: Browser) -> None:
    make(olga, why="к новому сезону")
    page = text(olga.get(f"{PATH}/tea").text)
    for said in (
        "покупали «Чай»", 'bought "Чай"', "к новому сезону", "Рекламу можно отправить", "Почта", "нет согласия", "10 %",
        "Группа слишком мала", "Некоторые из них", "версия 1", "просмотрены все", "За 7 дней",
    ):  # fmt: skip
        assert said in page.replace("\u00a0", " "), said
    assert 0 < len(html.fromstring(olga.get(f"{PATH}/tea").text).xpath("//ul[@class='people']/li")) <= 10


def test_customers_are_corrected_by_hand_and_that_is_undone(web: Web, olga: Browser) -> None:
    make(olga, **{"0-0.groups": "Ничего"})
    assert "Выберите, добавить" in olga.said(olga.post(f"{PATH}/tea/correct", {"customers": "1", "why": "x"}))
    page = olga.said(olga.post(f"{PATH}/tea/correct", {"what": "add", "customers": "№ 3, 5", "why": "просили лично"}))
    assert "клиент № 3" in page and "просили лично" in page and members(web) == {3, 5}
    assert f'action="{PATH}/tea/undo/3"' in page
    olga.post(f"{PATH}/tea/undo/3")
    assert members(web) == {5} and "отменена" in olga.get(f"{PATH}/tea").text
    customer = olga.get("/staff/customers/5").text
    assert f'href="{PATH}/tea"' in customer and "просили лично" in customer


def test_a_group_is_put_away_and_brought_back(web: Web, olga: Browser) -> None:
    make(olga)
    page = olga.said(olga.post(f"{PATH}/tea/put-away"))
    assert "больше не собирается" in page and f'action="{PATH}/tea/correct"' not in page and group(web).archived_at
    assert f'href="{PATH}/tea"' in olga.get(PATH).text and "Убранные" in olga.get(PATH).text
    olga.post(f"{PATH}/tea/put-away", {"back": "1"})
    assert group(web).archived_at is None


def test_a_group_is_built_now(web: Web, olga: Browser) -> None:
    make(olga)
    assert "никто не пришёл и не ушёл" in olga.said(olga.post(f"{PATH}/tea/build"))
    olga.said(olga.post(f"{PATH}/tea/build", {"anew": "1"}))
    assert text(olga.get(f"{PATH}/tea").text).count("просмотрены все") == 2


# Lists.


def test_a_list_is_looked_at_and_loaded_from_what_is_typed(web: Web, olga: Browser) -> None:
    make_list(olga)
    look = upload(olga, "listed", "look", f"{LISTED}\nnobody@example.org\n")
    page = html.fromstring(look.text)
    assert look.status_code == 200 and members(web, "listed") == set()
    assert (
        "C-40" in page.get_element_by_id("typed").text and "nobody@example.org" in page.get_element_by_id("typed").text
    )
    answer = upload(olga, "listed", "load", page.get_element_by_id("typed").text)
    page = html.fromstring(answer.text)
    assert members(web, "listed") == set(range(1, 41)) and page.get_element_by_id("typed").text.split() == [
        "nobody@example.org"
    ]
    assert "Строки: 41." in text(answer.text).replace("Строки: 42.", "Строки: 41.")
    assert "40 новых клиентов в списке" in text(answer.text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_list_is_loaded_from_a_file(anywhere: Web, encoding: str) -> None:
    olga = anywhere.browser("olga")
    make_list(olga)
    file = "Код;Имя\nC-3;Семён\nC-7;Ёлкин\nC-7;\n".encode(encoding)
    answer = upload(olga, "listed", "load", file=file)
    assert answer.status_code == 303 and members(anywhere, "listed") == {3, 7}
    upload(olga, "listed", "load", "C-9", replaces="1")
    assert members(anywhere, "listed") == {9}


def test_a_list_that_cannot_be_loaded_loses_nothing(web: Web, olga: Browser) -> None:
    make_list(olga), make(olga)
    for answer, said in (
        (upload(olga, "listed", "load", "C-1", b"C-2"), "и набран текст, и выбран файл"),
        (upload(olga, "listed", "load", "никто\nнигде"), "Никто из этого списка"),
        (upload(olga, "listed", "load"), "В списке никого нет"),
        (upload(olga, "listed", "load", file=b"PK\x03\x04"), "сохраните таблицу как CSV"),
    ):
        assert said.casefold() in text(answer.text).casefold(), said
    typed = html.fromstring(upload(olga, "listed", "load", "никто\nнигде").text).get_element_by_id("typed").text
    assert typed.split() == ["никто", "нигде"] and members(web, "listed") == set()


def test_a_long_list_is_loaded_from_its_file_alone(web: Web, olga: Browser) -> None:
    make_list(olga)
    file = ("C-3\n" + "".join(f"guest{n}@nowhere.example\n" for n in range(5000))).encode()
    look = upload(olga, "listed", "look", file=file)
    assert "слишком длинный для поля" in look.text and members(web, "listed") == set()
    upload(olga, "listed", "load", file=file)
    assert members(web, "listed") == {3}


# Orders.


def test_a_form_sent_twice_is_one_order(web: Web, olga: Browser) -> None:
    for _ in range(2):
        assert make(olga, once="the same", key="").headers["location"] == f"{PATH}/liubiteli-chaia"
        olga.post(PATH, {"ready": "of-city", "name": "Тверь", "once": "this"})
        olga.post(f"{PATH}/liubiteli-chaia/correct", {"what": "add", "customers": "3", "why": "x", "once": "that"})
    with web.house.reads() as session:
        assert len(rows.groups(session)) == 2 and len(rows.corrections(session, "liubiteli-chaia")) == 1
    assert len(book(web)) == 3


def test_no_order_keeps_what_only_customers_pages_may_show(web: Web, olga: Browser) -> None:
    make(olga), make_list(olga)
    olga.post(f"{PATH}/tea/correct", {"what": "add", "customers": "3", "why": "Анна просила"})
    olga.post(f"{PATH}/tea/correct", {"what": "add", "customers": "guest3@example.org", "why": "x"})
    upload(olga, "listed", "load", "guest5@example.org\n+79120000007\nC-9")
    kept = json.dumps([[order.form, order.said] for order in book(web)], ensure_ascii=False)
    assert [order.code for order in book(web)] == ["make-group"] * 2 + ["correct-group"] * 2
    assert {(order.subject_kind, order.subject_id) for order in book(web)} == {("group", "tea"), ("group", "listed")}
    for word in ("Анна", "просила", "example.org", "912000", "C-9"):
        assert word not in kept, word


def test_where_there_are_many_customers_a_run_builds(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployments.group_verbs.AT_ONCE", 10)
    olga = web.browser("olga")
    assert "Её собирает запуск" in olga.said(make(olga)) and members(web) == set()
    assert "Группа ещё не собиралась" in olga.get(f"{PATH}/tea").text
    assert "собирает запуск" in olga.said(olga.post(f"{PATH}/build"))
    assert [(order.code, order.by_run) for order in book(web)] == [
        ("make-group", False), ("build-groups", True), ("build-groups", True),
    ]  # fmt: skip


# On the customer's page, and given out.


def test_a_customers_groups_stand_in_their_record_and_are_given_out(web: Web, olga: Browser) -> None:
    make(olga, **{"0-0.groups": ""}, control="50")
    control = next(iter(sorted(_in_control(web))))
    olga.post(f"{PATH}/tea/correct", {"what": "remove", "customers": str(control), "why": "ошибка"})
    olga.post(f"{PATH}/tea/undo/{control}")
    page = text(olga.get(f"/staff/customers/{control}").text)
    assert "контрольная группа не получает" in page and "Как входил и выходил" in page and "ошибка" in page
    told = olga.get(f"/staff/customers/{control}/known.json").json()["groups"]
    assert [one["control"] for one in told["now"]] == [True] and len(told["turns"]) == 3
    assert told["by_hand"][0]["why"] == "ошибка" and told["by_hand"][0]["lifted_at"]
    book = openpyxl.load_workbook(io.BytesIO(olga.get(f"/staff/customers/{control}/known.xlsx").content))
    sheet = list(book["Группы"].iter_rows(values_only=True))
    assert len(sheet) == 1 + 1 + 1 + 3 and sheet[1][1:3] == ("Любители чая", "в её контрольной группе, без её рекламы")


def _in_control(web: Web) -> set[int]:
    with web.house.reads() as session:
        return set(session.execute(select(col(GroupMember.customer_id)).where(col(GroupMember.control))).scalars())


# How the pages are made.


def test_the_pages_work_without_scripts_and_prove_where_they_stood(web: Web, olga: Browser) -> None:
    make(olga), make_list(olga)
    olga.post(f"{PATH}/tea/correct", {"what": "add", "customers": "3", "why": "x"})
    for path in (*PAGES, *FOR_WRITERS, f"{NEW}?ready=best"):
        page = html.fromstring(olga.get(path).text)
        posts = page.xpath("//main//form[@method='post']")
        assert all(form.xpath(".//input[@name='csrf']") and form.xpath(".//input[@name='once']") for form in posts), (
            path
        )
        assert not page.xpath("//main//*[@style or @onclick or self::script or self::style]"), path
        for table in page.xpath("//table[contains(@class, 'cards')]"):
            assert all(cell.get("data-label") for cell in table.xpath(".//tbody//td")), path
        ids = page.xpath("//*/@id")
        assert len(ids) == len(set(ids)), (path, sorted(id for id in ids if ids.count(id) > 1))
        inner = page.xpath("//form[@id='group-form']//noscript//button[@name='do']")
        assert not inner or all(button.get("formnovalidate") is not None for button in inner)


def test_what_was_typed_is_only_text(web: Web, olga: Browser) -> None:
    evil = '"><script>alert(1)</script>'
    fields = {
        "title": evil,
        "why": evil,
        "mode": "text",
        "text": evil,
        "control": evil,
        "key": evil,
        "no_control": evil,
    }
    for page in (olga.post(NEW, fields | {"do": "save"}).text, olga.post(NEW, TITLE | TEA | {"0-0.groups": evil}).text):
        assert "<script>alert" not in page
    make(olga, title=evil)
    for path in PAGES[:2]:
        assert "<script>alert" not in olga.get(path).text
