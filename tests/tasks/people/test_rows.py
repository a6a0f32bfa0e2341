"""People and how they come in, on both databases."""

from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.company import Company, Workspace
from models.database import SetClock
from models.desk import NewPasskey
from models.people import Absence, Person, WebSession
from tasks.approval.rows import absences, people
from tasks.passkeys import rows as passkeys
from tasks.people import rows, terms
from tasks.people.tokens import fingerprint, keyed
from tests.fakes import NOW

Sessions = sessionmaker[Session]
ANNA: dict[str, Any] = {"key": "anna", "name": "Anna", "email": "Anna@example.org", "roles": ["approver"]}
BORIS: dict[str, Any] = {
    "key": "boris",
    "name": "Boris",
    "email": "boris@example.org",
    "roles": ["author"],
    "deputy": "anna",
}
AWAY = {"person": "anna", "from": "2026-11-23", "to": "2026-11-25", "deputy": "boris"}
H1, H2 = fingerprint("one"), fingerprint("two")


def company(*cards: dict[str, Any], away: tuple[dict[str, str], ...] = ()) -> Workspace:
    read = Company.model_validate({"name": "Seven Cups", "zone": "UTC", "people": list(cards), "absences": list(away)})
    return Workspace(root="/", company=read)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def sync(sessions: Sessions, clock: SetClock, *cards: dict[str, Any], away: tuple[dict[str, str], ...] = ()) -> int:
    with sessions.begin() as session:
        return rows.sync_people(session, clock, company(*cards, away=away))


def person(sessions: Sessions, key: str) -> Person:
    with sessions() as session:
        found = session.get(Person, key)
        assert found
        return found


def test_the_tables_say_what_the_file_says(sessions: Sessions, clock: SetClock) -> None:
    assert sync(sessions, clock, ANNA, BORIS, away=(AWAY,)) == 3
    assert sync(sessions, clock, ANNA, BORIS, away=(AWAY,)) == 0
    with sessions() as session:
        assert people(session)["boris"].deputy == "anna"
        assert absences(session)[0].deputy == "boris"
    assert sync(sessions, clock, ANNA | {"roles": ["head"]}, BORIS) == 2
    assert person(sessions, "anna").roles == ["head"]
    with sessions() as session:
        assert session.query(Absence).count() == 0


def test_who_left_the_file_stays_and_is_signed_out(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA, BORIS)
    with sessions.begin() as session:
        rows.open_session(session, clock, "boris", H1, "csrf")
    sync(sessions, clock, ANNA)
    assert not person(sessions, "boris").active
    with sessions() as session:
        assert rows.signed_in(session, clock, H1) is None and session.query(WebSession).count() == 0
        assert rows.person_called(session, "boris") is None
    sync(sessions, clock, ANNA, BORIS)
    assert person(sessions, "boris").active


def test_who_comes_back_is_invited_anew(sessions: Sessions, clock: SetClock) -> None:
    """Another may be given the key of one who left, and other roles: no former way in leads there."""
    sync(sessions, clock, ANNA, BORIS)
    with sessions.begin() as session:
        for key in ("anna", "boris"):
            rows.invite(session, clock, key, fingerprint(key))
            rows.accept(session, clock, fingerprint(key), "hash")
            passkeys.add(session, clock, key, NewPasskey(credential_id=key, public_key=b"k", sign_count=0), "h", "t")
    sync(sessions, clock, ANNA)
    sync(sessions, clock, ANNA, BORIS)
    assert person(sessions, "boris").active
    assert (person(sessions, "anna").password_hash, person(sessions, "boris").password_hash) == ("hash", "")
    with sessions() as session:
        assert passkeys.numbers(session) == {"anna": 1}


def test_a_password_outlives_a_change_of_the_file(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.invite(session, clock, "anna", H1)
        rows.accept(session, clock, H1, "hash")
    sync(sessions, clock, ANNA | {"name": "Anna B."})
    assert (person(sessions, "anna").password_hash, person(sessions, "anna").name) == ("hash", "Anna B.")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("anna", "anna"), ("ANNA@EXAMPLE.ORG", "anna"), ("  anna@example.org ", "anna"), ("nobody", None), ("", None),
     ("same@example.org", None), ("vera", "vera")],
)  # fmt: skip
def test_a_person_is_called_by_key_or_by_a_mail_address_of_their_own(
    sessions: Sessions, clock: SetClock, name: str, expected: str | None
) -> None:
    twins = [{"key": key, "name": key, "email": "same@example.org", "roles": []} for key in ("vera", "nina")]
    sync(sessions, clock, ANNA, *twins, {"key": "mailless", "name": "M", "email": "m@example.org", "roles": []})
    with sessions() as session:
        found = rows.person_called(session, name)
    assert (found.key if found else None) == expected


def test_an_invitation_is_good_once(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.invite(session, clock, "anna", H1)
        invited = rows.invited(session, clock, H1)
        assert invited and invited.key == "anna"
    with sessions.begin() as session:
        assert rows.accept(session, clock, H1, "hash")
    with sessions.begin() as session:
        assert rows.accept(session, clock, H1, "another") is None
    assert person(sessions, "anna").password_hash == "hash"


def test_an_invitation_grows_old(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        assert rows.invite(session, clock, "anna", H1) == NOW + terms.INVITATION_LASTS
    clock.at += terms.INVITATION_LASTS
    with sessions.begin() as session:
        assert rows.invited(session, clock, H1) is None and rows.accept(session, clock, H1, "hash") is None


def test_a_new_invitation_makes_the_former_void(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.invite(session, clock, "anna", H1)
        rows.invite(session, clock, "anna", H2)
    with sessions() as session:
        assert rows.invited(session, clock, H1) is None and rows.invited(session, clock, H2)
        assert list(rows.open_invitations(session, clock)) == ["anna"]


def test_of_two_who_accept_at_once_one_does(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.invite(session, clock, "anna", H1)
    start, won = Barrier(4), []

    def accept(hash: str) -> None:
        start.wait()
        with sessions.begin() as session:
            if rows.accept(session, clock, H1, hash):
                won.append(hash)

    threads = [Thread(target=accept, args=(f"hash-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [person(sessions, "anna").password_hash] == won


def test_a_new_password_ends_every_session(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.open_session(session, clock, "anna", H2, "csrf")
        rows.invite(session, clock, "anna", H1)
        rows.accept(session, clock, H1, "hash")
    with sessions() as session:
        assert rows.signed_in(session, clock, H2) is None


def test_a_session_ends_by_itself(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.open_session(session, clock, "anna", H1, "csrf")
    with sessions() as session:
        found = rows.signed_in(session, clock, H1)
        assert found and (found[0].csrf, found[1].key) == ("csrf", "anna")
        assert rows.signed_in(session, clock, H2) is None
    clock.at += terms.IDLE_LASTS
    with sessions() as session:
        assert rows.signed_in(session, clock, H1) is None


def test_a_session_in_use_lasts_until_its_end_and_no_longer(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.open_session(session, clock, "anna", H1, "csrf")
    for _ in range(terms.SESSION_LASTS // timedelta(days=2) - 1):
        clock.at += timedelta(days=2)
        with sessions.begin() as session:
            assert rows.signed_in(session, clock, H1)
            rows.saw(session, clock, H1)
            assert rows.last_seen(session) == {"anna": clock.at}
    clock.at = NOW + terms.SESSION_LASTS
    with sessions.begin() as session:
        assert rows.signed_in(session, clock, H1) is None
        rows.open_session(session, clock, "anna", H2, "csrf")
        clock.at += timedelta(seconds=1)
        rows.open_session(session, clock, "anna", fingerprint("three"), "csrf")
        assert session.query(WebSession).count() == 2


def test_who_signs_out_is_out(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA)
    with sessions.begin() as session:
        rows.open_session(session, clock, "anna", H1, "csrf")
        rows.close_session(session, H1)
        assert rows.signed_in(session, clock, H1) is None


KEYED = partial(keyed, "secret")


def tries(sessions: Sessions, clock: SetClock, name: str, address: str, times: int) -> int:
    """How many of these attempts were let through."""
    done = 0
    for _ in range(times):
        with sessions.begin() as session:
            done += bool(rows.may_try(session, clock, terms.counters(name, address, KEYED)))
    return done


def test_one_address_guesses_at_a_name_only_a_few_times(sessions: Sessions, clock: SetClock) -> None:
    assert tries(sessions, clock, "anna", "10.0.0.1", 9) == terms.AT_MOST["both"]
    assert tries(sessions, clock, " ANNA ", "10.0.0.1", 1) == 0
    assert tries(sessions, clock, "anna", "10.0.0.2", 1) == 1, "the owner elsewhere is not locked out"
    clock.at += terms.WINDOW
    assert tries(sessions, clock, "anna", "10.0.0.1", 1) == 1


def test_one_address_tries_only_so_many_names(sessions: Sessions, clock: SetClock) -> None:
    done = sum(tries(sessions, clock, f"name-{number}", "10.0.0.1", 1) for number in range(40))
    assert done == terms.AT_MOST["address"]


def test_a_name_is_guessed_at_only_so_often_from_everywhere(sessions: Sessions, clock: SetClock) -> None:
    done = sum(tries(sessions, clock, "anna", f"10.0.0.{number}", 1) for number in range(40))
    assert done == terms.AT_MOST["name"]


def test_who_came_in_has_not_failed(sessions: Sessions, clock: SetClock) -> None:
    for _ in range(50):
        with sessions.begin() as session:
            attempts = rows.may_try(session, clock, terms.counters("anna", "10.0.0.1", KEYED))
            assert attempts
            rows.forgive(session, attempts)


def test_nobody_is_named_where_attempts_are_counted() -> None:
    counters = terms.counters("anna", "10.0.0.1", KEYED)
    assert len(counters) == 3 and not any("anna" in who or "10.0" in who for who in counters)
    assert counters.keys().isdisjoint(terms.counters("anna", "10.0.0.1", partial(keyed, "another key")))


def test_who_is_away_is_known_by_the_day(sessions: Sessions, clock: SetClock) -> None:
    sync(sessions, clock, ANNA, BORIS, away=(AWAY,))
    with sessions() as session:
        assert [list(rows.absent_on(session, (NOW + timedelta(days=n)).date())) for n in (-1, 0, 2, 3)] == [
            [], ["anna"], ["anna"], [],
        ]  # fmt: skip


def test_a_burst_of_guesses_is_counted_one_by_one(sessions: Sessions, clock: SetClock) -> None:
    start, passed = Barrier(12), []

    def guess() -> None:
        start.wait()
        passed.append(tries(sessions, clock, "anna", "10.0.0.1", 1))

    threads = [Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == terms.AT_MOST["both"]
