"""Points pay part of a receipt: once, within the program's share, never below zero, and back where they came from."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from integrations.errors import Unavailable
from models.card_orders import CardForm
from models.customer_orders import EraseCustomerForm
from models.customers import Customer
from models.database import SetClock
from models.guesses import CodeGuess
from models.registry import Fact
from models.till_calls import Caller, NotTaken
from models.till_points import PointsAnswer, PointsQuote, PointsReturn, PointsSpend
from tasks.cards.crediting.engine import Upkeep
from tasks.cards.ledger.engine import Ledger
from tasks.customers.record.engine import Records
from tasks.house import House
from tasks.loyalty.engine import Wanted
from tasks.tills.paying.engine import PointsAtTill
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.cards.test_engine import cards, issue, orders, program
from tests.tasks.tills.shop import OUTLETS

CHANNELS: dict[str, Any] = {"fake": FakeChannel()}
TILL, OTHER = Caller(id=1, outlet="north", may=True, zone="Europe/Moscow"), Caller(id=2, outlet="north", may=True)
ENDS = NOW.date() + timedelta(days=30)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    """A client with a card and 100 points, each worth 50 kopecks; half of a receipt may be paid with them."""
    made = furnished(tmp_path, database, CHANNELS, clock, company=COMPANY + OUTLETS)
    with made.sessions.begin() as session:
        session.add_all(Customer(name=name, created_at=NOW, changed_at=NOW) for name in ("Anna", "Oleg"))
    issue(made, customer=1)
    program(made, per="20", worth="0.50", share=50)
    Ledger(made).earn(Wanted("given", 1, 100), ENDS)
    return made


def card(house: House, customer: int = 1) -> str:
    return cards(house, customer)[0].number


def quote(house: House, amount: int, number: str = "") -> PointsAnswer:
    return PointsAtTill(house, TILL).quote(PointsQuote(card=number or card(house), currency="RUB", amount=amount))


def spend(house: House, points: int, key: str = "a", till: Caller = TILL, **more: Any) -> PointsAnswer:
    said = {
        "card": more.pop("card", "") or card(house),
        "currency": "RUB",
        "amount": 6_000,
        "receipt": "17",
        "cashier": "Nina",
    } | more
    return PointsAtTill(house, till).spend(PointsSpend(points=points, **said), key)


def back(house: House, key: str, till: Caller = TILL, **said: Any) -> PointsAnswer:
    return PointsAtTill(house, till).give_back(PointsReturn(**said), key)


def why(answer: PointsAnswer) -> str:
    assert answer.ok is (answer.staff is None) and bool(answer.public) is not answer.ok
    return answer.staff.code if answer.staff else ""


def balance(house: House) -> int:
    ledger = Ledger(house)
    assert ledger.wrong() == ([], [])
    return ledger.balance(1)


def test_a_till_asks_pays_and_is_told_what_to_do(house: House) -> None:
    asked = quote(house, 6_001)
    assert (asked.points, asked.amount, asked.balance) == (60, 3_000, 100)
    paid = spend(house, 40)
    assert (paid.points, paid.amount, paid.balance, paid.replayed) == (40, 2_000, 60, False)
    assert paid.order == "Take ₽20 off the receipt: 40 points have paid it."
    again = spend(house, 40)
    assert again == paid.model_copy(update={"replayed": True}) and balance(house) == 60


def test_nothing_pays_beyond_the_share_whatever_it_is_cut_into(house: House, clock: SetClock) -> None:
    assert spend(house, 60).ok and why(spend(house, 1, "b")) == "too_many_points" and balance(house) == 40
    assert spend(house, 1, "b", receipt="18").ok and quote(house, 99).points == 0
    clock.at += timedelta(days=1)
    assert spend(house, 39, "c").ok, "tills begin their numbers anew"
    assert why(spend(house, 1, "d", receipt="19", amount=10**9)) == "not_enough" and balance(house) == 0


def test_a_key_is_of_one_payment(house: House) -> None:
    spend(house, 10)
    for more in ({"receipt": "18"}, {"points": 11}):
        with pytest.raises(NotTaken) as refused:
            spend(house, **{"points": 10} | more)
        assert (refused.value.status, refused.value.reason.code) == (409, "another")
    with pytest.raises(NotTaken):
        back(house, "a", sale="a")
    with pytest.raises(NotTaken) as refused:
        spend(house, 10, "b", currency="USD")
    assert refused.value.status == 422 and balance(house) == 90


def test_a_later_program_changes_no_receipt(house: House, clock: SetClock) -> None:
    paid = spend(house, 40)
    clock.at += timedelta(hours=1)
    program(house, worth="2", share=10)
    assert spend(house, 40).amount == paid.amount == 2_000
    assert (back(house, "r", sale="a", points=30).amount, balance(house)) == (1_500, 90)
    program(house, per="20", worth="2")
    assert why(spend(house, 1, "b")) == why(quote(house, 6_000)) == "not_taken"
    assert program(house, share=50) == "no_worth"


def test_what_comes_back_returns_once_and_to_where_it_was_taken_from(house: House, clock: SetClock) -> None:
    spend(house, 40)
    part = back(house, "r1", sale="a", points=15)
    assert (part.points, part.amount, part.balance) == (15, 750, 75)
    assert back(house, "r1", sale="a", points=15).replayed and balance(house) == 75
    assert why(back(house, "r2", sale="a", points=26)) == "too_much"
    whole = back(house, "r2", OTHER, receipt="17", card=card(house))
    assert (whole.points, whole.balance) == (25, 100) and back(
        house, "r2", OTHER, receipt="17", card=card(house)
    ).replayed
    assert why(back(house, "r3", sale="a")) == "nothing_left" and why(back(house, "r4", sale="z")) == "no_sale"
    assert why(back(house, "r4", receipt="18", card=card(house))) == "no_sale"
    assert why(back(house, "r4", Caller(id=3, outlet="boulevard"), receipt="17", card=card(house))) == "no_sale"
    clock.at += timedelta(days=31)
    assert Ledger(house).expire() == 100 and balance(house) == 0


@pytest.mark.parametrize(
    "said", [{}, {"sale": "a", "receipt": "17"}, {"receipt": "17"}], ids=["none", "both", "no card"]
)
def test_a_payment_is_named_one_way(house: House, said: dict[str, str]) -> None:
    with pytest.raises(NotTaken) as refused:
        back(house, "r", **said)
    assert refused.value.status == 422


def test_a_card_that_is_not_good_pays_nothing_and_its_payments_still_come_back(house: House) -> None:
    number = card(house)
    spend(house, 40)
    orders(house).card(CardForm(card=1, what="give another card for it", person="olga"))
    assert why(quote(house, 6_000, number)) == why(spend(house, 1, "b", card=number)) == "replaced"
    assert spend(house, 40, card=number).replayed, "what was paid before is answered as it was"
    assert back(house, "r", receipt="17", card=number).balance == 100
    assert spend(house, 1, "b", receipt="18").ok, "by the new card"


def test_who_tries_numbers_of_cards_is_stopped(house: House) -> None:
    for n in range(20):
        wrong = ("x", "2900000000018", f"{n}")[n % 3]
        assert why(quote(house, 100, wrong) if n % 2 else spend(house, 1, "b", card=wrong)) == "no_card"
    with pytest.raises(Unavailable):
        quote(house, 100)
    with house.reads() as session:
        assert session.execute(select(CodeGuess.n)).scalars().first() == 20  # type: ignore[call-overload]


def test_of_the_erased_nothing_is_paid_and_nothing_comes_back(house: House) -> None:
    number = card(house)
    spend(house, 40)
    Records(house).erase(EraseCustomerForm(customer=1, sure=True, person="olga"))
    assert why(spend(house, 1, "b", card=number)) == why(spend(house, 40, card=number)) == "no_card"
    assert why(back(house, "r", sale="a")) == why(back(house, "r", receipt="17", card=number)) == "no_sale"
    assert balance(house) == 0


def test_sixteen_tills_pay_what_is_there_and_no_more(house: House) -> None:
    tills = [PointsAtTill(house, Caller(id=n + 10, outlet="north", may=True)) for n in range(16)]
    number = card(house)

    def pay(n: int) -> PointsAnswer:
        told = PointsSpend(card=number, currency="RUB", amount=6_000, points=7, receipt=f"{n % 24}")
        return tills[n % 16].spend(told, f"{n % 24}")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(pay, range(48)))
    done = [one for one in answers if one.ok and not one.replayed]
    assert len(done) == 14 and balance(house) == 2 and {why(one) for one in answers} == {"", "not_enough"}


def test_sixteen_tills_pay_one_receipt_up_to_its_share(house: House) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: spend(house, 8, f"k{n}"), range(16)))
    assert sum(one.ok for one in answers) == 7 and balance(house) == 44
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: back(house, f"r{n % 9}", receipt="17", card=card(house)), range(32)))
    assert balance(house) == 100


def test_what_came_back_counts_as_not_spent(house: House, clock: SetClock) -> None:
    spend(house, 40)
    back(house, "r", sale="a", points=15)
    clock.at += timedelta(days=1)
    assert {one.metric: one.value for one in _told(house)}["points_spent"] == 25


def _told(house: House) -> list[Fact]:
    Upkeep(house).tell()
    with house.reads() as session:
        return list(session.execute(select(Fact)).scalars())
