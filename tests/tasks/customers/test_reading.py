"""A table of customers, read row by row: who, how to reach them, and what counts as a consent."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Cell, Effect, Sheet, SheetRow
from models.customers import Act, AddressKind, Purpose
from tasks.customers.reading import CustomerRow, Given, plain, read_customers

TODAY = date(2026, 11, 23)
PAPER = Given(proof="anketa 17", wording="2025-09", via="till", on=date(2026, 1, 5))
AD, PD = Purpose.ADVERTISING, Purpose.PERSONAL


def read(
    header: str, *rows: tuple[Cell, ...], given: Given = PAPER
) -> tuple[list[CustomerRow], list[tuple[int, str, str]]]:
    table = Sheet(file="customers.csv", header=tuple(header.split(";")), header_row=1,
                  rows=tuple(SheetRow(number=n, cells=cells) for n, cells in enumerate(rows, 2)))  # fmt: skip
    found, problems = read_customers(table, TODAY, "RU", given)
    return found, [(p.place.row, p.place.field, p.reason.code) for p in problems]


def one(header: str, *cells: Cell, given: Given = PAPER) -> CustomerRow:
    [found], _ = read(header, cells, given=given)
    return found


def test_a_row_says_who_it_is_and_how_to_reach_them() -> None:
    found = one("Код;ФИО;Телефон;E-mail;Телеграм;Дата рождения;Город;Магазин",
                42.0, " Олег  Петров ", "8 912 345-67-89", "Oleg@Mail.ru", "@oleg_p", datetime(1990, 5, 17),  # noqa: DTZ001
                "Омск", "center")  # fmt: skip
    assert (found.code, found.name, found.birthday, found.city, found.outlet) == (
        "42",
        "Олег Петров",
        "1990-05-17",
        "Омск",
        "center",
    )
    assert [(a.kind, a.value) for a in found.addresses] == [
        (AddressKind.EMAIL, "oleg@mail.ru"), (AddressKind.PHONE, "+79123456789"), (AddressKind.TELEGRAM, "oleg_p"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("17.05.1990", "1990-05-17", id="dotted"),
        pytest.param("1990-5-7", "1990-05-07", id="ISO"),
        pytest.param(33010.0, "1990-05-17", id="as a spreadsheet counts"),
        pytest.param("29.02", "02-29", id="without a year"),
        pytest.param("31.02.1990", None, id="no such day"),
        pytest.param("17.05.2090", None, id="not born yet"),
        pytest.param("весной", None, id="words"),
    ],
)
def test_a_birthday_is_a_day_with_or_without_a_year(cell: Cell, expected: str | None) -> None:
    assert one("Код;Дата рождения", "1", cell).birthday == expected


@pytest.mark.parametrize(
    ("header", "cells", "agreed"),
    [
        pytest.param("E-mail;Согласие", ("a@mail.ru", "да"), [(AD, Act.GIVEN, PAPER.on)], id="yes"),
        pytest.param("E-mail;Согласие", ("a@mail.ru", "12.03.2026"), [(AD, Act.GIVEN, date(2026, 3, 12))], id="a date"),
        pytest.param("E-mail;Согласие;Дата согласия", ("a@mail.ru", "да", "01.02.2026"),
                     [(AD, Act.GIVEN, date(2026, 2, 1))], id="a date of its own"),
        pytest.param("E-mail;Согласие", ("a@mail.ru", "нет"), [(AD, Act.WITHDRAWN, TODAY)], id="no"),
        pytest.param("E-mail;Согласие", ("a@mail.ru", ""), [], id="nothing said"),
        pytest.param("E-mail;Согласие;Согласие на ПДн", ("a@mail.ru", "да", "да"),
                     [(PD, Act.GIVEN, PAPER.on), (AD, Act.GIVEN, PAPER.on)], id="the two apart"),
    ],
)  # fmt: skip
def test_a_consent_is_said_with_its_day(header: str, cells: tuple[Cell, ...], agreed: list[Any]) -> None:
    assert [(a.purpose, a.act, a.on) for a in one(header, *cells).agreed] == agreed


@pytest.mark.parametrize(
    ("cells", "given_", "code"),
    [
        pytest.param(("a@mail.ru", "да"), Given(proof="anketa"), "no_date", id="no date"),
        pytest.param(("a@mail.ru", "да"), Given(on=TODAY), "no_proof", id="no proof"),
        pytest.param(("a@mail.ru", "01.01.2027"), PAPER, "future", id="in the future"),
        pytest.param(("a@mail.ru", "наверное"), PAPER, "consent", id="neither yes nor no"),
    ],
)
def test_a_consent_without_date_or_proof_is_none_and_says_so(cells: tuple[Cell, ...], given_: Given, code: str) -> None:
    [found], problems = read("E-mail;Согласие", cells, given=given_)
    assert found.agreed == [] and problems == [(2, "Согласие", code)]


def test_a_consent_for_one_way_is_for_that_way_alone() -> None:
    found = one("E-mail;Телефон;Согласие на sms", "a@mail.ru", "9123456789", "да")
    assert [(a.purpose, a.kind) for a in found.agreed] == [(AD, AddressKind.PHONE)]


def test_who_does_not_want_letters_is_refused() -> None:
    assert one("E-mail;Не писать", "a@mail.ru", "да").refused and not one("E-mail;Не писать", "a@mail.ru", "").refused


def test_what_is_wrong_is_named_by_row_and_column_and_the_rest_counts() -> None:
    found, problems = read("Код;E-mail;Телефон", ("1", "olga", "12"), ("2", "b@mail.ru", None), (None, "x", None))
    assert [row.code for row in found] == ["1", "2"] and found[0].addresses == []
    assert problems == [(2, "E-mail", "email"), (2, "Телефон", "phone"), (4, "E-mail", "email"), (4, "Код", "nobody")]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param("Имя;Город", "no_column", id="nobody can be known"),
        pytest.param("E-mail;Почта", "twice", id="twice"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(header: str, code: str) -> None:
    found, problems = read(header, ("a", "b"))
    assert found == [] and [code for _, _, code in problems] == [code]


def test_no_problem_repeats_what_is_written_in_the_table() -> None:
    secret = "marker-4711"
    table = Sheet(file="c.csv", header=("Код", "E-mail", "Телефон", "Дата рождения", "Согласие"), header_row=1,
                  rows=(SheetRow(number=2, cells=(None, secret, secret, secret, secret)),))  # fmt: skip
    _, problems = read_customers(table, TODAY, "RU", PAPER)
    assert len(problems) >= 4 and secret not in str([(p, str(p)) for p in problems])
    assert {p.effect for p in problems} == {Effect.NOTE, Effect.LEFT_OUT}


CELLS = st.one_of(st.none(), st.text(max_size=30), st.floats(), st.integers(), st.datetimes(), st.booleans())


@given(st.lists(CELLS, min_size=7, max_size=7))
def test_no_row_breaks_the_reading(cells: list[Cell]) -> None:
    read("Код;Имя;E-mail;Телефон;Дата рождения;Согласие;Дата согласия", tuple(cells))


@given(CELLS)
def test_a_cell_is_one_line(cell: Cell) -> None:
    assert "\n" not in plain(cell)
