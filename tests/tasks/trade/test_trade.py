"""Outlets are told before an offer starts, once for a version; who has not confirmed is known to the head in time."""

import io
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from models.basket import Basket, BasketLine
from models.company import Outlet
from models.exchange import ExchangeCard
from models.locale import language, spoken
from models.offers import AmountOff, Conditions, Invitation, Limits, Sitting
from models.redemptions import OfferCounter, OfferRow, OfferStage
from models.registry import Fact
from models.trade_forms import ConfirmInstructionForm
from tasks.attention import rows as attention
from tasks.house import House
from tasks.offers.wording import NO_WORDS
from tasks.redeeming.calls import Sale
from tasks.trade import links, whom
from tasks.trade.engine import Trade
from tasks.trade.instruction import Around, told
from tasks.trade.looking.engine import Looking, ledger_of
from tasks.trade.paper import sheet
from tests.fakes import NOW
from tests.house import COMPANY
from tests.tasks.redeeming.shop import call
from tests.tasks.trade.shop import OUTLETS, TODAY, approve, instructions, notices, open_offer, pass_days, terms, trading


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> Iterator[House]:
    with trading(tmp_path / "company", database) as house:
        yield house


def token(house: House, outlet: str) -> str:
    with house.reads() as session:
        return links.token(instructions(session)[outlet].id or 0, house.printed)


def facts(house: House, metric: str) -> list[tuple[str, int | None]]:
    with house.reads() as session:
        found = session.execute(select(Fact).where(Fact.metric == metric).order_by(Fact.id)).scalars()  # type: ignore[arg-type]
        return [(fact.subject_id, fact.value) for fact in found]


def test_every_outlet_is_written_to_once(house: House) -> None:
    open_offer(house)
    done = Trade(house).instruct()
    assert (done.offers, done.sent, done.unreached) == (1, 2, 1)
    told = {(one.address, one.person): one for one in notices(house)}
    assert told.keys() == {("center@example.org", ""), ("", "gleb")}
    letter = told["center@example.org", ""]
    assert "starts on" in letter.subject and "Cups in the centre" in letter.body
    assert Trade(house).instruct().sent == 0 and len(notices(house)) == 2
    assert sorted(facts(house, "instructions_sent")) == [("tea@center", 1), ("tea@east", 1)]


def test_a_new_version_is_told_anew_and_the_old_confirmation_does_not_hold(house: House) -> None:
    id = open_offer(house)
    Trade(house).instruct()
    old = token(house, "center")
    page = Trade(house).confirm_by_link(old, "Ann")
    assert page and page.confirmed_by == "Ann"
    approve(house, id, terms(gives=AmountOff(amount=Decimal(60))))
    assert Trade(house).instruct().sent == 2
    assert "has changed" in notices(house)[-1].subject
    shown = Trade(house).page(old)  # the old link shows what is in force now
    assert shown and shown.confirmed_at is None and "60" in str(shown.heads)
    again = Trade(house).confirm_by_link(old, "Ann")
    assert again and again.confirmed_at and Trade(house).offers()[0].confirmed == 1


def test_a_version_that_is_in_force_again_is_told_and_confirmed_anew(house: House) -> None:
    first, second = terms(), terms(gives=AmountOff(amount=Decimal(60)))
    id = open_offer(house, first)
    Trade(house).instruct()
    Trade(house).confirm_by_link(token(house, "center"), "Ann")
    for version in (second, first):
        pass_days(house, 1)
        approve(house, id, version)
        assert Trade(house).instruct().sent == 2 and Trade(house).instruct().sent == 0
    assert len(notices(house)) == 6 and Trade(house).offers()[0].confirmed == 0


def test_a_version_that_came_while_the_page_was_open_is_not_confirmed_unread(house: House) -> None:
    id = open_offer(house)
    Trade(house).instruct()
    link = token(house, "center")
    seen = Trade(house).page(link)
    approve(house, id, terms(gives=AmountOff(amount=Decimal(60))))  # nobody has been told of it yet
    shown = Trade(house).page(link)
    assert seen and shown and "60" in str(shown.heads) and shown.confirmed_at is None
    page = Trade(house).confirm_by_link(link, "Ann", seen.id)
    assert page and page.id != seen.id and page.confirmed_at is None and "60" in str(page.heads)
    again = Trade(house).confirm_by_link(link, "Ann", page.id)
    assert again and again.confirmed_by == "Ann" and Trade(house).instruct().sent == 1  # the other outlet's


def test_confirming_twice_is_once_however_many_press(house: House) -> None:
    open_offer(house)
    Trade(house).instruct()
    link = token(house, "center")
    people = [threading.Thread(target=Trade(house).confirm_by_link, args=(link, f"Person {n}")) for n in range(6)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    page = Trade(house).page(link)
    assert page and page.confirmed_by.startswith("Person ")
    assert facts(house, "instructions_confirmed") == [("tea@center", 1)]


@pytest.mark.parametrize("wrong", ["", "1", "1-", "0-x", "x-y", "1-" + "0" * 32, "99999999999-a", "１-a", "1-é"])
def test_a_link_that_is_not_ours_opens_nothing(house: House, wrong: str) -> None:
    open_offer(house)
    Trade(house).instruct()
    trade = Trade(house)
    assert trade.page(wrong) is None and trade.confirm_by_link(wrong, "Eve") is None
    assert trade.paper_by_link(wrong) is None and facts(house, "instructions_confirmed") == []


def test_the_outlet_is_reminded_and_the_head_hears_two_days_before(house: House) -> None:
    open_offer(house)  # in ten days
    trade = Trade(house)
    trade.instruct()
    pass_days(house, 6)
    assert (trade.instruct().reminded, len(notices(house))) == (0, 2)
    pass_days(house, 1)  # three days before
    assert trade.instruct().reminded == 2 and trade.instruct().reminded == 0
    trade.confirm_by_link(token(house, "center"), "Ann")
    pass_days(house, 1.1)
    assert trade.instruct().told_head == 2 and trade.instruct().told_head == 0
    [letter] = [one for one in notices(house) if one.person == "vera"]
    assert "Cups in the east" in letter.subject and "Cups without mail" in letter.body
    assert "Cups in the centre" not in letter.subject
    with house.reads() as session:
        assert attention.counts(session, house.clock, None)[attention.What.INSTRUCTION] == 2
    report = trade.confirm(ConfirmInstructionForm(instruction=_id(house, "mute"), who="Boris", person="gleb"))
    assert "confirmed by Boris" in str(report.lines[0])
    with house.reads() as session:
        assert attention.counts(session, house.clock, None)[attention.What.INSTRUCTION] == 1


def _id(house: House, outlet: str) -> int:
    with house.reads() as session:
        return instructions(session)[outlet].id or 0


def test_an_offer_that_starts_at_once_goes_to_the_head_at_once(house: House) -> None:
    open_offer(house, terms(starts=TODAY))
    assert Trade(house).instruct().told_head == 3
    assert all("is on already" in one.subject for one in notices(house))


def test_an_outlet_that_was_closed_is_nothing_to_decide(house: House) -> None:
    open_offer(house, terms(starts=TODAY))
    Trade(house).instruct()
    left = "\n".join(line for line in OUTLETS.splitlines() if "mute" not in line)
    (house.root / "company.yaml").write_text(f"{COMPANY}{left}\n")
    assert Trade(house).instruct().told_head == 0
    with house.reads() as session:
        assert attention.counts(session, house.clock, None)[attention.What.INSTRUCTION] == 2


def test_the_head_of_a_chain_hears_of_all_outlets_in_one_letter(tmp_path: Path, database: Engine) -> None:
    chain = "outlets:\n" + "".join(f"  - {{key: o{n}, name: Outlet {n}}}\n" for n in range(520))
    with trading(tmp_path / "chain", database, outlets=chain) as house:
        open_offer(house, terms(starts=TODAY))
        assert Trade(house).instruct().told_head == 520
        [letter] = [one for one in notices(house) if one.person == "vera"]
        assert len(letter.subject) < 200 and "and 515 more" in letter.subject and "Outlet 519" in letter.body


def test_a_colleague_who_may_not_or_names_nobody_confirms_nothing(house: House) -> None:
    open_offer(house)
    Trade(house).instruct()
    form = {"instruction": _id(house, "center"), "who": "Ann"}
    for person, change, code in (("nina", {}, "not_entitled"), ("gleb", {"who": " "}, "no_name"),
                                 ("gleb", {"instruction": 99}, "absent")):  # fmt: skip
        report = Trade(house).confirm(ConfirmInstructionForm(**form | change, person=person))
        assert report.refusal.code == code
    assert facts(house, "instructions_confirmed") == []


def test_only_offers_that_are_open_and_outlets_that_are_meant_are_told(house: House) -> None:
    open_offer(house, terms(conditions=Conditions(outlets=("center",))), key="here")
    open_offer(house, terms(conditions=Conditions(channels=("site",))), key="site")
    open_offer(house, key="draft", stage=OfferStage.ASKED)
    open_offer(house, terms(starts=TODAY - timedelta(days=40)), key="over")
    done = Trade(house).instruct()
    assert done.offers == 2 and done.sent == 1


def test_an_invitation_is_told_where_its_seats_are() -> None:
    seat = Sitting(outlet="b", at=datetime(2026, 12, 1, 18), seats=3)  # noqa: DTZ001  wall time
    invitation = terms(gives=Invitation(sittings=(seat,)))
    shops = [Outlet(key=key, name=key) for key in "abc"]
    assert [one.key for one in whom.concerned(invitation, shops)] == ["b"]


@pytest.mark.parametrize(
    ("codes", "word"), [(True, "enter the code there as a coupon, and not on the page"), (False, "and no codes: check")]
)
def test_the_sheet_sends_a_code_one_way_only(codes: bool, word: str) -> None:
    outlet = Outlet(key="a", name="A", exchange=ExchangeCard(folder="a", codes=codes))
    said = told(terms(), "0123", Around(outlet, "https://staff.example/till"), NO_WORDS)
    lines = [line for _, lines in said.heads for line in lines if "works by files" in line]
    assert len(lines) == 1 and word in lines[0]


def test_the_sheet_of_an_invitation_is_one_page_with_the_sittings_of_the_outlet() -> None:
    at = datetime(2026, 12, 1, 18)  # noqa: DTZ001  wall time
    seats = [Sitting(outlet=key, at=at + timedelta(days=n), seats=3) for key in "abcdefgh" for n in range(25)]
    around = Around(Outlet(key="b", name="B"), "https://staff.example/till")
    said = told(terms(gives=Invitation(sittings=tuple(seats))), "0123", around, NO_WORDS)
    lines = [line for _, lines in said.heads for line in lines]
    assert sum(line.startswith("b,") for line in lines) == 25 and not any(line.startswith("c,") for line in lines)
    assert len(pypdf.PdfReader(io.BytesIO(sheet(said, "C", "https://x.example/trade/1-a", "en", NOW))).pages) == 1


@pytest.mark.parametrize("speaking", ["ru", "en"])
def test_the_sheet_is_one_page_with_all_that_a_till_needs(house: House, speaking: str) -> None:
    open_offer(house, terms(title="Чай & кофе <b>"))
    Trade(house).instruct()
    with spoken(speaking):
        assert language() == speaking
        content = Trade(house).paper(_id(house, "center"))
    reader = pypdf.PdfReader(io.BytesIO(content or b""))
    text = " ".join(reader.pages[0].extract_text().split())
    assert len(reader.pages) == 1
    for word in ("Чай & кофе <b>", "45", "https://staff.example/till", "gleb@example.org", "Cups in the centre"):
        assert word in text, word
    for secret in ("9000", "9,000", "9 000", "control", "контрол"):
        assert secret not in text
    assert ("Как отказать" if speaking == "ru" else "How to refuse") in text


def test_limits_are_looked_after_and_told_to_the_registry(house: House) -> None:
    open_offer(house, terms(starts=TODAY - timedelta(days=1)), "TEA", "CUP")
    ledger = ledger_of(house)
    basket = Basket(lines=(BasketLine(n=1, product="tea", amount=10_000),))
    assert ledger.redeem(call("r1", "TEA", at=NOW, basket=basket)).ok
    assert ledger.reserve(call("r2", "CUP", at=NOW, basket=basket)).ok
    pass_days(house, 0.5)
    looked = Looking(house).round()
    assert (looked.expired, looked.wrong) == (1, ())
    assert facts(house, "coupons_in_outlet") == [("tea@center", 1)]
    assert facts(house, "coupons_discount") == [("tea@center", 4_500)]
    assert facts(house, "coupons_oversold") == [("tea", 0)]
    Looking(house).round()
    assert len(facts(house, "coupons_in_outlet")) == len(facts(house, "coupons_oversold")) == 1


def test_a_counter_that_does_not_add_up_is_told_loudly_once_a_day(house: House) -> None:
    id = open_offer(house, terms(starts=TODAY - timedelta(days=1)), "TEA")
    basket = Basket(lines=(BasketLine(n=1, product="tea", amount=10_000),))
    ledger_of(house).redeem(call("r1", "TEA", at=NOW, basket=basket))
    with house.sessions.begin() as session:
        session.get_one(OfferCounter, (id, "total", "")).used = 7
        assert session.get_one(OfferRow, id)
    looked = Looking(house).round()
    assert len(looked.wrong) == 1 and "7" in looked.wrong[0]
    Looking(house).round()
    assert sorted(one.person for one in notices(house)) == ["gleb", "vera"]


def test_what_tills_tell_after_the_end_or_a_stop_is_counted_and_an_exceeded_limit_told_once(house: House) -> None:
    first, codes = TODAY - timedelta(days=20), ("TEA", "CUP", "POT")
    open_offer(house, terms(starts=first, limits=Limits(per_code=1, total=1)), *codes)
    open_offer(house, terms(starts=TODAY - timedelta(days=1)), "MILK", key="milk")
    pass_days(house, 2)
    ledger, basket = ledger_of(house), Basket(lines=(BasketLine(n=1, product="tea", amount=10_000),))
    ledger.take_journal([Sale(call=call(f"s{n}", one, at=NOW, basket=basket)) for n, one in enumerate(codes)])
    ledger.redeem(call("m", "MILK", at=NOW, basket=basket))
    ledger.stop("vera", "leaked", offer="milk")
    with house.sessions.begin() as session:
        session.execute(update(OfferRow).where(col(OfferRow.key) == "tea").values(stage=OfferStage.ENDED))
    looked = Looking(house).round()
    assert sorted(facts(house, "coupons_in_outlet")) == [("milk@center", 1), ("tea@center", 3)]
    assert len(looked.said) == 1 and ("tea", 1) in facts(house, "coupons_oversold")
    pass_days(house, 1)
    assert Looking(house).round().said == () and len(facts(house, "coupons_in_outlet")) == 2
