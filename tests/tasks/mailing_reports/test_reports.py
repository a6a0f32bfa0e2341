"""The week and the month of mailings: what was added in the period, what its mailings came to, how groups moved."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import Engine, select

from models.customer_groups import CustomerGroup
from models.database import SetClock
from models.letters import Happening
from models.locale import LANGUAGES, spoken
from models.reaction import Notice
from models.registry import Fact, Observation
from tasks.house import House
from tasks.mailing_reports.engine import announce, in_format, report_of, write
from tasks.mailing_reports.page import said
from tasks.mailing_reports.values import MailReport, per_thousand, share
from tasks.reactions_to_mailings.engine import Analysis
from tasks.registry.rows import record
from tasks.reports.period import month_of, week_of
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.reactions_to_mailings.crowd import Crowd
from tests.tasks.reactions_to_mailings.fakes import TellingMailer, with_mailers

A_DAY = timedelta(days=1)
MONDAY = NOW.replace(hour=6)  # 23 November 2026
WEEK = week_of(NOW.date(), "Europe/Moscow")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    made = furnished(tmp_path, database, {"fake": FakeChannel()}, clock)
    return with_mailers(made, {"smtp": TellingMailer()}, price="2")


def mail(crowd: Crowd, key: str, customers: range, first: int, **at: Any) -> int:
    """A mailing to these; a half opened, a tenth clicked and bought."""
    mailing = crowd.mailing(key, title=f"Рассылка {key}", listed_at=at["sent_at"], finished_at=at["sent_at"])
    crowd.letters(customers, mailing, **at)
    letters = range(first, first + len(customers))
    later = at["sent_at"] + timedelta(hours=2)
    crowd.happened(Happening.OPENED, letters[: len(letters) // 2], mailing, later)
    crowd.happened(Happening.CLICKED, letters[: len(letters) // 10], mailing, later)
    crowd.happened(Happening.UNSUBSCRIBED, letters[:1], mailing, later)
    crowd.bought(customers[: len(letters) // 10], 100_000, later + timedelta(hours=1))
    return mailing


@pytest.fixture
def crowd(house: House, clock: SetClock) -> Crowd:
    """A mailing of last week and two of this, each looked at as it went."""
    made = Crowd(house.sessions)
    made.customers(400)
    mail(made, "last", range(1, 101), 1, sent_at=MONDAY - 5 * A_DAY)
    clock.at = MONDAY - 2 * A_DAY
    Analysis(house).round()
    mail(made, "big", range(101, 301), 101, sent_at=MONDAY + timedelta(hours=1))
    mail(made, "small", range(301, 341), 301, sent_at=MONDAY + A_DAY)
    made.happened(Happening.OPENED, [80], 1, MONDAY + timedelta(hours=1))
    clock.at = MONDAY + 3 * A_DAY
    Analysis(house).round()
    return made


def group(house: House, key: str, sizes: dict[int, int], **more: int) -> None:
    """A group whose sizes were measured so many days before or after Monday."""
    with house.sessions.begin() as session:
        session.add(CustomerGroup(key=key, title=key.title(), seed=key, made_at=NOW, changed_at=NOW))
        facts = [({"group_size": size} | (more if day > 0 else {}), day) for day, size in sizes.items()]
        record(session, [
            Observation(operation="B1", subject_kind="group", subject_id=key, metric=metric, value=value,
                        observed_at=MONDAY + day * A_DAY, source="measured", customer_group=key)
            for values, day in facts for metric, value in values.items()
        ], house.clock)  # fmt: skip


def test_the_week_of_mailings(house: House, crowd: Crowd) -> None:
    report = report_of(house, WEEK)
    assert (report.now["mail_sent"], report.now["mail_opened"], report.before["mail_sent"]) == (240, 121, 100)
    assert report.now["mail_orders"] == 24 and report.now["mail_revenue"] == 2_400_000
    lines = [(line.id, line.title, line.of("sent")) for line in report.mailings]
    assert lines == [(2, "Рассылка big", 200), (3, "Рассылка small", 40)]
    assert per_thousand(report.mailings[0].sums) == 10_000_000
    assert share(report.mailings[1].sums, "opened", "delivered") == 0.5
    assert (report.cost, report.cost_before) == (48_000, 20_000)
    assert sum(sums.get("mail_opened", 0) for _, sums in report.days) == 121
    last = report_of(house, WEEK.before)
    assert [line.id for line in last.mailings] == [1] and last.mailings[0].of("opened") == 50


def test_a_week_without_letters_says_so(house: House) -> None:
    report = report_of(house, WEEK)
    assert (report.mailings, report.groups, report.cost) == ((), (), None)
    with spoken("ru"):
        page = said(report, "ru")
    assert [one.text for one in page.sentences] == ["Ни одно письмо не ушло."] and page.tables == ()
    assert all(in_format(report, suffix) for suffix in ("html", "pdf", "xlsx"))


def test_how_groups_moved(house: House) -> None:
    group(house, "loyal", {-3: 100, 2: 130}, group_joined=40, group_left=10, deliverable=90)
    group(house, "sleeping", {-3: 1000, 1: 1010})
    group(house, "never-built", {})
    report = report_of(house, WEEK)
    assert [(one.key, one.size, one.before, one.joined, one.left, one.deliverable) for one in report.groups] == [
        ("sleeping", 1010, 1000, 0, 0, None), ("loyal", 130, 100, 40, 10, 90),
    ]  # fmt: skip
    page = said(report, "ru")
    assert [one.text for one in page.sentences if "Группа" in one.text] == ["Группа «Loyal» выросла с 100 до 130."]
    [table] = page.tables
    assert [cell.text for cell in table.rows[0].cells] == ["1\xa0010", "1\xa0000", "0", "0", "—"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # how it looks comes from no database
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("period", [WEEK, month_of(NOW.date(), "Europe/Moscow")], ids=["week", "month"])
def test_it_is_laid_out_in_every_format(house: House, crowd: Crowd, language: str, period: Any) -> None:
    group(house, "loyal", {-3: 100, 2: 130}, group_joined=40)
    report = report_of(house, period)
    with spoken(language):
        made = {suffix: in_format(report, suffix) for suffix in ("html", "pdf", "xlsx")}
    page = html.fromstring(made["html"].decode())
    assert page.get("lang") == language and len(page.xpath("//table")) == 2 and "<svg" in made["html"].decode()
    assert "Рассылка big" in page.text_content() and made["pdf"].startswith(b"%PDF-")
    book = load_workbook(BytesIO(made["xlsx"]))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert rows[1][:3] == ("Рассылка big", 200, 200) and len(book.sheetnames) == 4


def test_what_a_head_has_to_know_comes_first(house: House, crowd: Crowd) -> None:
    crowd.happened(Happening.COMPLAINED, range(101, 105), 2, MONDAY + 2 * A_DAY)
    house.clock.at += A_DAY  # type: ignore[attr-defined]
    Analysis(house).round()
    texts = [(one.text, one.tone) for one in said(report_of(house, WEEK), "ru").sentences]
    assert texts[0][0].startswith("Ушли 2 рассылки: писем 240") and texts[1][0].startswith("Лучшая — «Рассылка")
    assert any("На спам пожаловались 1,7" in text and tone == "bad" for text, tone in texts)


def test_it_is_written_whole_told_and_written_down_once(house: House, crowd: Crowd, tmp_path: Path) -> None:
    with spoken("ru"):
        names = write(tmp_path / "reports", report_of(house, WEEK))
        for _ in range(2):
            announce(house, names, "Отчёт", "Готов")
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [
        "mailings-week-2026-11-23.html", "mailings-week-2026-11-23.pdf", "mailings-week-2026-11-23.xlsx",
    ]  # fmt: skip
    with house.reads() as session:
        facts = [one for one in session.execute(select(Fact)).scalars() if one.operation == "C11"]
        notices = session.execute(select(Notice)).scalars().all()
    assert len(facts) == 1 and [one.person for one in notices] == ["vera"]
    assert notices[0].link == "https://staff.example/reports/mailings-week-2026-11-23.html"


def test_shares_of_nothing_are_not_known() -> None:
    assert share({}, "opened", "delivered") is None and per_thousand({"mail_revenue": 5}) is None
    assert MailReport("x", "RUB", False, WEEK, NOW, {}, {}).mailings == ()
