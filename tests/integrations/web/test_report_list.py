"""The list of reports: a report is one line, whatever files it has."""

from datetime import date

import pytest

from integrations.web.report_list import language_of, listed
from integrations.web.written import month_written
from models.locale import spoken


def test_the_files_of_one_report_stand_together_the_newest_first() -> None:
    names = ["month-2026-10-01.pdf", "week-2026-11-16.xlsx", "week-2026-11-16.html", "costs.csv", "week-2026-99-01.pdf"]
    reports, others = listed(names)
    assert [(one.kind, str(one.first), str(one.last), sorted(one.files)) for one in reports] == [
        ("week", "2026-11-16", "2026-11-22", ["html", "xlsx"]), ("month", "2026-10-01", "2026-10-31", ["pdf"]),
    ]  # fmt: skip
    assert others == ["costs.csv", "week-2026-99-01.pdf"]


def test_a_report_is_called_by_its_period() -> None:
    reports, _ = listed(["month-2026-10-01.pdf", "week-2026-11-16.html"])
    with spoken("ru"):
        assert [one.title for one in reports] == ["Неделя 47", "Октябрь 2026"]


@pytest.mark.parametrize(("head", "said"), [(b'<!doctype html>\n<html lang="ru">', "ru"), (b"<html>", ""), (b"", "")])
def test_a_page_says_its_language(head: bytes, said: str) -> None:
    assert language_of(head) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "0000-01",
        "0001-01",
        "1999-12",
        "2201-01",
        "9999-12",
        "2026-1",
        "x" * 99,
        "２０２６-10",
    ],
)
def test_what_is_no_month_is_none(text: str) -> None:
    assert month_written(text) is None


def test_a_month_is_its_first_day() -> None:
    assert [month_written(text) for text in ("2000-01", "2026-10", "2200-12")] == [
        date(2000, 1, 1), date(2026, 10, 1), date(2200, 12, 1),
    ]  # fmt: skip
