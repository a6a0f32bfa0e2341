"""Customer groups in a real browser: as wide as a phone and as a desk, with scripts and without, for every reader."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tasks.groups import rows
from tests.browser.conftest import needs_chromium
from tests.browser.full_desk import LONG
from tests.browser.groups_desk import furnish
from tests.browser.looks import DESK, NARROWEST, PHONE, looks
from tests.browser.test_pages import LOOKING, SPACED, seriously
from tests.deployments.served import Web, web_of_its_own

pytestmark = needs_chromium
GROUPS, NEW = "/staff/groups", "/staff/new-group"
DEEP = ('(bought "Чай" in last 90 days or (sum >= 3000 and not (city is ("Тверь", "Омск") or has email)) or '
        'recency in last 365 days >= 4) and in group loyal and birthday in next 14 days and agreed to advertising by '
        'phone from 2026-01-01 and opened mailing "весна" in last 30 days')  # fmt: skip
PAGES = (GROUPS, f"{GROUPS}?with=loyal&with=best", f"{GROUPS}/loyal", f"{GROUPS}/gosti-degustatsii", f"{GROUPS}/long",
         NEW, f"{NEW}?ready=at-risk", f"{NEW}?list=1", f"{GROUPS}/loyal/form", f"{GROUPS}/long/form",
         "/staff/customers/7")  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A department, and a group whose words are as long as words can be."""
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        furnish(web, 400)
        vera = web.browser("vera")
        fields = {"title": LONG[:120], "key": "long", "mode": "text", "text": DEEP, "control": "0",
                  "no_control": LONG[:200], "why": LONG[:200], "do": "save"}  # fmt: skip
        assert vera.post(NEW, fields).status_code == 303
        vera.post(f"{GROUPS}/long/correct", {"what": "add", "customers": "7", "why": LONG[:200]})
        yield web


@pytest.fixture
def web(desk: Web) -> Web:
    return desk


def mistaken(page: Any) -> None:
    """A form with everything wrong about it."""
    page.goto(f"{GROUPS}/long/form")
    page.locator("[name='0-1.group']").select_option("")
    page.locator("[name='0-2.days']").fill("неделя")
    page.get_by_role("button", name="Keep the change").or_(
        page.get_by_role("button", name="Сохранить изменение")
    ).click()
    page.locator(".objection").first.wait_for()


def check(page: Any, path: str, size: tuple[int, int]) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.evaluate(LOOKING)
    assert wide <= 0, f"{path} scrolls sideways by {wide}: {page.evaluate('sticking()')}"
    assert page.evaluate("nameless()") == [], f"{path}: a control without a name"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
    assert page.evaluate("pale()") == [], f"{path}: text that is hard to read"
    assert size != PHONE or page.evaluate("small()") == [], f"{path}: too small for a finger"
    assert seriously(Axe(), page) == [], path


@looks
def test_every_page_can_be_used(opened: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    page = opened(size, language, scheme, "vera")
    for path in PAGES:
        page.goto(path)
        check(page, path, size)
    mistaken(page)
    check(page, "a form with mistakes", size)
    assert [said for said in page.complaints if "422" not in said] == []


def test_text_may_be_spaced_and_enlarged(opened: Any) -> None:
    page = opened(NARROWEST, "ru", "light", "vera", bypass_csp=True)
    for path in PAGES:
        page.goto(path)
        page.add_style_tag(content=SPACED)
        page.evaluate(LOOKING)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways by {wide}: {page.evaluate('sticking()')}"


def text_of(web: Web, key: str) -> str:
    with web.house.reads() as session:
        return rows.group(session, key).text


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_rule_grows_in_its_place(web: Web, opened: Any, size: tuple[int, int]) -> None:
    """The page stays: what was typed, where the reader is, what has the focus."""
    page = opened(size, "ru", "light", "vera")
    page.goto(NEW)
    page.evaluate("window.stayed = true")
    page.get_by_label("Название").fill(f"Чай {size[0]}")
    page.locator("[name='0-0.kind']").select_option("bought")
    page.locator("[name='0-0.groups']").first.select_option("Чай")
    page.locator("[name='0-0.groups']").nth(1).select_option("Кофе")
    page.locator("[name='0-0.groups']").nth(2).wait_for()
    page.locator("[name='0-0.days']").fill("200")
    page.get_by_role("button", name="Добавить условие", exact=True).click()
    page.locator("[name='0-1.kind']:focus").wait_for()
    page.locator("[name='0-1.kind']").select_option("counted.sum")
    page.locator("[name='0-1.number']").fill("1000,5")
    page.locator("[name='0-1.sign']").select_option(">")
    page.get_by_role("button", name="Посмотреть, что получится").click()
    page.locator("aside .big").wait_for()
    assert page.locator("aside .rule-said").inner_text().count("«") == 2
    assert int(page.locator("aside .big strong").inner_text()) > 0
    assert page.locator("#group-says").inner_text().startswith("В группе")
    assert page.evaluate("window.stayed") and page.get_by_label("Название").input_value() == f"Чай {size[0]}"
    page.get_by_role("button", name="Строкой текста").click()
    written = 'bought ("Чай", "Кофе") in last 200 days and sum > 1000.5'
    page.locator("#text").wait_for()
    assert page.locator("#text").input_value() == written
    page.get_by_role("button", name="Списком условий").click()
    page.locator("[name='0-1.number']").wait_for()
    page.get_by_role("button", name="Создать группу").click()
    page.wait_for_url(f"**{GROUPS}/chai-{size[0]}")
    assert text_of(web, f"chai-{size[0]}") == written and page.complaints == []


def test_the_same_is_done_without_a_script(web: Web, opened: Any) -> None:
    page = opened(PHONE, "ru", "light", "vera", java_script_enabled=False)
    page.goto(NEW)
    page.get_by_label("Название").fill("Без скриптов")
    page.locator("[name='0-0.kind']").select_option("bought")
    page.get_by_role("button", name="Показать поля").click()
    page.locator("[name='0-0.groups']").first.select_option("Чай")
    page.get_by_role("button", name="Добавить условие", exact=True).click()
    page.locator("[name='0-1.kind']").select_option("has")
    page.get_by_role("button", name="Показать поля").nth(1).click()
    page.locator("[name='0-1.address']").select_option("phone")
    page.get_by_label("кроме").nth(2).check()
    page.get_by_role("button", name="Посмотреть, что получится").click()
    assert page.url.endswith("#preview") and page.locator("aside .big").is_visible()
    page.get_by_role("button", name="Создать группу").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Без скриптов"
    assert text_of(web, "bez-skriptov") == 'bought "Чай" and not has phone'


def test_enter_looks_and_presses_nothing_else(opened: Any) -> None:
    page = opened(person="vera")
    page.goto(f"{NEW}?ready=lost")
    page.get_by_label("Название").fill("Ушли")
    page.get_by_label("Название").press("Enter")
    page.locator("aside .big").wait_for()
    assert "/new-group" in page.url and page.get_by_label("Название").input_value() == "Ушли"
    assert page.locator("[name='0-0.kind']").input_value() == "counted.last"


def test_a_guest_list_is_loaded_and_mended(opened: Any) -> None:
    page = opened(PHONE, person="vera")
    page.goto(f"{GROUPS}/gosti-degustatsii")
    page.get_by_label("Коды, почты, телефоны").fill("C-50\nнеизвестно кто\nC-51")
    page.get_by_role("button", name="Загрузить", exact=True).click()
    assert page.get_by_label("Коды, почты, телефоны").input_value() == "неизвестно кто"
    assert "2 новых клиента в списке" in page.locator(".told").inner_text()
    page.get_by_label("Коды, почты, телефоны").fill("C-52")
    page.get_by_role("button", name="Загрузить", exact=True).click()
    assert "1 новый клиент в списке" in page.locator(".told").inner_text()
