"""Mailings in a real browser: written, dragged, looked at, saved at once; and all of it without scripts."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.delivery import State
from models.desk.mailings import Progress
from models.mailings import Stage
from tests.browser.conftest import needs_chromium
from tests.browser.full_desk import LONG
from tests.browser.looks import DESK, NARROWEST, PHONE, looks
from tests.browser.test_pages import LOOKING, SPACED, seriously
from tests.deployments.fake_mailings import Kept, Mailings, begun, going, with_mailings
from tests.deployments.served import Web, web_of_its_own
from tests.deployments.test_web_mailings import letter_form, send
from tests.fakes import NOW

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = needs_chromium
PATH = "/staff/mailings"
PAGES = tuple(PATH + path for path in (
    "", "/new", "/1", "/1/letter", "/1/letter?variant=B", "/1/letter/finished", "/1/recipients", "/1/check",
    "/1/approval", "/2", "/2/approval", "/2/letter", "/3", "/3/letter", "/4", "/4/check",
))  # fmt: skip
DOT = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"  # noqa: E501


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        yield web


@pytest.fixture
def web(house: Web) -> Web:
    house.clock.at = NOW
    with_mailings(house)
    return house


@pytest.fixture
def mailings(web: Web) -> Mailings:
    kept: Mailings = web.app.state.premises.verbs.kept_verbs
    return kept


@pytest.fixture
def news(mailings: Mailings) -> Kept:
    return begun(mailings, "Купон", "coupon")


@pytest.fixture
def desk(opened: Any) -> Any:
    """Opens a page of a person who writes mailings; pictures of other sites come as dots."""

    def open_page(*given: Any, **more: Any) -> Any:
        page = opened(*given, **({"person": "vera"} | more))
        page.context.route(re.compile("^https://"), lambda route: route.fulfill(body=DOT, content_type="image/gif"))
        return page

    return open_page


@pytest.fixture
def full(mailings: Mailings) -> Mailings:
    """A mailing of every stage, with words as long as words can be."""
    first = begun(mailings, f"Новости {LONG}", "news", campaign="winter")
    variant = first.documents[-1]["variants"][0]
    variant["blocks"][0]["text"] = LONG
    first.documents[-1]["variants"] = [variant, {**variant, "name": "B", "subject": LONG}]
    first.set_up = {"include": "tea, coffee", "exclude": "sleeping", "account": "main", "at": "2026-11-25 10:00",
                    "cascade": "sms"}  # fmt: skip
    going(mailings)
    asked = begun(mailings, "Спросили", "coupon")
    asked.stage, asked.set_up = Stage.ASKED, first.set_up
    sent = begun(mailings, "Октябрь", "digest")
    sent.stage, sent.progress = Stage.SENT, Progress(states={State.CONFIRMED: 1402, State.REJECTED: 12})
    sent.more = {"opened": 0.41, "clicked": 0.083, "revenue_per_1000": 2_310_000, "currency": "RUB"}
    return mailings


@looks
def test_every_page_can_be_used(full: Mailings, desk: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    page, axe = desk(size, language, scheme), Axe()
    for path in PAGES:
        page.goto(path)
        for block in page.locator("details.block-of, #blocks details").all()[:3]:
            block.evaluate("(one) => { one.open = true; }")
        page.evaluate(LOOKING)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways by {wide}: {page.evaluate('sticking()')}"
        assert page.evaluate("nameless()") == [], f"{path}: a control without a name"
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        assert page.evaluate("pale()") == [], f"{path}: text that is hard to read"
        assert size == DESK or page.evaluate("small()") == [], f"{path}: too small for a finger"
        assert seriously(axe, page) == [], path
    assert page.complaints == []


def test_text_may_be_spaced_and_enlarged(full: Mailings, desk: Any) -> None:
    page = desk(NARROWEST, "ru", "light", bypass_csp=True)
    for path in PAGES:
        page.goto(path)
        page.add_style_tag(content=SPACED)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.evaluate(LOOKING)
        assert wide <= 0, f"{path} scrolls sideways by {wide}: {page.evaluate('sticking()')}"


def letter(page: Any) -> Any:
    return page.frame_locator("#letter-frame")


def order(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".block", "all => all.map(one => one.dataset.id)")
    return found


def blocks(one: Kept) -> list[str]:
    return [block["id"] for block in one.documents[-1]["variants"][0]["blocks"]]


# With a script.


def test_a_letter_is_seen_as_it_is_typed_and_saved_as_one(news: Kept, mailings: Mailings, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    letter(page).get_by_text("Ваш личный купон").wait_for()
    page.locator("#b-title summary").first.click()
    page.get_by_label("Слова заголовка").first.fill("Зимний подарок")
    letter(page).get_by_text("Зимний подарок").wait_for()
    page.get_by_label("Тема письма").fill("{{ name }}, зима близко")
    page.locator("#look").get_by_text("Анна Петрова, зима близко").wait_for()
    assert page.locator("#unsaved").inner_text() == "Пока не сохранено." and len(news.versions) == 1
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.locator(".told").get_by_text("Сохранено: версия 2.").wait_for()
    assert [code for code, _, _ in mailings.given] == ["make", "save"] and mailings.given[1][2].seen == 1
    assert news.document.variants[0].subject == "{{ name }}, зима близко"
    assert page.locator("#unsaved").inner_text() == "версия 2" and page.complaints == []
    page.get_by_label("Слова рядом с темой").fill("и ещё")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.locator(".told").get_by_text("Сохранено: версия 3.").wait_for()
    assert mailings.given[2][2].seen == 2


def test_a_short_message_is_counted_as_it_is_typed(news: Kept, desk: Any) -> None:
    news.set_up = {"include": "tea", "cascade": "sms"}
    page = desk(DESK, "ru", "light")
    page.goto(f"{PATH}/1/letter")
    expect(page.locator("#sms-count")).to_contain_text("без него рассылка не уйдёт")
    expect(page.locator("#f-variant-sms-help")).to_contain_text("{{ unsubscribe_url }}")
    page.fill("#f-variant-sms", "ы" * 71)
    expect(page.locator("#sms-count")).to_contain_text("2 части по 67, всего знаков: 71.")
    expect(page.locator("#look .short-message")).to_have_text("ы" * 71)
    assert page.complaints == []


def test_the_picture_keeps_its_place_and_the_way_back_is_no_row_of_pictures(news: Kept, desk: Any) -> None:
    page = desk((1280, 500))
    page.goto(PATH)
    page.goto(f"{PATH}/1/letter")
    letter(page).get_by_text("Ваш личный купон").wait_for()
    page.evaluate("document.getElementById('letter-frame').contentWindow.scrollTo(0, 300)")
    page.locator("#b-title summary").first.click()
    for said in ("Раз", "Раз два"):
        page.get_by_label("Слова заголовка").first.fill(said)
        letter(page).get_by_text(said, exact=True).wait_for()
    assert page.evaluate("document.getElementById('letter-frame').contentWindow.scrollY") == 300
    page.on("dialog", lambda dialog: dialog.accept())
    page.go_back()
    page.wait_for_url(f"**{PATH}")


def test_no_script_of_a_letter_runs(news: Kept, desk: Any) -> None:
    source = "<html><body><p>Да</p><script>parent.document.title = 'взлом'</script></body></html>"
    news.documents[-1]["variants"][0].update(finished={"kind": "html", "source": source}, blocks=[])
    page = desk()
    page.goto(f"{PATH}/1/letter")
    page.route("**/frame?*", lambda route: route.fulfill(body=source, headers={"content-type": "text/html"}))
    page.reload()
    letter(page).get_by_text("Да").wait_for()
    assert "взлом" not in page.title()


def test_blocks_are_added_copied_deleted_and_put_back(news: Kept, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    page.locator("#b-hello summary").first.click()
    page.get_by_label("Что сказать").first.fill("Не потерять")
    page.get_by_text("Добавить блок").click()
    page.get_by_role("button", name="Кнопка").click()
    page.locator("#b-button-1").wait_for()
    assert order(page) == ["title", "hello", "button-1", "coupon", "ideas", "products"]
    assert page.evaluate("document.activeElement.name") == "t:button-1:label", "the new block is there to be filled in"
    page.get_by_role("button", name="Удалить: 3. Кнопка").click()
    page.get_by_role("button", name="Вернуть блок").wait_for()
    assert order(page) == ["title", "hello", "coupon", "ideas", "products"]
    page.get_by_role("button", name="Вернуть блок").click()
    page.locator("#b-button-1").wait_for()
    page.get_by_role("button", name="Сделать копию: 3. Кнопка").click()
    page.locator("#b-button-2").wait_for()
    assert page.locator("textarea[name='t:hello:text']").input_value() == "Не потерять"
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.locator(".told").get_by_text("Сохранено").wait_for()
    assert blocks(news) == ["title", "hello", "button-1", "button-2", "coupon", "ideas", "products"]
    assert page.complaints == []


def test_blocks_are_moved_by_buttons_by_the_keyboard_and_by_a_mouse(news: Kept, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    page.locator("#b-title summary").first.click()
    page.get_by_role("button", name="Вниз: 1. Заголовок").click()
    assert order(page)[:2] == ["hello", "title"]
    assert page.locator("#letter-says").inner_text() == "Поставлен: место 2 из 5."
    page.locator("#b-title summary").first.click()
    handle = page.locator("#b-products .handle")
    handle.focus()
    page.keyboard.press("Enter")
    assert "поднят" in page.locator("#letter-says").inner_text()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert order(page) == ["hello", "title", "products", "coupon", "ideas"]
    handle.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert order(page) == ["hello", "title", "products", "coupon", "ideas"]
    carry(page, "ideas", "hello")
    assert order(page) == ["ideas", "hello", "title", "products", "coupon"]
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.locator(".told").get_by_text("Сохранено").wait_for()
    assert blocks(news) == ["ideas", "hello", "title", "products", "coupon"] and page.complaints == []


def carry(page: Any, id: str, to: str) -> None:
    """Take a block by its handle and drop it where another stands."""
    handle, there = page.locator(f"#b-{id} .handle").bounding_box(), page.locator(f"#b-{to}").bounding_box()
    page.mouse.move(handle["x"] + 10, handle["y"] + 20)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, handle["y"] - 10, steps=4)
    page.mouse.move(handle["x"] + 10, there["y"] - 4, steps=12)
    page.mouse.up()


def test_a_finger_carries_a_block_by_its_handle(news: Kept, desk: Any) -> None:
    page = desk(PHONE, has_touch=True)
    page.goto(f"{PATH}/1/letter")
    page.locator("#b-title").scroll_into_view_if_needed()
    handle, there = page.locator("#b-title .handle").bounding_box(), page.locator("#b-hello").bounding_box()
    touch = page.context.new_cdp_session(page)
    x, y, end = handle["x"] + 20, handle["y"] + 20, there["y"] + there["height"]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        at = y + (end - y) * step / 8
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": at}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".block").first).to_have_attribute("data-id", "hello")
    assert order(page)[:2] == ["hello", "title"]


def test_a_name_goes_where_the_cursor_is(news: Kept, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    subject = page.get_by_label("Тема письма")
    subject.fill("Привет, ! Чай")
    subject.evaluate("(field) => { field.focus(); field.setSelectionRange(8, 8); }")
    menu = page.locator(".inbox-fields .personal")
    menu.locator("summary").click()
    menu.get_by_label("Если неизвестно, написать").fill('друг "чая"')
    menu.get_by_role("button", name="Вставить").click()
    assert subject.input_value() == 'Привет, {{ name | first | default("друг \\"чая\\"") }}! Чай'
    page.locator("#look").get_by_text("Привет, Анна! Чай").wait_for()


def test_whoever_was_overtaken_keeps_what_was_typed(web: Web, news: Kept, mailings: Mailings, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    page.locator("#b-title summary").first.click()
    page.get_by_label("Слова заголовка").first.fill("Верин заголовок")
    olga = web.browser("olga")
    olga.said(send(olga, "/1/letter", letter_form(olga), "save", t__title__text="Ольгин заголовок"))
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.get_by_role("heading", name="Тем временем сохранено: Ольга").wait_for()
    assert page.get_by_label("Слова заголовка").first.input_value() == "Верин заголовок"
    page.get_by_role("button", name="Сохранить всё моё поверх").click()
    page.locator(".told").get_by_text("Сохранено: версия 3.").wait_for()
    assert news.documents[-1]["variants"][0]["blocks"][0]["text"] == "Верин заголовок"


def test_what_is_not_saved_is_not_left_by_mistake(news: Kept, desk: Any) -> None:
    page, asked = desk(), []
    page.goto(f"{PATH}/1/letter")
    page.get_by_label("Тема письма").fill("Не потерять")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Обзор").click()
    assert asked == ["beforeunload"] and page.get_by_label("Тема письма").input_value() == "Не потерять"


def test_a_letter_outlives_its_session(web: Web, news: Kept, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    page.get_by_label("Тема письма").fill("Слова, которых жаль")
    page.context.clear_cookies()
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.wait_for_selector("input[name=password]")
    assert page.locator("input[name='kept:t:@variant:subject'][value='Слова, которых жаль']").count() >= 1


def test_what_cannot_be_saved_leads_to_its_field(news: Kept, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    page.locator("#b-coupon summary").first.click()
    page.get_by_label("Что он даёт").first.fill("")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.get_by_text("Пока ничего не сохранено").first.wait_for()
    assert page.evaluate("document.activeElement.name") == "t:coupon:gives" and len(news.versions) == 1


def test_the_picture_is_narrow_and_dark_and_text_where_asked(news: Kept, desk: Any) -> None:
    page = desk()
    page.goto(f"{PATH}/1/letter")
    letter(page).get_by_text("Ваш личный купон").wait_for()
    page.get_by_label("Телефон").check()
    expect(page.locator("#letter-frame")).to_have_css("width", "375px")
    day = ground(page)
    page.get_by_label("Ночью").check()
    expect(letter(page).locator(".ground").first).not_to_have_css("background-color", day)
    page.get_by_label("Только текст").check()
    letter(page).locator("pre").wait_for()
    page.get_by_label("Как клиенту №").fill("1")
    letter(page).get_by_text("S7WM-11AB").first.wait_for()


def ground(page: Any) -> str:
    colour: str = letter(page).locator(".ground").first.evaluate("(one) => getComputedStyle(one).backgroundColor")
    return colour


def test_how_it_goes_is_seen_without_reloading(mailings: Mailings, desk: Any) -> None:
    one, page = going(mailings), desk()
    page.clock.install()
    page.goto(f"{PATH}/1")
    assert page.locator(".gone").inner_text().replace("\u00a0", " ") == "1 241 из 2 960"
    one.progress = one.progress.model_copy(update={"states": {State.CONFIRMED: 2000, State.PLANNED: 960}})
    page.clock.run_for(5100)
    expect(page.locator(".gone")).to_contain_text(re.compile(r"2.000 из"))
    page.get_by_label("Почему приостанавливаете").fill("цена")
    one.progress = one.progress.model_copy(update={"states": {State.CONFIRMED: 2500, State.PLANNED: 460}})
    page.clock.run_for(5100)
    expect(page.locator(".gone")).to_contain_text(re.compile(r"2.500 из"))
    assert page.get_by_label("Почему приостанавливаете").input_value() == "цена"
    one.stage = Stage.SENT
    page.clock.run_for(5100)
    page.get_by_role("heading", name="Письма получателям").wait_for()


# Without one.


def test_all_of_it_works_without_scripts(web: Web, mailings: Mailings, desk: Any) -> None:
    page = desk(PHONE, java_script_enabled=False)
    page.goto(PATH)
    page.get_by_role("link", name="Новая рассылка").click()
    page.get_by_label("Название рассылки").fill("Без скриптов")
    page.get_by_label("Личный купон").check()
    page.get_by_role("button", name="Создать и писать письмо").click()
    page.locator("#b-title summary").first.click()
    page.locator("[name='t:title:text']").fill("Набрано руками")
    page.get_by_text("Добавить блок").click()
    page.get_by_role("button", name="Линия").click()
    page.locator("#b-divider-1 summary").first.wait_for()
    page.get_by_role("button", name="Показать, как выглядит").click()
    letter(page).get_by_text("Набрано руками").wait_for()
    page.locator("#b-hello summary").first.click()
    page.get_by_role("button", name="Вверх: 2. Текст письма").click()
    page.locator("#b-hello summary").first.wait_for()
    page.get_by_role("button", name="Сохранить", exact=True).last.click()
    assert "Сохранено: версия 2." in page.locator(".told").inner_text()
    one = mailings.kept[1]
    assert blocks(one) == ["hello", "title", "coupon", "ideas", "products", "divider-1"]
    assert one.documents[-1]["variants"][0]["blocks"][1]["text"] == "Набрано руками"
    page.get_by_role("link", name="Кому и когда").click()
    page.get_by_label("Любители чая").first.check()
    page.locator("#date").fill("2026-11-25")
    page.locator("#time").fill("10:00")
    page.get_by_role("button", name="Сохранить и посчитать").click()
    assert "Отправка 25 ноября в 10:00" in page.locator("#summary").inner_text()
    page.get_by_role("link", name="Согласование").last.click()
    page.get_by_role("button", name="Запросить согласование").click()
    assert one.stage is Stage.ASKED
