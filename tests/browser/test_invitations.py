"""An invitation is read and answered on a phone, without any script."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from models.redemptions import Limit, OfferCounter
from tests.browser.conftest import needs_chromium
from tests.browser.looks import PHONE, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import Web
from tests.deployments.test_web_cards import my
from tests.deployments.test_web_coupon_letters import letter
from tests.deployments.test_web_invitations import SEVEN, web

__all__ = ["web"]
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
pytestmark = needs_chromium


@looks_and_narrow
def test_the_answer_can_be_given(web: Web, opened: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    page = opened(size, language, scheme)
    at = f"/q/{letter(web, 1, occasion=f'{size}{language}{scheme}')}"
    for do in ("come", "cannot"):
        for path in (at, my(web)):
            page.goto(path)
            page.evaluate(LOOKING)
            assert page.evaluate(WIDER) <= 0, path
            assert page.evaluate("nameless()") == page.evaluate("pale()") == [], path
            assert size != PHONE or page.evaluate("small()") == [], path
            assert seriously(Axe(), page) == [], path
        page.goto(at)
        if do == "come":
            page.check("input[name=sitting] >> nth=0")
            page.select_option("select[name=guests]", "2")
        page.click(f"button[value={do}]")
        page.wait_for_url(f"**{at}")
    assert page.locator(".done").count() == 0


def test_an_answer_that_is_being_given_stays_and_is_never_sent_again(web: Web, opened: Any) -> None:
    page, here = opened(PHONE, "ru", "light"), my(web)

    def somebody_answers(seats: int) -> None:
        with web.house.sessions.begin() as session:
            scope = f"boulevard {SEVEN.isoformat()}"
            session.merge(OfferCounter(offer_id=1, kind=Limit.SEATS, scope=scope, used=seats, most=2))
        with page.expect_response(f"**{here}/now"):
            page.evaluate(LOOK)

    page.goto(here)
    page.check("input[name=sitting] >> nth=0")
    page.select_option("select[name=guests]", "2")
    somebody_answers(1)
    assert page.is_checked("input[name=sitting] >> nth=0"), "not loaded anew under the hand"
    page.click("button[value=come]")
    page.wait_for_selector(".objection")
    assert page.url.endswith("/answer")
    with page.expect_navigation():
        somebody_answers(0)
    assert page.url.endswith(here) and page.locator(".done").count() == 0
