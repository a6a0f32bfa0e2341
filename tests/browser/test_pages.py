"""The pages in a real browser: as wide as a phone and as a desk, in both languages, light and dark, by keyboard."""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from models.delivery import State
from models.post import Picture, Post, Product, Span
from models.reason import because
from tests.browser.conftest import needs_chromium
from tests.deployments.served import PASSWORD, Web, web_of_its_own

pytestmark = needs_chromium
DESK, PHONE = (1280, 900), (390, 844)
PAGES = ("/", "/p/chai-dnia", "/nothing", "/sign-in", "/staff", "/staff/plan", "/staff/stop", "/staff/people", "/me",
         "/mailbox", "/mailbox/a1", "/reports", "/approval/1", "/staff/proof/1", "/staff/proof/2",
         "/staff/proof/3")  # fmt: skip
LONG = "Оченьдлинноесловобезпробелов" * 6
TEXT = f"Сенча первого сбора, 450 ₽ за 100 г.\n\nЗаваривать при 75 °C. {LONG}\nhttps://shop.example/{'a' * 120}"

SERIOUS = ("serious", "critical")
LOOKING = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        furnish(web)
        yield web


def furnish(web: Web) -> None:
    """A desk with everything on it."""
    picture = _picture(web)
    product = Product(id="1", name=f"Сенча {LONG}", price=45050, currency="RUB", url="https://shop.example")
    post = Post(
        title="Чай дня: сенча первого сбора и всё, что к ней подают", slug="chai-dnia", description="О чае", text=TEXT,
        pictures=(picture,) * 3, spans=(Span(start=0, end=5, kind="bold"), Span(start=6, end=13, kind="link", url="https://a.ru")),
        products=(product,), tags=("чай", LONG), ad_label="Реклама. ООО «Семь чашек», erid: 2VtzqwPrimer",
    )  # fmt: skip
    page = post.model_copy(
        update={"html": f"<h2>Сенча</h2><p>{LONG}</p><table><tr><td>{LONG}</td><td>1</td></tr></table>"}
    )
    for number in range(30):
        web.site.publish(f"k{number}", page)
    reason = because("Skipped: it was already later than this publication may be.", code="late").model_dump()
    for account, state in zip(("site", "tg", "wall") * 4, State, strict=False):
        web.placement(post, account, state, -2, reason=reason, url=f"https://t.me/{'x' * 80}")
    web.request([post, post.model_copy(update={"text": "коротко"})])
    letter = f"To: marina@example.org\nSubject: {LONG}\nContent-Type: text/plain; charset=utf-8\n\n{TEXT}\n"
    (web.house.var / "mailbox" / "a1.eml").write_text(letter, encoding="utf-8")
    (web.house.var / "reports" / "2026-47.html").write_text("<h1>x</h1>")
    web.browser("vera").post("/staff/stop", {"scope": "channel", "channel": "wall", "why": LONG})
    path = web.house.root / "company.yaml"
    path.write_text(path.read_text().replace("roles: [head]", "roles: [head, admin]"))


def _picture(web: Web) -> Picture:
    data = BytesIO()
    Image.new("RGB", (400, 300), (120, 160, 90)).save(data, "JPEG")
    return web.picture(data.getvalue(), "Чашка сенчи")


@pytest.fixture
def opened(web: Web, chromium: Any) -> Iterator[Any]:
    """Opens a page of a browser of this size, with complaints of the browser collected."""
    contexts = []

    def open_page(size: tuple[int, int] = DESK, language: str = "ru", scheme: str = "light", person: str = "") -> Any:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale=language,
                                       color_scheme=scheme, base_url=web.url)  # fmt: skip
        contexts.append(context)
        if person:
            cookies = web.browser(person).http.cookies
            context.add_cookies([{"name": c.name, "value": c.value, "url": web.url} for c in cookies.jar])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("language", "scheme"), [("ru", "light"), ("en", "dark")])
def test_every_page_can_be_used(opened: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    page = opened(size, language, scheme, "vera")
    for path in PAGES:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways by {wide}"
        page.evaluate(LOOKING)
        assert page.evaluate("nameless()") == [], f"{path}: a control without a name"
        assert page.evaluate("[...document.images].filter(i => !i.hasAttribute('alt')).length") == 0, path
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        assert page.evaluate("document.documentElement.lang") in ("ru", "en")
        assert page.evaluate("pale()") == [], f"{path}: text that is hard to read"
        if size == PHONE:
            assert page.evaluate("small()") == [], f"{path}: too small for a finger"
    unexpected = [said for said in page.complaints if "404" not in said]
    assert unexpected == []


NARROW = ("/", "/p/chai-dnia", "/staff", "/staff/plan", "/me", "/approval/1")


@pytest.mark.parametrize(
    ("size", "scheme", "paths"), [(DESK, "light", PAGES), (PHONE, "dark", NARROW)], ids=["desk", "phone"]
)
def test_axe_finds_nothing_serious(
    web: Web, opened: Any, size: tuple[int, int], scheme: str, paths: tuple[str, ...]
) -> None:
    """The rules of axe-core, WCAG 2.2 A and AA among them."""
    page, axe, found = opened(size, "ru", scheme, "vera"), Axe(), {}
    for path in (*paths, web.invitation("marina", f"for-axe-{scheme}")):
        page.goto(path)
        said = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found[path] = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in said if rule["impact"] in SERIOUS]
    assert {path: rules for path, rules in found.items() if rules} == {}


def test_the_keyboard_reaches_the_content_first(opened: Any) -> None:
    page = opened(person="vera")
    for path in ("/", "/staff"):
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
    page.get_by_role("link", name="Посмотреть и решить").click()
    page.get_by_role("button", name="Согласовать только эту").first.click()
    assert page.get_by_role("status").inner_text().strip() == "Согласовано: 1."
    page.get_by_role("button", name="Выйти").click()
    page.get_by_label("Почта или ключ").fill("marina@example.org")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff")
    assert page.complaints == []


def test_a_person_writes_down_what_they_saw(opened: Any) -> None:
    page = opened(PHONE, person="vera")
    page.goto("/staff")
    page.get_by_text("Сказать, что вы увидели…").first.click()
    page.get_by_label("не вышло: опубликовать снова").first.check()
    page.get_by_role("button", name="Записать").first.click()
    assert "будет опубликована снова" in page.get_by_role("status").inner_text()


def test_the_switch_is_pulled_and_released(opened: Any) -> None:
    page = opened(PHONE, person="vera")
    page.goto("/staff/stop")
    page.get_by_label("один материал", exact=True).check()
    page.get_by_label("№ материала в плане").fill("1")
    page.get_by_label("Причина").fill("ошибка в цене")
    page.get_by_role("button", name="Стоп", exact=True).click()
    assert "Остановлено: № 1" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Снять: пусть выходит дальше").last.click()
    assert "Стоп снят" in page.get_by_role("status").inner_text()
