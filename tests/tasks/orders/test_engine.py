"""Orders about publications, on both databases: done, too late, or no such; and what was done stays done."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from integrations.channels.base import Part
from models.delivery import PartRow, State
from models.orders import Order, RepeatedOrder, TimedOrder, Verdict
from models.reason import because
from models.stop import Scope
from tasks.orders.engine import Orders
from tasks.stop import rows as stops
from tests.fakes import NOW
from tests.tasks.orders.company import HOUR, Company

DAY = timedelta(days=1)


def orders(company: Company) -> Orders:
    return Orders(company.house.sessions, company.clock, company.house.workspace)


def repeated(person: str = "olga", **which: Any) -> RepeatedOrder:
    return RepeatedOrder(person=person, **which)


def timed(person: str = "olga", **which: Any) -> TimedOrder:
    return TimedOrder(person=person, **which)


def test_a_piece_is_cancelled_in_every_channel(company: Company) -> None:
    company.plan("7", "fake", "vk")
    report = orders(company).cancel(repeated(piece="7", reason="no seats"))
    assert [str(line) for line in report.lines] == [
        "№ 7 “Tea 7” · Fake · publication 1 — cancelled.", "№ 7 “Tea 7” · VK wall · publication 2 — cancelled.",
    ]  # fmt: skip
    assert report.ending.title == "Done"
    assert company.states() == [State.CANCELLED] * 2
    assert company.row(1).reason["words"] == {"person": "Olga Author", "why": "no seats"}


@pytest.mark.parametrize("which", [{"piece": "№ 7", "channel": "vk WALL"}, {"piece": "Tea 7", "channel": "vk"},
                                   {"publication": 2}], ids=["title", "key", "number"])  # fmt: skip
def test_one_publication_is_named_as_people_name_it(company: Company, which: dict[str, Any]) -> None:
    company.plan("7", "fake", "vk")
    assert orders(company).hold(repeated(**which)).ending.title == "Done"
    assert company.states() == [State.PLANNED, State.HELD]


@pytest.mark.parametrize(
    ("which", "said"),
    [
        pytest.param(
            {"piece": "71"}, "There is no piece № 71. Nearest: № 70 “Tea 70”, № 7 “Tea 7”, № 3 “Tea 3”.", id="№"
        ),
        pytest.param(
            {"piece": "Coffee 7"}, "There is no piece № Coffee 7. Nearest: № 7 “Tea 7”, № 70 “Tea 70”", id="title"
        ),
        pytest.param({"piece": "7", "channel": "wk"}, "There is no channel “wk”. Nearest: vk, Fake.", id="channel"),
        pytest.param(
            {"piece": "7", "channel": "vk"}, "№ 7 “Tea 7” has no publication in the channel VK wall.", id="none"
        ),
        pytest.param({"publication": 99}, "There is no publication with the number 99.", id="number"),
        pytest.param({}, "Name one: the № of a piece, or the number of a publication.", id="nothing"),
        pytest.param({"piece": "7", "publication": 1}, "Name one: the № of a piece", id="both"),
        pytest.param(
            {"piece": "7", "person": "Olga Autor"}, "There is no person “Olga Autor”. Nearest: Olga Author", id="person"
        ),
        pytest.param({"piece": "7", "person": "Nina"}, "Nina Cashier may not change the schedule.", id="may-not"),
    ],
)
def test_what_is_not_known_is_answered_with_the_nearest(company: Company, which: dict[str, Any], said: str) -> None:
    for number in ("3", "7", "70"):
        company.plan(number)
    report = orders(company).cancel(repeated(**which))
    assert said in str(report.refusal)
    assert report.ending.failed
    assert company.states() == [State.PLANNED] * 3


LATE = {
    State.INTENT: "too late, it is going out just now",
    State.SENT: "too late, it is out already: http://out",
    State.CONFIRMED: "too late, it is out already: http://out",
    State.UNKNOWN: "its outcome is unknown",
    State.CANCELLED: "it is cancelled; to bring it back",
}


@pytest.mark.parametrize("state", LATE)
def test_too_late_says_why_and_changes_nothing(company: Company, state: State) -> None:
    [id] = company.plan("7")
    company.set(id, state, url="http://out")
    made = orders(company)
    for report in (made.cancel(repeated(piece="7")), made.hold(repeated(piece="7")),
                   made.move(timed(piece="7", date="+1"))):  # fmt: skip
        assert LATE[state] in report.lines[0].said
        assert report.ending.title == "Not done: 0 of 1"
    assert company.states() == [state]


def test_of_repeats_the_nearest_is_meant_unless_all_are(company: Company) -> None:
    company.plan("7", "fake", "vk", occurrences=3)
    report = orders(company).hold(repeated(piece="7"))
    assert len(report.lines) == 2
    assert report.notes == ("4 more repeats stand as they were. They are ordered by their own numbers, "
                            "or all with “all repeats”.",)  # fmt: skip
    report = orders(company).hold(repeated(piece="7", repeats=True))
    assert len(report.lines) == 4
    assert company.states() == [State.HELD] * 6


def test_a_moved_row_stays_where_a_person_put_it(company: Company) -> None:
    [id] = company.plan("7")
    company.set(id, State.PLANNED, run_id="run", run_key="key")
    report = orders(company).move(timed(piece="7", date="+1", time="18:30"))
    assert report.lines[0].said == "moved to 24.11.2026 18:30"
    assert company.lay_out("7", "fake", NOW + HOUR)["moved"] == 0
    row = company.row(id)
    assert (row.due_at, row.wall_time, row.run_id, row.run_key) == (
        datetime.fromisoformat("2026-11-24T15:30Z"), "2026-11-24T18:30", "", "",
    )  # fmt: skip
    assert row.late_at == row.due_at + 2 * HOUR


def test_the_plan_wins_when_it_names_another_time_later(company: Company) -> None:
    [id] = company.plan("7")
    orders(company).move(timed(piece="7", date="+1"))
    orders(company).move(timed(piece="7", date="+2"))
    assert company.lay_out("7", "fake", NOW + HOUR)["moved"] == 0
    assert company.lay_out("7", "fake", NOW + 3 * HOUR)["moved"] == 1
    assert (company.row(id).due_at, company.row(id).plan_wall) == (NOW + 3 * HOUR, "")
    assert company.lay_out("7", "fake", NOW + HOUR)["moved"] == 1


def test_moving_keeps_a_held_row_held_and_says_so(company: Company) -> None:
    [id] = company.plan("7")
    company.set(id, State.HELD, reason=because("It costs more.", code="price").model_dump())
    report = orders(company).move(timed(piece="7", time="18:30"))
    assert str(report.lines[0]).endswith("moved to 23.11.2026 18:30; it is still held: It costs more.")
    assert company.states() == [State.HELD]


@pytest.mark.parametrize("code", ["late", "not_approved"])
def test_what_was_held_for_its_time_goes_on_at_a_new_one(company: Company, code: str) -> None:
    """The reason says “move it”: then moving it is enough, by order and by the plan."""
    [id] = company.plan("7", at=NOW - DAY)
    held = because("Too late.", code=code).model_dump()
    company.set(id, State.HELD, reason=held)
    [line] = orders(company).move(timed(piece="7", date="+1")).lines
    assert (line.notes, company.row(id).state, company.row(id).reason) == ((), State.PLANNED, {})
    company.set(id, State.HELD, reason=held)
    assert company.lay_out("7", "fake", NOW + 2 * DAY)["moved"] == 1
    assert company.states() == [State.PLANNED]


@pytest.mark.parametrize(
    ("date", "time", "said"),
    [
        pytest.param("", "", "Name a new date, a new time, or both.", id="neither"),
        pytest.param("", "11:30", "2026-11-23 11:30 has passed already.", id="past"),
        pytest.param("-1", "", "has passed already", id="yesterday"),
        pytest.param("31.02", "", "There is no such day", id="no-day"),
        pytest.param("", "noon", "is not a time", id="no-time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(company: Company, date: str, time: str, said: str) -> None:
    [id] = company.plan("7")
    assert said in str(orders(company).move(timed(piece="7", date=date, time=time)).refusal)
    assert company.row(id).due_at == NOW + HOUR


def test_a_restored_row_whose_time_has_passed_needs_a_new_one(company: Company) -> None:
    [id] = company.plan("7", at=NOW - DAY)
    company.set(id, State.MISSED)
    report = orders(company).restore(timed(piece="7"))
    assert "its time, 22.11.2026 12:00, has passed" in report.lines[0].said
    assert (
        orders(company).restore(timed(piece="7", time="now+30m")).lines[0].said == "planned again for 23.11.2026 12:30"
    )
    assert company.states() == [State.PLANNED]
    assert company.row(id).due_at == NOW + HOUR / 2


def test_a_cancelled_row_comes_back_at_its_own_time(company: Company) -> None:
    company.plan("7", approved=False)
    orders(company).cancel(repeated(piece="7"))
    [line] = orders(company).restore(timed(piece="7")).lines
    assert (line.said, line.notes) == (
        "planned again for 23.11.2026 13:00", ("it is not approved yet, and goes out only when it is",),
    )  # fmt: skip


def test_what_is_ordered_at_once_goes_out_and_stays_out(company: Company) -> None:
    [id] = company.plan("7", at=NOW + DAY)
    [line] = orders(company).publish_now(Order(person="olga", piece="7"), urgent=False).lines
    assert line.said == "goes out now"
    company.lay_out("7", "fake", NOW + DAY)
    company.publish_due()
    assert (company.row(id).state, company.fake.texts()) == (State.SENT, ["Tea 7"])


@pytest.mark.parametrize("state", [State.PLANNED, State.HELD, State.MISSED])
def test_nothing_unapproved_is_published_by_an_order(company: Company, state: State) -> None:
    [id] = company.plan("7", approved=False)
    company.set(id, state)
    [line] = orders(company).publish_now(Order(person="olga", piece="7"), urgent=True).lines
    assert (line.done, line.said) == (False, "it is not approved; approve it first, else it would go out unread")
    assert company.row(id).due_at == NOW + HOUR


def test_a_late_row_is_not_late_any_more_when_ordered_now(company: Company) -> None:
    [id] = company.plan("7", at=NOW - DAY)
    company.set(id, State.HELD, reason=because("late", code="late").model_dump())
    orders(company).publish_now(Order(person="olga", publication=id), urgent=False)
    company.publish_due()
    assert company.row(id).state == State.SENT


def test_an_order_says_that_a_stop_holds_it(company: Company) -> None:
    [id] = company.plan("7")
    with company.house.sessions.begin() as session:
        stops.pull_stop(session, company.clock, Scope.ALL, "", "vera", "")
    [line] = orders(company).publish_now(Order(person="olga", publication=id), urgent=False).lines
    assert line.notes == ("a Stop holds it until the Stop is released",)
    company.publish_due()
    assert company.row(id).state == State.PLANNED


@pytest.mark.parametrize(
    ("verdict", "link", "said", "state"),
    [
        pytest.param(Verdict.OUT, "http://seen", "recorded as published", State.SENT, id="out"),
        pytest.param(Verdict.AGAIN, "", "goes out again, as a new attempt", State.PLANNED, id="again"),
        pytest.param(Verdict.LEAVE, "", "left as it is, without another attempt", State.CANCELLED, id="leave"),
    ],
)
def test_an_unknown_outcome_is_what_a_person_saw(
    company: Company, verdict: Verdict, link: str, said: str, state: State
) -> None:
    [id] = company.plan("7", at=NOW - DAY)
    company.set(id, State.UNKNOWN)
    [line] = orders(company).decide_unknown(Order(person="gleb", piece="7"), verdict, link).lines
    assert (line.said, company.row(id).state, company.row(id).url) == (said, state, link)
    company.publish_due()
    assert company.fake.texts() == (["Tea 7"] if verdict is Verdict.AGAIN else [])


def test_one_link_is_of_one_publication(company: Company) -> None:
    for id in company.plan("7", "fake", "vk"):
        company.set(id, State.UNKNOWN)
    report = orders(company).decide_unknown(Order(person="gleb", piece="7"), Verdict.OUT, "http://seen")
    assert "Name the channel" in str(report.refusal)
    report = orders(company).decide_unknown(Order(person="olga", piece="7"), Verdict.OUT, "")
    assert "may not decide about it" in str(report.refusal)
    assert company.states() == [State.UNKNOWN] * 2


def test_a_known_outcome_is_not_decided_again(company: Company) -> None:
    company.plan("7", "fake")
    [line] = orders(company).decide_unknown(Order(person="gleb", piece="7"), Verdict.AGAIN, "").lines
    assert line.said == "its outcome is not in doubt: it is waiting for its time"


def test_a_publication_that_is_half_out_says_so_when_it_is_cancelled(company: Company) -> None:
    [id] = company.plan("7")
    with company.house.sessions.begin() as session:
        session.add(PartRow(delivery_id=id, ordinal=0, name="photo", state=State.SENT))
        session.add(PartRow(delivery_id=id, ordinal=1, name="text"))
    [line] = orders(company).cancel(repeated(piece="7")).lines
    assert line.notes == ("attention: 1 of its parts are on the channel already, look there",)


def repeats(company: Company) -> dict[str, Any]:
    """Every verb as an order about the same piece, which repeats every week."""
    made = orders(company)
    return {
        "cancel": lambda: made.cancel(repeated(piece="7")),
        "hold": lambda: made.hold(repeated(piece="7")),
        "restore": lambda: made.restore(timed(piece="7", date="+1", time="18:30")),
        "move": lambda: made.move(timed(piece="7", date="+10", time="18:30")),
        "publish now": lambda: made.publish_now(Order(person="olga", piece="7"), urgent=True),
    }


@pytest.mark.parametrize("before", [State.PLANNED, State.HELD, State.MISSED])
@pytest.mark.parametrize("verb", ["cancel", "hold", "restore", "move", "publish now"])
def test_the_same_order_again_is_about_the_same_publication(company: Company, verb: str, before: State) -> None:
    """Pressed twice, it changes one repeat of the piece: not the next one too."""
    ids = company.plan("7", at=NOW + HOUR, occurrences=4)
    for id in ids:
        company.set(id, before)
    untouched = {id: company.row(id).model_dump() for id in ids}
    order = repeats(company)[verb]
    order()
    company.publish_due()
    once = {id: company.row(id).model_dump() for id in ids}
    company.clock.at += timedelta(seconds=40)
    again = order()
    company.publish_due()
    changed = [id for id in ids if company.row(id).model_dump() != untouched[id]]
    assert len(changed) <= 1, again.markdown()
    assert [id for id in ids if once[id] != untouched[id]] == changed
    assert not again.refusal and len(again.lines) == 1
    assert len(company.fake.texts()) <= 1


def test_a_piece_does_not_stand_twice_in_a_channel_at_once(company: Company) -> None:
    ids = company.plan("7", occurrences=2)
    made = orders(company)
    made.move(timed(publication=ids[0], date="2026-12-05", time="18:30"))
    [line] = made.move(timed(publication=ids[1], date="2026-12-05", time="18:30")).lines
    assert (line.done, line.said) == (
        False, "the piece stands in this channel at 05.12.2026 18:30 already; nothing was changed",
    )  # fmt: skip
    company.set(ids[1], State.HELD)
    assert not made.restore(timed(publication=ids[1], date="2026-12-05", time="18:30")).lines[0].done
    company.set(ids[0], State.CANCELLED)
    assert made.restore(timed(publication=ids[1], date="2026-12-05", time="18:30")).lines[0].done


def test_a_repeat_that_went_out_long_ago_is_not_the_one_meant(company: Company) -> None:
    ids = company.plan("7", at=NOW - DAY, occurrences=3)
    company.set(ids[0], State.SENT, sent_at=NOW - DAY)
    assert [line.id for line in orders(company).cancel(repeated(piece="7")).lines] == [ids[1]]


def test_of_several_unknown_ones_each_is_named_by_its_number(company: Company) -> None:
    """What was seen of one is not said of the other: "it is out" would hide that it is not."""
    ids = company.plan("7", at=NOW - DAY, occurrences=2)
    for id in ids:
        company.set(id, State.UNKNOWN)
    made = orders(company)
    report = made.decide_unknown(Order(person="gleb", piece="7"), Verdict.OUT, "")
    assert "Name one by its number: 1, 2." in str(report.refusal)
    made.decide_unknown(Order(person="gleb", publication=ids[0]), Verdict.OUT, "")
    assert company.states() == [State.SENT, State.UNKNOWN]


def test_what_was_never_tried_goes_out_after_the_part_that_a_person_saw(company: Company) -> None:
    """The pictures are on the channel, says a person; the text after them was not tried and is not lost."""
    company.fake.plan = (Part("pictures"), Part("text"))
    [id] = company.plan("7", at=NOW - DAY)
    company.set(id, State.UNKNOWN)
    with company.house.sessions.begin() as session:
        session.add(PartRow(delivery_id=id, ordinal=0, name="pictures", state=State.INTENT))
        session.add(PartRow(delivery_id=id, ordinal=1, name="text"))
    [line] = orders(company).decide_unknown(Order(person="gleb", piece="7"), Verdict.OUT, "http://seen").lines
    assert line.said == "recorded as published as far as it was tried; the rest of it goes out now"
    company.publish_due()
    assert [part for part, _, _ in company.fake.accepted] == ["text"]
    assert company.states() == [State.SENT]


def test_what_quiet_hours_keep_back_is_not_late_when_they_end(company: Company) -> None:
    company.house.root.joinpath("company.yaml").write_text(
        company.house.root.joinpath("company.yaml").read_text() + 'quiet_hours: "22:00-08:00"\n'
    )
    [id] = company.plan("7", at=NOW + DAY)
    company.clock.at = datetime.fromisoformat("2026-11-23T20:00Z")  # 23:00 in Moscow
    [line] = orders(company).publish_now(Order(person="olga", piece="7"), urgent=False).lines
    assert line.said.startswith("quiet hours until ")
    assert company.row(id).late_at == datetime.fromisoformat("2026-11-24T07:00Z")
    orders(company).move(timed(piece="7", date="+1", time="23:30"))
    assert company.row(id).late_at == datetime.fromisoformat("2026-11-25T07:00Z")
