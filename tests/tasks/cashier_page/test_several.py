"""Several coupons on one receipt: one order for all, each once, undone together; who does not go is turned away."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.cashier_page import AskedAbout, DeviceLine, Journal, OfflineSale, OfflineUndo, Told, TypedCode
from models.offers import AmountOff, ForTheFewer, Gift, Goods, Invitation, Sitting, Stacking
from models.redemptions import Coupon, Redemption
from tasks.cashier_page.simple import described
from tasks.offers.wording import NO_WORDS
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.tasks.cashier_page.counter import Till, percent, shop
from tests.tasks.redeeming.shop import terms

TEA = terms(AmountOff(amount=Decimal(45)), title="Tea day", goods=Goods(groups=("Tea",)), limits={"per_code": 1},
            stacking=Stacking(rank=1))  # fmt: skip
TEN = percent(title="Ten", limits={"per_code": 1})
LINES = (DeviceLine(product="", group="Tea", amount=20_000), DeviceLine(product="", amount=12_500))


@pytest.fixture
def till(tmp_path: Path, database: Engine) -> Till:
    till = shop(tmp_path, database)
    till.offer(TEA, "AAA234", key="tea")
    till.offer(TEN, "BBB234", key="ten")
    return till


def about(till: Till, *codes: str, key: str = "first-one-", **more: Any) -> AskedAbout:
    """All that is asked has been said, unless `lines` are empty."""
    first, *rest = codes
    said = {"lines": LINES, "asked": True, "asked_for": len(codes)} | more
    return till.about(key, None, first, more=tuple(TypedCode(typed=one) for one in rest), **said)


def uses(till: Till) -> dict[str, tuple[int, int]]:
    with till.house.reads() as session:
        return {one.code: (one.used, one.held) for one in session.execute(select(Coupon)).scalars()}


def rows(till: Till) -> list[tuple[str, str, int]]:
    with till.house.reads() as session:
        found = session.execute(select(Redemption).order_by("n")).scalars()
        return [(row.key.partition("-")[2], row.state, row.amount) for row in found]


def plain(said: str) -> str:
    return said.replace("\xa0", "")


def turned(told: Told) -> list[tuple[int, str]]:
    return [(one.n, one.code) for one in told.turned]


def test_all_are_one_order_counted_on_what_those_before_have_left(till: Till) -> None:
    told = till.page.ask(about(till, "AAA234", "BBB234"))
    assert plain(told.said) == (
        "Enter the discounts at the till by hand: ₽60.50 off “Tea”, ₽12.50 off “other goods”; ₽73 in all."
    )
    assert [(one.title, one.masked, one.amount) for one in told.coupons] == [
        ("Tea day", "…234", 4_500), ("Ten", "…234", 2_800),
    ]  # fmt: skip
    assert (told.step, told.amount, told.title, told.turned) == ("order", 7_300, "Tea day + Ten", ())
    assert uses(till) == {"AAA234": (0, 1), "BBB234": (0, 1)}
    asked = about(till, "AAA234", "BBB234", receipt="17")
    first, again = till.page.redeem(asked), till.page.redeem(asked)
    assert (first.step, first.amount, first.said) == ("done", 7_300, "Redeemed, all of them.") and again == first
    assert rows(till) == [("first-one-", "redeemed", 4_500), ("first-one-", "redeemed", 2_800)]
    [line] = till.page.lines()
    assert (line.title, line.amount, line.coupons, line.receipt) == ("Tea day + Ten", 7_300, 2, "17")
    assert not till.page.undo(asked.key) and uses(till) == {"AAA234": (0, 0), "BBB234": (0, 0)}
    [line] = till.page.lines()
    assert line.undone and line.amount == 7_300 and Redeeming.of(till.house).audit().ok


def test_goods_that_were_asked_about_are_not_the_whole_receipt(till: Till) -> None:
    """A till that spreads the sum over all goods would take it off others, too: tobacco, or what no offer names."""
    for n, group in enumerate(("Tea", "Cups")):
        till.offer(percent(title=group, goods=Goods(groups=(group,))), f"CCC{n}34", key=group)
    lines = tuple(DeviceLine(product="", group=group, amount=20_000) for group in ("Tea", "Cups"))
    told = till.page.ask(about(till, "CCC034", "CCC134", lines=lines))
    assert plain(told.said) == "Enter the discounts at the till by hand: ₽20 off “Tea”, ₽20 off “Cups”; ₽40 in all."
    but = percent(goods=Goods(but_groups=("Sugar",)))
    till.offer(but, "CCC234", key="but")
    told = till.page.ask(about(till, "CCC234", key="second-one", lines=LINES[1:]))
    assert plain(told.said) == "Give ₽12.50 off all but “Sugar”, enter it at the till by hand."
    outlet = next(one for one in till.house.workspace.company.outlets if one.key == "boulevard")
    held = described(but, outlet, "Europe/Moscow", NO_WORDS)
    assert held and held["order"] == "Give {amount} off all but “Sugar”, enter it at the till by hand."


def test_the_sum_of_each_of_the_goods_is_asked_once_for_all(till: Till) -> None:
    told = till.page.ask(about(till, "AAA234", "BBB234", lines=(), asked=False))
    assert told.step == "needs" and told.needs is not None and told.needs.kinds and not told.needs.sum
    assert [one.title for one in told.needs.goods] == ["Tea", "other goods"]
    assert [one.title for one in told.coupons] == ["Tea day", "Ten"] and uses(till)["AAA234"] == (0, 0)
    before = about(till, "AAA234", "BBB234", lines=LINES[:1], asked_for=1)
    assert till.page.ask(before).step == "needs", "what was said of one coupon's goods is not the whole receipt"


def test_one_sum_is_enough_where_all_are_about_the_same(till: Till) -> None:
    till.offer(percent(5, title="Five"), "CCC234", key="five")
    sums = (DeviceLine(product="", amount=10_000),)
    told = till.page.ask(about(till, "BBB234", "CCC234", lines=sums, asked_for=1))
    assert plain(told.said) == "Give ₽14.50 off the whole receipt, enter it at the till by hand."
    till.offer(terms(Gift(product="cup"), title="Cup"), "DDD234", key="cup")
    told = till.page.ask(about(till, "BBB234", "DDD234", key="second-one", instead=(about(till, "BBB234").key,),
                               lines=sums, asked_for=1))  # fmt: skip
    assert plain(told.said) == (
        "Give ₽10 off the whole receipt, enter it at the till by hand; hand over as a gift “cup”, 1 unit."
    )


def test_sets_beside_others_are_asked_by_price_and_number(till: Till) -> None:
    till.offer(terms(ForTheFewer(take=3, pay=2), goods=Goods(groups=("Cups",))), "EEE234", key="sets")
    told = till.page.ask(about(till, "BBB234", "EEE234", lines=(), asked=False))
    assert told.needs is not None and told.needs.each and not told.needs.kinds
    assert [one.title for one in told.needs.goods] == ["Cups", "other goods"]


@pytest.mark.parametrize(
    ("first", "then"), [pytest.param("BBB234", "FFF234", id="is"), pytest.param("FFF234", "BBB234", id="was")]
)  # fmt: skip
def test_who_goes_alone_stays_or_is_turned_away_as_it_came(till: Till, first: str, then: str) -> None:
    till.offer(percent(50, title="Half", stacking=Stacking(rank=0, exclusive=True)), "FFF234", key="half")
    told = till.page.ask(about(till, first, then, lines=(), asked=False))
    assert turned(told) == [(1, "exclusive")], "before a sum is typed in vain"
    told = till.page.ask(about(till, first, then))
    assert [one.n for one in told.coupons] == [0] and turned(told) == [(1, "exclusive")]
    assert "given already" in told.turned[0].said
    assert till.page.redeem(about(till, first, asked_for=1)).step == "done"
    assert uses(till)[then] == (0, 0)


def test_the_others_stay_where_one_is_refused(till: Till) -> None:
    till.offer(percent(conditions={"outlets": ("east",)}), "GGG234", key="east")
    told = till.page.ask(about(till, "AAA234", "GGG234", "BBB234", "NOSUCH", "NO", "AAA-234"))
    assert [one.n for one in told.coupons] == [0, 2] and told.amount == 7_300
    assert sorted(turned(told)) == [
        (1, "not_here"), (3, "unknown_code"), (4, "other_length"), (5, "twice"),
    ]  # fmt: skip
    assert [one.n for one in told.turned if one.wrong] == [4, 3], "a guess is counted"
    told = till.page.ask(about(till, "AAA234", "GGG234", lines=(), asked=False, key="before-the-sum",
                               instead=(about(till, "AAA234").key,)))  # fmt: skip
    assert told.step == "needs" and turned(told) == [(1, "not_here")] and told.needs and told.needs.sum


def test_two_of_one_offer_are_one(till: Till) -> None:
    till.offer(percent(title="Wide"), "HHH234", "HHH345", key="wide")
    told = till.page.ask(about(till, "HHH234", "HHH345"))
    assert [one.n for one in told.coupons] == [0] and turned(told) == [(1, "same_offer")]


def test_what_the_receipt_held_under_another_key_is_let_go(till: Till) -> None:
    first = about(till, "AAA234", "BBB234")
    till.page.ask(first)
    told = till.page.ask(about(till, "BBB234", key="second-one", instead=(first.key,)))
    assert told.step == "order" and uses(till) == {"AAA234": (0, 0), "BBB234": (0, 1)}
    lost = about(till, "AAA234", "BBB234", instead=(about(till, "BBB234", key="second-one").key,))
    assert till.page.redeem(lost).step == "done", "the answer to the second question never came to the page"
    assert uses(till) == {"AAA234": (1, 0), "BBB234": (1, 0)}


def test_nothing_is_redeemed_where_one_has_gone_meanwhile(till: Till) -> None:
    till.page.redeem(about(till, "BBB234", key="other-till"))
    told = till.page.redeem(about(till, "AAA234", "BBB234"))
    assert (told.step, turned(told)) == ("refused", [(1, "code")])
    assert uses(till)["AAA234"] == (0, 0)


def test_all_that_are_refused_are_named(till: Till) -> None:
    told = till.page.ask(about(till, "AAA234", "BBB234", lines=(DeviceLine(product="X", amount=0),)))
    assert told.step == "needs", "no sum is no receipt"
    till.page.redeem(about(till, "AAA234", "BBB234", key="used-up-now"))
    told = till.page.ask(about(till, "AAA234", "BBB234"))
    assert (told.step, told.said) == (
        "refused", "“Tea day”: This code has been used as often as it may be. "
        "“Ten”: This code has been used as often as it may be.",
    )  # fmt: skip


def test_guests_and_a_discount_come_together(till: Till) -> None:
    sitting = Sitting(outlet="boulevard", at=datetime.fromisoformat("2026-11-23T13:00"), seats=2)
    till.offer(terms(Invitation(sittings=(sitting,), guests=2)), "KKK234", key="evening")
    told = till.page.ask(about(till, "BBB234", "KKK234", guests=2, lines=LINES[1:]))
    assert plain(told.said) == "Give ₽12.50 off the whole receipt, enter it at the till by hand; let 2 guests in."


# What was ordered with the network, and confirmed without it.


def sale(till: Till, told: Told, asked: AskedAbout) -> OfflineSale:
    first, *rest = [{"off": one.off, "given": one.given, "units": one.units} for one in told.coupons]
    return OfflineSale.model_validate({"asked": asked, "rest": rest, "at": NOW} | first)


@pytest.mark.parametrize("before", [pytest.param(False, id="never told"), pytest.param(True, id="answer lost")])
def test_a_receipt_that_the_journal_tells_is_one_call_with_all_its_codes(till: Till, before: bool) -> None:
    asked = about(till, "AAA234", "BBB234")
    told = till.page.ask(asked)
    if before:
        till.page.redeem(asked)
    journal = Journal(entries=(sale(till, told, asked),))
    entered = [*till.page.take_journal(journal), *till.page.take_journal(journal)]
    assert [(one.conflict, one.amount) for one in entered] == [("", 7_300), ("", 7_300)]
    assert uses(till) == {"AAA234": (1, 0), "BBB234": (1, 0)}
    undone = OfflineUndo(key=asked.key, at=NOW + timedelta(minutes=1))
    assert [till.page.take_journal(Journal(entries=(undone,)))[0].conflict for _ in range(2)] == ["", ""]
    assert uses(till) == {"AAA234": (0, 0), "BBB234": (0, 0)} and Redeeming.of(till.house).audit().ok


def test_no_receipt_gives_more_than_a_line_was_worth(till: Till) -> None:
    asked = about(till, "AAA234", "BBB234")
    told = till.page.ask(asked)
    entry = sale(till, told, asked).model_dump()
    for part in (entry, entry["rest"][0]):
        part["off"] = [{"n": 1, "amount": 15_000, "quantity": 1_000}]
    [one] = till.page.take_journal(Journal.model_validate({"entries": [entry]}))
    assert "another one" in one.conflict and one.amount == 20_000 and [row[2] for row in rows(till)] == [15_000, 5_000]


def test_each_code_that_there_is_not_is_a_guess_of_its_own(till: Till) -> None:
    asked = about(till, "NOSUCH", "AAA234", "NOSUCB", "NOSUCD")
    told = Journal(entries=(OfflineSale(asked=asked, at=NOW),))
    assert [till.page.take_journal(told)[0].unknown for _ in range(2)] == [3, 0]
