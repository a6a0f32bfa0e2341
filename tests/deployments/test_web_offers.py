"""Offers and coupons on the desk: written with a live look, approved, given codes, stopped; a coupon's history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import select

from models.order_book import GivenOrder
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.tasks.offering.desk import coupons, offer

PATH, NEW = "/staff/offers", "/staff/new-offer"
TEA = {"title": "45 рублей на чай", "key": "tea", "gives": "amount off", "value": "45", "total": "100",
       "budget": "4 500",
       "check_sign": "1", "do": "save"}  # fmt: skip


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        yield web


def text(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def approved(web: Web, key: str = "tea", **fields: str) -> Browser:
    olga, marina = web.browser("olga"), web.browser("marina")
    made = olga.post(NEW, TEA | {"key": key} | fields)
    assert made.status_code == 303 and made.headers["location"] == f"{PATH}/{key}", text(made.text)
    olga.post(f"{PATH}/{key}/ask")
    assert f'href="{PATH}/{key}"' in marina.get("/staff").text  # it waits for her
    page = marina.get(f"{PATH}/{key}").text
    version = html.fromstring(page).xpath("//input[@name='version']/@value")[0]
    marina.post(f"{PATH}/{key}/decide", {"do": "approve", "version": version})
    assert offer(web.house, key).approved_hash == version
    return olga


def test_the_list_leads_to_the_first_one(web: Web) -> None:
    assert "Предложений пока нет" in web.browser("olga").get(PATH).text
    assert NEW not in web.browser("marina").get(PATH).text


def test_what_is_filled_in_is_said_in_sentences_or_told_by_field(web: Web) -> None:
    olga = web.browser("olga")
    look = olga.post(NEW, TEA | {"do": "look"}, **{"hx-request": "true"})
    assert look.status_code == 200 and "Скидка" in text(look.text)
    wrong = olga.post(NEW, TEA | {"budget": "1", "last_day": "вчера"})
    page = text(wrong.text)
    assert wrong.status_code == 422 and "«вчера» — не дата" in page, page
    assert olga.post(NEW, TEA | {"total": "много"}).status_code == 422
    other = html.fromstring(olga.post(NEW, TEA | {"gift": "cup", "take": "3", "pay": ""}).text)
    assert "поле не относится" in other.xpath("string(//*[@id='f-gift']/..)") and not other.xpath(
        "//*[@id='f-pay']/..//p[@role]"
    )
    assert not [one for one in book(web) if one.code == "make-offer"]


def test_an_offer_goes_its_way_on_the_desk(web: Web) -> None:
    olga = approved(web)
    page = text(olga.get(f"{PATH}/tea").text)
    assert "действует" in page and "осталось 100" in page and "Марина" in page
    told = olga.http.post(f"{PATH}/tea/issue", data={"csrf": olga.csrf, "number": "3", "title": "листовки"},
                          follow_redirects=True)  # fmt: skip
    assert "3 кода выпущено" in text(told.text) and "листовки" in told.text
    first, *_ = coupons(web.house)
    assert all(one.code not in told.text for one in coupons(web.house))
    file = olga.post(f"{PATH}/tea/codes", {"batch": str(first.batch_id), "what": "table"})
    assert file.headers["content-type"].startswith("text/csv") and len(file.text.split()) == 4
    again = olga.http.post(f"{PATH}/tea/codes", data={"csrf": olga.csrf, "batch": str(first.batch_id), "what": "table"},
                           follow_redirects=True)  # fmt: skip
    assert "уже брали" in text(again.text) and "Взяты файлом: Ольга" in text(again.text)
    sheet = olga.post(f"{PATH}/tea/codes", {"batch": str(first.batch_id), "what": "sheets", "why": "не напечаталось"})
    assert sheet.content.startswith(b"%PDF")
    stopped = olga.http.post(f"{PATH}/tea/stop", data={"csrf": olga.csrf, "why": "утекло"}, follow_redirects=True)
    assert "остановлено" in text(stopped.text) and "утекло" in stopped.text
    assert olga.post(f"{PATH}/tea/open", {"why": "x"}).status_code == 403
    web.browser("vera").post(f"{PATH}/tea/open", {"why": "разобрались"})
    assert offer(web.house).stage == "open"
    longer = olga.http.post(f"{PATH}/tea/extend", data={"csrf": olga.csrf, "why": "просят", "last_day": "2027-01-31"},
                            follow_redirects=True)  # fmt: skip
    assert "изменение ждёт решения" in text(longer.text)
    assert "Последний день" in web.browser("marina").get(f"{PATH}/tea").text
    codes = {one.code for one in coupons(web.house)}
    assert not any(code in str(one.form) or code in str(one.said) for one in book(web) for code in codes)


def test_a_coupon_is_found_however_it_is_typed_and_tells_its_history(web: Web) -> None:
    olga = approved(web, "coffee", title="Кофе")
    many = olga.http.post(
        f"{PATH}/coffee/issue", data={"csrf": olga.csrf, "number": "50 000 000"}, follow_redirects=True
    )
    assert "не больше 5 000 000 кодов" in text(many.text).replace("\u00a0", " ")
    olga.post(f"{PATH}/coffee/issue", {"number": " 2 "})
    one = coupons(web.house)[-1]
    typed = one.code.lower().translate(str.maketrans("abekmhopctx", "авекмнорстх"))
    found = olga.post("/staff/coupons", {"typed": f" {typed[:4]}-{typed[4:]} "})
    assert found.headers["location"] == f"{PATH}/coupon/{one.id}"
    page = olga.get(f"{PATH}/coupon/{one.id}")
    assert one.code not in page.text and f"…{one.code[-4:]}" in page.text and "выпущен" in text(page.text)
    wrong = olga.post("/staff/coupons", {"typed": one.code[:-1] + ("2" if one.code[-1] != "2" else "3")})
    assert wrong.status_code == 422 and one.code[:-1] not in wrong.text
    olga.post(f"{PATH}/coffee/stop", {"coupon": str(one.id), "why": "жалоба"})
    web.browser("vera").post(f"{PATH}/coffee/open", {"coupon": str(one.id), "why": "ошибка"})
    olga.post(f"{PATH}/coffee/extend", {"coupon": str(one.id), "why": "обещали", "last_day": "2027-02-01"})
    moved = olga.post(f"{PATH}/coupon/{one.id}/replace", {"why": "стёрся"})
    new = coupons(web.house)[-1]
    assert moved.headers["location"] == f"{PATH}/coupon/{new.id}"
    card = olga.post(f"{PATH}/coffee/codes", {"coupon": str(new.id)})
    assert card.content.startswith(b"%PDF")
    gone = olga.post(f"{PATH}/coffee/codes", {"coupon": str(one.id)})
    assert gone.status_code == 303 and gone.headers["location"] == f"{PATH}/coupon/{one.id}"
    history = text(olga.get(f"{PATH}/coupon/{new.id}").text)
    assert all(
        word in history
        for word in ("жалоба", "Взяты файлом: Ольга", "ошибка", "обещали", "стёрся", "Ольга", "Вера", f"№ {one.id}")
    )
    assert not any(word in str(one.form) for one in book(web) for word in ("жалоба", "обещали", "стёрся"))
    assert olga.get(f"{PATH}/coupon/999999").status_code == 404


def test_one_word_for_everybody_has_its_picture(web: Web) -> None:
    olga = approved(web, "word", codes="one for everybody", word="ЧАЙ-2026", title="Слово")
    assert olga.get(f"{PATH}/word/code.svg").status_code == 404  # not issued yet
    olga.post(f"{PATH}/word/issue")
    assert olga.get(f"{PATH}/word/code.svg").content.startswith(b"<svg")
    assert olga.get(f"{PATH}/word/code.png").content.startswith(b"\x89PNG")


def test_changes_are_compared_and_nobody_is_overwritten(web: Web) -> None:
    olga = approved(web, "change", title="Перемены")
    page = olga.get(f"{PATH}/change/form")
    form = html.fromstring(page.text).get_element_by_id("offer-form")
    fields = {name: value for name, value in form.form_values() if name not in ("do", "csrf")}
    told = olga.http.post(f"{PATH}/change/form", data=fields | {"csrf": olga.csrf, "total": "200", "do": "save"},
                          follow_redirects=True)  # fmt: skip
    assert "limits.total: 100 → 200" in text(told.text), text(told.text)
    late = olga.post(f"{PATH}/change/form", fields | {"total": "300", "do": "save"})
    assert late.status_code == 422 and "ваша сделана из версии 1" in text(late.text)


def test_what_is_ticked_stays_ticked_even_where_it_is_gone(web: Web) -> None:
    olga = web.browser("olga")
    look = olga.post(NEW, TEA | {"key": "boxes", "do": "look", "channels": ["tg", "wall"], "outlets": "closed-one"})
    boxes = html.fromstring(look.text).xpath("//div[@class='boxes']//input[@checked]/@value")
    assert boxes == ["closed-one", "tg", "wall"] and "closed-one" in text(look.text)
    made = olga.post(NEW, TEA | {"key": "boxes", "channels": ["tg", "wall"]})
    assert made.status_code == 303 and "«Телеграм» и «Стена»" in text(olga.get(f"{PATH}/boxes").text)
    kept = html.fromstring(olga.get(f"{PATH}/boxes/form").text).xpath("//div[@class='boxes']//input[@checked]/@value")
    assert kept == ["tg", "wall"]


def test_brought_codes_come_from_the_browser(web: Web) -> None:
    olga = approved(web, "brought", codes="brought along", title="Чужие")
    answer = olga.http.post(
        f"{PATH}/brought/import", data={"csrf": olga.csrf},
        files={"file": ("codes.csv", b"code\nAAAA1111\nBBBB2222\n")},
        follow_redirects=True,
    )  # fmt: skip
    assert "2 кода принято" in text(answer.text)


def book(web: Web) -> list[GivenOrder]:
    with web.house.reads() as session:
        return list(session.execute(select(GivenOrder)).scalars())


def test_nobody_sees_what_is_not_theirs(web: Web, tmp_path: Path) -> None:
    nina, anton = web.browser("nina"), web.browser("anton")
    assert nina.get(PATH).status_code == 403
    assert anton.get("/staff/coupons").status_code == 403 and anton.get(PATH).status_code == 200
