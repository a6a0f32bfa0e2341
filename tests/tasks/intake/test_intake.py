"""What programs hand in: each row with an answer of its own; twice, late and out of order it does no harm."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from integrations.errors import Refused
from models.content import Offer
from models.customer_orders import EraseCustomerForm
from models.customers import Address, ConsentAct, Customer
from models.database import connect
from models.intake import Answer, Caller, IntakeCall, IntakeWord, Outcome, What
from models.purchases import PurchaseLine, Receipt
from tasks.content.rows import replace_offers
from tasks.customers.record.engine import Records
from tasks.intake.engine import Intake, forget_calls
from tasks.purchases import engine as tables
from tests.conftest import share_statements
from tests.depth import examples
from tests.house import empty_database
from tests.tasks.intake.handing import AT, Handing, consent, later, receipt, said, wrong
from tests.tasks.purchases.test_engine import table

ANNA = {"code": "C1", "name": "Anna", "email": "Anna@example.net", "phone": "+7 916 123-45-67"}


@pytest.fixture
def handing(tmp_path: Path, database: Engine) -> Handing:
    return Handing(tmp_path, database)


def state(handing: Handing) -> Any:
    """Everything that rows may change, without when it was written down."""
    customers = [(one.code, one.name, one.city) for one in handing.rows(Customer)]
    ways = [(one.kind, one.value, one.open) for one in handing.rows(Address)]
    acts = sorted((one.once, one.proof) for one in handing.rows(ConsentAct))
    receipts = sorted((one.key, one.customer_id, one.amount, one.at) for one in handing.rows(Receipt))
    return customers, ways, acts, receipts, len(handing.rows(PurchaseLine))


# Customers.


def test_each_row_is_answered(handing: Handing) -> None:
    answer = handing.customers(ANNA, {"email": "boris@example.net"}, ANNA | {"city": "Kazan"}, ANNA, {"name": "Nobody"})
    assert said(answer) == ["new", "new", "changed", "same", "wrong"]
    assert [row.customer for row in answer.rows] == [1, 2, 1, 1, None] and answer.rows[2].changed == ("city",)
    assert wrong(answer) == [(5, "code", "nobody")]
    assert said(handing.customers(ANNA)) == ["same"] and answer.counts == {
        "new": 2,
        "changed": 1,
        "same": 1,
        "wrong": 1,
    }


def test_a_field_that_cannot_be_read_is_named_and_the_rest_counts(handing: Handing) -> None:
    answer = handing.customers(ANNA | {"email": "anna", "birthday": "31.02.1990"}, {"email": "anna"})
    assert said(answer) == ["new", "wrong"]
    assert wrong(answer) == [
        (1, "birthday", "date"),
        (1, "email", "email"),
        (2, "email", "email"),
        (2, "code", "nobody"),
    ]
    assert [one.kind for one in handing.rows(Address)] == ["phone"]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("C1", "", "model_type"),
        (ANNA | {"email": ["a@b.example"]}, "email", "string_type"),
        (ANNA | {"mail": "a@b.example"}, "mail", "extra_forbidden"),
        (ANNA | {"consents": {"act": "given"}}, "consents", "tuple_type"),
        (ANNA | {"consents": [consent("asked")]}, "consents.0.act", "literal_error"),
        (ANNA | {"consents": [consent(purpose="spam")]}, "consents.0.purpose", "enum"),
        (ANNA | {"consents": [consent(at="2026-11-22T12:00:00")]}, "consents.0.at", "timezone_aware"),
        (ANNA | {"consents": [consent(at="yesterday")]}, "consents.0.at", "moment"),
        (ANNA | {"consents": [{"act": "given"}]}, "consents.0.purpose", "missing"),
        (ANNA | {"changed_at": "2026-11-22"}, "changed_at", "timezone_aware"),
        (ANNA | {"changed_at": "9999-12-31T23:59:59-12:00"}, "changed_at", "moment"),
        (ANNA | {"consents": [consent(at="0001-01-01T00:00:00+14:00")]}, "consents.0.at", "moment"),
        (ANNA | {"name": "x" * 301}, "name", "too_long"),
    ],
)
def test_a_row_of_another_shape_is_wrong_by_its_field(handing: Handing, row: Any, field: str, code: str) -> None:
    answer = handing.customers(row, {"code": "C2"})
    assert said(answer) == ["wrong", "new"] and (1, field, code) in wrong(answer)
    told = " ".join(str(one.reason) for one in answer.rows[0].troubles)
    assert told.endswith(".") and not any(word in told for word in ("Anna", "916", "b.example", "spam", "yesterday"))


def test_a_consent_is_written_down_with_its_proof_and_opens_the_address(handing: Handing) -> None:
    answer = handing.customers(ANNA | {"consents": [consent(), consent(purpose="personal")]})
    assert answer.rows[0].consents == 3, "of the e-mail, of the phone, and the customer's own"
    acts = handing.rows(ConsentAct)
    assert {(act.via, act.source, act.proof, act.wording, act.recorded_by) for act in acts} == {
        ("till", "outlet:boulevard", "form 17", "v3", "till 7")
    }
    assert all(way.open for way in handing.rows(Address))
    handing.customers(ANNA | {"consents": [consent("withdrawn", later(-1), kind="email")]})
    assert {way.kind: way.open for way in handing.rows(Address)} == {"email": False, "phone": True}


def test_a_consent_without_proof_or_of_a_day_to_come_is_none(handing: Handing) -> None:
    answer = handing.customers(
        ANNA | {"consents": [consent(proof=""), consent(at=later(1)), consent("withdrawn", proof="")]}
    )
    assert said(answer) == ["new"] and len(handing.rows(ConsentAct)) == 2
    assert wrong(answer) == [(1, "consents.0.proof", "no_proof"), (1, "consents.1.at", "future")]


@pytest.mark.parametrize("ahead", [0.1, 3], ids=["minutes", "hours"])
def test_a_withdrawal_counts_at_once_though_the_clock_of_the_till_is_ahead(handing: Handing, ahead: float) -> None:
    handing.customers(ANNA | {"consents": [consent(), consent(purpose="personal")]})
    answer = handing.customers(ANNA | {"consents": [consent("withdrawn", later(ahead))]})
    assert answer.rows[0].consents == 2 and not any(way.open for way in handing.rows(Address))
    acts = len(handing.rows(ConsentAct))
    handing.customers(ANNA | {"consents": [consent("withdrawn", later(ahead))]})
    assert len(handing.rows(ConsentAct)) == acts, "the same call again is the same"


def test_a_consent_that_was_given_minutes_ahead_holds_at_once(handing: Handing) -> None:
    handing.customers(ANNA | {"consents": [consent("given", later(0.1)), consent(purpose="personal")]})
    assert all(way.open for way in handing.rows(Address))


def test_what_was_agreed_for_an_address_of_somebody_else_is_not_taken(handing: Handing) -> None:
    handing.customers(ANNA)
    answer = handing.customers({"code": "C2", "email": "anna@example.net", "consents": [consent()]})
    assert answer.rows[0].taken == ("email",) and handing.rows(ConsentAct) == []


def test_consents_count_by_when_they_were_said(handing: Handing) -> None:
    """The withdrawal is told first, the consent before it later: a webhook was late."""
    handing.customers(ANNA | {"consents": [consent(purpose="personal"), consent("withdrawn", later(-1))]})
    handing.customers(ANNA | {"consents": [consent("given", later(-2))]})
    assert not any(way.open for way in handing.rows(Address))
    handing.customers(ANNA | {"consents": [consent("given", later(-0.5))]})
    assert all(way.open for way in handing.rows(Address))


def test_a_withdrawal_counts_however_late_its_row_comes(handing: Handing) -> None:
    """Two webhooks changed places: the row with the withdrawal is older than what is known of the customer."""
    agreed = [consent(), consent(purpose="personal")]
    handing.customers(ANNA | {"changed_at": later(-4), "consents": agreed})
    handing.customers(ANNA | {"city": "Kazan", "changed_at": later(-1)})
    late = ANNA | {"city": "Perm", "changed_at": later(-2), "consents": [consent("withdrawn", later(-2))]}
    answer = handing.customers(late)
    assert said(answer) == ["late"] and answer.rows[0].consents == 2
    assert handing.rows(Customer)[0].city == "Kazan" and not any(way.open for way in handing.rows(Address))
    nobody = {"code": "C9", "changed_at": later(-3), "consents": [consent("withdrawn", later(-3))]}
    handing.customers({"code": "C9", "email": "c9@example.net", "changed_at": later(-1)})
    assert said(handing.customers(nobody)) == ["late"] and len(handing.rows(Customer)) == 2


def test_a_withdrawal_is_heard_by_the_code_alone_and_for_an_address_of_somebody_else(handing: Handing) -> None:
    agreed = [consent(), consent(purpose="personal")]
    handing.customers(ANNA | {"consents": agreed}, {"code": "C2", "email": "b@example.net", "consents": agreed})
    by_code = handing.customers({"code": ANNA["code"], "consents": [consent("withdrawn", later(-1), kind="phone")]})
    assert by_code.rows[0].consents == 1
    assert {way.kind: way.open for way in handing.rows(Address) if way.customer_id == 1} == {
        "email": True, "phone": False,
    }  # fmt: skip
    row = {"code": ANNA["code"], "email": "b@example.net", "consents": [consent("withdrawn", later(-1))]}
    assert handing.customers(row).rows[0].taken == ("email",)
    assert {way.value for way in handing.rows(Address) if way.open} == {"anna@example.net"}


def test_an_older_word_changes_nothing(handing: Handing) -> None:
    new, old = ANNA | {"city": "Kazan", "changed_at": later(-1)}, ANNA | {"city": "Moscow", "changed_at": later(-2)}
    assert said(handing.customers(new)) == ["new"]
    answer = handing.customers(old)
    assert said(answer) == ["late"] and wrong(answer) == [(1, "changed_at", "late")]
    assert handing.rows(Customer)[0].city == "Kazan"
    assert said(handing.customers(new, old, ANNA | {"city": "Perm", "changed_at": later(-1)})) == [
        "same",
        "late",
        "changed",
    ]
    assert "anna" not in repr(handing.rows(IntakeWord)).lower()


def test_an_older_word_changes_nothing_whatever_else_it_names(handing: Handing) -> None:
    handing.customers(ANNA | {"city": "Kazan", "changed_at": later(-1)})
    answer = handing.customers({"code": ANNA["code"], "city": "Moscow", "changed_at": later(-2)})
    assert said(answer) == ["late"] and handing.rows(Customer)[0].city == "Kazan"


def test_a_withdrawal_in_an_older_word_is_not_lost(handing: Handing) -> None:
    """The webhook that says no comes behind the one that says another city: consents count by their own moment."""
    handing.customers(ANNA | {"consents": [consent(), consent(purpose="personal")]})
    handing.customers(ANNA | {"city": "Kazan", "changed_at": later(-1)})
    old = ANNA | {"name": "Ann", "changed_at": later(-2), "consents": [consent("withdrawn", later(-2))]}
    for _ in range(2):
        [row] = handing.customers(old).rows
        assert (row.what.value, row.customer, row.consents) == ("late", 1, 2)
    assert not any(way.open for way in handing.rows(Address)) and len(handing.rows(ConsentAct)) == 5
    assert [(one.name, one.city) for one in handing.rows(Customer)] == [("Anna", "Kazan")]


def test_an_older_word_about_an_address_that_has_gone_makes_nobody(handing: Handing) -> None:
    mail = {"email": "old@example.net", "changed_at": later(-1)}
    handing.customers(mail)
    handing.customers({"code": "C1", "email": "old@example.net"}, {"code": "C1", "email": "new@example.net"})
    answer = handing.customers(mail | {"changed_at": later(-2), "consents": [consent()]})
    assert said(answer) == ["late"] and (answer.rows[0].customer, answer.rows[0].consents) == (None, 0)
    assert len(handing.rows(Customer)) == 1 and handing.rows(ConsentAct) == []


@pytest.mark.parametrize("what", list(What))
def test_a_word_of_a_day_to_come_keeps_out_nothing_that_follows(handing: Handing, what: What) -> None:
    """A clock a century ahead would make every true word after it an older one."""
    of_a_till = {What.CUSTOMERS: ANNA, What.PURCHASES: receipt()}[what]
    first = handing.take(what, of_a_till | {"changed_at": later(24 * 36525)})
    assert said(first) == ["new"] and wrong(first) == [(1, "changed_at", "future")]
    other = {What.CUSTOMERS: ANNA | {"city": "Kazan"}, What.PURCHASES: receipt(amount=7)}[what]
    assert said(handing.take(what, other | {"changed_at": later(-1)})) == ["changed"]


def test_of_whoever_was_erased_nothing_is_taken(handing: Handing) -> None:
    handing.customers(ANNA)
    Records(handing.house).erase(EraseCustomerForm(customer=1, sure=True, person="olga"))
    assert said(handing.customers(ANNA, {"email": "anna@example.net"})) == ["erased", "erased"]
    assert handing.rows(Customer) == []


@pytest.mark.parametrize("text", ["A\0nna", "Anna\ud800", "Анна\x07", 'Anna"; DROP TABLE customer; --'])
def test_what_no_database_takes_is_left_out(handing: Handing, text: str) -> None:
    assert said(handing.customers(ANNA | {"name": text})) == ["new"]
    assert handing.rows(Customer)[0].name.startswith(("A", "А"))


# Purchases.


def test_a_receipt_is_new_then_the_same_then_changed(handing: Handing) -> None:
    handing.customers(ANNA)
    answer = handing.purchases(receipt(code="C1"), receipt("2", email="nobody@example.net"))
    assert said(answer) == ["new", "new"] and [row.customer for row in answer.rows] == [1, None]
    assert said(handing.purchases(receipt(code="C1"))) == ["same"]
    assert said(handing.purchases(receipt(amount=500, code="C1"))) == ["changed"]
    assert [one.amount for one in handing.rows(Receipt)] == [50_000, 45_050]
    handing.customers({"email": "nobody@example.net"})
    assert [one.customer_id for one in handing.rows(Receipt)] == [1, 2], "it waits for its buyer"


def test_a_receipt_of_a_table_is_the_same_as_that_of_the_till(handing: Handing) -> None:
    head = "receipt,date,outlet,product,amount"
    told = table("17,2026-11-22 12:00,On the boulevard,Oolong,450.50", head=head)
    tables.load(handing.house, told, "drop:1", "sold.csv", "olga")
    assert said(handing.purchases(receipt("17"), receipt("17", outlet="On the Boulevard"))) == ["same", "same"]
    assert len(handing.rows(Receipt)) == 1


def test_a_moment_without_a_zone_is_by_the_clock_of_the_outlet(handing: Handing) -> None:
    at = {"at": "2026-11-22T01:00:00"}
    handing.purchases(receipt(**at), outlet="east")
    handing.purchases(receipt(**at))
    moments = sorted(f"{one.at:%d %H:%M} {one.outlet}" for one in handing.rows(Receipt))
    assert moments == ["21 18:00 east", "21 22:00 boulevard"]
    assert said(handing.purchases(receipt(at="2026-11-21T18:00:00Z", outlet="east"))) == ["same"]


def test_lines_are_read_to_the_coin(handing: Handing) -> None:
    lines = [
        {"product": "A", "amount": Decimal("0.1")}, {"product": "B", "price": "19.99", "quantity": "0.350"},
        {"product": "C", "amount": -100, "quantity": -1},
    ]  # fmt: skip
    handing.purchases({"receipt": "9", "at": AT, "lines": lines})
    assert [(one.quantity, one.amount) for one in handing.rows(PurchaseLine)] == [
        (1000, 10),
        (350, 700),
        (-1000, -10000),
    ]
    assert handing.rows(Receipt)[0].amount == -9290


def test_a_line_without_a_group_has_that_of_the_feed(handing: Handing) -> None:
    with handing.house.sessions.begin() as session:
        offer = Offer(id="T1", name="Oolong", price=1, currency="RUB", category=("Tea", "Green"))
        replace_offers(session, handing.clock, [offer])
    lines = [{"product": "oolong", "amount": 1}, {"product": "t1", "amount": 1, "product_group": "Own"}, {"amount": 1}]
    handing.purchases({"receipt": "1", "at": AT, "lines": lines})
    assert [one.product_group for one in handing.rows(PurchaseLine)] == ["Tea / Green", "Own", ""]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"receipt": ""}, "receipt", "too_short"),
        ({"at": "soon"}, "at", "moment"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at", "moment"),
        ({"lines": [{"price": 999_999_999_999, "quantity": 999_999_999_999}]}, "lines.0.amount", "number"),
        ({"at": "2026-11-24T12:00:00+03:00"}, "at", "future"),
        ({"outlet": "nowhere"}, "outlet", "no_outlet"),
        ({"lines": []}, "lines", "too_short"),
        ({"lines": [{"product": "A"}]}, "lines.0.amount", "no_amount"),
        ({"lines": [{"amount": "much"}]}, "lines.0.amount", "number"),
        ({"lines": [{"amount": "1.001"}]}, "lines.0.amount", "fine"),
        ({"lines": [{"amount": "NaN"}]}, "lines.0.amount", "number"),
        ({"lines": [{"amount": 1, "quantity": "0.0001"}]}, "lines.0.quantity", "number"),
        ({"total": 5}, "total", "extra_forbidden"),
    ],
)
def test_a_receipt_that_cannot_be_read_is_wrong_by_its_field(
    handing: Handing, change: dict[str, Any], field: str, code: str
) -> None:
    answer = handing.purchases(receipt(**change), receipt("2"))
    assert said(answer) == ["wrong", "new"] and wrong(answer) == [(1, field, code)]


def test_a_buyer_who_cannot_be_read_is_told_and_the_receipt_counts(handing: Handing) -> None:
    answer = handing.purchases(receipt(phone="12", email="x"))
    assert said(answer) == ["new"] and wrong(answer) == [(1, "phone", "phone"), (1, "email", "email")]


def test_of_one_receipt_told_twice_in_a_call_the_later_row_counts(handing: Handing) -> None:
    answer = handing.purchases(receipt(amount=1), receipt(amount=2), receipt("1", amount=3))
    assert said(answer) == ["same", "same", "new"] and [one.amount for one in handing.rows(Receipt)] == [300]
    late = handing.purchases(receipt(amount=5, changed_at=later(-1)), receipt(amount=4, changed_at=later(-2)))
    assert said(late) == ["changed", "late"] and [one.amount for one in handing.rows(Receipt)] == [500]


# Calls.


def test_a_call_with_a_key_of_its_own_is_answered_once(handing: Handing) -> None:
    first = handing.customers(ANNA, once="call 1")
    handing.customers(ANNA | {"city": "Kazan"})
    again = handing.customers(ANNA, once="call 1")
    assert again.again and again.rows == first.rows and handing.rows(Customer)[0].city == "Kazan"
    with pytest.raises(Refused) as refused:
        handing.customers(ANNA | {"city": "Perm"}, once="call 1")
    assert refused.value.reason.code == "another_body"
    assert said(handing.purchases(receipt(), once="call 1")) == ["new"], "another door, another call"
    other = Intake(handing.house, Caller(id=8, outlet="east", may=True))
    assert not other.take(What.CUSTOMERS, [ANNA], "call 1").again
    kept = repr([(call.once, call.said, call.answer) for call in handing.rows(IntakeCall)])
    assert not any(word in kept for word in ("Anna", "anna", "916", "call 1"))


def test_answers_are_kept_for_a_week(handing: Handing) -> None:
    handing.customers(ANNA, once="1")
    handing.clock.at += timedelta(days=6)
    assert forget_calls(handing.house) == 0
    handing.clock.at += timedelta(days=2)
    assert forget_calls(handing.house) == 1 and handing.rows(IntakeCall) == []


def test_the_same_call_made_four_times_at_once_is_made_once(handing: Handing) -> None:
    barrier, answers = Barrier(4), list[Answer]()

    def call() -> None:
        barrier.wait()
        answers.append(handing.purchases(*(receipt(str(n), code="C1") for n in range(50)), once="1"))

    threads = [Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.again for one in answers) == [False, True, True, True]
    assert {tuple(said(one)) for one in answers} == {("new",) * 50} and len(handing.rows(Receipt)) == 50


def test_tills_that_call_at_once_make_no_customer_twice(handing: Handing) -> None:
    barrier = Barrier(3)

    def call(shift: int) -> None:
        barrier.wait()
        for n in range(10):
            who = (n * shift) % 10
            handing.customers({"code": f"C{who}", "email": f"c{who}@example.net"})
            handing.purchases(receipt(str(who), code=f"C{who}"))

    threads = [Thread(target=call, args=(shift,)) for shift in (1, 3, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(handing.rows(Customer)) == len(handing.rows(Receipt)) == 10


def test_a_webhook_in_any_order_and_any_number_of_times_comes_to_the_same(handing: Handing, tmp_path: Path) -> None:
    calls: list[tuple[What, Any]] = []
    for hour in range(4):
        moment = later(hour - 10)
        said_then = consent("withdrawn" if hour % 2 else "given", moment)
        who = {"code": "C1", "email": "a@example.net", "city": f"Town {hour}", "consents": [said_then]}
        calls.append((What.CUSTOMERS, who | {"changed_at": moment}))
        calls.append((What.PURCHASES, receipt(amount=100 + hour, code="C1", changed_at=moment)))
    for what, row in calls:
        handing.take(what, row)
    expected = state(handing)
    assert expected[0] == [("C1", "", "Town 3")]
    for what, row in Random(7).sample(calls * 3, len(calls) * 3):
        handing.take(what, row)
    assert state(handing) == expected


MOMENTS = st.integers(1, 5)
ROWS = st.lists(
    st.one_of(
        st.tuples(st.just(What.CUSTOMERS), st.builds(
            lambda who, town, hour: {"code": f"C{who}", "city": f"Town {town}", "changed_at": later(-hour)},
            st.integers(1, 2), st.integers(1, 3), MOMENTS,
        )),
        st.tuples(st.just(What.PURCHASES), st.builds(
            lambda number, amount, hour: receipt(str(number), amount=amount, changed_at=later(-hour)),
            st.integers(1, 2), st.integers(1, 3), MOMENTS,
        )),
    ), max_size=8,
)  # fmt: skip


@settings(max_examples=examples(10, 80), deadline=None)
@given(ROWS)
def test_the_latest_word_stands_whatever_came_when(calls: list[tuple[What, Any]]) -> None:
    with TemporaryDirectory() as folder, a_database_in(Path(folder)) as engine:
        handing, last = Handing(Path(folder) / "company", engine), dict[tuple[What, str], Any]()
        for what, row in calls:
            handing.take(what, row)
            key = (what, str(row.get("receipt") or row["code"]))
            if key not in last or row["changed_at"] >= last[key]["changed_at"]:
                last[key] = row
        towns = sorted(row["city"] for (what, _), row in last.items() if what is What.CUSTOMERS)
        assert sorted(one.city for one in handing.rows(Customer)) == towns
        sums = sorted(row["lines"][0]["amount"] * 100 for (what, _), row in last.items() if what is What.PURCHASES)
        assert sorted(one.amount for one in handing.rows(Receipt)) == sums


@contextmanager
def a_database_in(folder: Path) -> Iterator[Engine]:
    (folder / "otdel.sqlite").write_bytes(empty_database())
    engine = connect(f"sqlite:///{folder / 'otdel.sqlite'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    share_statements(engine)
    yield engine
    engine.dispose()


def test_a_call_with_half_a_character_in_it_is_one_call_too(handing: Handing) -> None:
    """JSON may name halves of characters; whoever calls would be told to try again without end."""
    row = ANNA | {"city": "\ud83c"}
    first, again = handing.customers(row, once="1"), handing.customers(row, once="1")
    assert said(first) == ["new"] and again.again and again.rows == first.rows


def test_an_answer_is_kept_as_it_is_said(handing: Handing) -> None:
    answer = handing.customers(ANNA, {"email": "x"}, once="1")
    assert Answer.model_validate(json.loads(answer.model_dump_json())) == answer
    assert [row.what for row in answer.rows] == [Outcome.NEW, Outcome.WRONG]
