"""The engine against a channel that misbehaves, on both databases."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from queue import Empty
from threading import Event, Thread
from typing import Any, cast

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Call, Channel, Part
from integrations.errors import OutcomeUnknown, Refused, Unavailable, Unsupported
from models.database import DatabaseClock, SetClock
from models.delivery import Delivery, Lateness, PartRow, State, Verb
from models.post import Post
from models.reaction import AccountState
from models.reason import because
from models.stop import Scope
from tasks.delivery.engine import Engine
from tasks.delivery.rows import claim, due_accounts
from tasks.orders import rows as orders
from tasks.recovery.engine import Search
from tasks.stop import rows as stops
from tests.fakes import NOW, QUICK_TERMS, Contents, FakeChannel, delivery

Sessions = sessionmaker[Session]
PAST = NOW - timedelta(days=30)


def engine(sessions: Sessions, channel: FakeChannel, **more: Any) -> Engine:
    more = {"provider_of": lambda account: channel, "contents": Contents(), "terms": QUICK_TERMS} | more
    return Engine(sessions, DatabaseClock(), kind="placement", worker="w", **more)


def search(sessions: Sessions, channel: FakeChannel) -> Search:
    """At a time when every lease of the engine's is over: a time of day in the tests would come to pass one day."""
    clock = SetClock(datetime.now(UTC) + timedelta(hours=1))
    return Search(sessions, clock, lambda account: channel, Contents(), "placement", QUICK_TERMS)


def put(sessions: Sessions, *keys: str, **fields: Any) -> None:
    with sessions.begin() as session:
        session.add_all([delivery(key, at=PAST, **fields) for key in keys])


def rows(sessions: Sessions) -> dict[str, Delivery]:
    with sessions() as session:
        return {row.key: row for row in session.execute(select(Delivery)).scalars()}


def states(sessions: Sessions) -> Counter[str]:
    return Counter(row.state for row in rows(sessions).values())


def fail(error: Exception) -> Callable[[Call], None]:
    def raising(call: Call) -> None:
        raise error

    return raising


def after(channel: FakeChannel, error: Exception) -> Callable[[Call], None]:
    """The provider takes it, and the answer is lost."""

    def accepted(call: Call) -> None:
        channel.accept(call)
        raise error

    return accepted


def test_everything_due_goes_out_once(sessions: Sessions) -> None:
    channel = FakeChannel()
    put(sessions, *(f"k{n}" for n in range(60)))
    tally = engine(sessions, channel).run()
    assert sorted(channel.texts()) == sorted(f"k{n}" for n in range(60))
    assert tally.counts[State.SENT] == 60
    assert all(row.remote_id and row.url for row in rows(sessions).values())


def test_nothing_due_is_a_short_day(sessions: Sessions) -> None:
    assert engine(sessions, FakeChannel()).run().counts.total() == 0


NO = because("The text is empty.")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        pytest.param(Refused(NO), State.REJECTED, id="no"),
        pytest.param(Unsupported(NO), State.REJECTED, id="cannot"),
        pytest.param(OutcomeUnknown(NO), State.UNKNOWN, id="dont-know"),
        pytest.param(RuntimeError("bug"), State.UNKNOWN, id="our-own-error"),
    ],
)
def test_each_failure_has_its_state_and_its_reason(sessions: Sessions, error: Exception, state: State) -> None:
    channel = FakeChannel()
    channel.misbehave["bad"] = deque([fail(error)])
    put(sessions, "bad", "good")
    engine(sessions, channel).run()
    found = rows(sessions)
    assert found["bad"].state == state
    assert found["bad"].reason["text"]
    assert found["good"].state == State.SENT


def test_not_now_is_tried_again_until_it_goes(sessions: Sessions) -> None:
    channel = FakeChannel()
    channel.misbehave["busy"] = deque([fail(Unavailable(NO)), fail(Unavailable(NO))])
    put(sessions, "busy")
    while rows(sessions)["busy"].state != State.SENT:
        engine(sessions, channel).run()
    assert channel.texts() == ["busy"]
    assert rows(sessions)["busy"].attempts == 2


def test_a_provider_that_names_a_time_pauses_its_account(sessions: Sessions) -> None:
    channel = FakeChannel(connections=1)
    channel.misbehave["a"] = deque([fail(Unavailable(NO, retry_after=timedelta(hours=1)))])
    put(sessions, "a", "b")
    engine(sessions, channel).run()
    assert channel.texts() == []
    assert states(sessions) == {State.PLANNED: 2}
    engine(sessions, channel).run()
    assert channel.texts() == []


def test_an_album_resumes_where_it_stopped(sessions: Sessions) -> None:
    parts = (Part("picture 1", repeatable=True), Part("picture 2", repeatable=True), Part("post"))
    channel = FakeChannel(parts=parts)
    channel.misbehave["album"] = deque([lambda call: None, fail(OutcomeUnknown(NO))])
    put(sessions, "album")
    while rows(sessions)["album"].state != State.SENT:
        engine(sessions, channel).run()
    assert [part for part, _, _ in channel.accepted] == ["picture 1", "picture 2", "post"]
    assert rows(sessions)["album"].remote_id == "3"


def test_a_refusal_after_a_part_says_what_is_already_out(sessions: Sessions) -> None:
    channel = FakeChannel(parts=(Part("photos"), Part("text")))
    channel.misbehave["a"] = deque([lambda call: None, fail(Refused(NO))])
    put(sessions, "a")
    engine(sessions, channel).run()
    row = rows(sessions)["a"]
    assert (row.state, row.reason["words"]["out"], row.reason["words"]["total"]) == (State.REJECTED, 1, 2)


def test_later_parts_see_what_earlier_ones_brought(sessions: Sessions) -> None:
    channel = FakeChannel(parts=(Part("upload", repeatable=True), Part("post")))
    seen: list[dict[str, Any]] = []
    channel.misbehave["a"] = deque([lambda call: None, lambda call: seen.append(call.done)])
    put(sessions, "a")
    engine(sessions, channel).run()
    assert seen[0]["upload"] == {"n": 1}


def test_unknown_is_never_repeated_and_is_found_by_asking(sessions: Sessions) -> None:
    channel = FakeChannel()
    channel.misbehave["lost"] = deque([after(channel, OutcomeUnknown(NO))])
    channel.misbehave["never"] = deque([fail(OutcomeUnknown(NO))])
    put(sessions, "lost", "never")
    engine(sessions, channel).run()
    engine(sessions, channel).run()
    assert channel.texts() == ["lost"]
    assert search(sessions, channel).run() == (1, 1, 0)
    engine(sessions, channel).run()
    assert sorted(channel.texts()) == ["lost", "never"]
    assert states(sessions) == {State.SENT: 2}


def test_where_nobody_can_be_asked_a_person_decides(sessions: Sessions) -> None:
    channel = FakeChannel(finds=False)
    channel.misbehave["lost"] = deque([fail(OutcomeUnknown(NO))])
    put(sessions, "lost")
    engine(sessions, channel).run()
    assert search(sessions, channel).run() == (0, 0, 1)
    row = rows(sessions)["lost"]
    assert (row.state, row.reason["code"]) == (State.UNKNOWN, "blind")
    assert search(sessions, channel).run() == (0, 0, 0)
    with sessions.begin() as session:
        assert row.id
        orders.decide_unknown(session, DatabaseClock(), row.id, orders.Verdict.AGAIN, "Anna")
    engine(sessions, channel).run()
    assert rows(sessions)["lost"].state == State.SENT
    assert rows(sessions)["lost"].generation == 1


def test_nothing_is_looked_for_while_a_call_may_still_be_in_the_air(sessions: Sessions) -> None:
    channel = FakeChannel()
    channel.misbehave["lost"] = deque([fail(OutcomeUnknown(NO))])
    put(sessions, "lost")
    engine(sessions, channel).run()
    early = Search(sessions, DatabaseClock(), lambda account: channel, Contents(), "placement", QUICK_TERMS)
    assert early.run() == (0, 0, 0)


def test_an_account_that_cannot_be_used_holds_its_rows_and_says_why(sessions: Sessions) -> None:
    channel = FakeChannel()

    def provider_of(account: str) -> Channel:
        if account == "dead":
            raise Refused(because("There is no token for this channel.", code="no_credentials"))
        return channel

    put(sessions, "a", account="dead")
    put(sessions, "b")
    engine(sessions, channel, provider_of=provider_of).run()
    found = rows(sessions)
    assert (found["a"].state, found["a"].reason["code"], found["b"].state) == (State.HELD, "no_credentials", State.SENT)


def test_a_row_without_content_is_held(sessions: Sessions) -> None:
    put(sessions, "a", "b")
    engine(sessions, FakeChannel(), contents=Contents(missing={1})).run()
    assert states(sessions) == {State.HELD: 1, State.SENT: 1}


def test_a_run_cancelled_in_prefect_takes_its_rows_with_it(sessions: Sessions) -> None:
    channel = FakeChannel()
    put(sessions, "a", run_id="cancelled")
    put(sessions, "b", run_id="other")
    engine(sessions, channel, cancelled_runs=lambda runs: runs & {"cancelled"}).run()
    assert channel.texts() == ["b"]
    assert rows(sessions)["a"].state == State.CANCELLED


def test_a_stop_pulled_in_the_middle_holds_the_rest(sessions: Sessions) -> None:
    channel = FakeChannel(connections=1)

    def pull(call: Call) -> None:
        with sessions.begin() as session:
            stops.pull_stop(session, DatabaseClock(), Scope.ALL, "", "Anna", "")

    channel.misbehave["k3"] = deque([pull])
    put(sessions, *(f"k{n}" for n in range(8)))
    engine(sessions, channel).run()
    assert channel.texts() == ["k0", "k1", "k2", "k3"]
    assert states(sessions) == {State.SENT: 4, State.PLANNED: 4}


def test_a_stop_signal_finishes_what_is_in_the_air_and_gives_the_rest_back(sessions: Sessions) -> None:
    stop, channel = Event(), FakeChannel(connections=1)
    channel.misbehave["k1"] = deque([lambda call: stop.set()])
    put(sessions, *(f"k{n}" for n in range(8)))
    engine(sessions, channel, stop=stop).run()
    assert channel.texts() == ["k0", "k1"]
    assert states(sessions) == {State.SENT: 2, State.PLANNED: 6}


def test_a_night_is_not_caught_up_at_midnight(sessions: Sessions) -> None:
    put(sessions, "skip", late_at=PAST, lateness=Lateness.SKIP)
    put(sessions, "ask", late_at=PAST, lateness=Lateness.ASK)
    put(sessions, "publish", late_at=PAST, lateness=Lateness.PUBLISH)
    channel = FakeChannel()
    engine(sessions, channel).run()
    found = {key: row.state for key, row in rows(sessions).items()}
    assert found == {"skip": State.MISSED, "ask": State.HELD, "publish": State.SENT}


def test_a_call_starts_only_while_there_is_time_for_it(sessions: Sessions) -> None:
    """A process frozen between its intent and its call must not make the call when it thaws."""
    channel, skew = FakeChannel(), [0.0]

    def frozen(session: Session, claims: Any) -> Any:
        skew.append(skew[-1] + 100)
        return Contents()(session, claims)

    import time

    put(sessions, "a")
    machine = engine(sessions, channel, contents=frozen, now=lambda: time.time() + skew[-1])
    machine.run(timedelta(seconds=1))
    assert channel.texts() == []
    assert rows(sessions)["a"].state == State.PLANNED


def test_parts_are_laid_out_once(sessions: Sessions) -> None:
    channel = FakeChannel(parts=(Part("photos"), Part("text")))
    channel.misbehave["a"] = deque([fail(Unavailable(NO))])
    put(sessions, "a")
    while rows(sessions)["a"].state != State.SENT:
        engine(sessions, channel).run()
    with sessions() as session:
        parts = session.execute(select(PartRow).order_by(PartRow.ordinal)).scalars().all()  # type: ignore[arg-type]
    assert [(part.name, part.state) for part in parts] == [("photos", State.SENT), ("text", State.SENT)]


def test_an_account_that_fails_to_open_for_no_known_reason_is_held_and_said(sessions: Sessions) -> None:
    def opened(account: str) -> Channel:
        raise KeyError("token-of-the-account")

    put(sessions, "a", "b")
    tally = engine(sessions, FakeChannel(), provider_of=opened).run(timedelta(seconds=5))
    assert states(sessions) == {State.HELD: 2}
    assert tally.counts[State.HELD] == 2
    said = str(rows(sessions)["a"].reason)
    assert "KeyError" in said
    assert "token-of-the-account" not in said


def test_an_account_whose_credentials_cannot_be_had_just_now_waits_and_is_not_held(sessions: Sessions) -> None:
    answers = deque([Unavailable(because("Prefect does not answer.", code="away"))])

    def opened(account: str) -> Channel:
        if answers:
            raise answers.popleft()
        return channel

    channel, patient = FakeChannel(), replace(QUICK_TERMS, wait=lambda attempts, asked: timedelta(hours=1))
    put(sessions, "a", "b")
    engine(sessions, channel, provider_of=opened, terms=patient).run(timedelta(seconds=5))
    assert states(sessions) == {State.PLANNED: 2}
    with sessions.begin() as session:
        assert due_accounts(session, DatabaseClock(), "placement")["fake"] is not None, "the account is paused"
        session.execute(update(AccountState).values(paused_until=None))
    engine(sessions, channel, provider_of=opened).run(timedelta(seconds=5))
    assert states(sessions) == {State.SENT: 2}


def test_what_is_due_and_may_not_go_keeps_no_run_busy(sessions: Sessions) -> None:
    """A Stop or quiet hours hold what is due: the run ends after a look or two, it does not spin for its budget."""
    looks: list[str] = []
    put(sessions, "a", "b")

    def quiet(account: str) -> bool:
        looks.append(account)
        return True

    engine(sessions, FakeChannel(), is_quiet=quiet).run(timedelta(seconds=30))
    assert states(sessions) == {State.PLANNED: 2}
    assert len(looks) < 5


def test_no_account_is_opened_and_nobody_asked_inside_a_transaction(sessions: Sessions) -> None:
    inside: list[bool] = []
    begun = sessions.begin

    class Watched:
        def __call__(self) -> Session:
            return sessions()

        @contextmanager
        def begin(self) -> Iterator[Session]:
            with begun() as session:
                inside.append(True)
                try:
                    yield session
                finally:
                    inside.pop()

    def opened(account: str) -> Channel:
        assert not inside
        return channel

    def cancelled(runs: set[str]) -> set[str]:
        assert not inside
        return set()

    channel = FakeChannel()
    put(sessions, "a", run_id="r1")
    watched = cast("Sessions", Watched())
    tally = engine(watched, channel, provider_of=opened, cancelled_runs=cancelled).run(timedelta(seconds=5))
    assert tally.counts[State.SENT] == 1


def test_what_came_back_is_written_down_even_when_the_next_turn_cannot_be_made(sessions: Sessions) -> None:
    """An error of ours between two turns must not turn a delivered row into an unknown one."""
    channel = FakeChannel()
    put(sessions, "a", "b", "c")
    loads = Contents()

    def failing(session: Session, claims: Any) -> Any:
        if channel.accepted:
            raise KeyError("ours")
        return loads(session, claims)

    working = engine(sessions, channel, contents=failing)
    working._heed = lambda *of: (_ for _ in ()).throw(KeyError("ours"))  # type: ignore[method-assign]
    with pytest.raises(KeyError):
        working.run(timedelta(seconds=5))
    found = states(sessions)
    assert found[State.SENT] == len(channel.accepted) > 0
    assert found[State.INTENT] == 0


def test_an_edit_and_a_removal_of_one_publication_follow_one_another(sessions: Sessions) -> None:
    put(sessions, "base", state=State.SENT, remote_id="1")
    base = rows(sessions)["base"].id
    put(sessions, "edit", verb="edit", base_id=base)
    put(sessions, "delete", verb="delete", base_id=base)

    def claimed() -> list[str]:
        with sessions.begin() as session:
            return [c.key for c in claim(session, DatabaseClock(), "placement", "w", "fake", 5, timedelta(minutes=1))]

    assert claimed() == ["edit"]
    assert claimed() == [], "the edit is on its way"
    assert rows(sessions)["delete"].state == State.PLANNED


def test_a_row_that_a_channel_cannot_lay_out_is_held_and_does_not_say_that_its_version_is_missing(
    sessions: Sessions,
) -> None:
    channel = FakeChannel()
    plain = channel.parts

    def parts(verb: Verb, post: Post) -> tuple[Part, ...]:
        if post.text == "odd":
            raise KeyError("ours")
        return plain(verb, post)

    channel.parts = parts  # type: ignore[method-assign]
    put(sessions, "odd", "good")
    engine(sessions, channel).run()
    found = rows(sessions)
    assert (found["odd"].state, found["odd"].reason["code"], found["good"].state) == (
        State.HELD, "internal", State.SENT,
    )  # fmt: skip


def test_a_wait_for_outcomes_ends_in_time(sessions: Sessions) -> None:
    """An outcome that was there at once leaves nothing behind that the next wait would wait for for ever."""
    landed: Any = engine(sessions, FakeChannel())._landed

    def wait() -> None:
        for _ in range(100):
            landed.put(1)
            landed.get()
            with suppress(Empty):
                landed.get(timeout=1e-6)

    waiting = Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(30)
    assert not waiting.is_alive()
