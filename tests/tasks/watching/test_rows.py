"""When publications are looked at, on both databases."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.database import SetClock
from models.delivery import Delivery, State, Verb
from models.post import Post
from models.reaction import AccountState, Watch
from tasks.watching import rows
from tasks.watching.placed import LIVE, REACTIONS, Due, Placed
from tests.fakes import NOW, delivery
from tests.house import publish

Sessions = sessionmaker[Session]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEASE = timedelta(minutes=10)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def watch_of(sessions: Sessions, id: int) -> Watch | None:
    with sessions() as session:
        return session.get(Watch, id)


def begin(sessions: Sessions) -> int:
    with sessions.begin() as session:
        return rows.watch_new(session)


def take(sessions: Sessions, clock: SetClock, purpose=LIVE, limit: int = 10):
    with sessions.begin() as session:
        return rows.take(session, clock, purpose, limit, LEASE)


def test_what_went_out_is_watched_once(sessions: Sessions) -> None:
    id = publish(sessions, "7", Post(text="tea"))
    assert (begin(sessions), begin(sessions)) == (1, 0)
    watch = watch_of(sessions, id)
    assert watch and watch.check_at == NOW + MINUTE and watch.reactions_at == NOW + 15 * MINUTE


@pytest.mark.parametrize("state", [State.PLANNED, State.REJECTED, State.UNKNOWN, State.HELD])
def test_what_is_not_out_is_not_watched(sessions: Sessions, state: State) -> None:
    publish(sessions, "7", Post(text="tea"), state=state)
    assert begin(sessions) == 0


def test_notices_and_corrections_are_not_watched(sessions: Sessions) -> None:
    publish(sessions, "7", Post(text="tea"), kind="notice")
    publish(sessions, "8", Post(text="tea"), verb=Verb.EDIT)
    assert begin(sessions) == 0


def test_what_has_no_number_on_its_channel_is_counted_but_not_looked_up(sessions: Sessions) -> None:
    id = publish(sessions, "", Post(text="tea"))
    begin(sessions)
    watch = watch_of(sessions, id)
    assert watch and watch.check_at is None and watch.reactions_at is not None


def test_a_look_is_taken_by_one_only(sessions: Sessions, clock: SetClock) -> None:
    ids = [publish(sessions, str(n), Post(text=f"tea {n}")) for n in range(3)]
    begin(sessions)
    assert take(sessions, clock).placed == ()
    clock.at += MINUTE
    first, second = take(sessions, clock, limit=2), take(sessions, clock)
    assert sorted(one.id for one in (*first.placed, *second.placed)) == ids
    assert take(sessions, clock).placed == ()


def test_takers_at_the_same_time_take_different_looks(sessions: Sessions, clock: SetClock) -> None:
    ids = [publish(sessions, str(n), Post(text=f"tea {n}")) for n in range(12)]
    begin(sessions)
    clock.at += MINUTE
    taken: list[int] = []
    start = Barrier(4)

    def taker() -> None:
        start.wait()
        taken.extend(one.id for one in take(sessions, clock, limit=3).placed)

    threads = [Thread(target=taker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken)) and set(taken) <= set(ids) and len(taken) >= 3


def test_a_look_that_was_cut_short_is_taken_again_and_the_first_taker_may_write_nothing(
    sessions: Sessions, clock: SetClock
) -> None:
    id = publish(sessions, "7", Post(text="tea"))
    begin(sessions)
    clock.at += MINUTE
    killed = take(sessions, clock)
    clock.at += LEASE
    again = take(sessions, clock)
    assert [one.id for one in again.placed] == [id]
    with sessions.begin() as session:
        assert rows.still_ours(session, LIVE, killed) == set()
        assert rows.still_ours(session, LIVE, again) == {id}


def test_checks_and_reactions_are_taken_apart(sessions: Sessions, clock: SetClock) -> None:
    id = publish(sessions, "7", Post(text="tea"))
    begin(sessions)
    clock.at += HOUR
    assert [one.id for one in take(sessions, clock, LIVE).placed] == [id]
    assert [one.id for one in take(sessions, clock, REACTIONS).placed] == [id]


def test_an_account_that_was_asked_to_wait_is_let_alone(sessions: Sessions, clock: SetClock) -> None:
    publish(sessions, "7", Post(text="tea"))
    begin(sessions)
    with sessions.begin() as session:
        session.add(AccountState(account="fake", paused_until=NOW + HOUR))
    clock.at += MINUTE
    assert take(sessions, clock).placed == ()
    clock.at += HOUR
    assert len(take(sessions, clock).placed) == 1


def test_the_next_look_is_written_down_and_one_that_saw_nothing_does_not_count(
    sessions: Sessions, clock: SetClock
) -> None:
    seen, unseen, last = (publish(sessions, str(n), Post(text=f"tea {n}")) for n in range(3))
    begin(sessions)
    later: datetime = NOW + HOUR
    with sessions.begin() as session:
        rows.come_back(session, LIVE, [Due(seen, later, NOW), Due(unseen, later), Due(last, None, NOW)])
    found = {id: watch_of(sessions, id) for id in (seen, unseen, last)}
    assert {id: (w.check_at, w.checked_at) for id, w in found.items() if w} == {
        seen: (later, NOW), unseen: (later, None), last: (None, NOW),
    }  # fmt: skip


def placed(sessions: Sessions, id: int) -> Placed:
    with sessions() as session:
        [found] = rows.placed(session, [id])
    return found


def follow(sessions: Sessions, base: int, verb: Verb, state: State, content_id: int = 0) -> None:
    with sessions.begin() as session:
        count = len(session.execute(select(Delivery)).scalars().all())
        session.add(delivery(f"after:{count}", verb=verb, state=state, base_id=base, content_id=content_id,
                             content_hash="h2", approved_hash="h2"))  # fmt: skip


def test_a_publication_is_known_with_its_piece_and_what_it_should_say(sessions: Sessions) -> None:
    found = placed(sessions, publish(sessions, "7", Post(text="tea"), account="vk"))
    assert (found.title, found.author, found.goal, found.campaign) == ("tea", "olga", "reach", "winter-tea")
    assert found.post == Post(text="tea") and found.content_hash == Post(text="tea").content_hash()
    assert not found.is_changing and not found.is_removed


def test_what_should_stand_is_the_last_correction_that_went_out(sessions: Sessions) -> None:
    base = publish(sessions, "7", Post(text="tea"))
    corrected = publish(sessions, "8", Post(text="better tea"))
    with sessions() as session:
        content_id = session.get(Delivery, corrected).content_id  # type: ignore[union-attr]
    follow(sessions, base, Verb.EDIT, State.SENT, content_id)
    follow(sessions, base, Verb.EDIT, State.REJECTED)
    found = placed(sessions, base)
    assert found.post == Post(text="better tea") and found.content_hash == "h2" and not found.is_changing


@pytest.mark.parametrize(
    ("verb", "state", "changing", "removed"),
    [
        pytest.param(Verb.EDIT, State.PLANNED, True, False, id="a_correction_is_on_its_way"),
        pytest.param(Verb.DELETE, State.UNKNOWN, True, False, id="a_removal_in_doubt"),
        pytest.param(Verb.DELETE, State.SENT, False, True, id="removed"),
        pytest.param(Verb.DELETE, State.REJECTED, False, False, id="the_removal_was_refused"),
    ],
)
def test_what_was_ordered_since_is_known(
    sessions: Sessions, verb: Verb, state: State, changing: bool, removed: bool
) -> None:
    base = publish(sessions, "7", Post(text="tea"))
    follow(sessions, base, verb, state)
    found = placed(sessions, base)
    assert (found.is_changing, found.is_removed) == (changing, removed)
