"""Trouble with a file or a folder is told, and keeps nothing else waiting."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.exchange.engine import Exchange
from tasks.house import House
from tests.house import COMPANY
from tests.tasks.exchange.test_exchange import OUTLETS, drop, house, sale, state, table

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
