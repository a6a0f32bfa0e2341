"""Coupons in mailings: one of their own for each recipient, never lost, never doubled, never for who is left out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, delete, select, update
from sqlmodel import col

from models.customers import Address, Customer
from models.delivery import State
from models.letters import Happening
from models.mailing_orders import RESUME, CheckMailingForm, RunMailingForm, TestMailingForm, WinnerForm
from models.mailings import MailEvent, Mailing, Message, Stage
from models.offers import AmountOff, CodeKind, CodeRules, Conditions, Goods, Limits, OfferTerms, Which
from models.redemptions import (
    Arm,
    BatchKind,
    Coupon,
    CouponBatch,
    CouponState,
    OfferArm,
    OfferRow,
    OfferStage,
    OfferVersion,
    Redeemed,
    Redemption,
)
from tasks.archive.engine import Archive
from tasks.codes.folding import fold
from tasks.composing.filling import filled
from tasks.coupon_analysis import rows as analysed
from tasks.mailing.asking.engine import Asking
from tasks.mailing.coupons.checking import OfferLook, trouble
from tasks.mailing.coupons.engine import Carrying
from tasks.mailing.coupons.saying.rows import coupons, of_token
from tasks.mailing.coupons.tokens import NOBODY, read, token_of
from tasks.mailing.coupons.words import said
from tasks.mailing.running.engine import Running
from tasks.mailing.shown.engine import Shown
from tasks.mailing.steering.engine import Steering
from tasks.mailing.testing.engine import Testing
from tasks.mailing.writing import fields
from tasks.offers.wording import Words
from tasks.reactions_to_mailings.engine import Analysis
from tasks.reactions_to_mailings.sheet import workbook
from tasks.reactions_to_mailings.tables import coupons_table
from tasks.reactions_to_mailings.values import CouponLine
from tasks.redeeming.engine import Redeeming
from tasks.returns.marks import mark_of
from tests.fakes import NOW
from tests.tasks.codes.seeded import chance
from tests.tasks.mailing.office import COMPANY, Office, letter, open_office
from tests.tasks.redeeming import shop

# Nothing of these comes from the kind of database.
ANYWHERE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RULES = CodeRules(groups_of=5)
TERMS = shop.terms(control_percent=0, codes=RULES, limits={"per_code": 1})
TEXT = (
    "Your code is {{ coupon.code }} until {{ coupon.until }}, {{ coupon.gives | default('a gift') }}. "
    "{{ coupon.terms }}"
)
BLOCKS = [
    {"kind": "text", "id": "text", "text": TEXT},
    {"kind": "picture", "id": "qr", "source": "{{ coupon.qr }}", "alt": "QR of {{ coupon.code }}", "width": 180},
    {"kind": "button", "id": "go", "label": "Show it", "link": "{{ coupon.link }}"},
]


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    fields.make_known("coupon", {"coupon."}, coupons)
    yield
    fields.forget_known("coupon")


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    found = open_office(tmp_path / "company", database)
    found.customers(range(1, 8), phones=[7, 8, 9])
    found.group("tea", range(1, 10))
    return found


def offer(office: Office, of: OfferTerms = TERMS, codes: Any = (), kind: str = BatchKind.UNIQUE, **more: Any) -> int:
    with office.house.sessions.begin() as session:
        row = shop.offer(session, codes, of, **more)
        batch = session.execute(select(CouponBatch).where(col(CouponBatch.offer_id) == row.id)).scalar_one()
        batch.kind = kind
        return row.id or 0


def ready(office: Office, title: str = "Winter", **more: Any) -> int:
    id = office.made(title)
    assert not office.saved(id, blocks=more.pop("blocks", BLOCKS), sms=more.pop("sms", "")).refusal
    report = office.set_up(id, **{"offer": "tea"} | more)
    assert not report.refusal, report.refusal
    return id


def approved(office: Office, title: str = "Winter", **more: Any) -> int:
    id = ready(office, title, **more)
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, (str(report.refusal), report.notes)
    return id


def issued(office: Office) -> list[Coupon]:
    with office.house.reads() as session:
        return list(session.execute(select(Coupon).order_by(col(Coupon.id))).scalars())


def arms(office: Office) -> dict[int, str]:
    with office.house.reads() as session:
        return dict(session.execute(select(col(OfferArm.customer_id), col(OfferArm.arm))).tuples().all())


def texts(office: Office) -> dict[str, str]:
    return {one.to: filled(one.form.text, one.values) for one in office.post.got}


def code_in(text: str) -> str:
    """The code that a letter says, as it is kept."""
    return fold(text.partition("Your code is ")[2].partition(" ")[0])


def whys(office: Office, id: int) -> dict[int, tuple[str, str]]:
    return {one.customer_id: (one.state, one.why) for one in office.letters(id)}


# Issued with the list.


def test_each_recipient_gets_a_code_of_their_own(office: Office) -> None:
    offer(office)
    id = approved(office)
    assert issued(office) == []
    office.at(hours=1)
    office.minute()
    codes = {one.customer_id: one for one in issued(office)}
    assert sorted(codes) == list(range(1, 8)) and office.states(id) == {"sent": 7}
    assert {one.customer_id: one.id for one in office.letters(id)} == {one: codes[one].message_id for one in codes}
    said_to = texts(office)
    for customer, coupon in codes.items():
        text = said_to[f"c{customer}@example.org"]
        assert code_in(text) == coupon.code and coupon.code not in text, "it is parted by hyphens"
        assert "December 31, 2099" in text and "A discount of 10%." in text
    office.minute()
    assert len(issued(office)) == 7 == len(office.post.got)


@ANYWHERE
def test_no_address_holds_a_code(office: Office) -> None:
    offer(office)
    id = approved(office)
    office.at(hours=1)
    office.minute()
    html = filled(office.post.got[0].form.html, office.post.got[0].values)
    code = next(one.code for one in issued(office) if f"c{one.customer_id}@" in office.post.got[0].to)
    ours = [word for word in html.replace("&amp;", "&").split('"') if word.startswith("http")]
    assert any("/q/" in word and word.endswith(".png") for word in ours)
    assert not [word for word in ours if code in fold(word.rpartition("/")[2]) or code in word]
    token = next(word for word in ours if word.endswith(".png")).rpartition("/")[2].removesuffix(".png")
    assert read(office.house.printed, token) in {one.id for one in office.letters(id)}
    assert read(office.house.printed, token[:-1] + ("a" if token[-1] != "a" else "b")) is None


def test_a_coupon_that_was_put_off_is_shown_to_its_last_day_in_every_outlet(tmp_path: Path, database: Engine) -> None:
    """Its end is that of the westernmost outlet: in the company's own zone it is the next day by then."""
    company = COMPANY.replace("Asia/Vladivostok", "Europe/Kaliningrad")
    office = open_office(tmp_path / "company", database, company)
    office.customers(range(1, 8))
    office.group("tea", range(1, 8))
    last = datetime(2026, 12, 1, 21, 59, 59, 999_999, tzinfo=UTC)  # 1 December in Kaliningrad, the 2nd in Moscow
    offer(office, shop.terms(control_percent=0, codes=RULES, last_day=date(2026, 11, 24)), ends_at=last - timedelta(7))
    id = approved(office)
    office.at(hours=1)
    office.minute()
    office.change(Coupon, col(Coupon.customer_id) == 1, ends_at=last)
    tokens = {one.customer_id: token_of(office.house.printed, one.id or 0) for one in office.letters(id)}

    def shown(customer: int) -> tuple[str, date | None]:
        with office.house.reads() as session:
            found = of_token(office.house, session, tokens[customer])
        assert found is not None
        return found[1], found[0].until

    office.at(days=5)
    code = next(one.code for one in issued(office) if one.customer_id == 1)
    assert shown(1) == (code, date(2026, 12, 1)) and shown(2) == ("", None)
    office.at(days=9)
    assert shown(1) == ("", None)


def test_a_list_that_is_killed_goes_on_without_a_loss_or_a_second_code(office: Office) -> None:
    """Whoever is killed leaves whole portions: here after the list, then after two codes, then at each statement."""
    offer(office)
    id = approved(office)
    office.at(hours=1)
    Running(office.house)._begin(id)
    assert issued(office) == [] and {why for _, why in whys(office, id).values()} == {"waits_for_code"}
    Running(office.house).send(timedelta(seconds=5))
    Running(office.house).finish()
    assert office.post.got == [] and office.row(id).stage == Stage.SENDING
    two = Carrying(office.house, chance(), most=2)
    with office.house.sessions.begin() as session:
        assert len(two._portion(session, id, 0, 2)) == 2
    assert len(issued(office)) == 2

    class Killed(BaseException):
        pass

    def killed() -> None:
        with office.house.sessions.begin() as session:
            Carrying(office.house, chance("other"))._portion(session, id, 0, 2)
            raise Killed

    with pytest.raises(Killed):
        killed()
    assert len(issued(office)) == 2
    office.minute()
    assert sorted(one.customer_id or 0 for one in issued(office)) == list(range(1, 8))
    assert office.row(id).stage == Stage.SENT and len(office.post.got) == 7
    with office.house.reads() as session:
        [batch] = session.execute(select(CouponBatch).where(col(CouponBatch.once) == f"mailing:{id}")).scalars()
        assert batch.made == batch.wanted == 7


def test_a_winner_that_is_chosen_before_all_have_their_codes_waits_for_them(office: Office) -> None:
    """Whoever gave the codes out was killed after those of the tested; the others' letters bring theirs too."""
    offer(office)
    id = office.made()
    said_ = office.document(id) | {"variants": [letter(blocks=BLOCKS), letter(name="B", blocks=BLOCKS)]}
    assert not office.save(id, said_).refusal
    office.set_up(id, offer="tea", shares="A 20, B 20")
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, str(report.refusal)
    office.at(hours=1)
    Running(office.house)._begin(id)
    with office.house.sessions.begin() as session:
        mine = (col(Message.mailing_id) == id, col(Message.why) == "waits_for_code")
        session.execute(update(Message).where(*mine).values(state=State.CANCELLED, why="cancelled"))
    waited = sum(state == (State.HELD, "waits_for_winner") for state in whys(office, id).values())
    assert waited and not Steering(office.house).winner(WinnerForm(mailing=id, variant="B", person="olga")).refusal
    office.minute()
    assert len(office.post.got) == waited == len(issued(office))


def test_whoever_went_between_the_list_and_the_codes_gets_none(office: Office) -> None:
    offer(office)
    id = approved(office)
    office.at(hours=1)
    Running(office.house)._begin(id)
    with office.house.sessions.begin() as session:
        session.execute(delete(Address).where(col(Address.customer_id) == 3))
        session.execute(delete(Customer).where(col(Customer.id) == 3))
    office.minute()
    assert len(issued(office)) == 6 and whys(office, id)[3] == ("cancelled", "no_address")


# Who is left out.


def test_the_group_kept_from_the_mailing_is_the_control_arm_of_the_offer(office: Office) -> None:
    offer(office, shop.terms(codes=RULES, control_percent=50))
    office.group("some", range(1, 8), control=[2, 5])
    id = approved(office, include="some")
    office.at(hours=1)
    office.minute()
    assert arms(office) == {n: Arm.CONTROL if n in (2, 5) else Arm.TREATED for n in range(1, 8)}
    assert sorted(one.customer_id or 0 for one in issued(office)) == [1, 3, 4, 6, 7]
    assert whys(office, id)[2] == ("cancelled", "control")


def test_where_no_group_is_kept_out_the_offer_draws_its_own_control(office: Office) -> None:
    offer(office, shop.terms(codes=RULES, control_percent=50))
    id = approved(office)
    office.at(hours=1)
    office.minute()
    drawn = arms(office)
    without = {one for one, arm in drawn.items() if arm == Arm.CONTROL}
    assert len(drawn) == 7 and 0 < len(without) < 7
    assert {one.customer_id for one in office.letters(id) if one.variant == "control"} == without
    assert {one.customer_id for one in issued(office)} == set(drawn) - without
    again = approved(office, "Once more", at="2026-11-23 15:00")
    office.at(hours=3)
    office.minute()
    assert arms(office) == drawn and len(issued(office)) == len(drawn) - len(without)
    assert {one.customer_id for one in office.letters(again) if one.variant == "control"} == without


# Sent again.


def test_a_second_mailing_brings_the_same_code_and_none_to_whoever_has_used_it(office: Office) -> None:
    offer(office)
    approved(office)
    office.at(hours=1)
    office.minute()
    first, before = texts(office), {one.customer_id: one.code for one in issued(office)}
    office.change(Coupon, col(Coupon.customer_id) == 4, used=1)
    office.change(Coupon, col(Coupon.customer_id) == 5, state=CouponState.STOPPED)
    office.post.got.clear()
    id = approved(office, "Reminder", at="2026-11-23 15:00")
    office.at(hours=3)
    office.minute()
    assert {one.customer_id: one.code for one in issued(office)} == before
    second = texts(office)
    assert sorted(second) == [f"c{n}@example.org" for n in (1, 2, 3, 6, 7)]
    assert all(code_in(second[f"c{n}@example.org"]) == before[n] for n in (1, 2, 3, 6, 7))
    assert first.keys() > second.keys() and whys(office, id)[4] == whys(office, id)[5] == ("cancelled", "coupon_used")


def test_whose_coupon_is_used_before_the_letter_goes_gets_none(office: Office) -> None:
    offer(office)
    id = approved(office)
    office.at(hours=1)
    Running(office.house).begin_due()
    office.change(Coupon, col(Coupon.customer_id) == 4, used=1)
    office.minute()
    assert whys(office, id)[4] == ("cancelled", "coupon_used") and office.states(id) == {"sent": 6, "cancelled": 1}


def test_codes_that_customers_have_already_are_sent_and_not_drawn(office: Office) -> None:
    offer(office, codes=["AAAAA", "BBBBB"], owners={"AAAAA": 1, "BBBBB": 2})
    id = approved(office)
    office.at(hours=1)
    office.minute()
    codes = {one.customer_id: one for one in issued(office)}
    assert (codes[1].code, codes[2].code, len(codes)) == ("AAAAA", "BBBBB", 7)
    letters = {one.customer_id: one.id for one in office.letters(id)}
    assert (codes[1].message_id, codes[2].message_id) == (letters[1], letters[2])
    assert "AAAAA" in texts(office)["c1@example.org"]


def test_one_code_for_everybody_is_in_every_letter(office: Office) -> None:
    rules = CodeRules(kind=CodeKind.GENERIC, word="Tea-2026")
    offer(office, shop.terms(codes=rules, control_percent=0), ["TEA2026"], BatchKind.GENERIC, most=0)
    approved(office)
    office.at(hours=1)
    office.minute()
    assert len(issued(office)) == 1 and len(texts(office)) == 7
    assert all("Tea-2026" in text for text in texts(office).values())


def test_imported_codes_are_given_while_there_are_any(office: Office) -> None:
    rules = CodeRules(kind=CodeKind.IMPORTED)
    offer(office, shop.terms(codes=rules, control_percent=0), [f"K{n}00" for n in range(1, 6)], BatchKind.IMPORTED)
    id = ready(office)
    assert "has 5 codes that are nobody's, and the mailing goes to 7" in str(office.ask(id).refusal)
    office.change(Mailing, col(Mailing.id) == id, groups={"include": ["few"], "exclude": []})
    office.group("few", [1, 2, 3])
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, str(report.refusal)
    office.change(Coupon, col(Coupon.code).in_(["K100", "K200", "K300"]), used=1)
    office.at(hours=1)
    office.minute()
    assert [one.customer_id for one in issued(office)] == [None, None, None, 1, 2]
    assert whys(office, id)[3] == ("held", "no_code") and office.states(id) == {"sent": 2, "held": 1}


def test_codes_that_others_have_are_not_counted_for_its_recipients(office: Office) -> None:
    rules, codes = CodeRules(kind=CodeKind.IMPORTED), [f"K{n}00" for n in range(1, 6)]
    offer(office, shop.terms(codes=rules, control_percent=0), codes, BatchKind.IMPORTED,
          owners={f"K{n}00": n for n in range(1, 5)})  # fmt: skip
    office.group("others", [5, 6, 7])
    assert "has 1 codes that are nobody's, and the mailing goes to 3" in str(
        office.ask(ready(office, include="others")).refusal
    )
    office.group("most", [2, 3, 4, 5])
    assert not office.ask(ready(office, "Most", include="most")).refusal


# The check.


@ANYWHERE
def test_codes_that_would_be_too_short_for_so_many_stop_it_at_its_check(office: Office) -> None:
    """Told in the middle, it could not be mended: codes that are out stay as they are."""
    offer(office, shop.terms(control_percent=0, codes=CodeRules(charset="digits", length=7), limits={"per_code": 1}))
    id = ready(office)

    def told() -> str:
        return str(Asking(office.house).checked(CheckMailingForm(mailing=id, person="olga")).refusal)

    assert not told(), "7 of 10,000,000 are within one of a million"
    with office.house.sessions.begin() as session:
        of = session.execute(select(CouponBatch)).scalar_one()
        of.wanted = of.made = 5
    assert "The codes are too short" in told()
    for n in range(1, 4):
        with office.house.sessions.begin() as session:
            session.add(Coupon(code=f"{n}000000", offer_id=1, batch_id=1, customer_id=n, made_at=NOW))
    assert not told(), "who has a code needs none"


@ANYWHERE
@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"stage": OfferStage.DRAFT}, "not approved yet", id="draft"),
        pytest.param({"approved_hash": "other"}, "not approved yet", id="not approved"),
        pytest.param({"stage": OfferStage.STOPPED}, "is stopped", id="stopped"),
        pytest.param({"stage": OfferStage.ENDED}, "is over", id="ended"),
        pytest.param({"starts_at": NOW + timedelta(hours=2)}, "begins on", id="later"),
        pytest.param({"ends_at": NOW + timedelta(minutes=59)}, "ends on", id="sooner"),
    ],
)
def test_an_offer_that_will_not_stand_holds_the_mailing_at_its_check(
    office: Office, change: dict[str, Any], said: str
) -> None:
    offer(office)
    id = ready(office)
    office.change(OfferRow, col(OfferRow.key) == "tea", **change)
    assert said in str(office.ask(id).refusal)


@ANYWHERE
def test_a_coupon_without_an_offer_holds_it_and_a_fallback_does_not(office: Office) -> None:
    id = ready(office, offer="")
    assert "carries no offer" in str(office.ask(id).refusal)
    only = {"kind": "text", "id": "text", "text": "{{ coupon.code | default('Come in') }} and taste."}
    seen = {"kind": "text", "id": "seen", "text": "{{ coupon.code }}", "shown_to": {"has": ["coupon.code"]}}
    office.saved(id, blocks=[only, seen, letter()["blocks"][2]])
    assert not office.ask(id).refusal


@ANYWHERE
def test_an_offer_is_named_by_its_title_or_by_the_block(office: Office) -> None:
    offer(office)
    id = office.made()
    assert "Nearest: tea" in str(office.set_up(id, offer="teas").refusal)
    office.set_up(id, offer="Tea")
    assert office.row(id).offer == "tea"
    other = office.made("Other")
    block = {"kind": "coupon", "id": "coupon", "gives": "Ten percent", "offer": "tea"}
    office.saved(other, blocks=[block, *BLOCKS[2:]])
    assert office.row(other).offer == "tea"
    office.set_up(other)
    assert office.row(other).offer == "tea" and not office.ask(other).refusal
    block["offer"] = "coffee"
    office.saved(other, blocks=[block, *BLOCKS[2:]])
    assert "the mailing carries “tea”" in str(office.ask(other).refusal)


@ANYWHERE
def test_another_offer_needs_another_approval(office: Office) -> None:
    offer(office)
    offer(office, key="coffee")
    id = approved(office)
    assert any("ask for it again" in note for note in office.set_up(id, offer="coffee").lines[0].notes)
    assert office.row(id).stage == Stage.DRAFT


def test_an_offer_stopped_before_the_hour_holds_the_mailing_and_in_the_middle_pauses_it(office: Office) -> None:
    offer(office)
    id = approved(office)
    office.change(OfferRow, col(OfferRow.key) == "tea", stage=OfferStage.STOPPED)
    office.at(hours=1)
    office.minute()
    assert office.row(id).stage == Stage.PAUSED and office.row(id).reason["code"] == "offer_stopped"
    assert office.letters(id) == [] and issued(office) == []
    office.change(OfferRow, col(OfferRow.key) == "tea", stage=OfferStage.OPEN)
    go_on = RunMailingForm.model_validate({"mailing": id, "what": RESUME, "person": "olga"})
    Steering(office.house).run(go_on)
    Running(office.house).begin_due()
    office.change(OfferRow, col(OfferRow.key) == "tea", stage=OfferStage.STOPPED)
    office.minute()
    assert office.row(id).stage == Stage.PAUSED and office.post.got == []
    assert office.states(id) == {"planned": 7}
    office.change(OfferRow, col(OfferRow.key) == "tea", stage=OfferStage.OPEN)
    Steering(office.house).run(go_on)
    office.minute()
    assert office.states(id) == {"sent": 7} and len(issued(office)) == 7


# Tests and looks.


@ANYWHERE
def test_the_letter_as_a_page_holds_no_code(office: Office) -> None:
    """The letter's mark stands in headers that mail servers keep: with it nobody gets at the code."""
    offer(office)
    id = approved(office, blocks=[{"kind": "text", "id": "hi", "text": "Hello, {{ name }}!"}, *BLOCKS])
    office.at(hours=1)
    office.minute()
    one = next(one for one in office.letters(id) if one.customer_id == 3)
    page = Archive(office.house).own_page(mark_of(office.house.printed, one.id or 0)) or ""
    code = next(coupon.code for coupon in issued(office) if coupon.customer_id == 3)
    assert "Hello" in page and code[:5] not in page and token_of(office.house.printed, one.id or 0) not in page


@ANYWHERE
def test_a_mailing_like_another_carries_its_offer(office: Office) -> None:
    offer(office)
    assert office.row(office.made("Another", like=ready(office))).offer == "tea"


@ANYWHERE
def test_a_test_shows_a_code_that_no_till_takes(office: Office) -> None:
    offer(office)
    id = ready(office)
    form = TestMailingForm(mailing=id, to="olga", customer=3, person="olga")
    assert not Testing(office.house).send(form, "once").refusal
    [got] = office.post.got
    text = filled(got.form.text, got.values)
    assert "0000-TEST-0000" in text and "A discount of 10%." in text and issued(office) == []
    assert "TEST" in filled(got.form.subject, got.values)
    answer = Redeeming.of(office.house).validate(shop.call("k", "0000TEST0000"))
    assert answer.outcomes[0].reason.code == "test_code"
    look = Shown(office.house).preview(id, "A", 0)
    assert "0000-TEST-0000" in look.html and token_of(office.house.printed, NOBODY) in look.html


@ANYWHERE
def test_a_short_message_says_the_code_and_is_measured_by_it(office: Office) -> None:
    offer(office)
    sms = "{{ coupon.code }}: 10% off at Seven Cups. Leave: {{ unsubscribe_url }}"
    id = approved(office, sms=sms, cascade="sms")
    office.at(hours=1)
    office.minute()
    assert len(issued(office)) == 9 and len(office.sms.got) == 2
    codes = {one.message_id: one.code for one in issued(office)}
    assert all(codes[one.id] == fold(filled(one.form.text, one.values).partition(":")[0]) for one in office.sms.got)
    assert whys(office, id)[8][0] == State.SENT


# What came of them.


def redeemed(office: Office, customer: int, base: int) -> None:
    """Their code redeemed at a till, as the ledger would write it."""
    with office.house.sessions.begin() as session:
        coupon = session.execute(select(Coupon).where(col(Coupon.customer_id) == customer)).scalar_one()
        version = session.execute(select(col(OfferVersion.id)).where(col(OfferVersion.offer_id) == coupon.offer_id))
        session.add(Redemption(
            key=f"{customer}", till="t", offer_id=coupon.offer_id, version_id=version.scalar_one() or 0, base=base,
            coupon_id=coupon.id or 0, state=Redeemed.REDEEMED, amount=base // 10, at=office.clock.at,
        ))  # fmt: skip
        coupon.used = 1


def test_a_redemption_is_owed_to_the_last_mailing_that_brought_the_code(office: Office) -> None:
    offer(office)
    first = approved(office)
    office.at(hours=1)
    office.minute()
    office.at(hours=1.5)
    redeemed(office, 1, 10_000)
    second = approved(office, "Reminder", at="2026-11-23 15:00")
    office.at(hours=3)
    office.minute()
    office.at(hours=4)
    redeemed(office, 2, 50_000)
    with office.house.sessions.begin() as session:
        [event] = [one.id for one in office.letters(second) if one.customer_id == 3]
        session.add(MailEvent(message_id=event or 0, mailing_id=second, what=Happening.OPENED, once="o", at=NOW,
                              recorded_at=NOW))  # fmt: skip
    found = [Analysis(office.house).figures(id) for id in (first, second)]
    assert [one.coupons for one in found if one] == [
        (CouponLine("A", 7, 1, 9_000),), (CouponLine("A", 6, 1, 45_000),)
    ]  # fmt: skip
    table = coupons_table(found[1]) if found[1] else None
    assert table and table.rows[0].cells == ("6", "100%", "17%", "17%", "₽75,000")
    assert found[1] and "Coupons of the letters" in load_workbook(BytesIO(workbook(found[1], "en"))).sheetnames
    with office.house.reads() as session:
        [of] = session.execute(select(col(OfferRow.id))).scalars()
        told = analysed.coupons(session, of or 0)
    assert (len(told), sum(told["delivered"]), sum(told["viewed"])) == (7, 7, 1)


# Words.


def test_the_holder_reads_the_terms_and_nothing_of_the_house() -> None:
    of = TERMS.model_copy(update={
        "fund": "secret", "paid_by": "Supplier", "goods": Goods(groups=("Tea",)),
        "conditions": Conditions(sum_from=Decimal(500), customer_groups=("vip",), weekdays=(1,)),
    })  # fmt: skip
    told = said(of, Words(), "en")
    assert told.terms == (
        "Goods: the group “Tea” with all below it. Only where these goods come to ₽500 or more. "
        "Only on: Monday. A code works 1 time."
    )
    assert (told.gives, told.until) == ("A discount of 10%", date(2099, 12, 31))
    assert (
        said(of.model_copy(update={"gives": AmountOff(amount=Decimal(200))}), Words(), "ru").gives
        == "Скидка 200\u00a0₽ на все эти товары вместе"
    )


def test_the_holder_reads_of_how_many_units_and_how_often() -> None:
    of = TERMS.model_copy(update={
        "goods": Goods(groups=("Tea",), which=Which.CHEAPEST, at_most=1), "first_day": date(2026, 11, 2),
        "limits": Limits(per_code=0, per_period=2, period_days=7),
    })  # fmt: skip
    assert said(of, Words(), "en").terms == (
        "Goods: the group “Tea” with all below it. Only for the cheapest of them: at most 1 unit a receipt. "
        "A code works any number of times. "
        "At most 2 uses a customer in every 7 days, counted from 2 November 2026."
    )


def test_the_holder_reads_the_nearer_of_two_limits() -> None:
    both = {"per_code": 2, "per_customer": 1}, {"per_code": 1, "per_customer": 2}
    told = [said(TERMS.model_copy(update={"limits": Limits(**one)}), Words(), "en").terms for one in both]
    assert told == ["At most 1 use a customer.", "A code works 1 time."]


def test_long_terms_are_cut_between_sentences_and_say_so() -> None:
    of = TERMS.model_copy(update={"goods": Goods(groups=tuple(f"Group of teas {n}" for n in range(40)))})
    told = said(of, Words(), "en").terms
    assert len(told) <= 500 and told == "All terms: at the till."


def test_an_offer_stands_to_its_last_instant() -> None:
    look = OfferLook("tea", "Tea", OfferStage.OPEN, True, NOW, NOW + timedelta(hours=1))
    assert not trouble(look, NOW) and trouble(look, NOW + timedelta(hours=1)).code == "offer_ends"
    assert trouble(replace(look, kind=CodeKind.GENERIC), NOW).code == "no_generic_code"
    assert trouble(OfferLook("tea"), NOW).code == "no_offer"
