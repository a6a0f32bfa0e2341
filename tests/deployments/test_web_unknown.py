"""What needs a person, on the desk: all of it in one list, decided one by one or several at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import tests.deployments.served as house
from models.delivery import Delivery, State
from models.order_book import GivenOrder, RunState
from models.piece import OfferRow
from models.post import Post, Product
from models.reaction import Check, Comment, Notice, PassedOn
from models.reason import because
from tests.deployments.served import Web, web_of_its_own
from tests.fakes import NOW

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
OUTLETS = """\
outlets:
  - {key: lenina, name: Чайная на Ленина, email: lenina@example.org}
  - {key: volga, name: Чайная у Волги, phone: "+7 846 000-00-02"}
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(house, "COMPANY", house.COMPANY + OUTLETS)
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def mailing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(house, "COMPANY", house.COMPANY + OUTLETS)
    with web_of_its_own(tmp_path, mailbox=False) as web:
        yield web


def add(web: Web, *made: Any) -> None:
    with web.house.sessions.begin() as session:
        session.add_all(made)


def state(web: Web, id: int) -> str:
    with web.house.sessions() as session:
        return session.get_one(Delivery, id).state


def told(page: str) -> str:
    return " ".join(str(html.fromstring(page).xpath("string(//ul[@class='told'])")).split())


def asked(web: Web, text: str = "А без сахара есть?", hours: float = 1) -> int:
    """A publication on the wall with a question under it; returns the publication."""
    out = web.placement(Post(title="Пастила"), "wall", State.SENT, -20, url="https://vk.com/wall-1_5",
                        sent_at=NOW - 20 * HOUR, remote_id="5")  # fmt: skip
    add(web, Comment(account="wall", remote_id=f"c{out}", delivery_id=out, text=text, question=True,
                     written_at=NOW - HOUR, answer_by=NOW + timedelta(hours=hours)))  # fmt: skip
    return out


def differs(web: Web, account: str = "wall") -> None:
    out = web.placement(Post(title="Пастила"), account, State.SENT, -20, sent_at=NOW - 20 * HOUR, remote_id="5")
    finding = {
        "kind": "text",
        "reason": because("Differs {x}", code="text", x=1).model_dump(),
        "approved": "a",
        "seen": "b",
    }
    add(web, Check(delivery_id=out, seen_hash="seen", findings=[finding], found_at=NOW))


def test_everything_that_needs_a_person_stands_in_one_list_with_what_is_known(web: Web) -> None:
    web.placement(Post(title="Самовар", text="Приходите в субботу"), state=State.UNKNOWN, hours=-2,
                  first_intent_at=NOW - 2 * HOUR, attempts=2,
                  reason=because("The channel could not be asked.", code="blind").model_dump())  # fmt: skip
    web.placement(Post(title="Кружка"), state=State.REJECTED, hours=-2)
    web.placement(Post(title="Мёд"), state=State.HELD, hours=-2)
    asked(web)
    differs(web)
    web.placement(Post(title="Улун", products=(Product(id="t1", name="Улун", price=45000, currency="RUB"),)), hours=5)
    add(web, OfferRow(id="t1", name="Улун", price=48000, currency="RUB", read_at=NOW))
    page = html.fromstring(web.browser("vera").get("/staff/unknown").text)
    assert [" ".join(h.text_content().split()) for h in page.xpath("//section/h2")] == [
        "Исход неизвестен 1", "Ждут ответа 1", "Не как согласовано 1", "Отклонено каналом 1", "Придержано 1",
        "Изменились цены 1",
    ]  # fmt: skip
    main = " ".join(page.xpath("string(//main)").split())
    for words in ("Приходите в субботу", "отправлено 23 ноября, 10:00", "Попыток было: 2.", "А без сахара есть?",
                  "ответить до 23 ноября, 13:00", "480 ₽", "Канал не сказал, вышли ли они."):  # fmt: skip
        assert words in main, words


def test_a_quiet_day_says_so(web: Web) -> None:
    web.placement(Post(title="Чай"), state=State.SENT, hours=-1)
    vera = web.browser("vera")
    assert "Ничего. Всё идёт по плану." in vera.get("/staff/unknown").text
    assert "Вашего ничего не ждёт." in vera.get("/staff/unknown?mine=1").text
    assert vera.get("/staff/unknown?what=nonsense").status_code == 200


def test_a_kind_and_what_is_mine_are_shown_alone(web: Web) -> None:
    web.placement(Post(title="Чай"), state=State.HELD, hours=-1)
    web.placement(Post(title="Кофе"), state=State.MISSED, hours=-1)
    olga, gleb = web.browser("olga"), web.browser("gleb")
    page = olga.get("/staff/unknown?what=missed").text
    assert "Кофе" in page and "Чай" not in page and "?what=held" in page
    assert "Чай" in olga.get("/staff/unknown?mine=1").text
    assert "Чай" not in gleb.get("/staff/unknown?mine=1").text
    assert "Кофе" in gleb.get("/staff/unknown").text


def test_the_first_page_shows_the_top_of_the_list(web: Web) -> None:
    for n in range(12):
        web.placement(Post(title=f"Чай {n}"), state=State.HELD, hours=-1)
    web.placement(Post(title="Самовар"), state=State.UNKNOWN, hours=-1)
    page = html.fromstring(web.browser("vera").get("/staff").text)
    needs = page.xpath("//article[contains(@class, 'need')]")
    assert len(needs) == 10 and "Самовар" in needs[0].text_content()
    assert page.xpath("//a[@href='/staff/unknown']/text()")[-1] == "Все: 13"


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        pytest.param("olga", {"publish", "restore", "cancel"}, id="author"),
        pytest.param("marina", {"decide"}, id="approver"),
        pytest.param("vera", {"publish", "restore", "cancel", "decide"}, id="head"),
        pytest.param("anton", set(), id="admin"),
    ],
)
def test_buttons_are_there_for_those_who_may_press_them(web: Web, person: str, seen: set[str]) -> None:
    web.placement(Post(title="Чай"), state=State.MISSED, hours=-3)
    web.placement(Post(title="Кофе"), state=State.UNKNOWN, hours=-3)
    forms = html.fromstring(web.browser(person).get("/staff/unknown").text).xpath("//article//form/@action")
    assert {action.rpartition("/")[2] for action in forms} == seen


def test_several_are_decided_at_once_each_an_order_of_its_own(web: Web) -> None:
    doubtful = [web.placement(Post(title=f"Чай {n}"), state=State.UNKNOWN, hours=-3) for n in range(3)]
    vera = web.browser("vera")
    ticked = {"need": [f"unknown-{id}" for id in doubtful[:2]], "do": "out", "once": "x"}
    assert "Готово: 2 из 2." in told(vera.said(vera.post("/staff/unknown/decide", ticked)))
    assert [state(web, id) for id in doubtful] == [State.SENT, State.SENT, State.UNKNOWN]
    assert "Готово: 2 из 2." in told(vera.said(vera.post("/staff/unknown/decide", ticked)))
    with web.house.sessions() as session:
        assert [order.code for order in session.query(GivenOrder)] == ["unknown", "unknown"]


def test_the_buttons_of_a_kind_are_about_the_ticks_of_this_kind(web: Web) -> None:
    """Each kind is a form of its own; a changed price is published by nobody's tick."""
    offer = Product(id="t1", name="Улун", price=45000, currency="RUB")
    for n in range(2):
        web.placement(Post(title=f"Придержано {n}"), state=State.HELD, hours=-3)
        web.placement(Post(title=f"Пропущено {n}"), state=State.MISSED, hours=-3)
        web.placement(Post(title=f"Неизвестно {n}"), state=State.UNKNOWN, hours=-3)
        web.placement(Post(title=f"Улун {n}", products=(offer,)), hours=5)
    add(web, OfferRow(id="t1", name="Улун", price=48000, currency="RUB", read_at=NOW))
    vera = web.browser("vera")
    page = html.fromstring(vera.get("/staff/unknown").text)
    forms = {form.get("id"): form.get("action").rpartition("/")[2] for form in page.xpath("//form[@id]")}
    assert forms == {"several-unknown": "decide", "several-held": "order", "several-missed": "order"}
    for form in forms:
        assert len(page.xpath(f"//input[@type='checkbox'][@form='{form}']")) == 2
        assert page.xpath(f"//section[.//button[@form='{form}']]//form/@id") == [form]
    assert len(page.xpath("//input[@type='checkbox'][@name='need']")) == 6
    prices = {"do": "publish", "need": [f"price-{id}" for id in (4, 8)]}
    assert "Ничего не отмечено" in told(vera.said(vera.post("/staff/unknown/order", prices)))


def test_of_several_those_that_could_not_be_done_say_why(web: Web) -> None:
    held = [web.placement(Post(title=f"Чай {n}"), state=State.HELD, hours=-3) for n in range(2)]
    out = web.placement(Post(title="Кофе"), state=State.SENT, hours=-3)
    vera = web.browser("vera")
    ticked = {"need": [f"held-{id}" for id in (*held, out)], "do": "cancel", "why": "поздно"}
    said = told(vera.said(vera.post("/staff/unknown/order", ticked)))
    assert "Готово: 2 из 3." in said and "«Кофе»" in said
    assert state(web, out) == State.SENT


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("decide", {"do": "out"}, "Ничего не отмечено"),
        ("decide", {"do": "nonsense", "need": "unknown-1"}, "Выберите, что сделать"),
        ("decide", {"do": "out", "need": ["held-1", "unknown-x", "unknown-999999999999"]}, "Ничего не отмечено"),
        ("decide", {"do": "out", "need": "unknown-¹"}, "Ничего не отмечено"),
        ("order", {"need": "held-1"}, "Выберите, что сделать"),
        ("order", {"do": "cancel", "need": "unknown-1"}, "Ничего не отмечено"),
        ("difference/1", {"answer": "burn"}, "Выберите, что сделать"),
        ("question/1/answered", {}, "Выберите, что сделать"),
        ("question/1/pass-on", {"to": ""}, "Выберите, кому передать"),
    ],
)  # fmt: skip
def test_what_was_not_said_changes_nothing(web: Web, path: str, fields: dict[str, Any], said: str) -> None:
    id = web.placement(Post(title="Чай"), state=State.UNKNOWN, hours=-3)
    vera = web.browser("vera")
    assert said in told(vera.said(vera.post(f"/staff/unknown/{path}", fields)))
    assert state(web, id) == State.UNKNOWN


def test_a_difference_is_accepted_or_taken_down_at_once(web: Web) -> None:
    differs(web)
    differs(web)
    gleb, olga = web.browser("gleb"), web.browser("olga")
    assert olga.post("/staff/unknown/difference/1", {"answer": "accept"}).status_code == 403
    assert "принято как есть" in told(gleb.said(gleb.post("/staff/unknown/difference/1", {"answer": "accept"})))
    assert "решение уже принято" in told(gleb.said(gleb.post("/staff/unknown/difference/1", {"answer": "accept"})))
    assert "снимут" in told(gleb.said(gleb.post("/staff/unknown/difference/2", {"answer": "take_down"})))
    with web.house.sessions() as session:
        assert [check.state for check in session.query(Check)] == ["accept", "take_down"]
        assert session.query(Delivery).filter_by(verb="delete", state="planned").count() == 1


def test_what_is_restored_is_looked_at_first_which_only_a_run_can_do(web: Web) -> None:
    differs(web)
    gleb = web.browser("gleb")
    assert "Передано" in told(gleb.said(gleb.post("/staff/unknown/difference/1", {"answer": "restore"})))
    with web.house.sessions() as session:
        [order] = session.query(GivenOrder)
        assert (order.by_run, order.run_state) == (True, RunState.WANTED)
        assert order.form == {"check": 1, "answer": "restore as approved", "person": "gleb"}
        assert session.get_one(Check, 1).state == "open"


def test_a_channel_that_cannot_be_corrected_offers_no_button_that_would_not_work(web: Web) -> None:
    differs(web, "gone")
    page = html.fromstring(web.browser("gleb").get("/staff/unknown").text)
    assert page.xpath("//button[@name='answer']/@value") == ["accept"]
    gleb = web.browser("gleb")
    assert "закрыт" in told(gleb.said(gleb.post("/staff/unknown/difference/1", {"answer": "restore"})))


def test_a_question_goes_to_an_outlet_and_stays_until_it_is_answered(mailing: Web) -> None:
    asked(mailing)
    olga = mailing.browser("olga")
    page = html.fromstring(olga.get("/staff/unknown").text)
    assert page.xpath("//select[@name='to']//option/@value")[1:3] == ["outlet:lenina", "outlet:volga"]
    olga.post("/staff/unknown/question/1/pass-on", {"to": "outlet:lenina", "note": "Гляньте на полке"})
    shown = olga.get("/staff/unknown").text
    assert "Передано: Чайная на Ленина — Ольга" in shown and "Гляньте на полке" in shown
    with mailing.house.sessions() as session:
        assert [notice.address for notice in session.query(Notice)] == ["lenina@example.org"]
    assert "записано, что на него ответили" in told(
        olga.said(olga.post("/staff/unknown/question/1/answered", {"answer": "answered"}))
    )
    assert "А без сахара" not in olga.get("/staff/unknown").text


def test_an_outlet_without_mail_is_to_be_called(web: Web) -> None:
    asked(web)
    olga = web.browser("olga")
    said = told(olga.said(olga.post("/staff/unknown/question/1/pass-on", {"to": "outlet:volga"})))
    assert "позвоните: +7 846 000-00-02" in said
    assert "позвоните: +7 846 000-00-02" in olga.get("/staff/unknown").text
    with web.house.sessions() as session:
        assert session.query(Notice).count() == 0 and session.query(PassedOn).one().written is False


def test_nothing_that_people_wrote_runs_in_the_list(web: Web) -> None:
    asked(web, EVIL)
    for what in (State.UNKNOWN, State.HELD, State.REJECTED):
        web.placement(Post(title=EVIL, text=EVIL), state=what, hours=-1, url="javascript:alert(1)",
                      reason=because(EVIL).model_dump())  # fmt: skip
    vera = web.browser("vera")
    vera.post("/staff/unknown/question/1/pass-on", {"to": "outlet:volga", "note": EVIL})
    vera.post("/staff/stop", {"scope": "all", "why": EVIL})
    for path in ("/staff", "/staff/unknown", "/staff/stop", "/staff/stop/1/release", "/staff/stop/look?scope=all"):
        answer = vera.get(path)
        tree = html.fromstring(answer.text or "<p>")
        assert answer.status_code == 200, path
        assert not tree.xpath("//script[not(starts-with(@src, '/static/'))]|//@onerror|//@onload"), path
        assert not tree.xpath("//*[starts-with(@href, 'javascript') or starts-with(@src, 'x')]"), path
