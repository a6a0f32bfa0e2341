"""A stranger's tables: read in both languages and three formats, broken rows by number, credit where it is due."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from sqlalchemy import Engine

from integrations.errors import Refused
from models.company import Company
from models.database import SetClock
from models.locale import spoken
from models.redemptions import Arm
from tasks.coupon_analysis.clocks import Clocks
from tasks.coupon_analysis.engine import CouponAnalysis
from tasks.coupon_analysis.foreign import Foreign, familiar, history_of, last_seen, periods_of, with_table
from tasks.coupon_analysis.funnel import by_coupon, by_customer
from tasks.coupon_analysis.histories.engine import of_offer, opened
from tasks.coupon_analysis.increment import Told
from tasks.coupon_analysis.whole import Question, analysed
from tests.fakes import NOW as FAKE_NOW
from tests.fakes import FakeChannel
from tests.house import furnished

NOW = datetime.fromisoformat("2026-05-31T12:00")
CLOCKS = Clocks("Europe/Moscow", {"east": "Asia/Vladivostok"})
COUPONS = "Код;Акция;Клиент;Выдан;Действует до;Просмотрен\n"
REDEEMED = "Код;Акция;Клиент;Дата;Время;Магазин;Кассир;Чек;Скидка\n"


def read(
    found: Foreign, kind: str, text: str | bytes, folder: Path, name: str = "", clocks: Clocks = CLOCKS
) -> Foreign:
    path = folder / (name or f"{kind}.csv")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with opened(path, partial(familiar, kind)) as table:
        return with_table(found, kind, table, CLOCKS, NOW, "RUB")


def wrongs(found: Foreign, kind: str) -> dict[str, tuple[int, ...]]:
    return {one.reason.code: one.rows for one in found.wrong[kind]}


def test_tables_in_russian_are_read(tmp_path: Path) -> None:
    rows = "A1;весна;7;02.03.2026;31.03.2026;да\nA2;весна;8;02.03.2026;31.03.2026;\n"
    found = read(Foreign(), "coupons", COUPONS + rows, tmp_path)
    found = read(found, "redemptions", REDEEMED + "A1;;7;05.03.2026;10:15;north;Нина;55;45,50\n", tmp_path)
    assert found.offers() == ["весна"] and found.wrong == {"coupons": (), "redemptions": ()}
    history, by_lot = history_of(found, "весна")
    one = by_coupon(history.coupons, history.redemptions)
    assert (one.issued, one.delivered, one.viewed, one.redeemed) == (2, None, 1, 1) and not by_lot
    row = history.redemptions.row(0, named=True)
    assert (row["amount"], row["local"]) == (4550, datetime.fromisoformat("2026-03-05T10:15"))


def test_tables_in_english_and_parquet_are_read(tmp_path: Path) -> None:
    frame = pl.DataFrame({
        "coupon_upc": [10000085364, 10000085365], "campaign": [8, 8], "household_id": [1, 2],
        "start_date": [date(2026, 3, 2)] * 2, "end_date": [date(2026, 3, 31)] * 2,
    })  # fmt: skip
    stream = BytesIO()
    frame.write_parquet(stream)
    found = read(Foreign(), "coupons", stream.getvalue(), tmp_path, "coupons.parquet")
    used = pl.DataFrame({
        "coupon_upc": [10000085364], "campaign": [8], "household_id": [1],
        "redemption_date": [datetime.fromisoformat("2026-03-05T23:30")], "discount": [1.5],
    })  # fmt: skip
    stream = BytesIO()
    used.write_parquet(stream)
    found = read(found, "redemptions", stream.getvalue(), tmp_path, "redemptions.parquet")
    history, _ = history_of(found, "8")
    assert history.redemptions.select("local", "amount").rows() == [(datetime.fromisoformat("2026-03-05T23:30"), 150)]
    assert by_customer(history.coupons, history.redemptions).rate == 0.5


@pytest.mark.parametrize(
    "said", ["2026-03-31", "2026-03-31T00:00:00", "2026-03-31 23:59:59.999", "2026-03-31T20:59:59Z",
             "2026-03-31 23:59:59+03", "2026-03-31T23:59:59.5+03:00"],
)  # fmt: skip
def test_a_last_day_may_be_written_as_a_moment(tmp_path: Path, said: str) -> None:
    """As columns of dates come out of Parquet files, databases and other systems."""
    found = read(Foreign(), "coupons", COUPONS + f"A1;s;7;2026-03-02 09:00:00.123;{said};\n", tmp_path)
    assert found.coupons is not None and found.coupons["last"].to_list() == [date(2026, 3, 31)]
    assert found.coupons["ends_at"].dt.replace(microsecond=0).to_list() == [
        datetime.fromisoformat("2026-03-31T20:59:59")
    ]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    rows: list[list[Any]] = [
        ["Code", "Offer", "Customer", "Issued", "Valid until"],
        ["A1", "s", 7, "2026-03-02", "2026-03-31"],
    ]
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    book.close()
    found = read(Foreign(), "coupons", stream.getvalue(), tmp_path, "coupons.xlsx")
    assert found.coupons is not None and found.coupons["customer"].to_list() == ["7"]


def test_broken_rows_are_told_by_number_and_the_rest_counts(tmp_path: Path) -> None:
    found = read(Foreign(), "coupons", COUPONS + (
        "A1;s;7;02.03.2026;31.03.2026;\n" ";s;8;02.03.2026;31.03.2026;\n" "A3;s;9;когда-то;31.03.2026;\n"
        "A4;s;9;02.03.2026;01.03.2026;\n" "A1;s;7;02.03.2026;31.03.2026;\n"
    ), tmp_path)  # fmt: skip
    assert wrongs(found, "coupons") == {"no_code": (3,), "date": (4,), "ends": (5,), "again": (6,)}
    assert found.coupons is not None and len(found.coupons) == 1
    assert [one.left_out for one in found.wrong["coupons"]] == [True, True, True, False]
    with spoken("ru"):
        assert str(found.wrong["coupons"][0].reason) == "В строке нет кода."


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        read(Foreign(), "coupons", "Имя;Город\nа;б\n", tmp_path)


def given(tmp_path: Path, coupons: str, used: str) -> Foreign:
    return read(read(Foreign(), "coupons", COUPONS + coupons, tmp_path), "redemptions", REDEEMED + used, tmp_path)


def test_a_code_in_several_offers_is_credited_by_name_or_day_and_never_guessed(tmp_path: Path) -> None:
    """The fourth published mistake: A1 stands in spring and in May, with two days in both."""
    found = given(tmp_path, "A1;spring;7;02.03.2026;31.03.2026;\nA1;may;7;30.03.2026;30.04.2026;\n", (
        "A1;;7;05.03.2026;;o;;1;10\n" "A1;;7;20.04.2026;;o;;2;10\n" "A1;;7;30.03.2026;;o;;3;10\n"
        "A1;may;7;31.03.2026;;o;;4;10\n" "A1;;7;01.01.2026;;o;;5;10\n" "A1;;8;05.03.2026;;o;;6;10\n"
    ))  # fmt: skip
    assert found.redemptions is not None
    credit = dict(found.redemptions.select("row", "offer").rows())
    assert credit == {2: "spring", 3: "may", 5: "may"}
    assert wrongs(found, "redemptions") == {"several": (4,), "outside": (6,), "not_issued": (7,)}


def test_a_redemption_that_names_no_client_is_its_holders(tmp_path: Path) -> None:
    found = given(tmp_path, "A1;s;7;02.03.2026;31.03.2026;\nB;s;;02.03.2026;31.03.2026;\n",
                  "A1;;;05.03.2026;;o;;1;10\nB;;9;05.03.2026;;o;;2;10\n")  # fmt: skip
    assert found.redemptions is not None and found.redemptions["customer"].to_list() == ["7", "9"]


def test_a_code_of_many_clients_without_a_name_is_credited_to_none(tmp_path: Path) -> None:
    """And it is said why: it stood in one offer only, and was given out."""
    coupons = "".join(f"B;s;{n};02.03.2026;31.03.2026;\n" for n in range(3))
    coupons += "".join(f"C;s;{n};02.03.2026;31.03.2026;\n" for n in range(60))
    used = "B;;;05.03.2026;;o;;1;10\nC;;;05.03.2026;;o;;2;10\nC;;99;05.03.2026;;o;;3;10\n"
    found = given(tmp_path, coupons, used)
    assert wrongs(found, "redemptions") == {"whose": (2, 3), "not_issued": (4,)} and found.uncredited == (3, 0)


def test_rows_of_products_are_one_redemption(tmp_path: Path) -> None:
    """The first published mistake, as it comes in files: joined to products, one use is a thousand rows."""
    head = "Код;Клиент;Дата;Чек;Скидка;Товар\n"
    fanned = "".join(f"A1;7;05.03.2026;55;45;p{n}\n" for n in range(1000))
    by_line = "A2;7;06.03.2026;56;10;tea\nA2;7;06.03.2026;56;15;cup\nA2;7;06.03.2026;56;15;cup\n"
    coupons = "A1;s;7;02.03.2026;31.03.2026;\nA2;s;7;02.03.2026;31.03.2026;\n"
    found = read(
        read(Foreign(), "coupons", COUPONS + coupons, tmp_path), "redemptions", head + fanned + by_line, tmp_path
    )
    assert found.redemptions is not None and found.redemptions["amount"].to_list() == [4500, 2500]
    assert wrongs(found, "redemptions") == {"again": (1004,)}


def test_without_receipts_and_products_other_discounts_are_other_uses(tmp_path: Path) -> None:
    """A code for everybody, used thrice in a day: the till told no more than the day and the discount."""
    found = read(Foreign(), "coupons", COUPONS + "TEA;s;;02.03.2026;31.03.2026;\n", tmp_path)
    used = "Код;Дата;Скидка\n" + "".join(f"TEA;05.03.2026;{off}\n" for off in (10, 15, 20))
    found = read(found, "redemptions", used, tmp_path)
    assert found.redemptions is not None and found.redemptions["amount"].to_list() == [1000, 1500, 2000]


@pytest.mark.parametrize("sign", ["", "-"])
def test_what_was_given_back_is_no_use(tmp_path: Path, sign: str) -> None:
    """Tills write discounts above or below zero; of both signs the rarer gives back: whole, in part, or of nothing."""
    other = "" if sign else "-"
    coupons = "".join(f"A{n};s;{n};02.03.2026;31.03.2026;\n" for n in range(1, 7))
    used = "".join(f"A{n};;{n};05.03.2026;10:00;o;;{n};{sign}45\n" for n in range(1, 6))
    used += f"A1;;1;06.03.2026;10:00;o;;91;{other}45\nA2;;2;06.03.2026;10:00;o;;92;{other}15\n"
    used += f"A3;;3;05.03.2026;10:00;o;;3;{other}45\nA6;;6;06.03.2026;10:00;o;;96;{other}45\n"
    found = given(tmp_path, coupons, used)
    assert found.redemptions is not None
    assert found.redemptions.select("code", "amount").rows() == [("A2", 3000), ("A4", 4500), ("A5", 4500)]
    assert wrongs(found, "redemptions") == {"no_use": (10,)}


def test_a_time_without_a_zone_is_the_outlets(tmp_path: Path) -> None:
    """23:30 in Vladivostok is 13:30 in UTC; read as UTC and shown there it would be the next day."""
    found = given(tmp_path, "A1;s;7;02.03.2026;31.03.2026;\nA2;s;8;02.03.2026;31.03.2026;\n",
                  "A1;;7;05.03.2026;23:30;east;;1;10\nA2;;8;2026-03-05T23:30:00+03:00;;east;;2;10\n")  # fmt: skip
    assert found.redemptions is not None
    assert found.redemptions.select("local", "redeemed_at").rows() == [
        (datetime.fromisoformat("2026-03-05T23:30"), datetime.fromisoformat("2026-03-05T13:30")),
        (datetime.fromisoformat("2026-03-06T06:30"), datetime.fromisoformat("2026-03-05T20:30")),
    ]


def test_times_that_the_clock_skips_or_has_twice_are_read_all_the_same() -> None:
    berlin = Clocks("Europe/Berlin")
    said = ["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-25T03:30"]
    told = pl.DataFrame({"local": [datetime.fromisoformat(one) for one in said]})
    utc = told.select(berlin.to_utc(pl.col("local"), pl.lit(""))).to_series().to_list()
    assert [f"{at:%H:%M}" for at in utc] == ["01:30", "00:30", "02:30"]


def lot(tmp_path: Path, of: int = 200) -> Foreign:
    """So many with a coupon and as many without by lot; the former buy one more tea at 300."""
    head = "Код;Акция;Клиент;Выдан;Действует до;Группа\n"
    rows = [f"A{n};s;{n};02.03.2026;31.03.2026;купон\n" for n in range(of)]
    rows += [f";s;{n};02.03.2026;31.03.2026;контроль\n" for n in range(of, 2 * of)]
    bought = ["Чек;Карта;Дата;Товар;Категория;Сумма\n"]
    for n in range(2 * of):
        bought.append(f"b{n};{n};05.02.2026 12:00;tea;Чай;{500 + n % 50}\n")
        bought.append(f"d{n};{n};05.03.2026 12:00;tea;Чай;{500 + n % 50 + (300 if n < of else 0) + n % 7}\n")
    found = read(Foreign(), "coupons", head + "".join(rows), tmp_path)
    found = read(found, "purchases", "".join(bought), tmp_path)
    used = "".join(f"A{n};;{n};05.03.2026;12:00;o;;d{n};30\n" for n in range(0, of, 4))
    found = read(found, "redemptions", REDEEMED + used, tmp_path)
    return read(found, "costs", "Товар;Себестоимость\ntea;200\n", tmp_path)


def test_a_stranger_who_never_had_our_tills_gets_the_whole_analysis(tmp_path: Path) -> None:
    found = lot(tmp_path)
    history, by_lot = history_of(found, "s")
    periods = periods_of(found, "s", date(2026, 5, 30), 56, 28)
    assert (
        by_lot
        and periods is not None
        and (periods.first_day, periods.last_day) == (date(2026, 3, 2), date(2026, 3, 31))
    )
    told = analysed(history, Question(periods, NOW, promoted=("Чай",)))
    assert told.increment.told is Told.MORE and told.increment.apart == pytest.approx(30_000, rel=0.02)
    assert told.coupons.redeemed == 50 and told.cost.face == 50 * 3000
    assert told.margin is not None and told.margin.covered == 1.0 and told.margin.roi is not None


def test_a_history_is_as_of_its_own_last_moment(tmp_path: Path) -> None:
    """It ends on the 5th of March: what comes later is not known, and no day without purchases."""
    found = lot(tmp_path)
    periods = periods_of(found, "s", date(2026, 5, 30), 56, 28)
    assert periods is not None and not periods.is_whole and periods.during_days == 4
    assert not periods.is_running, "it is the history that ends, not the offer that runs"
    assert (periods.before, periods.known_to) == (25, date(2026, 3, 5))
    assert last_seen(found, "Europe/Moscow") == datetime.fromisoformat("2026-03-05T21:00")
    assert last_seen(Foreign(), "UTC") is None


def test_an_offer_that_ended_on_the_last_day_of_its_history_has_ended(tmp_path: Path) -> None:
    """Tables that say days only: the last of them is over, and what was not used by then is not open any more."""
    found = given(tmp_path, "".join(f"A{n};s;{n};02.03.2026;31.03.2026;\n" for n in range(9)),
                  "A1;;1;05.03.2026;;o;;1;10\nA2;;2;31.03.2026;;o;;2;10\n")  # fmt: skip
    told = of_offer(found, "s", Company(name="Stranger", zone="Europe/Moscow"), NOW.replace(tzinfo=UTC))
    assert told is not None and (told.breakage.ended, told.breakage.unused, told.liability.open) == (9, 7, 0)
    early = given(tmp_path, "A1;s;1;02.03.2026;31.03.2026;\n", "A1;;1;30.03.2026;;o;;1;10\n")
    assert last_seen(early, "Europe/Moscow") == datetime.fromisoformat("2026-03-30T21:00")


def test_the_engine_reads_the_files_of_a_stranger(tmp_path: Path, database: Engine) -> None:
    lot(tmp_path)
    analysis = CouponAnalysis(furnished(tmp_path / "house", database, {"fake": FakeChannel()}, SetClock(FAKE_NOW)))
    files = {kind: tmp_path / f"{kind}.csv" for kind in ("purchases", "redemptions", "coupons", "costs")}
    found = analysis.foreign(files, CLOCKS)
    told = analysis.of_foreign(found, "s", promoted=["Чай"])
    assert told is not None and told.increment.told is Told.MORE and told.coupons.redeemed == 50
    assert [one.is_promoted for one in told.changes] == [True] and analysis.of_foreign(found, "other") is None
    assert told.curve.redeemed == 50 and told.question.now == datetime.fromisoformat("2026-03-05T21:00")


def test_a_client_in_both_groups_counts_in_neither(tmp_path: Path) -> None:
    head = "Код;Акция;Клиент;Выдан;Группа\n"
    found = read(
        Foreign(), "coupons", head + "A1;s;7;02.03.2026;купон\n;s;7;02.03.2026;control\n;s;8;;control\n", tmp_path
    )
    assert found.coupons is not None and found.coupons.select("customer", "arm").rows() == [("8", Arm.CONTROL)]
    assert wrongs(found, "coupons") == {"two_arms": (2, 3)}


def test_without_a_control_group_the_others_who_bought_are_beside(tmp_path: Path) -> None:
    found = read(Foreign(), "coupons", COUPONS + "A1;s;7;02.03.2026;31.03.2026;\n", tmp_path)
    found = read(found, "purchases", "Карта;Дата;Сумма\n7;05.03.2026;5\n8;05.03.2026;5\n", tmp_path)
    history, by_lot = history_of(found, "s")
    assert not by_lot and history.arms.rows() == [("7", Arm.TREATED), ("8", Arm.CONTROL)]


def test_whoever_bought_nothing_in_the_days_compared_is_none_of_the_others(tmp_path: Path) -> None:
    found = read(Foreign(), "coupons", COUPONS + "A1;s;7;02.03.2026;31.03.2026;\n", tmp_path)
    bought = "Карта;Дата;Сумма\n7;05.03.2026;5\n8;05.03.2026;5\n9;05.03.2024;5\n8;20.05.2026;5\n6;20.05.2026;5\n"
    found = read(found, "purchases", bought, tmp_path)
    periods = periods_of(found, "s", date(2026, 5, 30), 56, 28)
    history, _ = history_of(found, "s", periods)
    assert history.arms["customer"].to_list() == ["7", "8"]


def test_rows_of_purchases_that_repeat_are_told_and_count(tmp_path: Path) -> None:
    text = "Чек;Карта;Дата;Товар;Сумма\n1;7;05.03.2026;tea;5\n1;7;05.03.2026;tea;5\n1;7;31.02.2026;tea;5\n"
    found = read(Foreign(), "purchases", text, tmp_path)
    assert found.purchases is not None and found.purchases["amount"].sum() == 1000
    assert wrongs(found, "purchases") == {"same_line": (3,), "date": (4,)}


def test_dates_to_come_are_no_history(tmp_path: Path) -> None:
    later = (NOW + timedelta(days=2)).replace(tzinfo=UTC)
    found = given(tmp_path, "A1;s;7;02.03.2026;;\n", f"A1;;7;{later:%d.%m.%Y};;o;;1;10\n")
    assert wrongs(found, "redemptions") == {"future": (2,)}


def test_a_history_of_nothing_is_empty_and_no_fault() -> None:
    history, by_lot = history_of(Foreign(), "s")
    assert history.coupons.is_empty() and not by_lot and periods_of(Foreign(), "s", date(2026, 5, 30), 0, 0) is None
