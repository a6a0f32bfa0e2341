"""The list of a mailing: everybody once, by lot, at their own hour; nobody twice however often it is made."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember
from models.customers import Address, AddressKind, Customer
from models.database import SetClock
from models.delivery import State
from models.letters import Ground
from models.mailings import Mailing, Message, Stage
from models.schedule import Unreadable
from tasks.groups.recipients import left_out, recipients
from tasks.mailing.lists import rows
from tasks.mailing.lists.plan import Listing, Split, due_in, split_of
from tests.fakes import NOW
from tests.tasks.mailing.department import letters, mailing, people

OUTLETS = {"arbat": "Europe/Moscow", "vlad": "Asia/Vladivostok"}


@pytest.fixture
def sessions(database: Engine) -> sessionmaker[Session]:
    return sessionmaker(database, expire_on_commit=False)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def group(session: Session, key: str, customers: Any, control: Any = ()) -> None:
    made = CustomerGroup(key=key, title=key, seed=key, no_control_why="a test", control_share=0, made_at=NOW,
                         changed_at=NOW)  # fmt: skip
    session.add(made)
    session.flush()
    session.execute(insert(GroupMember), [
        {"group_id": made.id, "customer_id": id, "control": id in control, "since": NOW} for id in customers
    ])  # fmt: skip


def listing(split: Split = Split(), **more: Any) -> Listing:  # noqa: B008  frozen
    return Listing(1, AddressKind.EMAIL, "post", "seed", split, NOW, **more)


def whom(include: str = "tea", exclude: str = "", kind: AddressKind = AddressKind.EMAIL) -> Any:
    return recipients([include], [exclude] if exclude else [], kind, Ground.ADVERTISING)


def listed(session: Session) -> list[Message]:
    return list(session.execute(select(Message).order_by(col(Message.customer_id))).scalars())


def test_everybody_of_the_groups_is_listed_once_however_often_it_is_made(sessions: Any) -> None:
    with sessions.begin() as session:
        people(session, 50)
        session.execute(update(Address).where(col(Address.customer_id) == 7).values(open=False))
        group(session, "tea", range(1, 41))
        group(session, "staff", [3, 4])
        mailing(session, stage=Stage.APPROVED)
        assert rows.enlist(session, whom("tea", "staff"), listing(), {}) == 37
        assert rows.enlist(session, whom("tea", "staff"), listing(), {}) == 0
        found = listed(session)
    assert {one.customer_id for one in found} == set(range(1, 41)) - {3, 4, 7}
    assert {(one.state, one.variant, one.account, one.print) for one in found if one.customer_id == 9} == {
        (State.PLANNED, "A", "post", "print 9")
    }


def test_of_two_who_begin_it_at_once_one_does(sessions: Any, clock: SetClock) -> None:
    with sessions.begin() as session:
        people(session, 30)
        group(session, "tea", range(1, 31))
        mailing(session, stage=Stage.APPROVED)

    def begin(_: int) -> int:
        with sessions.begin() as session:
            return rows.enlist(session, whom(), listing(), {}) if rows.begin(session, clock, 1) else 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(begin, range(4))) == [0, 0, 0, 30]


def test_variants_are_drawn_by_lot_the_same_each_time_and_the_rest_waits(sessions: Any, clock: SetClock) -> None:
    with sessions.begin() as session:
        people(session, 1000)
        group(session, "tea", range(1, 1001))
        mailing(session)
        rows.enlist(session, whom(), listing(Split((("A", 200), ("B", 200)))), {})
        found = listed(session)
        counts = Counter((one.variant, one.state, one.why) for one in found)
        waiting = counts[("", State.HELD, rows.WAITS)]
        assert waiting + counts["A", State.PLANNED, ""] + counts["B", State.PLANNED, ""] == 1000
        assert all(140 < counts[variant, State.PLANNED, ""] < 260 for variant in "AB")
        assert rows.let_winner_out(session, clock, 1, "B") == waiting
        session.expire_all()
        assert Counter(one.state for one in listed(session)) == {State.PLANNED: 1000}


def test_the_control_group_is_listed_and_sent_nothing(sessions: Any) -> None:
    with sessions.begin() as session:
        people(session, 20)
        group(session, "tea", range(1, 21), control={5, 6})
        group(session, "coffee", [5], control=set())
        mailing(session)
        rows.enlist(session, whom(), listing(), {})
        rows.enlist(session, left_out(["tea"], [], AddressKind.EMAIL), listing(is_control=True), {})
        found = {one.customer_id: (one.variant, one.state, one.why) for one in listed(session)}
    assert len(found) == 20
    assert {id for id, said in found.items() if said == ("control", State.CANCELLED, "control")} == {5, 6}


def test_a_short_message_goes_to_nobody_who_gets_a_letter(sessions: Any) -> None:
    with sessions.begin() as session:
        people(session, 4)
        session.execute(insert(Address), [
            {"id": 100 + id, "customer_id": id, "kind": "phone", "value": f"+7{id}", "written": f"+7{id}",
             "print": f"phone {id}", "open": True, "since": NOW}
            for id in (3, 4)
        ])  # fmt: skip
        session.execute(
            update(Address).where((col(Address.customer_id) == 4), col(Address.kind) == "email").values(open=False)
        )
        group(session, "tea", range(1, 5))
        mailing(session)
        rows.enlist(session, whom(), listing(), {})
        phones = rows.without_letter(whom(kind=AddressKind.PHONE), 1)
        rows.enlist(session, phones, Listing(1, AddressKind.PHONE, "sms", "seed", Split(), NOW), {})
        assert {(one.customer_id, one.kind, one.account) for one in listed(session)} == {
            (1, "email", "post"), (2, "email", "post"), (3, "email", "post"), (4, "phone", "sms"),
        }  # fmt: skip


def test_a_domain_is_counted_by_itself_only_where_many_have_addresses(sessions: Any) -> None:
    """A rare domain in the ledger would say whose letter it was, for ever."""
    with sessions.begin() as session:
        people(session, 25, domain="mail.example")
        people(session, 3, first=26, domain="ivan-petrov.example")
        group(session, "tea", range(1, 29))
        mailing(session)
        rows.enlist(session, whom(), listing(), {})
        assert Counter(one.domain for one in listed(session)) == {"mail.example": 25, "": 3}


def test_each_gets_it_at_the_hour_of_their_own_zone(sessions: Any) -> None:
    with sessions.begin() as session:
        people(session, 4)
        customers = {1: {"zone": "Europe/Kaliningrad"}, 2: {"outlet": "vlad"}, 3: {"outlet": "arbat"}}
        for id, said in customers.items():
            session.execute(update(Customer).where(col(Customer.id) == id).values(**said))
        group(session, "tea", range(1, 5))
        mailing(session)
        zones = rows.zones_of(session, whom(), OUTLETS)
        assert zones == ["", "Asia/Vladivostok", "Europe/Kaliningrad", "Europe/Moscow"]
        there = due_in("2026-11-25T10:00", zones)
        rows.enlist(session, whom(), listing(due_in=there), OUTLETS)
        due = {one.customer_id: (one.zone, one.due_at) for one in listed(session)}
    assert due[4] == ("", NOW)
    assert due[3][1] - due[2][1] == timedelta(hours=7) and due[1][1] - due[3][1] == timedelta(hours=1)


def test_letters_of_a_standing_mailing_join_once_for_each_occasion(sessions: Any) -> None:
    with sessions.begin() as session:
        people(session, 1)
        mailing(session, standing=True)
        row = {"mailing_id": 1, "customer_id": 1, "kind": "email", "occasion": "form 1", "account": "post",
               "print": "print 1", "variant": "A", "domain": "", "zone": "", "state": State.PLANNED, "due_at": NOW,
               "token": 0, "generation": 0, "attempts": 0, "pieces": 0, "remote_id": "", "why": ""}  # fmt: skip
        assert [rows.join(session, [row]), rows.join(session, [row])] == [1, 0]
        assert rows.join(session, [row | {"occasion": "form 2"}]) == 1


def test_a_mailing_is_over_when_nothing_waits(sessions: Any, clock: SetClock) -> None:
    with sessions.begin() as session:
        people(session, 3)
        mailing(session)
        mailing(session, id=2)
        mailing(session, id=3, standing=True)
        letters(session, [1, 2], state=State.SENT)
        letters(session, [1], mailing=2)
        assert rows.finished(session, clock) == [1]
        over = session.get(Mailing, 1)
        assert over is not None and (over.stage, over.finished_at) == (Stage.SENT, NOW)


@pytest.mark.parametrize(
    ("said", "shares"),
    [
        pytest.param({}, (("A", 500), ("B", 500)), id="nothing said: equal parts"),
        pytest.param({"shares": {"A": 100, "B": 100}}, (("A", 100), ("B", 100)), id="the rest waits"),
    ],
)
def test_shares_are_read(said: Any, shares: Any) -> None:
    assert split_of(said, ["A", "B"]).shares == shares


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"A": 600, "B": 500}, id="more than all"),
        pytest.param({"A": 500, "C": 500}, id="no such variant"),
        pytest.param({"A": 1000, "B": 0}, id="nobody gets it"),
    ],
)
def test_shares_that_make_no_sense_are_refused(said: Any) -> None:
    with pytest.raises(Unreadable):
        split_of({"shares": said}, ["A", "B"])
