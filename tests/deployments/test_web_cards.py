"""Cards and points on the desk, and the personal page: one text for every link that opens nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import Engine, select

from models.customer_groups import CustomerGroup, GroupMember
from models.customers import Customer
from models.loyalty import Card
from models.order_book import GivenOrder
from models.purchases import Receipt
from tasks.cards.page.engine import Pages
from tests.deployments.served import Web, served, web_of_its_own
from tests.fakes import NOW
from tests.tasks.redeeming.shop import offer, terms
from tests.tasks.subscribing.site import CONSENTS, MAILERS

PATH = "/staff/customers/1"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        settle(web)
        yield web


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        settle(web)
        yield web


def settle(web: Web) -> None:
    with web.house.sessions.begin() as session:
        session.add(Customer(name="Семён Ёлкин", created_at=NOW, changed_at=NOW))
        session.add(Customer(name="Ира", created_at=NOW, changed_at=NOW))
        session.flush()
        offer(session, ["ЧАЙ7", "OTHERS"], terms(title="Чай в подарок"), most=1, owners={"ЧАЙ7": 1, "OTHERS": 2})
        session.add(Receipt(key="a", customer_id=1, at=NOW, amount=100_000))


def my(web: Web, customer: int = 1) -> str:
    link = Pages(web.house).link(customer)
    assert link is not None
    return "/my/" + link.url.rpartition("/")[2]


def text(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def rows(web: Web, table: type[Any]) -> list[Any]:
    with web.house.reads() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())


# The desk.


def test_cards_and_points_are_ordered_on_the_customers_page(anywhere: Web) -> None:
    olga = anywhere.browser("olga")
    page = olga.said(olga.post(f"{PATH}/card"))
    assert "теперь с картой, № 1" in page and rows(anywhere, Card)[0].number in page
    assert "начислено баллов: 50" in olga.said(
        olga.post(f"{PATH}/points", {"what": "add", "points": "50", "why": "акт 3"})
    )
    number = rows(anywhere, Card)[0].number
    assert "Семён Ёлкин" in olga.post("/staff/customers", {"q": f"{number[0]} {number[1:7]} {number[7:]}"}).text, (
        "found by the card"
    )
    page = olga.said(olga.post(f"{PATH}/points", {"what": "take", "points": "20", "why": "ошибка кассы"}))
    assert "осталось 30" in page and "обещано компанией: +20" in text(page) and "у клиента: −20" in text(page)
    assert "Чай в подарок" in page and "ЧАЙ7" not in page, "staff never see a code whole"
    assert "новая — № 2" in olga.said(olga.post(f"{PATH}/card/1", {"what": "replace", "why": "потеряна"}))
    book = rows(anywhere, GivenOrder)
    assert [order.code for order in book] == ["issue-cards", "correct-points", "correct-points", "card"]
    assert "акт 3" not in json.dumps([order.form for order in book], ensure_ascii=False)


REFUSED = [
    ("points", {"what": "add", "points": "0", "why": "x"}, "целым числом"),
    ("points", {"what": "add", "points": "99999999", "why": "x"}, "целым числом"),
    ("points", {"what": "", "points": "5", "why": "x"}, "целым числом"),
    ("points", {"what": "add", "points": "5", "why": ""}, "Скажите, почему"),
    ("points", {"what": "take", "points": "5", "why": "x"}, "Спишите меньше"),
    ("points", {"what": "add", "points": "5", "why": "звонил Ёлкин"}, "назван клиент"),
    ("card/1", {"what": "burn"}, "Выберите, что сделать с картой"),
]


def test_what_cannot_be_is_said_and_changes_nothing(web: Web) -> None:
    olga = web.browser("olga")
    olga.post(f"{PATH}/card")
    for path, fields, said in REFUSED:
        assert said in olga.said(olga.post(f"{PATH}/{path}", fields)), said
    assert Pages(web.house).seen(1).points == 0 and [card.state for card in rows(web, Card)] == ["live"]


def test_of_whom_nobody_knows_nothing_is_ordered(web: Web) -> None:
    olga = web.browser("olga")
    for path in ("9/card", "1/card/7", "9/points", "9/link", "9/link/close"):
        assert olga.post(f"/staff/customers/{path}", {"what": "block"}).status_code == 404, path


def test_the_program_is_set_and_shown_with_what_is_owed(web: Web) -> None:
    olga = web.browser("olga")
    olga.post(f"{PATH}/card")
    assert "Программы пока нет" in olga.get("/staff/points").text
    form = {
        "per": "20",
        "worth": "0,50",
        "days": "365",
        "window": "365",
        "tiers": "Серебро: 500",
        "since": "01.11.2026",
    }
    page = olga.said(olga.post("/staff/points", form))
    assert "действует с этого момента" in page and 'value="0.50"' in page and "Серебро: 500" in page
    assert "целым числом" in olga.said(olga.post("/staff/points", form | {"days": "many"}))
    assert "долю целым числом" in olga.said(olga.post("/staff/points", form | {"share": "половина"}))
    assert 'value="30"' in olga.said(olga.post("/staff/points", form | {"share": "30 %"}))
    assert "сколько стоит балл" in olga.said(olga.post("/staff/points", form | {"share": "30", "worth": ""}))
    assert "не сумма" in olga.said(olga.post("/staff/points", form | {"per": "много"}))
    olga.post(f"{PATH}/points", {"what": "add", "points": "40", "why": "акт 3"})
    assert "20\u00a0₽" in olga.get("/staff/points").text and "Серебро" in olga.get(PATH).text


def test_a_whole_group_gets_cards_from_the_desk(web: Web) -> None:
    olga = web.browser("olga")
    with web.house.sessions.begin() as session:
        session.add(CustomerGroup(key="tea", title="Любители чая", seed="s", made_at=NOW, changed_at=NOW))
        session.flush()
        session.add_all(GroupMember(group_id=1, customer_id=id, since=NOW) for id in (1, 2))
    assert "Любители чая" in olga.get("/staff/points").text
    assert (
        "выданы 2 карты" in olga.said(olga.post("/staff/points/cards", {"group": "tea"})) and len(rows(web, Card)) == 2
    )
    assert "Клиентской группы «x» нет" in olga.said(olga.post("/staff/points/cards", {"group": "x"}))


def test_the_link_is_shown_as_a_code_that_phones_read(web: Web) -> None:
    page = web.browser("olga").post(f"{PATH}/link").text
    link = html.fromstring(page).xpath("//code/text()")[0]
    assert link.endswith(my(web)) and web.browser().get(my(web)).status_code == 200
    assert link not in web.browser("olga").get(PATH).text, "only where it was asked for"


# The personal page.


def test_the_page_shows_its_bearer_everything_in_their_language(anywhere: Web) -> None:
    anywhere.browser("olga").post(f"{PATH}/card")
    stranger = anywhere.browser()
    page = stranger.get(my(anywhere))
    said = text(page.text)
    assert "Семён Ёлкин" in said and "ЧАЙ7" in said and "OTHERS" not in page.text and "1\u00a0000\u00a0₽" in page.text
    assert "Скидка 10" in said and page.text.count("<svg") == 3
    for name, expected in {
        "referrer-policy": "no-referrer", "cache-control": "no-store", "x-personal-page": "whole",
        "x-robots-tag": "noindex, nofollow",
    }.items():  # fmt: skip
        assert page.headers[name] == expected
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "worker-src 'self'" in policy and "unsafe" not in policy
    assert "http" not in page.text.replace("http://www.w3.org/2000/svg", ""), "nothing of a third party"
    answer = stranger.post(f"{my(anywhere)}/language", {"language": "en"}, origin="null")
    assert "My card" in stranger.said(answer)


def test_who_never_got_a_letter_is_led_to_where_letters_are_asked_for(web: Web) -> None:
    reader = web.browser()
    assert "/subscribe" not in reader.get(my(web)).text, "the company takes no subscriptions"
    (web.house.root / "consents.yaml").write_text(CONSENTS)
    (web.house.root / "mailers.yaml").write_text(MAILERS)
    assert 'href="/subscribe"' in reader.get(my(web)).text


def test_what_the_phone_keeps_is_of_this_page_only(web: Web) -> None:
    web.browser("olga").post(f"{PATH}/card")
    stranger, here = web.browser(), my(web)
    told = stranger.get(f"{here}/app.webmanifest").json()
    assert (told["start_url"], told["scope"], told["id"]) == (here, here, here) and "Ёлкин" not in json.dumps(told)
    for one in told["icons"]:
        assert stranger.get(one["src"]).headers["content-type"] == "image/png"
    worker = stranger.get(f"{here}/worker.js")
    assert worker.headers["service-worker-allowed"] == here and worker.headers["content-type"].startswith(
        "text/javascript"
    )
    now = stranger.get(f"{here}/now")
    assert now.json()["print"] in stranger.get(here).text and now.headers["x-personal-page"] == "whole"
    for path in ("icon/193.png", "icon/x.png", "icon/99999999999.png", "else"):
        assert stranger.get(f"{here}/{path}").status_code == 404


def test_every_link_that_opens_nothing_is_answered_alike(web: Web) -> None:
    stranger, former = web.browser(), my(web)
    olga = web.browser("olga")
    assert "закрыты" in olga.said(olga.post(f"{PATH}/link/close", {"why": "передал другому"}))
    erased = my(web, 2)
    olga.post("/staff/customers/2/erase", {"sure": "1"})
    old = my(web)
    web.clock.at += timedelta(days=401)
    answers = [stranger.get(path) for path in (former, erased, old, former[:-2] + "-a", "/my/x", "/my/%F0%9F%98%80")]
    assert {(one.status_code, one.headers["x-personal-page"]) for one in answers} == {(404, "gone")}
    assert len({one.text for one in answers}) == 1 and "Эта ссылка не работает" in text(answers[0].text)
    assert stranger.get(f"{former}/now").headers["x-personal-page"] == "gone"
    assert stranger.get(my(web)).status_code == 200


def test_the_bearer_closes_the_page_by_a_press_and_not_by_looking(web: Web) -> None:
    stranger, here = web.browser(), my(web)
    stranger.post(f"{here}/close", {"sure": "no"})
    assert stranger.get(f"{here}/close").status_code == 405 and stranger.get(here).status_code == 200
    assert "Эта ссылка не работает" in text(stranger.said(stranger.post(f"{here}/close", {"sure": "1"})))
    assert stranger.get(my(web)).status_code == 200


def test_who_tries_many_links_is_slowed_down_and_who_holds_a_good_one_is_not(web: Web) -> None:
    stranger = web.browser()
    answers = [stranger.get(f"/my/{n:x}-0-2c0-{'a' * 24}").status_code for n in range(70)]
    assert answers[0] == 404 and answers[-1] == 429
    assert "x-personal-page" not in stranger.get("/my/x").headers, "a phone forgets nothing because somebody guesses"
    assert stranger.post("/my/x/close", {"sure": "1"}).status_code == 429
    assert stranger.get(my(web)).status_code == 200
