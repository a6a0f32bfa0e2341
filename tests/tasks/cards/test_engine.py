"""Cards, points and personal pages: each order once, a page for its client only, nothing left of the erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models.card_orders import CardForm, ClosePageForm, CorrectPointsForm, IssueCardsForm, PointsProgramForm
from models.customer_groups import CustomerGroup, GroupMember
from models.customer_orders import EraseCustomerForm
from models.customers import Customer
from models.database import SetClock
from models.desk.cards import CardLine
from models.loyalty import Card, PointsMove
from models.offers import Conditions
from models.purchases import Receipt
from models.redemptions import Coupon, CouponState, OfferRow, OfferStage
from models.registry import Fact
from tasks.cards.crediting.engine import Upkeep
from tasks.cards.engine import CardOrders
from tasks.cards.ledger.engine import Ledger
from tasks.cards.links import Linked, good_until, token_of
from tasks.cards.page.engine import Pages
from tasks.cards.page.rows import my_fields
from tasks.customers.record.engine import Records
from tasks.house import House
from tasks.loyalty.engine import Points, Wanted
from tasks.loyalty.numbers import read
from tasks.mailing.jobs import Due
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.customers.test_record import mentions
from tests.tasks.redeeming.shop import offer, terms

DAY, CHANCE = timedelta(days=1), Random(7)
CHANNELS: dict[str, Any] = {"fake": FakeChannel()}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    made = furnished(tmp_path, database, CHANNELS, clock)
    with made.sessions.begin() as session:
        session.add_all(Customer(name=name, created_at=NOW, changed_at=NOW) for name in ("Anna Stone", "Oleg", "Ira"))
    return made


def orders(house: House) -> CardOrders:
    return CardOrders(house, CHANCE.randrange)


def issue(house: House, **form: Any) -> str:
    report = orders(house).issue(IssueCardsForm(person="olga", **form))
    return report.refusal.code if report.refusal else str(report.lines[0])


def correct(house: House, points: int, what: str = "add points", once: str = "1", reason: str = "a late parcel") -> str:
    form = CorrectPointsForm(customer=1, what=what, points=points, person="olga", reason=reason)  # type: ignore[arg-type]
    report = orders(house).points(form, once)
    return report.refusal.code if report.refusal else str(report.lines[0])


def program(house: House, **form: Any) -> str:
    report = orders(house).program(PointsProgramForm(person="olga", **form))
    return report.refusal.code if report.refusal else str(report.lines[0])


def receipt(house: House, key: str, amount: int, customer: int = 1, days: float = 0) -> None:
    with house.sessions.begin() as session:
        session.add(Receipt(key=key, customer_id=customer, at=NOW + timedelta(days=days), amount=amount))


def cards(house: House, customer: int = 1) -> tuple[CardLine, ...]:
    return Pages(house).seen(customer).cards


def token(house: House, customer: int = 1) -> str:
    link = Pages(house).link(customer)
    assert link is not None and link.url.startswith("https://cups.example/my/")
    return link.url.rpartition("/")[2]


def due(id: int, customer: int) -> Due:
    return Due(id, 1, customer, "email", "", "A", "", "", 0, 0, "", "", {})


def count(house: House, table: type[Any]) -> int:
    with house.reads() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


# Cards.


def test_a_customer_has_one_good_card_however_often_it_is_given(house: House) -> None:
    first = issue(house, customer=1)
    assert first == "customer № 1 — has a card now, № 1." and "good card already" in issue(house, customer=1)
    [card] = cards(house)
    assert len(card.number) == 13 and card.state == "live" and count(house, Card) == 1
    assert issue(house, customer=9) == "no_customer" and issue(house) == "which" == issue(house, customer=1, group="x")


def test_a_group_gets_cards_and_who_has_one_keeps_it(house: House) -> None:
    with house.sessions.begin() as session:
        session.add(CustomerGroup(key="tea", title="Tea", seed="s", made_at=NOW, changed_at=NOW))
        session.flush()
        session.add_all(GroupMember(group_id=1, customer_id=id, since=NOW) for id in (1, 2, 3))
    issue(house, customer=2)
    former = cards(house, 2)
    assert "2 cards given out; 1 customer had a good one already" in issue(house, group="tea")
    assert "0 cards given out" in issue(house, group="tea") and count(house, Card) == 3 and cards(house, 2) == former
    assert issue(house, group="coffee") == "no_group"


def test_a_lost_card_is_replaced_and_the_points_stay(house: House) -> None:
    issue(house, customer=1)
    correct(house, 30)
    form = CardForm(card=1, what="give another card for it", person="olga", reason="lost")
    assert str(orders(house).card(form).lines[0]) == "card № 1 — is good no more; the new one is № 2."
    assert orders(house).card(form).refusal.code == "not_good"
    assert [(card.id, card.state) for card in cards(house)] == [(2, "live"), (1, "replaced")]
    assert Pages(house).seen(1).points == 30
    blocked = orders(house).card(CardForm(card=2, what="block the card", person="olga"))
    assert blocked.lines[0].done and Pages(house).seen(1).card is None
    assert orders(house).card(CardForm(card=9, what="block the card", person="olga")).refusal.code == "no_card"


@pytest.mark.parametrize("person", ["marina", "nina", "nobody"])
def test_who_may_not_work_with_customers_orders_nothing(house: House, person: str) -> None:
    assert orders(house).issue(IssueCardsForm(customer=1, person=person)).refusal
    assert orders(house).close_page(ClosePageForm(customer=1, person=person)).refusal
    assert count(house, Card) == 0


# Points by hand.


def test_points_are_corrected_by_lines_of_the_ledger(house: House) -> None:
    assert correct(house, 50) == "customer № 1 — 50 points added; 50 there are now."
    assert "was done before" in correct(house, 50)
    assert correct(house, 20, "take points", "2") == "customer № 1 — 20 points taken; 30 are left."
    assert correct(house, 31, "take points", "3") == "not_enough"
    assert correct(house, 1, once="4", reason=" ") == "no_reason"
    assert correct(house, 1, once="5", reason="Stone asked") == "gives_away"
    seen = Pages(house).seen(1)
    assert [(move.points, move.said, [side.points for side in move.sides]) for move in seen.moves] == [
        (-20, "a late parcel", [-20, 20]), (50, "a late parcel", [50, -50]),
    ]  # fmt: skip
    assert Points(house).wrong() == ([], []) and seen.points == 30


# The program.


def test_receipts_come_to_points_once_and_a_told_again_one_to_the_difference(house: House, clock: SetClock) -> None:
    issue(house, customer=1)
    receipt(house, "before", 100_000, days=-2)
    receipt(house, "a", 100_050, days=0.1)
    receipt(house, "of nobody's card", 100_000, customer=2, days=0.1)
    assert Upkeep(house).count() == 0, "there is no program yet"
    program(house, per="20", worth="0.50", days=10)
    assert [Upkeep(house).count() for _ in range(2)] == [1, 0]
    assert (Pages(house).seen(1).points, Pages(house).seen(1).worth) == (50, 2_500)
    with house.sessions.begin() as session:
        session.execute(select(Receipt).where(Receipt.key == "a")).scalar_one().amount = 40_000  # type: ignore[arg-type]
    assert Upkeep(house).count() == 1 and Pages(house).seen(1).points == 20
    receipt(house, "back", -40_000, days=0.2)
    Upkeep(house).count()
    assert Pages(house).seen(1).points == 0 and Points(house).wrong() == ([], [])
    issue(house, customer=2)
    assert Upkeep(house).count() == 1 and Pages(house).seen(2).points == 50, "from the card on, all since the program"
    clock.at += 11 * DAY
    assert Upkeep(house).expire() == 50 and Upkeep(house).expire() == 0


@pytest.mark.parametrize(("marking", "points"), [("count_all", 0), ("count", 150)])
def test_a_kill_counts_nothing_twice(house: House, monkeypatch: pytest.MonkeyPatch, marking: str, points: int) -> None:
    """Purchases and returns are counted with their marks, or not at all."""
    issue(house, customer=1)
    program(house, per="20")
    for key, amount in (("a", 100_000), ("b", 200_000), ("back", -100_000)):
        receipt(house, key, amount)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"tasks.cards.rows.{marking}", killed)
        with pytest.raises(KeyboardInterrupt):
            Upkeep(house).count()
    assert Pages(house).seen(1).points == points
    Upkeep(house).count()
    assert Pages(house).seen(1).points == 100 and Points(house).wrong() == ([], []) and Upkeep(house).count() == 0


def test_two_who_count_at_once_give_points_once(house: House) -> None:
    for customer in (1, 2, 3):
        issue(house, customer=customer)
    program(house, per="20")
    for n in range(60):
        receipt(house, f"r{n}", -20_000 if n % 20 == 19 else 20_000, customer=n % 3 + 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Upkeep(house).count(), range(4)))
    assert Upkeep(house).count() == 0 and Points(house).wrong() == ([], [])
    assert sum(Pages(house).seen(customer).points for customer in (1, 2, 3)) == 57 * 10 - 3 * 10


def test_many_points_end_together_and_each_once(house: House, clock: SetClock) -> None:
    ledger = Ledger(house)
    for customer in (1, 2, 3):
        for n, days in enumerate((1, 2, 30)):
            ledger.earn(Wanted(f"{customer}:{n}", customer, 10 * customer), NOW.date() + days * DAY)
    ledger.spend(Wanted("spent", 2, 15))
    clock.at += 3 * DAY
    assert ledger.expire() == 20 + 25 + 60 and ledger.expire() == 0
    assert [ledger.balance(customer) for customer in (1, 2, 3)] == [10, 20, 30] and ledger.wrong() == ([], [])
    assert ledger.give_back(Wanted("back", 2, 15), of="spent").balance == 35, "what ended meanwhile has a grace"
    clock.at += 20 * DAY
    assert ledger.expire() == 15 and ledger.wrong() == ([], [])


def test_tiers_follow_what_was_spent_lately(house: House) -> None:
    issue(house, customer=1)
    assert program(house, per="20", tiers="Silver: 1000: 10; Gold: 5000", window=30) != "bad_tier"
    receipt(house, "old", 900_000, days=-40)
    receipt(house, "new", 150_000, days=-0.1)
    tier = Pages(house).seen(1).tier
    assert (tier.title, tier.next, tier.missing) == ("Silver", "Gold", 350_000)
    receipt(house, "now", 100_000, days=0.1)
    Upkeep(house).count()
    assert Pages(house).seen(1).points == 250, "by the tier's own rate; the receipts of days before do not count"
    assert program(house, tiers="Silver") == "bad_tier" and program(house, per="a lot") == "bad_money"
    assert program(house, since="soon") == "date"
    page = Pages(house).program()
    assert (page.per, page.tiers, page.window) == ("20", "Silver: 1000: 10\nGold: 5000", 30)


def test_the_registry_hears_what_is_owed_once_a_day(house: House, clock: SetClock) -> None:
    issue(house, customer=1)
    program(house, per="20", worth="1")
    Ledger(house).earn(Wanted("a", 1, 40))
    Ledger(house).spend(Wanted("b", 1, 15))
    clock.at += DAY
    assert Upkeep(house).tell() == 5 and Upkeep(house).tell() == 0
    with house.reads() as session:
        facts = {fact.metric: (fact.value, fact.currency) for fact in session.execute(select(Fact)).scalars()}
    assert facts == {
        "cards_good": (1, ""), "points_open": (25, ""), "points_liability": (2_500, "RUB"), "points_given": (40, ""),
        "points_spent": (15, ""),
    }  # fmt: skip


# The personal page.


def test_the_page_shows_what_is_its_clients_and_live(house: House) -> None:
    issue(house, customer=1)
    with house.sessions.begin() as session:
        named = terms(title="Tea for you", conditions=Conditions(customer_groups=("sleeping",)), fund="secret-fund")
        offer(session, ["MINE", "USED", "OTHERS", "STOPPED"], named, most=1,
              owners={"MINE": 1, "USED": 1, "OTHERS": 2, "STOPPED": 1})  # fmt: skip
        offer(session, ["DRAFT"], key="draft", owners={"DRAFT": 1}, stage=OfferStage.DRAFT)
        offer(session, ["OVER"], key="over", owners={"OVER": 1}, ends_at=NOW - DAY)
        later = terms(first_day=NOW.date() + DAY)
        offer(session, ["LATER"], later, key="later", owners={"LATER": 1}, ends_at=NOW + 9 * DAY)
        found = {one.code: one for one in session.execute(select(Coupon)).scalars()}
        found["USED"].used, found["STOPPED"].state = 1, CouponState.STOPPED
    receipt(house, "a", 12_300)
    page = Pages(house).page(token(house))
    assert page is not None and page.name == "Anna Stone" and page.card == cards(house)[0].number
    assert [(one.code, one.starts_on) for one in page.coupons] == [("LATER", NOW.date() + DAY), ("MINE", None)]
    said = " ".join(page.coupons[1].gives)
    assert "10" in said and "sleeping" not in said and "secret-fund" not in said
    assert [one.amount for one in page.purchases] == [12_300] and "<svg" in page.bars and page.preferences == ""
    assert all(code not in repr(page) for code in ("MINE", page.card, "Anna"))
    again = Pages(house).page(token(house))
    assert again is not None and again.print == page.print
    with house.sessions.begin() as session:
        session.execute(select(OfferRow).where(OfferRow.key == "later")).scalar_one().stage = OfferStage.STOPPED  # type: ignore[arg-type]
    stopped = Pages(house).page(token(house))
    assert stopped is not None and stopped.print != page.print and len(stopped.coupons) == 1
    assert [one.code for one in Pages(house).seen(1).coupons] == ["…NE"], "staff never see it whole"


def test_a_link_that_is_closed_old_or_anothers_opens_nothing(house: House, clock: SetClock) -> None:
    pages, former = Pages(house), token(house)
    assert pages.page(former) is not None and pages.page(former[:-1] + "-") is None and pages.page("x") is None
    closed = orders(house).close_page(ClosePageForm(customer=1, person="olga", reason="passed on"))
    assert closed.lines[0].done and pages.page(former) is None and pages.is_ours(former)
    fresh = token(house)
    assert fresh != former and pages.page(fresh) is not None and pages.page(token(house, 2)) is not None
    assert pages.close(fresh) and pages.page(fresh) is None and not pages.close(fresh)
    last = token(house)
    clock.at += 401 * DAY
    assert pages.page(last) is None and pages.page(token(house)) is not None
    assert pages.link(99) is None
    nobodys = token_of(house.printed, Linked(99, 0, good_until(NOW.date())))
    assert pages.is_ours(nobodys) and pages.page(nobodys) is None


def test_letters_write_the_link_the_points_and_the_card(house: House) -> None:
    issue(house, customer=1)
    correct(house, 30)
    with house.reads() as session:
        found = my_fields(house, session, [due(11, 1), due(12, 2), due(13, 9)])
    assert found[11] == {
        "link": f"https://cups.example/my/{token(house)}",
        "points": 30,
        "card": cards(house)[0].number,
    }
    assert found[12].keys() == {"link", "points"} and 13 not in found


def test_a_letter_that_is_looked_at_or_tried_bears_nobodys_link(house: House) -> None:
    issue(house, customer=1)
    with house.reads() as session:
        tried = my_fields(house, session, [due(0, 1)])[0]
    token = tried["link"].rpartition("/")[2]
    assert Pages(house).is_ours(token) and Pages(house).page(token) is None
    assert tried["card"] != cards(house)[0].number and read(tried["card"]) == tried["card"]


# Erasure.


def test_nothing_of_the_erased_opens_or_works_and_the_ledger_adds_up(house: House, database: Engine) -> None:
    issue(house, customer=1)
    number, link = cards(house)[0].number, token(house)
    correct(house, 30, reason="on the phone of his neighbour Bob")
    orders(house).close_page(ClosePageForm(customer=1, person="olga", reason="lost his phone"))
    fresh = token(house)
    report = Records(house).erase(EraseCustomerForm(customer=1, sure=True, person="olga"))
    assert "1 card is blocked, and is nobody's" in str(report.lines[0]) and "30 points ended" in str(report.lines[0])
    assert Pages(house).page(link) is None and Pages(house).page(fresh) is None and Pages(house).link(1) is None
    assert mentions(database, "Anna", "neighbour", "lost his phone") == []
    with house.reads() as session:
        card = session.execute(select(Card).where(Card.number == number)).scalar_one()  # type: ignore[arg-type]
    assert (card.state, card.customer_id) == ("blocked", None)
    assert Points(house).wrong() == ([], []) and Points(house).balance(1) == 0 and count(house, PointsMove) == 2


def test_what_is_known_of_a_customer_has_cards_and_points_too(house: House) -> None:
    issue(house, customer=1)
    correct(house, 30)
    for kind in ("json", "xlsx"):
        file = Records(house).given_out(1, kind)
        assert file is not None and len(file.content) > 500
        if kind == "json":
            assert cards(house)[0].number.encode() in file.content and b"a late parcel" in file.content
