from datetime import date

from models.locale import spoken
from models.piece import OccasionRow
from tasks.analysis.channels import A_DAY, Reading, analyse, say_slot
from tasks.analysis.tables import calendar, channels
from tests.fakes import NOW

TODAY = date(2026, 11, 23)


def occasion(**more: object) -> OccasionRow:
    usual = {"key": "k", "title": "Tea day", "on_date": "2026-12-15", "importance": 2, "found_at": NOW}
    return OccasionRow(**usual | more)


def test_too_few_publications_are_said_with_their_number_and_what_is_absent_is_a_dash() -> None:
    readings = [Reading("vk", f"p{n}", NOW, A_DAY, "likes", 5) for n in range(3)]
    with spoken("en"):
        table = channels(analyse(readings, {"vk": "UTC"}), {"vk": "VK"}, "RUB")
    row = next(line for line in table.splitlines() if line.startswith("| VK"))
    silent = "Too few publications to say (3 of at least 20)."
    assert row == f"| VK | 3 | — | — | — | — | {silent} | {silent} | {silent} |"


def test_a_slot_is_said_in_the_readers_words() -> None:
    with spoken("ru"):
        assert say_slot("mon-fri 09:00") == "Пн–пт 09:00"
    with spoken("en"):
        assert say_slot("sat,sun 11:00") == "Sat, Sun 11:00"


def test_an_occasion_is_shown_with_the_days_that_are_left() -> None:
    with spoken("en"):
        table = calendar([occasion(link="https://a.example", why="a holiday")], TODAY, 60)
    assert "| 15 Dec, Tue | 22 | [Tea day](https://a.example) | ★★ |  | a holiday |  |" in table


def test_what_others_wrote_neither_breaks_the_table_nor_runs() -> None:
    with spoken("en"):
        table = calendar([occasion(title="Tea | <b>[day](x)", link="javascript:alert(1)")], TODAY, 60)
    assert "| Tea ¦ ‹b›(day)(x) |" in table and "javascript" not in table


def test_an_empty_calendar_says_what_to_do() -> None:
    with spoken("ru"):
        assert "feeds.yaml" in calendar([], TODAY, 60)
