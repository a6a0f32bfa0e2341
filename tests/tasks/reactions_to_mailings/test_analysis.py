"""What a mailing came to, as figures and as facts of the registry: told again they double nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember
from models.database import SetClock
from models.delivery import State
from models.letters import Happening
from models.mailings import MailEvent, Mailing, Message, Stage
from models.registry import Fact
from tasks.house import House
from tasks.reactions_to_mailings.engine import Analysis
from tasks.reactions_to_mailings.facts import by_day, cost_of
from tasks.reactions_to_mailings.values import Told
from tasks.registry.rows import spent, tally
from tasks.returns.sums.attribution import By
from tests.fakes import NOW
from tests.tasks.reactions_to_mailings.crowd import SENT, Crowd
from tests.tasks.reactions_to_mailings.fakes import TellingMailer, with_mailers

HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def crowd(house: House) -> Crowd:
    return Crowd(house.sessions)


def group(crowd: Crowd, key: str, members: range, archived: bool = False) -> None:
    with crowd.sessions.begin() as session:
        made = CustomerGroup(key=key, title=key.title(), seed=key, made_at=SENT, changed_at=SENT,
                             archived_at=SENT if archived else None)  # fmt: skip
        session.add(made)
        session.flush()
        session.add_all(GroupMember(group_id=made.id or 0, customer_id=n, since=SENT) for n in members)


def winter(crowd: Crowd, **more: Any) -> int:
    """A hundred got A and a hundred B; forty were left out; half opened, some clicked, some bought."""
    crowd.customers(240)
    group(crowd, "tea", range(1, 201))
    group(crowd, "coffee", range(150, 231))
    group(crowd, "gone", range(1, 201), archived=True)
    mailing = crowd.mailing(variants="AB", campaign="spring", goal="sales", **more)
    crowd.letters(range(1, 101), variant="A", domain="mail.example")
    crowd.letters(range(101, 201), variant="B", domain="", state="confirmed")
    crowd.letters(range(201, 241), variant="control", state=State.CANCELLED)
    crowd.happened(Happening.OPENED, range(1, 61))
    crowd.happened(Happening.OPENED, range(101, 141))
    crowd.happened(Happening.CLICKED, range(1, 21), link=1)
    crowd.happened(Happening.CLICKED, range(150, 160), link=2, robot=True)
    crowd.happened(Happening.BOUNCED, range(91, 96), hard=True)
    crowd.happened(Happening.UNSUBSCRIBED, [1, 2], code="too_often")
    crowd.happened(Happening.UNSUBSCRIBED, [3])
    crowd.happened(Happening.COMPLAINED, [4])
    crowd.bought([*range(1, 11), *range(101, 106), *range(180, 190), *range(201, 203)])
    return mailing


def facts(house: House) -> dict[tuple[str, str], list[int | None]]:
    found: dict[tuple[str, str], list[int | None]] = {}
    with house.reads() as session:
        for fact in session.execute(select(Fact).order_by(col(Fact.id))).scalars():
            found.setdefault((fact.subject_id, fact.metric), []).append(fact.value)
    return found


def summed(house: House, metric: str, since: timedelta = 30 * A_DAY, until: timedelta = 3 * A_DAY) -> int:
    with house.reads() as session:
        found = tally(session, [NOW - since, NOW + until], ())
    return next((one.value for one in found if one.metric == metric), 0)


def test_everything_about_a_mailing_at_once(house: House, crowd: Crowd) -> None:
    found = Analysis(house).figures(winter(crowd))
    assert found is not None
    whole = found.whole
    assert (whole.listed, whole.sent, whole.delivered, whole.opened, whole.clicked) == (200, 200, 195, 100, 20)
    assert (whole.clicked_by_machines, whole.unsubscribed, whole.complained, whole.bounced_hard) == (10, 3, 1, 5)
    sent = [(line.variant, line.funnel.sent, line.spent.size) for line in found.variants]
    assert sent == [("A", 100, 100), ("B", 100, 100)]
    assert {line.variant: (line.owed.receipts, line.owed.net) for line in found.variants} == {
        "A": (10, 10_000), "B": (5, 5_000),
    }  # fmt: skip
    by_group = [(line.key, line.is_included, line.funnel.sent) for line in found.groups]
    assert by_group == [("tea", True, 200), ("coffee", False, 51)]
    assert {name: one.sent for name, one in found.domains.items()} == {"mail.example": 100, "": 100}
    assert found.leavings == {"too_often": 2, "": 1}
    assert {by: line.receipts for by, line in found.owed.items()} == {By.CLICKED: 10, By.OPENED: 5, By.SENT: 10}
    assert found.owed_to_looks == 15_000 and found.looked.per_thousand == 75_000 and found.looked_interval is None
    assert [(one.n, one.people, one.machines) for one in found.links if one.variant == "A"] == [(1, 20, 0), (2, 0, 0)]
    assert found.against is not None and found.against.told is Told.TOO_FEW and found.against.control.size == 40
    assert found.about.subject == "Тема A" and found.cost is None and found.age == NOW - SENT
    assert Analysis(house).figures(99) is None


def test_whoever_waited_for_the_winner_has_a_week_to_buy_too(house: House, crowd: Crowd, clock: SetClock) -> None:
    """A tenth of all buy on each day, written to or not; recipients got it two days after the others' time began."""
    crowd.customers(600)
    crowd.mailing()
    crowd.letters(range(1, 301), sent_at=SENT + 2 * A_DAY)
    crowd.letters(range(301, 601), variant="control", state=State.CANCELLED)

    def told(days: range) -> Told:
        for day in days:
            those = range(1 + 30 * day, 31 + 30 * day)
            crowd.bought([*those, *(300 + one for one in those)], at=SENT + day * A_DAY + HOUR)
        clock.at = SENT + days.stop * A_DAY
        found = Analysis(house).figures(1)
        assert found is not None and found.against is not None
        return found.against.told

    assert told(range(4)) is Told.EARLY, "they have had two days, and the others four"
    assert told(range(4, 9)) is Told.NOT_TOLD


def test_a_service_message_has_nothing_to_be_compared_with(house: House, crowd: Crowd) -> None:
    found = Analysis(house).figures(winter(crowd, ground="service"))
    assert found is not None and found.against is None


def test_what_nobody_got_comes_to_nothing(house: House, crowd: Crowd) -> None:
    crowd.mailing(stage=Stage.DRAFT, approved_hash="", groups={})
    found = Analysis(house).figures(1)
    assert found is not None and found.whole.sent == 0 and found.age is None and found.variants == ()


def test_facts_are_told_once_and_grow(house: House, crowd: Crowd, clock: SetClock) -> None:
    winter(crowd)
    done = Analysis(house).round()
    assert len(done.figures) == 1 and done.facts == 14
    known = facts(house)
    assert known["mailing:1:A", "mail_sent"] == [100] and known["mailing:1:A", "mail_bounced"] == [5]
    assert known["mailing:1:B", "mail_opened"] == [40] and known["mailing:1:A", "mail_revenue"] == [10_000]
    assert ("mailing:1:B", "mail_complained") not in known, "what is nothing and was nothing is not told"
    for _ in range(3):
        clock.at += HOUR
        assert Analysis(house).round().facts == 0
    clock.at += A_DAY
    crowd.happened(Happening.OPENED, [70])
    crowd.bought([70])
    assert Analysis(house).round().facts == 3
    assert summed(house, "mail_opened") == 101 and summed(house, "mail_sent") == 200
    assert summed(house, "mail_orders") == 16 and summed(house, "mail_revenue") == 16_000
    assert summed(house, "mail_opened", since=-timedelta(hours=12), until=2 * A_DAY) == 1, "of a period the growth"
    with house.reads() as session:
        [fact] = session.execute(select(Fact).where(col(Fact.metric) == "mail_replied")).scalars().all() or [None]
        assert fact is None
        one = session.execute(select(Fact).where(col(Fact.metric) == "mail_revenue")).scalars().first()
    assert one is not None and (one.operation, one.campaign, one.goal, one.customer_group, one.channel) == (
        "C5", "spring", "sales", "tea", "smtp",
    )  # fmt: skip
    assert (one.subject_kind, one.currency, one.unit) == ("variant", "RUB", "money")


def test_no_fact_names_a_customer(house: House, crowd: Crowd) -> None:
    winter(crowd)
    Analysis(house).round()
    with house.reads() as session:
        kinds = {one.subject_kind for one in session.execute(select(Fact)).scalars()}
    assert kinds == {"variant"}


def test_a_young_mailing_is_looked_at_whenever_and_an_old_one_once_a_day(
    house: House, crowd: Crowd, clock: SetClock
) -> None:
    winter(crowd)
    clock.at = SENT + HOUR
    for _ in range(3):
        assert len(Analysis(house).round().figures) == 1
        clock.at += HOUR
    clock.at = SENT + 3 * A_DAY
    assert [len(Analysis(house).round().figures) for _ in range(2)] == [1, 0]
    clock.at += 19 * HOUR
    assert Analysis(house).round().figures == []
    clock.at += 2 * HOUR
    assert len(Analysis(house).round().figures) == 1
    clock.at += 60 * A_DAY
    assert Analysis(house).round().figures == [] and len(Analysis(house).round(mailing=1).figures) == 1


def test_a_purchase_is_owed_to_one_mailing_however_many_there_were(house: House, crowd: Crowd, clock: SetClock) -> None:
    winter(crowd)
    second = crowd.mailing("second")
    crowd.letters(range(1, 21), second, sent_at=SENT + 2 * HOUR)
    Analysis(house).round()
    assert summed(house, "mail_orders") == 15
    crowd.happened(Happening.CLICKED, range(241, 246), second, at=SENT + 3 * HOUR)
    clock.at += A_DAY
    Analysis(house).round()
    assert summed(house, "mail_orders") == 15 and facts(house)["mailing:1:A", "mail_orders"] == [10, 5]
    assert facts(house)["mailing:2:A", "mail_orders"] == [5]


def test_what_is_given_back_is_owed_no_more(house: House, crowd: Crowd, clock: SetClock) -> None:
    winter(crowd)
    Analysis(house).round()
    crowd.bought(range(1, 11), -1000, SENT + A_DAY)
    clock.at += A_DAY
    Analysis(house).round()
    assert facts(house)["mailing:1:A", "mail_revenue"] == [10_000, 0] and summed(house, "mail_revenue") == 5000


def priced(house: House, price: str = "0,35") -> House:
    return with_mailers(house, {"smtp": TellingMailer()}, price=price.replace(",", "."))


def expenses(house: House) -> int:
    with house.reads() as session:
        return sum(one.cost or 0 for one in spent(session, ("campaign",), {"campaign": ["spring"]}))


def test_what_letters_cost_is_an_expense_of_the_day(house: House, crowd: Crowd, clock: SetClock) -> None:
    dear = priced(house)
    winter(crowd)
    found = Analysis(dear).figures(1)
    assert found is not None and found.cost == 7000
    clock.at = SENT + HOUR
    assert Analysis(dear).round().figures[0].cost == 7000 and expenses(house) == 0, "the day is not over"
    clock.at = SENT + A_DAY
    Analysis(dear).round()
    assert expenses(house) == 7000
    for _ in range(2):
        clock.at += A_DAY
        Analysis(dear).round()
    assert expenses(house) == 7000
    with house.sessions.begin() as session:
        session.execute(update(Message).where(col(Message.id) <= 20).values(pieces=2))
    clock.at += A_DAY
    Analysis(dear).round()
    assert expenses(house) == 7700 and len(facts(house)["mailing:1", "expenses"]) == 2
    clock.at += A_DAY
    Analysis(dear).round()
    assert len(facts(house)["mailing:1", "expenses"]) == 2


@pytest.mark.parametrize(
    ("price", "pieces", "cost"), [("", 100, None), ("0.35", 3, 105), ("0.001", 149, 15), ("0", 5, 0), ("2", 0, 0)]
)
def test_what_so_many_letters_cost(price: str, pieces: int, cost: int | None) -> None:
    assert cost_of(price, pieces, "RUB") == cost


def test_a_day_is_of_the_companys_clocks() -> None:
    found = by_day({"2026-11-22T20": (1, 1), "2026-11-22T21": (2, 3), "2026-11-23T20": (1, 4)}, "Europe/Moscow")
    assert {day.isoformat(): pieces for day, pieces in found.items()} == {"2026-11-22": 1, "2026-11-23": 7}


def test_a_standing_mailing_is_counted_and_owed_nothing(house: House, crowd: Crowd) -> None:
    winter(crowd, standing=True, stage=Stage.SENDING, finished_at=None, listed_at=None)
    Analysis(house).round()
    known = facts(house)
    assert known["mailing:1:A", "mail_sent"] == [100] and ("mailing:1:A", "mail_revenue") not in known


def test_events_that_turn_out_to_be_a_machines_are_taken_back(house: House, crowd: Crowd, clock: SetClock) -> None:
    winter(crowd)
    Analysis(house).round()
    with house.sessions.begin() as session:
        looks = col(MailEvent.what).in_(["opened", "clicked"])
        session.execute(update(MailEvent).where(looks, col(MailEvent.message_id) <= 30).values(robot=True))
    clock.at += A_DAY
    Analysis(house).round()
    assert summed(house, "mail_opened") == 70


def test_an_account_that_left_the_files_is_called_by_its_key(house: House, crowd: Crowd) -> None:
    winter(crowd, account="gone")
    found = Analysis(house).figures(1)
    assert found is not None and found.about.account_title == "gone" and found.cost is None
    assert replace(found, whole=found.whole) == found
    with house.reads() as session:
        assert session.get(Mailing, 1) is not None
