"""Dropped expenses, results and lists of people: what is stated, who may, and that nobody's data is kept."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from integrations.errors import Refused
from models.desk.drop import TableFound
from models.dropped import DropKind
from models.registry import Fact
from tasks.content import xlsx
from tasks.dropping import engine, rows
from tasks.dropping.apart import engine as apart
from tasks.dropping.applying.engine import compare_table, record_table
from tasks.dropping.kinds import by_first_bytes, by_headings
from tasks.orders.answers import Report
from tests.tasks.costs.test_engine import FIRST, SECOND, book
from tests.tasks.dropping.conftest import Dropping, picture


def record(dropping: Dropping, id: int, person: str = "vera", withdraw: bool = False) -> Report:
    return record_table(dropping.house, id, withdraw, dropping.row(id).seen, person)


def facts(dropping: Dropping) -> list[tuple[int | None, int | None]]:
    with dropping.house.reads() as session:
        return [(f.value, f.corrects_id) for f in session.execute(select(Fact).order_by(Fact.id)).scalars()]  # type: ignore[arg-type]


def found(dropping: Dropping, id: int) -> TableFound:
    return TableFound.model_validate(dropping.row(id).found)


def numbered(*rows: Any) -> bytes:
    return book(
        *[(n, *row) for n, row in enumerate(rows, 1)], header=("№", "Date", "Operation", "Fund", "Amount", "Document")
    )


def test_expenses_are_shown_then_recorded_and_a_changed_row_is_a_correction(dropping: Dropping) -> None:
    id = dropping.drop(november__xlsx=book(FIRST, SECOND))
    assert (dropping.row(id).kind, len(found(dropping, id).fresh), facts(dropping)) == ("expenses", 2, [])
    assert record(dropping, id).lines[0].done
    assert facts(dropping) == [(900000, None), (120050, None)]
    again = dropping.drop(december__xlsx=numbered((*FIRST[:3], 9500, FIRST[4])))
    shown = found(dropping, again)
    assert (len(shown.changed), len(shown.gone), shown.path) == (1, 1, "expenses.xlsx") and "← " in shown.changed[0]
    record(dropping, again)
    assert facts(dropping)[2:] == [(950000, 1)]


def test_what_left_the_table_is_withdrawn_only_on_a_tick(dropping: Dropping) -> None:
    record(dropping, dropping.drop(a__xlsx=numbered(FIRST, SECOND)))
    id = dropping.drop(a__xlsx=numbered(FIRST))
    record(dropping, id, withdraw=True)
    assert facts(dropping)[2:] == [(None, 2)]


def test_results_are_known_by_their_columns_whatever_was_pressed(dropping: Dropping) -> None:
    data = book(("-1", "Visits", 12), header=("Date", "Metric", "Value"))
    id = dropping.drop(DropKind.EXPENSES, x__xlsx=data)
    assert dropping.row(id).kind == "results"
    record(dropping, id)
    assert dropping.kept("results.xlsx") is not None and facts(dropping) == [(12, None)]


def test_an_author_may_not_record_expenses(dropping: Dropping) -> None:
    id = dropping.drop(a__xlsx=book(FIRST))
    assert "may not record expenses" in str(record(dropping, id, "olga").refusal)
    assert facts(dropping) == [] and dropping.kept("expenses.xlsx") is None


def test_a_dropped_table_is_compared_for_who_may_and_nothing_is_taken(dropping: Dropping) -> None:
    id = dropping.drop(a__xlsx=book(FIRST, SECOND))
    told = compare_table(dropping.house, id, False, "vera")
    assert (len(told.rows), told.recorded, facts(dropping), dropping.row(id).state) == (2, False, [], "read")
    assert dropping.kept("expenses.xlsx") is None
    with pytest.raises(Refused, match="may not record expenses"):
        compare_table(dropping.house, id, False, "olga")
    with pytest.raises(Refused, match="no dropped file"):
        compare_table(dropping.house, dropping.drop(b__jpg=picture()), False, "vera")


def test_a_registry_changed_meanwhile_refuses_the_whole(dropping: Dropping) -> None:
    first, second = (dropping.drop(a__xlsx=book(row)) for row in (FIRST, SECOND))
    seen = dropping.row(second).seen
    record(dropping, first)
    assert "changed meanwhile" in str(record_table(dropping.house, second, False, seen, "vera").refusal)
    assert len(facts(dropping)) == 1 and dropping.row(second).seen != seen


def test_what_a_kill_cut_off_is_done_by_the_run_of_the_same_order(dropping: Dropping) -> None:
    id = dropping.drop(a__xlsx=book(FIRST))
    with dropping.house.sessions.begin() as session:
        assert rows.take(session, id, "vera", dropping.row(id).seen, None)
    for _ in range(2):
        assert record(dropping, id).lines[0].done
    assert facts(dropping) == [(900000, None)]


def test_a_table_of_another_format_than_the_companys_is_refused(dropping: Dropping) -> None:
    (dropping.house.root / "expenses.csv").write_text("Date;Amount\n-1;5\n")
    id = dropping.drop(a__xlsx=book(FIRST))
    assert "expenses.csv" in str(engine.refusal_of(dropping.row(id)))


def test_a_broken_row_is_named_and_the_others_are_recorded(dropping: Dropping) -> None:
    id = dropping.drop(a__xlsx=book(FIRST, ("-1", "A5", "operatin", 1, "x")))
    [problem] = dropping.row(id).problems
    assert (problem["place"]["row"], problem["place"]["field"]) == (3, "Fund")
    record(dropping, id)
    assert facts(dropping) == [(900000, None)]


def test_a_table_is_weighed_as_it_will_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(book(*[FIRST] * 500))
    (tmp_path / "b.csv").write_bytes(b"a;b\r\n")
    assert apart.weight(tmp_path / "a.xlsx") > 5 * (tmp_path / "a.xlsx").stat().st_size
    assert apart.weight(tmp_path / "b.csv") == len(b"a;b\r\n")


def test_a_table_is_read_once_to_be_looked_at(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, load = [], xlsx.load_workbook

    def heard(*arguments: Any, **more: Any) -> Any:
        opened.append(more)
        return load(*arguments, **more)

    monkeypatch.setattr(xlsx, "load_workbook", heard)
    id = dropping.drop(a__xlsx=book(FIRST, SECOND))
    looked = len(opened)
    record(dropping, id)
    assert looked == len(opened) - looked - 1 and facts(dropping) == [(900000, None), (120050, None)]


def test_dates_and_numbers_of_a_workbook_are_no_mistakes(dropping: Dropping) -> None:
    from datetime import date

    made = Workbook()
    for line in (("Чек", "Дата", "Сумма"), (1, date(2026, 11, 20), 15.5), (2, date(2026, 11, 21), 100)):
        made.active.append(list(line))  # type: ignore[union-attr]
    kept = io.BytesIO()
    made.save(kept)
    id = dropping.drop(sold__xlsx=kept.getvalue())
    row = dropping.row(id)
    assert (row.kind, row.found["lines"], row.found["amount"], row.found["wrong"]) == ("purchases", 2, 11550, [])


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        pytest.param(("№", "Дата", "Каналы", "Текст"), DropKind.PLAN, id="plan"),
        pytest.param(("Date", "Channel", "Piece"), DropKind.PLAN, id="plan in English"),
        pytest.param(("Дата", "Фонд", "Сумма", "Канал"), DropKind.EXPENSES, id="expenses"),
        pytest.param(("Дата", "Показатель", "Значение"), DropKind.RESULTS, id="results"),
        pytest.param(("Имя", "Телефон"), DropKind.CUSTOMERS, id="customers"),
        pytest.param(("Дата", "Чек", "Сумма"), DropKind.PURCHASES, id="purchases"),
        pytest.param(("a", "b"), DropKind.UNKNOWN, id="nobody's"),
        pytest.param(("Дата", "Сумма"), DropKind.UNKNOWN, id="could be several"),
    ],
)
def test_a_table_is_known_by_its_headings(header: tuple[str, ...], kind: DropKind) -> None:
    assert by_headings(header) is kind


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        pytest.param(picture(), "x.csv", DropKind.PICTURES, id="picture called a table"),
        pytest.param(b"text", "x.jpg", DropKind.PICTURES, id="text called a picture"),
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0'?><yml_catalog>", "x", DropKind.PRODUCTS, id="feed"),
        pytest.param(b"<svg xmlns=''>", "x", DropKind.PICTURES, id="drawing"),
        pytest.param(b"PK\x03\x04", "x.jpg.xlsx", DropKind.UNKNOWN, id="workbook"),
        pytest.param(b"", "x", DropKind.UNKNOWN, id="nothing"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, name: str, kind: DropKind) -> None:
    assert by_first_bytes(head, name) is kind


@pytest.mark.parametrize(
    ("does", "code", "logged"),
    [
        pytest.param("kill -9 $$", "too_much", "", id="killed by the system"),
        pytest.param(f"exit {apart.TOO_LARGE}", "too_much", "", id="no memory"),
        pytest.param("exec sleep 60", "too_long", "", id="endless"),
        pytest.param("echo worn tooth >&2; exit 1", "broke_off", "worn tooth", id="broken"),
    ],
)
def test_a_reading_that_ends_badly_says_why(
    dropping: Dropping, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    does: str, code: str, logged: str,
) -> None:  # fmt: skip
    script = tmp_path / "reader"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(apart, "LARGE", 0)
    monkeypatch.setattr(apart, "LONGEST", 2.0)
    refusal = dropping.row(dropping.drop(november__xlsx=book(FIRST))).refusal
    assert refusal is not None and refusal["code"] == code and logged in caplog.text
