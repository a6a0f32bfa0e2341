"""Building: two at once are as good as one after the other, a kill leaves what was, and a person's word stands."""

import signal
import subprocess
import sys
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from integrations.errors import Refused
from models.customer_groups import (
    Corrected,
    CustomerGroup,
    CustomerTouched,
    GroupBuild,
    GroupCorrection,
    GroupListed,
    GroupMember,
    GroupTurn,
    GroupVersion,
)
from models.customers import Customer
from models.database import SetClock
from tasks.customers.record import rows as records
from tasks.groups import rows
from tasks.groups.building.rows import build
from tasks.groups.control import is_control
from tasks.groups.figures.rows import history, of_customer
from tasks.groups.parsing import parsed
from tasks.groups.rows import Draft
from tasks.groups.touching.rows import sweep, touch
from tests.laws.source import ROOT
from tests.tasks.customers.test_matching import row
from tests.tasks.customers.test_rows import load as load_customers
from tests.tasks.groups.department import Someone, numbered, write
from tests.tasks.groups.groups import Sessions, as_of, check, make, members, noon, rebuild
from tests.tasks.groups.test_selection import bought

SLEEPING = "last purchase >= 90 days ago"


@pytest.fixture
def clock() -> SetClock:
    return noon()


@pytest.fixture
def people(sessions: Sessions) -> list[Someone]:
    """Twelve; of every three the first sleeps, the second bought lately, the third never."""
    tills = ([bought(95, 100)], [bought(3, 100)], [])
    made = numbered([Someone(tills=list(tills[place % 3]), city=f"{place}") for place in range(12)])
    with sessions.begin() as session:
        write(session, made)
    return made


def test_a_group_is_its_rule_and_only_the_difference_is_written(
    sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "sleeping", SLEEPING)
    first = rebuild(sessions, clock)["sleeping"]
    assert (first.size, first.joined, first.left, first.whole, first.open) == (4, 4, 0, True, {"any": 0})
    again = rebuild(sessions, clock, whole=True)["sleeping"]
    assert (again.size, again.joined, again.left) == (4, 0, 0)
    clock.at += timedelta(days=88)
    later = rebuild(sessions, clock)["sleeping"]
    assert (later.size, later.joined, later.left, later.looked_at) == (8, 4, 0, 4)
    check(sessions, clock)


def test_who_is_in_a_group_others_are_made_of_moves_them_too(
    sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    """Time alone moves the first group; nothing else was said about those whom it moves."""
    make(sessions, clock, "sleeping", SLEEPING)
    make(sessions, clock, "awake", "bought and not in group sleeping")
    rebuild(sessions, clock)
    assert members(sessions, "awake") == {2, 5, 8, 11}
    clock.at += timedelta(days=88)
    built = rebuild(sessions, clock)
    assert (built["awake"].left, built["awake"].looked_at, built["awake"].whole) == (4, 4, False)
    check(sessions, clock)


def test_two_builds_at_once_are_as_good_as_one_after_the_other(
    database: Engine, sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "sleeping", SLEEPING)
    rebuild(sessions, clock)
    clock.at += timedelta(days=88)
    barrier, wrong = Barrier(4), []

    def work(whole: bool) -> None:
        try:
            barrier.wait(timeout=30)
            for _ in range(3):
                with sessions.begin() as session:
                    sweep(session)
                with sessions.begin() as session:
                    build(session, clock, "sleeping", as_of(clock), whole, few=0)
        except Exception as error:
            wrong.append(error)

    threads = [Thread(target=work, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not wrong
    check(sessions, clock)
    with sessions() as session:
        builds = session.execute(select(GroupBuild).order_by(col(GroupBuild.id))).scalars().all()
    assert sorted((one.joined, one.left) for one in builds) == [(0, 0)] * 11 + [(4, 0), (4, 0)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite only one writes at a time
def test_what_is_committed_late_is_not_forgotten(sessions: Sessions, clock: SetClock, people: list[Someone]) -> None:
    """A number of the queue is given long before its transaction ends: here one that is later is swept first."""
    make(sessions, clock, "moscow", 'city is "Москва"')
    rebuild(sessions, clock)
    late = sessions()
    touch(late, [1])
    late.execute(update(Customer).where(col(Customer.id) == 1).values(city="Москва"))
    with sessions.begin() as session:
        touch(session, [2])
        session.execute(update(Customer).where(col(Customer.id) == 2).values(city="Москва"))
    rebuild(sessions, clock)
    assert members(sessions, "moscow") == {2}
    late.commit()
    late.close()
    rebuild(sessions, clock)
    assert members(sessions, "moscow") == {1, 2}


KILLED = """
import sys
from sqlalchemy.orm import Session
from models.database import connect
from tasks.groups.building.rows import build
from tests.tasks.groups.groups import as_of, noon
clock = noon()
with Session(connect(sys.argv[1])) as session, session.begin():
    built = build(session, clock, "sleeping", as_of(clock), whole=True)
    print("in the middle", built.joined, flush=True)
    sys.stdin.read()
"""


def test_who_is_killed_in_the_middle_leaves_the_former_state_whole(
    database: Engine, database_url: str, sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "sleeping", 'city is "1"')
    rebuild(sessions, clock)
    with sessions.begin() as session:
        rows.change(session, clock, Draft("sleeping", "Sleeping", parsed(SLEEPING)), "olga")
    killed = subprocess.Popen([sys.executable, "-c", KILLED, database_url], cwd=ROOT, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert killed.stdout is not None
    assert killed.stdout.readline() == "in the middle 4\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert members(sessions, "sleeping") == {2}
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(GroupBuild)).scalar_one() == 1
    assert rebuild(sessions, clock)["sleeping"].joined == 4
    check(sessions, clock)


def test_a_correction_by_hand_holds_over_every_rebuild_until_it_is_undone(
    sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "sleeping", SLEEPING)
    rebuild(sessions, clock)
    with sessions.begin() as session:
        rows.correct(session, clock, "sleeping", 2, Corrected.ADDED, "asked for it", "olga")
        rows.correct(session, clock, "sleeping", 1, Corrected.REMOVED, "a colleague", "olga")
    for whole in (False, True):
        rebuild(sessions, clock, whole)
        assert members(sessions, "sleeping") == {2, 4, 7, 10}
    with pytest.raises(Refused, match="corrected by hand in this group already"), sessions.begin() as session:
        rows.correct(session, clock, "sleeping", 2, Corrected.REMOVED, "asked", "olga")
    with pytest.raises(Refused, match="Say why"), sessions.begin() as session:
        rows.correct(session, clock, "sleeping", 3, Corrected.ADDED, " ", "olga")
    with pytest.raises(Refused, match="no customer № 99"), sessions.begin() as session:
        rows.correct(session, clock, "sleeping", 99, Corrected.ADDED, "asked", "olga")
    with sessions.begin() as session:
        rows.undo(session, clock, "sleeping", 2, "vera")
        rows.undo(session, clock, "sleeping", 1, "vera")
    rebuild(sessions, clock)
    assert members(sessions, "sleeping") == {1, 4, 7, 10}
    with pytest.raises(Refused, match="nothing to undo"), sessions.begin() as session:
        rows.undo(session, clock, "sleeping", 1, "vera")
    with sessions() as session:
        assert [(one.customer_id, one.lifted_by) for one in rows.corrections(session, "sleeping")] == [
            (1, "vera"),
            (2, "vera"),
        ]
        assert [(one.group, one.what) for one in history(session, 1)] == [
            ("sleeping", "joined"), ("sleeping", "left"), ("sleeping", "joined"),
        ]  # fmt: skip


def test_the_control_group_is_the_same_after_every_rebuild(
    sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "all", "everyone", control_share=400)
    drawn = {one for one in range(1, 13) if is_control("seed of all", 400, one)}

    def control() -> set[int]:
        with sessions() as session:
            return {one for one in range(1, 13) if of_customer(session, one)[0][2]}

    for whole in (False, True):
        assert rebuild(sessions, clock, whole)["all"].control == len(drawn)
        assert control() == drawn and 0 < len(drawn) < 12
    with sessions.begin() as session:
        rows.change(session, clock, Draft("all", "All", parsed("everyone"), 500), "olga")
    assert control() == {one for one in range(1, 13) if is_control("seed of all", 500, one)} >= drawn
    with pytest.raises(Refused, match="Say why there is none"), sessions.begin() as session:
        rows.change(session, clock, Draft("all", "All", parsed("everyone"), 0), "olga")
    with sessions.begin() as session:
        rows.change(session, clock, Draft("all", "All", parsed("everyone"), 0, "a notice of recall"), "olga")
    assert control() == set()


def test_every_change_of_a_rule_is_a_version(sessions: Sessions, clock: SetClock, people: list[Someone]) -> None:
    make(sessions, clock, "sleeping", SLEEPING, why="new")
    rebuild(sessions, clock)
    changed = Draft("sleeping", "Asleep", parsed("last purchase >= 60 days ago"), why="too few")
    for _ in range(2):
        with sessions.begin() as session:
            rows.change(session, clock, changed, "vera")
    assert rebuild(sessions, clock)["sleeping"].whole, "another rule is built whole"
    with sessions() as session:
        told = [(one.version, one.title, one.text, one.by, one.why) for one in rows.versions(session, "sleeping")]
    assert told == [
        (2, "Asleep", "last purchase >= 60 days ago", "vera", "too few"), (1, "Sleeping", SLEEPING, "olga", "new"),
    ]  # fmt: skip


@pytest.mark.parametrize("table", [GroupVersion, GroupTurn])
def test_history_is_append_only(sessions: Sessions, clock: SetClock, people: list[Someone], table: type) -> None:
    make(sessions, clock, "sleeping", SLEEPING)
    rebuild(sessions, clock)
    for verb in ("DELETE FROM", "UPDATE"):
        name = table.__tablename__  # type: ignore[attr-defined]
        statement = f"{verb} {name}" + (" SET group_id = group_id" if verb == "UPDATE" else "")
        with pytest.raises(DBAPIError, match="append-only"), sessions.begin() as session:
            session.connection().exec_driver_sql(statement)


def test_of_who_is_erased_no_group_remembers_anything(
    sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "sleeping", SLEEPING)
    make(sessions, clock, "listed", None)
    with sessions.begin() as session:
        rows.enlist(session, clock, "listed", [1, 2], "olga")
        rows.correct(session, clock, "sleeping", 1, Corrected.ADDED, "asked", "olga")
    rebuild(sessions, clock)
    with sessions.begin() as session:
        records.erase(session, 1)
    with sessions() as session:
        for table in (GroupMember, GroupTurn, GroupListed, GroupCorrection):
            assert 1 not in session.execute(select(table.customer_id)).scalars().all()
    built = rebuild(sessions, clock)
    assert (built["sleeping"].size, built["sleeping"].left) == (3, 0)
    check(sessions, clock)


def test_two_who_are_one_keep_lists_and_corrections(sessions: Sessions, clock: SetClock) -> None:
    load_customers(sessions, [row(2, "", "a@x.ru"), row(3, "1", "", "+7"), row(4, "", "b@x.ru"), row(5, "2")])
    make(sessions, clock, "listed", None)
    make(sessions, clock, "nobody", "not everyone")
    with sessions.begin() as session:
        rows.enlist(session, clock, "listed", [1, 3, 4], "olga")
        rows.correct(session, clock, "nobody", 1, Corrected.ADDED, "asked", "olga")
        rows.correct(session, clock, "nobody", 3, Corrected.ADDED, "asked", "olga")
        rows.correct(session, clock, "nobody", 4, Corrected.REMOVED, "asked", "olga")
    rebuild(sessions, clock)
    load_customers(sessions, [row(2, "1", "a@x.ru"), row(3, "2", "b@x.ru")], 2)
    rebuild(sessions, clock)
    assert (members(sessions, "listed"), members(sessions, "nobody")) == ({2, 4}, {2})
    check(sessions, clock)


def test_a_static_group_has_whom_its_list_names(sessions: Sessions, clock: SetClock, people: list[Someone]) -> None:
    make(sessions, clock, "listed", None)
    with sessions.begin() as session:
        assert rows.enlist(session, clock, "listed", [1, 2, 3], "olga") == 3
        assert rows.enlist(session, clock, "listed", [3, 4], "olga") == 1
    rebuild(sessions, clock)
    assert members(sessions, "listed") == {1, 2, 3, 4}
    with sessions.begin() as session:
        rows.enlist(session, clock, "listed", [4, 5], "olga", replace=True)
    built = rebuild(sessions, clock)["listed"]
    assert (built.joined, built.left, members(sessions, "listed")) == (1, 3, {4, 5})
    make(sessions, clock, "sleeping", SLEEPING)
    with pytest.raises(Refused, match="knows its members by its rule"), sessions.begin() as session:
        rows.enlist(session, clock, "sleeping", [1], "olga")
    with pytest.raises(Refused, match="by a list, not by a rule"), sessions.begin() as session:
        rows.change(session, clock, Draft("listed", "Listed", parsed("bought")), "olga")


def test_a_group_that_is_put_away_is_built_no_more_and_may_come_back(
    sessions: Sessions, clock: SetClock, people: list[Someone]
) -> None:
    make(sessions, clock, "sleeping", SLEEPING)
    make(sessions, clock, "awake", "not in group sleeping")
    with pytest.raises(Refused, match="awake are made of it"), sessions.begin() as session:
        rows.put_away(session, clock, "sleeping")
    with sessions.begin() as session:
        rows.put_away(session, clock, "awake")
    assert set(rebuild(sessions, clock)) == {"sleeping"}
    with pytest.raises(Refused, match="was put away"), sessions.begin() as session:
        rows.correct(session, clock, "awake", 1, Corrected.ADDED, "asked", "olga")
    with sessions.begin() as session:
        rows.put_away(session, clock, "awake", back=True)
    assert rebuild(sessions, clock)["awake"].size == 8
    check(sessions, clock)


def test_two_keys_or_a_circle_are_refused(sessions: Sessions, clock: SetClock, people: list[Someone]) -> None:
    make(sessions, clock, "a", "bought")
    make(sessions, clock, "b", "in group a")
    with pytest.raises(Refused, match="already"):
        make(sessions, clock, "a", "bought")
    with pytest.raises(Refused, match="a → b → a"), sessions.begin() as session:
        rows.change(session, clock, Draft("a", "A", parsed("not in group b")), "olga")
    with pytest.raises(Refused, match=r"no customer group “c”\. Nearest: "), sessions.begin() as session:
        rows.in_use(session, "c")
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(CustomerGroup)).scalar_one() == 2


def test_nothing_about_a_customer_waits_where_there_are_no_groups(sessions: Sessions, clock: SetClock) -> None:
    load_customers(sessions, [row(2, "1", "a@x.ru")])
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(CustomerTouched)).scalar_one() > 0
    assert rebuild(sessions, clock) == {}
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(CustomerTouched)).scalar_one() == 0
