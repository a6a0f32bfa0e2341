"""The mail of this machine in a real browser: a letter opened, clicked through, unsubscribed, sent back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.customers import Act
from tasks.reactions_to_mailings.collecting.engine import Gathering
from tests.browser.conftest import needs_chromium
from tests.browser.local_mail import mailed
from tests.browser.looks import DESK, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import FIREFOX, Web, web_of_its_own
from tests.tasks.mailing.office import Office
from tests.tasks.returns.mailed import Mailed

pytestmark = needs_chromium


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def office(web: Web) -> Office:
    return mailed(web)


@pytest.mark.parametrize("scripts", [True, False], ids=["as usual", "without scripts"])
def test_a_letter_is_opened_clicked_unsubscribed_and_sent_back(
    web: Web, office: Office, opened: Any, tmp_path: Path, scripts: bool
) -> None:
    known = Mailed(office.house.sessions, office.clock)
    page = opened(DESK, person="olga", java_script_enabled=scripts, user_agent=FIREFOX)  # a headless one is a machine
    page.goto("/mailbox")
    page.get_by_role("link", name="Письма рассылок, оставшиеся на этом компьютере").click()
    page.screenshot(path=tmp_path / "list.png", full_page=True)
    page.get_by_role("search").get_by_label("Получатель").fill("c1@example.org")
    page.get_by_role("button", name="Найти").click()
    assert page.url.endswith("/mailbox/mailings?customer=1")
    page.get_by_role("link", name="Зимний чай приехал").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Зимний чай приехал, Name 1"

    frame = page.frame_locator("iframe")
    assert frame.get_by_text("Приходите попробовать, Name.").is_visible()
    wide = page.locator("iframe").bounding_box()["width"]
    page.get_by_label("Телефон").check()
    assert page.locator("iframe").bounding_box()["width"] < wide and wide > 375
    page.screenshot(path=tmp_path / "letter.png", full_page=True)
    with page.context.expect_page() as beside:
        frame.get_by_role("link", name="Посмотреть все").click()
    beside.value.wait_for_load_state()
    assert beside.value.url.startswith(f"{web.url}/letters?utm_source=post")
    web.app.state.premises.looks.flush()
    assert {(what, robot) for what, _, robot in known.events()} == {("opened", False), ("clicked", False)}

    page.get_by_role("button", name="Отписаться").click()
    assert "Отписано одним нажатием" in page.get_by_role("status").inner_text()
    assert [one.customer_id for one in known.said(Act.WITHDRAWN)] == [1] and not known.open(1)["email"]

    page.goto("/mailbox/mailings?customer=2")
    page.get_by_role("link", name="Зимний чай приехал").click()
    page.get_by_role("button", name="Нет такого ящика").click()
    assert "такого ящика нет" in page.get_by_role("status").inner_text()
    Gathering(office.house).round()
    page.reload()
    page.screenshot(path=tmp_path / "back.png", full_page=True)
    assert page.locator(".deeds-of .badge.bad").inner_text() == "вернулось" and not known.open(2)["email"]
    with page.expect_download() as loaded:
        page.get_by_role("link", name="Файл письма").click()
    assert b"List-Unsubscribe-Post" in Path(loaded.value.path()).read_bytes()
    assert page.complaints == []


@looks_and_narrow
def test_every_page_can_be_used(
    web: Web, office: Office, opened: Any, tmp_path: Path, size: tuple[int, int], language: str, scheme: str
) -> None:
    page = opened(size, language, scheme, person="olga")
    (office.house.root / "letters" / f"{_file(office, 2)}").unlink()
    for path in ("/mailbox/mailings", "/mailbox/mailings/1", "/mailbox/mailings/2", "/mailbox/mailings/99",
                 "/mailbox/mailings?mailing=1&customer=9"):  # fmt: skip
        page.goto(path)
        page.evaluate(LOOKING)
        page.screenshot(path=tmp_path / f"{size[0]}{path.replace('/', '-').replace('?', '-')}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        assert page.evaluate("nameless()") == page.evaluate("pale()") == [], path
        assert size == DESK or page.evaluate("small()") == [], path
        assert seriously(Axe(), page) == [], path
    assert [said for said in page.complaints if "404" not in said] == []


def _file(office: Office, letter: int) -> str:
    return next(one.remote_id for one in office.letters(1) if one.id == letter)
