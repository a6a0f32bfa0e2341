"""Terms that contradict each other, or name what the company does not have."""

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from models.locale import spoken
from models.offers import (
    AmountOff,
    CodeKind,
    CodeRules,
    Conditions,
    ForTheFewer,
    Gift,
    Goods,
    Invitation,
    Limits,
    OfferTerms,
    PercentOff,
    Rounding,
    Sitting,
)
from tasks.offers.checking import Known, checked
from tasks.offers.reading import KINDS
from tasks.offers.summary import summary
from tasks.offers.wording import Words
from tests.tasks.offers.shop import KNOWN, offer

PLAIN = offer(PercentOff(percent=Decimal(10)), limits=Limits(per_code=1))
SEATS = Sitting.model_validate({"outlet": "center", "at": "2026-12-10T18:00", "seats": 5})


def codes_of(terms: OfferTerms, known: Known = KNOWN) -> list[tuple[str, str]]:
    return [(".".join(map(str, loc)), reason.code) for loc, reason in checked(terms, known)]


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param({}, [], id="nothing_is_wrong"),
        pytest.param({"gives": ForTheFewer(take=2, pay=2)}, [("gives.pay", "pay")], id="pay_is_less_than_take"),
        pytest.param(
            {"gives": ForTheFewer(take=3, pay=2), "goods": Goods(at_most=2)}, [("goods.at_most", "no_set")], id="set"
        ),
        pytest.param({"gives": KINDS["points"]()}, [("gives.points", "points")], id="no_points"),
        pytest.param({"gives": KINDS["points"](points=1, percent=1)}, [("gives.points", "points")], id="both_points"),
        pytest.param(
            {"gives": Gift(product="cup", quantity=3), "limits": Limits(units=2)},
            [("limits.units", "units")],
            id="gift",
        ),
        pytest.param(
            {"gives": Gift(product="cup"), "limits": Limits(budget=Decimal(5), units=5)},
            [("limits.budget", "no_budget")],
            id="a_gift_that_is_handed_over_has_no_price",
        ),
        *(
            pytest.param(
                {"gives": gives, "limits": Limits(budget=Decimal(5), units=5)},
                [("limits.budget", "no_budget"), ("limits.units", "no_units")],
                id=f"{gives.kind}_takes_no_money_off",
            )
            for gives in (KINDS["delivery"](), KINDS["points"](points=5), Invitation(sittings=(SEATS,)))
        ),
        pytest.param({"gives": Gift(product="cap")}, [("gives.product", "no_such")], id="no_such_gift"),
        pytest.param({"goods": Goods(products=("T1",))}, [], id="goods_in_any_case"),
        pytest.param(
            {"goods": Goods(groups=("Чай",), but_groups=("чай",))},
            [("goods.but_groups.0", "both_ways")],
            id="both_ways",
        ),
        pytest.param({"goods": Goods(which="dearest")}, [("goods.at_most", "how_many")], id="how_many"),
        pytest.param(
            {"conditions": Conditions(outlets=("tver",))}, [("conditions.outlets.0", "no_such")], id="no_outlet"
        ),
        pytest.param(
            {"conditions": Conditions(customer_groups=("vip",), but_customer_groups=("vip",))},
            [("conditions.but_customer_groups.0", "both_ways")],
            id="group_both_ways",
        ),
        pytest.param(
            {"conditions": Conditions(weekdays=(7,)), "last_day": date(2026, 12, 5)},
            [("conditions.weekdays", "never")],
            id="never_a_sunday",
        ),
        pytest.param({"conditions": Conditions(weekdays=(7,)), "last_day": date(2026, 12, 6)}, [], id="one_sunday"),
        pytest.param(
            {
                "conditions": Conditions(weekdays=(1,), hours_from=time(22), hours_to=time(2)),
                "last_day": date(2026, 12, 5),
            },
            [],
            id="the_night_of_the_monday_before",
        ),
        pytest.param({"limits": Limits(total=5, per_customer=6)}, [("limits.per_customer", "above")], id="above_total"),
        pytest.param(
            {"limits": Limits(per_customer=1, per_period=2, period_days=7)},
            [("limits.per_period", "above")],
            id="period",
        ),
        pytest.param({"limits": Limits(per_period=2)}, [("limits.period_days", "no_period")], id="how_long"),
        pytest.param({"limits": Limits(period_days=2)}, [("limits.per_period", "no_number")], id="how_often"),
        pytest.param(
            {"gives": AmountOff(amount=Decimal(500)), "limits": Limits(budget=Decimal(499))},
            [("limits.budget", "budget")],
            id="budget_below_one_discount",
        ),
        pytest.param(
            {"codes": CodeRules(kind=CodeKind.GENERIC, word="TEA"), "limits": Limits(per_code=1)},
            [("limits.per_code", "one_use")],
            id="one_use_of_all",
        ),
        pytest.param(
            {"codes": CodeRules(kind=CodeKind.GENERIC, word="TEA"), "limits": Limits(total=50)}, [], id="one_for_all"
        ),
        pytest.param(
            {"codes": CodeRules(kind=CodeKind.GENERIC), "limits": Limits(per_code=0)},
            [("codes.word", "no_word")],
            id="word",
        ),
        pytest.param({"codes": CodeRules(word="TEA")}, [("codes.word", "word")], id="needless_word"),
        pytest.param(
            {"codes": CodeRules(kind=CodeKind.IMPORTED), "control_percent": 10},
            [("control_percent", "nobody_left_out")],
            id="nobody_is_drawn",
        ),
        pytest.param(
            {"codes": CodeRules(pattern="TEA-##")}, [("codes.pattern", "nothing_drawn")], id="too_little_is_drawn"
        ),
        pytest.param({"codes": CodeRules(prefix="ТЕА@")}, [("codes.prefix", "strange_part")], id="strange_prefix"),
        pytest.param(
            {"codes": CodeRules(kind=CodeKind.GENERIC, word="ЧА!"), "limits": Limits(per_code=0)},
            [("codes.word", "no_word")],
            id="short_word",
        ),
        pytest.param({"codes": CodeRules(pattern="TEA-")}, [("codes.pattern", "pattern")], id="pattern_without_signs"),
        pytest.param({"rounding": {"to": Decimal("0.005")}}, [("rounding.to", "step")], id="half_a_coin"),
        pytest.param(
            {"gives": Invitation(sittings=(SEATS, SEATS), guests=6), "conditions": Conditions(outlets=("omsk",))},
            [
                ("gives.sittings.0.outlet", "not_here"),
                ("gives.sittings.0.seats", "seats"),
                ("gives.sittings.1", "twice"),
                ("gives.sittings.1.outlet", "not_here"),
                ("gives.sittings.1.seats", "seats"),
            ],
            id="sittings",
        ),
        pytest.param(
            {"gives": Invitation(sittings=(SEATS,)), "first_day": date(2026, 12, 11)},
            [("gives.sittings.0.at", "outside")],
            id="a_sitting_outside_the_days",
        ),
        *(
            pytest.param(
                {"gives": Invitation(sittings=(SEATS,)), "conditions": asked},
                [("gives.sittings.0.at", "closed")],
                id=f"a_sitting_on_another_{what}",
            )
            for what, asked in (
                ("weekday", Conditions(weekdays=(5,))),
                ("hour", Conditions(hours_from=time(10), hours_to=time(17))),
            )
        ),
        pytest.param(
            {"conditions": Conditions(hours_to=time(0))}, [("conditions.hours_to", "hours")], id="until_it_begins"
        ),
        pytest.param(
            {"campaign": "spring", "goal": "fame", "fund": "black"},
            [("fund", "no_such"), ("campaign", "no_such"), ("goal", "no_such")],
            id="accounts",
        ),
    ],
)
def test_terms_that_contradict_are_found(update: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    plain = {name: value for name, value in PLAIN if name in PLAIN.model_fields_set}
    assert codes_of(OfferTerms.model_validate({**plain, **update})) == expected


def test_amounts_are_whole_coins_of_the_companys_currency() -> None:
    terms = PLAIN.model_copy(update={"gives": AmountOff(amount=Decimal("5.50")), "codes": CodeRules()})
    found = codes_of(terms, Known(currency="JPY"))
    assert found == [("gives.amount", "too_fine")]  # the usual rounding is to the smallest coin there is
    with spoken("en"):
        assert "to 1\u00a0JPY." in "\n".join(summary(PLAIN, Words(currency="JPY")))
    finer = terms.model_copy(update={"gives": PLAIN.gives, "rounding": Rounding(to=Decimal("0.5"))})
    assert codes_of(finer, Known(currency="JPY")) == [("rounding.to", "step")]


def test_a_pasted_list_is_not_compared_with_all_there_are() -> None:
    compared = 0

    class Counted(tuple[str, ...]):
        def __iter__(self) -> Iterator[str]:
            nonlocal compared
            compared += 1
            return super().__iter__()

    names = tuple(f"Tea {n}" for n in range(200))
    terms = PLAIN.model_copy(update={"goods": Goods(products=("T1", *names))})
    found = checked(terms, Known(products=Counted(("t1", "t2"))))
    assert [reason.code for _, reason in found] == ["no_such"] * 200 and compared <= 4
    assert found[0][1].words["nearest"] and "nearest" not in found[-1][1].words


def test_of_a_company_that_has_none_nothing_is_near() -> None:
    with spoken("en"):
        ((_, reason),) = checked(PLAIN.model_copy(update={"fund": "black"}), Known(funds=()))
        assert "none of these at all" in str(reason)
