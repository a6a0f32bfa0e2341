"""Who is asked, who may decide."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tasks.approval.rules import Away, Who, objection, on_duty, reminder_at

PEOPLE = {
    "anna": Who("anna", "Anna", ("approver",), deputy="boris"),
    "boris": Who("boris", "Boris", ("approver",), deputy="anna"),
    "vera": Who("vera", "Vera", ("head",)),
    "gleb": Who("gleb", "Gleb", ("author",)),
}
DAY = date(2026, 11, 23)
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
    assert objection(PEOPLE.get(name), name, author, proven=proven, four_eyes=four_eyes).code == code


def test_a_reminder_comes_at_half_time() -> None:
    asked = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert reminder_at(asked, asked + timedelta(hours=8)) == asked + timedelta(hours=4)
    assert reminder_at(asked, asked + timedelta(minutes=1)) == asked + timedelta(minutes=5)
