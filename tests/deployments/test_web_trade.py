"""Coupons in trade on the web: an outlet confirms by its link, a colleague by word; paper for both."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.order_book import GivenOrder
from models.trade import Instruction
from tasks.exchange.engine import Exchange
from tasks.trade import links
from tasks.trade.engine import Trade
from tests.deployments.served import COMPANY, Web, web_of_its_own
from tests.fakes import NOW
from tests.tasks.trade.shop import open_offer, terms

OUTLETS = """\
outlets:
  - {key: tver, name: Чашки на Тверской, email: tver@example.org, phone: +7 000 1}
  - {key: kazan, name: Чашки в Казани}
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        open_offer(web.house, terms(starts=NOW.date() + timedelta(days=1), title="Чай <со> скидкой"))
        Trade(web.house).instruct()
        yield web


def number(web: Web, outlet: str) -> int:
    with web.house.reads() as session:
        return session.execute(select(Instruction.id).where(Instruction.outlet == outlet)).scalar_one() or 0


def link(web: Web, outlet: str) -> str:
    return f"/trade/{links.token(number(web, outlet), web.house.printed)}"


def test_an_outlet_confirms_by_its_link_once(web: Web) -> None:
    path = link(web, "tver")
    shop, again = web.browser().at_the_door(path), web.browser().at_the_door(path)
    page = shop.get(path).text
    assert "Чай &lt;со&gt; скидкой" in page and "Как отказать" in page and "Подтвердить: все кассиры знают" in page
    assert "Напишите своё имя" in shop.post(path, {"name": " "}).text
    assert f'name="seen" value="{number(web, "tver")}"' in page
    assert "изменилось, пока страница была открыта" in shop.post(path, {"name": "Анна", "seen": "99"}).text
    assert "Подтверждено: Анна" in shop.post(path, {"name": "Анна", "seen": number(web, "tver")}).text
    assert "Подтверждено: Анна" in again.post(path, {"name": "Борис"}).text
    paper = shop.get(f"{path}/sheet.pdf")
    assert paper.headers["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")


def test_a_link_that_is_not_ours_says_what_to_do(web: Web) -> None:
    answer = web.browser().get("/trade/1-0000")
    assert answer.status_code == 410 and "отсканируйте код на листе" in answer.text
    assert web.browser().get("/trade/1-0000/sheet.pdf").status_code == 404


def test_the_desk_shows_who_has_confirmed_and_takes_a_word(web: Web) -> None:
    gleb = web.browser("gleb")
    assert "0 / 2" in gleb.get("/staff/trade").text or "1 / 2" in gleb.get("/staff/trade").text
    page = gleb.get("/staff/trade/tea").text
    assert "нет адреса" in page and "+7 000 1" in page and "24 ноября 2026 — 14 декабря 2026" in page
    assert "Точки не подтвердили" in gleb.get("/staff/unknown").text
    id = number(web, "kazan")
    fields = {"name": "Семён", "once": "the same"}
    said = gleb.said(gleb.post(f"/staff/trade/tea/{id}/confirmed", fields))
    assert "подтверждено: Семён" in said and "со слов коллеги" in said
    gleb.post(f"/staff/trade/tea/{id}/confirmed", fields)
    with web.house.reads() as session:
        [order] = session.execute(select(GivenOrder)).scalars()
    assert order.code == "confirm-instruction" and "Семён" not in str(order.form)
    assert gleb.get(f"/staff/trade/sheet/{id}").content.startswith(b"%PDF")
    assert gleb.get("/staff/trade/none").status_code == 404 and gleb.get("/staff/trade/sheet/99").status_code == 404
    assert web.browser("nina").get("/staff/trade").status_code == 403


def test_the_desk_shows_what_came_of_files(web: Web) -> None:
    outlet = next(one for one in web.house.workspace.company.outlets if one.key == "kazan")
    head = "чек;дата и время;код;сумма;скидка"
    text = f"{head}\n1;22.11.2026 12:00;WHOEVER1;100;45\n2;вчера;WHOEVER2;100;45\n"
    Exchange(web.house).take_data(outlet, "<day>.csv", text.encode())
    page = web.browser("gleb").get("/staff/trade").text
    assert "&lt;day&gt;.csv" in page and "Чашки в Казани" in page
    assert "расхождений: 1" in page and "не принято: 1" in page and "WHOEVER" not in page
    assert "Строка 3:" in page and "Код в этом чеке не наш" in page
