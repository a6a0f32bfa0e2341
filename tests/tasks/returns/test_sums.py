"""Funnels, links, hours and purchases, on both databases: what is counted is what happened, each once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, select, union_all
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customers import Customer
from models.database import SetClock
from models.delivery import State
from models.letters import Happening
from models.mailings import MailEvent, Message
from models.purchases import Receipt
from tasks.returns.owed import rows as owed
from tasks.returns.owed.rows import CONTROL, Credit
from tasks.returns.sums import rows
from tasks.returns.sums.attribution import By, Touch, Window
from tasks.returns.sums.attribution import owed as owed_to
from tasks.returns.sums.funnel import Funnel
from tests.conftest import empty
from tests.depth import examples
from tests.fakes import NOW
from tests.tasks.returns.mailed import LINKS, SENT, Mailed

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WINDOW = Window(touch=7 * DAY, returned=30 * DAY)
H = Happening


@pytest.fixture
def mailed(sessions: sessionmaker[Session]) -> Mailed:
    made = Mailed(sessions, SetClock(NOW))
    made.customers(12)
    made.mailing()
    return made


def happen(mailed: Mailed, letter: int, what: Happening, at: datetime = NOW, mailing: int = 1, **more: Any) -> None:
    with mailed.sessions.begin() as session:
        once = f"{letter}:{what}:{at.isoformat()}:{more}"
        session.add(
            MailEvent(message_id=letter, mailing_id=mailing, what=what, once=once, at=at, recorded_at=at, **more)
        )


def buy(mailed: Mailed, customer: int | None, amount: int, at: datetime = NOW) -> None:
    with mailed.sessions.begin() as session:
        number = session.query(Receipt).count()
        session.add(Receipt(key=f"r{number}", customer_id=customer, amount=amount, at=at))


def asked(mailed: Mailed, ask: Any, *given: Any) -> Any:
    with mailed.sessions() as session:
        return ask(session, *given)


def test_a_funnel_counts_each_letter_once_in_every_line(mailed: Mailed) -> None:
    a, b, c, d, e, f, g = (mailed.letter(n) for n in range(1, 8))
    unknown = mailed.letter(8, state=State.UNKNOWN)
    mailed.letter(9, state=State.PLANNED, sent_at=None)
    mailed.letter(10, state=State.REJECTED, sent_at=None)
    for n in range(3):
        happen(mailed, a, H.OPENED, NOW + n * HOUR)
        happen(mailed, a, H.CLICKED, NOW + n * HOUR, link=n)
    happen(mailed, b, H.CLICKED, link=1)
    happen(mailed, c, H.OPENED, robot=True)
    happen(mailed, c, H.CLICKED, robot=True)
    happen(mailed, d, H.BOUNCED, hard=True, code="5.1.1")
    happen(mailed, e, H.BOUNCED)
    happen(mailed, e, H.BOUNCED, NOW + HOUR)
    happen(mailed, f, H.BOUNCED)
    happen(mailed, f, H.OPENED, NOW + HOUR)
    happen(mailed, g, H.REJECTED, code="5.7.1")
    happen(mailed, a, H.REPLIED)
    happen(mailed, a, H.UNSUBSCRIBED)
    happen(mailed, b, H.COMPLAINED)
    found = asked(mailed, rows.funnel, 1)
    assert found == Funnel(
        listed=10, sent=7, unknown=1, arrived=4, bounced_hard=1, bounced_soft=1, rejected=1, undelivered=3, opened=3,
        opened_by_machines=1, clicked=2, clicked_by_machines=1, replied=1, unsubscribed=1, complained=1,
    )  # fmt: skip
    assert found.delivered == 4 and mailed.state(unknown) is State.UNKNOWN


def test_an_empty_mailing_has_an_empty_funnel(mailed: Mailed) -> None:
    assert asked(mailed, rows.funnel, 1) == Funnel() and asked(mailed, rows.by_variant, 1) == {}
    assert asked(mailed, rows.over_time, 1) == [] and asked(mailed, owed.spent, 1, DAY) == {}


def test_variants_are_counted_apart_and_the_control_group_is_no_part_of_the_mailing(mailed: Mailed) -> None:
    first, second = mailed.letter(1), mailed.letter(2, variant="B")
    mailed.letter(3, variant=CONTROL, state=State.CANCELLED, sent_at=None)
    happen(mailed, first, H.OPENED)
    happen(mailed, second, H.CLICKED, link=1)
    found = asked(mailed, rows.by_variant, 1)
    assert {name: (one.listed, one.opened, one.clicked) for name, one in found.items()} == {
        "A": (1, 1, 0), "B": (1, 1, 1), CONTROL: (1, 0, 0),
    }  # fmt: skip
    assert asked(mailed, rows.funnel, 1).listed == 2


def test_groups_of_customers_are_counted_each_for_itself(mailed: Mailed) -> None:
    for n in (1, 2, 3):
        happen(mailed, mailed.letter(n), H.CLICKED, link=1)
    buy(mailed, 2, 500, NOW + HOUR)
    members = union_all(
        select(col(Customer.id).label("customer_id"), literal("tea").label("customer_group"))
        .where(col(Customer.id) < 3),
        select(col(Customer.id), literal("cups")).where(col(Customer.id) == 2),
    ).subquery()  # fmt: skip
    found = asked(mailed, rows.by_group, 1, select(members), WINDOW)
    assert {name: (one.listed, one.clicked, one.bought) for name, one in found.items()} == {
        "tea": (2, 2, 1),
        "cups": (1, 1, 1),
    }


def test_links_are_counted_by_people_and_by_machines(mailed: Mailed) -> None:
    first, second, other = mailed.letter(1), mailed.letter(2), mailed.letter(3, variant="B")
    for n in range(3):
        happen(mailed, first, H.CLICKED, NOW + n * HOUR, link=1)
    happen(mailed, second, H.CLICKED, link=1)
    happen(mailed, second, H.CLICKED, link=2, robot=True)
    happen(mailed, other, H.CLICKED, link=2)
    happen(mailed, other, H.CLICKED, link=0, robot=True)
    found = asked(mailed, rows.by_link, 1)
    assert [(one.variant, one.n, one.people, one.clicks, one.machines) for one in found] == [
        ("A", 1, 2, 4, 0), ("A", 2, 0, 0, 1), ("A", 3, 0, 0, 0),
        ("B", 1, 0, 0, 0), ("B", 2, 1, 1, 0), ("B", 3, 0, 0, 0),
    ]  # fmt: skip
    assert found[1].url == LINKS[2] and found[1].label == "link 2"


def test_what_happened_is_told_hour_by_hour(mailed: Mailed) -> None:
    id = mailed.letter(1)
    happen(mailed, id, H.OPENED, NOW + timedelta(minutes=59))
    happen(mailed, id, H.OPENED, NOW + timedelta(minutes=5), robot=True)
    happen(mailed, id, H.OPENED, NOW + HOUR)
    happen(mailed, id, H.CLICKED, NOW + HOUR)
    assert [(one.at, one.what, one.number, one.machines) for one in asked(mailed, rows.over_time, 1)] == [
        ("2026-11-23T09", H.OPENED, 2, 1), ("2026-11-23T10", H.CLICKED, 1, 0), ("2026-11-23T10", H.OPENED, 1, 0),
    ]  # fmt: skip


def lines(found: list[Credit]) -> list[tuple[int, int, By, int]]:
    return [(one.mailing, one.customer, one.by, one.net) for one in found]


def test_a_purchase_is_owed_to_the_strongest_touch_before_it(mailed: Mailed) -> None:
    letters = [mailed.letter(n) for n in range(1, 6)]
    happen(mailed, letters[0], H.OPENED, SENT + HOUR)
    happen(mailed, letters[0], H.CLICKED, SENT + 2 * HOUR, link=1)
    happen(mailed, letters[1], H.OPENED, SENT + HOUR)
    happen(mailed, letters[2], H.CLICKED, SENT + HOUR, link=1, robot=True)
    happen(mailed, letters[3], H.CLICKED, SENT + 3 * DAY, link=1)
    for n in range(1, 6):
        buy(mailed, n, 100 * n, SENT + 2 * DAY)
    buy(mailed, 4, 1000, SENT + 9 * DAY)
    buy(mailed, 5, 9999, SENT - HOUR)
    buy(mailed, 5, 9999, SENT + 8 * DAY)
    buy(mailed, 6, 9999)
    buy(mailed, None, 9999)
    found = asked(mailed, owed.credits, 1, WINDOW)
    assert lines(found) == [
        (1, 1, By.CLICKED, 100), (1, 2, By.OPENED, 200), (1, 3, By.SENT, 300), (1, 4, By.CLICKED, 1000),
        (1, 4, By.SENT, 400), (1, 5, By.SENT, 500),
    ]  # fmt: skip
    assert asked(mailed, rows.funnel, 1, WINDOW).bought == 5


def test_what_is_given_back_is_taken_off_the_purchase_before_it(mailed: Mailed) -> None:
    for n in range(1, 5):
        mailed.letter(n)
        buy(mailed, n, 1000, SENT + DAY)
    buy(mailed, 1, -300, SENT + 3 * DAY)
    buy(mailed, 2, -5000, SENT + 3 * DAY)
    buy(mailed, 3, -300, SENT + 40 * DAY)
    buy(mailed, 4, -300, SENT + HOUR)
    found = asked(mailed, owed.credits, 1, WINDOW)
    assert [(one.bought, one.returned, one.net) for one in found] == [
        (1000, 300, 700), (1000, 5000, 0), (1000, 0, 1000), (1000, 0, 1000),
    ]  # fmt: skip


def test_over_all_mailings_a_receipt_counts_once(mailed: Mailed) -> None:
    second = mailed.mailing("spring")
    early, late = mailed.letter(1), mailed.letter(1, second, sent_at=SENT + DAY)
    happen(mailed, early, H.CLICKED, SENT + HOUR, link=1)
    buy(mailed, 1, 700, SENT + 2 * DAY)
    mailed.letter(2)
    mailed.letter(2, second, sent_at=SENT + DAY)
    buy(mailed, 2, 300, SENT + 2 * DAY)
    for mailing, by in ((1, By.CLICKED), (second, By.SENT)):
        assert lines(asked(mailed, owed.credits, mailing, WINDOW)) == [
            (mailing, 1, by, 700),
            (mailing, 2, By.SENT, 300),
        ]
    both = asked(mailed, owed.last_touch, SENT, SENT + 9 * DAY, WINDOW)
    assert lines(both) == [(1, 1, By.CLICKED, 700), (second, 2, By.SENT, 300)] and late
    assert asked(mailed, owed.last_touch, SENT + 3 * DAY, SENT + 9 * DAY, WINDOW) == []


def test_what_variants_and_the_control_group_spent(mailed: Mailed) -> None:
    for n in range(1, 5):
        mailed.letter(n, variant="A" if n < 3 else "B")
    for n in (5, 6, 7):
        mailed.letter(n, variant=CONTROL, state=State.CANCELLED, sent_at=None)
    mailed.letter(8, state=State.PLANNED, sent_at=None)
    for customer, amount, at in (
        (1, 500, SENT + DAY), (1, 300, SENT + 2 * DAY), (2, 100, SENT - DAY), (3, 400, SENT + DAY),
        (3, -900, SENT + 2 * DAY), (5, 250, SENT + DAY), (6, 9999, SENT + 30 * DAY), (8, 9999, SENT + DAY),
    ):  # fmt: skip
        buy(mailed, customer, amount, at)
    found = asked(mailed, owed.spent, 1, 7 * DAY)
    assert {name: (one.amounts, one.size) for name, one in found.items()} == {
        "A": ((800,), 2), "B": ((), 2), CONTROL: ((250,), 3),
    }  # fmt: skip


def test_dead_addresses_count_on_both_sides_of_the_comparison(mailed: Mailed) -> None:
    """Half of either side cannot be reached and buys nothing: the mailing has changed nothing, and nothing is shown."""
    for n in (1, 2):
        mailed.letter(n)
    for n in (3, 4):
        mailed.letter(n, state=State.REJECTED, sent_at=None)
    for n in (5, 6, 7, 8):
        mailed.letter(n, variant=CONTROL, state=State.CANCELLED, sent_at=None)
    for n in (1, 2, 5, 6):
        buy(mailed, n, 500, SENT + DAY)
    found = asked(mailed, owed.spent, 1, 7 * DAY)
    assert found["A"] == found[CONTROL] and found["A"].size == 4


MOMENTS = st.integers(0, 15)
STORY = st.tuples(
    st.lists(st.tuples(st.integers(1, 2), st.integers(1, 3), MOMENTS), max_size=5, unique_by=lambda one: one[:2]),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([H.OPENED, H.CLICKED]), MOMENTS, st.booleans()), max_size=8),
    st.lists(st.tuples(st.integers(1, 3), MOMENTS), max_size=6),
)  # fmt: skip


@given(STORY)
@settings(max_examples=examples(10, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_follows_the_rule(database: Engine, sessions: sessionmaker[Session], story: Any) -> None:
    """The rule as it is printed, and the statement, credit the same mailing by the same touch."""
    wipe(database)
    made = Mailed(sessions, SetClock(NOW))
    made.customers(3)
    for key in ("one", "two"):
        made.mailing(key)
    touches = tell(made, story)
    for customer, day in story[2]:
        buy(made, customer, 100, SENT + day * DAY)

    def said(found: list[Credit]) -> list[tuple[int, By]]:
        return sorted((one.message, one.by) for one in found for _ in range(one.receipts))

    everything = asked(made, owed.last_touch, SENT - DAY, SENT + 99 * DAY, WINDOW)
    assert said(everything) == ruled(touches, story[2])
    for mailing in (1, 2):
        of_one = [(customer, touch) for customer, touch in touches if touch.mailing == mailing]
        assert said(asked(made, owed.credits, mailing, WINDOW)) == ruled(of_one, story[2])


def tell(made: Mailed, story: Any) -> list[tuple[int, Touch]]:
    """Letters and looks as the story has them; returns the touches of people, by customer."""
    touches, letters = [], []
    for mailing, customer, day in story[0]:
        id = made.letter(customer, mailing, sent_at=SENT + day * DAY)
        letters.append((id, customer, mailing))
        touches.append((customer, Touch(By.SENT, SENT + day * DAY, id, mailing)))
    for n, (which, what, day, robot) in enumerate(story[1]):
        if which < len(letters):
            id, customer, mailing = letters[which]
            at = SENT + day * DAY + n * timedelta(seconds=1)
            happen(made, id, what, at, mailing, robot=robot)
            by = By.CLICKED if what is H.CLICKED else By.OPENED
            touches += [] if robot else [(customer, Touch(by, at, id, mailing))]
    return touches


def ruled(touches: list[tuple[int, Touch]], bought: list[tuple[int, int]]) -> list[tuple[int, By]]:
    """What the rule as it is printed owes the purchases to."""
    found = [
        owed_to(SENT + day * DAY, [t for who, t in touches if who == customer], WINDOW) for customer, day in bought
    ]
    return sorted((touch.message, touch.by) for touch in found if touch)


def wipe(database: Engine) -> None:
    """An empty database for the next story."""
    if database.dialect.name == "postgresql":
        empty(database)
        return
    with database.begin() as connection:
        for table in (MailEvent, Message, Receipt):
            connection.exec_driver_sql(f"DELETE FROM {table.__tablename__}")
        for table_name in ("mail_link", "mailing_version", "mailing", "address", "customer"):
            connection.exec_driver_sql(f"DELETE FROM {table_name}")
