"""Campaigns, goals, occasions, the month and the reports over a real socket."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from models.conclusion import Conclusion
from models.delivery import State
from models.order_book import GivenOrder
from models.piece import OccasionRow, Piece
from models.post import Post
from models.registry import Observation
from tasks.orderbook import rows as orderbook
from tasks.registry.rows import record
from tests.deployments.served import COMPANY, Browser, Web, web_of_its_own
from tests.fakes import NOW

MORE = """\
goals:
  - {key: clicks, title: Переходы, metric: clicks, target: 1000, from: 2026-11-01, to: 2026-11-30}
funds:
  - {key: head, title: Фонд руководителя, budget: 4000}
"""
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + MORE)
        yield web


@pytest.fixture
def head(web: Web) -> Browser:
    return web.browser("vera")


def book(web: Web) -> list[GivenOrder]:
    with web.house.reads() as session:
        return list(session.execute(select(GivenOrder).order_by(GivenOrder.id)).scalars())  # type: ignore[arg-type]


def spend(web: Web, cost: int, **told: Any) -> None:
    fact = Observation(
        operation="M4", subject_kind="expense", subject_id="e", metric="expenses", value=cost, cost=cost,
        currency="RUB", observed_at=NOW, source="stated", key=f"e{cost}", **told,
    )  # fmt: skip
    with web.house.sessions.begin() as session:
        record(session, [fact], web.clock)


CAMPAIGN = {"title": "Неделя чая", "starts_on": "2026-12-01", "ends_on": "2026-12-07", "budget": "30 000"}


def test_the_head_adds_a_campaign_and_sees_it_at_once(web: Web, head: Browser) -> None:
    page = head.said(head.post("/staff/campaigns", CAMPAIGN | {"once": "c1"}))
    assert (
        "Акция «Неделя чая» — добавлено: 1–7 декабря 2026, бюджет 30" in page
        and "/staff/campaigns/nedelia-chaia" in page
    )
    [order] = book(web)
    assert (order.code, order.person, order.form["title"]) == ("campaign", "vera", "Неделя чая")


def test_the_same_form_again_adds_nothing_and_answers_the_same(web: Web, head: Browser) -> None:
    for _ in range(2):
        assert "добавлено" in head.said(head.post("/staff/campaigns", CAMPAIGN | {"once": "c1"}))
    assert len(web.house.workspace.company.campaigns) == 2 and len(book(web)) == 1


def test_a_form_that_is_wrong_comes_back_as_it_was_filled_in(web: Web, head: Browser) -> None:
    answer = head.post("/staff/campaigns", CAMPAIGN | {"ends_on": "2026-11-01", "budget": HOSTILE})
    assert answer.status_code == 422 and "раньше начала" in answer.text and "не число" in answer.text
    assert 'value="Неделя чая"' in answer.text and HOSTILE not in answer.text and "&lt;script&gt;" in answer.text
    assert len(web.house.workspace.company.campaigns) == 1


def test_two_who_change_one_campaign_do_not_write_over_each_other(web: Web, head: Browser) -> None:
    former = head.get("/staff/campaigns/winter?change=1").text.partition('name="former" value="')[2].partition('"')[0]
    fields = {"title": "Зима", "starts_on": "2026-11-01", "ends_on": "2026-12-31", "budget": "", "goal": ""}
    assert (
        former and head.post("/staff/campaigns/winter", fields | {"budget": "500", "former": former}).status_code == 303
    )
    second = head.post("/staff/campaigns/winter", fields | {"title": "Моя зима", "former": former})
    assert second.status_code == 422 and "Моя зима" in second.text
    assert web.house.workspace.company.campaigns[0].title == "Зима"


def test_a_campaign_shows_its_money_pieces_and_what_happened(web: Web, head: Browser) -> None:
    web.placement(Post(title=f"Чай {HOSTILE}"), state=State.SENT, campaign="winter")
    with web.house.sessions.begin() as session:
        [piece] = session.query(Piece)
        piece.campaign = "winter"
    spend(web, 700_00, campaign="winter", fund="head")
    head.post("/staff/campaigns/winter", {"title": "Зима", "starts_on": "2026-11-01", "ends_on": "2026-12-31",
                                          "budget": "1000", "goal": "clicks"})  # fmt: skip
    head.post("/staff/stop", {"scope": "campaign", "campaign": "winter", "why": "ошибка в цене"})
    page = head.get("/staff/campaigns/winter").text
    assert "Фонд руководителя" in page and "700\xa0₽" in page and "осталось 300\xa0₽" in page
    assert f"/staff/piece/{piece.id}" in page and HOSTILE not in page and "ошибка в цене" in page
    assert "/staff/stop?scope=campaign&amp;key=winter" in page and "/staff/week?campaign=winter" in page


@pytest.mark.parametrize(
    "path", ["/staff/campaigns/nothing", "/staff/month?month=soon", "/staff/draft?occasion=nothing"]
)
def test_what_is_not_there_is_said(head: Browser, path: str) -> None:
    assert head.get(path).status_code == 404


def test_goals_say_where_their_pace_leads_and_funds_what_is_left(web: Web, head: Browser) -> None:
    spend(web, 5000_00, fund="head")
    page = head.get("/staff/goals").text
    assert "Переходы" in page and "О ней пока ничего не известно" in page
    assert "перерасход 1\xa0000\xa0₽" in page


def test_a_goal_and_a_fund_are_changed_from_their_page(web: Web, head: Browser) -> None:
    fields = {
        "title": "Переходы",
        "metric": "clicks",
        "target": "1 500",
        "starts_on": "2026-11-01",
        "ends_on": "2026-11-30",
    }
    assert "изменено" in head.said(head.post("/staff/goals/clicks", fields))
    assert "добавлено" in head.said(head.post("/staff/funds", {"title": "Печать", "budget": "12 000"}))
    company = web.house.workspace.company
    assert (company.goals[0].target, [fund.key for fund in company.funds]) == (1500, ["head", "pechat"])


def test_an_author_reads_the_plans_and_changes_none(web: Web) -> None:
    olga = web.browser("olga")
    page = olga.get("/staff/campaigns").text
    assert "Зима" in page and "Добавить акцию" not in page
    assert olga.post("/staff/campaigns", CAMPAIGN).status_code == 403
    assert olga.post("/staff/month", {"month": "2026-10", "text": "x"}).status_code == 403


def test_an_occasion_becomes_a_piece(web: Web) -> None:
    olga = web.browser("olga")
    page = olga.said(olga.post("/staff/occasions", {"title": "День чая", "on": "2026-12-15", "importance": "3"}))
    assert "День чая" in page and "добавлено вручную: Ольга" in page
    with web.house.reads() as session:
        [key] = session.execute(select(OccasionRow.key)).scalars()
    form = olga.get(f"/staff/draft?occasion={key}").text
    assert 'value="День чая"' in form and 'value="2026-12-14"' in form
    fields = {"purpose": "news", "title": "День чая", "facts": "15 декабря — день чая\nЖдём вас", "on": "2026-12-14",
              "occasion": key, "channels": ["site", "tg"], "author": "olga"}  # fmt: skip
    answer = olga.post("/staff/draft", fields)
    with web.house.reads() as session:
        [piece] = session.execute(select(Piece)).scalars()
        assert session.execute(select(OccasionRow.piece_id)).scalar_one() == piece.id
    assert answer.headers["location"] == f"/staff/piece/{piece.id}" and piece.plan["on"] == "2026-12-14"
    assert f"/staff/piece/{piece.id}" in olga.get("/staff/occasions?month=2026-12").text
    assert [order.code for order in book(web)] == ["occasion", "A5"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"purpose": "event", "title": "Дегустация"}, "нет места", id="gaps"),
        pytest.param({"purpose": "news", "facts": "x", "on": "завтра"}, "завтра", id="day"),
        pytest.param({"purpose": "poem", "facts": "x"}, "purpose", id="kind"),
        pytest.param({"purpose": "news", "facts": HOSTILE, "group": "nobody"}, "nobody", id="group"),
    ],
)
def test_a_brief_that_is_wrong_comes_back_with_everything_typed(web: Web, fields: dict[str, str], said: str) -> None:
    answer = web.browser("olga").post("/staff/draft", fields)
    assert answer.status_code == 422 and said in answer.text and HOSTILE not in answer.text


def test_an_occasion_that_is_not_for_us_goes_with_its_reason_and_comes_back(web: Web) -> None:
    with web.house.sessions.begin() as session:
        session.add(OccasionRow(key="law", title="Регламент", on_date="2026-11-25", found_at=NOW, link="javascript:1"))
    olga, here = web.browser("olga"), "/staff/occasions?month=2026-11"
    page = olga.said(olga.post("/staff/occasions/law/aside", {"reason": "пишут юристы", "next": here}))
    assert "пишут юристы" in page and "Вернуть" in page and "javascript:" not in page
    assert "снова в календаре" in olga.said(olga.post("/staff/occasions/law/back", {"next": here}))


def test_the_months_page_shows_the_heads_words_and_keeps_every_version(web: Web, head: Browser) -> None:
    for text, follows in (("Хороший месяц.", "0"), ("Очень хороший месяц.", "1")):
        head.said(head.post("/staff/month", {"month": "2026-10", "text": text, "follows": follows}))
    page = web.browser("marina").get("/staff/month?month=2026-10").text
    assert "<p>Очень хороший месяц.</p>" in page and "Октябрь 2026" in page
    with web.house.reads() as session:
        assert session.query(Conclusion).count() == 2


def test_a_conclusion_that_lost_stands_in_the_field(web: Web, head: Browser) -> None:
    head.post("/staff/month", {"month": "2026-10", "text": "Первый.", "follows": "0"})
    answer = head.post("/staff/month", {"month": "2026-10", "text": "Второй.", "follows": "0"})
    assert answer.status_code == 422 and "другой вывод" in answer.text
    assert ">Второй.</textarea>" in answer.text and "Первый." in answer.text


def test_a_conclusion_that_is_too_long_is_given_back_whole(web: Web, head: Browser) -> None:
    text = "я" * 1600
    answer = head.post("/staff/month", {"month": "2026-10", "text": text, "follows": "0"})
    assert answer.status_code == 422 and text in answer.text and "1600" in answer.text


def test_the_months_page_is_of_now_when_the_registry_says_more(web: Web, head: Browser) -> None:
    assert "700\xa0₽" not in head.get("/staff/month?month=2026-11").text
    spend(web, 700_00, fund="head")
    assert "700\xa0₽" in head.get("/staff/month?month=2026-11").text


def test_what_went_wrong_in_a_month_is_named(web: Web, head: Browser) -> None:
    web.placement(Post(title="Сенча"), state=State.REJECTED, hours=-48)
    web.placement(Post(title="Улун"), state=State.UNKNOWN, hours=-24)
    page = head.get("/staff/month?month=2026-11").text
    assert "Сенча" in page and "Отклонено каналом: 1" in page and "исход неизвестен" in page.casefold()


def test_a_report_is_ordered_once_and_its_state_is_shown(web: Web, head: Browser) -> None:
    for _ in range(2):
        page = head.said(head.post("/reports", {"kind": "month", "month": "2026-10", "once": "r1"}))
    assert "составляется" in page
    [order] = book(web)
    assert (order.code, order.by_run, order.form) == (
        "A12",
        True,
        {"kind": "month", "on": "2026-10-01", "conclusion": ""},
    )


def test_the_page_of_reports_follows_until_all_are_made(web: Web, head: Browser) -> None:
    """What it asks for anew holds the table too, and the asking itself, which stops with the last report."""
    head.post("/reports", {"kind": "month", "month": "2026-10", "once": "r1"})
    [part] = html.fromstring(head.get("/reports?all=1").text).xpath("//*[@hx-get]")
    assert (part.get("hx-get"), part.get("hx-select"), part.get("id")) == (
        "/reports?all=1",
        "#reports-now",
        "reports-now",
    )
    (web.house.var / "reports" / "month-2026-10-01.html").write_text('<!doctype html><html lang="ru">')
    [order] = book(web)
    with web.house.sessions.begin() as session:
        orderbook.started(session, order.id or 0, "run")
        orderbook.over(session, order.id or 0, "Completed", "")
    page = html.fromstring(head.get("/reports?all=1").text)
    assert not page.xpath("//*[@hx-get]") and page.xpath(
        "//div[@id='reports-now']//table//a[contains(@href, '2026-10')]"
    )


def test_reports_are_listed_by_period_with_all_their_formats(web: Web, head: Browser) -> None:
    for name in ("week-2026-11-16.html", "week-2026-11-16.pdf", "month-2026-10-01.html", "registry.csv"):
        (web.house.var / "reports" / name).write_text('<!doctype html><html lang="en">')
    page = head.get("/reports").text
    assert page.index("Неделя 47") < page.index("Октябрь 2026") and "English" in page and "registry.csv" in page
    assert 'href="/reports/week-2026-11-16.pdf"' in page and "/staff/month?month=2026-10" in page


def test_pages_do_not_grow_with_what_is_over(web: Web, head: Browser) -> None:
    """The campaigns of years ago, and publications of other months, are not shown."""
    before = len(head.get("/staff/campaigns").text), len(head.get("/staff/month?month=2026-10").text)
    path = web.house.root / "company.yaml"
    old = "".join(f"  - {{key: o{n}, title: Old, starts_on: 2024-01-01, ends_on: 2024-02-01}}\n" for n in range(30))
    path.write_text(path.read_text().replace("campaigns:\n", f"campaigns:\n{old}"))
    for number in range(20):
        web.placement(Post(title=f"Чай {number}"), state=State.SENT, hours=-24 * 90, sent_at=NOW - timedelta(days=90))
    after = len(head.get("/staff/campaigns").text), len(head.get("/staff/month?month=2026-10").text)
    assert all(later - first < 400 for first, later in zip(before, after, strict=True)), (before, after)
