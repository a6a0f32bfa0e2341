"""An invitation is answered on the page of its coupon, from the letter and from the personal page, by a button only."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select, update
from sqlmodel import col

from models.mailings import Mailing, MailingVersion
from models.offers import Invitation, Sitting
from models.redemptions import CouponBatch, Limit, OfferCounter, OfferRow, OfferStage
from tests.deployments.served import COMPANY, Browser, Web, web_of_its_own
from tests.deployments.test_web_cards import my
from tests.deployments.test_web_coupon_letters import letter
from tests.fakes import NOW
from tests.tasks.cashier_page.counter import OUTLETS
from tests.tasks.redeeming import shop
from tests.tasks.returns.mailed import Mailed

SEVEN = (NOW + timedelta(days=2)).replace(tzinfo=None, hour=19)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        mailed = Mailed(web.house.sessions, web.clock)
        mailed.customers(2)
        mailed.mailing()
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        sittings = tuple(Sitting(outlet=outlet, at=SEVEN, seats=2) for outlet in ("boulevard", "east"))
        with web.house.sessions.begin() as session:
            party = shop.terms(Invitation(sittings=sittings, guests=2), title="Tasting", limits={"per_code": 1})
            shop.offer(session, ["K7WM42XQ23", "SECOND2345"], party, owners={"K7WM42XQ23": 1, "SECOND2345": 2})
            session.execute(update(CouponBatch).values(kind="unique"))
            session.execute(update(Mailing).values(offer="tea"))
            session.execute(update(MailingVersion).values(document={"language": "ru"}))
        yield web


@pytest.fixture
def reader(web: Web) -> Browser:
    return web.browser(**{"accept-language": "ru"})


def said(page: str) -> str:
    return " ".join(html.fromstring(page).xpath("//main")[0].text_content().split())


def held(web: Web) -> list[int]:
    seats = select(col(OfferCounter.held)).where(col(OfferCounter.kind) == Limit.SEATS)
    with web.house.reads() as session:
        return list(session.execute(seats.order_by(col(OfferCounter.scope))).scalars())


def sittings(page: str) -> list[str]:
    return sorted({one.get("value") for one in html.fromstring(page).xpath("//input[@name='sitting']")})


def test_an_invitation_is_answered_from_the_letter_and_from_the_personal_page(web: Web, reader: Browser) -> None:
    token, page = letter(web, 1, occasion="invited"), my(web)
    at = f"/q/{token}"
    reader.get(f"{at}?do=come&guests=2")
    assert reader.get(f"{at}/answer").status_code == 405 and held(web) == [], "who looks answers nothing"
    first, second = sittings(reader.get(at).text)
    came = reader.http.post(f"{at}/answer", data={"do": "come", "sitting": first, "guests": "2"})
    assert (came.status_code, came.headers["location"], held(web)) == (303, at, [2])
    assert "Ждём вас" in said(reader.get(at).text) and "2 гостя" in said(reader.get(at).text)
    assert "кроме ваших, мест нет" in said(reader.get(at).text)
    other = letter(web, 2, occasion="invited")
    full = reader.http.post(f"/q/{other}/answer", data={"do": "come", "sitting": first, "guests": "1"})
    assert full.status_code == 409 and "столько мест уже нет" in said(full.text) and "мест нет" in said(full.text)
    form = html.fromstring(reader.get(page).text).xpath("//form[.//input[@name='sitting']]")[0]
    coupon = form.xpath(".//input[@name='coupon']/@value")[0]
    fields = {"do": "come", "coupon": coupon, "guests": "1"}
    moved = reader.http.post(form.get("action"), data=fields | {"sitting": second})
    assert moved.status_code == 303 and held(web) == [0, 1]
    wrong = reader.http.post(f"{page}/answer", data=fields)
    assert wrong.status_code == 409 and said(wrong.text).count("Выберите время") == 1
    english = web.browser(**{"accept-language": "en"}).get(page).text
    assert "We expect you" in english and "1 guest." in english
    assert reader.http.post(f"{page}/answer", data={"do": "cannot", "coupon": coupon}).status_code == 303
    assert held(web) == [0, 0] and "Ждём вас" not in reader.get(at).text


def test_nobody_answers_for_another(web: Web, reader: Browser) -> None:
    theirs = html.fromstring(reader.get(my(web, 2)).text).xpath("//input[@name='coupon']/@value")[0]
    first = sittings(reader.get(my(web)).text)[0]
    fields = {"do": "come", "coupon": theirs, "sitting": first, "guests": "1"}
    other = reader.http.post(f"{my(web)}/answer", data=fields)
    assert other.status_code == 409 and said(other.text).count("Ваш ответ не принят") == 1, "no coupon to say it at"
    for number in ("²", "x", "9" * 18, ""):
        assert reader.http.post(f"{my(web)}/answer", data=fields | {"coupon": number}).status_code in (400, 409)
    forged = letter(web, 1, occasion="forged")[:-1] + "1"
    assert reader.http.post(f"/q/{forged}/answer", data=fields).status_code == 404
    assert reader.http.post(f"/q/{letter(web, 1, occasion='x')}/answer", data={"do": "dance"}).status_code == 400
    assert not any(held(web))


def test_a_stopped_invitation_says_so_on_the_letters_page(web: Web, reader: Browser) -> None:
    token = letter(web, 1, occasion="stopped")
    with web.house.sessions.begin() as session:
        session.execute(update(OfferRow).values(stage=OfferStage.STOPPED))
    page = said(reader.get(f"/q/{token}").text)
    assert "Это приглашение отменено" in page and "K7WM42XQ23" not in page


def test_whoever_had_answered_reads_of_the_stop_on_the_personal_page(web: Web, reader: Browser) -> None:
    with web.house.sessions.begin() as session:
        session.execute(update(OfferRow).values(stage=OfferStage.OPEN))
    first = sittings(reader.get(my(web)).text)[0]
    reader.http.post(
        f"/q/{letter(web, 1, occasion='again')}/answer", data={"do": "come", "sitting": first, "guests": "1"}
    )
    with web.house.sessions.begin() as session:
        session.execute(update(OfferRow).values(stage=OfferStage.STOPPED))
    assert "«Tasting» отменено: по этому приглашению никого не пустят" in said(reader.get(my(web)).text)
    assert "отменено" not in said(reader.get(my(web, 2)).text)
