"""Two customers turn out to be one: what either had is theirs, and the ledger adds up as before."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models.database import SetClock
from models.loyalty import Card, PointsBalance
from models.purchases import Receipt
from models.redemptions import OfferArm, Redemption
from tasks.cards.crediting.engine import Upkeep
from tasks.cards.ledger.engine import Ledger
from tasks.cards.page.engine import Pages
from tasks.house import House
from tasks.loyalty.engine import Wanted
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.cards.test_engine import cards, issue, program
from tests.tasks.customers.test_matching import row
from tests.tasks.customers.test_rows import load
from tests.tasks.redeeming.shop import call, offer, redeeming

FORMER, NOW_ONE = 1, 2
CHANNELS: dict[str, Any] = {"fake": FakeChannel()}


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    made = furnished(tmp_path, database, CHANNELS, SetClock(NOW))
    load(made.sessions, [row(2, "", "a@x.ru"), row(3, "1", "", "+7")])
    return made


def become_one(house: House) -> None:
    load(house.sessions, [row(2, "1", "a@x.ru")], 2)


def test_cards_and_points_of_the_former_are_the_others(house: House) -> None:
    ledger = Ledger(house)
    for customer in (FORMER, NOW_ONE):
        issue(house, customer=customer)
    ledger.earn(Wanted("earned", FORMER, 100), NOW.date() + timedelta(days=3))
    ledger.spend(Wanted("spent", FORMER, 30))
    ledger.earn(Wanted("own", NOW_ONE, 5))
    become_one(house)
    assert len(cards(house, NOW_ONE)) == 2 and all(one.state == "live" for one in cards(house, NOW_ONE))
    assert (ledger.balance(FORMER), ledger.balance(NOW_ONE), ledger.wrong()) == (0, 75, ([], []))
    with house.reads() as session:
        assert session.execute(select(func.count()).select_from(PointsBalance)).scalar() == 1
        assert session.execute(select(Card.customer_id)).scalars().all() == [NOW_ONE] * 2  # type: ignore[call-overload]
    assert ledger.give_back(Wanted("undone", NOW_ONE, 30), of="spent").balance == 105
    taken = ledger.take_back(Wanted("brought back", NOW_ONE, 100), of="earned")
    assert (taken.points, taken.balance, ledger.wrong()) == (-100, 5, ([], []))


def test_receipts_that_were_counted_are_not_counted_anew(house: House) -> None:
    issue(house, customer=FORMER)
    issue(house, customer=NOW_ONE)
    program(house, per="20")
    with house.sessions.begin() as session:
        session.add(Receipt(key="a", customer_id=FORMER, at=NOW, amount=100_000))
    assert Upkeep(house).count() == 1
    become_one(house)
    assert Upkeep(house).count() == 0 and Ledger(house).balance(NOW_ONE) == 50


def test_coupons_and_what_was_redeemed_by_them_are_the_others(house: House, database: Engine) -> None:
    with house.sessions.begin() as session:
        for key, codes in (("tea", ["MINE", "USED"]), ("cup", ["OTHER"])):
            made = offer(session, codes, key=key, most=1, owners=dict.fromkeys(codes, FORMER))
            session.add(OfferArm(offer_id=made.id or 0, customer_id=FORMER, at=NOW))
            if key == "cup":
                session.add(OfferArm(offer_id=made.id or 0, customer_id=NOW_ONE, arm="control", at=NOW))
    assert redeeming(database, SetClock(NOW)).redeem(call("1", "USED")).ok
    become_one(house)
    link = Pages(house).link(NOW_ONE)
    page = Pages(house).page(link.url.rpartition("/")[2]) if link else None
    assert page is not None and [one.code for one in page.coupons] == ["MINE", "OTHER"] and len(page.uses) == 1
    with house.reads() as session:
        assert session.execute(select(Redemption.customer_id)).scalars().all() == [NOW_ONE]  # type: ignore[call-overload]
        arms = session.execute(select(OfferArm.offer_id, OfferArm.customer_id, OfferArm.arm)).all()  # type: ignore[call-overload]
    assert sorted(arms) == [(1, NOW_ONE, "treated"), (2, FORMER, "treated"), (2, NOW_ONE, "control")]


def test_who_has_nothing_becomes_another_as_before(house: House) -> None:
    become_one(house)
    assert Pages(house).link(FORMER) is None and Ledger(house).wrong() == ([], [])
