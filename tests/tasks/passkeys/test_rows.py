"""Passkeys and the questions that are open, on both databases."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.database import SetClock
from models.desk import NewPasskey
from models.people import Passkey, PasskeyChallenge, Person
from tasks.passkeys import rows
from tasks.passkeys.rows import Purpose
from tests.fakes import NOW

Sessions = sessionmaker[Session]
NEW = NewPasskey(credential_id="k1", public_key=b"key", sign_count=0)


@pytest.fixture
def clock(sessions: Sessions) -> SetClock:
    with sessions.begin() as session:
        for key, active in (("anna", True), ("boris", True), ("gone", False)):
            session.add(Person(key=key, name=key, active=active, changed_at=NOW))
    return SetClock(NOW)


def add(sessions: Sessions, clock: SetClock, person: str = "anna", id: str = "k1", count: int = 0) -> int | None:
    with sessions.begin() as session:
        new = NEW.model_copy(update={"credential_id": id, "sign_count": count})
        made = rows.add(session, clock, person, new, "handle", "laptop")
        return made.id if made else None


def take(sessions: Sessions, clock: SetClock, hash: str = "c", purpose: Purpose = Purpose.ADD, to: str = "me") -> bool:
    with sessions.begin() as session:
        return rows.take(session, clock, hash, purpose, to)


def pose(sessions: Sessions, clock: SetClock, hash: str = "c") -> None:
    with sessions.begin() as session:
        rows.pose(session, clock, hash, Purpose.ADD, "me")


def test_a_question_is_taken_once(sessions: Sessions, clock: SetClock) -> None:
    pose(sessions, clock)
    assert [take(sessions, clock) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("hash", "purpose", "to"),
    [
        ("d", Purpose.ADD, "me"),
        ("c", Purpose.SIGN_IN, "me"),
        ("c", Purpose.INVITATION, "me"),
        ("c", Purpose.ADD, "you"),
    ],
)
def test_only_the_answer_to_this_question_takes_it(
    sessions: Sessions, clock: SetClock, hash: str, purpose: Purpose, to: str
) -> None:
    pose(sessions, clock)
    assert not take(sessions, clock, hash, purpose, to) and take(sessions, clock)


def test_a_question_grows_old_and_is_swept(sessions: Sessions, clock: SetClock) -> None:
    pose(sessions, clock)
    clock.at += rows.CHALLENGE_LASTS
    assert not take(sessions, clock)
    pose(sessions, clock, "next")
    with sessions() as session:
        assert [row.challenge_hash for row in session.query(PasskeyChallenge)] == ["next"]


def test_of_many_answers_at_once_one_takes_the_question(sessions: Sessions, clock: SetClock) -> None:
    pose(sessions, clock)
    start, took = Barrier(4), []

    def answer() -> None:
        start.wait()
        took.append(take(sessions, clock))

    threads = [Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(took) == [False, False, False, True]


def test_a_key_belongs_to_one_person(sessions: Sessions, clock: SetClock) -> None:
    assert add(sessions, clock) and add(sessions, clock, "boris") is None
    with sessions() as session:
        kept = rows.passkey_called(session, "k1")
        assert kept and (kept.person, kept.made_at, kept.title) == ("anna", NOW, "laptop")
        assert rows.passkey_called(session, "k2") is None


def test_the_key_of_who_left_opens_nothing(sessions: Sessions, clock: SetClock) -> None:
    add(sessions, clock, "gone")
    with sessions() as session:
        assert rows.passkey_called(session, "k1") is None


@pytest.mark.parametrize(
    ("kept", "said", "good"),
    [
        pytest.param(0, 0, True, id="does not count"),
        pytest.param(0, 1, True, id="begins to count"),
        pytest.param(5, 6, True, id="rises"),
        pytest.param(5, 900, True, id="rises by leaps"),
        pytest.param(5, 5, False, id="stands"),
        pytest.param(5, 4, False, id="goes back"),
        pytest.param(5, 0, False, id="forgets"),
        pytest.param(1, 2**32 - 1, True, id="as high as it goes"),
    ],
)
def test_a_count_only_rises(sessions: Sessions, clock: SetClock, kept: int, said: int, good: bool) -> None:
    id = add(sessions, clock, count=kept) or 0
    clock.at += timedelta(hours=1)
    with sessions.begin() as session:
        assert rows.use(session, clock, id, said) is good
    with sessions() as session:
        now = session.get_one(Passkey, id)
        assert (now.sign_count, now.used_at) == ((said, clock.at) if good else (kept, None))


def test_a_person_removes_their_own_keys_but_never_the_last_way_in(sessions: Sessions, clock: SetClock) -> None:
    first, second, other = add(sessions, clock), add(sessions, clock, id="k2"), add(sessions, clock, "boris", "k3")
    with sessions.begin() as session:
        assert not rows.remove(session, "anna", other or 0) and not rows.remove(session, "anna", 404)
        assert rows.remove(session, "anna", first or 0)
        assert not rows.remove(session, "anna", second or 0), "there is no password"
        session.get_one(Person, "anna").password_hash = "hash"
        assert rows.remove(session, "anna", second or 0)
        assert rows.numbers(session) == {"boris": 1}
        rows.remove_all(session, "boris")
        assert rows.numbers(session) == {}
