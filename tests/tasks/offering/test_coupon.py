"""An offer as it was written takes off at the till what was approved, and its coupon's page tells all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.customers import Address, AddressKind, Customer
from models.database import SetClock
from models.desk import Visitor
from models.locale import spoken
from models.loyalty import Card
from models.redemptions import Coupon, Happened
from tasks.house import House
from tasks.offering.coupon.engine import Coupons
from tasks.offering.shown.engine import ShownOffers
from tasks.redeeming.calls import GiveBack
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.offering.desk import COMPANY, approved, change, coupons, decide, issue, open_again, replace, said, stop
from tests.tasks.redeeming.shop import call


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def test_a_use_that_comes_back_is_of_the_code_that_the_client_has_now(house: House) -> None:
    approved(house, per_code=2)
    issue(house, 1)
    [first] = coupons(house)
    till = Redeeming.of(house)
    assert not till.redeem(call("a", first.code)).outcomes[0].reason
    replace(house, first.id or 0)
    replace(house, coupons(house)[-1].id or 0, "lost again")
    now = coupons(house)[-1]
    assert not till.redeem(call("b", now.code)).outcomes[0].reason
    assert till.redeem(call("c", now.code)).outcomes[0].reason.code == "code"
    for _ in range(2):  # the same return again
        till.give_back(GiveBack(key="back", till="till-1", sale="a", by="nina"))
    assert not till.redeem(call("d", now.code)).outcomes[0].reason
    assert till.redeem(call("e", now.code)).outcomes[0].reason.code == "code" and not till.audit().off


def test_a_clients_coupons_are_found_by_whatever_the_client_says(house: House) -> None:
    approved(house)
    issue(house, 1)
    with house.sessions.begin() as session:
        session.add(Customer(id=7, code="C-7", created_at=NOW, changed_at=NOW))
        session.flush()
        for kind, value in ((AddressKind.PHONE, "+79160000007"), (AddressKind.EMAIL, "anna@example.org")):
            session.add(Address(customer_id=7, kind=kind, value=value, written=value, print=value, since=NOW))
        session.add(Card(number="2900000000070", customer_id=7, made_at=NOW))
        session.execute(update(Coupon).values(customer_id=7))
    for one in ("8 (916) 000-00-07", "+79160000007", "Anna@Example.org", "2900000000070", "C-7", "7", "№ 7"):
        assert Coupons(house).found(one).ids == (1,), one


def test_what_was_approved_is_what_comes_off_and_what_the_pages_tell(house: House) -> None:
    approved(house, sum_from="100", budget="100", total=3)
    issue(house, 2)
    one, two = coupons(house)
    till = Redeeming.of(house)
    stop(house)
    assert till.redeem(call("a", one.code)).outcomes[0].reason.code == "offer_stopped"
    open_again(house)
    assert till.redeem(call("b", one.code)).outcomes[0].off.amount == 4500
    assert "total: 3 → 5" in said(change(house, "limits: {total: 5, budget: 200}"))
    assert till.redeem(call("c", two.code)).outcomes[0].off.amount == 4500
    page = ShownOffers(house).offer("tea", Visitor(key="vera", name="Vera", roles=("head",)))
    assert page is not None and page.waiting is not None and page.line.left == 1
    assert [(bar.fact, bar.target, bar.standing) for bar in page.bars[:2]] == [
        ("2", "3", "1 left"), ("₽90", "₽100", "₽10 left"),
    ]  # fmt: skip
    decide(house)
    till.give_back(GiveBack(key="back", till="till-1", sale="c", by="nina"))
    coupon = Coupons(house).page(two.id or 0)
    assert coupon is not None and coupon.used == 0
    assert [line.what for line in coupon.happened] == [Happened.ISSUED, Happened.REDEEMED, Happened.RETURNED]
    assert [(line.receipt, line.amount) for line in coupon.happened[1:]] == [("c", 4500)] * 2
    assert Coupons(house).found(two.code[:-1]).why and not Coupons(house).found("nobody@example.org").ids
