"""Expenses and results of the sample company, as its first run records them."""

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, select

from integrations.workspace import read_workspace
from models.database import SetClock
from models.locale import spoken
from models.registry import Fact
from tasks.costs import steps
from tasks.house import House, furnish
from tasks.reports.engine import laid_out, period_of, report_of
from tests.fakes import FakeChannel
from tests.house import furnished

SAMPLE = Path(__file__).parents[3] / "deployments" / "sample"
SUNDAY = datetime.fromisoformat("2026-11-22T15:00Z")
SAID = {"ru": ("Цена заказа", "928,57"), "en": ("Cost per order", "20.65")}  # 32 500 ₽ by 35 orders; €495.50 by 24


@pytest.fixture(params=SAID)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(database: Engine, tmp_path: Path, language: str) -> House:
    """The sample company on the Sunday of its first start."""
    clock = SetClock(SUNDAY)
    made = furnished(tmp_path / "small", database, {"site": FakeChannel(), "showcase": FakeChannel()}, clock)
    root = Path(shutil.copytree(SAMPLE / language, tmp_path / "company"))
    sample = replace(
        made, root=root, var=tmp_path / "var", open_workspace=lambda: read_workspace(root, date(2026, 11, 22))
    )
    furnish(sample)
    return sample


def facts(house: House) -> list[tuple[str, int | None]]:
    with house.reads() as session:
        return [(fact.metric, fact.value) for fact in session.execute(select(Fact).order_by(Fact.id)).scalars()]  # type: ignore[arg-type]


def rows(house: House, file: str) -> int:
    sheet = load_workbook(house.root / file).active
    return sum(1 for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)) if sheet else 0


def test_the_tables_of_the_sample_are_recorded_whole_and_once(house: House, language: str) -> None:
    with spoken(language):
        number = rows(house, "expenses.xlsx") + rows(house, "results.xlsx")
        ending = steps.record_tables.fn()
        assert (ending.done, ending.total, ending.remarks) == (number, number, ())
        kept = facts(house)
        assert len(kept) == number
        for _ in range(2):
            assert steps.record_tables.fn().total == 0
        assert facts(house) == kept


def test_the_report_says_what_a_result_has_cost(house: House, language: str) -> None:
    with spoken(language):
        before = laid_out(report_of(house, period_of(house, "week", ""), ""), "html").decode()
        steps.record_tables.fn()
        after = laid_out(report_of(house, period_of(house, "week", ""), ""), "html").decode()
    measure, price = SAID[language]
    assert price not in before
    assert measure in after and price in after


def test_rows_have_their_numbers_before_they_are_recorded(house: House, language: str) -> None:
    """Killed in between, the next load knows the rows by the same №s, wherever they stand by then."""

    class Killed(Exception):
        pass

    def killed(*_: object) -> House:
        raise Killed

    def numbers() -> list[object]:
        sheet = load_workbook(house.root / "expenses.xlsx").active
        return [row[-1] for row in sheet.iter_rows(values_only=True)] if sheet else []

    furnish(replace(house, sessions=killed))  # type: ignore[arg-type]
    with pytest.raises((Killed, AttributeError)):
        steps.record_tables.fn()
    assert numbers()[:3] == ["№", 1, 2]
    furnish(house)
    assert facts(house) == []


def test_a_company_without_tables_or_with_broken_files_states_nothing(house: House) -> None:
    (house.root / "channels.yaml").write_text("channels: [")
    assert steps.record_tables.fn().total == 0
    for name in ("expenses.xlsx", "results.xlsx"):
        (house.root / name).unlink()
    assert steps.record_tables.fn().total == 0
    assert facts(house) == []
