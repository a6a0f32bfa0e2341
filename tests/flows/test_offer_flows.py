"""Offers from Prefect: the same orders as on the desk, by keys and numbers; no code is in what Prefect is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.mailings.c08_coupons import coupons
from flows.mailings.offer_upkeep import offer_upkeep
from flows.orders.ask_offer import ask_about_offer
from flows.orders.change_offer import some_of_an_offer
from flows.orders.decide_offer import decide_about_offer
from flows.orders.extend_offer import extend_offer
from flows.orders.import_codes import take_codes_in
from flows.orders.issue_codes import issue
from flows.orders.make_offer import make_offer
from flows.orders.open_offer import open_offer
from flows.orders.replace_code import give_another_code
from flows.orders.stop_offer import stop_offer
from models.database import SetClock
from models.locale import spoken
from models.offer_orders import (
    AskOfferForm,
    ChangeOfferForm,
    CouponsForm,
    DecideOfferForm,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    MakeOfferForm,
    OfferUpkeepForm,
    OpenOfferForm,
    ReplaceCodeForm,
    StopOfferForm,
)
from models.redemptions import OfferStage
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import furnished
from tests.tasks.offering import desk

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
TEA = {"offer": "tea", "person": "Olga"}
WHY = {"reason": "asked for"}


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=desk.COMPANY)


def test_an_offer_lives_its_life_in_prefect(house: House, prefect: None) -> None:
    run(coupons, CouponsForm.model_validate(desk.TEA | {"person": "Olga", "gives": "скидка суммой"}))
    assert "Marina Approver is asked" in artifact("order") and "- A discount of" in artifact("offer")
    wrong = run(coupons, CouponsForm.model_validate(desk.TEA | {"person": "Olga", "budget": "1"}))
    assert wrong.is_failed() and "limits.budget: " in (wrong.message or "")
    run(make_offer, MakeOfferForm.model_validate(desk.TEA | {"person": "Olga", "sum_from": "300"}))
    assert "conditions.sum_from: — → 300" in artifact("order")
    run(ask_about_offer, AskOfferForm(**TEA))
    run(decide_about_offer, DecideOfferForm.model_validate(TEA | {"person": "Marina", "decision": "согласовать"}))
    assert desk.offer(house).stage == OfferStage.OPEN
    again = run(coupons, CouponsForm.model_validate(desk.TEA | {"person": "Olga", "sum_from": "300"}))
    assert "nothing is different" in artifact("order") and again.name == "Done"
    issued = run(issue, IssueCodesForm(**TEA, number=2))
    assert "2 codes are out" in artifact("order") and issued.is_completed()
    run(some_of_an_offer, ChangeOfferForm(**TEA, changes="limits: {total: 120}"))
    assert "is asked" in artifact("order")
    changed = run(coupons, CouponsForm.model_validate(desk.TEA | {"person": "Olga", "sum_from": "300", "total": 130}))
    assert "saved as version" in artifact("order") and "is asked about this" not in (changed.message or "")
    one, two = desk.coupons(house)
    run(stop_offer, StopOfferForm(**TEA, **WHY, coupon=one.id))
    run(open_offer, OpenOfferForm(**TEA | {"person": "vera"}, **WHY, coupon=one.id))
    run(extend_offer, ExtendOfferForm(**TEA, **WHY, coupon=one.id, last_day="31.12.2026"))
    assert "holds until 31.12.2026" in artifact("order")
    run(give_another_code, ReplaceCodeForm(**TEA, **WHY, coupon=two.id))
    new = desk.coupons(house)[-1]
    assert f"coupon № {new.id}" in artifact("order")
    assert all(code.code not in artifact("order") for code in desk.coupons(house))
    desk.approved(house, key="brought", codes="brought along")
    (house.root / "codes.csv").write_text("code\nAAAA1111\n")
    run(take_codes_in, ImportCodesForm(offer="brought", person="gleb", file="codes.csv"))
    assert "1 code is taken in" in artifact("order")
    house.clock.at += timedelta(days=40)
    assert run(offer_upkeep, OfferUpkeepForm()).message == "Offers that ended: 2."
