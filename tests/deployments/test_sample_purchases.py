"""The sample's purchases: made up to a day, always the same for it, read by our own loader without a fault."""

import io
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from deployments.cli.house import lay_out
from deployments.sample import bought
from deployments.sample.crowd.country import EN, RU, Country
from deployments.sample.crowd.shopping import Bought
from deployments.sample.people import NUMBER, Crowd
from tasks.house import House
from tasks.purchases.columns import column_of
from tasks.purchases.engine import reading
from tasks.purchases.frames import of_csv
from tests.deployments.test_sample_customers import fresh_house

__all__ = ["fresh_house"]
UNTIL = date(2026, 11, 20)


@cache
def sold(folder: str) -> bytes:
    return bought.table(folder, UNTIL)


@cache
def lines() -> tuple[Bought, ...]:
    return tuple(bought.bought(RU, UNTIL))


@pytest.mark.parametrize("country", [RU, EN], ids=["ru", "en"])
def test_our_own_loader_reads_every_line_of_them(country: Country, fresh_house: object) -> None:
    house: House = fresh_house(country)  # type: ignore[operator]
    table = of_csv(io.BytesIO(sold(country.folder)), lambda cell: bool(column_of(cell)))
    with reading(house, table) as found:
        assert found.wrong == () and found.unknown == () and found.rows == found.aside.lines > 30_000
        outlets = {outlet for _, (receipts, _) in found.aside.parts() for outlet in receipts["outlet"]}
        assert outlets == {outlet for outlet, _ in Crowd(country).outlets}


def test_made_for_the_same_day_they_are_the_same() -> None:
    assert bought.table("ru", UNTIL) == sold("ru")
    assert max(line.on for line in lines()) <= UNTIL


def test_there_are_customers_of_every_habit() -> None:
    visits = Counter(line.code for line in {line.receipt: line for line in lines()}.values())
    sizes = Counter("often" if number > 15 else "some" if number > 1 else "once" for number in visits.values())
    assert min(sizes[habit] for habit in ("often", "some", "once")) > 300
    assert NUMBER - len(visits) > 500
    assert any(line.quantity < 0 for line in lines())


def test_a_company_is_laid_out_with_its_purchases(tmp_path: Path) -> None:
    lay_out(tmp_path / "company", "sample", "en")
    head = (tmp_path / "company" / bought.FILE).read_bytes()[:60]
    assert head.startswith(b"Receipt,Date,Time,Card")
