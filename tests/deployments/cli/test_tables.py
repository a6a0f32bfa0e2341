"""`otdel import`, `registry export` and `report`, on a small company."""

import csv
import io
import json
from pathlib import Path

import polars
import pytest
from openpyxl import Workbook, load_workbook

from tests.deployments.cli.conftest import Otdel, Town
from tests.tasks.costs.test_engine import FIRST, SECOND, book

PLAN = ("№", "Date", "Text", "Channels", "Author")
YML = (
    '<?xml version="1.0"?><yml_catalog date="2026-11-20"><shop><currencies><currency id="RUB" rate="1"/></currencies>'
    '<categories><category id="1">Tea</category></categories><offers><offer id="T1" available="true">'
    "<name>Oolong</name><price>{price}</price><currencyId>RUB</currencyId><categoryId>1</categoryId></offer></offers></shop></yml_catalog>"
)


@pytest.fixture
def expenses(tmp_path: Path) -> Path:
    file = tmp_path / "expenses.xlsx"
    file.write_bytes(book(FIRST, SECOND))
    return file


def test_expenses_are_imported_as_often_as_people_like(otdel: Otdel, expenses: Path) -> None:
    assert otdel("import", "expenses", str(expenses), "--dry-run", "--json").data["recorded"] == 0
    said = otdel("import", "expenses", str(expenses), "--json")
    assert (said.code, said.data["recorded"], said.data["new"]) == (0, 2, 2)
    assert otdel("import", "expenses", str(expenses), "--json").data["same"] == 2
    assert otdel("import", "results", str(expenses)).code == 2
    assert otdel("import", "expenses", str(expenses.with_name("no.xlsx"))).code == 2
    expenses.write_bytes(book(FIRST, ("-1", "A5", "nowhere", 5, "x")))
    broken = otdel("import", "expenses", str(expenses))
    assert (broken.code, "row 3, column “Fund”" in broken.text) == (1, True)


def test_the_registry_is_exported_in_three_formats(otdel: Otdel, expenses: Path, tmp_path: Path) -> None:
    otdel("import", "expenses", str(expenses))
    for format in ("csv", "xlsx", "parquet"):
        file = tmp_path / f"facts.{format}"
        assert otdel("registry", "export", str(file), "--json").data["facts"] == 2
    rows = list(csv.reader(io.StringIO((tmp_path / "facts.csv").read_text("utf-8-sig"))))
    assert (rows[0][0], len(rows)) == ("Fact №", 3)
    sheet = load_workbook(tmp_path / "facts.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 3
    assert polars.read_parquet(tmp_path / "facts.parquet")["value"].to_list() == [900000, 120050]
    assert (
        otdel("registry", "export", str(tmp_path / "x"), "--from", "2030-01-01", "--format", "csv", "--json").data[
            "facts"
        ]
        == 0
    )
    assert otdel("registry", "export", str(tmp_path / "x.doc")).code == 2
    assert otdel("registry", "export", str(tmp_path / "x.csv"), "--from", "yesterday").code == 2


@pytest.mark.parametrize(("format", "begins"), [("html", b"<!doctype"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_report_is_one_file(otdel: Otdel, tmp_path: Path, format: str, begins: bytes) -> None:
    file = tmp_path / f"report.{format}"
    said = otdel("report", "week", "--on", "2026-11-18", "--format", format, "--out", str(file), "--json")
    assert (said.code, said.data["first"], said.data["last"]) == (0, "2026-11-16", "2026-11-22")
    assert file.read_bytes()[:20].lower().startswith(begins.lower())


def test_a_report_that_is_none_is_wrong_use(otdel: Otdel) -> None:
    assert otdel("report", "year").code == 2
    assert otdel("report", "week", "--format", "doc").code == 2
    assert otdel("report", "week", "--on", "soon").code == 2


def plan_file(path: Path, *lines: tuple[object, ...]) -> Path:
    made = Workbook()
    for line in (PLAN, *lines):
        made.active.append(list(line))  # type: ignore[union-attr]
    made.save(path)
    return path


def test_a_plan_shows_its_difference_and_is_applied_on_demand(town: Town, otdel: Otdel, tmp_path: Path) -> None:
    file = plan_file(tmp_path / "mine.xlsx", (None, "+3", "Tea", "fake", "olga"))
    shown = otdel("import", "content", str(file), "--json")
    assert (shown.code, shown.data["applied"], len(shown.data["changes"])) == (0, False, 1)
    assert not (town.root / "content").exists()
    assert otdel("import", "content", str(file), "--apply", "--person", "olga", "--json").data["done"] == 1
    sheet = load_workbook(town.root / "content" / "plan.xlsx").active
    assert sheet is not None
    assert sheet["A2"].value == 1
    assert otdel("import", "content", str(town.root / "content" / "plan.xlsx"), "--json").data["changes"] == []


def test_a_plan_that_is_replaced_is_kept(town: Town, otdel: Otdel, tmp_path: Path) -> None:
    otdel("import", "content", str(plan_file(tmp_path / "a.xlsx", (1, "+3", "Tea", "fake", "olga"))), "--apply")
    file = tmp_path / "b.csv"
    file.write_text("№;Date;Text;Channels\n1;+4;Tea;wk\n")
    said = otdel("import", "content", str(file), "--apply", "--json")
    assert (said.code, "There is no channel “wk”" in said.data["problems"][0]) == (1, True)
    assert [path.name for path in (town.root / "content").iterdir()] == ["plan.csv"]
    assert [path.suffix for path in (town.root / "var" / "backups").iterdir()] == [".xlsx"]
    assert otdel("import", "content", str(tmp_path / "c.doc")).code == 2


@pytest.mark.parametrize("apply", [(), ("--apply", "--cancel-gone")], ids=["shown", "applied"])
def test_a_table_that_is_no_plan_takes_nothing_away(
    town: Town, otdel: Otdel, tmp_path: Path, apply: tuple[str, ...]
) -> None:
    otdel("import", "content", str(plan_file(tmp_path / "a.xlsx", (1, "+3", "Tea", "fake", "olga"))), "--apply")
    before = (town.root / "content" / "plan.xlsx").read_bytes()
    for name, content in (("mine.xlsx", b"garbage"), ("mine.csv", b"a;b\n1;2\n"), ("empty.csv", b"")):
        (tmp_path / name).write_bytes(content)
        said = otdel("import", "content", str(tmp_path / name), *apply, "--json")
        assert (said.code, name in said.data["error"]) == (4, True), said.text
    assert (town.root / "content" / "plan.xlsx").read_bytes() == before
    assert [path.name for path in (town.root / "content").iterdir()] == ["plan.xlsx"]
    assert list((town.root / "var" / "import").iterdir()) == []
    assert [row.state for row in town.rows()] == []


def test_a_feed_that_another_one_keeps_out_is_not_said_to_be_taken_over(
    town: Town, otdel: Otdel, tmp_path: Path
) -> None:
    ours = "{key: shop, title: Shop, path: products.xml, kind: products}"
    other = "{key: second, title: Second, path: b.xml, kind: products}"
    (town.root / "feeds.yaml").write_text(f"sources: [{ours}, {other}]\n")
    (town.root / "products.xml").write_text(YML.format(price=90))
    (town.root / "b.xml").write_text("this is no feed")
    (tmp_path / "mine.xml").write_text(YML.format(price=100))
    said = otdel("import", "products", str(tmp_path / "mine.xml"), "--apply", "--json")
    assert (said.code, said.data["applied"]) == (4, False), said.text
    assert said.data["problems"]


def test_a_period_that_ends_before_it_begins_is_wrong_use(otdel: Otdel, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    assert otdel("registry", "export", str(file), "--from", "2026-12-01", "--to", "2026-11-01").code == 2
    assert not file.exists()
    assert otdel("registry", "export", str(file), "--to", "9999-12-31").code == 0


def test_what_cannot_be_written_says_so(otdel: Otdel, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in (("registry", "export"), ("report", "week", "--format", "xlsx", "--out")):
        said = otdel(*command, str(tmp_path / "file" / "x.xlsx"), "--json")
        assert (said.code, "in the way" in said.data["error"] or "not a folder" in said.data["error"]) == (4, True), (
            said.text
        )


def test_products_take_the_place_of_the_feed(town: Town, otdel: Otdel, tmp_path: Path) -> None:
    file = tmp_path / "mine.xml"
    file.write_text(YML.format(price=100))
    assert otdel("import", "products", str(file), "--apply").code == 4
    (town.root / "feeds.yaml").write_text("sources: [{key: shop, title: Shop, path: products.xml, kind: products}]\n")
    (town.root / "products.xml").write_text(YML.format(price=90))
    looked = otdel("import", "products", str(file), "--json").data
    assert (looked["applied"], looked["products"]) == (False, 1)
    assert otdel("import", "products", str(file), "--apply").text.strip() == "1 product is taken over."
    assert "100" in (town.root / "products.xml").read_text()
    file.write_text("this is no feed")
    assert otdel("import", "products", str(file), "--apply").code == 4
    assert "100" in (town.root / "products.xml").read_text()


@pytest.mark.parametrize(
    "arguments", [("import", "expenses", "x.xlsx"), ("registry", "export", "x.csv"), ("report", "week")]
)
def test_a_refusal_is_json_too(town: Town, otdel: Otdel, arguments: tuple[str, ...]) -> None:
    (town.root / "var" / "otdel.sqlite").unlink()
    said = otdel(*arguments, "--json")
    assert json.loads(said.text)["exit"] == said.code > 0
