"""Building what changed comes to the same as building all, whatever happens and however many days go by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from integrations.errors import Refused
from models import group_rules
from models.customer_groups import Corrected, CustomerTouched
from models.customers import Act, Address, Barred, Customer, Purpose
from models.database import SetClock
from models.group_rules import All, InGroup, Not, Rule
from tasks.consents import rows as consents
from tasks.customers import rows as customers
from tasks.customers.reading import Agreed
from tasks.customers.record import rows as records
from tasks.groups import rows
from tasks.purchases import rows as purchases
from tests.depth import examples
from tests.tasks.customers.test_matching import row
from tests.tasks.groups.department import DAY, DEPARTMENTS, MOMENTS, Someone, clear, midnight, numbered, write
from tests.tasks.groups.groups import check, make, noon, rebuild
from tests.tasks.groups.rules import ANSWERED, CITIES, GOODS, OUTLETS, PRODUCTS, RULES
from tests.tasks.purchases import tellings

LISTED = "listed"
CODES = st.sampled_from([str(id) for id in range(1, 10)])
EMAILS = st.sampled_from(["", "a@x.ru", "b@x.ru", "c@x.ru", "email of 1", "email of 2"])
BIRTHDAYS = st.sampled_from(["", "02-29", "1990-03-01", "2000-04-05"])
AMOUNTS = st.sampled_from([-1000, 0, 100, 450, 3025])


@dataclass
class House:
    sessions: sessionmaker[Session]
    clock: SetClock
    number: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number


def printed(kind: str, value: str) -> str:
    return value if value.startswith("email of") else f"print of {kind} {value}"


def load_customers(house: House, code: str, email: str, said: dict[str, Any], agreed: tuple[Any, ...]) -> None:
    of = customers.Loading(house.next(), "table", "olga", printed, lambda day: datetime.combine(day, time(), UTC))
    told = row(2, code, email, **said)
    told.agreed = [Agreed(*one, proof="form") for one in agreed]
    with house.sessions.begin() as session:
        customers.load(session, house.clock, [told], of)


def sell(house: House, key: str, at: datetime, who: tuple[str, str], group: str, amount: int) -> None:
    told = tellings.Told(key, at, OUTLETS[0], amount, [who] if who[1] else [], [(PRODUCTS[0], group, 1000, amount)])
    with house.sessions.begin() as session:
        tellings.load(session, [told], purchases.Loading(house.next(), printed))


def say(house: House, place: int, act: Act, at: datetime) -> None:
    """A consent of an address there is, also under a date to come."""
    with house.sessions.begin() as session:
        ways = session.execute(select(Address).order_by(col(Address.id))).scalars().all()
        if ways:
            way, once = ways[place % len(ways)], f"said {house.next()}"
            consents.record(session, [{
                "once": once, "customer_id": way.customer_id, "purpose": Purpose.ADVERTISING.value, "act": act.value,
                "kind": way.kind, "print": way.print, "wording": "", "via": "", "source": "", "proof": "", "at": at,
                "recorded_at": at, "recorded_by": "",
            }])  # fmt: skip
            consents.follow(session, house.clock, col(Address.id) == way.id)


def bar(house: House, place: int) -> None:
    with house.sessions.begin() as session:
        ways = session.execute(select(Address).order_by(col(Address.id))).scalars().all()
        if ways:
            way = ways[place % len(ways)]
            consents.bar(session, house.clock, [(way.kind, way.print)], Barred.BY_HAND, "")
            consents.follow(session, house.clock, col(Address.id) == way.id)


def by_hand(house: House, work: Callable[..., Any], place: int, *more: Any) -> None:
    """Something about the customer at a place, and a group; what is refused has changed nothing."""
    with house.sessions() as session:
        ids = session.execute(select(col(Customer.id)).order_by(col(Customer.id))).scalars().all()
    if ids:
        try:
            with house.sessions.begin() as session:
                work(session, house.clock, ids[place % len(ids)], *more)
        except Refused:
            pass


def correct(session: Session, clock: SetClock, id: int, key: str, what: Corrected) -> None:
    rows.correct(session, clock, key, id, what, "asked", "olga")


def undo(session: Session, clock: SetClock, id: int, key: str) -> None:
    rows.undo(session, clock, key, id, "olga")


def enlist(session: Session, clock: SetClock, id: int, replace: bool) -> None:
    rows.enlist(session, clock, LISTED, [id], "olga", replace)


def erase(session: Session, clock: SetClock, id: int) -> None:
    records.erase(session, id)


def pass_days(house: House, days: int) -> None:
    house.clock.at += timedelta(days=days)


PLACES, KEYS = st.integers(0, 8), st.sampled_from(["g0", "g1", "of-groups", LISTED])
DONE = st.one_of(
    st.tuples(st.just(pass_days), st.sampled_from([1, 2, 7, 31])),
    st.tuples(
        st.just(load_customers), CODES, EMAILS,
        st.fixed_dictionaries({}, optional={"city": st.sampled_from(CITIES), "birthday": BIRTHDAYS}),
        st.lists(st.tuples(st.sampled_from(Purpose), st.sampled_from([Act.GIVEN, Act.WITHDRAWN]), st.just(DAY)),
                 max_size=2).map(tuple),
    ),
    st.tuples(st.just(sell), st.sampled_from("abcd"), MOMENTS,
              st.one_of(st.tuples(st.just("code"), CODES), st.tuples(st.just("email"), EMAILS)),
              st.sampled_from(GOODS), AMOUNTS),
    st.tuples(st.just(say), PLACES, st.sampled_from([Act.GIVEN, Act.WITHDRAWN]), MOMENTS),
    st.tuples(st.just(bar), PLACES),
    st.tuples(st.just(by_hand), st.just(correct), PLACES, KEYS, st.sampled_from(Corrected)),
    st.tuples(st.just(by_hand), st.just(undo), PLACES, KEYS),
    st.tuples(st.just(by_hand), st.just(enlist), PLACES, st.booleans()),
    st.tuples(st.just(by_hand), st.just(erase), PLACES),
)  # fmt: skip
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=examples(8, 60), deadline=None, suppress_health_check=FIXTURES)
@given(
    people=DEPARTMENTS, rules=st.tuples(ANSWERED, RULES),
    turns=st.lists(st.lists(DONE, min_size=1, max_size=3), min_size=1, max_size=4),
)  # fmt: skip
def test_building_what_changed_comes_to_building_all(
    database: Engine, people: list[Someone], rules: tuple[Rule, Rule], turns: list[list[Any]]
) -> None:
    clear(database)
    house = House(sessionmaker(database, expire_on_commit=False), noon())
    with house.sessions.begin() as session:
        write(session, numbered(people))
    if database.dialect.name == "postgresql":
        with house.sessions.begin() as session:
            session.execute(select(func.setval(func.pg_get_serial_sequence("customer", "id"), 100)))
            session.execute(select(func.setval(func.pg_get_serial_sequence("receipt", "id"), 100)))
    for key, rule in zip(("g0", "g1"), rules, strict=True):
        make(house.sessions, house.clock, key, rule)
    make(house.sessions, house.clock, LISTED, None)
    of_groups = All(rules=(Not(rule=InGroup(group="g0")), Not(rule=InGroup(group=LISTED))))
    make(house.sessions, house.clock, "of-groups", of_groups)
    assert all(built.whole for built in rebuild(house.sessions, house.clock).values())
    check(house.sessions, house.clock)
    for done in turns:
        for work, *words in done:
            work(house, *words)
        rebuild(house.sessions, house.clock)
        check(house.sessions, house.clock)
    assert all(not built.joined + built.left for built in rebuild(house.sessions, house.clock).values())
    with house.sessions() as session:
        assert not session.execute(select(func.count()).select_from(CustomerTouched)).scalar(), "nothing waits for ever"


def test_only_who_may_have_moved_is_looked_at(sessions: sessionmaker[Session]) -> None:
    """Two of forty: one about whom something changed, one whose last purchase the window has passed."""
    house = House(sessions, noon())
    for code in range(1, 41):
        load_customers(house, str(code), "", {}, ())
        sell(house, str(code), midnight(DAY - timedelta(days=10)), ("code", str(code)), "Чай", 100)
    sell(house, "7", midnight(DAY - timedelta(days=88)), ("code", "7"), "Чай", 100)
    make(sessions, house.clock, "sleeping", "last purchase >= 90 days ago")
    assert rebuild(sessions, house.clock, few=5)["sleeping"].whole
    assert rebuild(sessions, house.clock, few=5)["sleeping"].looked_at == 0
    pass_days(house, 2)
    sell(house, "new", midnight(DAY), ("code", "9"), "Чай", 100)
    built = rebuild(sessions, house.clock, few=5)["sleeping"]
    assert (built.whole, built.looked_at, built.joined, built.size) == (False, 2, 1, 1)
    for code in range(1, 12):
        load_customers(house, str(code), "", {"city": "Omsk"}, ())
    assert rebuild(sessions, house.clock, few=5)["sleeping"].whole, "so many that all are cheaper"


def test_whoever_is_erased_is_in_no_group_though_what_they_said_is_kept(sessions: sessionmaker[Session]) -> None:
    """They were touched by the build of a group that another one is made of, and their consents outlive them."""
    house = House(sessions, noon())
    for code in range(1, 11):
        load_customers(house, str(code), "", {}, ((Purpose.PERSONAL, Act.GIVEN, DAY),))
    make(sessions, house.clock, "agreed", group_rules.Agreed(purpose=Purpose.PERSONAL))
    make(sessions, house.clock, "others", Not(rule=InGroup(group="agreed")))
    assert rebuild(sessions, house.clock)["agreed"].size == 10
    by_hand(house, erase, 3)
    assert rebuild(sessions, house.clock)["agreed"].size == 9
    check(sessions, house.clock)
