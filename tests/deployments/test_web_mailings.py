"""Mailings on the desk: begun, written, checked, tried, approved, watched; and nothing that was typed is ever lost."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from lxml import html

from models.desk.mailings import OVERTAKEN
from models.mailings import Stage
from tests.deployments.fake_mailings import VISITOR, Kept, Mailings, about, begun, going, with_mailings
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.deployments.test_web_orders import signed_out
from tests.fakes import NOW

PATH = "/staff/mailings"
GETS = ("", "/1", "/1/letter", "/1/recipients", "/1/check", "/1/approval", "/1/progress", "/1/frame")
WRITES = (
    "/1/letter",
    "/1/letter/look",
    "/1/letter/frame",
    "/1/recipients",
    "/1/check",
    "/1/ask",
    "/1/run",
    "/1/winner",
)
EVIL = "'\"><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        yield web


@pytest.fixture
def web(house: Web) -> Web:
    """The same house for every test, its mailings anew for each."""
    house.clock.at = NOW
    with_mailings(house)
    return house


@pytest.fixture
def mailings(web: Web) -> Mailings:
    kept: Mailings = web.app.state.premises.verbs.kept_verbs
    return kept


@pytest.fixture
def news(mailings: Mailings) -> Kept:
    return begun(mailings, "Ноябрь", "coupon")


@pytest.fixture
def olga(web: Web, mailings: Mailings) -> Browser:
    return web.browser("olga")


def text(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def letter_form(browser: Browser, id: int = 1, variant: str = "A") -> list[tuple[str, str]]:
    """The form of the letter as a browser without scripts would send it."""
    return fields_of(browser.get(f"{PATH}/{id}/letter?variant={variant}").text)


def fields_of(page: str) -> list[tuple[str, str]]:
    form = html.fromstring(page).get_element_by_id("letter-form")
    return [(name, value) for name, value in form.form_values() if isinstance(value, str)]


def send(browser: Browser, path: str, fields: list[tuple[str, str]], do: str, **typed: str) -> httpx.Response:
    """Press a button of a form, with these fields typed over; `__` stands for a colon."""
    over = {name.replace("__", ":").replace("_at_", "@"): value for name, value in typed.items()}
    sent = [(name, over.get(name, value)) for name, value in fields if name != "do"]
    sent += [(name, value) for name, value in over.items() if name not in {name for name, _ in sent}]
    body = httpx.QueryParams([*sent, ("do", do)])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return browser.http.post(f"{PATH}{path}", content=str(body).encode(), headers=headers)


# Who may.


@pytest.mark.parametrize("person", ["olga", "gleb", "vera"])
def test_whoever_writes_mailings_sees_and_begins_them(web: Web, news: Kept, person: str) -> None:
    browser = web.browser(person)
    for path in (*GETS, "/new", "/1/letter/finished"):
        assert browser.get(PATH + path).status_code == 200, path
    assert f'href="{PATH}"' in browser.get("/staff").text and f'href="{PATH}/new"' in browser.get(PATH).text


@pytest.mark.parametrize("person", ["marina", "anton"])
def test_whoever_reads_the_plan_sees_them_and_changes_nothing(web: Web, news: Kept, person: str) -> None:
    browser = web.browser(person)
    assert [browser.get(PATH + path).status_code for path in GETS] == [200] * len(GETS)
    page = browser.get(f"{PATH}/1/letter").text
    assert 'fieldset class="bare" disabled' in page and 'value="save"' in page and 'name="view-customer"' not in page
    assert [browser.get(PATH + path).status_code for path in ("/new", "/1/letter/finished")] == [403, 403]
    for path in WRITES:
        assert browser.post(PATH + path, {"do": "save"}).status_code == 403, path
    assert browser.post(f"{PATH}/new", {"title": "x"}).status_code == 403


def test_a_cashier_sees_none(web: Web, news: Kept) -> None:
    browser = web.browser("nina")
    assert {browser.get(PATH + path).status_code for path in GETS} == {403}
    assert f'href="{PATH}"' not in browser.get("/mailbox").text


def test_only_who_approves_decides_and_only_who_decides_doubts_settles_them(web: Web, mailings: Mailings) -> None:
    begun(mailings)
    assert web.browser("olga").post(f"{PATH}/1/decide", {"do": "approve"}).status_code == 403
    assert web.browser("gleb").post(f"{PATH}/1/decide", {"do": "approve"}).status_code == 403
    assert web.browser("olga").post(f"{PATH}/1/unknown", {"what": "arrived"}).status_code == 403
    assert [code for code, _, _ in mailings.given] == ["make"]


@pytest.mark.parametrize("path", ["/9", "/9/letter", "/9/recipients", "/9/check", "/9/approval", "/9/progress",
                                  "/9/frame", "/1/frame?variant=Z", "/0", "/x", "/99999999999"])  # fmt: skip
def test_what_is_not_there_has_no_page(olga: Browser, news: Kept, path: str) -> None:
    assert olga.get(PATH + path).status_code == 404
    assert path.count("/") > 1 or olga.post(f"{PATH}/9/run", {"do": "pause"}).status_code == 404


def test_a_customers_letter_is_shown_only_to_who_may_see_customers(web: Web, mailings: Mailings) -> None:
    begun(mailings, starter="coupon")
    path = f"{PATH}/1/frame?customer=1"
    assert "S7WM-11AB" in web.browser("olga").get(path).text
    assert "S7WM-11AB" not in web.browser("marina").get(path).text


def test_a_forged_form_changes_nothing(olga: Browser, mailings: Mailings, news: Kept) -> None:
    posts = {route.path for route in olga.web.app.routes if "POST" in route.methods and route.path.startswith(PATH)}
    assert len(posts) == 13
    for path in posts:
        filled = path.replace("{id}", "1")
        for fields, headers in (({"csrf": "x"}, {}), ({}, {"origin": "https://evil.example"}), ({"csrf": ""}, {})):
            assert olga.post(filled, {"title": "x", "do": "pause"} | fields, **headers).status_code in (400, 403), path
    assert [code for code, _, _ in mailings.given] == ["make"] and len(news.versions) == 1


# The list and a new one.


def test_an_empty_desk_says_how_to_begin(olga: Browser) -> None:
    page = olga.get(PATH).text
    assert "Рассылок пока нет" in page and f'href="{PATH}/new"' in page


def test_what_goes_or_waits_stands_first_with_its_figures(olga: Browser, mailings: Mailings) -> None:
    begun(mailings, "Черновик")
    going(mailings)
    asked = begun(mailings, "Спросили", "coupon")
    asked.stage = Stage.ASKED
    page = html.fromstring(olga.get(PATH).text)
    order = [link.text for link in page.xpath("//article//h3/a")]
    assert order == ["Чай недели", "Спросили", "Черновик"]
    card = " ".join(page.xpath("//article")[0].text_content().split())
    for said in ("отправляется", "Друзья, предложение недели", "23 ноября, 11:30", "Любители чая, Кофейные",
                 "доставлено 900", "ещё уйдут 1\u00a0650", "33 %", "5,6 %", "18\u00a0400\u00a0₽"):  # fmt: skip
        assert said.replace("\u00a0", " ") in card.replace("\u00a0", " "), said
    bars = page.xpath("//article[1]//*[local-name()='rect'][not(@class='whole')]")
    widths = [float(bar.get("width")) for bar in bars]
    assert len(widths) == 7 and 99 < sum(widths) < 103


def test_a_mailing_is_begun_from_a_ready_letter_and_leads_to_it(olga: Browser, mailings: Mailings) -> None:
    page = olga.get(f"{PATH}/new").text
    assert "38-ФЗ" in page and "Личный купон" in page and "С чистого листа" in page and page.count("sketch") >= 9
    answer = olga.post(f"{PATH}/new", {"title": "К зиме", "kind": "advertising", "begin": "starter:coupon",
                                       "campaign": "winter"})  # fmt: skip
    assert answer.headers["location"] == f"{PATH}/1/letter"
    assert "Рассылка «К зиме» начата." in olga.said(answer)
    code, person, form = mailings.given[0]
    assert (code, person) == ("make", "olga")
    assert about(form) == {"title": "К зиме", "kind": "advertising", "starter": "coupon", "like": 0,
                           "campaign": "winter", "goal": "", "offer": "", "reason": ""}  # fmt: skip


def test_a_mailing_is_like_the_last_one_or_an_empty_service_message(
    olga: Browser, mailings: Mailings, news: Kept
) -> None:
    page = olga.get(f"{PATH}/new?like=1").text
    assert html.fromstring(page).xpath("//input[@value='like:1']/@checked")
    olga.post(f"{PATH}/new", {"title": "Ещё", "kind": "advertising", "begin": "like:1"})
    olga.post(f"{PATH}/new", {"title": "Часы работы", "kind": "service", "begin": ""})
    assert mailings.kept[2].documents[-1]["variants"] == news.documents[-1]["variants"]
    assert mailings.kept[3].ground == "service"
    page = olga.get(f"{PATH}/3/letter").text
    assert html.fromstring(page).xpath("//button[@value='add:coupon']/@disabled")
    assert "В сервисном сообщении этого быть не может" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"title": ""}, "Назовите рассылку"), ({"title": "x", "begin": "starter:nothing"}, "Такой заготовки нет")],
)
def test_what_cannot_be_begun_comes_back_as_it_was_filled_in(
    olga: Browser, news: Kept, fields: dict[str, str], said: str
) -> None:
    answer = olga.post(f"{PATH}/new", {"kind": "service", "goal": "reach", "begin": "like:1"} | fields)
    page = html.fromstring(answer.text)
    assert answer.status_code == 422 and said in answer.text
    assert page.xpath("//input[@name='kind'][@checked]/@value") == ["service"]
    assert page.xpath("//select[@name='goal']/option[@selected]/@value") == ["reach"]


# The letter.


def test_a_letter_is_saved_whole_as_it_is_typed(olga: Browser, news: Kept, mailings: Mailings) -> None:
    answer = send(olga, "/1/letter", letter_form(olga), "save", t__title__text="Зимний купон",
                  t___at_variant__subject="Зима близко")  # fmt: skip
    assert "Сохранено: версия 2." in olga.said(answer)
    form = mailings.given[-1][2]
    assert (form.mailing, form.seen) == (1, 1)
    saved = json.loads(form.document)["variants"][0]
    assert saved["subject"] == "Зима близко" and saved["blocks"][0]["text"] == "Зимний купон"
    assert saved["blocks"][1:] == news.documents[0]["variants"][0]["blocks"][1:], "what was not touched stays"


def test_every_button_sends_all_of_it_and_only_save_saves(olga: Browser, news: Kept, mailings: Mailings) -> None:
    answer = send(olga, "/1/letter", letter_form(olga), "down:title", t__title__text="Пока не сохранено")
    page = html.fromstring(answer.text)
    assert answer.status_code == 200 and len(news.versions) == 1
    assert page.xpath("//li[@class='block']/@data-id")[:2] == ["hello", "title"]
    assert page.xpath("//input[@name='t:title:text']/@value") == ["Пока не сохранено"]
    assert "Пока не сохранено." in page.get_element_by_id("unsaved").text_content()
    answer = send(olga, "/1/letter", fields_of(answer.text), "add:button", **{"view-after": "hello"})
    answer = send(olga, "/1/letter", fields_of(answer.text), "copy:title")
    answer = send(olga, "/1/letter", fields_of(answer.text), "remove:products")
    assert "Блок удалён." in answer.text
    answer = send(olga, "/1/letter", fields_of(answer.text), "undo")
    olga.said(send(olga, "/1/letter", fields_of(answer.text), "save"))
    assert [block["id"] for block in news.documents[-1]["variants"][0]["blocks"]] == [
        "hello", "button-1", "title", "heading-1", "coupon", "ideas", "products",
    ]  # fmt: skip


def test_a_draft_is_not_lost_between_variants(olga: Browser, news: Kept) -> None:
    answer = send(olga, "/1/letter", letter_form(olga), "variant:", t__title__text="Заголовок первого")
    answer = send(olga, "/1/letter", fields_of(answer.text), "show:A", t__title__text="Заголовок второго")
    assert html.fromstring(answer.text).xpath("//input[@name='t:title:text']/@value") == ["Заголовок первого"]
    olga.said(send(olga, "/1/letter", fields_of(answer.text), "save"))
    told = [variant["blocks"][0]["text"] for variant in news.documents[-1]["variants"]]
    assert told == ["Заголовок первого", "Заголовок второго"]
    assert "Вариант B" in olga.get(f"{PATH}/1/letter?variant=B").text


def test_what_cannot_be_saved_says_where_and_keeps_what_was_typed(olga: Browser, news: Kept) -> None:
    answer = send(olga, "/1/letter", letter_form(olga), "save", t__coupon__link="7cups", t__coupon__gives="",
                  t__title__text="Не потерять")  # fmt: skip
    page = html.fromstring(answer.text)
    assert answer.status_code == 422 and len(news.versions) == 1 and "Пока ничего не сохранено" in answer.text
    wrong = page.xpath("//*[@aria-invalid='true']")
    assert [field.get("name") for field in wrong] == ["t:coupon:gives", "t:coupon:link"]
    for field in wrong:
        assert page.get_element_by_id(field.get("aria-describedby")).text_content().strip()
    assert page.xpath("//li[@id='b-coupon']/details/@open") and wrong[1].get("value") == "7cups"
    assert page.xpath("//input[@name='t:title:text']/@value") == ["Не потерять"]


def test_whoever_was_overtaken_sees_who_saved_and_what_and_keeps_their_own(web: Web, news: Kept, olga: Browser) -> None:
    mine = letter_form(olga)
    vera = web.browser("vera")
    web.clock.at = NOW + timedelta(minutes=5)
    vera.said(send(vera, "/1/letter", letter_form(vera), "save", t__title__text="Верин заголовок"))
    answer = send(olga, "/1/letter", mine, "save", t__title__text="Ольгин заголовок")
    page = text(answer.text)
    assert answer.status_code == 409 and len(news.versions) == 2
    assert "Тем временем сохранено: Вера, 23 ноября, 12:05" in page
    assert "Верин заголовок" in page and "Ольгин заголовок" in page
    fields = fields_of(answer.text)
    assert ("t:title:text", "Ольгин заголовок") in fields
    again = send(olga, "/1/letter", fields, "save")
    assert again.status_code == 409, "the first press does not overwrite, nor does the second"
    olga.said(send(olga, "/1/letter", fields_of(again.text), "over"))
    assert news.documents[-1]["variants"][0]["blocks"][0]["text"] == "Ольгин заголовок" and len(news.versions) == 3


def test_the_code_of_being_overtaken_is_the_contract(mailings: Mailings, news: Kept) -> None:
    from models.mailing_orders import SaveMailingForm

    form = SaveMailingForm(mailing=1, document=json.dumps(news.documents[0]), seen=7, person="olga")
    assert mailings.save_mailing(VISITOR, "x", form)[0].code == OVERTAKEN


def test_a_script_is_told_where_to_go_on(olga: Browser, news: Kept) -> None:
    olga.http.headers["x-requested-with"] = "fetch"
    answer = send(olga, "/1/letter", letter_form(olga), "save", t__title__text="Иначе")
    assert (answer.status_code, answer.headers["location"]) == (201, f"{PATH}/1/letter?variant=A")


def test_a_form_sent_twice_is_saved_once(olga: Browser, news: Kept) -> None:
    fields = letter_form(olga)
    for _ in range(2):
        olga.said(send(olga, "/1/letter", fields, "save", t__title__text="Иначе"))
    assert len(news.versions) == 2


def test_a_personal_place_is_inserted_without_a_script(olga: Browser, news: Kept) -> None:
    answer = send(olga, "/1/letter", letter_form(olga), "place:hello", **{
        "view-place-hello": "name | first", "view-else-hello": "друзья"})  # fmt: skip
    said = html.fromstring(answer.text).xpath("//textarea[@name='t:hello:text']")[0].text
    assert said.rstrip().endswith('{{ name | first | default("друзья") }}')


@pytest.mark.parametrize("base", ["", "{", "[]", '{"variants": []}'])
def test_a_form_that_is_not_ours_is_refused(olga: Browser, news: Kept, base: str) -> None:
    assert olga.post(f"{PATH}/1/letter", {"base": base, "variant": "A", "do": "save"}).status_code == 400
    assert olga.post(f"{PATH}/1/letter/look", {"base": base, "variant": "A"}).status_code == 400


def test_a_letter_typed_before_the_session_was_over_is_not_lost(web: Web, olga: Browser, news: Kept) -> None:
    fields = letter_form(olga)
    gone = signed_out(web, "olga")
    answer = send(gone, "/1/letter", [(n, v) for n, v in fields if n != "csrf"], "save", t__title__text="Полчаса труда")
    assert answer.status_code == 401 and "Набранное не потеряно" in answer.text
    kept = {i.get("name"): i.get("value") for i in html.fromstring(answer.text).xpath("//input[@type='hidden']")}
    assert kept["kept:t:title:text"] == "Полчаса труда" and kept["kept-to"] == f"{PATH}/1/letter"


def test_a_coupon_is_offered_only_when_letters_may_write_one(olga: Browser, news: Kept, mailings: Mailings) -> None:
    page = olga.get(f"{PATH}/1/letter").text
    assert 'value="add:coupon"' in page and 'value="coupon.code"' in page and "Вставить имя, купон…" in page
    mailings.known = frozenset({"name", "city", "birthday", "outlet", "code"})
    page = olga.get(f"{PATH}/1/letter").text
    assert "Вставить имя…" in page and "name | first" in page and 'value="add:text"' in page
    found = html.fromstring(page)
    assert not found.xpath("//*[@value='add:coupon' or @value='coupon.gives'] | //option[@value='coupon.code']")
    assert not found.xpath("//*[@id='b-title']//input[@value='coupon.code']"), "nor is a block shown by it"
    assert found.xpath("//input[@name='t:coupon:gives']"), "what stands in the letter can still be changed"
    assert "купон" not in text(olga.get(f"{PATH}/1/check").text).partition("Проба на коллегах")[2]


# How it looks.


def test_a_letter_stands_in_a_frame_that_runs_nothing(olga: Browser, news: Kept) -> None:
    answer = olga.get(f"{PATH}/1/frame")
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy and "default-src 'none'" in policy and "form-action 'none'" in policy
    assert "frame-ancestors 'self'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN" and answer.headers["cache-control"] == "no-store"
    assert "K7WM-42XQ" in answer.text and "Ваш личный купон" in answer.text
    page = olga.get(f"{PATH}/1/letter")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    frame = html.fromstring(page.text).xpath("//iframe")[0]
    assert "allow-scripts" not in frame.get("sandbox") and frame.get("title")


def test_a_draft_is_seen_before_it_is_saved_by_day_and_by_night_and_as_text(olga: Browser, news: Kept) -> None:
    fields = letter_form(olga)
    seen = {
        (scheme, part): send(olga, "/1/letter/frame", fields, "look", t__title__text="Ещё не сохранено",
                             **{"view-scheme": scheme, "view-part": part}).text
        for scheme in ("light", "dark") for part in ("html", "text")
    }  # fmt: skip
    assert all("Ещё не сохранено".casefold() in page.casefold() for page in seen.values()) and len(news.versions) == 1
    assert "@media all{.ground" in seen["dark", "html"] and "@media not all{.ground" in seen["light", "html"]
    assert 'class="night"' in seen["dark", "text"] and "<pre" in seen["light", "text"]


def test_the_inbox_and_the_size_are_shown_beside_the_letter(olga: Browser, news: Kept) -> None:
    page = text(olga.get(f"{PATH}/1/letter").text)
    assert "Анна, ваш купон готов" in page and re.search(r"29,\d КБ", page) and "Gmail обрезает на 102 КБ" in page
    assert "знаков: 28; телефон показывает около 45" in page
    heavy = "много слов " * 9000
    part = send(olga, "/1/letter/look", letter_form(olga), "", t__hello__text=heavy).text
    assert "20000" in part or "обрежет" in part


def test_a_short_message_is_written_beside_the_letter_with_its_parts_and_their_price(
    olga: Browser, news: Kept, mailings: Mailings
) -> None:
    page = html.fromstring(olga.get(f"{PATH}/1/letter").text)
    assert page.xpath("//details//textarea[@name='t:@variant:sms']"), "nobody gets one: it is folded away"
    assert page.get_element_by_id("sms-count").text_content().strip() == ""
    news.set_up = {"include": "tea", "cascade": "sms"}
    page = html.fromstring(olga.get(f"{PATH}/1/letter").text)
    assert not page.xpath("//details//textarea[@name='t:@variant:sms']")
    assert "без него рассылка не уйдёт" in page.get_element_by_id("sms-count").text_content()
    words = "Семь чашек: {{ name | default('друзья') }}, ваш купон ждёт до пятницы. Отписка: 7cups.example"
    look = html.fromstring(send(olga, "/1/letter/look", letter_form(olga), "", t___at_variant__sms=words).text)
    told = " ".join(look.xpath("//template[@id='sms-now']")[0].text_content().split()).replace("\u00a0", " ")
    assert told == "2 части по 67, всего знаков: 75. Около 11 644 ₽ за 1 420 получателей."
    assert "Анна Петрова, ваш купон" in text(html.tostring(look, encoding="unicode"))
    olga.said(send(olga, "/1/letter", letter_form(olga), "save", t___at_variant__sms=words))
    assert json.loads(mailings.given[-1][2].document)["variants"][0]["sms"] == words
    answer = send(olga, "/1/letter", letter_form(olga), "save", t___at_variant__sms="ы" * 1001)
    assert answer.status_code == 422 and "Не больше 1000 знаков" in text(answer.text)


def test_a_customer_the_letter_cannot_be_written_for_is_told_why(olga: Browser, news: Kept) -> None:
    fields = letter_form(olga)
    part = send(olga, "/1/letter/look", fields, "", t__hello__text="{{ name }}", **{"view-customer": "2"})
    assert "name" in part.text and 'class="told-plain held"' in part.text
    frame = send(olga, "/1/letter/frame", fields, "", t__hello__text="{{ name }}", **{"view-customer": "2"})
    assert 'class="held"' in frame.text and frame.headers["x-frame-options"] == "SAMEORIGIN"


def test_what_cannot_be_shown_is_left_out_of_the_picture(olga: Browser, news: Kept) -> None:
    added = send(olga, "/1/letter", letter_form(olga), "add:picture")
    part = send(olga, "/1/letter/look", fields_of(added.text), "")
    assert "чего пока нельзя показать" in part.text.casefold() and 'href="#b-picture-1"' in part.text
    frame = send(olga, "/1/letter/frame", fields_of(added.text), "")
    assert "Ваш личный купон" in frame.text


# A designer's letter.


def load(browser: Browser, name: str, content: bytes) -> httpx.Response:
    return browser.http.post(
        f"{PATH}/1/letter/finished", data={"csrf": browser.csrf, "variant": "A", "once": name},
        files={"file": (name, content)},
    )  # fmt: skip


def test_a_designers_letter_takes_the_place_of_the_blocks_and_gives_it_back(olga: Browser, news: Kept) -> None:
    source = "<html><head></head><body><p>Письмо целиком</p></body></html>"
    page = olga.said(load(olga, "letter.html", source.encode()))
    assert "Готовое письмо дизайнера" in page and news.documents[-1]["variants"][0]["finished"]["kind"] == "html"
    assert "Письмо целиком" in olga.get(f"{PATH}/1/frame").text
    blocks = send(olga, "/1/letter", letter_form(olga), "blocks")
    olga.said(send(olga, "/1/letter", fields_of(blocks.text), "save"))
    assert news.documents[-1]["variants"][0]["finished"] is None and len(news.versions) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("letter.pdf", b"%PDF", "не готовое письмо"), ("letter.html", "письмо".encode("cp1251"), "UTF-8"),
        ("letter.mjml", b"", "Заполните"), ("letter.html", b"x" * 500_001, "предел — 500 КБ"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_letter_changes_nothing(
    olga: Browser, news: Kept, name: str, content: bytes, said: str
) -> None:
    answer = load(olga, name, content)
    assert answer.status_code == 422 and said in answer.text and len(news.versions) == 1
    assert "Сначала выберите файл" in olga.http.post(
        f"{PATH}/1/letter/finished", data={"csrf": olga.csrf}, files={"file": ("", b"")}
    ).text  # fmt: skip


# To whom and when.

SET_UP = {
    "include": ["tea", "coffee"], "exclude": "sleeping", "account": "main", "cascade": "sms", "date": "2026-11-25",
    "time": "10:00", "by_recipient": "1", "hours": "09:00-20:00", "share-A": "10", "share-B": "10", "cap_number": "3",
    "cap_days": "14", "resend_unknown": "1", "public": "1",
    "judged_by": "the share of those who opened", "after_hours": "6", "otherwise": "B", "offer": "tea",
}  # fmt: skip


def test_to_whom_and_when_is_written_down_and_said_in_a_sentence(olga: Browser, mailings: Mailings, news: Kept) -> None:
    variant = news.documents[-1]["variants"][0]
    news.documents[-1]["variants"] = [variant, {**variant, "name": "B"}]
    assert "Кому письмо уйдёт, ещё не выбрано" in olga.get(f"{PATH}/1/recipients").text
    page = text(olga.said(olga.post(f"{PATH}/1/recipients", SET_UP)))
    assert about(mailings.given[-1][2]) == {
        "mailing": 1, "include": "tea, coffee", "exclude": "sleeping", "account": "main", "cascade": "sms",
        "at": "2026-11-25 10:00", "by_recipient": True, "hours": "09:00-20:00", "shares": "A 10, B 10",
        "cap_number": 3, "cap_days": 14, "resend_unknown": True, "public": True, "reason": "",
        "judged_by": "the share of those who opened", "after_hours": 6, "otherwise": "B", "offer": "tea",
    }  # fmt: skip
    for said in ("Уйдёт 2 960 клиентам: «Любители чая», «Кофейные».", "Кроме групп: «Давно не были».",
                 "Отправка 25 ноября в 10:00 у каждого получателя по его часам.", "Только в эти часы: 09:00-20:00.",
                 "Вариант A: 10 %, вариант B: 10 %; остальные ждут и получат лучший.",
                 "Через 6 часов после последнего письма пробы лучший (доля открывших) уйдёт остальным, если разница "
                 "не случайна; иначе уйдёт вариант B.",
                 "больше 3 рекламных писем за 14 дн.", "У кого нет почты, получит короткое сообщение.",
                 "её прочтёт кто угодно в архиве писем на сайте",
                 "можно писать 2 960", "нет согласия на рекламу 310", "1 840 клиентов"):  # fmt: skip
        assert said in page.replace("\u00a0", " "), said
    again = html.fromstring(olga.get(f"{PATH}/1/recipients").text)
    assert again.xpath("//input[@name='public']/@checked")
    assert again.xpath("//select[@name='judged_by']/option[@selected]")[0].text == "доля открывших"
    assert again.xpath("//select[@name='otherwise']/option[@selected]/@value") == ["B"]
    assert again.xpath("//input[@name='include'][@checked]/@value") == ["tea", "coffee"]
    assert again.xpath("//input[@name='share-B']/@value") == ["10"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hours": "днём"}, "это не часы"),
        ({"cap_days": "неделя"}, "«неделя»"),
        ({"cap_number": "-1"}, "«-1»"),
        ({"after_hours": "337"}, "не позже чем через 336"),
        ({"after_hours": "6,5"}, "«6,5»"),
    ],
)
def test_what_cannot_be_set_up_comes_back_as_it_was_typed(
    olga: Browser, news: Kept, fields: dict[str, str], said: str
) -> None:
    variant = news.documents[-1]["variants"][0]
    news.documents[-1]["variants"] = [variant, {**variant, "name": "B"}]
    answer = olga.post(f"{PATH}/1/recipients", SET_UP | fields)
    page = html.fromstring(answer.text)
    assert answer.status_code == 422 and said in answer.text and news.set_up == {}
    assert page.xpath("//input[@name='exclude'][@checked]/@value") == ["sleeping"]
    assert page.xpath("//input[@name='date']/@value") == ["2026-11-25"]
    name, value = next(iter(fields.items()))
    assert page.xpath(f"//input[@name='{name}']/@value") == [value]


def test_a_group_that_is_no_more_is_shown_so_that_it_can_be_taken_out(olga: Browser, news: Kept) -> None:
    news.set_up = {"include": "old"}
    assert "такой группы больше нет" in olga.get(f"{PATH}/1/recipients").text


def test_what_has_gone_is_taken_off_the_archive_by_a_button(web: Web, olga: Browser, mailings: Mailings) -> None:
    one, path = going(mailings), f"{PATH}/1/recipients"
    assert "off-archive" not in olga.get(path).text
    one.stage, one.set_up = Stage.SENT, one.set_up | {"public": True}
    page = olga.get(path).text
    assert (
        "Убрать из архива" in page and "/letters" in page and "off-archive" not in web.browser("marina").get(path).text
    )
    olga.said(olga.post(path, {"do": "off-archive"}))
    form = mailings.given[-1][2]
    assert (form.public, form.include, form.at, form.shares) == (False, "tea, coffee", "2026-11-23 11:30", "A 10, B 10")
    service = begun(mailings, "Часы", kind="service message")
    assert 'name="public"' not in olga.get(f"{PATH}/{service.id}/recipients").text


# Check and try.


def test_what_stops_is_said_first_and_leads_to_its_block(olga: Browser, mailings: Mailings) -> None:
    begun(mailings, "Новости", "news")
    page = html.fromstring(olga.get(f"{PATH}/1/check").text)
    assert "Мешают 6 замечаний" in text(html.tostring(page, encoding="unicode"))
    cards = [" ".join(card.get("class").split()) for card in page.xpath("//div[contains(@class, 'findings')]")]
    assert cards[0] == "card findings bad"
    link = page.xpath("//div[contains(@class, 'findings bad')]//a/@href")[0]
    assert link.endswith("#b-title") and olga.get(link).status_code == 200
    assert "мешают отправке" in olga.get(f"{PATH}/1").text


def test_a_test_goes_to_colleagues_as_a_customer_would_get_it(olga: Browser, news: Kept, mailings: Mailings) -> None:
    path = f"{PATH}/1/check"
    page = olga.said(olga.post(path, {"colleague": ["olga", "vera"], "view-customer": "1", "variant": "A"}))
    assert "Проба отправлена: olga, vera." in page and "Отправлена 1 проба." in page
    assert about(news.tests[0]) == {"mailing": 1, "to": "olga, vera", "customer": 1, "variant": "A", "reason": ""}
    answer = olga.post(path, {"view-customer": "1"})
    assert answer.status_code == 422 and "хотя бы одного" in answer.text
    answer = olga.post(path, {"colleague": "vera", "view-customer": "Семён"})
    assert answer.status_code == 422 and "«Семён»" in answer.text and len(news.tests) == 1
    assert html.fromstring(answer.text).xpath("//input[@name='colleague'][@checked]/@value") == ["vera"]


# Approval.


def test_a_mailing_is_asked_about_looked_at_and_approved_as_it_was_seen(web: Web, olga: Browser, news: Kept) -> None:
    news.set_up = {"include": "tea", "account": "main", "at": "2026-11-25 10:00"}
    olga.said(olga.post(f"{PATH}/1/ask"))
    assert news.stage is Stage.ASKED and "Ждём решения" in olga.get(f"{PATH}/1").text
    assert "/decide" not in olga.get(f"{PATH}/1/approval").text
    marina = web.browser("marina")
    page = marina.get(f"{PATH}/1/approval").text
    said = text(page).replace("\u00a0", " ")
    for words in ("Уйдёт 2 960 клиентам", "Отправляет: Почта компании", "Анна, ваш купон готов",
                  news.versions[-1].hash[:12], "Посмотрите и решите"):  # fmt: skip
        assert words in said, words
    assert re.search(r"\b[1-9]\d,\d КБ", said)
    form = html.fromstring(page).xpath("//form[contains(@action, '/decide')]")[0]
    assert dict(form.form_values())["version"] == news.versions[-1].hash
    answer = marina.post(f"{PATH}/1/decide", {"do": "approve", "version": news.versions[-1].hash})
    assert "Согласовано." in marina.said(answer) and news.stage is Stage.APPROVED
    assert "Версия 1 согласована: Марина" in olga.get(f"{PATH}/1/approval").text


def test_what_is_returned_needs_a_reason_that_the_author_reads(web: Web, olga: Browser, news: Kept) -> None:
    news.stage = Stage.ASKED
    marina, version = web.browser("marina"), news.versions[-1].hash
    answer = marina.post(f"{PATH}/1/decide", {"do": "return", "version": version})
    assert answer.status_code == 422 and "что исправить" in answer.text
    assert marina.post(f"{PATH}/1/decide", {"why": "Не та цена", "version": version}).status_code == 422
    marina.said(marina.post(f"{PATH}/1/decide", {"do": "return", "why": "Не та цена", "version": version}))
    assert news.stage is Stage.DRAFT and "Возвращено: Марина. Не та цена" in text(olga.get(f"{PATH}/1/approval").text)


def test_a_letter_that_was_changed_meanwhile_is_not_approved_and_nothing_typed_is_lost(
    web: Web, olga: Browser, news: Kept
) -> None:
    news.stage = Stage.ASKED
    seen = news.versions[-1].hash
    olga.said(send(olga, "/1/letter", letter_form(olga), "save", t__title__text="Иначе"))
    news.stage = Stage.ASKED
    answer = web.browser("marina").post(f"{PATH}/1/decide", {"do": "return", "why": "Моё слово", "version": seen})
    assert answer.status_code == 409 and "изменили, пока вы смотрели" in answer.text and "Моё слово" in answer.text
    assert news.versions[-1].decision == ""


def test_what_was_edited_after_approval_says_so(web: Web, olga: Browser, news: Kept) -> None:
    news.stage = Stage.ASKED
    web.browser("marina").post(f"{PATH}/1/decide", {"do": "approve", "version": news.versions[-1].hash})
    assert "Эта рассылка уже согласована" in olga.get(f"{PATH}/1/letter").text
    olga.said(send(olga, "/1/letter", letter_form(olga), "save", t__title__text="Иначе"))
    page = text(olga.get(f"{PATH}/1/approval").text)
    assert "Изменено после согласования: версию 1 согласовал(а) Марина, а здесь сейчас версия 2." in page


def test_what_stops_is_named_when_approval_is_asked_for(olga: Browser, mailings: Mailings) -> None:
    begun(mailings, "Новости", "news")
    assert "Сначала исправьте то, что мешает: 6 замечаний" in text(olga.get(f"{PATH}/1/approval").text)
    page = olga.said(olga.post(f"{PATH}/1/ask"))
    assert "Главная новость" in page and mailings.kept[1].stage is Stage.DRAFT


# While it goes.


def test_the_progress_renews_itself_and_says_why_letters_are_held(olga: Browser, mailings: Mailings) -> None:
    one = going(mailings)
    page = html.fromstring(olga.get(f"{PATH}/1").text)
    shown = page.get_element_by_id("progress")
    assert (shown.get("data-stage"), shown.get("data-from")) == ("sending", f"{PATH}/1/progress")
    assert page.xpath("//script[contains(@src, 'mailing_progress.js')]")
    assert f'href="{PATH}/1"' in html.tostring(shown, encoding="unicode"), "without a script it is a link"
    said = text(olga.get(f"{PATH}/1/progress").text).replace("\u00a0", " ")
    for words in ("1 241 из 2 960", "писем в минуту: 118", "закончит 23 ноября, 12:15", "40 — У клиента нет имени"):
        assert words in said, words
    one.stage = Stage.SENT
    page = olga.get(f"{PATH}/1").text
    assert "mailing_progress.js" not in page and "Что получилось" in page and 'href="/reports"' in page


def test_a_mailing_is_paused_goes_on_and_is_called_off_with_a_reason(olga: Browser, mailings: Mailings) -> None:
    one, path = going(mailings), f"{PATH}/1/run"
    assert 'href="/staff/stop"' in olga.get(f"{PATH}/1").text
    olga.said(olga.post(path, {"do": "pause", "why": "цена не та"}))
    assert one.stage is Stage.PAUSED and mailings.given[-1][2].reason == "цена не та"
    olga.said(olga.post(path, {"do": "resume"}))
    assert one.stage is Stage.SENDING
    for fields, said in (({"why": "поздно"}, "Поставьте галочку"), ({"sure": "1"}, "Скажите почему"), ({}, "почему")):
        answer = olga.post(path, {"do": "cancel"} | fields)
        assert answer.status_code == 422 and said in answer.text and one.stage is Stage.SENDING
        shown = html.fromstring(answer.text).xpath("//input[@id='cancel-why']/@value")
        assert shown == [fields.get("why", "")]
    assert olga.post(path, {"do": "explode"}).status_code == 422
    olga.said(olga.post(path, {"do": "cancel", "why": "поздно", "sure": "1"}))
    assert one.stage is Stage.CANCELLED and mailings.given[-1][2].what == "cancel"


@pytest.mark.parametrize("what", ["arrived", "again", "leave"])
def test_a_person_says_what_became_of_letters_nobody_knows_of(web: Web, mailings: Mailings, what: str) -> None:
    one, gleb = going(mailings), web.browser("gleb")
    page = gleb.get(f"{PATH}/1").text
    assert page.count(f'action="{PATH}/1/unknown"') == 3 and "связь оборвалась" in page
    answer = gleb.post(f"{PATH}/1/unknown", {"what": what, "letter": "71"})
    assert answer.headers["location"] == f"{PATH}/1#unknown" and [letter.id for letter in one.unknown] == [72]
    gleb.said(gleb.post(f"{PATH}/1/unknown", {"what": what, "letter": "0"}))
    assert one.unknown == [] and [form.letter for _, _, form in mailings.given[-2:]] == [71, 0]
    assert {form.what for code, _, form in mailings.given if code == "unknown"} == {
        {"arrived": "they arrived", "again": "they did not arrive: send them again", "leave": "leave them as they are"}[
            what
        ]
    }
    assert gleb.post(f"{PATH}/1/unknown", {"what": "nothing"}).status_code == 422


def test_the_better_variant_goes_to_the_rest(olga: Browser, mailings: Mailings) -> None:
    one = going(mailings)
    page = olga.get(f"{PATH}/1").text
    assert "лучше, и не случайно" in page and "2345 клиентов ждут" in page and "Отправить B остальным" in page
    assert "Остальные получат вариант B." in olga.said(olga.post(f"{PATH}/1/winner", {"variant": "B"}))
    assert one.waiting == 0 and "Отправить B остальным" not in olga.get(f"{PATH}/1").text


# Everything.


def test_the_pages_fit_a_phone_and_work_without_scripts(olga: Browser, mailings: Mailings) -> None:
    going(mailings)
    for path in (*GETS[:7], "/new"):
        page = html.fromstring(olga.get(PATH + path).text)
        tables = page.xpath("//table")
        assert all("cards" in table.get("class") for table in tables), path
        assert all(cell.get("data-label") for table in tables for cell in table.xpath(".//tbody//td")), path
        posts = page.xpath("//main//form[@method='post']")
        assert all(form.xpath("./input[@name='csrf']") and form.xpath("./input[@name='once']") for form in posts), path
        assert not page.xpath("//main//*[@style or @onclick or self::script or self::style]"), path


def test_what_was_written_is_only_text_wherever_it_is_shown(olga: Browser, mailings: Mailings) -> None:
    one = begun(mailings, EVIL)
    variant = one.documents[-1]["variants"][0]
    variant.update(subject=EVIL, preheader=EVIL)
    variant["blocks"][0]["text"] = EVIL
    for path in GETS:
        page = html.fromstring(olga.get(PATH + path).text)
        assert page.xpath("//script[contains(., 'alert')] | //img[@onerror]") == [], path
    answer = send(olga, "/1/letter", letter_form(olga), "down:heading-1", **{"t:text-1:text": EVIL})
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text


def test_everything_is_said_in_english_too(olga: Browser, mailings: Mailings) -> None:
    going(mailings)
    olga.post("/language", {"language": "en"})
    page = text(olga.get(f"{PATH}/1").text)
    assert "118 letters a minute" in page and "Call the mailing off" in page
    assert "It goes to 2,960 customers: “Любители чая”" in text(olga.get(f"{PATH}/1/recipients").text)
