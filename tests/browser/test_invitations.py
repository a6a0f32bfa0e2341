"""An invitation is read and answered on a phone, without any script."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import needs_chromium
from tests.browser.looks import PHONE, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import Web
from tests.deployments.test_web_cards import my
from tests.deployments.test_web_coupon_letters import letter
from tests.deployments.test_web_invitations import web

__all__ = ["web"]
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
