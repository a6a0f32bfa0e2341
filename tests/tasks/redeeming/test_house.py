"""What the ledger of coupons takes from its house: buyers, goods, outlets' clocks; on both databases."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.basket import Basket, BasketLine, Buyer
from models.customer_groups import CustomerGroup, GroupMember
from models.customers import Address, Customer
from models.database import SetClock
from models.loyalty import Card
from models.offers import AmountOff, Conditions, Goods
from models.piece import OfferRow
from models.purchases import Receipt
from models.redemptions import Coupon, Redemption
from tasks.offers.refusals import Missing
from tasks.redeeming.calls import Answer
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.house import COMPANY, furnished
from tests.tasks.redeeming.shop import call, offer, redeeming, terms

Sessions = sessionmaker[Session]
TEA, CUP = BasketLine(n=1, product="t1", amount=10_000), BasketLine(n=2, product="c1", amount=5_000)
BOTH = Basket(lines=(TEA, CUP))
OUTLETS = """\
outlets:
  - {key: center, name: Center}
  - {key: east, name: East, zone: Asia/Vladivostok}
"""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def till(database: Engine, clock: SetClock) -> Redeeming:
    return redeeming(database, clock)


def codes(answer: Answer) -> list[str]:
    return [outcome.reason.code for outcome in answer.outcomes]


def opened(sessions: Sessions, *names: str, owners: dict[str, int] | None = None, **more: Any) -> None:
    with sessions.begin() as session:
        offer(session, names or ("TEA",), terms(**more), owners=owners)


def people(sessions: Sessions) -> None:
    """Two customers: the fifth is a VIP, the sixth is staff; each has a phone, the fifth two cards."""
    with sessions.begin() as session:
        for id in (5, 6):
            session.add(Customer(id=id, code=f"7{id}", created_at=NOW, changed_at=NOW))
            session.flush()
            phone = f"+7900000000{id}"
            session.add(Address(customer_id=id, kind="phone", value=phone, written=phone, print=f"p{id}", since=NOW))
        for id, key in ((1, "vip"), (2, "staff")):
            session.add(CustomerGroup(id=id, key=key, title=key, seed="s", made_at=NOW, changed_at=NOW))
        session.flush()
        session.add(GroupMember(group_id=1, customer_id=5, since=NOW))
        session.add(GroupMember(group_id=2, customer_id=6, since=NOW))
        session.add(Card(number="2900000000018", customer_id=5, made_at=NOW))


VIPS = Conditions(customer_groups=("vip",), but_customer_groups=("staff",))


@pytest.mark.parametrize(
    ("shown", "refusal"),
    [
        ({}, "nobody"), ({"card": "75"}, ""), ({"phone": "8 900 000-00-05"}, ""), ({"card": "2900 0000 00018"}, ""),
        ({"card": "76"}, "customer_group"), ({"phone": "+7 900 000-00-77"}, "customer_group"),
        ({"card": "75", "phone": "+7 900 000-00-06"}, "left_out"), ({"buyer": Buyer(customer=5)}, ""),
        ({"buyer": Buyer(customer=999)}, "nobody"), ({"buyer": Buyer(groups=frozenset({"vip"}))}, "nobody"),
    ],
    ids=["nobody", "code", "phone", "card", "other", "unknown", "staff too", "named", "erased", "said to be"],
)  # fmt: skip
def test_a_group_is_whom_the_house_says_is_in_it(
    till: Redeeming, sessions: Sessions, shown: dict[str, Any], refusal: str
) -> None:
    people(sessions)
    opened(sessions, conditions=VIPS)
    assert codes(till.validate(call("r1", **shown))) == codes(till.redeem(call("r1", **shown))) == [refusal]


def test_a_code_of_ones_own_says_whose_it_is_until_somebody_is_named(till: Redeeming, sessions: Sessions) -> None:
    people(sessions)
    opened(sessions, "FIVE", "SIX", owners={"FIVE": 5, "SIX": 6}, conditions=VIPS)
    assert codes(till.redeem(call("r1", "FIVE"))) == [""]
    assert codes(till.redeem(call("r2", "SIX"))) == ["customer_group"]
    assert codes(till.redeem(call("r3", "FIVE", card="76"))) == ["customer_group"]
    assert codes(till.redeem(call("r4", "FIVE", phone="+7 900 000-00-77"))) == [""]


@pytest.mark.parametrize("again", ["2900 0000 0002 5", "290000000002-5", " 2900000000025 "])
def test_a_card_of_nobodys_is_one_card_however_it_is_typed(till: Redeeming, sessions: Sessions, again: str) -> None:
    with sessions.begin() as session:
        session.add(Card(number="2900000000025", made_at=NOW))
    opened(sessions, limits={"per_customer": 1})
    assert till.redeem(call("r1", card="2900000000025")).ok
    assert codes(till.redeem(call("r2", card=again))) == ["customer"]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"phone": "8 900 000-00-05"}, {"card": "75"}), ({"card": "75"}, {"phone": "8 900 000-00-05"}),
     ({"card": "2900000000018"}, {"buyer": Buyer(customer=5)})],
    ids=["phone", "code", "card"],
)  # fmt: skip
def test_whoever_becomes_known_begins_no_limit_anew(
    till: Redeeming, sessions: Sessions, before: dict[str, Any], after: dict[str, Any]
) -> None:
    opened(sessions, "TEA", "OWN", limits={"per_customer": 1}, owners={})
    assert till.redeem(call("r1", **before)).ok
    people(sessions)
    assert codes(till.validate(call("r2", **after))) == codes(till.redeem(call("r2", **after))) == ["customer"]
    with sessions.begin() as session:
        session.execute(update(Coupon).where(col(Coupon.code) == "OWN").values(customer_id=5))
    assert codes(till.redeem(call("r3", "OWN"))) == ["customer"] and till.redeem(call("r4", card="76")).ok
    assert till.audit().ok


def test_two_who_become_one_have_one_limit(till: Redeeming, sessions: Sessions) -> None:
    people(sessions)
    opened(sessions, "TEA", "SIX", limits={"per_customer": 1}, owners={"SIX": 6})
    assert till.redeem(call("r1", "SIX")).ok
    with sessions.begin() as session:  # as a table does that names the telephone of the sixth as the fifth's
        session.execute(delete(Address).where(col(Address.customer_id) == 5))
        session.execute(update(Address).values(customer_id=5))
        session.execute(delete(Customer).where(col(Customer.id) == 6))
    assert codes(till.redeem(call("r2", card="75"))) == ["customer"]


def bought(sessions: Sessions, at: datetime, **whose: Any) -> None:
    with sessions.begin() as session:
        session.add(Receipt(key=f"{at} {whose}", at=at, amount=100, **whose))


def test_a_first_purchase_is_one(till: Redeeming, sessions: Sessions) -> None:
    people(sessions)
    opened(sessions, conditions=Conditions(first_purchase=True))
    bought(sessions, NOW - timedelta(days=1), customer_id=6)
    bought(sessions, NOW - timedelta(days=1), whose=till.house.printed("phone", "+79000000077"))
    assert codes(till.validate(call("r1"))) == ["nobody"]
    assert codes(till.redeem(call("r1", card="76"))) == ["not_first"]
    assert codes(till.redeem(call("r1", phone="+7 900 000-00-77"))) == ["not_first"]
    assert codes(till.redeem(call("r1", card="75"))) == [""]
    assert codes(till.redeem(call("r2", phone="+7 900 000-00-05"))) == ["customer"]
    assert codes(till.redeem(call("r3", phone="+7 900 000-00-78"))) == [""]
    assert codes(till.redeem(call("r4", phone="+7 900 000-00-78"))) == ["customer"]
    assert till.audit().ok


def test_the_purchase_itself_is_none_before(till: Redeeming, sessions: Sessions) -> None:
    people(sessions)
    opened(sessions, conditions=Conditions(first_purchase=True))
    bought(sessions, NOW - timedelta(minutes=2), customer_id=5)
    assert codes(till.redeem(call("r1", card="75"))) == [""]


def test_a_buyer_who_was_erased_is_nobody_and_no_error(till: Redeeming, sessions: Sessions) -> None:
    people(sessions)
    opened(sessions)
    assert till.redeem(call("r1", buyer=Buyer(customer=5))).ok
    with sessions.begin() as session:
        session.execute(delete(Customer).where(col(Customer.id) == 5))
    assert till.redeem(call("r2", buyer=Buyer(customer=5))).ok
    assert till.reserve(call("r3", buyer=Buyer(customer=5))).ok
    with sessions() as session:
        assert set(session.execute(select(col(Redemption.customer_id))).scalars()) == {None}


def feed(sessions: Sessions, at: datetime, **groups: str) -> None:
    """Products with their paths of groups; the ids of groups are their names in capitals."""
    with sessions.begin() as session:
        session.execute(delete(OfferRow))
        session.execute(insert(OfferRow), [
            {"id": id, "name": f"The {id}", "price": 1, "currency": "RUB", "category": path, "read_at": at,
             "category_ids": [name.upper() for name in path.split(" / ")]} for id, path in groups.items()
        ])  # fmt: skip


@pytest.mark.parametrize("group", ["Tea", "tea", "TEA", "Oolong", "Tea / Oolong"])
def test_a_group_of_goods_holds_all_below_it(till: Redeeming, sessions: Sessions, group: str) -> None:
    feed(sessions, NOW, t1="Tea / Oolong", c1="Cups")
    opened(sessions, goods=Goods(groups=(group,)))
    assert till.validate(call("r1", basket=BOTH)).outcomes[0].off.amount == 1_000


def test_two_groups_of_one_name_are_told_apart_by_their_paths(till: Redeeming, sessions: Sessions) -> None:
    feed(sessions, NOW, t1="Tea / Other", c1="Cups / Other")
    opened(sessions, goods=Goods(groups=("Cups / Other",)))
    assert till.validate(call("r1", basket=BOTH)).outcomes[0].off.amount == 500


def test_goods_are_those_of_the_feed_as_it_is_now(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, goods=Goods(groups=("Tea",)))
    assert codes(till.validate(call("r1", basket=BOTH))) == ["goods"]
    feed(sessions, NOW, t1="Tea", c1="Cups")
    assert till.validate(call("r1", basket=BOTH)).outcomes[0].off.amount == 1_000
    feed(sessions, NOW + timedelta(seconds=1), t1="Tea", c1="Tea / Cups")
    assert till.redeem(call("r1", basket=BOTH)).outcomes[0].off.amount == 1_500


def test_what_is_missing_is_told_and_the_public_hears_one_text(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, gives=AmountOff(amount=Decimal(200)), conditions=Conditions(sum_from=Decimal(100)))
    (short,) = till.validate(call("r1", basket=Basket(lines=(CUP,)))).outcomes
    assert short.missing == Missing(amount=5_000) and short.reason.code == "sum"
    (more,) = till.validate(call("r1", basket=BOTH)).outcomes
    assert more.missing == Missing(amount=5_000) and not more.reason and not more.public
    (unknown,) = till.validate(call("r1", "NONE")).outcomes
    assert short.public == unknown.public and short.public.code == "refused"


def test_an_outlet_has_its_own_clocks(
    tmp_path: Path, database: Engine, clock: SetClock, sessions: Sessions
) -> None:  # fmt: skip
    ledger = Redeeming.of(furnished(tmp_path, database, {}, clock, company=COMPANY + OUTLETS))
    with sessions.begin() as session:
        of = terms(last_day=date(2026, 11, 23), return_days=0, conditions=Conditions(hours_to=time(23, 30)))
        offer(session, ["TEA"], of)
    clock.at = datetime(2026, 11, 23, 13, 15, tzinfo=UTC)  # 16:15 in Moscow, 23:15 in Vladivostok
    assert ledger.redeem(call("r1", outlet="east")).ok
    clock.at += timedelta(minutes=30)
    assert codes(ledger.redeem(call("r2", outlet="east"))) == ["hours"]
    clock.at += timedelta(minutes=30)
    assert codes(ledger.redeem(call("r2", outlet="east"))) == ["over"]
    assert ledger.redeem(call("r3", outlet="center")).ok and ledger.redeem(call("r4", outlet="")).ok
