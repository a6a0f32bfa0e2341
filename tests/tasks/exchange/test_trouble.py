"""Trouble with a file or a folder is told, and keeps nothing else waiting."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.exchange.commerceml import read_documents
from tasks.exchange.engine import Exchange
from tasks.house import House
from tasks.redeeming.calls import Brought
from tests.house import COMPANY
from tests.tasks.exchange.test_commerceml import RECEIPT
from tests.tasks.exchange.test_exchange import HEAD, OUTLETS, drop, house, sale, state, table

__all__ = ["house"]


def test_a_file_that_somebody_holds_keeps_no_other_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held, read = drop(house, "a.csv", table(sale(1))), Path.read_bytes
    drop(house, "b.csv", table(sale(2)))

    def refused(path: Path) -> bytes:
        if path == held:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    done = Exchange(house).round()
    assert (done.entered, done.written) == (1, 3) and len(done.remarks) == 1
    assert "a.csv" in done.remarks[0] and "Permission denied" in done.remarks[0]


def test_a_file_of_a_clock_that_is_ahead_is_told(house: House) -> None:
    drop(house, "day.csv", table(sale(1)), minutes=-60 * 24 * 365)
    done = Exchange(house).round()
    assert state(house) == [] and len(done.remarks) == 1 and "day.csv" in done.remarks[0]
    drop(house, "day.csv", table(sale(1)), minutes=-30)  # it is read soon
    assert Exchange(house).round().remarks == []


def test_files_that_no_run_has_time_for_are_not_even_read(house: House) -> None:
    for name in "abc":
        drop(house, f"{name}.csv", table(sale(ord(name) - 96)))
    read: list[str] = []

    class Slow(Exchange):
        def take_data(self, outlet: Any, name: str, *how: Any) -> Any:
            read.append(name)
            house.clock.at += timedelta(seconds=81)  # type: ignore[attr-defined]
            return super().take_data(outlet, name, b"", *how[1:])

    done = Slow(house).round()
    assert read == ["a.csv"] and done.remarks[-1].endswith("left for the next run: 2.")


def test_a_folder_of_two_outlets_is_no_ones(house: House) -> None:
    east = "{key: east, name: Cups in the east, exchange: {folder: ./exchange/center/}}"
    (house.root / "company.yaml").write_text(COMPANY + OUTLETS.splitlines()[0] + "\n" + "\n".join(
        OUTLETS.splitlines()[1:4]) + f"\n  - {east}\n")  # fmt: skip
    path = drop(house, "day.csv", table(sale(1)))
    done = Exchange(house).round()
    assert state(house) == [] and path.exists() and len(done.remarks) == 2
    assert all("another outlet" in said for said in done.remarks)
    assert not list((house.root / "exchange/center/down").iterdir())


def test_a_return_names_the_till_of_its_sale_and_may_have_the_number_of_another_receipt(house: House) -> None:
    head = HEAD + ";вид;операция продажи;касса продажи"
    rows = [sale(1) + ";;;", sale(2) + ";;;", "2;1;2026-11-22 15:00:00;;;;;;возврат;2026-11-22 1;1",
            "1;1;2026-11-22 16:00:00;;;;;;возврат;2026-11-22 2;"]  # fmt: skip
    drop(house, "day.csv", "\r\n".join([head, *rows]) + "\r\n")
    assert Exchange(house).round().remarks == []
    assert [row[2] for row in state(house)] == ["returned", "returned"]
    before, _, behind = RECEIPT.format(encoding="UTF-8").rpartition("Касса")
    found = read_documents(f"{before}КассаПродажи{behind}".encode(), "center", "UTC", "RUB")
    [(_, _), (_, back)] = found.entries
    assert isinstance(back, Brought) and (back.back.till, back.back.of_till) == ("file:center:", "file:center:2")
