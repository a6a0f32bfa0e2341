"""What is written back into a row of the plan."""

from datetime import date, time

import pytest

from models.content import Outcome, PlanRow
from models.delivery import State
from models.locale import spoken
from models.reason import because
from tasks.outcomes.outcome import Fate, outcome, with_edits

CHANNELS = {"site": "Site", "vk": "VK wall"}


def fate(state: State, account: str = "site", **more: object) -> Fate:
    return Fate(account=account, state=state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fates", "status"),
    [
        pytest.param([], "not planned yet", id="none"),
        pytest.param([fate(State.PLANNED), fate(State.CLAIMED)], "planned", id="planned"),
        pytest.param([fate(State.SENT), fate(State.CONFIRMED)], "published", id="all-out"),
        pytest.param(
            [fate(State.SENT), fate(State.PLANNED), fate(State.PLANNED)], "published 1 of 3, planned: 2", id="part"
        ),
        pytest.param([fate(State.PLANNED, approved=False)], "waits for approval", id="unapproved"),
        pytest.param([fate(State.HELD), fate(State.CANCELLED)], "held: 1, cancelled: 1", id="neither"),
    ],
)
def test_the_status_is_one_word_or_how_many(fates: list[Fate], status: str) -> None:
    assert outcome(fates, CHANNELS).status == status


def test_links_reach_and_reactions_are_of_what_is_out() -> None:
    fates = [
        fate(State.SENT, url="https://a", seen={"views": 120, "likes": 7, "comments": 1}),
        fate(State.CONFIRMED, "vk", url="https://b", seen={"reach": 80, "views": 95, "reactions": 4, "likes": 4}),
        fate(State.PLANNED, "vk", seen={"views": 9}),
    ]
    made = outcome(fates, CHANNELS)
    assert (made.link, made.reach, made.reactions) == ("https://a\nhttps://b", 200, 12)


def test_a_number_nobody_knows_is_left_out_never_0() -> None:
    assert outcome([fate(State.SENT, url="https://a")], CHANNELS) == Outcome(status="published", link="https://a")
    assert outcome([fate(State.SENT, seen={"likes": 0})], CHANNELS).reactions == 0


def test_reasons_name_their_channel_once() -> None:
    late = because("too late", code="late")
    fates = [fate(State.HELD, reason=late), fate(State.HELD, reason=late), fate(State.REJECTED, "vk", reason=late),
             fate(State.SENT, reason=because("old"))]  # fmt: skip
    assert outcome(fates, CHANNELS).reason == "Site: too late\nVK wall: too late"


def test_it_is_said_in_the_readers_language() -> None:
    with spoken("ru"):
        assert outcome([fate(State.SENT), fate(State.HELD)], CHANNELS).status == "опубликовано 1 из 2, придержано: 1"


def test_what_the_desk_has_edited_is_said_beside_the_row() -> None:
    row = PlanRow(number="7", on=date(2026, 11, 27), at=time(18, 30), channels=("vk",))
    with spoken("en"):
        said = with_edits(Outcome(reason="Late."), {"on", "at", "channels", "body"}, row, {"vk": "Wall"}).reason
    assert said == (
        "Late.\nEdited on the desk, not as in this file: date: 2026-11-27, time: 18:30, channels: Wall, text."
    )
    assert with_edits(Outcome(), (), row, {}) == Outcome()
