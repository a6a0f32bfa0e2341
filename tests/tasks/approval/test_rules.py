"""Who is asked, who may decide."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.company import Company
from tasks.approval.rules import (
    Away,
    Demands,
    Duty,
    Hurry,
    Roster,
    Weight,
    Who,
    demands_of,
    lacks_reason,
    objection,
    on_duty,
    reminder_at,
    urgent_objection,
    weigh,
)

PEOPLE = {
    "anna": Who("anna", "Anna", ("approver",), deputy="boris"),
    "boris": Who("boris", "Boris", ("approver",), deputy="anna"),
    "vera": Who("vera", "Vera", ("head",)),
    "gleb": Who("gleb", "Gleb", ("author",)),
}
DAY = date(2026, 11, 23)
PAGE = "https://desk.example/approval/7"
AWAY = Away("anna", date(2026, 11, 20), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("absences", "who"),
    [
        pytest.param([], "anna", id="nobody-away"),
        pytest.param([AWAY], "boris", id="last-day-counts"),
        pytest.param([Away("anna", DAY, DAY, "vera")], "vera", id="deputy-of-the-absence"),
        pytest.param([AWAY, Away("boris", DAY, DAY, "vera")], "vera", id="chain"),
        pytest.param([AWAY, Away("boris", DAY, DAY)], "anna", id="circle-comes-back"),
        pytest.param([Away("anna", date(2026, 11, 24), date(2026, 11, 25))], "anna", id="not-yet"),
    ],
)
def test_an_absent_approver_is_answered_for(absences: list[Away], who: str) -> None:
    assert on_duty("anna", DAY, PEOPLE, absences) == who


@pytest.mark.parametrize(
    ("name", "author", "proven", "four_eyes", "code"),
    [
        pytest.param("anna", "gleb", True, True, "", id="may"),
        pytest.param("anna", "gleb", False, False, "", id="stated-where-one-pair-of-eyes-is-enough"),
        pytest.param("anna", "gleb", False, True, "must_sign_in", id="four-eyes-need-proof"),
        pytest.param("anna", "anna", True, True, "own_piece", id="never-the-author"),
        pytest.param("anna", "anna", True, False, "", id="one-person-department"),
        pytest.param("gleb", "anna", True, False, "not_entitled", id="an-author-does-not-approve"),
        pytest.param("zoe", "anna", True, False, "nobody", id="a-stranger"),
    ],
)
def test_who_may_decide(name: str, author: str, proven: bool, four_eyes: bool, code: str) -> None:
    found = objection(PEOPLE.get(name), name, author, Demands(four_eyes), proven=proven, link=PAGE)
    assert found.code == code


LIMITS = Demands(money=5_000_000, recipients=1000, currency="RUB")


@pytest.mark.parametrize(
    ("weight", "above"),
    [
        pytest.param(Weight(), False, id="nothing known is nothing above"),
        pytest.param(Weight(money=5_000_000), False, id="the threshold itself"),
        pytest.param(Weight(money=5_000_001), True, id="a kopeck more"),
        pytest.param(Weight(recipients=1000), False, id="as many as may"),
        pytest.param(Weight(recipients=1001), True, id="one more"),
        pytest.param(Weight(money=1, recipients=1001), True, id="either is enough"),
    ],
)
def test_above_the_threshold_only_somebody_signed_in_decides_and_never_the_author(weight: Weight, above: bool) -> None:
    def said(key: str, author: str, proven: bool) -> str:
        return objection(PEOPLE[key], key, author, LIMITS, weight, proven=proven, link=PAGE).code

    assert said("anna", "gleb", proven=False) == ("above" if above else "")
    assert said("anna", "gleb", proven=True) == ""
    assert said("anna", "anna", proven=True) == ("own_piece" if above else "")
    assert not Demands().is_above(weight)


@pytest.mark.parametrize("demands", [LIMITS, Demands(four_eyes=True)], ids=["above", "four eyes"])
def test_who_is_refused_is_given_the_link(demands: Demands) -> None:
    refused = objection(PEOPLE["anna"], "anna", "gleb", demands, Weight(money=10**9), proven=False, link=PAGE)
    assert PAGE in str(refused)


def test_thresholds_are_written_in_major_units() -> None:
    written = {"name": "x", "zone": "UTC", "approval": {"proven_above": {"money": "50000.50", "recipients": 1000}}}
    assert demands_of(Company.model_validate(written)) == Demands(True, 5_000_050, 1000, "RUB")
    yen = Company.model_validate(written | {"currency": "JPY"})
    assert demands_of(yen).money == 50_001
    assert demands_of(Company.model_validate({"name": "x", "zone": "UTC"})) == Demands(True, None, None, "RUB")


def test_a_piece_weighs_what_it_costs_everywhere_and_on_this_channel() -> None:
    costs = {("7", ""): 100, ("7", "vk"): 20, ("8", "vk"): 5}
    assert weigh(costs, "7", "vk").money == 120 and weigh(costs, "7", "site").money == 100
    assert weigh(costs, "9", "vk").money is None, "what is not known is not nothing"


def test_only_what_is_sent_back_needs_a_reason() -> None:
    assert lacks_reason(True, " ") and not lacks_reason(True, "why") and not lacks_reason(False, "")


def test_a_reminder_comes_at_half_time() -> None:
    asked = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert reminder_at(asked, asked + timedelta(hours=8)) == asked + timedelta(hours=4)
    assert reminder_at(asked, asked + timedelta(minutes=1)) == asked + timedelta(minutes=5)


# Deputies.

ABLE = {"anna": PEOPLE["anna"], "boris": PEOPLE["boris"], "vera": PEOPLE["vera"], "gleb": PEOPLE["gleb"]}


@pytest.mark.parametrize(
    ("asked_of", "absences", "duty"),
    [
        pytest.param("anna", (), Duty("anna"), id="there"),
        pytest.param("anna", (AWAY,), Duty("boris", "anna", date(2026, 11, 23)), id="away-since-she-was-asked"),
        pytest.param("boris", (AWAY,), Duty("boris", "anna", date(2026, 11, 23)), id="asked-as-her-deputy"),
        pytest.param("vera", (AWAY,), Duty("vera"), id="asked-for-herself"),
        pytest.param("anna", (AWAY, Away("boris", DAY, DAY)), Duty("anna"), id="nobody-stands-in"),
    ],
)
def test_a_question_says_who_answers_today_and_for_whom(asked_of: str, absences: tuple[Away, ...], duty: Duty) -> None:
    assert Roster(DAY, "anna", ABLE, absences).duty(asked_of) == duty


@pytest.mark.parametrize(
    ("named", "absences", "but", "asked"),
    [
        pytest.param("anna", (), "", "anna", id="named"),
        pytest.param("", (), "", "anna", id="the-first-who-may"),
        pytest.param("anna", (AWAY,), "", "boris", id="the-deputy"),
        pytest.param("anna", (), "anna", "boris", id="never-about-what-she-did-herself"),
        pytest.param("anna", (Away("boris", DAY, DAY), Away("vera", DAY, DAY)), "anna", "anna", id="nobody-else"),
    ],
)
def test_whoever_is_asked_is_there(named: str, absences: tuple[Away, ...], but: str, asked: str) -> None:
    assert Roster(DAY, named, ABLE, absences).asked(but) == asked


# «Срочно».

FIX = Hurry(channel="VK", approved_before=True, approver="Anna")


@pytest.mark.parametrize(
    ("who", "hurry", "may_approve", "proven", "code"),
    [
        pytest.param("gleb", FIX, False, True, "", id="a-correction"),
        pytest.param("gleb", replace(FIX, approver=""), False, True, "", id="a-correction-with-nobody-there"),
        pytest.param("gleb", replace(FIX, approved_before=False, approver=""), False, True, "", id="nobody-there"),
        pytest.param("gleb", replace(FIX, approved_before=False), False, True, "no_correction", id="no-correction"),
        pytest.param("vera", FIX, False, True, "not_named", id="not-named"),
        pytest.param("boris", FIX, False, True, "not_writing", id="named-but-writes-nothing"),
        pytest.param("gleb", FIX, False, False, "must_sign_in", id="only-stated"),
        pytest.param("gleb", replace(FIX, is_above=True), False, True, "above", id="above-the-threshold"),
        pytest.param("gleb", replace(FIX, is_above=True, approver=""), False, True, "above", id="above-with-nobody"),
        pytest.param("gleb", replace(FIX, is_returned=True), False, True, "returned", id="against-a-no"),
        pytest.param("gleb", replace(FIX, is_approved=True), False, True, "approved", id="approved-already"),
        pytest.param("gleb", FIX, True, True, "may_approve", id="theirs-to-approve"),
        pytest.param("nobody", FIX, False, True, "nobody", id="a-stranger"),
    ],
)
def test_what_may_go_out_before_it_is_approved(
    who: str, hurry: Hurry, may_approve: bool, proven: bool, code: str
) -> None:
    urgent = ("gleb", "boris")
    said = urgent_objection(PEOPLE.get(who), who, urgent, hurry, may_approve=may_approve, proven=proven, link=PAGE)
    assert said.code == code
    assert (PAGE in str(said)) is (code == "must_sign_in")
