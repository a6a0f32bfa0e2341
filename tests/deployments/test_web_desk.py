"""The desk: what waits, the plan, approval of one piece or a week, orders, the big switch."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import Engine

from models.approval import Approval, Decision, Request
from models.brand import problem
from models.delivery import Delivery, State
from models.locale import spoken, translate
from models.piece import Rendition
from models.post import Post, Span
from models.reaction import Notice
from models.reason import because
from models.registry import Observation
from tasks.approval import rows as approval
from tasks.approval.rules import OWN_PIECE
from tasks.placing import rows as placing
from tasks.registry.rows import record
from tests.deployments.served import Web, served, web_of_its_own
from tests.fakes import NOW
from tests.verdicts import give

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


def row(web: Web, id: int) -> Delivery:
    with web.house.sessions() as session:
        found = session.get(Delivery, id)
        assert found
        return found


def decisions(web: Web) -> list[tuple[str, str, bool, str]]:
    with web.house.sessions() as session:
        found = session.query(Approval).order_by(Approval.id)  # type: ignore[arg-type]
        return [(a.person, a.decision, a.proven, a.reason) for a in found]


def posts(number: int) -> list[Post]:
    return [Post(title=f"Чай {n}", text=f"текст {n}") for n in range(number)]


# What waits.


def test_a_quiet_day_says_so(web: Web) -> None:
    assert "Ничего. Всё идёт по плану." in web.browser("olga").get("/staff").text


def test_what_waits_says_why_and_what_to_do(web: Web) -> None:
    reason = because("Skipped: it was already later than this publication may be.", code="late")
    web.placement(Post(title="Чай"), state=State.MISSED, hours=-3, reason=reason.model_dump())
    page = web.browser("olga").get("/staff").text
    for words in ("пропущено", "Опубликуйте сейчас, если это ещё имеет смысл", "Опубликовать сейчас", "Телеграм"):
        assert words in page


def test_a_question_waits_for_whoever_is_asked(web: Web) -> None:
    web.request(posts(2))
    assert "Решение просят у вас." in web.browser("marina").get("/staff").text
    assert "Решает: Марина" in web.browser("pavel").get("/staff").text


def test_nothing_that_people_wrote_runs_on_the_desk(web: Web) -> None:
    post = Post(title=EVIL, text=EVIL, description=EVIL, link="javascript:alert(1)", tags=(EVIL,), ad_label=EVIL,
                pictures=(web.picture(alt=EVIL),),
                spans=(Span(start=0, end=5, kind="link", url="javascript:x"),))  # fmt: skip
    for account in ("site", "tg", "wall", "gone"):
        web.placement(post, account, State.HELD, -1, reason=because(EVIL).model_dump(), url="javascript:alert(1)")
    id = web.request([post])
    with web.house.sessions.begin() as session:
        session.query(Rendition).update({"notes": [problem(because(EVIL)).model_dump(mode="json")]})
        first = approval.rows_of(session, id)[0]
        give(session, web.clock, first.subject, first.version, Decision.RETURNED, EVIL, proven=False, reason=EVIL)
    head = web.browser("vera")
    head.post("/staff/stop", {"scope": "all", "why": EVIL})
    for path in (
        "/staff",
        "/staff/week",
        "/staff/week?view=list",
        f"/approval/{id}",
        "/staff/stop",
        *(f"/staff/proof/{n}" for n in range(1, 6)),
    ):
        answer = head.get(path)
        tree = html.fromstring(answer.text)
        assert answer.status_code == 200 and "&lt;script&gt;" in answer.text, path
        assert not tree.xpath("//script[not(starts-with(@src, '/static/'))]|//@onerror|//@onload"), path
        assert not tree.xpath("//*[starts-with(@href, 'javascript') or starts-with(@src, 'x')]"), path


# Approval.


def test_a_proof_shows_every_version_as_its_channel_will(web: Web) -> None:
    picture = web.picture(alt="Чашка")
    post = Post(title="Чай", text="Сенча, 450 ₽", spans=(Span(start=0, end=5, kind="bold"),), pictures=(picture,))
    for account in ("site", "tg", "wall"):
        web.placement(post, account)
    head = web.browser("vera")
    trees = [html.fromstring(head.get(f"/staff/proof/{n}").text) for n in (1, 2, 3)]
    assert [tree.xpath("//div[contains(@class, 'look')]/@class")[0] for tree in trees] == [
        "look page", "look messenger", "look wall",
    ]  # fmt: skip
    for tree in trees:
        assert tree.xpath("//main//strong/text()") == ["Сенча"] and tree.xpath("//main//img/@alt") == ["Чашка"]
    assert "12 из 1024" in trees[1].xpath("string(//main)")
    assert head.get("/staff/proof/99").status_code == 404


def test_a_week_is_approved_but_for_what_is_ticked(web: Web) -> None:
    id = web.request(posts(4))
    marina = web.browser("marina")
    answer = marina.post(f"/approval/{id}", {"do": "rest", "back": ["2"], "reason-2": "нет цены"})
    page = marina.said(answer)
    assert "Согласовано: 3." in page and "Возвращено: 1." in page and "Здесь всё решено" in page
    assert sorted(decisions(web)) == [("marina", "approved", True, "")] * 3 + [("marina", "returned", True, "нет цены")]
    assert [row(web, n).approved_hash != "" for n in (1, 2, 3, 4)] == [True, False, True, True]
    assert row(web, 2).state == State.HELD
    with web.house.sessions() as session:
        request = session.get(Request, id)
        assert request and request.state == "decided"
        assert [notice.person for notice in session.query(Notice)] == ["olga"]
    assert "закончится сам" in page


def test_one_row_is_decided_alone(web: Web) -> None:
    id = web.request(posts(3))
    marina = web.browser("marina")
    assert "Согласовано: 1." in marina.said(marina.post(f"/approval/{id}", {"do": "approve:2", "back": ["1"]}))
    assert "Возвращено: 1." in marina.said(marina.post(f"/approval/{id}", {"do": "return:1", "reason": "опечатка"}))
    assert [row(web, n).approved_hash != "" for n in (1, 2, 3)] == [False, True, False]
    with web.house.sessions() as session:
        assert len(approval.undecided(session, id)) == 1


def test_everything_is_sent_back_with_a_reason(web: Web) -> None:
    id = web.request(posts(2))
    marina = web.browser("marina")
    assert "Напишите, почему возвращаете" in marina.post(f"/approval/{id}", {"do": "back"}).text
    assert decisions(web) == []
    assert "Возвращено: 2." in marina.said(marina.post(f"/approval/{id}", {"do": "back", "reason": "не сейчас"}))


@pytest.mark.parametrize("do", ["", "nonsense", "approve:999", "approve:x", "return:"])
def test_what_was_not_chosen_decides_nothing(web: Web, do: str) -> None:
    id = web.request(posts(2))
    marina = web.browser("marina")
    answer = marina.post(f"/approval/{id}", {"do": do, "reason": ""})
    page = answer.text if answer.status_code == 422 else marina.said(answer)
    assert decisions(web) == [] and ("Ничего не выбрано" in page or "Пока ничего не решено" in page)


def test_one_version_is_approved_by_itself(web: Web) -> None:
    web.placement(Post(title="Чай"), approved_hash="")
    marina = web.browser("marina")
    assert "Согласовано: 1." in marina.said(marina.post("/staff/proof/1", {"do": "approve"}))
    assert row(web, 1).approved_hash and decisions(web) == [("marina", "approved", True, "")]


def test_nobody_approves_what_they_wrote(web: Web) -> None:
    """Four eyes: Olga is given the right to approve, and still may not approve her own piece."""
    id = web.request(posts(1))
    path = web.house.root / "company.yaml"
    path.write_text(path.read_text().replace("[author]", "[author, approver]"))
    olga = web.browser("olga")
    page = olga.get(f"/approval/{id}").text
    with spoken("ru"):
        assert translate(OWN_PIECE, person="Ольга") in page
    olga.post(f"/approval/{id}", {"do": "rest"})
    assert decisions(web) == []


def test_who_may_not_approve_sees_and_cannot(web: Web) -> None:
    id = web.request(posts(1))
    gleb = web.browser("gleb")
    page = gleb.get(f"/approval/{id}").text
    assert "Вы можете смотреть" in page and 'name="do"' not in page
    assert gleb.post(f"/approval/{id}", {"do": "rest"}).status_code == 403 and decisions(web) == []


def test_above_the_threshold_the_author_does_not_decide_even_where_two_eyes_are_enough(web: Web) -> None:
    id = web.request(posts(1))
    path = web.house.root / "company.yaml"
    policy = "approval: {approver: marina, four_eyes: false, proven_above: {money: 50000}}"
    path.write_text(
        path.read_text().replace("[author]", "[author, approver]").replace("approval: {approver: marina}", policy)
    )
    spent = Observation(operation="M4", subject_kind="piece", subject_id="1", metric="expenses", value=5_000_001,
                        cost=5_000_001, currency="RUB", observed_at=NOW, source="stated")  # fmt: skip
    with web.house.sessions.begin() as session:
        record(session, [spent], web.clock)
    olga, marina = web.browser("olga"), web.browser("marina")
    olga.post(f"/approval/{id}", {"do": "rest"})
    assert decisions(web) == []
    assert "Согласовано: 1." in marina.said(marina.post(f"/approval/{id}", {"do": "rest"}))


def test_a_version_that_was_replaced_is_not_decided_about(web: Web) -> None:
    id = web.request(posts(2))
    with web.house.sessions.begin() as session:
        session.get_one(Delivery, 1).content_hash = "newer"
    marina = web.browser("marina")
    page = html.fromstring(marina.get(f"/approval/{id}").text)
    assert page.xpath("//button[@name='do']/@value") == ["approve:2", "return:2", "rest", "back"]
    assert "Согласовано: 1." in marina.said(marina.post(f"/approval/{id}", {"do": "rest"}))
    assert "Здесь всё решено" in marina.get(f"/approval/{id}").text


def test_a_decision_about_another_request_is_not_smuggled_in(web: Web) -> None:
    first, second = web.request(posts(1)), web.request([Post(title="Кофе", text="кофе")])
    with web.house.sessions() as session:
        foreign = approval.rows_of(session, second)[-1].id
    marina = web.browser("marina")
    marina.post(f"/approval/{first}", {"do": f"approve:{foreign}"})
    assert decisions(web) == []


def test_after_the_time_is_over_the_page_says_what_happens(web: Web) -> None:
    id = web.request(posts(1))
    with web.house.sessions.begin() as session:
        approval.close_request(session, web.clock, id, "undecided")
    assert "Время на решение вышло" in web.browser("marina").get(f"/approval/{id}").text


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(anywhere: Web) -> None:
    id = anywhere.request(posts(6))
    deciding = [
        (anywhere.browser("marina"), {"do": "rest"}),
        (anywhere.browser("pavel"), {"do": "back", "reason": "нет"}),
    ]
    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda who: who[0].said(who[0].post(f"/approval/{id}", who[1])), deciding))
    made = decisions(anywhere)
    assert len(made) == 6
    for page, (winner, title) in zip(pages, (("pavel", "Павел"), ("marina", "Марина")), strict=True):
        lost = [decision for decision in made if decision[0] == winner]
        told = "решение уже принято" in page
        assert told is bool(lost)
        assert (title in page.partition('<nav class="contents"')[0].partition("<main")[2]) or not lost


def test_who_decides_about_what_is_decided_hears_who_was_first_and_twice_is_once(web: Web) -> None:
    id = web.request(posts(2))
    marina, pavel = web.browser("marina"), web.browser("pavel")
    for _ in range(2):
        assert "Согласовано: 2." in marina.said(marina.post(f"/approval/{id}", {"do": "rest"}))
    said = pavel.said(pavel.post(f"/approval/{id}", {"do": "return:1", "reason": "нет"}))
    assert "решение уже принято" in said and "Марина" in said
    assert [decision[0] for decision in decisions(web)] == ["marina", "marina"]


def test_what_was_replaced_meanwhile_is_not_decided(web: Web) -> None:
    id = web.request(posts(1))
    with web.house.sessions.begin() as session:
        first = session.query(Delivery).filter(Delivery.kind == "placement").one()  # type: ignore[arg-type]
        placing.replace_content(session, {first.id or 0: (first.content_id, "newer")})
    marina = web.browser("marina")
    assert "Ничего не выбрано" in marina.said(marina.post(f"/approval/{id}", {"do": "rest"}))
    assert decisions(web) == []


def test_people_are_listed_with_how_they_come_in(web: Web) -> None:
    web.invitation("marina")
    page = html.fromstring(web.browser("anton").get("/staff/people").text).xpath("string(//main)")
    for words in ("Марина", "согласующий", "приглашение до", "ещё нет приглашения"):
        assert words in page
