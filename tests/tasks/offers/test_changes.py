"""What may change after codes are out."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from models.locale import spoken
from models.offers import (
    AmountOff,
    Base,
    FixedPrice,
    ForTheFewer,
    FreeDelivery,
    Gift,
    Invitation,
    OfferTerms,
    PercentOff,
    Points,
    Sitting,
)
from tasks.offers.changes import changes
from tests.tasks.offers.test_summary import ANOTHER, ELSEWHERE, WHOLE, changed

TEN = PercentOff(percent=Decimal(10), most=Decimal(100))
EVENING, LATE = (
    Sitting.model_validate({"outlet": "center", "at": f"2026-12-10T{hour}:00", "seats": 5}) for hour in (18, 21)
)


def refused(former: OfferTerms, later: OfferTerms) -> list[str]:
    return [".".join(one.loc) for one in changes(former, later, issued=True)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("title", "Кофе", id="title"),
        pytest.param("paid_by", "", id="who_pays"),
        pytest.param("fund", "x", id="fund"),
        pytest.param("campaign", "x", id="campaign"),
        pytest.param("goal", "x", id="goal"),
        pytest.param("gives.percent", Decimal(8), id="a_higher_percentage"),
        pytest.param("gives.most", Decimal(501), id="a_higher_most"),
        pytest.param("gives.most", Decimal(0), id="no_most"),
        pytest.param("goods.at_most", 3, id="more_units"),
        pytest.param("conditions.sum_from", Decimal(999), id="a_lower_sum"),
        pytest.param("conditions.quantity_from", 0, id="a_lower_quantity"),
        pytest.param("conditions.customer_groups", ("vip", "x"), id="more_customer_groups"),
        pytest.param("conditions.customer_groups", (), id="all_customers"),
        pytest.param("conditions.but_customer_groups", (), id="nobody_left_out"),
        pytest.param("conditions.outlets", ("center", "omsk"), id="more_outlets"),
        pytest.param("conditions.channels", (), id="all_channels"),
        pytest.param("conditions.weekdays", (1, 5, 6), id="more_weekdays"),
        pytest.param("conditions.weekdays", (), id="all_weekdays"),
        pytest.param("conditions.hours_from", time(21), id="from_earlier"),
        pytest.param("conditions.hours_to", time(3), id="until_later"),
        pytest.param("conditions.first_purchase", False, id="not_only_the_first"),
        pytest.param("limits.total", 1001, id="a_higher_total"),
        pytest.param("limits.total", 0, id="no_total"),
        pytest.param("limits.budget", Decimal(100_001), id="more_money"),
        pytest.param("limits.per_customer", 0, id="no_limit_a_customer"),
        pytest.param("limits.per_period", 3, id="more_a_period"),
        pytest.param("last_day", date(2027, 1, 31), id="a_later_end"),
        pytest.param("stacking.exclusive", False, id="goes_with_others"),
        pytest.param("return_days", 2, id="longer_returns"),
    ],
)
def test_what_harms_no_holder_may_change(path: str, value: Any) -> None:
    assert refused(WHOLE, changed(WHOLE, path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        pytest.param("gives.percent", Decimal(7), "gives.percent", id="a_lower_percentage"),
        pytest.param("gives.most", Decimal(500), "gives.most", id="a_lower_most"),
        pytest.param("goods.groups", ("Кофе",), "goods.groups", id="other_goods"),
        pytest.param("goods.groups", ("Чай", "Кофе"), "goods", id="more_goods_where_only_the_cheapest_count"),
        pytest.param("goods.but_groups", ("Пуэр",), "goods.but_groups", id="fewer_goods"),
        pytest.param("goods.at_most", 1, "goods.at_most", id="fewer_units"),
        pytest.param("conditions.sum_from", Decimal(1001), "conditions.sum_from", id="a_higher_sum"),
        pytest.param("conditions.customer_groups", ("x",), "conditions.customer_groups", id="other_customers"),
        pytest.param("conditions.but_customer_groups", ("staff", "x"), "conditions.but_customer_groups", id="left_out"),
        pytest.param("conditions.outlets", ("omsk",), "conditions.outlets", id="another_outlet"),
        pytest.param("conditions.weekdays", (5,), "conditions.weekdays", id="fewer_weekdays"),
        pytest.param("conditions.hours_from", time(22, 0, 1), "conditions.hours_from", id="from_later"),
        pytest.param("conditions.hours_to", time(1), "conditions.hours_to", id="until_earlier"),
        pytest.param("conditions.hours_to", None, "conditions.hours_to", id="only_until_midnight"),
        pytest.param("limits.total", 999, "limits.total", id="a_lower_total"),
        pytest.param("limits.budget", Decimal(99_999), "limits.budget", id="less_money"),
        pytest.param("limits.period_days", 8, "limits.period_days", id="another_period"),
        pytest.param("first_day", date(2026, 12, 2), "first_day", id="a_later_beginning"),
        pytest.param("first_day", date(2026, 11, 30), "first_day", id="periods_are_counted_from_it"),
        pytest.param("last_day", date(2026, 12, 30), "last_day", id="an_earlier_end"),
        pytest.param("stacking.rank", 4, "stacking.rank", id="another_rank"),
        pytest.param("stacking.base", Base.LEFT, "stacking.base", id="of_what_is_left"),
        pytest.param("rounding.to", Decimal(10), "rounding", id="another_step"),
        pytest.param("codes.length", 12, "codes", id="other_codes"),
        pytest.param("return_days", 0, "return_days", id="no_returns"),
        pytest.param("control_percent", 5, "control_percent", id="who_gets_none_is_settled"),
    ],
)
def test_what_could_harm_a_holder_may_not(path: str, value: Any, told: str) -> None:
    later = changed(WHOLE, path, value)
    assert refused(WHOLE, later) == [told]
    assert changes(WHOLE, later, issued=False) == []


@pytest.mark.parametrize("path", sorted({*ANOTHER, *ELSEWHERE}))
def test_no_field_is_overlooked(path: str) -> None:
    """There and back: one of the two directions is refused, but for what only the house sees, and what is equal."""
    terms, value = ELSEWHERE.get(path) or (WHOLE, ANOTHER[path])
    other = changed(terms, path, value)
    if path in ("title", "paid_by", "fund", "campaign", "goal"):
        assert refused(terms, other) == refused(other, terms) == []
    else:
        assert refused(terms, other) or refused(other, terms)


@pytest.mark.parametrize(
    ("former", "later", "told"),
    [
        pytest.param(TEN, AmountOff(amount=Decimal(10)), ["gives.kind"], id="another_kind"),
        pytest.param(AmountOff(amount=Decimal(10)), AmountOff(amount=Decimal(11)), [], id="a_higher_amount"),
        pytest.param(AmountOff(amount=Decimal(10)), AmountOff(amount=Decimal(9)), ["gives.amount"], id="lower"),
        pytest.param(FixedPrice(price=Decimal(10)), FixedPrice(price=Decimal(9)), [], id="a_lower_price"),
        pytest.param(FixedPrice(price=Decimal(10)), FixedPrice(price=Decimal(11)), ["gives.price"], id="dearer"),
        pytest.param(Gift(product="cup"), Gift(product="cup", quantity=2), [], id="more_of_a_gift"),
        pytest.param(Gift(product="cup"), Gift(product="cap", quantity=2), ["gives.product"], id="another_gift"),
        pytest.param(ForTheFewer(take=3, pay=2), ForTheFewer(take=3, pay=1), [], id="more_free"),
        pytest.param(ForTheFewer(take=3, pay=2), ForTheFewer(take=2, pay=1), [], id="smaller_sets"),
        pytest.param(ForTheFewer(take=3, pay=2), ForTheFewer(take=4, pay=2), ["gives.take"], id="larger_sets"),
        pytest.param(ForTheFewer(take=3, pay=1), ForTheFewer(take=2, pay=1), ["gives.pay"], id="fewer_free"),
        pytest.param(Points(points=5), Points(points=4), ["gives.points"], id="fewer_points"),
        pytest.param(Points(percent=Decimal(5)), Points(percent=Decimal(6)), [], id="more_points"),
        pytest.param(FreeDelivery(), FreeDelivery(), [], id="delivery"),
        pytest.param(
            Invitation(sittings=(EVENING,)), Invitation(sittings=(LATE, EVENING), guests=2), [], id="more_sittings"
        ),
        pytest.param(
            Invitation(sittings=(EVENING,), guests=2), Invitation(sittings=(LATE,)), ["gives.sittings", "gives.guests"],
            id="another_evening",
        ),
        pytest.param(
            Invitation(sittings=(EVENING,)), Invitation(sittings=(EVENING.model_copy(update={"seats": 4}),)),
            ["gives.sittings"], id="fewer_seats",
        ),
    ],
)  # fmt: skip
def test_what_is_given_may_only_become_more(former: Any, later: Any, told: list[str]) -> None:
    before, after = (WHOLE.model_copy(update={"gives": gives}) for gives in (former, later))
    assert refused(before, after) == told


def test_a_gap_between_two_hours_is_seen_though_both_its_ends_hold() -> None:
    all_day = changed(changed(WHOLE, "conditions.hours_from", None), "conditions.hours_to", None)
    but_noon = changed(changed(WHOLE, "conditions.hours_from", time(13)), "conditions.hours_to", time(12))
    every_day = (changed(one, "conditions.weekdays", ()) for one in (all_day, but_noon))
    assert refused(*every_day) == ["conditions.hours_from"]


def test_restrictions_that_were_not_there_may_not_come() -> None:
    plain = OfferTerms(title="x", gives=TEN, first_day=WHOLE.first_day, last_day=WHOLE.last_day)
    later = WHOLE.model_copy(update={"gives": TEN, "rounding": plain.rounding, "codes": plain.codes})
    assert set(refused(plain, later)) == {
        "goods.products", "goods.but_products", "goods.at_most", "goods.which", "conditions.sum_from",
        "conditions.quantity_from", "conditions.customer_groups", "conditions.outlets", "conditions.channels",
        "conditions.but_customer_groups", "conditions.first_purchase", "conditions.hours_from", "limits.total",
        "limits.per_customer", "limits.per_period", "limits.per_outlet", "limits.units", "limits.budget",
        "stacking.rank", "stacking.exclusive", "return_days",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "russian"),
    [
        ("gives.percent", Decimal(7), "Коды уже выданы, и это может только расти: обещано 7,5."),
        ("last_day", date(2026, 12, 30), "Коды уже выданы и действуют по 31 декабря 2026. Последний день можно только "
         "отодвинуть."),
        ("conditions.outlets", ("omsk",), "Коды уже выданы, и никого нельзя лишить обещанного. Верните: center."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_was_promised(path: str, value: Any, russian: str) -> None:
    with spoken("ru"):
        (found,) = changes(WHOLE, changed(WHOLE, path, value), issued=True)
        assert str(found.reason) == russian


def test_the_goods_of_sets_stay_as_they_are() -> None:
    """Other goods make other sets: what was free in one of them may be paid for in another."""
    former = OfferTerms.model_validate(
        {"title": "Чай", "gives": {"kind": "n_for_m", "take": 5, "pay": 1}, "goods": {"which": "dearest", "at_most": 5},
         "first_day": "2026-12-01", "last_day": "2026-12-31"}
    )  # fmt: skip
    later = former.model_copy(update={"goods": former.goods.model_copy(update={"at_most": 0})})
    assert refused(former, later) == ["goods"] and not refused(former, former.model_copy(update={"title": "Улун"}))
