"""The report of a mailing in a real browser: as wide as a phone and as a desk, in both languages, light and dark."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.delivery import State
from models.letters import Happening
from tests.browser.conftest import needs_chromium
from tests.browser.looks import DESK, PHONE, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import Web, web_of_its_own
from tests.tasks.reactions_to_mailings.crowd import SENT, Crowd

pytestmark = needs_chromium
PAGE = "/staff/mailings/1/report"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        crowd = Crowd(web.house.sessions)
        crowd.customers(1000)
        crowd.mailing(variants="AB", title="Чай к первым морозам: новая коллекция и подарок к каждому заказу")
        crowd.letters(range(1, 401), variant="A", domain="mail.example")
        crowd.letters(range(401, 801), variant="B")
        crowd.letters(range(801, 1001), variant="control", state=State.CANCELLED)
        for hour in range(1, 40):
            at = SENT + timedelta(hours=hour)
            crowd.happened(Happening.OPENED, range(hour, 400, 40), at=at)
            crowd.happened(Happening.CLICKED, range(400 + hour, 800, 120), at=at, link=1 + hour % 2)
        crowd.happened(Happening.OPENED, range(500, 560), robot=True)
        crowd.happened(Happening.UNSUBSCRIBED, [5, 6], code="too_often")
        crowd.happened(Happening.COMPLAINED, [7, 8])
        crowd.bought([*range(1, 121), *range(401, 481), *range(801, 841)], 150_000)
        yield web


@looks_and_narrow
def test_the_report_can_be_read(web: Web, opened: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    page = opened(size, language, scheme, "olga")
    page.goto(PAGE)
    for is_open in (False, True):
        if is_open:
            page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        page.evaluate(LOOKING)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, page.evaluate("sticking()")
        assert page.evaluate("nameless()") == [] and page.evaluate("pale()") == []
        if size == PHONE:
            assert page.evaluate("small()") == []
    assert seriously(Axe(), page) == []
    drawn = page.locator(".plot:visible svg")
    assert drawn.count() == 1 and drawn.bounding_box()["width"] <= size[0]
    assert page.complaints == []


def test_a_screen_reader_hears_the_way_as_a_table(web: Web, opened: Any) -> None:
    page = opened(DESK, "ru", "light", "olga")
    page.goto(PAGE)
    table = page.get_by_role("region", name="От списка до покупки").get_by_role("table")
    heads = [one.inner_text() for one in table.get_by_role("rowheader").all()]
    assert heads == ["должны были получить", "отправлено писем", "доставлено", "открыли люди", "перешли люди", "купили"]
    assert table.get_by_role("columnheader").count() >= 3


def test_once_more_is_one_press(web: Web, opened: Any) -> None:
    from tasks.groups import reactions
    from tasks.reactions_to_mailings.conditions import LETTERS

    former = list(reactions._registered)
    reactions.register(LETTERS)
    page = opened(PHONE, "ru", "light", "olga")
    page.goto(PAGE)
    page.get_by_role("button", name="Начать черновик").click()
    page.wait_for_load_state()
    assert "черновик № 2" in page.get_by_role("status").inner_text()
    reactions._registered[:] = former
