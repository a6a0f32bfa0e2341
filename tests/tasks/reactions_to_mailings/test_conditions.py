"""Groups by what customers did with letters: judged by plain Python, and the same built whole or by what changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.customers import Customer
from models.database import SetClock
from models.delivery import OUT, State
from models.group_rules import All, Not, Reacted, Rule
from models.letters import Happening
from models.mailings import MailEvent, Mailing, Message
from tasks.groups import reactions
from tasks.groups.moving import moved
from tasks.groups.selection import selected
from tasks.groups.windows import AsOf
from tasks.reactions_to_mailings.collecting.rows import touch_sent
from tasks.reactions_to_mailings.conditions import LETTERS
from tasks.returns import rows as returns
from tasks.returns.choices import rows as choices
from tests.depth import examples
from tests.tasks.groups.department import DAY, clear, midnight
from tests.tasks.groups.groups import as_of, check, make, members, noon, rebuild
from tests.tasks.groups.test_selection import AS_OF, FIXTURES
from tests.tasks.returns.mailed import news
from tests.tasks.returns.mails import printed

KEYS = ("autumn", "winter")
MINUTE = timedelta(minutes=1)
AGO = st.sampled_from([0, 1, 2, 6, 7, 8, 29, 30, 31])
MOMENTS = st.builds(
    lambda days, minutes: midnight(DAY - timedelta(days=days)) + minutes * MINUTE, AGO, st.sampled_from([-1, 0, 1, 700])
)
RULES = st.builds(
    Reacted, did=st.sampled_from(["received", "opened", "clicked", "ignored"]),
    mailings=st.sampled_from([(), ("autumn",), ("winter",), KEYS, ("nowhere",)]), days=st.sampled_from([0, 1, 7, 30]),
)  # fmt: skip


@pytest.fixture(autouse=True)
def answered() -> Iterator[None]:
    former = list(reactions._registered)
    reactions.register(LETTERS)
    yield
    reactions._registered[:] = former


@dataclass
class Look:
    what: Happening
    at: datetime
    robot: bool


@dataclass
class Sent:
    customer: int
    mailing: str
    state: State
    at: datetime
    looks: list[Look] = field(default_factory=list)


LOOKS = st.builds(
    Look, st.sampled_from([Happening.OPENED, Happening.CLICKED, Happening.DELIVERED]), MOMENTS, st.booleans()
)
LETTERS_SENT = st.lists(
    st.builds(Sent, st.integers(1, 4), st.sampled_from(KEYS),
              st.sampled_from([State.SENT, State.CONFIRMED, State.REJECTED, State.CANCELLED]), MOMENTS,
              st.lists(LOOKS, max_size=3)),
    max_size=8, unique_by=lambda one: (one.customer, one.mailing),
)  # fmt: skip


def judged(letters: list[Sent], rule: Reacted, now: AsOf) -> set[int]:
    """The customers a condition means, said without a database."""
    first, found = now.ago(rule.days), set()
    for one in letters:
        if rule.mailings and one.mailing not in rule.mailings:
            continue
        by_people = [look for look in one.looks if not look.robot and look.what is not Happening.DELIVERED]
        near = {look.what for look in by_people if first <= look.at < now.ends}
        ever = [look for look in by_people if look.at < now.ends]
        received = one.state in OUT and first <= one.at < now.ends
        did = {
            "received": received, "opened": bool(near), "clicked": Happening.CLICKED in near,
            "ignored": received and not ever,
        }  # fmt: skip
        found |= {one.customer} if did[rule.did] else set()
    return found


def write(session: Session, letters: list[Sent]) -> None:
    for id in range(1, 5):
        session.add(Customer(id=id, created_at=midnight(DAY), changed_at=midnight(DAY)))
    session.add_all(
        Mailing(id=n, key=key, title=key, stage="sending", made_at=midnight(DAY)) for n, key in enumerate(KEYS, 1)
    )
    session.flush()
    for n, one in enumerate(letters, 1):
        sent = one.at if one.state in OUT else None
        session.add(Message(
            id=n, mailing_id=KEYS.index(one.mailing) + 1, customer_id=one.customer, kind="email", account="post",
            state=one.state, due_at=one.at, sent_at=sent, settled_at=one.at,
        ))  # fmt: skip
        session.add_all(
            MailEvent(message_id=n, mailing_id=KEYS.index(one.mailing) + 1, what=look.what, once=f"{n}:{place}",
                      robot=look.robot, at=look.at, recorded_at=look.at)
            for place, look in enumerate(one.looks)
        )  # fmt: skip
    session.flush()


@settings(max_examples=examples(15, 60), deadline=None, suppress_health_check=FIXTURES)
@given(letters=LETTERS_SENT, rules=st.lists(RULES, min_size=8, max_size=8), days=st.sampled_from([1, 2, 7, 30]))
def test_a_condition_means_whom_it_says_and_time_moves_only_those_named(
    database: Engine, letters: list[Sent], rules: list[Reacted], days: int
) -> None:
    clear(database)
    later = AsOf(DAY + timedelta(days=days), AS_OF.zone, AS_OF.currency)
    with Session(database) as session:
        write(session, letters)
        for rule in rules:
            meant = judged(letters, rule, AS_OF)
            assert set(session.execute(selected(rule, AS_OF)).scalars()) == meant, rule
            turned = meant ^ judged(letters, rule, later)
            named = {id for query in moved(rule, AS_OF, later) for id in session.execute(query).scalars()}
            assert turned <= named, rule


@dataclass
class House:
    sessions: sessionmaker[Session]
    clock: SetClock
    sent: int = 0


def send(house: House, customer: int, mailing: int) -> None:
    house.sent += 1
    with house.sessions.begin() as session:
        session.add(Message(
            mailing_id=mailing, customer_id=customer, kind="email", account="post", state=State.SENT,
            occasion=str(house.sent), due_at=house.clock.at, sent_at=house.clock.at, settled_at=house.clock.at,
        ))  # fmt: skip


def look(house: House, letter: int, what: Happening, robot: bool) -> None:
    told = news(what, letter, f"{what}:{letter}:{robot}:{house.clock.at}", house.clock.at, robot=robot)
    with house.sessions.begin() as session:
        returns.record(session, house.clock, [told], returns.Telling(printed, "web"))


def judge(house: House) -> None:
    with house.sessions.begin() as session:
        choices.judge_again(session, house.clock.at - timedelta(days=40))


def wait(house: House, hours: int) -> None:
    house.clock.at += timedelta(hours=hours)


DONE = st.one_of(
    st.tuples(st.just(send), st.integers(1, 4), st.integers(1, 2)),
    st.tuples(st.just(look), st.integers(1, 6), st.sampled_from([Happening.OPENED, Happening.CLICKED]), st.booleans()),
    st.tuples(st.just(judge)), st.tuples(st.just(wait), st.sampled_from([1, 24, 24 * 8])),
)  # fmt: skip


@settings(max_examples=examples(6, 30), deadline=None, phases=[Phase.generate],
          suppress_health_check=[*FIXTURES, HealthCheck.too_slow])  # fmt: skip
@given(rules=st.tuples(RULES, RULES), turns=st.lists(st.lists(DONE, min_size=1, max_size=4), min_size=1, max_size=5))
def test_groups_by_letters_are_built_from_what_changed(
    database: Engine, rules: tuple[Reacted, Reacted], turns: list[list[Any]]
) -> None:
    clear(database)
    house = House(sessionmaker(database, expire_on_commit=False), noon())
    with house.sessions.begin() as session:
        write(session, [])
    both: Rule = All(rules=(rules[0], Not(rule=rules[1])))
    for key, rule in zip(("one", "other", "both"), (*rules, both), strict=True):
        make(house.sessions, house.clock, key, rule)
    rebuild(house.sessions, house.clock)
    for done in turns:
        for work, *words in done:
            work(house, *words)
        with house.sessions.begin() as session:
            touch_sent(session, house.clock)
        rebuild(house.sessions, house.clock)
        check(house.sessions, house.clock)


def test_whoever_did_not_open_is_a_group(sessions: sessionmaker[Session]) -> None:
    """The words of the rule as people write them."""
    house = House(sessions, noon())
    with sessions.begin() as session:
        write(session, [])
    for customer in (1, 2, 3):
        send(house, customer, 2)
    look(house, 1, Happening.OPENED, robot=False)
    look(house, 2, Happening.OPENED, robot=True)
    make(sessions, house.clock, "again", 'ignored mailing "winter" in last 7 days')
    rebuild(sessions, house.clock)
    assert members(sessions, "again") == {2, 3}
    assert as_of(house.clock).day == DAY
