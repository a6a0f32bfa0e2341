"""People outside the company: a link, what it opens, what comes back, how it ends."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from models.approval import Approval
from models.delivery import Delivery, State
from models.order_book import GivenOrder
from models.post import Post
from models.reaction import Notice
from models.review import ReviewLink
from tests.deployments.served import Browser, Web, web_of_its_own


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path, mailbox=False) as web:
        yield web


def link_of(browser: Browser, **fields: str) -> str:
    """The path of a new link."""
    answer = browser.post("/staff/review", {"name": "Лена, юрист", "days": "3"} | fields)
    assert answer.status_code == 200, answer.headers.get("location")
    address = html.fromstring(answer.text).xpath("string(//input[@id='link']/@value)")
    return "/review/" + address.rpartition("/")[2]


def said(web: Web) -> list[tuple[str, str, str]]:
    with web.house.sessions() as session:
        return [(one.step, one.decision, one.reason) for one in session.query(Approval)]


def fields_of(page: str, answer: str, words: str = "") -> dict[str, str]:
    tree = html.fromstring(page)
    rows = [name.partition("-")[2] for name in tree.xpath("//input[starts-with(@name,'version-')]/@name")]
    shown = {f"version-{n}": tree.xpath(f"string(//input[@name='version-{n}']/@value)") for n in rows}
    return shown | {f"answer-{n}": answer for n in rows} | {f"words-{n}": words for n in rows}


def test_somebody_outside_looks_and_says_what_they_think(web: Web) -> None:
    id = web.request([Post(title="Чай", text="текст"), Post(title="Кофе", text="кофе")])
    olga = web.browser("olga")
    path = link_of(olga, question=str(id))
    outside = web.browser().at_the_door(path)
    page = outside.get(path)
    assert page.status_code == 200 and page.text.count('class="look messenger"') == 2
    assert not html.fromstring(page.text).xpath("//nav//a"), "nothing of the desk"
    form = fields_of(page.text, "no", "нет оговорки о скидке")
    assert "Спасибо" in outside.said(outside.post(path, form))
    assert [one[1:] for one in said(web)] == [("returned", "нет оговорки о скидке")] * 2
    for address in (f"/approval/{id}", "/staff/proof/1"):
        shown = web.browser("marina").get(address).text
        assert "нет оговорки о скидке" in shown and "Лена, юрист" in shown, address
    with web.house.sessions() as session:
        assert [notice.person for notice in session.query(Notice)] == ["olga"]
        assert {row.state for row in session.query(Delivery).where(Delivery.kind == "placement")} == {State.PLANNED}  # type: ignore[arg-type]


def test_an_answer_may_come_in_parts_and_keeps_what_was_typed(web: Web) -> None:
    id = web.request([Post(title="Чай", text="текст"), Post(title="Кофе", text="кофе")])
    path = link_of(web.browser("olga"), question=str(id))
    outside = web.browser().at_the_door(path)
    form = fields_of(outside.get(path).text, "yes", "Хорошо")
    first = {name: value for name, value in form.items() if name.endswith("-1")}
    wordless = first | {"answer-1": "no", "words-1": "", "answer-2": "no", "words-2": "почти, но",
                        "version-2": form["version-2"]}  # fmt: skip
    refused = outside.post(path, wordless)
    assert refused.status_code == 400 and "почему «нет»" in refused.text and "почти, но" in refused.text
    assert outside.post(path, {}).status_code == 400 and said(web) == []
    page = outside.said(outside.post(path, first))
    assert "Вы ответили «да»" in page and page.count("Можно публиковать") == 1


def test_only_what_was_shown_is_judged(web: Web) -> None:
    web.placement(Post(title="Чай", text="текст"), approved_hash="")
    path = link_of(web.browser("olga"), version="1")
    outside = web.browser().at_the_door(path)
    form = fields_of(outside.get(path).text, "yes")
    assert outside.post(path, form | {"version-1": "another"}).status_code == 400 and said(web) == []
    with web.house.sessions.begin() as session:
        session.get_one(Delivery, 1).content_hash = "newer"
    page = outside.get(path).text
    assert "эту версию изменили" in page and "answer-1" not in page


def _revoke(web: Web, path: str) -> str:
    web.browser("olga").post("/staff/review/1/revoke")
    return path


def _answer(web: Web, path: str) -> str:
    outside = web.browser().at_the_door(path)
    outside.post(path, fields_of(outside.get(path).text, "yes"))
    return path


def _wait(web: Web, path: str) -> str:
    web.clock.at += timedelta(days=3)
    return path


@pytest.mark.parametrize(
    "ending", [_revoke, _answer, _wait, lambda web, path: "/review/no-such-token", lambda web, path: path[:-1]],
    ids=["revoked", "used up", "too old", "unknown", "cut"],
)  # fmt: skip
def test_a_link_that_is_over_says_the_same_whatever_ended_it(web: Web, ending: object) -> None:
    web.placement(Post(title="Чай", text="тайный текст"), approved_hash="")
    path = link_of(web.browser("olga"), version="1")
    assert callable(ending)
    path, outside, before = ending(web, path), web.browser(), len(said(web))
    answer = outside.get(path)
    assert answer.status_code == 410 and "тайный" not in answer.text
    body = html.fromstring(answer.text).xpath("normalize-space(string(//main))")
    assert body == (
        "Ссылка больше не действует Она устарела, по ней уже ответили, её отозвали — или скопировали не целиком. "
        "Попросите новую у того, кто её прислал."
    )
    outside.at_the_door("/sign-in")
    assert outside.post(path, {"answer-1": "yes"}).status_code == 410 and len(said(web)) == before


def test_the_page_is_kept_nowhere_and_its_form_is_of_this_browser(web: Web) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    path = link_of(web.browser("olga"), version="1")
    outside = web.browser().at_the_door(path)
    headers = outside.get(path).headers
    assert headers["cache-control"] == "no-store" and "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "same-origin"
    form = fields_of(outside.get(path).text, "yes")
    assert outside.post(path, form | {"csrf": "forged"}).status_code == 403
    assert outside.post(path, form, origin="https://evil.example").status_code == 403 and said(web) == []


def test_the_link_is_in_no_log_no_order_and_no_address_of_another_page(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    web.placement(Post(title="Чай"), approved_hash="")
    path = link_of(web.browser("olga"), version="1", once="one form")
    token = path.rpartition("/")[2]
    _answer(web, path)
    with web.house.sessions() as session:
        kept = " ".join(str((order.form, order.said)) for order in session.query(GivenOrder))
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("otdel"))
    assert token not in kept and token not in ours and "/review/{token}" in ours


def test_the_same_form_twice_makes_one_link_and_shows_it_once(web: Web) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    olga = web.browser("olga")
    link_of(olga, version="1", once="the same")
    again = olga.post("/staff/review", {"version": "1", "name": "Лена, юрист", "days": "3", "once": "the same"})
    assert "была показана один раз" in olga.said(again)


def test_where_there_is_mail_the_letter_carries_the_link_and_the_page_does_not(mailing: Web) -> None:
    mailing.placement(Post(title="Чай"), approved_hash="")
    olga = mailing.browser("olga")
    answer = olga.post(
        "/staff/review", {"version": "1", "name": "Лена", "email": "lena@law.example", "next": "/staff/proof/1"}
    )
    page = olga.said(answer)
    with mailing.house.sessions() as session:
        [letter] = session.query(Notice)
        assert letter.address == "lena@law.example" and letter.link not in page
        assert "lena@law.example" not in str([order.form for order in session.query(GivenOrder)])
    assert "lena@law.example" in page and answer.headers["location"] == "/staff/proof/1"


def test_a_corrected_address_is_another_form_and_the_same_one_sends_no_second_letter(mailing: Web) -> None:
    mailing.placement(Post(title="Чай"), approved_hash="")
    olga, form = mailing.browser("olga"), {"version": "1", "name": "Лена", "once": "a form", "next": "/staff/proof/1"}
    for address in ("lnea@law.example", "lena@law.example"):
        assert "ушла на адрес" not in olga.said(olga.post("/staff/review", form | {"email": address}))
    assert "ушла на адрес lena@law.example" in olga.said(olga.post("/staff/review", form | {"email": address}))
    with mailing.house.sessions() as session:
        assert [letter.address for letter in session.query(Notice)] == ["lnea@law.example", "lena@law.example"]
        assert "law.example" not in str([order.form for order in session.query(GivenOrder)])


@pytest.mark.parametrize(("days", "lasts"), [("45", 30), ("30", 30), ("7", 7), ("0", 3), ("x", 3)])
def test_a_link_is_good_for_so_many_days_as_a_link_may_be(web: Web, days: str, lasts: int) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    link_of(web.browser("olga"), version="1", days=days)
    with web.house.sessions() as session:
        [link] = session.query(ReviewLink)
        assert link.expires_at - link.made_at == timedelta(days=lasts)


@pytest.mark.parametrize(("person", "may"), [("olga", True), ("marina", True), ("vera", True), ("gleb", False)])
def test_who_may_let_somebody_outside_look(web: Web, person: str, may: bool) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    browser = web.browser(person)
    assert ("/staff/review" in browser.get("/staff/proof/1").text) is may
    assert browser.post("/staff/review", {"version": "1", "name": "Лена"}).status_code == (200 if may else 403)


def test_a_link_is_revoked_by_a_button(web: Web) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    marina = web.browser("marina")
    path = link_of(web.browser("olga"), version="1")
    page = marina.said(marina.post("/staff/review/1/revoke", {"next": "/staff/proof/1"}))
    assert "отозвано: Марина" in page and web.browser().get(path).status_code == 410
    assert "уже не действует" in marina.said(marina.post("/staff/review/1/revoke", {"next": "/staff/proof/1"}))
