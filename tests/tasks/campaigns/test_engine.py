"""Campaigns in a furnished house: written into company.yaml, their money and pieces counted, on both databases."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import SetClock
from models.delivery import State, Verb
from models.locale import spoken
from models.piece import Piece
from models.planning import CampaignOrder, FundOrder, GoalOrder
from models.post import Post
from models.registry import Observation
from tasks.campaigns import rows
from tasks.campaigns.engine import Planning
from tasks.house import House
from tasks.orders.answers import Report
from tasks.registry.rows import record
from tests.fakes import NOW, FakeChannel, delivery
from tests.house import COMPANY, furnished, publish

MORE = """\
# What the head has written stays as it is.
campaigns:
  - {key: winter-tea, title: Winter tea, starts_on: 2026-11-01, ends_on: 2026-12-31, budget: 900}   # the big one
funds:
  - {key: head, title: "Head's fund", budget: 500}
"""


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    channels = {"fake": FakeChannel()}
    return furnished(tmp_path / "company", database, channels, SetClock(NOW), company=COMPANY + MORE)


def change(house: House, former: str = "", **fields: Any) -> Report:
    with spoken("en"):
        order = CampaignOrder(**{"person": "vera", "what": "change", "key": "winter-tea"} | fields)
        return Planning(house).campaign(order, former)


def text(house: House) -> str:
    return (house.root / "company.yaml").read_text()


def placed(house: House, remote_id: str, **more: Any) -> int:
    """A publication of a piece of the campaign."""
    id = publish(house.sessions, remote_id, Post(text="Tea", title=f"Tea {remote_id}"), **more)
    with house.sessions.begin() as session:
        for piece in session.query(Piece):
            piece.campaign = "winter-tea"
    return id


def spend(house: House, key: str, cost: int, **told: Any) -> None:
    usual: dict[str, Any] = {
        "subject_kind": "expense",
        "subject_id": "e",
        "metric": "expenses",
        "source": "stated",
        "operation": "M4",
    }
    usual |= {"currency": "RUB", "observed_at": NOW}
    fact = Observation(value=cost, cost=cost, key=key, **usual | told)
    with house.sessions.begin() as session:
        record(session, [fact], house.clock)


def test_a_change_keeps_what_a_person_wrote_around_it(house: House) -> None:
    told = change(house, ends_on="2027-01-10")
    assert not told.refusal and "changed: 1 November 2026 – 10 January 2027" in str(told.lines[0])
    assert "ends_on: 2027-01-10" in text(house) and "# the big one" in text(house) and "# What the head" in text(house)
    assert house.workspace.company.campaigns[0].ends_on == date(2027, 1, 10)


def test_a_new_one_stands_in_the_file_at_once(house: House) -> None:
    with spoken("en"):
        order = GoalOrder(person="Vera Head", title="Clicks of May", metric="clicks", target="100",
                          starts_on="2027-05-01", ends_on="2027-05-31")  # fmt: skip
        assert not Planning(house).goal(order).refusal
        assert not Planning(house).fund(FundOrder(person="vera", title="Print", budget="12 000")).refusal
    assert [goal.key for goal in house.workspace.company.goals] == ["clicks-of-may"]
    assert [(fund.key, fund.budget) for fund in house.workspace.company.funds][1] == ("print", 12000)


@pytest.mark.parametrize("person", ["olga", "gleb", "nina", "nobody"])
def test_only_the_head_plans(house: House, person: str) -> None:
    before = text(house)
    assert change(house, person=person, title="Mine").refusal and text(house) == before


def test_nothing_is_done_over_somebody_elses_change(house: House) -> None:
    told = change(house, former="the print of another", title="Mine")
    assert "Somebody has changed" in str(told.refusal) and "Mine" not in text(house)


def test_what_the_files_reader_would_refuse_is_not_written(house: House) -> None:
    before = text(house)
    assert change(house, title="x", starts_on="2027-02-01").refusal and text(house) == before


def test_a_goal_that_nothing_is_measured_for_is_changed_with_its_metric_or_not_at_all(house: House) -> None:
    odd = "goals:\n  - {key: fame, title: Fame, metric: guests, target: 9, from: 2026-11-01, to: 2026-12-31}\n"
    (house.root / "company.yaml").write_text(text(house) + odd)
    for fields in ({"title": "Guests"}, {"target": "200"}):
        with spoken("en"):
            told = Planning(house).goal(GoalOrder(person="vera", what="change", key="fame", **fields))
        assert "Nothing is measured as “guests”" in str(told.refusal) and odd in text(house)
    with spoken("en"):
        mended = GoalOrder(person="vera", what="change", key="fame", metric="clicks", target="200")
        assert not Planning(house).goal(mended).refusal
    assert [goal.metric for goal in house.workspace.company.goals] == ["clicks"]


def test_a_year_that_nobody_means_is_not_written(house: House) -> None:
    before = text(house)
    for day in ("9999-12-31", "31.12.9999"):
        assert "not between 2000 and 2200" in str(change(house, ends_on=day).refusal) and text(house) == before


def test_a_year_that_nobody_means_is_told_where_it_is_written_by_hand(house: House) -> None:
    (house.root / "company.yaml").write_text(text(house).replace("ends_on: 2026-12-31", "ends_on: 9999-12-31"))
    with spoken("en"):
        assert any("not between 2000 and 2200" in str(problem) for problem in house.open_workspace()[1])
    assert house.workspace.company.campaigns == ()


def test_pieces_planned_outside_the_new_days_are_warned_of(house: House) -> None:
    placed(house, "1", state=State.PLANNED, sent_at=NOW + timedelta(days=20))
    placed(house, "2", state=State.SENT, sent_at=NOW - timedelta(days=40))
    [note] = change(house, ends_on="2026-12-01").notes
    assert note.startswith("1 piece of it is planned outside these days: № fake-1 (13 December)")
    assert not change(house, ends_on="2026-12-31").notes


def test_money_of_campaigns_is_counted_by_campaign_and_fund_without_what_was_corrected(house: House) -> None:
    spend(house, "a", 100_00, campaign="winter-tea", fund="head")
    spend(house, "b", 50_00, campaign="winter-tea")
    spend(house, "c", 7_00, campaign="winter-tea", fund="head", currency="EUR")
    spend(house, "d", 900_00, campaign="other")
    with house.reads() as session:
        first = next(one.id for one in session.query(_fact()).filter_by(key="a"))
    spend(house, "a2", 80_00, campaign="winter-tea", fund="head", corrects=first)
    with house.reads() as session:
        by_campaign = rows.spending(session, ["winter-tea", "nothing"])
        by_fund = rows.spending(session, ["winter-tea"], "fund")
    assert {one.currency: one.cost for one in by_campaign["winter-tea"]} == {"RUB": 130_00, "EUR": 7_00}
    assert {fund: sorted(one.cost or 0 for one in found) for fund, found in by_fund.items()} == {
        "": [50_00], "head": [7_00, 80_00],
    }  # fmt: skip
    assert "nothing" not in by_campaign and "other" not in by_campaign


def _fact() -> Any:
    from models.registry import Fact

    return Fact


def test_funds_count_the_year_and_what_named_none(house: House) -> None:
    spend(house, "a", 100_00, fund="head")
    spend(house, "b", 40_00)
    spend(house, "c", 30_00, fund="head", observed_at=NOW - timedelta(days=400))
    with house.reads() as session:
        found = rows.spending_by_fund(session, date(2026, 1, 1), "Europe/Moscow")
    assert {fund: [one.cost for one in tallies] for fund, tallies in found.items()} == {"head": [100_00], "": [40_00]}


def test_pieces_are_shown_with_what_became_of_them(house: House) -> None:
    placed(house, "2", state=State.PLANNED, sent_at=NOW + timedelta(days=2))
    placed(house, "1", state=State.SENT, sent_at=NOW)
    placed(house, "3", state=State.REJECTED, sent_at=NOW + timedelta(days=3))
    with house.reads() as session:
        assert [work.number for work in rows.works(session, "winter-tea")] == ["fake-1", "fake-2", "fake-3"]
        assert rows.counts(session, ["winter-tea"])["winter-tea"] == rows.Counted(out=1, coming=1, troubled=1)
        assert rows.works(session, "other") == [] and rows.counts(session, ["other"]) == {}


def test_a_publications_corrections_and_removals_are_no_publications(house: House) -> None:
    placed(house, "1", state=State.SENT, sent_at=NOW)
    [piece] = ids(house)
    told: dict[str, Any] = {"account": "fake", "subject_id": str(piece), "campaign": "winter-tea"}
    with house.sessions.begin() as session:
        session.add(delivery("edit:1", verb=Verb.EDIT, state=State.SENT, **told))
        session.add(delivery("delete:1", verb=Verb.DELETE, state=State.PLANNED, **told))
    with house.reads() as session:
        [work] = rows.works(session, "winter-tea")
        assert work.states == {State.SENT: 1}
        assert rows.counts(session, ["winter-tea"])["winter-tea"] == rows.Counted(out=1)
        assert rows.outside(session, "winter-tea", date(2026, 12, 1), date(2026, 12, 31), "Europe/Moscow") == []


def ids(house: House) -> list[int]:
    with house.reads() as session:
        return [piece.id or 0 for piece in session.query(Piece)]
