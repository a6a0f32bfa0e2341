"""The mail of this machine on the desk: who sees it, what a letter may do there, and that nothing breaks its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.customers import Act, Customer
from models.mailing_orders import TestMailingForm
from models.mailings import Message
from models.order_book import GivenOrder
from tasks.mailing.testing.engine import Testing
from tests.browser.local_mail import mailed
from tests.deployments.served import Web, web_of_its_own
from tests.tasks.mailing.office import Office
from tests.tasks.returns.mailed import Mailed

PATH = "/mailbox/mailings"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        yield web


@pytest.fixture(scope="module")
def office(web: Web) -> Office:
    return mailed(web)


def back(office: Office) -> list[Path]:
    return sorted((office.house.root / "letters" / "back").glob("*.eml"))


def test_only_who_may_see_customers_sees_letters(web: Web, office: Office) -> None:
    for path in (PATH, f"{PATH}/1", f"{PATH}/1/page", f"{PATH}/1/letter.eml"):
        assert web.browser("olga").get(path).status_code == 200, path
        assert {web.browser(person).get(path).status_code for person in ("marina", "nina", "anton")} == {403}, path
    assert PATH in web.browser("olga").get("/mailbox").text and PATH not in web.browser("nina").get("/mailbox").text


def test_an_address_is_looked_for_by_a_form_and_stands_in_no_address_of_a_page(web: Web, office: Office) -> None:
    olga = web.browser("olga")
    assert olga.post(PATH, {"q": " C3@example.org"}).headers["location"] == f"{PATH}?customer=3"
    assert olga.post(PATH, {"q": "", "mailing": "1"}).headers["location"] == f"{PATH}?mailing=1"
    nobody = olga.post(PATH, {"q": "nobody@example.org", "mailing": "x"})
    assert nobody.headers["location"] == PATH and "Никого с таким номером" in olga.said(nobody)
    page = olga.get(f"{PATH}?customer=3&mailing=1&page=1").text
    assert "c3@example.org" in page and "c1@example.org" not in page
    for query in ("customer=99999999999", "page=-1", "page=9999", "customer=-1", "mailing=77"):
        assert olga.get(f"{PATH}?{query}").status_code == 200, query


def test_a_letter_can_do_nothing_in_its_frame(web: Web, office: Office) -> None:
    olga = web.browser("olga")
    answer = olga.get(f"{PATH}/1/page")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy and "script-src" not in policy
    sandbox = policy.partition("sandbox ")[2]
    assert sandbox == "allow-popups allow-popups-to-escape-sandbox" and answer.headers["cache-control"] == "no-store"
    assert "img-src 'self' https://cups.example https: data:" in policy and '<base target="_blank">' in answer.text
    around = olga.get(f"{PATH}/1").headers["content-security-policy"]
    assert "frame-src 'self'" in around and "frame-ancestors 'none'" in around and "unsafe" not in around


def test_the_file_is_given_whole(web: Web, office: Office) -> None:
    answer = web.browser("olga").get(f"{PATH}/1/letter.eml")
    assert answer.headers["content-type"] == "message/rfc822" and "attachment" in answer.headers["content-disposition"]
    name = next(one.remote_id for one in office.letters(1) if one.id == 1)
    assert answer.content == (office.house.root / "letters" / name).read_bytes()


def test_one_click_is_the_publics_own(web: Web, office: Office) -> None:
    known, olga = Mailed(office.house.sessions, office.clock), web.browser("olga")
    assert "Отписано одним нажатием" in olga.said(olga.post(f"{PATH}/4/unsubscribe"))
    [line] = known.said(Act.WITHDRAWN)
    assert line.customer_id == 4 and line.proof.startswith("message 4, event one_click:")
    assert line.recorded_by == "olga", "it was not the recipient who pressed"
    assert "Ольга" in olga.get("/staff/customers/4").text.partition('id="consents')[2].partition("</section>")[0]


def test_what_comes_back_is_laid_down_once_and_read_by_a_run(web: Web, office: Office) -> None:
    olga = web.browser("olga")
    for do, words in (("hard", ""), ("soft", ""), ("spam", ""), ("reply", "Сколько стоит?")):
        fields = {"do": do, "words": words, "once": f"form {do}"}
        assert "Лежит в папке возвратов" in olga.said(olga.post(f"{PATH}/1/back", fields))
        assert "Это уже вернулось" in olga.said(olga.post(f"{PATH}/1/back", fields)), do
    assert [file.name.partition("-")[0] for file in back(office)] == ["hard", "reply", "soft", "spam"]
    assert "Выберите" in olga.said(olga.post(f"{PATH}/1/back", {"do": "../x"}))
    assert "несколько слов" in olga.said(olga.post(f"{PATH}/1/back", {"do": "reply", "words": " "}))
    for letter in ("1", "x", ""):
        answer = olga.post(f"{PATH}/read", {"letter": letter, "once": "read once"})
        assert answer.headers["location"] == (f"{PATH}/1" if letter == "1" else PATH)
    with web.house.reads() as session:
        [order] = session.execute(select(GivenOrder).where(col(GivenOrder.code) == "mail-returns")).scalars()
    assert order.by_run and order.form == {} and order.person == "olga"


def test_what_is_not_here_has_a_clear_page(web: Web, office: Office) -> None:
    olga = web.browser("olga")
    office.change(Message, col(Message.id) == 2, account="smtp")
    name = next(one.remote_id for one in office.letters(1) if one.id == 3)
    (office.house.root / "letters" / name).unlink()
    for id, status, said in (("2", 404, "не на этом компьютере"), ("3", 200, "больше нет"), ("999", 404, "№ 999 нет")):
        answer = olga.get(f"{PATH}/{id}")
        assert answer.status_code == status and said in answer.text, id
        assert [olga.get(f"{PATH}/{id}/{one}").status_code for one in ("page", "letter.eml")] == [404, 404]
        before = back(office)
        for verb in ("unsubscribe", "back"):
            answer = olga.post(f"{PATH}/{id}/{verb}", {"do": "hard"})
            assert answer.status_code in (303, 404) and back(office) == before, (id, verb)
    assert olga.get(f"{PATH}/x").status_code == olga.get(f"{PATH}/99999999999999999999").status_code == 404


def test_a_test_letter_is_looked_at_and_answered_by_nobody(web: Web, office: Office) -> None:
    form = {"mailing": 1, "to": "olga", "person": "olga", "customer": 2}
    assert Testing(office.house).send(TestMailingForm.model_validate(form), "a test").lines[0].done
    olga, path = web.browser("olga"), f"{PATH}/tests/1"
    assert path in olga.get(PATH).text
    page = olga.get(path)
    assert page.status_code == 200 and "ничего не считается" in page.text and "/unsubscribe" not in page.text
    framed = olga.get(f"{path}/page")
    assert framed.status_code == 200 and "default-src 'none'" in framed.headers["content-security-policy"]
    eml = olga.get(f"{path}/letter.eml")
    assert eml.headers["content-type"] == "message/rfc822" and b"olga@example.org" in eml.content
    for one in (path, f"{path}/page", f"{path}/letter.eml"):
        assert web.browser("marina").get(one).status_code == 403
        assert olga.get(one.replace("tests/1", "tests/999")).status_code == 404


def test_an_erased_customers_letter_is_not_shown(web: Web, office: Office) -> None:
    olga = web.browser("olga")
    name = next(one.remote_id for one in office.letters(1) if one.id == 1)
    assert name in [file.name for file in (office.house.root / "letters").iterdir()]
    assert f'"{PATH}/1"' in olga.get(PATH).text
    olga.post("/staff/customers/1/erase", {"sure": "1"})
    with web.house.reads() as session:
        assert session.get(Customer, 1) is None
    answer = olga.get(f"{PATH}/1")
    assert answer.status_code == 404 and "удалён" in answer.text and "c1@example.org" not in answer.text
    assert f'"{PATH}/1"' not in olga.get(PATH).text and olga.get(f"{PATH}/1/page").status_code == 404
    assert name not in [file.name for file in (office.house.root / "letters").iterdir()]
