"""A cashier's phone: paired, signed in, a coupon scanned from its QR picture, redeemed, undone, refused; an outage."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from sqlalchemy import select, update

from integrations.web.routes import cashier_page
from models.basket import Basket, BasketLine, Buyer, Off, Place
from models.company import Outlet
from models.customers import Customer
from models.offers import (
    AmountOff,
    CodeRules,
    Conditions,
    Gift,
    Goods,
    Invitation,
    PercentOff,
    Rounding,
    Sitting,
    Stacking,
    Which,
)
from models.redemptions import BatchKind, Coupon, CouponBatch, JournalEntry, Redemption
from tasks.answering.engine import Answering
from tasks.cards.ledger.engine import Ledger
from tasks.cashier_page.simple import described
from tasks.cashiers.engine import Cashiers
from tasks.codes.drawing import draw
from tasks.codes.folding import fold
from tasks.codes.pictures import ean_13, qr_png
from tasks.codes.reading import read
from tasks.codes.shapes import Forms, shape_of
from tasks.loyalty.engine import Wanted
from tasks.offers.conditions import of_time
from tasks.offers.pricing import priced
from tasks.offers.wording import NO_WORDS
from tasks.redeeming.engine import Redeeming
from tests.browser.conftest import CHROMIUM, needs_chromium
from tests.browser.person import kept_in
from tests.browser.test_pages import seriously
from tests.deployments.served import CHEAP, COMPANY, Web, web_of_its_own
from tests.fakes import NOW
from tests.tasks.cards.test_engine import cards, issue, program
from tests.tasks.cashier_page.counter import OUTLETS, percent
from tests.tasks.redeeming.shop import offer, terms

pytestmark = needs_chromium
PIN = "48213"
UNREADABLE = {"code": "unreadable", "said": "Обновите страницу."}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        with web.house.sessions.begin() as session:
            row = offer(session, ["TEA234", "TEA235", "TEA236"], percent(title="Чай к зиме", limits={"per_code": 1}))
            cheapest = Goods(groups=("Чай",), which=Which.CHEAPEST, at_most=1)
            offer(session, ["CHEAP4"], percent(goods=cheapest), key="cheapest")
            offer(session, ["CUPS34"], terms(Gift(product="cup"), goods=Goods(groups=("Чай",))), key="gift")
            offer(session, ["ONCE34"], percent(title="Раз в руки", limits={"per_customer": 1}), key="once")
            tea, alone = Goods(groups=("Чай",)), Stacking(rank=0, exclusive=True)
            offer(session, ["LESS45"], terms(AmountOff(amount=Decimal(45)), title="Чайный день", goods=tea,
                                             limits={"per_code": 1}, stacking=Stacking(rank=1)), "less")  # fmt: skip
            offer(session, ["ALONE4"], percent(50, title="Половина", stacking=alone), key="alone")
            session.execute(update(CouponBatch).values(kind=BatchKind.IMPORTED))
            assert row.id
        yield web


def video(folder: Path, code: str) -> Path:
    """What a camera sees: a coupon's QR picture, as YUV4MPEG2 in shades of grey."""
    picture = Image.new("L", (640, 480), 200)
    shown = Image.open(BytesIO(qr_png(code, scale=10))).convert("L")
    picture.paste(shown, ((640 - shown.width) // 2, (480 - shown.height) // 2))
    grey = bytes([128]) * (640 * 480 // 2)
    path = folder / "coupon.y4m"
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + b"FRAME\n" + picture.tobytes() + grey)
    return path


@pytest.fixture
def phone(web: Web, started: Any, tmp_path: Path) -> Iterator[Any]:
    args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            "--host-resolver-rules=MAP till.test 127.0.0.1",
            f"--use-file-for-fake-video-capture={video(tmp_path, 'TEA234')}"]  # fmt: skip
    browser = started.chromium.launch(executable_path=str(CHROMIUM), args=args)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru", base_url=web.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()
    browser.close()


class Look:
    """Keeps how it looks, and whether anything sticks out or cannot be used."""

    def __init__(self, page: Any, folder: Path) -> None:
        self.page, self.folder = page, folder
        folder.mkdir(parents=True, exist_ok=True)

    def at(self, name: str) -> None:
        self.page.screenshot(path=self.folder / f"cashier-{name}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide}"
        assert seriously(Axe(), self.page) == [], name


def sees(page: Any, words: str) -> None:
    page.locator("section:visible, #net:visible").get_by_text(words).first.wait_for()


def between(route: Any) -> None:
    """What answers in the house's place, and has told it nothing."""
    route.fulfill(status=403, body="<p>Sign in to this Wi-Fi</p>")


def states(web: Web) -> list[tuple[str, str]]:
    with web.house.reads() as session:
        query = select(Redemption).where(Redemption.state != "released").order_by("id")  # type: ignore[arg-type]
        return [(row.state, row.origin) for row in session.execute(query).scalars()]


def test_a_cashiers_day(web: Web, phone: Any, tmp_path: Path) -> None:
    page, look = phone, Look(phone, kept_in(tmp_path / "pictures"))
    cashiers = Cashiers(web.house)
    cashiers.put_cashier("boulevard", "Нина", "nina", CHEAP.hash(PIN), "anton")
    cashiers.offer_pairing("boulevard", "планшет", "anton", "a token that nobody guesses")
    page.goto("/till/page#pair=a+token+that+nobody+guesses")
    page.get_by_role("button", name="Нина").wait_for()
    look.at("names")
    page.get_by_role("button", name="Нина").click()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url))
    for sign in "11111":
        page.locator("#pin-keys").get_by_role("button", name=sign, exact=True).click()
    page.evaluate("[1, 2].forEach(() => document.querySelector('#pin-keys button:last-child').click())")
    sees(page, "ПИН неверный. Осталось попыток: 4.")
    assert sum(url.endswith("/sign-in") for url in sent) == 1, "whoever presses twice has tried once"
    look.at("pin")
    type_pin(page, PIN)
    page.get_by_role("button", name="Сканировать камерой").wait_for()
    look.at("scan")

    # Scanned from the picture.
    page.get_by_role("button", name="Сканировать камерой").click()
    page.get_by_label("Сумма чека").fill("450")
    look.at("sum")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Дайте скидку 45")
    look.at("order")
    page.get_by_label("Номер чека").fill("17")
    until(page, "(await Store.get('now')).receipt === '17'")
    page.reload()  # whatever kills the page, the order stands where it stood
    sees(page, "Дайте скидку 45")
    pressed_twice(page, "Готово, погасить купон")
    sees(page, "Купон погашен")
    look.at("done")
    assert states(web) == [("redeemed", "page")]

    # Refused in the right words, undone, and good again.
    check(page, "теа 234", after="Следующий купон")
    sees(page, "Этот код уже использован")
    look.at("refused")
    page.get_by_role("button", name="Следующий купон").click()
    page.get_by_role("button", name="Смена").first.click()
    look.at("shift")
    page.get_by_role("button", name="Отменить").click()
    sees(page, "отменено")
    assert states(web) == [("returned", "page")]
    page.get_by_role("button", name="Купон", exact=True).click()
    check(page, "TEA23")
    sees(page, "один знак неверен")

    learns_what_is_issued(web, page)
    asks_whose_it_is(page)
    takes_no_number_for_another(page)
    outage(web, page, look)
    several(web, page, look)
    guests(web, page, look)
    pays_with_points(web, page, look)
    reads_as_the_house(page)
    counts_as_the_house(page)
    reads_sums(page)
    keeps_hours_as_the_house(page)
    assert page.complaints == []


def learns_what_is_issued(web: Web, page: Any) -> None:
    """Codes of another look, issued while the page stands open, are no mistyped ones."""
    with web.house.sessions.begin() as session:
        offer(session, ["LATECOMER"], percent(title="Вечерний"), key="late")
        session.execute(update(CouponBatch).values(kind=BatchKind.IMPORTED))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("или наберите код").fill("LATECOMER")
    page.evaluate("[1, 2].forEach(() => document.querySelector('#code-form button.main').click())")
    page.get_by_label("Сумма чека").wait_for()
    assert sum(url.endswith("/ask") for url in asked) == 1, "whoever presses twice asks once"
    page.get_by_role("button", name="Назад", exact=True).click()


def pressed_twice(page: Any, button: str) -> None:
    """The second press comes when the house has answered, and the device still writes what is over."""
    waits = "await new Promise((go) => { window.go = go; })"
    page.evaluate(f"void (window.quick = Store.drop, Store.drop = async (...a) => {{ {waits}; return quick(...a); }})")
    page.get_by_role("button", name=button).click()
    until(page, "window.go")
    assert page.get_by_role("button", name=button).is_disabled(), "a double press is one"
    page.evaluate("() => { Store.drop = window.quick; window.go(); window.go = null; }")


def asks_whose_it_is(page: Any) -> None:
    """What was typed for a coupon is there when the receipt is mended, and gone with the next coupon."""
    check(page, "ONCE34")
    page.get_by_label("Сумма чека").fill("300")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "спросите карту")
    page.get_by_role("button", name="Исправить чек").click()
    assert page.get_by_label("Сумма чека").input_value() == "300"
    page.get_by_label("Номер карты или телефон покупателя").fill("+7 900 000-00-01")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Дайте скидку 30")
    page.get_by_role("button", name="Не гасить").click()
    check(page, "ONCE34")
    page.get_by_label("Номер карты или телефон покупателя").wait_for()
    assert page.get_by_label("Номер карты или телефон покупателя").input_value() == ""
    page.get_by_role("button", name="Назад").click()


def takes_no_number_for_another(page: Any) -> None:
    """A weight is not one piece: the discount would be on another price."""
    check(page, "CHEAP4")
    sees(page, "Только эти товары: Чай")
    page.get_by_label("Цена за штуку").fill("800")
    page.get_by_label("Число", exact=True).fill("0,35")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Напишите целое число")
    page.get_by_label("Число", exact=True).fill("2")
    page.get_by_role("button", name="Добавить ещё купон").click()
    page.get_by_role("button", name="Назад к чеку").click()
    typed = [page.get_by_label(name, exact=True).input_value() for name in ("Цена за штуку", "Число")]
    assert typed == ["800", "2"], "what was typed is not typed again"
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Дайте скидку 80")
    with page.expect_response("**/till/page/leave"):
        page.get_by_role("button", name="Не гасить").click()


def outage(web: Web, page: Any, look: Look) -> None:
    """The network goes; a coupon is redeemed by the list, the page dies, the network is back: told once."""
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    until(page, "Boolean(await Store.get('list')) && !Object.keys(await Store.get('used')).length")
    with pytest.MonkeyPatch.context() as newer:
        newer.setattr(cashier_page, "SCRIPTS", (*cashier_page.SCRIPTS, "htmx.min.js"))
        page.reload()
    assert page.evaluate("document.querySelector('script[src*=htmx]') !== null")
    kept = page.evaluate("async () => (await caches.match('/till/page')).text()")
    assert "cashier.js" in kept and "htmx" not in kept, "it would ask for files that are not kept"
    page.context.set_offline(True)
    page.reload()
    check(page, "TEA234")  # redeemed and undone today: good again, also without the network
    page.get_by_label("Сумма чека").wait_for()
    page.get_by_role("button", name="Назад").click()
    check(page, "CUPS34")
    page.locator("#sum").fill("0")
    page.get_by_role("button", name="Дальше").click()
    page.get_by_role("button", name="Назад").click()  # none of these goods: it asks on, and no gift goes out
    of_others = "{lines: [{product: '', group: 'Кружки', quantity: 1, amount: 12500}], about: 'of others'}"
    around = "{now: (await Store.get('state')).now, zone: 'Europe/Moscow', money: String, used: {}}"
    told = page.evaluate(f"async () => (await Offline.judge('CUPS34', {of_others}, {around})).step")
    assert told == "needs", "what was typed of other coupons' goods is no sum of these"
    check(page, "TEA235")
    page.get_by_label("Сумма чека").fill("200")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Дайте скидку 20")
    look.at("offline")
    page.get_by_role("button", name="Готово, погасить купон").click()
    sees(page, "Сохранено на этом устройстве")
    check(page, "TEA235", after="Следующий купон")
    sees(page, "Этот код уже использован")
    page.reload()
    page.get_by_role("button", name="Смена").first.click()
    sees(page, "ждёт сети")
    look.at("waits")
    assert len(states(web)) == 1, "the house has not heard of it"
    with web.house.sessions.begin() as session:
        assert session.execute(select(JournalEntry)).first() is None
    page.context.set_offline(False)
    until(page, "!(await Store.queue()).length")
    assert states(web) == [("returned", "page"), ("redeemed", "offline")]


def several(web: Web, page: Any, look: Look) -> None:
    """Two coupons are one order on one receipt; who goes alone stays out; confirmed when the network has gone."""
    page.get_by_role("button", name="Купон", exact=True).click()
    check(page, "TEA236", after="Следующий купон")
    page.get_by_label("Сумма чека").fill("325")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Дайте скидку 32,50")
    add(page, "ALONE4")
    sees(page, "Не вошёл в чек: Половина")
    sees(page, "Дайте скидку 32,50")
    look.at("turned-away")
    add(page, "LESS45")
    page.get_by_label("Сумма этих товаров: Чай").fill("200")
    look.at("kinds")
    page.get_by_label("Сумма этих товаров: прочие товары").fill("125")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "всего 73")
    look.at("several")
    ledger = Redeeming.of(web.house)
    ledger.stop("anton", "утечка", offer="less")
    page.get_by_role("button", name="Готово, погасить купон").click()
    sees(page, "Не вошёл в чек: Чайный день. Предложение остановлено")
    sees(page, "Дайте скидку 32,50")  # nothing is redeemed: it is another receipt now
    assert {state for state, _ in states(web)[2:]} == {"held"}
    ledger.open("anton", "новые коды", offer="less")
    add(page, "LESS45")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "всего 73")
    page.get_by_role("button", name="Добавить ещё купон").click()
    sees(page, "В чеке: Чай к зиме · …236 + Чайный день · …S45")
    look.at("adding")
    page.context.set_offline(True)
    check(page, "CUPS34")
    sees(page, "проверяются только по сети")
    sees(page, "всего 73")
    page.context.set_offline(False)
    page.get_by_role("button", name="Убрать из чека: Чай к зиме").click()
    sees(page, "Дайте скидку 45")
    add(page, "TEA236")
    assert page.get_by_label("Сумма этих товаров: прочие товары").input_value() == "125", "typed once"
    page.get_by_role("button", name="Дальше").click()
    sees(page, "всего 73")
    page.context.set_offline(True)
    page.get_by_role("button", name="Готово, погасить купон").click()
    sees(page, "Сохранено на этом устройстве")
    page.context.set_offline(False)
    until(page, "!(await Store.queue()).length")
    assert states(web)[2:] == [("redeemed", "offline"), ("redeemed", "offline")]
    page.get_by_role("button", name="Смена").first.click()
    sees(page, "Чай к зиме + Чайный день — 73")
    look.at("shift-several")
    page.get_by_role("button", name="Отменить").first.click()
    page.locator("li", has_text="Чайный день").get_by_text("отменено").wait_for()
    assert states(web)[2:] == [("returned", "offline"), ("returned", "offline")]
    page.get_by_role("button", name="Купон", exact=True).click()


def guests(web: Web, page: Any, look: Look) -> None:
    """An invitation that was answered says how many; what was typed in their place stays when a coupon is added."""
    sitting = Sitting(outlet="boulevard", at=datetime.fromisoformat("2026-11-23T13:00"), seats=5)
    with web.house.sessions.begin() as session:
        client = Customer(name="Ольга", created_at=NOW, changed_at=NOW)
        session.add(client)
        session.flush()
        whose = client.id or 0
        evening = terms(Invitation(sittings=(sitting,), guests=4), title="Дегустация")
        offer(session, ["GUEST3"], evening, "evening", most=1, owners={"GUEST3": whose})
        session.execute(update(CouponBatch).values(kind=BatchKind.IMPORTED))
    with web.house.reads() as session:
        coupon = session.execute(select(Coupon).where(Coupon.code == "GUEST3")).scalar_one()  # type: ignore[arg-type]
    answering = Answering(web.house, Redeeming.of(web.house))
    assert not answering.answer(whose, coupon.id or 0, "boulevard 2026-11-23T13:00:00", "3")
    check(page, "GUEST3")
    sees(page, "Заранее ответили 3 гостя.")
    assert page.get_by_label("Сколько гостей пришло").input_value() == "3"
    look.at("guests")
    page.get_by_label("Сколько гостей пришло").fill("2")
    add(page, "TEA236")
    sees(page, "Заранее ответили 3 гостя.")
    add(page, "CUPS34")
    page.get_by_label("Сумма этих товаров: Чай").fill("200")
    page.get_by_label("Сумма этих товаров: прочие товары").fill("125")
    assert page.get_by_label("Сколько гостей пришло").input_value() == "2"
    page.get_by_role("button", name="Дальше").click()
    sees(page, "впустите 2 гостей")

    # One is stopped, and the question about the others is not answered; then the house answers nobody for a while.
    ledger = Redeeming.of(web.house)
    ledger.stop("anton", "отменили", offer="evening")
    page.route("**/till/page/ask", lambda route: route.abort())
    page.get_by_role("button", name="Готово, погасить купон").click()
    sees(page, "проверяются только по сети")
    page.get_by_role("button", name="Исправить чек").click()
    assert page.locator("#needs-coupons li").count() == 2, "who is not on the receipt is not taken off it"
    page.unroute_all()
    page.route("**/till/page/ask", lambda route: route.fulfill(status=429, json={"code": "guessing", "said": "Позже"}))
    with page.expect_response("**/till/page/leave"):
        page.get_by_role("button", name="Дальше").click()
    sees(page, "Позже")
    page.unroute_all()
    with web.house.reads() as session:
        held = session.execute(select(Coupon.code).where(Coupon.held > 0)).scalars().all()  # type: ignore[arg-type, call-overload]
    assert held == ["GUEST3"] and ledger.audit().ok, "the answer stands, and nothing else waits for anybody"


def pays_with_points(web: Web, page: Any, look: Look) -> None:
    """Asked, an answer that never comes, a reload: paid once; undone in the shift."""
    assert not page.get_by_role("button", name="Баллы").is_visible(), "no program takes them yet"
    with web.house.sessions.begin() as session:
        client = Customer(name="Анна", created_at=NOW, changed_at=NOW)
        session.add(client)
        session.flush()
        whose = client.id or 0
    issue(web.house, customer=whose)
    program(web.house, per="20", worth="0.50", share=50)
    Ledger(web.house).earn(Wanted("given", whose, 100), date(2027, 11, 1))
    page.reload()
    page.evaluate("void (Camera.open = () => new Promise(() => {}))")
    page.get_by_role("button", name="Сканировать камерой").click()
    page.get_by_role("button", name="Закрыть камеру").wait_for()
    page.get_by_role("button", name="Баллы").click()
    assert page.locator("nav [aria-current=page]").all_inner_texts() == ["Баллы"], "also for who cannot see it"
    assert not page.locator("#camera").is_visible(), "it was to read a coupon: a card would be asked about as one"
    page.get_by_label("Номер карты", exact=True).fill(cards(web.house, whose)[0].number)
    page.get_by_label("К оплате после всех скидок").fill("60,01")
    page.get_by_role("button", name="Показать баллы").click()
    page.get_by_role("button", name="Купон", exact=True).click()
    page.get_by_role("button", name="Баллы").click()  # who comes back reads whose points these are
    sees(page, f"…{cards(web.house, whose)[0].number[-4:]} · На карте 100 баллов. Здесь можно оплатить 60 баллами")
    page.get_by_label("Сколько баллов списать").fill("61")
    page.get_by_label("Чек №").fill("18")
    page.get_by_role("button", name="Списать баллы").click()
    sees(page, "целое число от 1 до 60")
    look.at("points")
    page.get_by_label("Сколько баллов списать").fill("40")
    page.route("**/till/page/points/pay", lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="Списать баллы").click()
    sees(page, "неизвестно, списаны ли баллы")
    page.unroute_all()
    page.reload()
    page.get_by_role("button", name="Смена").first.click()
    page.get_by_role("button", name="Закончить смену").click()
    sees(page, "неизвестно, списаны ли баллы")  # afterwards nobody could ask
    page.route("**/till/page/points/pay", lambda route: route.fulfill(status=422, json=UNREADABLE))
    page.get_by_role("button", name="Списать баллы").click()
    sees(page, "Обновите страницу")
    page.unroute_all()
    page.route("**/till/page/points/pay", between)
    page.get_by_role("button", name="Списать баллы").click()
    sees(page, "неизвестно, списаны ли баллы")  # neither tells what became of it: it is the same payment still
    page.unroute_all()
    pressed_twice(page, "Списать баллы")
    sees(page, "Снимите с чека 20")
    look.at("points-done")
    assert Ledger(web.house).balance(whose) == 60
    page.get_by_role("button", name="Смена").first.click()
    look.at("shift-points")
    page.locator("li", has_text="Баллы: 40").get_by_role("button", name="Отменить").click()
    sees(page, "на карту вернулись 40 баллов")
    assert Ledger(web.house).balance(whose) == 100
    former = {"key": "99-of-another-shift", "card": "2900000000001", "points": 7, "receipt": "9"}
    page.evaluate("(former) => Store.put('points-sent', former)", former)
    page.reload()
    page.get_by_role("button", name="Смена").first.click()
    page.get_by_role("button", name="Закончить смену").click()
    sees(page, "неизвестно, списаны ли баллы: 7, карта …0001, чек 9")
    page.get_by_role("button", name="Купон", exact=True).click()


def add(page: Any, code: str) -> None:
    check(page, code, after="Добавить ещё купон")


def until(page: Any, says: str) -> None:
    """Wait for what the page keeps: `says` may await. It fails rather than waits for ever."""
    page.evaluate(f"""async () => {{
      const end = performance.now() + 30000;
      while (!({says})) {{
        if (performance.now() > end) throw new Error("never came");
        await new Promise(requestAnimationFrame);
      }}
    }}""")


def reads_as_the_house(page: Any) -> None:
    """Whatever is typed or scanned, the device takes it for the same code as the house, or for none."""
    rules = [CodeRules(prefix="LETO", groups_of=4), CodeRules(charset="digits", length=10), CodeRules(check_sign=False)]
    shapes = tuple(map(shape_of, rules))
    word = fold("приветмир")  # its keys are a code of the third shape
    known = Forms(shapes, frozenset({6, len(word)}), frozenset({word}))
    drawn = [code for shape in shapes for code in draw(shape, 3, os.urandom)]
    typed = [spelt for code in drawn for spelt in (
        code, code.lower(), f" {code[:3]}-{code[3:]} ", code.translate(str.maketrans("ABCEHKMPTX", "АВСЕНКМРТХ")),
        f"https://cups.example/c/{code}", code[:-1], code[1:] + code[:1], f"0{code}",
        ean_13(code).text if len(code) == 12 else code,
    )] + ["", "tea234", "LET0", "я", "…", "https://", "123456789012", "приветмир"]  # fmt: skip
    cases = [(one, scanned) for one in typed for scanned in (False, True)]
    forms = {"free": [6, len(word)], "words": [word], "shapes": [
        {"layout": one.layout, "signs": one.signs, "checks": one.checks, "modulus": one.system.modulus,
         "radix": one.system.radix} for one in shapes
    ]}  # fmt: skip
    found = page.evaluate(
        "([cases, forms]) => cases.map(([typed, scanned]) => Code.read(typed, forms, scanned))", [cases, forms]
    )
    assert [one or "" for one in found] == [read(one, known, scanned).code for one, scanned in cases]


def counts_as_the_house(page: Any) -> None:
    """What comes off a sum without the network is what the house would take off, to the coin."""
    offers = [
        percent(number, rounding=Rounding(to=Decimal(to)))
        for number in (3, 10, 33)
        for to in ("0.01", "0.5", "1", "10")
    ]
    offers += [terms(PercentOff(percent=Decimal("12.5"), most=Decimal(20))), terms(AmountOff(amount=Decimal("45.50")))]
    outlet, place = Outlet(key="boulevard", name="B"), Place(outlet="boulevard", zone="Europe/Moscow", at=NOW)
    cases = [(one, amount) for one in offers for amount in (1, 49, 50, 333, 10_005, 99_999, 1_234_567)]
    told = [[described(one, outlet, "Europe/Moscow", NO_WORDS), amount] for one, amount in cases]
    found = page.evaluate("(told) => told.map(([offer, sum]) => Offline.off(offer, sum))", told)
    for (one, amount), off in zip(cases, found, strict=True):
        result = priced(one, Basket(lines=(BasketLine(n=1, amount=amount),)), Buyer(), place)
        assert off == (result.amount if isinstance(result, Off) else 0), (one.gives, one.rounding, amount)


def reads_sums(page: Any) -> None:
    """By the currency: yens have no parts, dinars a thousand; what is no sum of it, or beyond all, is asked again."""
    typed = [("1 200,5", 2), ("450.50", 0), ("450,00", 0), ("1.234", 3), ("1.234", 2), ("0,1", 1), ("9999999999", 3)]
    typed += [("", 2), (".5", 2), ("-1", 2), ("5.", 2)]
    found = page.evaluate("(typed) => typed.map((one) => Receipt.minor(...one) || null)", typed)
    assert found == [120_050, None, 450, 1_234, None, 1, None, *[None] * 4]


def keeps_hours_as_the_house(page: Any) -> None:
    """Days, weekdays and hours over midnight hold without the network when they hold with it."""
    night = Conditions(hours_from=time(22), hours_to=time(2), weekdays=(6,))
    asked = [Conditions(), Conditions(weekdays=(1, 5)), Conditions(hours_from=time(9), hours_to=time(18)), night]
    days = {"first_day": date(2026, 11, 20), "last_day": date(2026, 11, 27)}
    outlet, zones = Outlet(key="boulevard", name="B"), ("Europe/Moscow", "Asia/Novosibirsk", "America/New_York")
    instants = [datetime(2026, 11, 19, tzinfo=UTC) + timedelta(minutes=173 * n) for n in range(90)]
    own_end = datetime(2026, 11, 28, 12, tzinfo=UTC)
    cases = [(percent(conditions=one, **days), zone, at, ends)
             for one in asked for zone in zones for at in instants for ends in (None, own_end)]  # fmt: skip
    told = [[described(of, outlet, zone, NO_WORDS), int(at.timestamp() * 1000), zone, ends and ends.isoformat()]
            for of, zone, at, ends in cases]  # fmt: skip
    found = page.evaluate("(told) => told.map((one) => Offline.holds(...one))", told)
    places = [Place(outlet="boulevard", zone=zone, at=at) for _, zone, at, _ in cases]
    wanted = [of_time(of, place, ends) is None for (of, _, _, ends), place in zip(cases, places, strict=True)]
    assert found == wanted


def test_without_tls_codes_are_typed_and_redeemed(web: Web, phone: Any) -> None:
    """Browsers keep the camera, hashes and the worker from such a page; the rest goes on."""
    cashiers = Cashiers(web.house)
    cashiers.put_cashier("boulevard", "Нина", "nina", CHEAP.hash(PIN), "anton")
    cashiers.offer_pairing("boulevard", "планшет", "anton", "a token that nobody guesses")
    phone.goto(f"{web.url.replace('127.0.0.1', 'till.test')}/till/page#pair=a+token+that+nobody+guesses")
    assert not phone.evaluate("isSecureContext")
    phone.get_by_role("button", name="Нина").click()
    phone.route("**/till/page/list", lambda route: route.abort())
    with phone.expect_event("requestfailed", lambda asked: asked.url.endswith("/list")):
        type_pin(phone, PIN)
    phone.get_by_role("button", name="Сканировать камерой").click()
    sees(phone, "Камера не открывается")
    assert not phone.locator("#net").is_visible(), "a list that does not come is no outage"
    check(phone, "TEA236")
    phone.get_by_label("Сумма чека").fill("450")
    phone.get_by_role("button", name="Дальше").click()
    sees(phone, "Дайте скидку 45")
    phone.get_by_role("button", name="Готово, погасить купон").click()
    sees(phone, "Купон погашен")
    assert states(web) == [("redeemed", "page")]
    closed = phone.context.new_page()
    closed.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('closed', 'SecurityError'); }")
    closed.goto("/till/page")
    sees(closed, "Устройство ничего не может сохранить")
    closed.close()
    dies_in_the_middle(web, phone)
    assert phone.complaints == []


def dies_in_the_middle(web: Web, page: Any) -> None:
    """What was confirmed is no order any more, whatever dies; what the house cannot read keeps nobody at work."""
    page.route("**/till/page/redeem", lambda route: None)
    page.route("**/till/page/journal", lambda route: route.fulfill(status=422, json=UNREADABLE))
    check(page, "TEA235", after="Следующий купон")
    page.get_by_label("Сумма чека").fill("450")
    page.get_by_role("button", name="Дальше").click()
    page.get_by_role("button", name="Готово, погасить купон").click()
    until(page, "(await Store.queue()).length")
    page.reload()
    sees(page, "ждёт сети")
    assert not page.get_by_role("button", name="Не гасить").is_visible()
    page.get_by_role("button", name="Закончить смену").click()
    page.get_by_role("button", name="Нина").wait_for()
    page.unroute_all()
    page.route("**/till/page/state", lambda route: route.fulfill(status=404, body="<p>nginx</p>"))
    page.reload()
    page.get_by_role("button", name="Нина").wait_for()  # what stands between says nothing of the pairing
    page.unroute_all()
    page.reload()
    until(page, "!(await Store.queue()).length")
    assert states(web) == [("redeemed", "page"), ("redeemed", "offline")]
    page.get_by_role("button", name="Нина").click()
    type_pin(page, PIN)
    page.route("**/till/page/redeem", between)
    check(page, "TEA234")
    page.get_by_label("Сумма чека").fill("450")
    page.get_by_role("button", name="Дальше").click()
    page.get_by_role("button", name="Готово, погасить купон").click()
    sees(page, "Сохранено на этом устройстве")  # nor is what stands between a refusal
    until(page, "!(await Store.queue()).length")
    assert states(web)[2:] == [("redeemed", "offline")]


def type_pin(page: Any, pin: str) -> None:
    for sign in [*pin, "OK"]:
        page.locator("#pin-keys").get_by_role("button", name=sign, exact=True).click()


def check(page: Any, code: str, after: str = "") -> None:
    if after:
        page.get_by_role("button", name=after).first.click()
    page.get_by_label("или наберите код").fill(code)
    page.get_by_role("button", name="Проверить купон").click()
