"""The pages that letters point to, as wide as a phone and as a desk, light and dark, in a browser without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.customers import AddressKind
from tasks.returns import marks
from tests.browser.conftest import needs_chromium
from tests.browser.looks import DESK, PHONE, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import Web, web_of_its_own
from tests.tasks.returns.mailed import Mailed
from tests.tasks.returns.mails import printed

pytestmark = needs_chromium


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def mailed(web: Web) -> Mailed:
    made = Mailed(web.house.sessions, web.clock)
    made.customers(2, tuple(AddressKind))
    made.mailing()
    return made


@looks_and_narrow
def test_every_page_can_be_used(
    web: Web, mailed: Mailed, opened: Any, size: tuple[int, int], language: str, scheme: str
) -> None:
    here, left = (marks.mark_of(printed, mailed.letter(n)) for n in (1, 2))
    web.browser().post(f"/u/{left}", {"do": "leave"})
    page = opened(size, language, scheme)
    for path in (f"/u/{here}", f"/u/{left}", f"/c/{here}", f"/c/{left}?saved=1", "/u/forged",
                 f"/u/{marks.test_mark(printed, 1, 'A')}"):  # fmt: skip
        page.goto(path)
        page.evaluate(LOOKING)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        assert page.evaluate("nameless()") == page.evaluate("pale()") == [], path
        assert size == DESK or page.evaluate("small()") == [], path
        assert seriously(Axe(), page) == [], path
    assert [said for said in page.complaints if "404" not in said] == []


def test_somebody_leaves_and_comes_back_without_a_script(web: Web, mailed: Mailed, opened: Any) -> None:
    mark = marks.mark_of(printed, mailed.letter(1))
    page = opened(PHONE, java_script_enabled=False)
    page.goto(f"/u/{mark}")
    page.get_by_role("button", name="Отписаться").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Вы отписаны" and not mailed.open(1)["email"]
    page.get_by_label("писем слишком много").check()
    page.get_by_role("button", name="Отправить").click()
    web.clock.at += timedelta(minutes=1)
    page.get_by_role("button", name="Подписаться снова").click()
    assert mailed.open(1)["email"]
    web.clock.at += timedelta(minutes=1)
    page.get_by_role("link", name="Лучше выбрать, что присылать").click()
    page.get_by_label("Сообщения в Telegram").uncheck()
    page.get_by_role("button", name="Сохранить").click()
    assert page.get_by_role("status").inner_text() == "Сохранено. Действует с этой минуты."
    assert mailed.open(1) == {"email": True, "phone": True, "telegram": False}
