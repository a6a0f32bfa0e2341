"""The big switch, on both databases: it holds at once, tells what is out, and only a person lets go."""

from datetime import timedelta
from threading import Barrier, Event, Thread
from time import monotonic
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.database import DatabaseClock, now_by
from models.delivery import Delivery, PartRow, State
from models.orders import Signed
from models.stop import Scope, StopOrder
from tasks.delivery.engine import Engine
from tasks.stop.engine import Switch
from tests.fakes import NOW, QUICK_TERMS, Contents, FakeChannel, delivery
from tests.tasks.orders.company import Company

BY = Signed(person="olga", reason="wrong price")
HEAD = Signed(person="Vera")


def switch(company: Company) -> Switch:
    return Switch(company.house.sessions, company.clock, company.house.workspace)


def pulled(company: Company) -> list[tuple[str, str, str]]:
    with company.house.reads() as session:
        return [(o.scope, o.scope_key, o.pulled_by) for o in session.query(StopOrder).order_by(StopOrder.id)]


@pytest.mark.parametrize(
    ("scope", "name", "key"),
    [
        pytest.param(Scope.ALL, "", "", id="all"),
        pytest.param(Scope.CHANNEL, "VK wall", "vk", id="channel"),
        pytest.param(Scope.CAMPAIGN, "winter tea", "winter-tea", id="campaign"),
        pytest.param(Scope.PIECE, "№ 7", "1", id="piece"),
    ],
)
def test_what_is_stopped_stays_and_the_rest_goes(company: Company, scope: Scope, name: str, key: str) -> None:
    company.plan("7", "fake", "vk", at=NOW)
    company.plan("8", "fake", at=NOW, campaign="")
    stopped = switch(company).pull(scope, name, BY)
    assert pulled(company) == [(scope, key, "olga")]
    company.publish_due()
    sent = company.states().count(State.SENT)
    assert sent == {Scope.ALL: 0, Scope.CHANNEL: 2, Scope.CAMPAIGN: 1, Scope.PIECE: 1}[scope]
    assert stopped.held_back == 3 - sent


def test_it_lists_what_is_out_with_links(company: Company) -> None:
    ids = company.plan("7", "fake", "vk", at=NOW)
    company.set(ids[0], State.SENT, sent_at=NOW, url="https://fake/1")
    company.set(ids[1], State.INTENT)
    [half] = company.plan("8")
    with company.house.sessions.begin() as session:
        session.add(PartRow(delivery_id=half, ordinal=0, name="photo", state=State.SENT))
    stopped = switch(company).pull(Scope.ALL, "", BY)
    text = stopped.markdown()
    assert "| 8 | Tea 8 | Fake | 23.11.2026 13:00 | partly out: look at the channel |" in text
    assert "| 7 | Tea 7 | Fake | 23.11.2026 12:00 | [https://fake/1](https://fake/1) |" in text
    assert "| 7 | Tea 7 | VK wall | 23.11.2026 12:00 | going out just now: look at the channel |" in text
    assert stopped.ending.title == "Done"


def test_stopping_twice_is_one_stop(company: Company) -> None:
    first = switch(company).pull(Scope.ALL, "", BY)
    again = switch(company).pull(Scope.ALL, "", HEAD)
    assert (again.number, again.already) == (first.number, "Olga Author has stopped this already, at 23.11.2026 12:00.")
    assert len(pulled(company)) == 1


@pytest.mark.parametrize(
    ("scope", "name", "by", "said"),
    [
        (Scope.CHANNEL, "wk wall", BY, "There is no channel “wk wall”. Nearest: VK wall"),
        (Scope.CAMPAIGN, "", BY, "Name what is meant"),
        (Scope.PIECE, "9", BY, "There is no piece № 9. Nearest: № 7 “Tea 7”"),
        (Scope.ALL, "", Signed(person="Nina"), "Nina Cashier may not pull the Stop."),
    ],
)
def test_what_is_not_known_stops_nothing(company: Company, scope: Scope, name: str, by: Signed, said: str) -> None:
    company.plan("7")
    stopped = switch(company).pull(scope, name, by)
    assert str(stopped.refusal).startswith(said)
    assert stopped.ending.failed
    assert pulled(company) == []


def test_only_who_may_releases_and_then_it_goes_out(company: Company) -> None:
    company.plan("7", at=NOW)
    number = switch(company).pull(Scope.CHANNEL, "fake", BY).number
    refused = switch(company).release(number, None, "", BY)
    assert str(refused.refusal).startswith("Olga Author may not release a Stop.")
    company.publish_due()
    assert company.states() == [State.PLANNED]
    released = switch(company).release(number, None, "", HEAD)
    assert released.sentences == ("Stop № 1 (channel “Fake”), pulled by Olga Author at 23.11.2026 12:00, is released.",)
    company.publish_due()
    assert company.states() == [State.SENT]


def test_a_scope_is_released_whole_and_others_stay(company: Company) -> None:
    company.plan("7")
    switch(company).pull(Scope.PIECE, "7", BY)
    switch(company).pull(Scope.ALL, "", BY)
    wrong = switch(company).release(0, Scope.CHANNEL, "vk", HEAD)
    assert "channel “VK wall” is not stopped. In force: № 1 — piece № 7 “Tea 7”; № 2 — everything." in str(
        wrong.refusal
    )
    assert switch(company).release(0, Scope.ALL, "", HEAD).ending.done == 1
    missing = switch(company).release(2, None, "", HEAD)
    assert str(missing.refusal) == "There is no Stop № 2 in force. In force: № 1 — piece № 7 “Tea 7”."


class SlowChannel(FakeChannel):
    """Takes a moment for every call, so that a batch is in flight when the switch is pulled."""

    def act(self, call: Any) -> Any:
        Event().wait(0.02)
        return super().act(call)


def test_a_stop_holds_a_batch_in_flight_within_seconds(company: Company) -> None:
    """Nothing is called later than a moment after the switch: the rest of the batch stays planned."""
    clock, channel, sessions = DatabaseClock(), SlowChannel(), company.house.sessions
    with sessions.begin() as session:
        now = now_by(clock, session)
        session.add_all([delivery(f"batch-{n}", at=now - timedelta(minutes=1)) for n in range(400)])
    runner = Thread(target=run_until_idle, args=(sessions, clock, channel))
    runner.start()
    while len(channel.accepted) < 20:
        Event().wait(0.01)
    Switch(sessions, clock, company.house.workspace).pull(Scope.ALL, "", BY)
    at_stop, since = len(channel.accepted), monotonic()
    runner.join(30)
    assert monotonic() - since < 5
    assert len(channel.accepted) - at_stop <= channel.capabilities.connections
    assert len(channel.accepted) < 400
    assert company.states().count(State.SENT) == len(channel.accepted)
    assert company.states().count(State.PLANNED) == 400 - len(channel.accepted)


def run_until_idle(sessions: sessionmaker[Session], clock: DatabaseClock, channel: FakeChannel) -> None:
    Engine(sessions, clock, lambda account: channel, Contents(), "placement", "runner", terms=QUICK_TERMS).run(
        timedelta(seconds=20)
    )


def test_pulled_twice_at_once_there_is_one_stop_to_release(company: Company) -> None:
    told: list[int] = []
    start = Barrier(4)

    def pull() -> None:
        start.wait()
        told.append(switch(company).pull(Scope.CHANNEL, "vk", BY).number)

    threads = [Thread(target=pull) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 4 and set(told) == {told[0]}
    assert pulled(company) == [(Scope.CHANNEL, "vk", "olga")]
    assert switch(company).release(told[0], None, "", HEAD).ending.title == "Done"
    again = switch(company).release(told[0], None, "", HEAD)
    assert "There is no Stop" in str(again.refusal)
    assert switch(company).pull(Scope.CHANNEL, "vk", BY).number != told[0]


def test_a_stop_holds_even_where_what_is_out_cannot_be_listed(company: Company) -> None:
    """The switch comes first; a row that cannot be read must not undo it."""
    [id] = company.plan("7", at=NOW)
    company.set(id, State.SENT, sent_at=NOW, reason={"words": "kept by another release"})
    company.plan("8", at=NOW)
    stopped = switch(company).pull(Scope.ALL, "", BY)
    company.publish_due()
    assert company.states() == [State.SENT, State.PLANNED]
    assert (stopped.number, stopped.ending.done) == (1, 1)
    assert "The Stop holds, but what is out already could not be listed" in stopped.markdown()
    assert "The Stop holds" in stopped.ending.remarks[0]


def test_a_call_that_begins_while_the_switch_is_pulled_is_listed(company: Company) -> None:
    """On PostgreSQL a claim that is writing its intent is waited for: it is either held, or told of."""
    [id] = company.plan("7", at=NOW)
    going, listed = Event(), Event()
    found: list[str] = []

    def intend() -> None:
        with company.house.sessions.begin() as session:
            row = session.get_one(Delivery, id, with_for_update=True)
            row.state = State.INTENT
            session.flush()
            going.set()
            listed.wait(0.5)

    company.set(id, State.CLAIMED)
    thread = Thread(target=intend)
    thread.start()
    going.wait()
    stopped = switch(company).pull(Scope.ALL, "", BY)
    found += [out.state for out in stopped.out]
    listed.set()
    thread.join()
    assert found == [State.INTENT]
