"""The coupon of a letter on the web: by its token and nothing else, without the code in any address."""

from collections.abc import Iterator

import pytest
from lxml import html
from sqlalchemy import select, update
from sqlmodel import col

from models.mailings import MailEvent, Mailing, MailingVersion
from models.redemptions import Coupon, CouponBatch, OfferRow, OfferStage
from tasks.mailing.coupons.tokens import NOBODY, token_of
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.tasks.codes.decoders import by_zxing
from tests.tasks.redeeming import shop
from tests.tasks.returns.mailed import Mailed

SCANNER = {"user-agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        mailed = Mailed(web.house.sessions, web.clock)
        mailed.customers(2)
        mailed.mailing()
        with web.house.sessions.begin() as session:
            rules = shop.terms(limits={"per_code": 1})
            shop.offer(session, ["K7WM42XQ23", "SECOND2345"], rules, owners={"K7WM42XQ23": 1, "SECOND2345": 2})
            session.execute(update(CouponBatch).values(kind="unique"))
            session.execute(update(Mailing).values(offer="tea"))
            session.execute(update(MailingVersion).values(document={"language": "ru"}))
        yield web


@pytest.fixture
def reader(web: Web) -> Browser:
    return web.browser()


def letter(web: Web, customer: int, **more: str) -> str:
    """A letter to this customer, by the token of its coupon."""
    id = Mailed(web.house.sessions, web.clock).letter(customer, occasion=more.pop("occasion", str(customer)), **more)  # type: ignore[arg-type]
    return token_of(web.house.printed, id)


def test_the_page_shows_the_code_and_its_picture_reads_back(web: Web, reader: Browser) -> None:
    token = letter(web, 1, occasion="page")
    page = reader.get(f"/q/{token}")
    assert page.status_code == 200 and "K7WM42XQ23" in page.text and "10\u00a0%" in page.text
    assert "no-store" in page.headers["cache-control"] and 'name="robots" content="noindex"' in page.text
    picture = reader.get(f"/q/{token}.png")
    assert picture.headers["content-type"] == "image/png" and "no-store" in picture.headers["cache-control"]
    assert by_zxing(picture.content) == [("qr", "K7WM42XQ23")]
    assert "K7WM42XQ23" not in page.url.path + "".join(str(one.url) for one in (picture, *picture.history))


def test_a_look_is_an_opening_of_the_letter_and_machines_are_apart(web: Web, reader: Browser) -> None:
    seen, scanned = letter(web, 1, occasion="seen"), letter(web, 2, occasion="scanned")
    reader.get(f"/q/{seen}.png")
    web.browser(**SCANNER).get(f"/q/{scanned}.png")
    reader.http.head(f"/q/{scanned}")
    reader.get(f"/q/{scanned}", **{"sec-purpose": "prefetch"})
    web.app.state.premises.looks.flush()
    with web.house.sessions() as session:
        found = session.execute(select(MailEvent).order_by(col(MailEvent.id).desc()).limit(2)).scalars().all()
    assert sorted((one.what, one.robot) for one in found) == [("opened", False), ("opened", True)]


def test_a_test_has_a_coupon_that_says_so(reader: Browser, web: Web) -> None:
    token = token_of(web.house.printed, NOBODY)
    assert "ТЕСТ" in reader.get(f"/q/{token}").text
    assert by_zxing(reader.get(f"/q/{token}.png").content) == [("qr", "0000TEST0000")]


def test_no_forged_token_and_no_letter_that_never_went_shows_anything(web: Web, reader: Browser) -> None:
    token = letter(web, 1, occasion="good")
    held = letter(web, 1, occasion="held", state="held")
    other = token[:-1] + ("a" if token[-1] != "a" else "b")
    for name in (held, other, token.upper(), "1", "K7WM42XQ23", f"{other}.png", f"{held}.png"):
        answer = reader.get(f"/q/{name}")
        assert answer.status_code == 404 and "K7WM42XQ23" not in answer.text.replace(name, "")


def test_the_offer_is_chosen_where_recipients_are(web: Web) -> None:
    page = html.fromstring(web.browser("olga").get("/staff/mailings/1/recipients").text)
    chosen = page.xpath("//select[@name='offer']/option[@selected]")
    assert [(one.get("value"), one.text) for one in chosen] == [("tea", "Tea")]


def test_a_coupon_that_works_no_more_shows_no_code(web: Web, reader: Browser) -> None:
    token = letter(web, 2, occasion="over")
    with web.house.sessions.begin() as session:
        session.execute(update(Coupon).where(col(Coupon.customer_id) == 2).values(used=1))
    page = reader.get(f"/q/{token}")
    assert "больше не действует" in page.text and "SECOND2345" not in page.text
    assert reader.get(f"/q/{token}.png").status_code == 404
    with web.house.sessions.begin() as session:
        session.execute(update(Coupon).where(col(Coupon.customer_id) == 2).values(used=0))
        session.execute(update(OfferRow).values(stage=OfferStage.STOPPED))
    assert "SECOND2345" not in reader.get(f"/q/{token}").text
