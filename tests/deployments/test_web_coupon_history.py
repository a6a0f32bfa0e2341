"""A stranger's history dropped on the desk: a report comes of it, the tables are gone, no ledger has changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from sqlalchemy import func, select

from models.customers import Customer
from models.registry import Fact
from tests.deployments.served import Web, web_of_its_own
from tests.tasks.coupon_analysis.strangers import settle

PATH = "/staff/coupon-history"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_of_its_own(tmp_path_factory.mktemp("house")) as web:
        yield web


@pytest.fixture
def tables(tmp_path: Path) -> list[tuple[str, tuple[str, bytes]]]:
    folder = settle(tmp_path / "history", 80)
    return [("files", (one.name, one.read_bytes())) for one in sorted(folder.iterdir())]


def send(browser: Any, files: Any, once: str = "one", **fields: str) -> httpx.Response:
    answer: httpx.Response = browser.http.post(PATH, data={"csrf": browser.csrf, "once": once} | fields, files=files)
    return answer


def text(page: str) -> str:
    return str(html.fromstring(page).xpath("normalize-space(string(//main))")).replace("\u00a0", " ")


def test_a_history_is_dropped_and_read(web: Web, tables: Any) -> None:
    vera = web.browser("vera")
    answer = send(vera, tables, groups="Чай; Кофе", handling="5")
    assert answer.status_code == 303, text(answer.text)
    place = answer.headers["location"]
    again = send(vera, tables, groups="Чай; Кофе", handling="5")
    assert again.headers["location"] == place, "the same form sent twice is one report"
    said = text(vera.get(place).text)
    for words in ("Чай", "Кружки", "больше, чем купил бы без него", "строки 102", "обработка 5 ₽", "не причин"):
        assert words in said, words
    assert "more than without it" in text(vera.get(place, **{"accept-language": "en"}).text)
    assert vera.get(f"{place}/coupons.pdf").content.startswith(b"%PDF")
    assert vera.get(f"{place}/coupons.xlsx").content.startswith(b"PK")
    alone = vera.get(f"{place}/coupons.html")
    assert "attachment" in alone.headers["content-disposition"] and "Кружки" in alone.text
    assert "coupons.csv, purchases.csv, redemptions.csv" in text(vera.get(PATH).text)
    kept = [one.name for one in web.house.var.rglob("*") if one.suffix == ".csv"]
    with web.house.reads() as session:
        rows = [session.execute(select(func.count()).select_from(table)).scalar() for table in (Customer, Fact)]
    assert kept == [] and rows == [0, 0]


def test_whoever_goes_back_and_takes_other_tables_gets_another_report(web: Web) -> None:
    """A browser that goes back shows the form as it was left, with its token that tells one sending from another."""
    vera = web.browser("vera")
    tables = [[("files", ("coupons.csv", f"code;issued\n{code};2026-03-02\n".encode()))] for code in "AB"]
    places = [send(vera, one, once="back").headers["location"] for one in (*tables, tables[0])]
    costly = send(vera, tables[0], once="back", fixed="5").headers["location"]
    assert places[0] == places[2] and len({*places, costly}) == 3


@pytest.mark.parametrize(
    ("files", "fields", "words"),
    [
        pytest.param([("files", ("x.csv", b"a;b\n1;2\n"))], {}, "x.csv: ни имя, ни заголовки", id="nobody's table"),
        pytest.param([("files", ("coupons.xlsx", b"PK\x03\x04broken"))], {}, "coupons.xlsx", id="a broken book"),
        pytest.param([("files", ("покупки.csv", b"a;b\n"))], {}, "Нет таблицы выданных купонов", id="no coupons"),
        pytest.param(
            [("files", ("coupons.csv", b"a;b\n"))] * 2, {}, "И coupons.csv, и coupons (2).csv", id="two of one name"
        ),
        pytest.param([("files", ("coupons.csv", b"a"))], {"fixed": "много"}, "«много» — не число", id="no cost"),
    ],
)
def test_what_cannot_be_used_is_said_where_it_was_sent_from(
    web: Web, files: Any, fields: dict[str, str], words: str
) -> None:
    answer = send(web.browser("vera"), files, once="other", **fields)
    assert answer.status_code == 422 and words in text(answer.text), text(answer.text)


@pytest.mark.parametrize("path", ["none", "0123456789abcdef", "../secret", "0123456789abcdef/coupons.pdf"])
def test_what_is_not_there_is_not_found(web: Web, path: str) -> None:
    assert web.browser("vera").get(f"{PATH}/{path}").status_code == 404


def test_whoever_may_not_read_reports_may_not_make_one(web: Web, tables: Any) -> None:
    assert send(web.browser("nina"), tables).status_code == 403
