"""Personal places: what is taken, what is refused with its mend, and that nothing of a person is ever told."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.composing.expressions import VALUE_MAX, BadExpression, check_field, expression, said
from tasks.composing.held import HeldBack

PERSON: dict[str, Any] = {
    "name": "анна-мария петрова", "empty": "  ", "nil": None, "points": 22, "one": 1, "born": date(1990, 5, 7),
    "seen": datetime(2026, 11, 21, 10, 30, tzinfo=UTC), "iso": "2026-03-08", "sum": 123_450, "exact": Decimal("99.50"),
    "coupon": {"code": "K7WM", "until": date(2026, 12, 1)}, "tags": ["чай", "кофе"], "half": 1.5, "yes": True,
    "big": "ы" * 501, "nan": float("nan"), "thing": object(), "spaced": " Иван \t\r\nИванов ",
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "language", "comes"),
    [
        ("name", "ru", "анна-мария петрова"),
        ("name | title", "ru", "Анна-Мария Петрова"),
        ("name | first | capitalize", "ru", "Анна-мария"),
        ("name|upper", "ru", "АННА-МАРИЯ ПЕТРОВА"),
        ('nobody | default("друзья")', "ru", "друзья"),
        ("empty | default('друзья') | upper", "ru", "ДРУЗЬЯ"),
        ("nil | first | default('друзья', true)", "ru", "друзья"),
        ("coupon.code | lower", "ru", "k7wm"),
        ("coupon.nothing.at.all | default(7)", "ru", "7"),
        ("points", "ru", "22"),
        ("half", "ru", "1,5"),
        ("half", "en", "1.5"),
        ('points | plural("балл", "балла", "баллов")', "ru", "балла"),
        ('one | plural("point", "points")', "en", "point"),
        ('half | plural("балл", "балла", "баллов")', "ru", "балла"),
        ("born | date", "ru", "7 мая 1990"),
        ("born", "en", "May 7, 1990"),
        ('born | date("d MMMM")', "ru", "7 мая"),
        ("seen | date('dd.MM.y')", "ru", "21.11.2026"),
        ("iso | date('d MMMM')", "ru", "8 марта"),
        ("sum | money", "ru", "1\u00a0234,50\u00a0₽"),
        ("exact | money('EUR')", "en", "€99.50"),
        ("tags | first", "ru", "чай"),
        ("spaced", "ru", "Иван Иванов"),
    ],
)
def test_an_expression_says(written: str, language: str, comes: str) -> None:
    assert said(expression(written, language), PERSON) == comes


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("name.__class__", "reserved"),
        ("_hidden", "reserved"),
        ("mark", "reserved"),
        ("groups", "reserved"),
        ("name()", "too_much"),
        ("name.upper()", "too_much"),
        ("name[0]", "too_much"),
        ("coupon['code']", "too_much"),
        ("1 + 1", "too_much"),
        ("'text'", "too_much"),
        ("name if points else 'x'", "too_much"),
        ("[x for x in name]", "syntax"),
        ("name ~ points", "too_much"),
        ("a.b.c.d.e", "too_much"),
        ("name, points", "too_much"),
        ("name }}{{ points", "too_much"),
        ("", "syntax"),
        ("name |", "syntax"),
        ("name | defalt('x')", "filter"),
        ("name | attr('x')", "filter"),
        ("name | map('upper')", "filter"),
        ("name | default", "arguments"),
        ("name | default(points)", "arguments"),
        ("name | default('')", "arguments"),
        ("name | default(value='x')", "arguments"),
        ("name | upper(1)", "arguments"),
        ("born | date('%d.%m')", "arguments"),
        ("born | date(5)", "arguments"),
        ("points | plural('балл')", "arguments"),
        ("points | plural('a', 'b', 'c', 'd')", "arguments"),
        ("name" + " | upper" * 100, "too_much"),
        ("(" * 400 + "name" + ")" * 400, "too_much"),
    ],
)
def test_an_expression_is_refused(written: str, code: str) -> None:
    with pytest.raises(BadExpression) as refused:
        expression(written, "ru")
    assert refused.value.reason.code == code
    assert str(refused.value.reason)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("nobody", "missing"),
        ("empty", "missing"),
        ("nil | upper", "missing"),
        ("coupon.nothing", "missing"),
        ("name.first", "missing"),
        ("coupon", "senseless"),
        ("thing", "senseless"),
        ("yes", "senseless"),
        ("nan", "senseless"),
        ("name | date", "senseless"),
        ("name | money", "senseless"),
        ("yes | money", "senseless"),
        ("name | plural('а', 'б', 'в')", "senseless"),
        ("tags | upper", "senseless"),
        ("big", "too_long"),
        ("big | upper", "too_long"),
    ],
)
def test_a_value_that_makes_no_letter_holds_it(written: str, code: str) -> None:
    asked = expression(written, "ru")
    with pytest.raises(HeldBack) as refused:
        said(asked, PERSON, "hello")
    assert refused.value.reason.code == code
    assert refused.value.reason.words["field"] == asked.field
    assert "hello" in str(refused.value.reason)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.decimals() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "x"]), inner, max_size=2),
    max_leaves=5,
)
WRITTEN = ("x", "x.code", "x | first", "x | date", "x | money", "x | upper | title", "x | default('да') | lower",
           "x | plural('а', 'б', 'в')", "x | first | capitalize | trim")  # fmt: skip


@given(st.sampled_from(WRITTEN), ANYTHING)
def test_whatever_stands_there_a_line_comes_or_the_letter_is_held(written: str, value: Any) -> None:
    try:
        line = said(expression(written, "ru"), {"x": value}, "block")
    except HeldBack as held:
        assert held.reason.code in ("missing", "senseless", "too_long")
        return
    assert line.strip()
    assert len(line) <= VALUE_MAX
    assert not set(line) & set("\r\n\x00\u2028\u202e")
    line.encode()


@given(st.text(alphabet="нпк", min_size=501, max_size=600) | st.text(min_size=1).map(lambda text: "СЕКРЕТ" + text))
def test_what_holds_a_letter_says_nothing_of_the_person(secret: str) -> None:
    for written in ("x | date", "x | money", "x | plural('а', 'б', 'в')"):
        with pytest.raises(HeldBack) as held:
            said(expression(written, "ru"), {"x": secret}, "hello")
        told = f"{held.value} {held.value!r} {held.value.reason} {held.value.reason!r}"
        assert secret[:12] not in told


def test_a_field_that_nobody_has_is_told_with_the_nearest() -> None:
    fields = frozenset(("name", "points", "coupon."))
    check_field(expression("name | upper"), fields)
    check_field(expression("coupon.code"), fields)
    check_field(expression("anything"), None)
    with pytest.raises(BadExpression) as refused:
        check_field(expression("nam"), fields)
    assert refused.value.reason.words["nearest"] == "name"
