"""Dropping files on the desk: sent, looked at, applied, refused; by whoever may, and nothing in them runs."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from sqlalchemy import Engine, select

from deployments import drop_verbs
from flows.orders.record_costs import CostsForm
from models.customers import Customer
from models.dropped import DroppedFile
from models.editing import Correction
from models.locale import spoken
from models.order_book import GivenOrder, RunState
from models.piece import Piece
from models.purchases import Receipt
from models.registry import Fact
from tasks.dropping import rows
from tasks.dropping.applying.engine import load_plan, record_table
from tasks.editing.engine import Editing
from tests.deployments.served import Browser, Web, served, web_of_its_own
from tests.tasks.costs.test_engine import FIRST, SECOND, book
from tests.tasks.dropping.conftest import feed, picture

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
HEADER = "№;Дата;Время;Заголовок;Текст;Каналы"
PLAN = (f"{HEADER}\r\n;25.11.2026;10:00;Сенча;Первый сбор;tg\r\n;26.11.2026;12:00;Улун;Дня;tg\r\n"
        ";31.31.2026;12:00;Ломаный;x;tg\r\n").encode()  # fmt: skip


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


def send(browser: Browser, *files: tuple[str, bytes], kind: str = "", once: str = "") -> httpx.Response:
    fields = {"csrf": browser.csrf, "kind": kind, "once": once or f"once-{time.monotonic_ns()}"}
    return browser.http.post("/staff/drop", data=fields, files=[("files", file) for file in files])


def dropped(browser: Browser, *files: tuple[str, bytes], **more: str) -> str:
    """The page of what was dropped."""
    answer = send(browser, *files, **more)
    assert answer.status_code == 303, answer.text[:300]
    return str(answer.headers["location"])


def apply(browser: Browser, path: str, once: str = "", **fields: Any) -> httpx.Response:
    """Press the button as the page stands, but for what is said otherwise."""
    values = filled_in(browser, path)
    return browser.http.post(f"{path}/apply", data=values | {"once": once or values["once"]} | fields)


def filled_in(browser: Browser, path: str) -> dict[str, Any]:
    """What the page has filled in by itself, as it stands now."""
    form = html.fromstring(browser.get(path).text).xpath("//form[contains(@action, '/apply')]")[0]
    values: dict[str, Any] = {}
    for field in form.xpath(".//input[@type='hidden' or @checked]"):
        values.setdefault(field.get("name"), []).append(field.get("value"))
    return values


def kept(web: Web, kind: type[Any]) -> list[Any]:
    with web.house.reads() as session:
        return list(session.execute(select(kind).order_by(kind.id)).scalars())


def test_a_script_is_told_where_to_go_and_leaves_the_answer_to_the_page(web: Web) -> None:
    olga = web.browser("olga")
    fields, files = {"csrf": olga.csrf, "once": "x"}, [("files", (f"{n}.csv", b"x")) for n in range(2)]
    script = {"x-requested-with": "XMLHttpRequest"}
    answer = olga.http.post("/staff/drop", data=fields, files=files, headers=script, follow_redirects=True)
    assert (answer.status_code, answer.headers["location"]) == (201, "/staff/drop")
    assert "Получено: 2" in olga.get("/staff/drop").text


def carry_out(web: Web) -> str:
    """What the run does; here there is no Prefect to start it."""
    order = [order for order in kept(web, GivenOrder) if order.code == "load-plan"][-1]
    with spoken("ru"):
        report = load_plan(web.house, **order.form)
        return str(report.refusal or report.lines[0])


def test_a_plan_is_looked_at_then_loaded_by_a_run_and_the_page_says_how_far_it_is(web: Web) -> None:
    author = web.browser("olga")
    path = dropped(author, ("план.csv", PLAN))
    page = author.get(path).text
    for words in ("новая строка: 2", "Сенча", "25.11.2026 10:00", "строка 4, столбец «Дата»", "Загрузить план"):
        assert words in page
    assert kept(web, Piece) == []
    assert "План загружается" in author.said(apply(author, path))
    waiting = author.get(path).text
    assert "ждёт начала запуска" in waiting and "hx-trigger" in waiting and 'http-equiv="refresh"' in waiting
    assert [(o.code, o.by_run, o.subject_kind) for o in kept(web, GivenOrder)] == [("load-plan", True, "drop")]
    assert "2 строки плана" in carry_out(web)
    assert "Теперь идут стиль" in author.get(path).text
    with web.house.sessions.begin() as session:
        session.query(GivenOrder).update({"run_state": RunState.OVER, "ended_as": "Выполнено"})
    done = author.get(path).text
    assert "Запуск закончен: Выполнено" in done and "hx-trigger" not in done and "refresh" not in done
    assert [piece.title for piece in kept(web, Piece)] == ["Сенча", "Улун"]
    assert "Ольга · новых: 2" in author.get("/staff/drop").text


def test_rows_without_their_tick_are_left_out(web: Web) -> None:
    author = web.browser("olga")
    path = dropped(author, ("план.csv", PLAN))
    apply(author, path, row=["2"])
    carry_out(web)
    assert [piece.title for piece in kept(web, Piece)] == ["Улун"]


def test_two_people_say_yes_at_once_and_one_is_told(anywhere: Web) -> None:
    people = [anywhere.browser("olga"), anywhere.browser("vera")]
    path = dropped(people[0], ("план.csv", PLAN))
    gate, answers = threading.Barrier(2), []

    def go(browser: Browser, values: dict[str, Any]) -> None:
        gate.wait()
        answers.append(browser.said(browser.http.post(f"{path}/apply", data=values)))

    pages = [filled_in(browser, path) for browser in people]  # both look before either says yes
    threads = [threading.Thread(target=go, args=both) for both in zip(people, pages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("План загружается" in answer for answer in answers) == 1
    assert sum("Прямо сейчас это применяет" in answer for answer in answers) == 1
    assert len(kept(anywhere, GivenOrder)) == 1


def test_a_plan_loaded_while_another_is_being_applied_is_told_by_whom(web: Web) -> None:
    olga, vera = web.browser("olga"), web.browser("vera")
    first, second = (dropped(who, ("план.csv", PLAN)) for who in (olga, vera))
    apply(olga, first)
    assert "Прямо сейчас Ольга загружает «план.csv»" in vera.said(apply(vera, second))
    carry_out(web)
    assert "План загружается" in vera.said(apply(vera, second))
    assert "тем временем изменились" in carry_out(web)
    page = vera.get(second).text
    assert "тем временем изменились" in page and "Отличий нет: план уже загружен" in page


def test_a_run_that_broke_off_lets_it_be_applied_again(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("план.csv", PLAN))
    apply(olga, path)
    with web.house.sessions.begin() as session:
        session.query(GivenOrder).update({"run_state": RunState.OVER, "ended_as": "Crashed"})
    assert "Загрузить план" in olga.get(path).text
    assert "План загружается" in olga.said(apply(olga, path))


def test_the_same_form_sent_twice_drops_and_applies_once(web: Web) -> None:
    olga = web.browser("olga")
    paths = {dropped(olga, ("план.csv", PLAN), once="one form") for _ in range(2)}
    assert len(paths) == 1 and len(kept(web, DroppedFile)) == 1
    [path] = paths
    [row] = kept(web, DroppedFile)
    for _ in range(2):
        again = olga.http.post(f"{path}/apply", data={"csrf": olga.csrf, "once": "one yes", "seen": row.seen})
        assert "План загружается" in olga.said(again) and len(kept(web, GivenOrder)) == 1


def test_a_file_mended_without_growing_is_another_drop(web: Web) -> None:
    """Whoever goes back in the browser sends the same form: the same name, as many bytes, other words."""
    olga, mended = web.browser("olga"), PLAN.replace(b"12:00", b"13:00")
    assert len({dropped(olga, ("план.csv", plan), once="one form") for plan in (PLAN, mended)}) == 2


def test_the_same_form_sent_twice_at_one_moment_drops_once(anywhere: Web) -> None:
    olga = anywhere.browser("olga")
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: dropped(olga, ("план.csv", PLAN), once="one form"), range(4)))
    assert len(paths) == 1 and len(kept(anywhere, DroppedFile)) == 1


def test_a_plan_with_nothing_new_waits_for_nobody(web: Web) -> None:
    olga = web.browser("olga")
    apply(olga, dropped(olga, ("план.csv", PLAN)))
    carry_out(web)
    path = dropped(olga, ("план.csv", PLAN.replace(b";31.31.2026;12:00;", b";27.11.2026;12:00;").splitlines()[0]))
    assert "нового в нём нет" not in olga.get(path).text, "two rows are gone"
    path = dropped(olga, ("план.csv", b"\r\n".join(PLAN.splitlines()[:3])))
    page = olga.get(path).text
    assert "нового в нём нет" in page and "Загрузить план" not in page
    assert "нового в нём нет" in olga.get("/staff/drop").text


def test_another_file_in_a_form_whose_answer_was_lost_is_not_lost(web: Web) -> None:
    olga = web.browser("olga")
    first, second = (dropped(olga, (name, PLAN), once="one form") for name in ("план.csv", "другой план.csv"))
    assert first != second and [row.name for row in kept(web, DroppedFile)] == ["план.csv", "другой план.csv"]


def test_what_a_kill_has_cut_off_waits_for_a_yes_again(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("чашка.jpg", picture()))
    with web.house.sessions.begin() as session:
        [row] = session.query(DroppedFile)
        assert rows.take(session, row.id or 0, "olga", row.seen, None)
        assert rows.begin_applying(session, web.clock, row.id or 0, "olga")
    assert "применяется" in olga.get(path).text
    web.clock.at += rows.SILENT * 2
    assert "1 картинка в папке" in olga.said(apply(olga, path))


def test_an_edit_of_the_desk_that_the_file_would_put_away_stands_beside_its_row(web: Web) -> None:
    olga = web.browser("olga")
    apply(olga, dropped(olga, ("план.csv", PLAN)))
    carry_out(web)
    [first, _] = kept(web, Piece)
    with spoken("ru"):
        order = Correction(piece=first.number, person="olga", text="Второй сбор")
        assert not Editing(web.house).correct(order).refusal
    theirs = PLAN.decode().replace(";25.11.2026;10:00;Сенча;Первый", f"{first.number};25.11.2026;10:00;Сенча;Третий")
    page = olga.get(dropped(olga, ("план.csv", theirs.encode()))).text
    assert "Правка на рабочем столе, Ольга" in page and "файл займёт это место" in page


def test_pictures_go_into_the_folder_at_once(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("чашка.jpg", picture()), ("лист.jpg", b"no picture"))
    page = olga.get(path).text
    assert "Файл — не картинка" in page and f"{path}/picture/" in page
    [source] = html.fromstring(page).xpath("//main//img/@src")
    shown = olga.get(source)
    assert (shown.content, shown.headers["content-type"]) == (picture(), "image/jpeg")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "1 картинка в папке" in olga.said(apply(olga, path))
    assert (web.house.root / "content/pictures/чашка.jpg").read_bytes() == picture()
    assert [order.code for order in kept(web, GivenOrder)] == ["load-pictures"]
    assert olga.get(f"{path}/picture/лист.jpg").status_code == 404


def test_a_feed_replaces_the_companys_at_once(web: Web) -> None:
    (web.house.root / "products.xml").write_bytes(feed(tea=450))
    (web.house.root / "feeds.yaml").write_text(
        "sources:\n  - {key: shop, title: Магазин, path: products.xml, kind: products}\n"
    )
    olga = web.browser("olga")
    path = dropped(olga, ("yml.xml", feed(tea=470)))
    assert "450" in olga.get(path).text
    assert "теперь в фиде 1 товар" in olga.said(apply(olga, path))
    assert (web.house.root / "products.xml").read_bytes() == feed(tea=470)


def test_of_several_feeds_one_is_chosen_and_seen_before_it_is_replaced(web: Web) -> None:
    sources = [f"  - {{key: {key}, title: {key}, path: {key}.xml, kind: products}}\n" for key in ("shop", "bar")]
    (web.house.root / "feeds.yaml").write_text("sources:\n" + "".join(sources))
    for key in ("shop", "bar"):
        (web.house.root / f"{key}.xml").write_bytes(feed(**{key: 100}))
    olga = web.browser("olga")
    path = dropped(olga, ("yml.xml", feed(bar=120)))
    page = olga.get(path).text
    assert "Показать, что изменится" in page and "Заменить товарный фид" not in page
    assert "сравнивается с этим фидом" in olga.said(apply(olga, path, source="bar"))
    page = olga.get(path).text
    assert "ушло: 0, с другой ценой: 1" in page and "Заменить товарный фид" in page
    assert "теперь в фиде 1 товар" in olga.said(apply(olga, path))
    assert (web.house.root / "bar.xml").read_bytes() == feed(bar=120)
    assert "нечего" in olga.said(olga.http.post(f"{path}/apply", data={"csrf": olga.csrf, "source": "shop"}))


def test_a_large_table_is_recorded_by_its_run(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_verbs, "AT_ONCE", 1)
    gleb = web.browser("gleb")
    header = ("Date", "Operation", "Note", "Amount", "Document")
    path = dropped(gleb, ("расходы.xlsx", book(FIRST, SECOND, header=header)), kind="expenses")
    assert "Данных много" in gleb.said(apply(gleb, path))
    assert [(o.code, o.by_run) for o in kept(web, GivenOrder)] == [("costs", True)] and kept(web, Fact) == []
    assert "ждёт начала запуска" in gleb.get(path).text
    [order] = kept(web, GivenOrder)
    form = CostsForm(**order.form)
    assert record_table(web.house, form.drop, form.withdraw, form.seen, form.person).lines[0].done
    page = gleb.get(path).text
    assert len(kept(web, Fact)) == 2 and "Теперь идут стиль" not in page and "hx-trigger" in page


def test_expenses_are_recorded_by_those_who_may(web: Web) -> None:
    olga, gleb = web.browser("olga"), web.browser("gleb")
    path = dropped(olga, ("расходы.xlsx", book(FIRST, header=("Date", "Operation", "Note", "Amount", "Document"))))
    path = dropped(olga, ("расходы.xlsx", book(("-2", 9000, "Счёт"), header=("Дата", "Расход", "Документ"))))
    assert "записывает специалист или руководитель" in olga.get(path).text
    refused = olga.http.post(f"{path}/apply", data={"csrf": olga.csrf, "once": "x", "seen": ""})
    assert "записывает специалист" in olga.said(refused) and kept(web, Fact) == []
    assert "Записана 1 строка" in gleb.said(apply(gleb, path))
    assert [fact.value for fact in kept(web, Fact)] == [900000]


def test_one_expense_is_written_down_by_hand_once(web: Web) -> None:
    gleb = web.browser("gleb")
    assert "Один расход вручную" in gleb.get("/staff/drop").text
    assert "Один расход вручную" not in web.browser("olga").get("/staff/drop").text
    form = {"date": "2026-11-20", "amount": "1 200,50", "document": "Чек 5", "once": "one"}
    for _ in range(2):
        assert "Записана 1 строка" in gleb.said(gleb.post("/staff/drop/expense", form))
    assert [fact.value for fact in kept(web, Fact)] == [120050]
    wrong = gleb.said(gleb.post("/staff/drop/expense", form | {"once": "two", "amount": "много"}))
    assert "не число" in wrong and len(kept(web, Fact)) == 1
    assert [order.code for order in kept(web, GivenOrder)] == ["costs", "costs"]


CUSTOMERS = (
    "Код;Имя;Телефон;Почта;Согласие;Согласие на обработку данных\n"
    "1;Иван Тайный;+7 911 123-45-67;ivan@mail.ru;да;да\n2;Пётр;abc;;;\n;Аноним;;;;\n"
)


def test_customers_are_looked_at_loaded_and_their_file_is_gone(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("клиенты.csv", CUSTOMERS.encode()))
    page = html.fromstring(olga.get(path).text)
    said = " ".join(page.text_content().split())
    assert "новых клиентов: 2" in said and "нет согласия на обработку персональных данных" in said
    assert "Столбец «Телефон» · 1 строка: 3" in said and "Столбец «Согласие» · 1 строка: 2" in said
    assert not any(secret in said for secret in ("Тайный", "911", "abc", "ivan@"))
    assert "с этим документом" in olga.said(olga.post(f"{path}/apply", agreed(again="1")))
    assert "можно писать 1 · 100 %" in " ".join(html.fromstring(olga.get(path).text).text_content().split())
    seen = html.fromstring(olga.get(path).text).xpath("//input[@name='seen']/@value")[0]
    assert "2 новых клиента, 3 согласия записаны" in olga.said(olga.post(f"{path}/apply", {"once": "x", "seen": seen}))
    assert "строка пропущена" in olga.get(path).text and "К клиентам" in olga.get(path).text
    assert [(one.code, one.name) for one in kept(web, Customer)] == [("1", "Иван Тайный"), ("2", "Пётр")]
    assert not (web.house.var / "drop" / path.rpartition("/")[2]).exists()
    orders, rows_ = kept(web, GivenOrder), kept(web, DroppedFile)
    written = str([(one.code, one.form, one.said) for one in orders] + [(one.found, one.said) for one in rows_])
    assert "load-customers" in written and not any(secret in written for secret in ("Тайный", "911", "abc", "ivan@"))


def test_what_a_table_of_customers_would_close_is_said_before_it_is_loaded(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("клиенты.csv", CUSTOMERS.encode()))
    olga.post(f"{path}/apply", agreed(again="1"))
    assert "закроются" not in olga.get(path).text
    seen = html.fromstring(olga.get(path).text).xpath("//input[@name='seen']/@value")[0]
    olga.post(f"{path}/apply", {"once": "load", "seen": seen})
    path = dropped(olga, ("отказы.csv", "Код;Телефон;Согласие\n1;+7 911 123-45-67;нет\n".encode()))
    warning = html.fromstring(olga.get(path).text).xpath(
        "string(//section[@aria-labelledby='customers']//*[@class='objection'])"
    )
    assert "закроется 1 адрес" in " ".join(warning.split())


def agreed(**more: str) -> dict[str, str]:
    return {"proof": "Приказ № 7", "on": "2026-02-01", "wording": "3", "once": "again", "seen": ""} | more


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"proof": ""}, "Назовите документ", id="no document"),
        pytest.param({"on": "вчера"}, "в какой день", id="no day"),
        pytest.param({"on": "2027-01-01"}, "в будущем", id="in the future"),
    ],
)
def test_a_document_that_proves_nothing_is_said_so_and_changes_nothing(
    web: Web, wrong: dict[str, str], said: str
) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("клиенты.csv", CUSTOMERS.encode()))
    assert said in olga.said(olga.post(f"{path}/apply", agreed(again="1", **wrong)))
    assert kept(web, DroppedFile)[0].found["agreed"]["proof"] == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Телефон;Имя\nabc;Иван\n", "Ни по одной строке", id="nobody can be known"),
        pytest.param("Телефон;Имя\n", "Под заголовками нет ни одной строки", id="no rows"),
        pytest.param("Телефон;Мобильный\n1;2\n", "говорят об одном", id="two columns of one meaning"),
    ],
)
def test_a_table_of_customers_that_cannot_be_used_says_why_and_is_gone(web: Web, text: str, said: str) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("клиенты.csv", text.encode()))
    assert said in olga.get(path).text and not (web.house.var / "drop" / path.rpartition("/")[2]).exists()
    assert not html.fromstring(olga.get(path).text).xpath("//form[contains(@action, '/apply')]")


def test_purchases_are_looked_at_and_loaded(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(
        olga, ("продажи.csv", "Чек;Дата;Сумма;Карта\n1;20.11.2026;450,50;7\n1;20.11.2026;10;7\n2;x;1;\n".encode())
    )
    said = " ".join(html.fromstring(olga.get(path).text).text_content().split())
    assert "Строк: 3, позиций в чеках: 2, на сумму 460,50" in said and "новых чеков: 1" in said
    assert "Столбец «Дата» · 1 строка: 4" in said
    seen = html.fromstring(olga.get(path).text).xpath("//input[@name='seen']/@value")[0]
    page = olga.said(olga.post(f"{path}/apply", {"once": "x", "seen": seen}))
    assert "1 новый чек" in page and "пока не известен" in page
    assert [order.code for order in kept(web, GivenOrder)] == ["load-purchases"] and len(kept(web, Receipt)) == 1


def test_what_is_not_wanted_is_put_aside_and_removed(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("план.csv", PLAN))
    assert "ничего из файла не применено" in olga.said(olga.post(f"{path}/leave"))
    assert not (web.house.var / "drop" / path.rpartition("/")[2]).exists()
    assert "отложено" in olga.get(path).text
    refused = olga.http.post(f"{path}/apply", data={"csrf": olga.csrf, "once": "x", "seen": ""})
    assert "Пока применить нельзя" in olga.said(refused)


def test_several_files_at_once_each_wait_for_a_yes(web: Web) -> None:
    olga = web.browser("olga")
    page = olga.said(
        send(olga, ("план.csv", PLAN), ("a.jpg", picture()), ("b.jpg", picture((9, 9, 9))), ("x.csv", b"a;b"))
    )
    assert "Получено: 3" in page
    assert [(row.kind, row.state) for row in kept(web, DroppedFile)] == [
        ("pictures", "read"), ("plan", "read"), ("unknown", "refused"),
    ]  # fmt: skip


def test_no_file_is_a_sentence(web: Web) -> None:
    olga = web.browser("olga")
    assert "Файл не выбран" in olga.said(send(olga, ("", b"")))


def test_nothing_in_a_file_or_its_name_runs_on_the_page(web: Web) -> None:
    (web.house.root / "feeds.yaml").write_text(
        "sources:\n  - {key: shop, title: x, path: products.xml, kind: products}\n"
    )
    (web.house.root / "products.xml").write_bytes(feed(tea=450))
    evil = f"{HEADER};{EVIL}\r\n;25.11.2026;10:00;{EVIL};=HYPERLINK(1);tg;{EVIL}\r\n;{EVIL};10:00;x;x;{EVIL};x\r\n"
    olga = web.browser("olga")
    files = [(EVIL + ".csv", evil.encode()), (EVIL + ".jpg", b"no"), ("x.csv", f"{EVIL};{EVIL}\n1;2\n".encode()),
             (EVIL + ".xml", feed(tea=EVIL.replace("<", "&lt;"), pot=EVIL.replace("<", "&lt;"))),
             ("k.csv", f"Имя;Телефон;{EVIL}\n{EVIL};{EVIL};x\n".encode())]  # fmt: skip
    for file in files:
        path = dropped(olga, file)
        for page in (path, "/staff/drop"):
            tree = html.fromstring(olga.get(page).text)
            assert not tree.xpath("//main//script|//@onerror|//@onload"), (file[0], page)
            assert not tree.xpath("//img[@src='x']"), (file[0], page)


def test_who_may_not_load_cannot_even_send(web: Web) -> None:
    for person in ("marina", "nina", "anton"):
        assert send(web.browser(person), ("план.csv", PLAN)).status_code == 403
    assert kept(web, DroppedFile) == [] and list((web.house.var / "arriving").iterdir()) == []


def test_more_than_is_taken_is_refused_with_the_size(web: Web) -> None:
    olga = web.browser("olga")
    cookie = "; ".join(f"{name}={value}" for name, value in olga.http.cookies.items())
    line = HTTPConnection(web.url.removeprefix("http://"), timeout=10)
    headers = {"Cookie": cookie, "Content-Length": "200000000", "Origin": web.url, "Accept-Language": "ru"}
    line.request("POST", "/staff/drop", headers=headers)  # not a byte of the body is sent
    answer = line.getresponse()
    assert answer.status == 413 and "не больше 120\u00a0МБ" in answer.read().decode()
    line.close()


def test_a_large_table_keeps_nobody_waiting(web: Web) -> None:
    """Thirty thousand rows are more than a plan may have: it is told, and the other pages answer meanwhile."""
    olga, vera = web.browser("olga"), web.browser("vera")
    line = f";25.11.2026;10:00;Сенча;{'Первый сбор. ' * 60};tg\r\n"
    path = dropped(olga, ("план.csv", (HEADER + "\r\n" + line * 30_000).encode()))
    meanwhile, state = 0, ""
    while state not in ("refused", "read"):
        assert vera.get("/staff/stop").status_code == 200
        [state] = [row.state for row in kept(web, DroppedFile)]
        meanwhile += state not in ("refused", "read")
    assert meanwhile > 1  # another page was answered while the table was still being read
    assert "строк" in olga.get(path).text and "не годится" in olga.get(path).text


def test_what_was_being_read_when_the_process_was_killed_is_read_again(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("план.csv", PLAN))
    with web.house.sessions.begin() as session:
        session.query(DroppedFile).update({"state": "reading", "found": {}, "beat_at": web.clock.at})
    assert "Файл читается" in olga.get(path).text
    web.clock.at += rows.SILENT * 2
    until = time.monotonic() + 10
    while "Загрузить план" not in (page := olga.get(path).text):
        assert time.monotonic() < until, page
        time.sleep(0.05)


def test_a_number_that_was_never_dropped_is_not_there(web: Web) -> None:
    olga = web.browser("olga")
    assert olga.get("/staff/drop/99").status_code == 404
    assert "Применять здесь нечего" in olga.said(olga.post("/staff/drop/99/apply"))
    assert re.search("нечего|нельзя|отказаться", olga.said(olga.post("/staff/drop/99/leave")))


def test_who_looks_does_not_wait_for_a_plan_that_is_being_loaded(web: Web) -> None:
    olga = web.browser("olga")
    path = dropped(olga, ("план.csv", PLAN))
    apply(olga, path)
    with web.house.sessions.begin() as session:  # as long as a loading takes
        session.query(GivenOrder).update({"run_state": RunState.STARTED})
        began = time.monotonic()
        assert "применяется" in olga.get(path).text and olga.get("/staff/drop").status_code == 200
        assert time.monotonic() - began < 10
