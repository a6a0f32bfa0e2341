"""What a person does on a page: presses Enter, drags a card, drops files, goes on when the session is over."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.delivery import Delivery
from models.order_book import GivenOrder
from models.post import Post
from tasks.orderbook import rows as orderbook
from tests.browser.conftest import needs_chromium
from tests.deployments.served import Web, web_of_its_own
from tests.fakes import NOW

pytestmark = needs_chromium
DAY = timedelta(days=1)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


def approved(web: Web) -> list[bool]:
    with web.house.reads() as session:
        rows = session.query(Delivery).filter_by(kind="placement").order_by(Delivery.id)  # type: ignore[arg-type]
        return [row.approved_hash != "" for row in rows]


# Enter.


def test_enter_in_a_reason_to_send_a_row_back_decides_nothing_and_loses_nothing(web: Web, opened: Any) -> None:
    id = web.request([Post(title=f"Чай {n}") for n in range(2)])
    page = opened(person="marina")
    page.goto(f"/approval/{id}")
    page.get_by_label("Не эту").last.check()
    page.locator("[name=reason-2]").fill("нет цены")
    page.locator("[name=reason-2]").press("Enter")
    page.locator(".told").get_by_text("Enter ничего не выбирает").wait_for()
    assert approved(web) == [False, False]
    assert page.locator("[name=reason-2]").input_value() == "нет цены" and page.get_by_label("Не эту").last.is_checked()
    page.get_by_role("button", name="Согласовать всё, кроме отмеченного").click()
    page.locator(".told").get_by_text("Возвращено: 1.").wait_for()
    assert approved(web) == [True, False]


def test_enter_in_the_reason_of_one_version_decides_nothing(web: Web, opened: Any) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    page = opened(person="marina")
    page.goto("/staff/proof/1")
    page.get_by_label("Причина, если возвращаете").fill("нет цены")
    page.keyboard.press("Enter")
    page.locator(".told").get_by_text("Enter ничего не выбирает").wait_for()
    assert approved(web) == [False]
    page.get_by_role("button", name="Вернуть").first.click()
    page.locator(".told").get_by_text("Возвращено: 1.").wait_for()


# The menu.


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [320, 375, 430])
def test_the_menu_stays_on_the_page(web: Web, opened: Any, width: int, language: str) -> None:
    page = opened((width, 800), language, person="vera")
    page.goto("/staff")
    page.locator(".more summary").click()
    box = page.locator(".more ul").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


# The week.


def test_on_a_phone_a_card_lands_on_the_day_it_is_dropped_on(web: Web, opened: Any) -> None:
    """The days that are over and empty are not shown there: none of them is in the way."""
    web.clock.at = NOW + 2 * DAY
    id = web.placement(Post(title="Чай"), hours=72)
    page = opened((390, 2400), person="vera")
    page.goto(f"/staff/week?first={NOW:%Y-%m-%d}")
    assert page.locator(".day:visible").count() == 5
    drag(page, page.locator(".spot .handle"), page.locator(f"[data-day='{NOW + 4 * DAY:%Y-%m-%d}']"))
    page.locator("#week-answer .told").wait_for()
    with web.house.reads() as session:
        assert session.get_one(Delivery, id).due_at == NOW + 4 * DAY


def drag(page: Any, handle: Any, there: Any) -> None:
    start, end = handle.bounding_box(), there.bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=8)
    page.mouse.up()


def test_a_card_dragged_after_the_session_was_over_leads_to_the_door(web: Web, opened: Any) -> None:
    id = web.placement(Post(title="Чай"), hours=2)
    page = opened(person="vera")
    page.goto(f"/staff/week?first={NOW:%Y-%m-%d}")
    page.context.clear_cookies()
    drag(page, page.locator(".spot .handle"), page.locator(f"[data-day='{NOW + DAY:%Y-%m-%d}']"))
    page.wait_for_url("**/sign-in?next=**")
    assert "ничего не сделано" in page.locator(".told").inner_text()
    with web.house.reads() as session:
        assert session.get_one(Delivery, id).due_at == NOW + timedelta(hours=2)


def test_what_was_typed_on_the_week_is_kept_at_the_door(web: Web, opened: Any) -> None:
    web.placement(Post(title="Чай"), hours=2)
    page = opened(person="vera")
    page.goto(f"/staff/week?first={NOW:%Y-%m-%d}")
    page.get_by_text("Действия").click()
    page.get_by_text("Придержать…").click()
    page.locator("[action$='/hold'] [name=why]").fill("ждём ответа продаж")
    page.context.clear_cookies()
    page.locator("[action$='/hold'] button").click()
    page.locator("input[name=password]").wait_for()
    assert page.locator("[action='/sign-in'] [name='kept:why']").input_value() == "ждём ответа продаж"


# Files, reports.


def test_what_is_said_of_dropped_files_is_seen(web: Web, opened: Any) -> None:
    page = opened(person="olga")
    page.goto("/staff/drop")
    files = [{"name": f"{n}.csv", "mimeType": "text/csv", "buffer": b"x"} for n in range(3)]
    page.set_input_files("#files", files)
    page.get_by_role("button", name="Посмотреть").click()
    assert "Получено: 3." in page.locator(".told").inner_text()
    page.context.clear_cookies()
    page.set_input_files("#files", files)
    page.get_by_role("button", name="Посмотреть").click()
    page.wait_for_url("**/sign-in")
    assert "ничего не сделано" in page.locator(".told").inner_text()


def test_a_report_that_is_made_appears_and_the_page_asks_no_more(web: Web, opened: Any) -> None:
    head, page = web.browser("vera"), opened(person="vera")
    head.post("/reports", {"kind": "month", "month": "2026-10", "once": "r1"})
    page.clock.install()
    page.goto("/reports")
    with web.house.sessions.begin() as session:
        order = session.query(GivenOrder).one()
        orderbook.started(session, order.id or 0, "run")
        orderbook.over(session, order.id or 0, "Completed", "")
    (web.house.var / "reports" / "month-2026-10-01.html").write_text('<!doctype html><html lang="ru">')
    page.clock.run_for(5000)
    page.get_by_role("link", name="Октябрь 2026, HTML").wait_for()
    assert page.locator("[hx-get]").count() == 0


def test_a_page_that_looks_for_itself_goes_to_the_door(web: Web, opened: Any) -> None:
    web.browser("vera").post("/reports", {"kind": "month", "month": "2026-10", "once": "r1"})
    page = opened(person="vera")
    page.clock.install()
    page.goto("/reports")
    page.context.clear_cookies()
    page.clock.run_for(5000)
    page.wait_for_url("**/sign-in?next=%2Freports")


def test_what_an_offer_does_not_give_is_put_away_and_not_sent(web: Web, opened: Any) -> None:
    page = opened(person="olga")
    page.goto("/staff/new-offer")
    page.get_by_label("Как называется предложение").fill("Чашка в подарок")
    page.locator("[name=key]").fill("cup")
    page.locator("[name=value]").fill("15")
    page.locator("[name=gives]").select_option("gift")
    page.locator("[name=value]").wait_for(state="hidden")
    page.locator("[name=gift]").fill("cup-1")
    page.get_by_role("button", name="Записать").click()
    page.wait_for_url("**/staff/offers/cup")
    assert "Подарок: «cup-1»" in page.locator(".says").first.inner_text().replace("\u00a0", " ")
