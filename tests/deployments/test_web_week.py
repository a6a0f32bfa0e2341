"""The week: calendar and list, filters in the address, orders and the way back, the line about today, the files."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from lxml import html
from openpyxl import load_workbook

from models.delivery import Delivery, State
from models.desk.week import STATES
from models.post import Post
from models.reason import because
from tasks.week.layout import CARDS, LINES
from tests.deployments.served import COMPANY, Web, web_of_its_own
from tests.fakes import NOW

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
LATE = because("Skipped: it was already later than this publication may be.", code="late").model_dump()
ELSEWHERE = "outlets:\n  - {key: nsk, name: Семь чашек на Красном, zone: Asia/Novosibirsk}\n"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (tmp_path / "company.yaml").write_text(COMPANY + ELSEWHERE)
        yield web


def tree(web: Web, path: str = "/staff/week", person: str = "olga") -> Any:
    answer = web.browser(person).get(path)
    assert answer.status_code == 200, answer.text[:500]
    return html.fromstring(answer.text)


def titles(page: Any) -> list[str]:
    return [str(a.text) for a in page.xpath("//main//*[self::h3 or self::th]/a")]


def row(web: Web, id: int) -> Delivery:
    with web.house.reads() as session:
        return session.get_one(Delivery, id)


# What is seen.


def test_a_week_has_seven_days_from_monday_by_the_companys_clocks(web: Web) -> None:
    web.placement(Post(title="Ночной чай"), hours=12.5)  # 21:30 UTC is 00:30 of the next day in Moscow
    page = tree(web)
    assert page.xpath("//section/@data-day") == [f"2026-11-{day}" for day in range(23, 30)]
    [card] = page.xpath("//section[@data-day='2026-11-24']//li")
    assert card.xpath(".//time/text()") == ["00:30"] and titles(page) == ["Ночной чай"]
    assert titles(tree(web, "/staff/week?first=2026-11-29")) == ["Ночной чай"], "any day names its week"
    assert titles(tree(web, "/staff/week?first=2026-11-30")) == []


def test_a_channel_of_other_clocks_says_its_own_time_and_the_page_can_be_read_by_them(web: Web) -> None:
    cards = web.house.root / "channels.yaml"
    cards.write_text(cards.read_text().replace("title: Стена,", "title: Стена, zone: Asia/Novosibirsk,"))
    web.placement(Post(title="Чай"), "wall", hours=10)
    web.placement(Post(title="Кофе"), "tg", hours=1)
    [there] = tree(web).xpath("//p[@class='there']/text()")
    assert there == "24.11, 02:00 Новосибирск"
    page = tree(web, "/staff/week?zone=Asia/Novosibirsk")
    assert [time.text for time in page.xpath("//li//time")] == ["17:00", "02:00"]
    assert page.xpath("//p[@class='there']/text()") == ["13:00 Москва"]
    assert "Asia/Novosibirsk" in page.xpath("string(//main)")


@pytest.mark.parametrize("view", ["calendar", "list"])
def test_every_state_is_said_in_words_and_what_needs_a_person_says_what_to_do(web: Web, view: str) -> None:
    for state in State:
        web.placement(Post(title=f"Чай {state}"), state=state, hours=-1, reason=LATE)
    page = web.browser("olga").get(f"/staff/week?view={view}").text
    for words in ("опаздывает", "придержано", "канал отказал", "исход неизвестен, проверьте", "пропущено",
                  "Откройте канал, посмотрите, вышло ли", "Опубликуйте сейчас, если это ещё имеет смысл"):  # fmt: skip
        assert words in page, words
    assert not [state for state in State if f">{state.value}<" in page]


def test_the_counts_lead_to_what_they_count(web: Web) -> None:
    for state, hours in (
        (State.SENT, -1),
        (State.PLANNED, 1),
        (State.PLANNED, 2),
        (State.HELD, -2),
        (State.CANCELLED, 3),
    ):
        web.placement(Post(title=f"Чай {state} {hours}"), state=state, hours=hours)
    counts = {a.get("href"): a.xpath("string()") for a in tree(web).xpath("//ul[@class='tally']//a")}
    assert list(counts.values()) == ["5 всего", "1 опубликовано", "2 ещё выйдут", "1 ждут человека", "1 отменено"]
    for address, words in counts.items():
        assert len(titles(tree(web, address))) == int(words.split()[0]), address


def test_a_full_day_shows_its_first_and_leads_to_the_list_of_the_day(web: Web) -> None:
    for number in range(CARDS + 3):
        web.placement(Post(title=f"Чай {number}"), hours=1 + number / 100)
    page = tree(web)
    assert len(titles(page)) == CARDS
    [more] = page.xpath("//p[@class='more-of']/a")
    assert more.text == "и ещё 3"
    listed = tree(web, more.get("href"))
    assert len(titles(listed)) == CARDS + 3 and "только понедельник, 23 ноября" in listed.xpath("string(//main)")


def test_a_long_list_has_pages(web: Web) -> None:
    for number in range(LINES + 5):
        web.placement(Post(title=f"Чай {number}"), hours=1 + number / 100)
    first = tree(web, "/staff/week?view=list")
    assert len(titles(first)) == LINES and "страница 1 из 2" in first.xpath("string(//main)")
    [following] = first.xpath("//nav[contains(@class, 'pages')]/a/@href")
    assert len(titles(tree(web, following))) == 5
    assert len(titles(tree(web, "/staff/week?view=list&page=99"))) == 5


# Filters.


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("channel=wall", {"Кофе"}, id="channel"),
        pytest.param("campaign=winter", {"Чай"}, id="campaign"),
        pytest.param("person=olga", {"Чай", "Кофе"}, id="author"),
        pytest.param("person=marina", set(), id="another author"),
        pytest.param("state=held", {"Кофе"}, id="state"),
        pytest.param("channel=tg&state=held", set(), id="two at once"),
    ],
)
@pytest.mark.parametrize("view", ["calendar", "list"])
def test_filters_are_kept_in_the_address_and_taken_off_one_by_one(
    web: Web, asked: str, expected: set[str], view: str
) -> None:
    web.placement(Post(title="Чай"), "tg", campaign="winter")
    web.placement(Post(title="Кофе"), "wall", State.HELD)
    page = tree(web, f"/staff/week?view={view}&{asked}")
    assert set(titles(page)) == expected
    chips = page.xpath("//ul[@class='chips']/li[not(contains(., 'Снять все'))]/a/@href")
    assert len(chips) == asked.count("=")
    for field in asked.split("&"):
        assert sum(field not in chip for chip in chips) == 1, "each chip takes off its own"
    following = page.xpath("//a[@rel='next']/@href")[0]
    assert all(field in following for field in asked.split("&"))
    for field, _, value in (part.partition("=") for part in asked.split("&")):
        assert page.xpath(f"//select[@name='{field}']/option[@selected]/@value") == [value]


def test_the_first_address_of_the_page_still_leads_there(web: Web) -> None:
    answer = web.browser("olga").get("/staff/plan?first=2026-11-20&channel=tg")
    assert (answer.status_code, answer.headers["location"]) == (301, "/staff/week?first=2026-11-20&channel=tg")
    assert web.browser("olga").get("/staff/plan").headers["location"] == "/staff/week"


ODD = (
    "first=x", "first=0001-01-01", "first=9999-12-31", "first=2026-02-30", "channel=%22%3E%3Cscript%3E", "page=-1",
    "page=99999999999999999999", "zone=../../etc/passwd", "state=claimed", "view=x&day=x", "moved=1&was=x",
    "moved=1&was=2026-11-23T09:00%2B03:00", "moved=2147483647&was=2026-12-01T09:00",
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("path", ["/staff/week", "/staff/week.xlsx", "/staff/week.ics"])
def test_no_address_breaks_the_page(web: Web, odd: str, path: str) -> None:
    web.placement(Post(title="Чай"))
    answer = web.browser("olga").get(f"{path}?{odd}")
    assert answer.status_code == 200 and b"<script>" not in answer.content, odd


def test_nothing_that_people_wrote_runs_in_the_week(web: Web) -> None:
    for account in ("tg", "gone"):
        web.placement(Post(title=EVIL, text=EVIL), account, State.HELD, -1, reason=because(EVIL).model_dump(),
                      url="javascript:alert(1)", campaign=EVIL, zone="Asia/Omsk")  # fmt: skip
    for view in ("calendar", "list"):
        page = tree(web, f"/staff/week?view={view}")
        assert not page.xpath("//main//script|//@onerror|//@onload|//img[@src='x']|//@style")
        assert not page.xpath("//*[starts-with(@href, 'javascript')]") and len(titles(page)) == 2


# Orders.


@pytest.mark.parametrize(
    ("person", "may"),
    [
        pytest.param("olga", {"move", "publish", "hold", "cancel"}, id="author"),
        pytest.param("gleb", {"move", "publish", "hold", "cancel"}, id="technician"),
        pytest.param("marina", set(), id="approver"),
        pytest.param("anton", set(), id="administrator"),
    ],
)
@pytest.mark.parametrize("view", ["calendar", "list"])
def test_whoever_plans_is_offered_orders_and_nobody_else(web: Web, person: str, may: set[str], view: str) -> None:
    web.placement(Post(title="Чай"))
    page = tree(web, f"/staff/week?view={view}", person)
    forms = page.xpath("//form[starts-with(@action, '/staff/placement/')]")
    assert {form.get("action").rpartition("/")[2] for form in forms} == may
    assert bool(page.xpath("//button[contains(@class, 'handle')]")) == (bool(may) and view == "calendar")
    assert all(form.xpath("./input[@name='once']/@value") for form in forms)


def ordered(web: Web, page: Any, order: str, **fields: str) -> Any:
    """Send the form of this order as a browser without scripts does; returns the page it leads to."""
    [form] = page.xpath(f"//form[contains(@action, '/{order}')]")
    hidden = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
    browser = web.browser("olga")
    answer = browser.post(form.get("action"), hidden | {"csrf": browser.csrf} | fields)
    return html.fromstring(browser.said(answer)), answer.headers["location"]


def test_a_publication_is_moved_and_moved_back(web: Web) -> None:
    id = web.placement(Post(title="Чай"), zone="Europe/Moscow")  # Monday, 13:00 in Moscow
    page, _ = ordered(web, tree(web, "/staff/week?channel=tg"), "move", date="2026-11-25")
    assert row(web, id).due_at == NOW + timedelta(days=2, hours=1)
    assert "перенесено на 25.11.2026 13:00" in page.xpath("string(//ul[@class='told'])")
    assert page.xpath("//section[@data-day='2026-11-25']//li") and page.xpath("//ul[@class='chips']/li")
    [button] = page.xpath("//form[@class='back']/button")
    assert button.text == "Вернуть на 23.11, 13:00: «Чай»"
    back = page.xpath("//form[@class='back']")[0]
    browser = web.browser("olga")
    fields = {field.get("name"): field.get("value") for field in back.xpath("./input")} | {"csrf": browser.csrf}
    page = html.fromstring(browser.said(browser.post(back.get("action"), fields)))
    assert row(web, id).due_at == NOW + timedelta(hours=1) and not page.xpath("//form[@class='back']")


def test_a_move_that_is_refused_changes_nothing_says_why_and_offers_no_way_back(web: Web) -> None:
    id = web.placement(Post(title="Чай"))
    page, _ = ordered(web, tree(web), "move", date="2026-11-20")
    assert "уже прошло" in page.xpath("string(//ul[@class='told'])") and not page.xpath("//form[@class='back']")
    assert row(web, id).due_at == NOW + timedelta(hours=1)


def test_the_way_back_ends_where_the_former_time_has_passed(web: Web) -> None:
    web.placement(Post(title="Чай"), zone="Europe/Moscow")
    _, address = ordered(web, tree(web), "move", date="2026-11-25")
    assert tree(web, address).xpath("//form[@class='back']")
    web.clock.at = NOW + timedelta(hours=2)
    assert not tree(web, address).xpath("//form[@class='back']")


def test_held_restored_published_and_cancelled_without_leaving_the_week(web: Web) -> None:
    id = web.placement(Post(title="Чай"))
    ordered(web, tree(web), "hold", why="ждём фото")
    assert row(web, id).state == State.HELD
    page, address = ordered(web, tree(web, "/staff/week?view=list"), "restore", date="2026-11-26", time="10:00")
    assert row(web, id).state == State.PLANNED and address.startswith("/staff/week?first=2026-11-23&view=list")
    ordered(web, page, "publish", urgent="1")
    assert row(web, id).due_at == NOW and not row(web, id).heeds_quiet_hours
    ordered(web, tree(web), "cancel", why="ошибка в цене")
    assert row(web, id).state == State.CANCELLED
    assert "ошибка в цене" in tree(web).xpath("string(//li[contains(@class, 'spot')])")


def test_a_placement_leads_to_its_piece(web: Web) -> None:
    id = web.placement(Post(title="Чай"))
    assert tree(web).xpath("//h3/a/@href") == [f"/staff/piece/{row(web, id).subject_id}"]


# Today.


def test_the_desk_begins_with_a_line_about_today(web: Web) -> None:
    assert "ничего не запланировано" in tree(web, "/staff").xpath("string(//p[@class='strip'])")
    for state, hours in (
        (State.SENT, -1),
        (State.PLANNED, 1),
        (State.PLANNED, 3),
        (State.UNKNOWN, -2),
        (State.SENT, 30),
    ):
        web.placement(Post(title=f"Чай {state} {hours}"), state=state, hours=hours)
    page = tree(web, "/staff")
    said = " ".join(page.xpath("string(//p[@class='strip'])").split())
    assert said == "Сегодня: 1 вышла · 2 ещё выйдут, ближайшая в 13:00 · 1 требует человека"
    for address, number in zip(page.xpath("//p[@class='strip']/a/@href"), (4, 1, 2, 1), strict=True):
        assert len(titles(tree(web, address))) == number, address


# Files.


def test_what_is_seen_is_taken_away_as_a_sheet(web: Web) -> None:
    web.placement(Post(title="=1+1"), "tg", State.SENT, -1, url="https://t.me/x/1")
    web.placement(Post(title="Кофе"), "wall")
    answer = web.browser("olga").get("/staff/week.xlsx?channel=tg")
    assert answer.headers["content-disposition"] == 'attachment; filename="plan-2026-11-23.xlsx"'
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    head, *rows = page.iter_rows(values_only=True)
    assert head[:5] == ("№", "дата", "время", "часовой пояс", "заголовок") and [row[4] for row in rows] == ["=1+1"]
    assert page["E2"].data_type == "s" and page["J2"].value == "https://t.me/x/1"


def test_what_is_seen_is_taken_away_as_a_calendar_whole(web: Web) -> None:
    for number in range(CARDS + LINES):
        web.placement(Post(title=f"Чай {number}"), hours=1 + number / 100)
    answer = web.browser("olga").get("/staff/week.ics?view=list&page=2")
    events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    assert len(events) == CARDS + LINES == len({event["uid"] for event in events})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"


def test_the_filter_by_state_offers_all_there_are(web: Web) -> None:
    assert tree(web).xpath("//select[@name='state']/option/@value") == ["", *STATES]
