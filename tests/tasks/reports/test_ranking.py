"""Channels and campaigns of the month's page: ranked as the report cuts them, the unknown a dash, the rest counted."""

from dataclasses import replace

from tasks.reports.ranking import MOST, rankings, wrong
from tasks.reports.titles import ABSENT
from tests.tasks.reports.sample import sample


def test_the_tables_are_those_of_the_report() -> None:
    report = sample("month")
    made = {one.head: one for one in rankings(report, "ru")}
    assert set(made) == {"Канал", "Акция"}
    lines = [line for line in report.cut("channel").lines if line.key]
    assert [row.title for row in made["Канал"].rows] == [line.title for line in lines][:MOST]
    assert all(len(row.cells) == len(one.columns) for one in made.values() for row in one.rows)


def test_what_is_not_known_is_a_dash_and_what_is_too_much_is_counted() -> None:
    report = sample("month")
    cut = report.cut("channel")
    bare = replace(cut.lines[0], key="x", values=dict.fromkeys(cut.lines[0].values))
    many = replace(report, cuts=tuple(replace(one, lines=(bare,) * 9) if one is cut else one for one in report.cuts))
    [channel] = [one for one in rankings(many, "en") if one.head == "Channel"]
    assert (len(channel.rows), channel.more) == (MOST, 3) and set(channel.rows[0].cells) == {ABSENT}


def test_what_went_wrong_is_counted_by_its_kind() -> None:
    report = sample("month")
    assert {one.title: one.number for one in wrong(report, "en")} == {
        "Held": 2, "Refused by the channel": 1, "Outcome unknown, check": 1,
    }  # fmt: skip
    assert wrong(replace(report, outcomes={}), "en") == ()
