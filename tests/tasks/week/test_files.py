"""A week taken away: as a workbook whose cells are no formulas, as a calendar that keeps its events' names."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from models.delivery import State
from models.desk import Line
from models.desk.week import Export, Standing
from models.locale import spoken
from models.reason import because
from tasks.content.columns import places
from tasks.week.agenda import calendar
from tasks.week.layout import in_place
from tasks.week.sheet import workbook

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MOSCOW = "Europe/Moscow"


def export(*lines: Line, how: Standing = Standing.PLANNED) -> Export:
    placed = tuple(in_place(line, how, MOSCOW) for line in lines)
    return Export(title="Семь чашек", zone=MOSCOW, placed=placed, made_at=NOW, home="https://staff.example")


def line(**fields: Any) -> Line:
    usual: dict[str, Any] = {
        "id": 7, "piece_id": 3, "rendition_id": 1, "title": "Чай дня", "number": "12", "author": "Ольга",
        "account": "tg", "channel": "Телеграм", "campaign": "Зима", "state": State.PLANNED, "due_at": NOW,
        "zone": MOSCOW,
    }  # fmt: skip
    return Line(**(usual | fields))


def cells(data: bytes) -> list[list[Any]]:
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_a_sheet_has_the_columns_of_the_content_plan() -> None:
    late = because("Skipped: it was already later than this publication may be.", code="late")
    with spoken("ru"):
        head, row = cells(workbook(export(line(reason=late, url="https://t.me/x/1"), how=Standing.MISSED)))
    assert head == ["№", "дата", "время", "часовой пояс", "заголовок", "канал", "акция", "автор", "статус", "ссылка",
                    "причина"]  # fmt: skip
    assert set(places([str(name) for name in head])) == {
        "number", "on", "at", "title", "channels", "campaign", "author", "status", "link", "reason",
    }  # fmt: skip
    assert row[0] == "12" and row[1].date() == date(2026, 11, 23) and row[2].strftime("%H:%M") == "12:00"
    assert row[3:] == [MOSCOW, "Чай дня", "Телеграм", "Зима", "Ольга", "пропущено", "https://t.me/x/1", str_ru(late)]


def str_ru(reason: Any) -> str:
    with spoken("ru"):
        return str(reason)


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("https://evil.example")', "http://a b"]
)
def test_no_cell_becomes_a_formula(evil: str) -> None:
    data = workbook(export(line(title=evil, campaign=evil, author=evil, channel=evil, url=evil, number=evil)))
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    kinds = {cell.data_type for cell in page[2] if cell.value is not None}
    assert kinds <= {"s", "d", "n"} and "f" not in kinds
    assert page["E2"].value == evil


def test_an_empty_week_is_a_sheet_of_headings() -> None:
    assert len(cells(workbook(export()))) == 1


def events(data: bytes) -> list[Any]:
    return list(Calendar.from_ical(data).walk("VEVENT"))


def test_an_event_keeps_its_name_wherever_it_moves() -> None:
    first, moved = (events(calendar(export(line(due_at=at, changes=n))))[0]
                    for n, at in enumerate((NOW, NOW.replace(day=25))))  # fmt: skip
    assert first["uid"] == moved["uid"] == "placement-7@staff.example"
    assert (first["sequence"], moved["sequence"]) == (0, 1)


def test_an_event_is_on_the_clocks_of_its_channel() -> None:
    data = calendar(export(line(zone="Asia/Novosibirsk")))
    [event] = events(data)
    assert event.start == NOW and event.start.isoformat() == "2026-11-23T16:00:00+07:00"
    assert b"DTSTART;TZID=Asia/Novosibirsk:20261123T160000" in data and b"BEGIN:VTIMEZONE" in data
    assert event["transp"] == "TRANSPARENT"


@pytest.mark.parametrize(
    ("how", "status"),
    [
        pytest.param(Standing.PUBLISHED, "CONFIRMED", id="published"),
        pytest.param(Standing.PLANNED, "CONFIRMED", id="to come"),
        pytest.param(Standing.APPROVAL, "TENTATIVE", id="not approved"),
        pytest.param(Standing.HELD, "TENTATIVE", id="held"),
        pytest.param(Standing.CANCELLED, "CANCELLED", id="cancelled"),
    ],
)
def test_an_event_says_how_sure_it_is(how: Standing, status: str) -> None:
    assert events(calendar(export(line(), how=how)))[0]["status"] == status


def test_an_event_leads_to_what_is_out_or_to_the_piece() -> None:
    planned, out = events(calendar(export(line(), line(id=8, url="https://t.me/x/1"))))
    assert (planned["url"], out["url"]) == ("https://staff.example/staff/piece/3", "https://t.me/x/1")


def test_what_a_person_wrote_cannot_begin_another_event() -> None:
    evil = "Чай; с, лимоном\\\nEND:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:подложено" + "оченьдлинно" * 40
    data = calendar(export(line(title=evil, campaign=evil)))
    assert len(events(data)) == 1 and max(len(part) for part in data.split(b"\r\n")) <= 75
    assert "END:VEVENT" in str(events(data)[0]["summary"])
