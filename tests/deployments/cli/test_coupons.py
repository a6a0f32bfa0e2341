"""`otdel analyse-coupons`: a stranger's history, without a house; for people and for programs."""

from pathlib import Path

import pytest

from tests.deployments.cli.conftest import Otdel, Town
from tests.tasks.coupon_analysis.strangers import settle


@pytest.fixture(autouse=True)
def nowhere(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No company, no database."""
    monkeypatch.setenv("OTDEL_WORKSPACE", str(tmp_path / "none"))
    monkeypatch.setenv("OTDEL_CONFIG_HOME", str(tmp_path / "private"))
    monkeypatch.setenv("OTDEL_LOCALE", "en")


def test_a_folder_is_analysed_for_people_and_for_programs(tmp_path: Path, otdel: Otdel) -> None:
    folder = settle(tmp_path / "history", 80)
    out = tmp_path / "out"
    said = otdel("analyse-coupons", str(folder), "--out", str(out), "--zone", "Europe/Moscow")
    assert said.code == 1, said.text
    assert "more than without it" in said.text and "To look at in coupons.csv:" in said.text
    assert sorted(one.name for one in out.iterdir()) == ["coupons.html", "coupons.pdf", "coupons.xlsx"]
    files = [str(one) for one in folder.iterdir()]
    data = otdel("analyse-coupons", *files, "--out", str(out), "--fixed", "100", "--json").data
    tea, mugs = data["offers"]
    assert (tea["issued"], tea["redeemed"], tea["told"], tea["is_causal"]) == (40, 10, "more", True)
    assert tea["brought_between"][0] < tea["brought"] < tea["brought_between"][1]
    assert mugs["brought"] is None and not mugs["is_causal"] and "redemptions.csv" in data["problems"]


def test_a_program_reads_no_share_of_a_code_for_everybody_and_what_is_provisional(tmp_path: Path, otdel: Otdel) -> None:
    """One code used thrice, and purchases that end before it does."""
    (tmp_path / "coupons.csv").write_text("code;issued;valid until\nA;2026-03-02;2026-03-31\n")
    (tmp_path / "redemptions.csv").write_text("code;date;receipt\n" + "".join(f"A;2026-03-05;{n}\n" for n in range(3)))
    (tmp_path / "purchases.csv").write_text("date;customer;amount\n2026-02-01;1;5\n2026-03-08;1;5\n")
    [one] = otdel("analyse-coupons", str(tmp_path), "--out", str(tmp_path / "out"), "--json").data["offers"]
    assert (one["uses"], one["redeemed"], one["share"], one["is_provisional"]) == (3, None, None, True)


def test_where_all_rows_count_nothing_is_said_not_to(tmp_path: Path, otdel: Otdel) -> None:
    """A line that stands twice in a receipt is told, and counts: two may have been bought."""
    (tmp_path / "coupons.csv").write_text("code;customer;issued\nA;1;2026-03-02\n")
    line = "1;2026-03-05;1;tea;5\n"
    (tmp_path / "purchases.csv").write_text("receipt;date;customer;product;amount\n" + line + line)
    said = otdel("analyse-coupons", str(tmp_path), "--out", str(tmp_path / "out"))
    assert said.code == 0 and "It counts: two may" in said.text and "Not counted" not in said.text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["none"], "none", id="no such file"),
        pytest.param(["."], "There is no table", id="an empty folder"),
        pytest.param(["history", "--zone", "Moscow"], "no time zone", id="no zone"),
        pytest.param(["history", "--fixed", "much"], "is not a number", id="no money"),
        pytest.param(["history/purchases.csv"], "no table of the coupons", id="no coupons"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, otdel: Otdel, args: list[str], words: str
) -> None:
    settle(tmp_path / "history", 4)
    monkeypatch.chdir(tmp_path)
    said = otdel("analyse-coupons", *args, "--json")
    assert said.code == 2 and words in said.data["error"], said.text
