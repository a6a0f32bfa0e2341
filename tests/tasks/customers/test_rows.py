"""Customers in the database: a table loaded again and again, consents as a ledger, and who may be written to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.customers import Act, Address, AddressKind, Barred, ConsentAct, Customer, Purpose, Suppression
from models.database import SetClock
from tasks.consents import rows as consents
from tasks.customers import rows
from tasks.customers.reading import Agreed, CustomerRow
from tests.fakes import NOW
from tests.tasks.customers.test_matching import row

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
AD, PD = Purpose.ADVERTISING, Purpose.PERSONAL
ON = date(2026, 1, 5)


def load(sessions: Sessions, told: Sequence[CustomerRow], number: int = 1, clock: SetClock = CLOCK) -> dict[str, int]:
    of = rows.Loading(number, "customers.csv", "olga", lambda kind, value: f"print of {kind} {value}",
                      lambda day: datetime.combine(day, time(), UTC))  # fmt: skip
    with sessions.begin() as session:
        _, outcomes, counted = rows.load(session, clock, told, of)
        counted.update(outcome.what for outcome in outcomes)
        return {str(what): number for what, number in counted.items() if number}


def agreeing(told: CustomerRow, *said: tuple[Purpose, Act, date]) -> CustomerRow:
    told.agreed = [Agreed(purpose, act, on, proof="anketa") for purpose, act, on in said]
    return told


BOTH = ((AD, Act.GIVEN, ON), (PD, Act.GIVEN, ON))


def known(sessions: Sessions) -> list[Any]:
    with sessions() as session:
        people = session.execute(select(Customer).order_by(Customer.id)).scalars().all()  # type: ignore[arg-type]
        ways = session.execute(select(Address).order_by(Address.id)).scalars().all()  # type: ignore[arg-type]
        return [
            (one.code, one.name, {way.kind: (way.value, way.open) for way in ways if way.customer_id == one.id})
            for one in people
        ]


def test_a_table_makes_customers_and_the_same_again_changes_nothing(sessions: Sessions) -> None:
    table = [agreeing(row(2, "1", "a@x.ru", name="Oleg"), *BOTH), agreeing(row(3, "2", "", "+7"), BOTH[0])]
    assert load(sessions, table) == {"new": 2, "agreed": 3}
    assert known(sessions) == [("1", "Oleg", {"email": ("a@x.ru", True)}), ("2", "", {"phone": ("+7", False)})]
    assert load(sessions, table, 2) == {"same": 2}


def test_a_changed_row_changes_its_customer_and_a_new_address_needs_a_consent_of_its_own(sessions: Sessions) -> None:
    load(sessions, [agreeing(row(2, "1", "a@x.ru", name="Oleg"), *BOTH)])
    assert load(sessions, [row(2, "1", "b@x.ru", name="Oleg Petrov")], 2) == {"changed": 1}
    assert known(sessions) == [("1", "Oleg Petrov", {"email": ("b@x.ru", False)})]
    load(sessions, [row(2, "1", "a@x.ru")], 3)
    assert known(sessions)[0][2] == {"email": ("a@x.ru", True)}, "the ledger knows the address it was given for"


def test_a_no_withdraws_what_is_in_force_and_is_said_once(sessions: Sessions) -> None:
    load(sessions, [agreeing(row(2, "1", "a@x.ru"), *BOTH)])
    no = [agreeing(row(2, "1", "a@x.ru"), (AD, Act.WITHDRAWN, NOW.date()))]
    assert load(sessions, no, 2) == {"same": 1, "withdrawn": 1}
    assert known(sessions)[0][2] == {"email": ("a@x.ru", False)}
    later = SetClock(NOW + timedelta(days=3))
    assert load(sessions, no, 3, later) == {"same": 1}
    old = [agreeing(row(2, "1", "a@x.ru"), *BOTH)]
    load(sessions, old, 4, later)
    assert known(sessions)[0][2] == {"email": ("a@x.ru", False)}, "an old consent does not come back to life"


def test_who_is_in_the_stop_list_is_not_written_to_whatever_they_agreed_to(sessions: Sessions) -> None:
    told = agreeing(row(2, "1", "a@x.ru"), *BOTH)
    told.refused = True
    assert load(sessions, [told]) == {"new": 1, "agreed": 2, "refused": 1}
    assert known(sessions)[0][2] == {"email": ("a@x.ru", False)}
    with sessions.begin() as session:
        session.execute(select(Customer)).scalars().one()
        session.delete(session.execute(select(Customer)).scalars().one())
    load(sessions, [agreeing(row(2, "1", "a@x.ru"), *BOTH)], 2)
    assert known(sessions)[0][2] == {"email": ("a@x.ru", False)}, "it survives deletion and re-import"


def test_of_who_was_erased_nothing_is_made_any_more(sessions: Sessions) -> None:
    with sessions.begin() as session:
        consents.bar(session, CLOCK, [(AddressKind.EMAIL, "print of email a@x.ru")], Barred.ERASED, "asked")
    told = [row(2, "1", "a@x.ru"), row(3, "2", "a@x.ru"), row(4, "", "b@x.ru")]
    assert load(sessions, told) == {"erased": 2, "new": 1}
    assert known(sessions) == [(None, "", {"email": ("b@x.ru", False)})]


def test_two_who_are_one_become_one_with_all_they_agreed_to(sessions: Sessions) -> None:
    load(sessions, [agreeing(row(2, "", "a@x.ru"), *BOTH), row(3, "1", "", "+7", name="Oleg")])
    assert load(sessions, [row(2, "1", "a@x.ru")], 2) == {"changed": 1}
    assert known(sessions) == [("1", "Oleg", {"email": ("a@x.ru", True), "phone": ("+7", False)})]


def test_who_is_new_and_turns_out_to_be_known_has_agreed_as_before(sessions: Sessions) -> None:
    load(sessions, [agreeing(row(2, "", "a@x.ru"), *BOTH)])
    load(sessions, [row(2, "1", "", "+7"), row(3, "1", "a@x.ru")], 2)
    assert known(sessions) == [("1", "", {"email": ("a@x.ru", True), "phone": ("+7", False)})]


def test_a_number_is_nobody_elses_again(sessions: Sessions) -> None:
    """Else whoever came next would have agreed to what the former one agreed to."""
    load(sessions, [agreeing(row(2, "1", "a@x.ru"), *BOTH)])
    with sessions.begin() as session:
        session.delete(session.execute(select(Customer)).scalars().one())
    load(sessions, [agreeing(row(2, "2", "b@x.ru"), BOTH[0])], 2)
    assert known(sessions) == [("2", "", {"email": ("b@x.ru", False)})]


def test_addresses_that_change_hands_in_one_table_do_not_collide(sessions: Sessions) -> None:
    load(sessions, [row(2, "1", "a@x.ru"), row(3, "2", "b@x.ru")])
    assert load(sessions, [row(2, "1", "c@x.ru"), row(3, "2", "a@x.ru")], 2) == {"changed": 2}
    assert [ways["email"][0] for _, _, ways in known(sessions)] == ["c@x.ru", "a@x.ru"]


def test_the_ledger_is_append_only(sessions: Sessions) -> None:
    load(sessions, [agreeing(row(2, "1", "a@x.ru"), *BOTH)])
    with pytest.raises(Exception, match="append-only"), sessions.begin() as session:
        line = session.execute(select(ConsentAct)).scalars().first()
        assert line is not None
        line.act = Act.WITHDRAWN


def test_the_words_of_the_law_and_of_the_database_are_the_same(sessions: Sessions) -> None:
    """Whatever was said of an address and its customer, it is open where the law has no objection."""
    days = [NOW + timedelta(days=n) for n in (-3, -2, 1)]
    said = [(act, at) for act in Act for at in days]
    pairs = [(), *((one,) for one in said), *((one, other) for one in said for other in said)]
    load(sessions, [row(n, f"c{n}", f"{n}@x.ru") for n, _ in enumerate(pairs)])
    with sessions.begin() as session:
        ways = session.execute(select(Address).order_by(Address.id)).scalars().all()  # type: ignore[arg-type]
        for way, lines in zip(ways, pairs, strict=True):
            other = pairs[-1 - (way.id or 0) % len(pairs)]
            consents.record(session, [
                {"once": f"{way.id}:{purpose}:{n}", "customer_id": way.customer_id, "purpose": purpose, "act": act,
                 "kind": "", "print": way.print if purpose is AD else "", "wording": "", "via": "", "source": "",
                 "proof": "", "at": at, "recorded_at": NOW, "recorded_by": ""}
                for purpose, of in ((AD, lines), (PD, other)) for n, (act, at) in enumerate(of)
            ])  # fmt: skip
            if (way.id or 0) % 7 == 0:
                consents.bar(session, CLOCK, [(way.kind, way.print)], Barred.BY_HAND, "x")
        consents.follow(session, CLOCK, Address.id > 0)  # type: ignore[operator, arg-type]
    with sessions() as session:
        open_ = session.query(Address).filter_by(open=True).count()
        counted = consents.reach(session, CLOCK, [way.customer_id for way in ways])
        assert (counted["email", ""], counted.total()) == (open_, len(pairs)) and open_
        assert {code for _, code in counted} == {"", "barred", "personal", "withdrawn", "asked", "not_agreed"}


def test_an_address_is_barred_once(sessions: Sessions) -> None:
    with sessions.begin() as session:
        where = [(AddressKind.EMAIL, "p"), (AddressKind.EMAIL, "p"), (AddressKind.PHONE, "q")]
        assert consents.bar(session, CLOCK, where, Barred.COMPLAINED, "mail") == 2
        assert consents.bar(session, CLOCK, where, Barred.BOUNCED, "mail") == 0
        assert {one.why for one in session.execute(select(Suppression)).scalars()} == {"complained"}
