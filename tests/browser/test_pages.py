"""The pages in a real browser: as wide as a phone and as a desk, in both languages, light and dark, by keyboard."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.people import Person
from tests.browser.conftest import needs_chromium
from tests.browser.full_desk import furnish
from tests.browser.looks import DESK, NARROWEST, PHONE, looks
from tests.deployments.served import CHEAP, PASSWORD, Web, web_of_its_own

pytestmark = needs_chromium
PAGES = (
    "/", "/p/chai-dnia", "/nothing", "/sign-in", "/review/{review}", "/review/thanks", "/review/no-such-link",
    "/staff", "/welcome", "/me", "/mailbox", "/mailbox/a1",
    "/staff/week", "/staff/week?view=list", "/staff/week?state=person&channel=tg", "/staff/unknown",
    "/staff/unknown?what=held&mine=1", "/staff/stop", "/staff/stop/1/release",
    "/approval", "/approval/{question}", "/staff/proof/1", "/staff/proof/2", "/staff/proof/3",
    "/staff/piece/{piece}", "/staff/piece/{piece}/edit", "/staff/piece/{piece}/hand/tg",
    "/staff/piece/{piece}/versions?before=1&after=2", "/staff/drop", "/staff/drop/{drop}",
    "/staff/drop/{customers}", "/staff/customers", "/staff/customers/1",
    "/staff/campaigns", "/staff/campaigns?change=1", "/staff/campaigns/winter", "/staff/campaigns/winter?change=1",
    "/staff/goals", "/staff/goals?goal=", "/staff/goals?fund=operating", "/staff/occasions", "/staff/occasions?add=1",
    "/staff/draft", "/staff/month", "/staff/month?month=2026-11", "/reports",
    "/staff/people", "/staff/people/olga", "/staff/people/new/form", "/staff/outlets", "/staff/outlets/tver",
    "/staff/outlets/new/form",
)  # fmt: skip

SERIOUS = ("serious", "critical")
LOOKING = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, tuple[str, ...]]]:
    """A full desk, and the addresses of its pages."""
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        places = furnish(web)
        yield web, tuple(page.format(**places) for page in PAGES)


@pytest.fixture
def web(desk: tuple[Web, tuple[str, ...]]) -> Web:
    return desk[0]


@pytest.fixture
def pages(desk: tuple[Web, tuple[str, ...]]) -> tuple[str, ...]:
    return desk[1]


@looks
def test_every_page_can_be_used(
    pages: tuple[str, ...], opened: Any, size: tuple[int, int], language: str, scheme: str
) -> None:
    page = opened(size, language, scheme, "vera")
    for path in pages:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.evaluate(LOOKING)
        assert wide <= 0, f"{path} scrolls sideways by {wide}: {page.evaluate('sticking()')}"
        assert page.evaluate("nameless()") == [], f"{path}: a control without a name"
        assert page.evaluate("[...document.images].filter(i => !i.hasAttribute('alt')).length") == 0, path
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        assert page.evaluate("document.documentElement.lang") in ("ru", "en")
        assert page.evaluate("pale()") == [], f"{path}: text that is hard to read"
        if size == PHONE:
            assert page.evaluate("small()") == [], f"{path}: too small for a finger"
    unexpected = [said for said in page.complaints if "404" not in said and "410" not in said]
    assert unexpected == []


# WCAG 2.2, 1.4.12: what a reader may set.
SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"


def test_text_may_be_spaced_and_enlarged(pages: tuple[str, ...], opened: Any) -> None:
    page = opened(NARROWEST, "ru", "light", "vera", bypass_csp=True)
    for path in pages:
        page.goto(path)
        page.add_style_tag(content=SPACED)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.evaluate(LOOKING)
        assert wide <= 0, f"{path} scrolls sideways by {wide}: {page.evaluate('sticking()')}"


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [
        pytest.param(DESK, "ru", "light", id="desk"),
        pytest.param(PHONE, "en", "dark", id="phone", marks=pytest.mark.storm),
    ],
)
def test_axe_finds_nothing_serious(
    web: Web, pages: tuple[str, ...], opened: Any, size: tuple[int, int], language: str, scheme: str
) -> None:
    """The rules of axe-core, WCAG 2.2 A and AA among them."""
    page, axe, found = opened(size, language, scheme, "vera"), Axe(), {}
    for path in (*pages, web.invitation("marina", f"for-axe-{scheme}")):
        page.goto(path)
        found[path] = seriously(axe, page)
    assert {path: rules for path, rules in found.items() if rules} == {}


def seriously(axe: Axe, page: Any) -> list[tuple[str, str]]:
    said = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in said if rule["impact"] in SERIOUS]


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "dark"), (PHONE, "light")], ids=["desk", "phone"])
def test_a_text_outlives_its_session(desk: Any, opened: Any, size: tuple[int, int], scheme: str) -> None:
    """Signed out while writing: the words go through the door and are shown again, on pages that all can use."""
    page, axe = opened(size, "ru", scheme, "vera"), Axe()
    page.goto(next(path for path in desk[1] if path.startswith("/staff/piece/")))
    page.get_by_label("Комментарий").fill("слова, которых жаль")
    page.context.clear_cookies()
    page.get_by_role("button", name="Сказать").click()
    page.wait_for_selector("input[name=password]")
    assert seriously(axe, page) == []
    with desk[0].house.sessions.begin() as session:
        session.get_one(Person, "vera").password_hash = CHEAP.hash(PASSWORD)
    page.get_by_label("Почта или ключ").fill("vera")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    assert "слова, которых жаль" in page.locator("pre").inner_text()
    assert seriously(axe, page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_keyboard_reaches_the_content_first(opened: Any) -> None:
    page = opened(person="vera")
    for path in ("/", "/staff", "/staff/week", "/staff/unknown", "/staff/drop", "/staff/month"):
        page.goto(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#main"


def test_a_newcomer_comes_in_by_invitation_and_approves_a_row(web: Web, opened: Any) -> None:
    page = opened(PHONE)
    page.goto(web.invitation("marina"))
    page.get_by_label("Пароль").fill("123")
    page.get_by_role("button", name="Сохранить и войти").click()
    assert page.url.endswith("/invite/token-of-marina"), "the browser itself says that it is too short"
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Сохранить и войти").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Добро пожаловать, Марина!"
    page.get_by_role("button", name="Понятно, начать").click()
    page.get_by_role("link", name="Посмотреть и решить").first.click()
    page.get_by_role("button", name="Согласовать только эту").first.click()
    assert page.locator(".told").inner_text().strip() == "Согласовано: 1."
    page.get_by_role("button", name="Выйти").click()
    page.get_by_label("Почта или ключ").fill("marina@example.org")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff")
    assert page.complaints == []


def test_a_person_writes_down_what_they_saw(opened: Any) -> None:
    page = opened(PHONE, person="vera")
    page.goto("/staff/unknown?what=unknown")
    page.get_by_role("button", name="Не вышла: опубликовать снова").first.click()
    assert "выйдет ещё раз" in page.locator(".told").inner_text()


def test_the_switch_is_pulled_and_released(opened: Any) -> None:
    page = opened(PHONE, person="vera")
    page.goto("/staff/stop")
    page.get_by_label("один материал", exact=True).check()
    page.get_by_label("№ материала в плане").fill("1")
    page.get_by_label("Причина").fill("ошибка в цене")
    page.get_by_role("button", name="Остановить сразу").click()
    assert "№ 1" in page.locator(".told").inner_text()
    page.locator("article").filter(has_text="ошибка в цене").get_by_role("link", name="Снять").click()
    page.get_by_role("button", name="Снять").first.click()
    assert "снят" in page.locator(".told").inner_text()
