"""Consent, stop-list and control group cannot be forgotten: there is one door, and it fails closed."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update
from sqlmodel import col

from integrations.errors import Refused
from models.customers import Act, Address, AddressKind, Barred, Purpose
from models.database import SetClock
from models.letters import Ground
from tasks.consents import rows as consents
from tasks.groups import rows
from tasks.groups.control import is_control
from tasks.groups.recipients import people as all_in
from tasks.groups.recipients import recipients
from tests.laws.source import modules
from tests.tasks.customers.test_matching import row
from tests.tasks.customers.test_rows import ON, agreeing
from tests.tasks.customers.test_rows import load as load_customers
from tests.tasks.groups.groups import Sessions, make, noon, rebuild

EMAIL, PHONE = AddressKind.EMAIL, AddressKind.PHONE
ADVERTISING, SERVICE = Ground.ADVERTISING, Ground.SERVICE
BOTH = ((Purpose.ADVERTISING, Act.GIVEN, ON), (Purpose.PERSONAL, Act.GIVEN, ON))


@pytest.fixture
def clock() -> SetClock:
    return noon()


@pytest.fixture(autouse=True)
def people(sessions: Sessions, clock: SetClock) -> None:
    """Thirty with e-mail and phone: of every three one has agreed, one has not, one is in the stop-list."""
    told = [row(number, str(number), f"{number}@x.ru", f"+{number}") for number in range(1, 31)]
    load_customers(sessions, [agreeing(one, *BOTH) if one.number % 3 != 1 else one for one in told])
    with sessions.begin() as session:
        barred = [(EMAIL.value, f"print of email {number}@x.ru") for number in range(2, 31, 3)]
        consents.bar(session, clock, barred, Barred.COMPLAINED, "")
        consents.follow(session, clock, col(Address.id) > 0)


def got(sessions: Sessions, include: Sequence[str], exclude: Sequence[str] = (), kind: AddressKind = EMAIL,
        ground: Ground = ADVERTISING) -> list[int]:  # fmt: skip
    with sessions() as session:
        found = session.execute(recipients(include, exclude, kind, ground)).all()
        ways = {way.id: way for way in session.query(Address)}
    assert all(ways[id].customer_id == customer and ways[id].kind == kind for customer, id in found)
    assert len(found) == len(set(found))
    return sorted(customer for customer, _ in found)


def test_advertising_goes_to_open_addresses_of_whoever_is_not_in_control(sessions: Sessions, clock: SetClock) -> None:
    make(sessions, clock, "all", "everyone", control_share=300)
    rebuild(sessions, clock)
    control = {one for one in range(1, 31) if is_control("seed of all", 300, one)}
    assert got(sessions, ["all"]) == [one for one in range(3, 31, 3) if one not in control]
    assert 0 < len(control & set(range(3, 31, 3))) < 10
    assert got(sessions, ["all"], kind=PHONE) == [one for one in range(1, 31) if one % 3 != 1 and one not in control]
    with sessions.begin() as session:
        session.execute(update(Address).values(open=False))
    assert got(sessions, ["all"]) == []


def test_a_service_message_goes_to_whoever_is_not_barred_control_or_not(sessions: Sessions, clock: SetClock) -> None:
    make(sessions, clock, "all", "everyone", control_share=500)
    rebuild(sessions, clock)
    assert got(sessions, ["all"], ground=SERVICE) == [one for one in range(1, 31) if one % 3 != 2]


def test_the_control_of_any_group_included_is_left_out_of_all(sessions: Sessions, clock: SetClock) -> None:
    for key in ("a", "b"):
        make(sessions, clock, key, "everyone", control_share=300)
    rebuild(sessions, clock)
    control = {one for one in range(1, 31) for key in ("a", "b") if is_control(f"seed of {key}", 300, one)}
    assert got(sessions, ["a", "b"]) == [one for one in range(3, 31, 3) if one not in control]
    assert got(sessions, ["a"]) != got(sessions, ["a", "b"])


def test_who_is_in_a_group_that_is_excluded_gets_nothing(sessions: Sessions, clock: SetClock) -> None:
    make(sessions, clock, "all", "everyone", control_share=0, no_control_why="a test")
    make(sessions, clock, "listed", None, control_share=0, no_control_why="a test")
    with sessions.begin() as session:
        rows.enlist(session, clock, "listed", [3, 6, 9], "olga")
    rebuild(sessions, clock)
    assert got(sessions, ["all"], ["listed"]) == list(range(12, 31, 3))
    assert got(sessions, ["listed"]) == [3, 6, 9]
    with sessions.begin() as session:
        rows.put_away(session, clock, "listed")
    assert got(sessions, ["all"], ["listed"]) == list(range(12, 31, 3)), "put away, it still keeps them out"
    assert got(sessions, ["listed"]) == []


def test_a_group_that_does_not_exist_reaches_nobody_rather_than_everybody(sessions: Sessions, clock: SetClock) -> None:
    make(sessions, clock, "all", "everyone", control_share=0, no_control_why="a test")
    rebuild(sessions, clock)
    assert got(sessions, ["all"]) == list(range(3, 31, 3))
    for include, exclude in ((["all"], ["lsited"]), (["all", "nobody"], []), ([], [])):
        assert got(sessions, include, exclude) == []
        assert got(sessions, include, exclude, ground=SERVICE) == []
    with sessions() as session:
        rows.check_recipients(session, ["all"])
        with pytest.raises(Refused, match="no customer group “lsited”"):
            rows.check_recipients(session, ["all"], ["lsited"])


def test_what_is_kept_for_somebody_asks_no_address_but_keeps_to_groups_and_control(
    sessions: Sessions, clock: SetClock
) -> None:
    make(sessions, clock, "all", "everyone", control_share=300)
    make(sessions, clock, "listed", None, control_share=0, no_control_why="a test")
    with sessions.begin() as session:
        rows.enlist(session, clock, "listed", [1, 2, 3], "olga")
    rebuild(sessions, clock)
    control = {one for one in range(1, 31) if is_control("seed of all", 300, one)}

    def found(include: Sequence[str], exclude: Sequence[str] = ()) -> list[int]:
        with sessions() as session:
            return sorted(session.execute(all_in(include, exclude)).scalars())

    assert found(["all"]) == [one for one in range(1, 31) if one not in control] and control
    assert found(["all"], ["listed"]) == [one for one in range(4, 31) if one not in control]
    assert found(["listed"]) == [1, 2, 3]
    assert found(["all"], ["lsited"]) == found(["all", "nobody"]) == found([]) == []


def test_nothing_else_reads_the_members_of_groups() -> None:
    """Whoever could ask who is in a group without its door could write to them without their consent."""
    readers = {
        module.name for module in modules()
        if "GroupMember" in (said := module.path.read_text(encoding="utf-8")) or "group_member" in said
    }  # fmt: skip
    assert {name for name in readers if not name.startswith("tasks/groups/")} == {"models/customer_groups.py"}
