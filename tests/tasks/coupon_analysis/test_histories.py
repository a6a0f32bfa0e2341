"""A stranger's files as they come: told apart, read, analysed, written; what cannot be used is refused in words."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from integrations.errors import Refused
from models.company import Company
from models.locale import spoken
from tasks.coupon_analysis.histories.engine import analyse, as_files, as_page
from tasks.coupon_analysis.histories.kinds import by_headings, by_name, told_apart
from tasks.coupon_analysis.increment import Told
from tests.tasks.coupon_analysis.strangers import settle

COMPANY, NOW = Company(name="Stranger", zone="Europe/Moscow"), datetime(2026, 5, 31, 9, tzinfo=UTC)


def files(folder: Path) -> dict[str, Path]:
    return {one.name: one for one in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("coupon_redempt.csv", "redemptions"), ("Купоны выданные.xlsx", "coupons"), ("Погашения 2025.csv", "redemptions"),
     ("transaction_data.parquet", "purchases"), ("costs.csv", "costs"), ("Себестоимость.xlsx", "costs"),
     ("table.csv", "")],
)  # fmt: skip
def test_a_file_is_what_it_is_called(name: str, kind: str) -> None:
    assert by_name(name) == kind


@pytest.mark.parametrize(
    ("header", "kind"),
    [("Код;Дата;Кассир;Скидка", "redemptions"), ("Код;Выдан;Действует до", "coupons"),
     ("Чек;Дата;Карта;Товар;Количество;Сумма", "purchases"), ("Товар;Себестоимость", "costs"), ("Код;Дата", "")],
)  # fmt: skip
def test_else_its_headings_say_what_it_is(header: str, kind: str) -> None:
    assert by_headings(header.split(";")) == kind


@pytest.mark.parametrize(
    ("given", "code"),
    [([("x.csv", "")], "no_kind"), ([("a.csv", "coupons"), ("b.csv", "coupons")], "twice"),
     ([("a.csv", "purchases")], "no_coupons")],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_refused(given: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        told_apart(given)
    assert refused.value.reason.code == code


def test_a_whole_history_is_analysed_and_written(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = settle(tmp_path / "history")
    history = analyse(files(folder), COMPANY, NOW, promoted=["Чай"], tick=lambda done, of: seen.append((done, of)))
    (tea, one), (mugs, other) = history.found
    assert (tea, mugs) == ("Чай", "Кружки") and seen[-1] == (5, 5)
    assert one.increment.told is Told.MORE and one.increment.apart == pytest.approx(40_000, abs=4_000)
    assert (one.coupons.issued, one.coupons.redeemed) == (80, 20) and other.increment.told is Told.NO_CONTROL
    with spoken("ru"):
        told = as_page(history, COMPANY, NOW, "ru")
    lines = {problem.file: problem.lines for problem in told.problems}
    assert "строки 182" in lines["coupons.csv"][0] and "строки 22" in lines["redemptions.csv"][0]
    made = as_files(history, COMPANY, NOW, "en")
    page = made["html"].decode()
    assert "more than without it" in page and "not causal" in page and "src=" not in page and "<script" not in page
    assert made["pdf"].startswith(b"%PDF")
    book = load_workbook(BytesIO(made["xlsx"]))
    assert [cell.value for cell in book["Compared"][1]][2:4] == ["Clients who were to get it", "Clients left out"]
    assert "Uses to be expected" not in [cell.value for cell in book["Costs"][1]], "it is money"
    sheet = book["Way"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["Чай"] * 3 + ["Кружки"] * 3


def test_a_product_group_is_known_however_it_is_typed_and_one_that_is_none_is_told(tmp_path: Path) -> None:
    history = analyse(files(settle(tmp_path / "history")), COMPANY, NOW, promoted=["чай ", "Какао"])
    assert [one.is_promoted for one in history.found[0][1].changes] == [True]
    with spoken("ru"):
        assert (
            "«Какао» нет ни в одной покупке" in history.problems()[-1].lines[0]
            and len(history.problems()[-1].lines) == 1
        )


@pytest.mark.parametrize(("who", "said"), [("anna@example.org", "a…@example.org"), ("+7 911 123-45-67", "…5-67")])
def test_a_clients_address_is_in_no_report(tmp_path: Path, who: str, said: str) -> None:
    """Whoever may read reports may not read addresses of clients; their own numbers are none."""
    rows = "".join(f"A{n};{who};02.03.2026\n" for n in range(5))
    (tmp_path / "coupons.csv").write_text("Код;Клиент;Выдан\n" + rows)
    used = "".join(f"A{n};{who};05.03.2026 10:0{n}\n" for n in range(5))
    (tmp_path / "redemptions.csv").write_text("Код;Клиент;Дата\n" + used)
    made = as_files(analyse(files(tmp_path), COMPANY, NOW), COMPANY, NOW, "en")
    assert f"Client {said}: 5 redemptions" in made["html"].decode() and who not in made["html"].decode()
    cells = [str(cell) for sheet in load_workbook(BytesIO(made["xlsx"])) for row in sheet.values for cell in row]
    assert any(said in cell for cell in cells) and not any(who in cell for cell in cells)


def test_a_history_that_says_days_only_tells_nothing_of_hours(tmp_path: Path) -> None:
    rows = "".join(f"A{n};7;02.03.2026\n" for n in range(12))
    (tmp_path / "coupons.csv").write_text("Код;Клиент;Выдан\n" + rows)
    used = "".join(f"A{n};7;05.03.2026;{n};o\n" for n in range(12))
    (tmp_path / "redemptions.csv").write_text("Код;Клиент;Дата;Чек;Магазин\n" + used)
    [(_, found)] = analyse(files(tmp_path), COMPANY, NOW).found
    assert [one.kind for one in found.signals] == ["many_codes"]


def test_where_no_discounts_are_said_a_use_does_not_cost_nothing(tmp_path: Path) -> None:
    (tmp_path / "coupons.csv").write_text("code;customer;issued\nA;7;2026-03-02\nB;8;2026-03-02\n")
    (tmp_path / "redemptions.csv").write_text("code;customer;date\nA;7;2026-03-05\n")
    (tmp_path / "purchases.csv").write_text("date;customer;amount\n2026-03-05;7;500\n2026-03-08;8;5\n")
    history = analyse(files(tmp_path), COMPANY, NOW)
    [(_, found)] = history.found
    assert (found.cost.each, found.liability.each, found.liability.most) == (None, None, None)
    [report] = as_page(history, COMPANY, NOW, "en").reports
    assert "A use costs" not in [one.title for one in report.boxes]
    assert any("says no discounts" in one for part in report.parts for one in part.sentences)


def test_a_head_reads_that_redemptions_are_missing(tmp_path: Path) -> None:
    """Everybody had the same code and the tills say no client: "0 of 80 redeemed" is not all there is to say."""
    rows = "".join(f"TEA;{n};02.03.2026;31.03.2026\n" for n in range(80))
    (tmp_path / "coupons.csv").write_text("Код;Клиент;Выдан;Действует до\n" + rows)
    used = "".join(f"TEA;05.03.2026;{n}\n" for n in range(30))
    (tmp_path / "redemptions.csv").write_text("Код;Дата;Чек\n" + used)
    history = analyse(files(tmp_path), COMPANY, NOW)
    [report] = as_page(history, COMPANY, NOW, "en").reports
    assert any("30 rows of redemptions could not be counted" in one.text for one in report.sentences)


def test_what_cannot_be_read_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "coupons.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(Refused) as refused:
        analyse(files(tmp_path), COMPANY, NOW)
    assert "coupons.parquet" in str(refused.value.reason)
    (tmp_path / "coupons.parquet").unlink()
    (tmp_path / "coupons.csv").write_text("Код;Выдан\nA;не дата\n")
    with pytest.raises(Refused) as refused:
        analyse(files(tmp_path), COMPANY, NOW)
    assert refused.value.reason.code == "nothing_left" and "2" in str(refused.value.reason)


def test_an_offer_is_text_and_its_markup_is_not_carried_out(tmp_path: Path) -> None:
    (tmp_path / "coupons.csv").write_text("Код;Предложение;Клиент;Выдан\nA;<script>alert(1)</script>;1;02.03.2026\n")
    made = as_files(analyse(files(tmp_path), COMPANY, NOW), COMPANY, NOW, "ru")
    assert b"<script" not in made["html"] and b"&lt;script" in made["html"]
