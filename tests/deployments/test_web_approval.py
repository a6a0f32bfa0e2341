"""Approval on the desk: the week as a table, one piece in all its channels, asking, «срочно»."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from models.approval import Approval, Asking, Decision, Request, Step
from models.delivery import Delivery, State
from models.order_book import GivenOrder
from models.piece import Rendition
from models.post import Post
from models.reaction import Notice
from tasks.approval import rows as approval
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.fakes import NOW, delivery
from tests.verdicts import give

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


def posts(number: int) -> list[Post]:
    return [Post(title=f"Чай {n}", text=f"текст {n}, 450 ₽") for n in range(number)]


def main(page: str) -> str:
    return str(html.fromstring(page).xpath("normalize-space(string(//main))"))


def other_channel(web: Web, piece: int, account: str, text: str) -> int:
    """A version of a piece for another channel, waiting too; returns the rendition's id."""
    with web.house.sessions.begin() as session:
        post = Post(title="Чай", text=text)
        made = Rendition(piece_id=piece, version_id=1, account=account, post=post.model_dump(mode="json"),
                         content_hash=post.content_hash(), made_at=NOW)  # fmt: skip
        session.add(made)
        session.flush()
        session.add(delivery(f"placement:{piece}:{account}", at=NOW + timedelta(hours=2), account=account,
                             subject_id=str(piece), content_id=made.id, content_hash=made.content_hash,
                             approved_hash=""))  # fmt: skip
        return made.id or 0


def policy(web: Web, more: str) -> None:
    path = web.house.root / "company.yaml"
    path.write_text(path.read_text().replace("{approver: marina}", f"{{approver: marina, {more}}}"))


def row(web: Web, id: int) -> Delivery:
    with web.house.sessions() as session:
        return session.get_one(Delivery, id)


# The week.


def test_a_week_is_a_table_whose_proofs_are_fetched_one_by_one(web: Web) -> None:
    id = web.request(posts(3))
    other_channel(web, 1, "wall", "на стене")
    second = web.request([Post(title="Кофе", text="кофе")])
    marina = web.browser("marina")
    tree = html.fromstring(marina.get(f"/approval/{id}").text)
    assert len(tree.xpath("//table[contains(@class,'versions')]/tbody/tr[@id]")) == 3
    assert tree.xpath("//div[contains(@class,'look')]") == []
    [_, address, _] = tree.xpath("//details/@hx-get")
    assert tree.xpath("//table//details//a/@href")[1].startswith("/staff/proof/"), "without JavaScript there is a link"
    fragment = marina.get(address)
    assert "<html" not in fragment.text and 'class="look messenger"' in fragment.text
    assert marina.get(address.replace(f"/{id}/", f"/{second}/")).status_code == 404, "a row of another question"


def test_a_large_week_stays_small_enough_for_a_phone(web: Web) -> None:
    id = web.request([Post(title=f"Чай {n}", text="слово " * 200) for n in range(120)])
    page = web.browser("marina").get(f"/approval/{id}")
    assert len(page.content) < 120 * 2000 + 20_000, len(page.content)


def test_the_table_says_what_is_new_and_what_was_changed(web: Web) -> None:
    web.placement(Post(title="Чай", text="430 ₽"), approved_hash="")
    with web.house.sessions.begin() as session:
        give(session, web.clock, "1:tg", row(web, 1).content_hash, Decision.APPROVED, "marina", proven=True)
        newer = Post(title="Чай", text="450 ₽")
        made = Rendition(piece_id=1, version_id=2, account="tg", post=newer.model_dump(mode="json"),
                         content_hash=newer.content_hash(), made_at=NOW)  # fmt: skip
        session.add(made)
        session.flush()
        placed = session.get_one(Delivery, 1)
        placed.content_id, placed.content_hash, placed.approved_hash = made.id or 0, made.content_hash, ""
    id = web.request([Post(title="Кофе", text="кофе")])
    marina = web.browser("marina")
    page = main(marina.get(f"/approval/{id}").text)
    assert "изменено" in page and "впервые" in page
    fragment = html.fromstring(marina.get(f"/approval/{id}/row/1").text)
    assert (fragment.xpath("string(//del)"), fragment.xpath("string(//ins)")) == ("430", "450")


def test_the_last_reasons_are_offered_again(web: Web) -> None:
    first, marina = web.request(posts(2)), web.browser("marina")
    marina.post(f"/approval/{first}", {"do": "return:1", "reason-1": EVIL})
    tree = html.fromstring(marina.get(f"/approval/{first}").text)
    assert tree.xpath("//datalist[@id='reasons']/option/@value") == [EVIL]
    assert set(tree.xpath("//input[starts-with(@name,'reason')]/@list")) == {"reasons"}


def test_the_list_has_mine_first_and_who_decided_lately(web: Web) -> None:
    web.request(posts(1))
    second = web.request([Post(title="Кофе", text="кофе")])
    with web.house.sessions.begin() as session:
        session.get_one(Request, second).asked_of = "pavel"
    marina, pavel = web.browser("marina"), web.browser("pavel")
    assert html.fromstring(pavel.get("/approval").text).xpath("//article//h3/a/@href")[0] == f"/approval/{second}"
    marina.post("/approval/1", {"do": "return:1", "reason-1": "нет цены"})
    page = main(marina.get("/approval").text)
    assert "нет цены" in page and "Марина" in page and "возвращено" in page


def test_a_deputy_is_named_wherever_the_question_is(web: Web) -> None:
    id = web.request(posts(1))
    path = web.house.root / "company.yaml"
    path.write_text(path.read_text() + "absences:\n  - {person: marina, from: 2026-11-20, to: 2026-11-28}\n")
    pavel = web.browser("pavel")
    for address in ("/approval", f"/approval/{id}", "/staff"):
        assert "Марина отсутствует до 28 ноября 2026, решает Павел." in main(pavel.get(address).text), address
    assert "Решение просят у вас." in pavel.get("/approval").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"do": ""}, "Нажмите нужную кнопку", id="Enter"),
        pytest.param({"do": "approve:1", "back": "1"}, "«Чай 0» пока не согласовано", id="ticked to go back"),
        pytest.param({"do": "approve:2"}, "«Чай 1» пока не согласовано", id="a reason to go back"),
        pytest.param({"do": "rest", "back": ["1"]}, "Напишите, почему", id="no reason"),
    ],
)
def test_what_is_unclear_decides_nothing_and_keeps_what_was_typed(web: Web, fields: dict[str, str], words: str) -> None:
    id = web.request(posts(2))
    answer = web.browser("marina").post(f"/approval/{id}", fields | {"reason-2": EVIL})
    tree = html.fromstring(answer.text)
    assert answer.status_code == 422 and words in tree.xpath("string(//ul[@class='told'])")
    assert tree.xpath("string(//input[@name='reason-2']/@value)") == EVIL
    wanted = ["1"] if "back" in fields else ["2"] if "approve" in fields["do"] else []
    assert tree.xpath("//input[@name='back'][@checked]/@value") == wanted
    assert [row(web, id).approved_hash for id in (1, 2)] == ["", ""]


@pytest.mark.parametrize("do", ["", "approve", "nonsense"])
def test_a_reason_to_send_one_version_back_neither_approves_nor_is_lost(web: Web, do: str) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    answer = web.browser("marina").post("/staff/proof/1", {"do": do, "reason": "нет цены"})
    assert answer.status_code == 422 and '<li class="note">' in answer.text
    assert html.fromstring(answer.text).xpath("string(//input[@name='reason']/@value)") == "нет цены"
    assert row(web, 1).approved_hash == "" and row(web, 1).state == State.PLANNED


# One piece.


def test_all_channels_of_a_piece_are_decided_at_once(web: Web) -> None:
    web.placement(Post(title="Чай"), "tg", approved_hash="")
    wall = other_channel(web, 1, "wall", "на стене")
    marina = web.browser("marina")
    tree = html.fromstring(marina.get("/staff/proof/1").text)
    shown = tree.xpath("//form[@action='/staff/proof/1']//input[@name='version']/@value")
    assert len(shown) == 2 and "approve:all" in tree.xpath("//button[@name='do']/@value")
    other_channel(web, 1, "site", "появилась позже")
    assert "Согласовано: 2." in marina.said(marina.post("/staff/proof/1", {"do": "approve:all", "version": shown}))
    assert [row(web, id).approved_hash != "" for id in (1, 2, 3)] == [True, True, False], "what was not shown waits"
    assert "Напишите, почему" in marina.post(f"/staff/proof/{wall + 1}", {"do": "return:all"}).text


# Asking.


def ask(browser: Browser, **fields: str) -> str:
    return main(browser.said(browser.post("/approval", {"days": "7"} | fields)))


def test_somebody_asks_for_approval_of_the_week_and_of_one_piece(web: Web) -> None:
    for post in posts(2):
        web.placement(post, approved_hash="")
    olga = web.browser("olga")
    assert "решает Марина" in ask(olga, piece="1", once="a")
    assert "решает Марина" in ask(olga, piece="1", once="a"), "the same form again"
    assert "Обо всём, что ждёт, уже спрошено: решает Марина (вопрос 1)" in ask(olga, piece="1", once="b")
    assert "решает Марина" in ask(olga, once="c")
    with web.house.sessions() as session:
        assert [len(approval.rows_of(session, id)) for id in (1, 2)] == [1, 1]
        assert [notice.person for notice in session.query(Notice)] == ["marina", "marina"]
        assert [order.code for order in session.query(GivenOrder)] == ["approval"] * 3


def test_a_form_that_is_filled_in_anew_asks_about_what_it_names_now(web: Web) -> None:
    for post in posts(2):
        web.placement(post, approved_hash="")
    olga = web.browser("olga")
    ask(olga, piece="1", once="a")
    assert "Вопрос 2" in ask(olga, piece="2", once="a"), "the answer was lost on the way, and the page stayed open"


def test_a_decision_sent_twice_is_not_called_somebody_elses(web: Web) -> None:
    id, marina = web.request(posts(2)), web.browser("marina")
    first, again = (marina.said(marina.post(f"/approval/{id}", {"do": "rest"})) for _ in range(2))
    assert "Согласовано: 2" in first and "Согласовано: 2" in again and "раньше" not in main(again)
    with web.house.reads() as session:
        rendition = session.query(Rendition).first()
    assert rendition is not None
    told = marina.said(marina.post(f"/staff/proof/{rendition.id}", {"do": "approve"}))
    assert "Согласовано: 1" in told
    with web.house.reads() as session:
        assert session.query(Approval).count() == 2


def test_an_approver_does_not_ask_and_an_unknown_number_is_said(web: Web) -> None:
    assert web.browser("marina").post("/approval", {"days": "7"}).status_code == 403
    assert "99" in ask(web.browser("olga"), piece="99")


# «Срочно».


def correction(web: Web) -> str:
    """A version that waits, after another one was approved; returns its print."""
    web.placement(Post(title="Чай", text="450 ₽"), approved_hash="")
    with web.house.sessions.begin() as session:
        give(session, web.clock, "1:tg", "former", Decision.APPROVED, "marina", proven=True)
    return row(web, 1).content_hash


def test_a_correction_is_let_out_at_once_and_everybody_sees_it(web: Web) -> None:
    policy(web, "urgent: [olga]")
    version, olga = correction(web), web.browser("olga")
    assert "/staff/proof/1/urgent" in olga.get("/staff/proof/1").text
    page = main(olga.said(olga.post("/staff/proof/1/urgent", {"version": version, "why": "неверная цена"})))
    assert "выпущено без согласования" in page and row(web, 1).approved_hash == version
    with web.house.sessions() as session:
        [question] = session.query(Request)
        assert (question.asking, question.asked_of) == (Asking.AFTER, "marina")
        [made] = session.query(Approval).where(Approval.step == Step.URGENT)  # type: ignore[arg-type]
        assert (made.person, made.proven) == ("olga", True)
    marina, words = web.browser("marina"), "неверная цена"
    for address in ("/approval", f"/approval/{question.id}", "/staff/proof/1"):
        page = main(marina.get(address).text)
        assert "рочно, без согласования" in page, address
        assert words in page, address
    page = main(marina.said(marina.post(f"/approval/{question.id}", {"do": "back", "reason": "верни старую"})))
    assert "Возвращено: 1." in page and (row(web, 1).state, row(web, 1).approved_hash) == (State.HELD, "")


@pytest.mark.parametrize("person", ["olga", "gleb", "vera"])
def test_only_those_the_company_names_are_offered_it(web: Web, person: str) -> None:
    policy(web, "urgent: [gleb]")
    version = correction(web)
    browser = web.browser(person)
    assert ("/staff/proof/1/urgent" in browser.get("/staff/proof/1").text) is (person == "gleb")
    browser.post("/staff/proof/1/urgent", {"version": version, "why": "x"})
    assert (row(web, 1).approved_hash != "") is (person == "gleb")


def test_what_was_changed_since_it_was_read_does_not_go_out(web: Web) -> None:
    policy(web, "urgent: [olga]")
    correction(web)
    olga = web.browser("olga")
    page = olga.said(olga.post("/staff/proof/1/urgent", {"version": "another", "why": "x"}))
    assert "версия изменилась" in page and row(web, 1).approved_hash == ""
    assert "нельзя ждать" in olga.said(olga.post("/staff/proof/1/urgent", {"version": "", "why": ""}))


def test_who_clicks_twice_is_told_what_the_first_click_did_and_a_colleague_who_was_first(web: Web) -> None:
    policy(web, "urgent: [olga, vera]")
    form = {"version": correction(web), "why": "неверная цена"}
    olga, vera = web.browser("olga"), web.browser("vera")
    for _ in range(2):
        page = main(olga.said(olga.post("/staff/proof/1/urgent", form | {"once": "one click"})))
        assert "выпущено без согласования" in page and "нет в плане" not in page
    page = main(vera.said(vera.post("/staff/proof/1/urgent", form)))
    assert "уже выпущена срочно: Ольга, неверная цена" in page
    web.browser("marina").post("/staff/proof/1", {"do": "approve", "version": form["version"]})
    assert "согласовано, Марина" in main(vera.said(vera.post("/staff/proof/1/urgent", form)))


def test_what_stands_nowhere_in_the_plan_is_not_let_out(web: Web) -> None:
    policy(web, "urgent: [olga]")
    version, olga = correction(web), web.browser("olga")
    with web.house.sessions.begin() as session:
        session.query(Delivery).update({"state": State.CANCELLED})
    page = main(olga.said(olga.post("/staff/proof/1/urgent", {"version": version, "why": "x"})))
    assert "нет в плане" in page


def test_nothing_that_people_wrote_runs_on_the_pages_of_approval(web: Web) -> None:
    policy(web, "urgent: [olga]")
    web.request([Post(title=EVIL, text=EVIL)])
    version, olga = correction(web), web.browser("olga")
    with web.house.sessions.begin() as session:
        give(session, web.clock, "2:tg", version, Decision.APPROVED, "olga", proven=True, reason=EVIL,
                         step=Step.URGENT)  # fmt: skip
    olga.post("/staff/review", {"question": "1", "name": EVIL, "days": "3"})
    for address in ("/approval", "/approval/1", "/approval/1/row/1", "/staff/proof/1", "/staff/proof/2", "/staff"):
        tree = html.fromstring(web.browser("vera").get(address).text)
        assert not tree.xpath("//script[not(@src)]|//@onerror|//img[@src='x']"), address
