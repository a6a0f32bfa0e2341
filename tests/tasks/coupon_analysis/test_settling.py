"""What the registry is told of coupons, and what their fund is charged: once, and corrected by name."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlmodel import col

from models.database import SetClock
from models.locale import spoken
from models.piece import OfferRow as Offered
from models.purchases import Receipt
from models.redemptions import OfferRow, OfferStage, Redeemed, Redemption
from models.registry import Fact
from tasks.coupon_analysis.artifact import markdown
from tasks.coupon_analysis.sentences import behind, lead
from tasks.coupon_analysis.settling.engine import Settling
from tasks.coupon_analysis.shown import page
from tasks.coupon_analysis.stated import Stated
from tasks.house import House
from tasks.mailing_reports.engine import in_format, report_of
from tasks.mailing_reports.page import said
from tasks.registry.rows import spent, stands
from tasks.reports.period import week_of
from tests.fakes import FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.coupon_analysis.shop import BEGINS, DAY, HOUR, NOW, OUTLETS, Shop

COSTS = "товар;себестоимость\ntea;5\nCoffee;5\n"


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + OUTLETS)


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house, fund="fund", campaign="spring", goal="sales")


def settle(shop: Shop, days: int = 100, key: str = "") -> Any:
    return Settling(shop.house).round(days, key, "run")


def facts(shop: Shop, metric: str = "", everything: bool = False) -> list[Fact]:
    with shop.house.reads() as session:
        query = select(Fact).order_by(Fact.id)  # type: ignore[arg-type]
        found = session.scalars(query if everything else query.where(stands()))
        return [one for one in found if metric in ("", one.metric)]


def values(shop: Shop) -> dict[str, int | None]:
    return {one.metric: one.value for one in facts(shop)}


def test_what_was_found_is_told_once_a_day(shop: Shop) -> None:
    shop.compared()
    shop.redeem(1, customer_id=1)
    (shop.house.root / "costs.csv").write_text(COSTS)
    assert settle(shop).facts == 17
    told = values(shop)
    assert (told["coupons_issued"], told["coupons_redeemed"], told["coupon_uses"]) == (60, 1, 1)
    assert (told["coupon_use_cost"], told["coupons_unused"], told["coupon_signals"]) == (1000, 59, 0)
    low, brought, high = (told[f"coupon_brought{end}"] or 0 for end in ("_low", "", "_high"))
    assert low < brought < high and abs(brought - 60 * 200) < 300
    assert (told["coupon_profit_low"] or 0) < (told["coupon_profit"] or 0) < (told["coupon_profit_high"] or 0)
    shifts = {one.product_group: (one.subject_id, (one.value or 0) > 0) for one in facts(shop, "coupon_shift")}
    assert shifts == {"tea": ("tea:tea", True), "Coffee": ("tea:Coffee", False)}
    assert settle(shop).facts == 0, "the same look again tells nothing"
    one = facts(shop, "coupons_issued")[0]
    assert (one.operation, one.subject_kind, one.subject_id, one.campaign, one.goal, one.fund, one.run) == (
        "C10", "offer", "tea", "spring", "sales", "fund", "run",
    )  # fmt: skip


def test_the_next_day_is_a_look_of_its_own_and_another_look_of_a_day_names_what_it_corrects(shop: Shop) -> None:
    shop.coupon(1)
    settle(shop)
    first = facts(shop, "coupons_issued")[0]
    shop.coupon(2)
    settle(shop)
    [now] = facts(shop, "coupons_issued")
    assert (now.value, now.corrects_id) == (2, first.id)
    shop.house.clock.at += DAY  # type: ignore[attr-defined]
    settle(shop)
    assert [one.value for one in facts(shop, "coupons_issued")] == [2, 2]


def test_what_is_not_known_is_absent(shop: Shop) -> None:
    """No control group, no costs, nothing redeemed: no increment, no profit, no cost of a use; not noughts."""
    shop.coupon(1)
    settle(shop)
    assert set(values(shop)) == {
        "coupons_issued",
        "coupons_redeemed",
        "coupon_uses",
        "coupons_unused",
        "coupon_signals",
    }


def test_of_a_code_that_is_everybodys_uses_are_told_and_no_share(shop: Shop) -> None:
    """One code, used seven times: not "1 of 1 coupons, 100 %"."""
    shop.coupon(1, most=0)
    for n in range(7):
        shop.redeem(1, BEGINS + n * DAY)
    [look] = settle(shop).looked
    told, found = values(shop), look.found
    assert told["coupon_uses"] == 7 and not {"coupons_redeemed", "coupons_unused"} & told.keys()
    with spoken("en"):
        assert str(lead(found)).startswith("Uses of the code that is everybody's: 7. What it brought cannot be told")
        assert "100" not in "".join(behind(found)) + markdown([(look.about, found)], (), "")
    [line] = report_of(shop.house, week_of(NOW.date(), "Europe/Moscow")).coupons
    assert (line.redeemed, line.share) == (7, None)
    shown = page(found, "tea", "Tea", "en")
    assert shown.boxes[0].value == "7" and [one.key for one in shown.parts][:2] == ["far", "cost"]
    assert "100" not in shown.model_dump_json(exclude={"parts": {"__all__": {"plots"}}})


@pytest.mark.parametrize("gives", [{"kind": "points", "points": 50}, {"kind": "gift", "product": "cup"}])
def test_what_is_given_beside_receipts_is_not_told_as_nothing(house: House, gives: dict[str, Any]) -> None:
    shop = Shop(house, gives=gives)
    shop.compared()
    shop.redeem(1, amount=0)
    (house.root / "costs.csv").write_text(COSTS)
    [look] = settle(shop).looked
    assert not {"coupon_use_cost", "coupon_open_cost", "coupon_open_most", "coupon_profit"} & values(shop).keys()
    with spoken("en"):
        assert any("stands in no receipt" in line for line in behind(look.found))
    stated = Settling(house).of_key("tea", Stated(handling=700))
    assert stated is not None and stated.found.cost.each == 700
    assert stated.found.margin is not None and stated.found.margin.profit is not None


def test_an_early_look_tells_nothing_of_what_was_brought(house: House) -> None:
    shop = Shop(house, last_day="2026-06-30")
    with house.sessions.begin() as session:
        session.execute(update(OfferRow).values(ends_at=NOW + 30 * DAY))
    shop.compared()
    shop.redeem(1)
    settle(shop)
    told = values(shop)
    assert "coupon_brought" not in told and told["coupon_open_most"] == 59 * 1000
    assert "coupon_open_cost" not in told, "nobody has watched a code for longer than these have waited"


def test_what_was_brought_is_told_once_purchases_of_all_days_are_loaded(shop: Shop) -> None:
    shop.compared()
    with shop.house.sessions.begin() as session:
        session.execute(delete(Receipt).where(col(Receipt.customer_id).is_(None)))
    settle(shop)
    assert "coupon_brought" not in values(shop)
    shop.buy(None, NOW - DAY, 100)
    settle(shop)
    assert "coupon_brought" in values(shop)


def test_what_is_found_no_more_is_withdrawn_the_same_day(shop: Shop) -> None:
    shop.coupon(1)
    shop.redeem(1)
    settle(shop)
    assert "coupon_use_cost" in values(shop)
    with shop.house.sessions.begin() as session:
        session.execute(update(Redemption).values(state=Redeemed.RETURNED))
    settle(shop)
    assert "coupon_use_cost" not in values(shop)
    last = facts(shop, "coupon_use_cost", everything=True)[-1]
    assert last.value is None and last.corrects_id is not None
    with shop.house.sessions.begin() as session:
        session.execute(update(Redemption).values(state=Redeemed.REDEEMED))
    settle(shop)
    assert values(shop)["coupon_use_cost"] == 1000


def charged(shop: Shop) -> dict[date, int]:
    return {one.observed_at.date(): one.cost or 0 for one in facts(shop, "expenses") if one.cost}


def test_money_given_off_is_charged_to_the_fund_once_and_corrected_when_goods_come_back(shop: Shop) -> None:
    shop.coupon(1, most=0)
    for days, amount in ((1, 1000), (1, 500), (2, 700)):
        shop.redeem(1, BEGINS + days * DAY + 10 * HOUR, amount=amount)
    for _ in range(2):
        settle(shop)
    assert charged(shop) == {date(2026, 3, 3): 1500, date(2026, 3, 4): 700}
    before = {one.observed_at.date(): one.id for one in facts(shop, "expenses")}
    with shop.house.sessions.begin() as session:
        session.execute(update(Redemption).where(Redemption.amount == 500).values(back=200))  # type: ignore[arg-type]
        session.execute(update(Redemption).where(Redemption.amount == 700).values(state=Redeemed.RETURNED))  # type: ignore[arg-type]
    settle(shop)
    assert charged(shop) == {date(2026, 3, 3): 1300}
    assert {one.corrects_id for one in facts(shop, "expenses")} == set(before.values())
    with shop.house.reads() as session:
        [fund] = spent(session, ("fund",), {"fund": ["fund"]})
    assert (fund.cost, fund.currency) == (1300, "RUB")


def test_a_day_is_the_outlets_own_and_is_charged_once_it_is_over(shop: Shop) -> None:
    shop.coupon(1, most=0)
    shop.redeem(1, datetime(2026, 3, 9, 15, tzinfo=UTC), outlet="east", amount=300)
    shop.redeem(1, NOW, amount=900)
    settle(shop)
    assert charged(shop) == {date(2026, 3, 10): 300}


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param({}, 1000, id="ours, outside the funds"),
        pytest.param({"paid_by": "Supplier"}, 0, id="a partner's"),
        pytest.param({"paid_by": "Supplier", "fund": "fund"}, 1000, id="a fund is named"),
    ],
)
def test_who_pays_is_charged(house: House, terms: dict[str, str], expected: int) -> None:
    shop = Shop(house, **terms)
    shop.coupon(1)
    shop.redeem(1)
    settle(shop)
    assert sum(charged(shop).values()) == expected


def test_an_offer_that_came_to_another_fund_is_charged_there(shop: Shop) -> None:
    shop.coupon(1)
    shop.redeem(1)
    settle(shop)
    with shop.house.sessions.begin() as session:
        session.execute(update(OfferRow).values(fund="other"))
    settle(shop)
    assert [(one.fund, one.cost) for one in facts(shop, "expenses")] == [("other", 1000)]


def test_only_what_is_due_is_looked_at(shop: Shop) -> None:
    shop.coupon(1)
    assert settle(shop, days=30).looked == [] and len(settle(shop, days=60).looked) == 1
    assert len(settle(shop, days=30, key="tea").looked) == 1, "one that is named is looked at whenever"
    done = settle(shop, key="none")
    assert not done.looked and "none" in str(done.troubles[0])
    with shop.house.sessions.begin() as session:
        session.execute(update(OfferRow).values(stage=OfferStage.DRAFT))
    assert settle(shop).looked == []


def test_an_offer_is_due_while_its_codes_that_were_put_off_are(shop: Shop) -> None:
    """The offer ended fifty days ago; one code was put off until last week, and what it gave off is charged."""
    shop.coupon(1)
    assert settle(shop, days=30).looked == []
    shop.coupon(2, ends_at=NOW - 7 * DAY)
    shop.redeem(2, NOW - 8 * DAY)
    assert len(settle(shop, days=30).looked) == 1 and sum(charged(shop).values()) == 1000


def test_costs_that_cannot_be_read_are_told(shop: Shop) -> None:
    shop.coupon(1)
    (shop.house.root / "costs.csv").write_text("товар;цена\ntea;5\n")
    done = settle(shop)
    assert len(done.looked) == 1 and "costs.csv" in str(done.troubles[0])


def test_groups_below_the_offers_own_are_its_own_by_the_feed(house: House) -> None:
    """The offer is on drinks; the feed says that tea lies there, and coffee does not."""
    shop = Shop(house, goods={"groups": ["Drinks"]})
    shop.add(
        Offered(
            id="1",
            name="Sencha",
            category="Drinks / tea",
            category_ids=["1", "2"],
            price=100,
            currency="RUB",
            read_at=NOW,
        )
    )
    shop.compared()
    looked = Settling(house).of_key("tea")
    assert looked is not None
    assert {one.group: one.is_promoted for one in looked.found.changes} == {"tea": True, "Coffee": False}


def test_the_report_shows_what_coupons_came_to(shop: Shop) -> None:
    """What they came to by the end of the week, both ends of what they brought; nothing of a week without a look."""
    shop.compared()
    shop.redeem(1)
    settle(shop)
    week = week_of(NOW.date(), "Europe/Moscow")
    report = report_of(shop.house, week)
    [line] = report.coupons
    assert (line.title, line.of("coupons_issued"), line.of("coupons_redeemed"), line.of("expenses")) == (
        "Tea",
        60,
        1,
        1000,
    )
    page = said(report, "en")
    [table] = [one for one in page.tables if one.key == "coupons"]
    issued, _, share, given, brought, _, signals = (cell.text for cell in table.rows[0].cells)
    assert (issued, share, given, signals) == ("60", "1.7%", "₽10", "0") and " – " in brought
    assert all(in_format(report, suffix) for suffix in ("html", "xlsx"))
    assert report_of(shop.house, week_of((NOW - 14 * DAY).date(), "Europe/Moscow")).coupons == ()
