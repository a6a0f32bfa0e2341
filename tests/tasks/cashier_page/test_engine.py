"""A cashier's day: one order, redeemed once, undone; refused in the right words; an outage told exactly once."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.basket import LineOff
from models.cashier_page import DeviceLine, Journal, OfflineSale, OfflineUndo
from models.customers import Customer
from models.offers import Conditions, ForTheFewer, Gift, Goods, Invitation, Sitting
from models.redemptions import Coupon, Redemption
from tasks.answering.engine import Answering
from tasks.cashiers.rows import conflicts
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.tasks.cashier_page.counter import Till, percent, shop
from tests.tasks.redeeming.shop import terms


@pytest.fixture
def till(tmp_path: Path, database: Engine) -> Till:
    return shop(tmp_path, database)


def redemptions(till: Till) -> list[Redemption]:
    with till.house.reads() as session:
        return list(session.execute(select(Redemption).order_by("id")).scalars())


def uses(till: Till) -> tuple[int, int]:
    with till.house.reads() as session:
        coupon = session.execute(select(Coupon)).scalars().one()
        return coupon.used, coupon.held


def test_only_what_the_offer_needs_is_asked(till: Till) -> None:
    till.offer()
    told = till.page.ask(till.about(amount=None))
    assert told.step == "needs" and told.needs is not None and told.needs.sum and not told.needs.goods
    assert uses(till) == (0, 0), "nothing is held for a question"
    till.offer(terms(Gift(product="cup")), "CUP234", key="gift")
    told = till.page.ask(till.about("gift-key", None, "CUP234"))
    assert (told.step, told.said) == ("order", "Hand over as a gift “cup”, 1 unit.")


def test_the_order_is_one_sentence_and_holds_its_room(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    told = till.page.ask(till.about())
    assert (told.step, told.amount) == ("order", 4_500)
    assert told.said.replace("\xa0", "") == "Give ₽45 off the whole receipt, enter it at the till by hand."
    assert uses(till) == (0, 1)
    done = till.page.redeem(till.about(receipt="17"))
    assert done.step == "done" and uses(till) == (1, 0)
    again = till.page.redeem(till.about(receipt="17"))
    assert again.step == "done" and uses(till) == (1, 0), "the same again is the same redemption"
    row = redemptions(till)[0]
    assert (row.origin, row.cashier, row.outlet, row.till, row.receipt) == ("page", "nina", "boulevard", "page-1", "17")


def test_what_no_database_takes_is_left_out(till: Till) -> None:
    till.offer()
    assert till.page.redeem(till.about(code="TEA\x00234", receipt="1\x007", shown="GOLD\x00")).step == "done"
    assert redemptions(till)[0].receipt == "17"
    [told] = till.page.take_journal(Journal(entries=(sale(till, code="NO\x00SUCH"),)))
    assert told.unknown


def test_a_named_product_is_what_the_discount_is_on(till: Till) -> None:
    till.offer(percent(goods=Goods(groups=("Tea",))))
    told = till.page.ask(till.about())
    assert told.said.replace("\xa0", "") == "Give ₽45 off “Tea”, enter it at the till by hand."
    assert [line["product_group"] for line in redemptions(till)[0].lines] == ["Tea"]


def test_sets_are_asked_by_price_and_number(till: Till) -> None:
    till.offer(terms(ForTheFewer(take=3, pay=2)))
    told = till.page.ask(till.about(amount=None))
    assert told.needs is not None and told.needs.each
    told = till.page.ask(till.about(lines=(DeviceLine(amount=30_000, quantity=2),)))
    assert told.step == "refused" and "1 unit more" in told.more
    told = till.page.ask(till.about(lines=(DeviceLine(amount=45_000, quantity=3),)))
    assert told.amount == 15_000


def test_it_says_precisely_why_not_and_what_would_be_missing(till: Till) -> None:
    till.offer(percent(conditions=Conditions(sum_from=Decimal(500))))
    told = till.page.ask(till.about())
    assert told.step == "refused" and told.said.replace("\xa0", "") == (
        "The goods of the offer come to ₽450; ₽500 is needed."
    )
    assert told.more.replace("\xa0", "") == "Add goods for ₽50 more, and it is 10% off."


@pytest.mark.parametrize(
    ("code", "step", "why"),
    [
        pytest.param("NOSUCH", "refused", "unknown_code", id="of the right length, and none"),
        pytest.param("NO", "wrong", "other_length", id="of no length of ours"),
        pytest.param("ТЕА 234", "order", "", id="in Cyrillic, with a space"),
        pytest.param("https://cups.example/c/tea-234", "order", "", id="an address of a QR code"),
    ],
)
def test_a_code_is_read_as_people_type_it(till: Till, code: str, step: str, why: str) -> None:
    till.offer()
    told = till.page.ask(till.about(code=code))
    assert (told.step, told.code) == (step, why)


def test_what_no_receipt_helps_is_refused_before_anything_is_typed(till: Till) -> None:
    till.offer(percent(conditions=Conditions(outlets=("east",))))
    told = till.page.ask(till.about(amount=None))
    assert (told.step, told.code) == ("refused", "not_here")


def test_whose_it_is_is_asked_only_where_the_coupon_does_not_say(till: Till) -> None:
    till.offer(percent(limits={"per_customer": 1}))
    told = till.page.ask(till.about(amount=None))
    assert told.needs is not None and told.needs.who
    assert till.page.ask(till.about()).code == "card"
    assert till.page.ask(till.about(shown="+7 900 000-00-01")).step == "order"
    till.page.redeem(till.about(shown="+7 900 000-00-01"))
    told = till.page.ask(till.about("second-one", shown="8 (900) 000 00 01"))
    assert (told.step, told.code) == ("refused", "customer")


def test_guests_take_seats(till: Till) -> None:
    sitting = Sitting(outlet="boulevard", at=datetime.fromisoformat("2026-11-23T13:00"), seats=1)
    till.offer(terms(Invitation(sittings=(sitting,))))
    told = till.page.ask(till.about(amount=None, asked=True))
    assert (told.step, told.said) == ("order", "Let 1 guest in.")
    told = till.page.ask(till.about("second-one", None, asked=True))
    assert (told.step, told.code) == ("refused", "seats")


def test_who_has_answered_is_expected_and_let_in(till: Till) -> None:
    sitting = Sitting(outlet="boulevard", at=datetime.fromisoformat("2026-11-23T13:00"), seats=3)
    with till.house.sessions.begin() as session:
        session.add(Customer(id=5, created_at=NOW, changed_at=NOW))
    till.offer(terms(Invitation(sittings=(sitting,), guests=3)), most=1, owners={"TEA234": 5})
    answering = Answering(till.house, Redeeming.of(till.house))
    assert not answering.answer(5, 1, "boulevard 2026-11-23T13:00:00", "3")
    told = till.page.ask(till.about(amount=None))
    assert (told.step, told.said) == ("needs", "Answered beforehand: 3 guests.")
    assert told.needs is not None and told.needs.expected == 3
    told = till.page.ask(till.about(amount=None, asked=True, guests=2))
    assert told.said == "Let 2 guests in. Answered beforehand: 3 guests."
    till.page.leave(till.about().key)
    assert uses(till) == (0, 1), "they have answered still"
    assert till.page.redeem(till.about("second-one", None, asked=True, guests=2)).step == "done"
    assert uses(till) == (1, 0) and Redeeming.of(till.house).audit().ok
    assert not till.page.undo(till.about("second-one").key) and uses(till) == (0, 1), "expected again"


def test_what_nobody_confirms_is_let_go(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    asked = till.about()
    till.page.ask(asked)
    till.page.leave(asked.key)
    assert uses(till) == (0, 0) and till.page.ask(till.about("second-one")).step == "order"


def test_own_redemptions_are_undone_until_the_shift_ends(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    asked = till.about()
    till.page.redeem(asked)
    assert [(line.amount, line.undone) for line in till.page.lines()] == [(4_500, False)]
    assert not till.page.undo(asked.key) and not till.page.undo(asked.key)
    assert uses(till) == (0, 0) and [line.undone for line in till.page.lines()] == [True]
    other = till.about("second-one")
    till.page.redeem(other)
    till.sign_in("77777")
    assert till.page.lines() == [] and till.page.undo(other.key).code == "not_yours" and uses(till) == (1, 0)


def test_midnight_ends_no_undoing(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}, return_days=0))
    till.later(datetime.fromisoformat("2026-11-23T23:50:00+03:00"))
    till.sign_in("77777")
    asked = till.about()
    till.page.redeem(asked)
    till.clock.at += timedelta(minutes=20)
    assert not till.page.undo(asked.key) and uses(till) == (0, 0)


# Without the network.


def sale(till: Till, key: str = "offline-one", at: datetime = NOW, off: int = 4_500, **more: Any) -> OfflineSale:
    lines = (LineOff(n=1, amount=off, quantity=1_000),)
    return OfflineSale(asked=till.about(key, **more), off=lines, units=1, at=at)


def test_an_outage_is_told_once_however_often_it_is(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    told = Journal(entries=(sale(till),))
    first, second = till.page.take_journal(told), till.page.take_journal(told)
    assert [one.conflict for one in first + second] == ["", ""] and first[0].amount == 4_500
    assert uses(till) == (1, 0) and [row.origin for row in redemptions(till)] == ["offline"]


def test_what_an_offer_hands_over_is_told_whatever_its_number(till: Till) -> None:
    till.offer(terms(Gift(product="bag", quantity=12)))
    told = till.page.ask(till.about("offline-one", None))
    entry = {"what": "sale", "asked": till.about("offline-one", None), "given": told.given, "units": told.units}
    body = Journal.model_validate({"entries": [entry | {"at": NOW}]})
    assert [one.conflict for one in till.page.take_journal(body)] == [""]
    assert redemptions(till)[0].answer["given"][0]["quantity"] == 12_000


def test_a_code_that_there_is_not_is_said_to_be_none_once(till: Till) -> None:
    """Each is counted as a guess: a queue that is sent again because no answer came must not lock its device."""
    till.offer()
    told = Journal(entries=(sale(till, code="NOSUCH"),))
    found = [till.page.take_journal(told)[0] for _ in range(3)]
    assert [one.unknown for one in found] == [True, False, False] and len({one.conflict for one in found}) == 1


def test_an_order_that_was_read_out_before_the_network_went_is_settled_by_the_journal(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    till.page.ask(till.about("offline-one"))
    assert uses(till) == (0, 1)
    assert [one.conflict for one in till.page.take_journal(Journal(entries=(sale(till),)))] == [""]
    assert uses(till) == (1, 0)


def test_a_redemption_whose_answer_was_lost_is_not_doubled_by_the_journal(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    till.page.redeem(till.about("offline-one"))
    assert [one.conflict for one in till.page.take_journal(Journal(entries=(sale(till),)))] == [""]
    assert uses(till) == (1, 0) and len(redemptions(till)) == 1


def test_conflicts_are_said_and_nothing_is_hidden(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    till.page.redeem(till.about())
    entries = (
        sale(till, "used-before"), sale(till, "another-sum", off=9_999, amount=99_999),
        sale(till, "no-such-code", code="NOSUCH"),
        sale(till, "too-large", off=10**9),
    )  # fmt: skip
    found = till.page.take_journal(Journal(entries=entries))
    assert all("The code had been used already." in one.conflict for one in (found[0], found[1], found[3]))
    assert found[2].conflict == "There is no such code."
    assert max(row.amount for row in redemptions(till)) == 45_000, "never more than the receipt was"
    with till.house.reads() as session:
        assert len(conflicts(session, "boulevard", NOW)) == 4 and conflicts(session, "east", NOW) == []
    assert Redeeming.of(till.house).audit().ok


def test_a_conflict_is_not_buried_under_what_was_entered_without_one(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("tasks.cashiers.rows.CONFLICTS_MOST", 2)
    till.offer(percent(limits={"per_code": 1}))
    till.page.take_journal(Journal(entries=(sale(till, "the-first"), sale(till, "used-before"))))
    till.offer(percent(limits={"per_code": 0}), "CUP234", key="cups")
    more = tuple(sale(till, f"entered-{n}", code="CUP234") for n in range(2))
    assert [one.conflict for one in till.page.take_journal(Journal(entries=more))] == ["", ""]
    with till.house.reads() as session:
        found = [entry.conflicts for entry, _ in conflicts(session, "boulevard", NOW)]
    assert found == [["code"]]


def test_what_was_undone_in_an_outage_is_undone_whatever_comes_first(till: Till) -> None:
    till.offer(percent(limits={"per_code": 1}))
    undone = OfflineUndo(key=till.about("offline-one").key, at=NOW + timedelta(minutes=1))
    assert till.page.take_journal(Journal(entries=(undone,)))[0].conflict == ""
    assert till.page.take_journal(Journal(entries=(undone, sale(till))))[1].conflict == ""
    assert uses(till) == (0, 0)
    assert till.page.take_journal(Journal(entries=(undone,)))[0].conflict == ""


def test_a_journal_comes_after_the_shift_too(till: Till) -> None:
    till.offer()
    told = Journal(entries=(sale(till),))
    till.cashiers.end_shift(till.at)
    till.page.take_journal(told)
    assert [row.cashier for row in redemptions(till)] == ["nina"]


def test_a_device_holds_only_offers_that_it_can_judge(till: Till) -> None:
    till.offer(percent(), "AAA234", key="simple")
    till.offer(percent(limits={"total": 5}), "BBB234", key="limited")
    till.offer(percent(limits={"per_customer": 1}), "CCC234", key="somebody")
    till.offer(percent(conditions=Conditions(outlets=("east",))), "DDD234", key="elsewhere")
    till.offer(terms(ForTheFewer(take=3, pay=2)), "EEE234", key="sets")
    held = till.page.offline()
    assert set(held["offers"]) == {"simple"} and len(held["list"]["body"]) > 100
    simple = held["offers"]["simple"]
    assert (simple["hundredths"], simple["rounding"], simple["sum_from"]) == (1_000, 1, 0)
    assert "AAA234" not in str(held)


def test_zones_are_the_outlets_own(till: Till) -> None:
    east = replace(till, secret="secret of the east")
    east.cashiers.offer_pairing("east", "phone", "anton", "token of the east")
    east.cashiers.pair("token of the east", east.secret)
    assert (till.page.zone, east.page.zone) == ("Europe/Moscow", "Asia/Novosibirsk")
