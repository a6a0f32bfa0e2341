"""The page of an offer's analysis: one sentence a head understands, all the rest behind it; as a workbook, on paper."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import update

from deployments.coupon_analysis_verbs import GOOD_FOR
from models.redemptions import OfferArm, Redeemed, Redemption
from tests.deployments.served import Web, web_of_its_own
from tests.tasks.coupon_analysis.shop import BEGINS, DAY, NOW, Shop

PAGE = "/staff/offers/tea/analysis"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        web.clock.at = NOW
        shop = Shop(web.house, title="Чай <b>для своих</b>")
        shop.compared()
        for n in range(1, 6):
            shop.redeem(n, BEGINS + DAY, customer_id=1, cashier="oleg")
        yield web


@pytest.fixture(scope="module")
def vera(web: Web) -> Any:
    return web.browser("vera")


def text(page: str) -> str:
    return str(html.fromstring(page).xpath("normalize-space(string(//main))")).replace("\u00a0", " ")


def test_a_head_reads_one_sentence_and_finds_the_rest_behind_it(vera: Any) -> None:
    answer = vera.get(PAGE)
    page, said = html.fromstring(answer.text), text(answer.text)
    assert answer.status_code == 200 and page.xpath("//h1/text()") == ["Чай <b>для своих</b>"], "a title is text"
    [lead] = page.xpath("//p[contains(@class, 'verdict-line')]")
    assert "good" in lead.get("class") and "больше, чем купил бы без него: с уверенностью 95 %" in lead.text_content()
    [behind] = page.xpath("//details[@class='behind']")
    assert behind.get("open") is None and "Подробнее" in behind.xpath("string(summary)")
    for words in ("Докуда дошли купоны", "разрешённым погашениям", "Каплан — Мейер", "Из 60 купонов, срок",
                  "Одно погашение стоит 10 ₽", "То же без учёта", "Меньше стали покупать «Coffee»"):  # fmt: skip
        assert words in said, words
    assert len(page.xpath("//div[contains(@class, 'plot')]")) == 4, "two pictures, each for both widths"


def test_signals_lead_to_the_coupons_they_rest_on(vera: Any) -> None:
    page = html.fromstring(vera.get(PAGE).text)
    [busy, *_] = page.xpath("//ul[@class='signals']/li")
    assert "Клиент 1: 5 погашений за час" in busy.text_content()
    assert busy.xpath(".//a/@href") == [f"/staff/offers/coupon/{n}" for n in range(1, 6)]


def test_it_is_said_in_english_too(vera: Any) -> None:
    said = text(vera.get(PAGE, **{"accept-language": "en"}).text)
    assert "more than without it: with 95 % certainty" in said and "Costs beside the discount" in said


def test_costs_are_counted_in_and_kept_nowhere(vera: Any) -> None:
    said = text(vera.get(f"{PAGE}?handling=5&each_issued=2&fixed=100&partner=50").text)
    assert "обработка 5 ₽, выпуск 44 ₽" in said and "за наш счёт 54 ₽" in said
    assert "обработка 0 ₽" in text(vera.get(PAGE).text)
    answer = vera.get(f"{PAGE}?handling=пять")
    assert (
        answer.status_code == 200 and "«пять» — не число" in text(answer.text) and "обработка 0 ₽" in text(answer.text)
    )
    assert "не доля" in text(vera.get(f"{PAGE}?partner=150").text)


def test_it_can_be_taken_along(vera: Any) -> None:
    answer = vera.get(f"{PAGE}.xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert answer.headers["cache-control"] == "no-store" and book.sheetnames[:2] == ["Сводка", "Путь"]
    rows = {row[1]: row for row in book["Путь"].iter_rows(values_only=True)}
    assert rows["купонам"][2] == 60 and rows["купонам"][5] == 5 and rows["купонам"][6] == pytest.approx(5 / 60)
    gain = list(book["Сравнение"].iter_rows(values_only=True))[1]
    assert gain[2:4] == (60, 60) and gain[5] < gain[4] < gain[6]
    assert vera.get(f"{PAGE}.pdf").content.startswith(b"%PDF")
    assert "выпуск" not in vera.get(f"{PAGE}.pdf?partner=x").headers.get("content-disposition", "")


@pytest.mark.parametrize("path", ["/staff/offers/none/analysis", "/staff/offers/none/analysis.xlsx", f"{PAGE}.exe"])
def test_what_is_not_there_is_not_found(vera: Any, path: str) -> None:
    assert vera.get(path).status_code == 404


def test_whoever_may_not_read_reports_may_not_read_this(web: Web) -> None:
    assert web.browser("nina").get(PAGE).status_code == 403


def test_before_the_launch_a_card_says_what_could_be_seen_and_what_it_may_cost(web: Web, vera: Any) -> None:
    said = text(vera.get("/staff/offers/tea/before").text)
    assert "До запуска" in said and "10 % из 120 клиентов" in said and "О ваших покупках" in said
    assert vera.get("/staff/offers/none/before").status_code == 404
    assert "До запуска" not in vera.get(PAGE).text, "it is launched already"


def test_findings_are_kept_a_while_and_an_offer_without_control_says_that_nobody_can_tell(web: Web, vera: Any) -> None:
    with web.house.sessions.begin() as session:
        session.execute(update(OfferArm).values(arm="treated"))
        session.execute(update(Redemption).values(state=Redeemed.RETURNED))
    assert "погашено 5" in text(vera.get(PAGE).text).lower()
    web.clock.at += GOOD_FOR + timedelta(seconds=1)
    said = text(vera.get(PAGE).text)
    assert "без купона никого не оставляли" in said and "не причинный" in said


def test_whom_a_signal_names_is_called_by_name_in_files_too(web: Web, vera: Any) -> None:
    shop = Shop.__new__(Shop)
    shop.house, shop.numbers = web.house, count(10_000)
    for n in range(6, 31):
        shop.redeem(n, BEGINS + 2 * DAY, cashier="nina")
    web.clock.at += GOOD_FOR + timedelta(seconds=1)
    assert "Кассир Нина" in text(vera.get(PAGE).text)
    rows = load_workbook(BytesIO(vera.get(f"{PAGE}.xlsx").content))["Признаки"].iter_rows(values_only=True)
    assert "Нина · west" in [row[2] for row in rows]
