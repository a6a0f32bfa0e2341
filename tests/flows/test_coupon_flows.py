"""What coupons came to, from Prefect: counted, told, shown with the one sentence; and no client in what it shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from flows.mailings.c10_coupon_analysis import coupon_analysis
from models.coupon_analysis_orders import CouponAnalysisForm
from models.database import SetClock
from models.locale import spoken
from models.registry import Fact
from tasks.house import House, furnish
from tests.fakes import FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import COMPANY, furnished
from tests.tasks.coupon_analysis.shop import NOW, OUTLETS, Shop

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(
            tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + OUTLETS
        )
        furnish(made)
        shop = Shop(made, title="Tea | for less", fund="fund")
        shop.compared()
        shop.redeem(7, customer_id=7)
        yield made


def test_coupons_are_analysed_from_prefect(house: House, prefect: None) -> None:
    counted = run(coupon_analysis, CouponAnalysisForm(days=100))
    shown = artifact("coupons")
    assert counted.name == "Done" and "[Tea ¦ for less](https://staff.example/staff/offers/tea/analysis)" in shown
    assert "bought for" in shown and "more than without it" in shown and "customer" not in shown.lower()
    with house.reads() as session:
        known = {(one.metric, one.value) for one in session.execute(select(Fact)).scalars()}
    assert {("coupons_issued", 60), ("coupons_redeemed", 1), ("expenses", 1000)} <= known
    assert run(coupon_analysis, CouponAnalysisForm(offer="none")).is_failed()
    assert run(coupon_analysis, CouponAnalysisForm(days=0)).name == "Nothing to do"
    before = CouponAnalysisForm.model_validate({"when": "before the launch", "offer": "tea"})
    assert run(coupon_analysis, before).name == "Done"
    ahead = artifact("coupons-before")
    assert "Tea ¦ for less" in ahead and "left out" in ahead and "/staff/offers/tea/before" in ahead
    assert run(coupon_analysis, before.model_copy(update={"offer": "none"})).is_failed()
