"""The report of a mailing on the desk: what it came to for whoever may read reports, and once more to non-openers."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlmodel import col

from deployments.mailing_report_verbs import GOOD_FOR, OLD_GOOD_FOR
from models.customer_groups import CustomerGroup, GroupMember
from models.delivery import State
from models.letters import Happening
from models.mailings import Mailing, MailingVersion, Message, Stage
from models.order_book import GivenOrder
from tasks.groups import reactions
from tasks.mailing.lists.rows import WAITS
from tasks.reactions_to_mailings.conditions import LETTERS
from tasks.reactions_to_mailings.winners.engine import Winners
from tests.deployments.served import Web, web_of_its_own
from tests.fakes import NOW
from tests.tasks.reactions_to_mailings.crowd import SENT, Crowd

PAGE = "/staff/mailings/1/report"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    former = list(reactions._registered)
    reactions.register(LETTERS)
    with web_of_its_own(tmp_path) as web:
        yield web
    reactions._registered[:] = former


@pytest.fixture
def crowd(web: Web) -> Crowd:
    made = Crowd(web.house.sessions)
    made.customers(1000)
    return made


def winter(crowd: Crowd, **more: Any) -> int:
    mailing = crowd.mailing(variants="AB", title="Зима <b>скоро</b>", **more)
    crowd.letters(range(1, 401), variant="A", domain="mail.example")
    crowd.letters(range(401, 801), variant="B")
    crowd.letters(range(801, 1001), variant="control", state=State.CANCELLED)
    crowd.happened(Happening.OPENED, range(1, 161))
    crowd.happened(Happening.CLICKED, [*range(1, 41), *range(401, 441)], link=1)
    crowd.happened(Happening.OPENED, range(500, 520), robot=True)
    crowd.happened(Happening.UNSUBSCRIBED, [5], code="too_often")
    crowd.bought([*range(1, 121), *range(401, 481), *range(801, 841)], 150_000)
    return mailing


def text(page: str) -> str:
    return str(html.fromstring(page).xpath("normalize-space(string(//main))"))


def test_the_head_reads_what_it_came_to(web: Web, crowd: Crowd) -> None:
    winter(crowd)
    with web.house.sessions.begin() as session:
        session.execute(update(Message).values(due_at=SENT - timedelta(days=5)))
        session.execute(update(Message).where(col(Message.variant) != "control").values(sent_at=Message.due_at))
    answer = web.browser("vera").get(PAGE)
    page = html.fromstring(answer.text)
    assert answer.status_code == 200 and "Зима <b>скоро</b>" in text(answer.text)
    assert page.xpath("//h1/text()") == ["Зима <b>скоро</b>"], "a title is text"
    said = text(answer.text)
    for words in ("неотличим от нуля", "От списка до покупки", "открыли люди", "и ещё 20 — только машины",
                  "По каким ссылкам переходили", "Чай 1", "mail.example", "Другие домены"):  # fmt: skip
        assert words in said, words
    assert [row.xpath("string(th)").strip() for row in page.xpath("//table[@class='way']/tbody/tr")][:2] == [
        "должны были получить", "отправлено писем",
    ]  # fmt: skip
    assert len(page.xpath("//svg[contains(@class, 'way-bar')]")) >= 7 and "customer" not in said
    english = web.browser("vera").get(PAGE, **{"accept-language": "en"}).text
    assert "cannot be told from zero" in english and "letters sent" in english


def test_it_can_be_taken_along(web: Web, crowd: Crowd) -> None:
    winter(crowd)
    answer = web.browser("vera").get(f"{PAGE}.xlsx")
    assert answer.status_code == 200 and 'filename="mailing-1.xlsx"' in answer.headers["content-disposition"]
    assert (
        load_workbook(BytesIO(answer.content)).sheetnames[0] == "Сводка"
        and "no-store" in answer.headers["cache-control"]
    )


@pytest.mark.parametrize(
    "path", ["/staff/mailings/9/report", "/staff/mailings/9/report.xlsx", "/staff/mailings/x/report"]
)
def test_what_is_not_there_is_not_found(web: Web, path: str) -> None:
    assert web.browser("vera").get(path).status_code == 404


def test_a_mailing_that_nobody_got_says_so(web: Web, crowd: Crowd) -> None:
    crowd.mailing(stage=Stage.DRAFT, approved_hash="")
    answer = web.browser("vera").get(PAGE)
    assert answer.status_code == 200 and "ещё ничего не ушло" in answer.text and "<svg" in answer.text
    assert "Начать черновик" not in answer.text


@pytest.mark.parametrize(("age", "good_for"), [(timedelta(hours=5), GOOD_FOR), (timedelta(days=3), OLD_GOOD_FOR)])
def test_figures_are_kept_for_a_while(web: Web, crowd: Crowd, age: timedelta, good_for: timedelta) -> None:
    winter(crowd)
    web.clock.at = SENT + age
    vera = web.browser("vera")
    vera.get(PAGE)
    crowd.happened(Happening.OPENED, range(600, 640))
    web.clock.at += good_for - timedelta(seconds=1)
    assert "открыли люди 200" in text(vera.get(PAGE).text)
    web.clock.at += timedelta(seconds=1)
    assert "открыли люди 240" in text(vera.get(PAGE).text)


def test_a_person_is_led_to_choose_where_nothing_is_proven(web: Web, crowd: Crowd) -> None:
    winter(crowd, stage=Stage.SENDING, finished_at=None, split={"shares": {"A": 400, "B": 400}})
    crowd.letters([900], occasion="w", variant="", state=State.HELD, why=WAITS)
    Winners(web.house).round()
    page = web.browser("vera").get(PAGE).text
    assert "Выбрать вариант" in page and "Разница между лучшими вариантами не доказана" in text(page)


def test_those_who_did_not_open_get_a_draft_of_their_own(web: Web, crowd: Crowd) -> None:
    winter(crowd, campaign="winter", groups={"include": ["tea"], "exclude": ["no"]})
    olga = web.browser("olga")
    assert "Начать черновик" in olga.get(PAGE).text and "Начать черновик" not in web.browser("marina").get(PAGE).text
    assert web.browser("marina").post(PAGE).status_code == 403
    said = olga.said(olga.post(PAGE))
    assert "черновик № 2 «Зима &lt;b&gt;скоро&lt;/b&gt;, ещё раз»" in said and "их 600" in said
    with web.house.reads() as session:
        group = session.execute(select(CustomerGroup)).scalars().one()
        members = session.execute(select(col(GroupMember.customer_id)).order_by(col(GroupMember.customer_id)))
        draft, version = session.get_one(Mailing, 2), session.execute(
            select(MailingVersion).where(col(MailingVersion.mailing_id) == 2)).scalars().one()  # fmt: skip
        letters = session.execute(select(Message).where(col(Message.mailing_id) == 2)).scalars().all()
        order = session.execute(select(GivenOrder)).scalars().one()
    assert list(members.scalars()) == [n for n in range(1, 801) if n > 160 and not 400 < n <= 440]
    assert (group.key, group.control_share) == ("not-opened-1", 0) and "контрольная" in group.no_control_why.lower()
    assert draft.groups == {"include": ["not-opened-1"], "exclude": ["no"]} and letters == []
    assert (draft.stage, draft.campaign, draft.made_by, draft.account) == ("draft", "winter", "olga", "smtp")
    assert version.document["key"] == draft.key == "winter-again-2" and version.document["title"] == draft.title
    assert [one["subject"] for one in version.document["variants"]] == ["Тема A", "Тема B"]
    assert order.code == "non-openers" and order.form["mailing"] == 1
    assert "уже есть" in olga.said(olga.post(PAGE)), "asked for twice, it is the one there is"
    with web.house.reads() as session:
        assert len(session.execute(select(Mailing)).scalars().all()) == 2


def test_a_day_has_to_pass_first(web: Web, crowd: Crowd) -> None:
    winter(crowd)
    with web.house.sessions.begin() as session:
        session.execute(update(Message).where(col(Message.id) == 1).values(sent_at=NOW - timedelta(hours=3)))
    olga = web.browser("olga")
    page = olga.get(PAGE).text
    assert "Многие открывают письмо в течение суток. Вернитесь после 24.11.2026 09:00" in text(page)
    assert "Многие открывают письмо" in olga.said(olga.post(PAGE))
    with web.house.reads() as session:
        assert session.execute(select(CustomerGroup)).scalars().all() == []


@pytest.mark.parametrize("more", [{"stage": Stage.SENDING, "finished_at": None}, {"standing": True}])
def test_what_still_goes_is_not_sent_once_more(web: Web, crowd: Crowd, more: dict[str, Any]) -> None:
    winter(crowd, **more)
    olga = web.browser("olga")
    assert "Начать черновик" not in olga.get(PAGE).text
    olga.post(PAGE)
    with web.house.reads() as session:
        assert session.execute(select(CustomerGroup)).scalars().all() == []
