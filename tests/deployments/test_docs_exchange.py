"""The page about files for tills says what is so: its columns are the code's, its example is read."""

import re

import pytest
import yaml

from models.company import Outlet
from tasks.content.columns import tidy
from tasks.exchange import commerceml, down
from tasks.exchange.columns import BY_NAME, HEADINGS, read_table
from tests.laws.source import ROOT

PAGES = {language: (ROOT / "docs" / language / "exchange.md").read_text(encoding="utf-8") for language in ("ru", "en")}


def section(page: str, heading: str) -> str:
    return re.split(r"\n##+ ", page.partition(heading)[2])[0]


@pytest.mark.parametrize("language", PAGES)
def test_every_column_it_names_is_read_and_none_is_left_out(language: str) -> None:
    told = section(PAGES[language], "### CSV")
    cells = [line.split("|")[1:3] for line in told.splitlines() if line.startswith("| `")]
    names = [name.strip(" `") for cell in cells for text in cell for name in text.split(",")]
    assert {BY_NAME[tidy(name)] for name in names if name} == HEADINGS.keys()


@pytest.mark.parametrize("language", PAGES)
def test_columns_that_go_down_are_all_named(language: str) -> None:
    page = PAGES[language]
    told = set(re.findall(r"`([a-z_]+)`", section(page, "## Down" if language == "en" else "## Кассам")))
    assert set(down.OFFER_COLUMNS) <= told and ";".join(down.CODE_COLUMNS) in page


@pytest.mark.parametrize("language", PAGES)
def test_the_example_of_company_yaml_is_taken(language: str) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGES[language], re.DOTALL)
    card = Outlet.model_validate(yaml.safe_load(example)["outlets"][0]).exchange
    assert (card.folder, card.formats, card.encoding, card.codes) == (
        "exchange/kazan", ("csv", "commerceml"), "cp1251", True
    )  # fmt: skip


@pytest.mark.parametrize("language", PAGES)
def test_the_names_of_commerceml_are_the_codes(language: str) -> None:
    told = section(PAGES[language], "### CommerceML")
    for kind in commerceml.KINDS:
        assert f"«{kind}»" in told or f"“{kind}”" in told
    names = {name.lower() for name in re.findall("[“«]([^”»]+)[”»]", told)}
    for known in (commerceml.CODE_NAMES, commerceml.TILL_NAMES, commerceml.CARD_NAMES, commerceml.CASHIER_NAMES,
                  commerceml.SALE_NAMES, commerceml.LINE_NAMES):  # fmt: skip
        assert names & known


def test_the_row_a_reader_would_write_first_is_read() -> None:
    text = "чек;дата и время;код;сумма до скидки;скидка\n1;25.11.2026 14:30;теа 001;450,50;45\n"
    assert len(read_table(text.encode("cp1251"), "day.csv", "kazan", "Europe/Moscow", "RUB").entries) == 1
