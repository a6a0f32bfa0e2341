"""The personal page on a phone: kept for where no network is, brought up to date, forgotten when it is closed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import Response
from sqlalchemy import select

from integrations.web.routes import my as my_routes
from models.redemptions import Coupon, CouponState
from tests.browser.conftest import needs_chromium
from tests.browser.looks import PHONE, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import Web, web_of_its_own
from tests.deployments.test_web_cards import PATH, my, settle

pytestmark = needs_chromium


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        settle(web)
        web.browser("olga").post(f"{PATH}/card")
        yield web


ALL_OF_IT = """async here => {
    const cache = await caches.open('personal page ' + here)
    const wanted = [...document.querySelectorAll('link[rel=stylesheet], script[src]')].map(one => one.src || one.href)
    const found = await Promise.all([here, ...wanted].map(one => cache.match(one)))
    return found.every(one => one)
}"""


def kept(page: Any, here: str) -> None:
    """Open it, and wait until the phone has all of it."""
    page.goto(here)
    page.wait_for_selector("body[data-kept=yes]")
    assert page.evaluate(ALL_OF_IT, here)


@looks_and_narrow
def test_the_page_can_be_used(web: Web, opened: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    page = opened(size, language, scheme)
    for path in (my(web), "/my/x"):
        page.goto(path)
        page.evaluate(LOOKING)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        assert page.evaluate("nameless()") == page.evaluate("pale()") == [], path
        assert size != PHONE or page.evaluate("small()") == [], path
        assert seriously(Axe(), page) == [], path


def test_a_phone_keeps_the_card_and_the_codes_and_is_honest_about_it(web: Web, opened: Any) -> None:
    page, here = opened(PHONE), my(web)
    kept(page, here)
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []
    page.context.set_offline(True)
    page.goto(here)
    page.wait_for_selector("#offline:visible")
    assert page.locator(".code").inner_text() == "ЧАЙ7" and page.get_by_role("img", name="Штрихкод карты").is_visible()
    assert page.locator(".pass").first.evaluate("one => getComputedStyle(one).borderRadius") == "16px", "drawn as ever"
    with web.house.sessions.begin() as session:
        session.execute(select(Coupon).where(Coupon.code == "ЧАЙ7")).scalar_one().state = CouponState.STOPPED  # type: ignore[arg-type]
    page.context.set_offline(False)
    page.wait_for_selector("text=Сейчас для вас нет купонов")
    assert page.locator(".code").count() == 0 and page.locator("#offline").is_hidden()


def test_a_page_that_was_closed_leaves_nothing_on_the_phone(web: Web, opened: Any) -> None:
    page, here = opened(PHONE), my(web)
    kept(page, here)
    page.context.set_offline(True)
    web.browser("olga").post(f"{PATH}/link/close", {"why": "x"})
    page.goto(here)
    assert page.locator(".code").count() == 1, "no network, so it cannot know yet"
    page.context.set_offline(False)
    page.wait_for_selector("text=Эта ссылка не работает")
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(here)


def test_a_broken_server_costs_the_phone_nothing(web: Web, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a proxy says in our place: it is neither the page nor its end."""
    page, here = opened(PHONE), my(web)
    kept(page, here)
    monkeypatch.setattr(my_routes, "_page", lambda request, token: Response("<h1>Not found</h1>", 404))
    assert httpx.get(web.url + here).text == "<h1>Not found</h1>"
    page.goto(here)
    assert page.locator(".code").inner_text() == "ЧАЙ7"


def test_two_clients_on_one_phone_never_meet(web: Web, opened: Any) -> None:
    page, mine, hers = opened(PHONE), my(web), my(web, 2)
    kept(page, mine)
    kept(page, hers)
    page.context.set_offline(True)
    for here, code in ((mine, "ЧАЙ7"), (hers, "OTHERS")):
        page.goto(here)
        assert page.locator(".code").all_inner_texts() == [code]


def test_the_bearer_closes_the_page_and_speaks_another_language(web: Web, opened: Any) -> None:
    page, here = opened(PHONE), my(web)
    kept(page, here)
    page.get_by_role("button", name="Eng").click()
    page.get_by_role("heading", name="Coupons").wait_for()
    page.get_by_text("Somebody else has this link").click()
    page.get_by_label("Yes, close it on all phones").check()
    page.get_by_role("button", name="Close the page").click()
    page.get_by_role("heading", name="This link does not work").wait_for()
    assert page.evaluate("caches.keys()") == []
