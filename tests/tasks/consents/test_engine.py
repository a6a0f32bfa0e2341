"""Consents and the stop-list by hand: only what can be proven counts, and whoever said no stays left alone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.customer_orders import BAR, GIVEN, LIFT, WITHDRAWN, ConsentForm, StopListForm
from models.customers import Address, Barred, ConsentAct, Customer, Suppression
from models.database import SetClock
from models.desk.drop import AllAgreed
from tasks.consents import rows
from tasks.consents.engine import Consents
from tasks.customers import engine as loading
from tasks.customers.rows import ids
from tasks.house import House
from tasks.orders.answers import Report
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.customers.test_engine import sheet

TOLD = AllAgreed(proof="order 7", on="2026-02-01", wording="v1")
PERSONAL: Any = "consent to personal data"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    made = furnished(tmp_path, database, {"fake": FakeChannel()}, clock)
    loading.load(made, sheet(("1", "Oleg.P@mail.ru", "8 912 000-00-01", "Oleg Petrov")), TOLD, "drop:1", "olga")
    return made


def consent(house: House, what: Any = GIVEN, date: str = "2026-11-20", proof: str = "form 17", **more: Any) -> Report:
    form = ConsentForm(customer=1, what=what, date=date, proof=proof, person=more.pop("person", "olga"), **more)
    return Consents(house).consent(form)


def stop(house: House, what: Any = BAR, why: str = "asked by phone", **more: Any) -> Report:
    return Consents(house).stop_list(StopListForm(customer=1, what=what, person="olga", reason=why, **more))


def agree(house: House) -> None:
    assert not consent(house, purpose=PERSONAL).refusal and not consent(house).refusal


def may(house: House) -> dict[str, bool]:
    with house.reads() as session:
        return {way.kind: way.open for way in session.execute(select(Address)).scalars()}


def everything(house: House, table: type[Any]) -> list[Any]:
    with house.reads() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())


def told(report: Report) -> str:
    return " ".join([str(report.refusal), *(str(line) for line in report.lines)])


def test_who_may_be_written_to_follows_a_consent_at_once(house: House) -> None:
    assert may(house) == {"email": False, "phone": False}
    consent(house, purpose=PERSONAL)
    report = consent(house, address="e-mail", wording="v3")
    assert may(house) == {"email": True, "phone": False}
    assert told(report).strip() == "customer № 1, e-mail — written down; advertising may go there."
    personal, line = everything(house, ConsentAct)
    assert (personal.print, personal.kind, personal.customer_id) == ("", "", 1)
    assert (line.proof, line.wording, line.via, line.recorded_by, line.kind) == (
        "form 17", "v3", "by_hand", "olga", "email",
    )  # fmt: skip
    assert line.at.isoformat() == "2026-11-19T21:00:00+00:00", "the day begins in Moscow"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"date": ""}, "no_date", id="no date"),
        pytest.param({"proof": "  "}, "no_proof", id="no proof"),
        pytest.param({"date": "soon"}, "date", id="no day"),
        pytest.param({"date": "2026-11-24"}, "future", id="tomorrow"),
        pytest.param({"proof": "form of Petrov"}, "gives_away", id="a name"),
        pytest.param({"proof": "form, 8(912)000 00 01"}, "gives_away", id="a phone"),
        pytest.param({"wording": "sent to oleg.p@MAIL.ru"}, "gives_away", id="an e-mail"),
        pytest.param({"proof": "7" * 201}, "long", id="too long"),
        pytest.param({"address": "name on Telegram"}, "no_address", id="no such address"),
        pytest.param({"person": "marina"}, "not_entitled", id="whoever may not"),
    ],
)
def test_what_proves_nothing_or_names_somebody_is_refused(house: House, fields: dict[str, Any], code: str) -> None:
    report = consent(house, **fields)
    assert report.refusal.code == code and everything(house, ConsentAct) == []
    assert "Petrov" not in told(report) and "mail.ru" not in told(report)


def test_a_customer_nobody_knows_is_said_to_be_unknown(house: House) -> None:
    form = ConsentForm(customer=9, what=GIVEN, date="2026-11-20", proof="form 17", person="olga")  # type: ignore[arg-type]
    assert Consents(house).consent(form).refusal.code == "no_customer"


def test_the_same_consent_again_is_one_line(house: House) -> None:
    agree(house)
    before = len(everything(house, ConsentAct))
    assert "nothing new" in told(consent(house)) and len(everything(house, ConsentAct)) == before
    assert "nothing new" not in told(consent(house, proof="form 18")), "another document is another proof"


def test_what_is_said_today_holds_from_this_moment_and_may_be_taken_back(house: House, clock: SetClock) -> None:
    consent(house, purpose=PERSONAL)
    for hour, (what, open_) in enumerate([(GIVEN, True), (WITHDRAWN, False), (GIVEN, True)]):
        clock.at = NOW + timedelta(hours=hour)
        consent(house, what, "2026-11-23")
        assert may(house)["email"] is open_
    clock.at = NOW + timedelta(hours=5)
    assert "nothing new" in told(consent(house, GIVEN, "2026-11-23"))


def test_a_withdrawal_needs_no_proof_and_holds_from_now(house: House) -> None:
    agree(house)
    report = consent(house, WITHDRAWN, date="", proof="", address="e-mail")
    assert "no advertising goes there: Consent to advertising was withdrawn, 23.11.2026" in told(report)
    assert may(house) == {"email": False, "phone": True}
    assert "was withdrawn before" in told(consent(house, WITHDRAWN, date="", proof="", address="e-mail"))
    consent(house, WITHDRAWN, date="", proof="", purpose=PERSONAL)
    assert may(house) == {"email": False, "phone": False}


def test_an_address_is_put_into_the_stop_list_with_its_reason(house: House) -> None:
    agree(house)
    assert "Say why" in told(stop(house, why=" ")) and stop(house, why="Petrov asked").refusal.code == "gives_away"
    assert "stands in the stop-list now" in told(stop(house, address="phone"))
    [line] = everything(house, Suppression)
    assert (line.kind, line.why, line.note, line.by) == ("phone", Barred.BY_HAND, "asked by phone", "olga")
    assert may(house) == {"email": True, "phone": False}
    assert "stood in the stop-list before: by hand" in told(stop(house, address="phone"))
    assert len(everything(house, Suppression)) == 1


def test_what_was_barred_by_hand_is_lifted_with_a_reason(house: House) -> None:
    agree(house)
    stop(house)
    assert may(house) == {"email": False, "phone": False}
    assert "Say why" in told(stop(house, LIFT, why="")) and stop(house, LIFT, line=77).refusal.code == "not_there"
    assert "line № 1; advertising may go there" in told(stop(house, LIFT, why="a mistake", line=1))
    stop(house, LIFT, why="a mistake")
    assert may(house) == {"email": True, "phone": True}
    assert {(line.lifted_by, line.lifted_why) for line in everything(house, Suppression)} == {("olga", "a mistake")}
    assert stop(house, LIFT, why="again").refusal.code == "not_there"


@pytest.mark.parametrize("why", [Barred.UNSUBSCRIBED, Barred.COMPLAINED, Barred.ERASED])
def test_their_own_no_ends_only_by_their_own_later_yes(house: House, clock: SetClock, why: Barred) -> None:
    agree(house)
    with house.sessions.begin() as session:
        [way] = [one for one in session.execute(select(Address)).scalars() if one.kind == "email"]
        rows.bar(session, clock, [("email", way.print)], why, "")
        rows.follow(session, clock, Address.id == way.id)  # type: ignore[arg-type]
    report = stop(house, LIFT, why="they said so")
    assert "only a consent to advertising given after 23.11.2026" in told(report) and not report.lines[0].done
    assert everything(house, Suppression)[0].lifted_at is None and not may(house)["email"]
    clock.at = NOW + timedelta(days=2)
    consent(house, date="2026-11-24", proof="form 18", address="e-mail")
    assert not may(house)["email"], "a consent alone lifts nothing"
    stop(house, LIFT, why="form 18")
    assert may(house)["email"]


def test_a_line_about_somebody_else_is_not_lifted(house: House, clock: SetClock) -> None:
    loading.load(house, sheet(("2", "ira@mail.ru")), TOLD, "drop:2", "olga")
    with house.sessions.begin() as session:
        assert ids(session) == {1, 2}
        rows.bar(session, clock, [("email", house.printed("email", "ira@mail.ru"))], Barred.BY_HAND, "")
    assert stop(house, LIFT, why="why not", line=1).refusal.code == "not_there"


def test_an_answer_names_nobody(house: House) -> None:
    agree(house)
    said = "".join(report.model_dump_json() for report in (consent(house), stop(house), stop(house, LIFT)))
    with house.reads() as session:
        one = session.get_one(Customer, 1)
    assert one.name == "Oleg Petrov" and "Petrov" not in said and "mail.ru" not in said and "912000" not in said
