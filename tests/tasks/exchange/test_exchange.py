"""Files of tills: each receipt in them has one effect, whatever becomes of the file, of the row beside it, or of us."""

import multiprocessing
import os
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.database import SetClock, connect
from models.offers import CodeRules
from models.redemptions import Coupon, JournalEntry, Redemption
from models.trade import ExchangeFile
from tasks.exchange.engine import Exchange
from tasks.house import House
from tasks.redeeming.engine import Redeeming
from tasks.trade.engine import Trade
from tasks.trade.looking.engine import ledger_of
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.exchange.test_commerceml import RECEIPT
from tests.tasks.trade.shop import TODAY, open_offer, terms, trading

OUTLETS = """\
outlets:
  - key: center
    name: Cups in the centre
    exchange: {folder: exchange/center, formats: [csv, commerceml], codes: true}
  - {key: east, name: Cups in the east, zone: Asia/Novosibirsk}
"""
HEAD = "касса;чек;дата и время;код;товар;количество;сумма до скидки;скидка"
CODES = [f"TEA{n:03}" for n in range(200)]


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> Iterator[House]:
    with trading(tmp_path / "company", database, outlets=OUTLETS) as house:
        open_offer(house, terms(starts=TODAY - timedelta(days=1)), *CODES)
        yield house


def drop(house: House, name: str, text: str, minutes: float = 5, coding: str = "utf-8") -> Path:
    """A till has written this so many minutes ago."""
    path = house.root / "exchange" / "center" / "up" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(coding))
    at = (house.now() - timedelta(minutes=minutes)).timestamp()
    os.utime(path, (at, at))
    return path


def sale(n: int, off: str = "45,00") -> str:
    return f"1;{n};2026-11-22 12:{n % 60:02}:00;{CODES[n]};чай;1;100,00;{off}"


def table(*rows: str) -> str:
    return "\r\n".join([HEAD, *rows]) + "\r\n"


def state(house: House) -> list[tuple[Any, ...]]:
    with house.reads() as session:
        fields = (Redemption.key, Redemption.till, Redemption.state, Redemption.amount, Redemption.origin)
        found = session.execute(select(*fields).order_by(Redemption.id)).all()  # type: ignore[arg-type,call-overload]
        return [tuple(row) for row in found]


def files(house: House) -> list[ExchangeFile]:
    with house.reads() as session:
        return list(session.execute(select(ExchangeFile).order_by(ExchangeFile.id)).scalars())  # type: ignore[arg-type]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_file_is_read_entered_and_moved_aside(house: House, coding: str) -> None:
    path = drop(house, "day.csv", table(sale(1), sale(2)), coding=coding)
    done = Exchange(house).round()
    assert (done.read, done.entered, done.remarks) == (1, 2, [])
    assert not path.exists() and (path.parent / "done" / "day.csv").exists()
    assert [row[:1] + row[2:] for row in state(house)] == [
        ("2026-11-22 1", "redeemed", 4_500, "imported"), ("2026-11-22 2", "redeemed", 4_500, "imported")
    ]  # fmt: skip
    [kept] = files(house)
    assert (kept.rows, kept.entered, kept.left_out, kept.state) == (2, 2, 0, "read")


def test_a_file_has_one_effect_however_often_and_named_it_comes(house: House) -> None:
    drop(house, "a.csv", table(sale(1), sale(2)))
    Exchange(house).round()
    before = state(house)
    drop(house, "a.csv", table(sale(1), sale(2)))
    drop(house, "b.csv", table(sale(2), sale(1)))
    done = Exchange(house).round()
    assert state(house) == before and (done.read, done.entered) == (2, 0)
    first, other = files(house)
    assert (first.times, first.entered, first.repeated) == (2, 2, 0)
    assert (other.entered, other.repeated) == (0, 2)
    assert sorted(path.name for path in (house.root / "exchange/center/up/done").iterdir()) == [
        "a-2.csv", "a.csv", "b.csv"
    ]  # fmt: skip


def test_a_broken_row_is_told_by_its_number_and_the_others_count(house: House) -> None:
    drop(house, "day.csv", table(sale(1), "1;7;2026-11-22 12:00;TEA007;чай;1;сто;45,00", sale(2)))
    done = Exchange(house).round()
    assert done.entered == 2 and len(done.remarks) == 1 and "left out: 1" in done.remarks[0]
    [line] = Trade(house).files()
    assert line.problems[0][0] == 3 and "is not a number" in line.problems[0][1]
    assert "TEA007" not in str(line.problems) + str(done.remarks)


def test_a_receipt_with_one_broken_line_is_left_out_whole(house: House) -> None:
    bad = "1;1;2026-11-22 12:01:00;;чашка;1;сто;0"
    drop(house, "day.csv", table(sale(1), bad, sale(2)))
    Exchange(house).round()
    assert [row[0] for row in state(house)] == ["2026-11-22 2"]
    assert [one["row"] for one in files(house)[0].problems] == [2, 3]


def test_lines_of_a_receipt_are_put_together_and_those_without_a_coupon_are_none(house: House) -> None:
    rows = [sale(1), "1;1;2026-11-22 12:01:00;;чашка;2;300,00;0", "1;9;2026-11-22 13:00;;чай;1;100,00;0"]
    drop(house, "day.csv", table(*rows))
    assert Exchange(house).round().entered == 1
    with house.reads() as session:
        [row] = session.execute(select(Redemption)).scalars()
    assert (row.base, row.amount, len(row.lines)) == (40_000, 4_500, 2)
    assert row.at.isoformat() == "2026-11-22T09:01:00+00:00"


def test_a_return_gives_back_whole_or_by_line_once(house: House) -> None:
    head = "операция;вид;касса;чек;дата и время;код;строка;товар;количество;сумма;скидка;операция продажи"
    rows = [
        "s1;продажа;1;1;22.11.2026 12:00;TEA001;1;чай;1;100;45;",
        "b1;возврат;1;2;22.11.2026 13:00;;;;;;;s1",
        "s2;продажа;1;3;22.11.2026 12:00;TEA002;1;чай;2;100;45;",
        "b2;возврат;1;4;22.11.2026 13:00;;1;чай;1;;;s2",
        "b3;возврат;1;5;22.11.2026 13:00;;;чай;1;;;s2",
        "b4;возврат;1;6;22.11.2026 13:00;;;;;;;s9",
    ]
    text = "\r\n".join([head, *rows]) + "\r\n"
    drop(house, "day.csv", text)
    done = Exchange(house).round()
    drop(house, "again.csv", text + "\r\n")
    Exchange(house).round()
    with house.reads() as session:
        found = {row.key: (row.state, row.back) for row in session.execute(select(Redemption)).scalars()}
        used = {row.code: row.used for row in session.execute(select(Coupon)).scalars()}
    assert found["s1"] == ("returned", 4_500) and found["s2"][1] == 2_250 and used["TEA001"] == 0
    assert "names the lines" in str(files(house)[0].problems) and "not known here" in str(files(house)[0].problems)
    assert done.remarks and ledger_of(house).audit().ok


def test_conflicts_are_told_and_what_happened_stands(house: House) -> None:
    again = "1;50;2026-11-22 12:30:00;TEA001;чай;1;100,00;45,00"
    other = "1;51;2026-11-22 12:30:00;TEA002;чай;1;100,00;70,00"
    strange = "1;52;2026-11-22 12:30:00;WHOEVER;чай;1;100,00;45,00"
    drop(house, "day.csv", table(sale(1), again, other, strange))
    done = Exchange(house).round()
    [kept] = files(house)
    assert [kept.entered, kept.conflicts, len(state(house))] == [3, 3, 3]
    assert "would not have been allowed: 3" in done.remarks[0]
    said = str([one["said"]["code"] for one in kept.problems])
    assert "code" in said and "amount" in said and "unknown_code" in said
    assert "WHOEVER" not in str(kept.problems)
    drop(house, "day2.csv", table(sale(1, off="40,00")))  # the same operation, told otherwise
    Exchange(house).round()
    assert files(house)[-1].conflicts == 1 and len(state(house)) == 3
    assert "what came first stands" in str(Trade(house).files()[0].problems)


def test_a_file_that_is_being_written_is_left_alone(house: House) -> None:
    cut = {"day.csv": table(sale(1))[:-2], "day.xml": "<КоммерческаяИнформация><Док", "new.csv": "", "new.xml": ""}
    paths = [drop(house, name, text) for name, text in cut.items()]
    assert Exchange(house).round().read == 0 and files(house) == []
    for path in paths:
        drop(house, path.name, path.read_text(), minutes=90)
    done = Exchange(house).round()
    assert all(path.exists() for path in paths) and files(house) == []
    assert len(done.remarks) == 4 and "not been finished" in done.remarks[0]


def test_a_file_of_this_minute_and_what_is_no_file_are_left_alone(house: House) -> None:
    fresh = drop(house, "fresh.csv", table(sale(1)), minutes=0.5)
    for name in (".day.csv", "~day.csv", "day.csv.part", "day.txt"):
        drop(house, name, table(sale(2)))
    (fresh.parent / "link.csv").symlink_to(house.root / "company.yaml")
    (fresh.parent / "folder.csv").mkdir()
    assert Exchange(house).round().read == 0 and fresh.exists() and state(house) == []


def test_a_file_that_grows_while_it_is_read_is_not_moved(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(house, "day.csv", table(sale(1)))

    class Meanwhile(Exchange):
        def take_data(self, *given: Any) -> Any:
            with path.open("ab") as file:
                file.write(f"{sale(2)}\r\n".encode())
            return super().take_data(*given)

    Meanwhile(house).round()
    assert path.exists() and len(state(house)) == 1
    drop(house, "day.csv", path.read_text())
    Exchange(house).round()
    assert not path.exists() and len(state(house)) == 2


def test_what_cannot_be_read_is_said_and_put_aside(house: House) -> None:
    path = drop(house, "day.csv", "чек;что-то\r\n1;2\r\n")
    done = Exchange(house).round()
    assert not path.exists() and (path.parent / "broken" / "day.csv").exists()
    assert files(house)[0].state == "broken" and "дата и время" in done.remarks[0]


def test_a_file_that_can_be_read_at_last_is_no_broken_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    text = table(sale(1))
    with monkeypatch.context() as blind:
        blind.setattr("tasks.exchange.columns.BY_NAME", {})
        drop(house, "day.csv", text)
        Exchange(house).round()
    assert [kept.state for kept in files(house)] == ["broken"]
    drop(house, "day.csv", text)
    Exchange(house).round()
    assert [(kept.state, kept.entered, kept.times, kept.problems) for kept in files(house)] == [("read", 1, 2, [])]


def test_a_bomb_does_not_go_off(house: House) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20 if n else "boom"}">' for n in range(12))
    drop(house, "bomb.xml", f"<!DOCTYPE r [{entities}]><КоммерческаяИнформация>&e11;</КоммерческаяИнформация>")
    drop(house, "deep.xml", "<КоммерческаяИнформация>" + "<a>" * 5_000 + "</a>" * 5_000 + "</КоммерческаяИнформация>")
    assert Exchange(house).round().read == 2
    assert [kept.state for kept in files(house)] == ["broken", "broken"]


EMPTY_DATE = "1;9;01.01.0001 00:00:00;TEA009;чай;1;100,00;45,00"
NULS = "1;9\0;2026-11-22 12:00:00;TEA009\0;чай\0;1;100,00;45,00"


@pytest.mark.parametrize("row", [EMPTY_DATE, NULS], ids=["no date", "zeros"])
def test_a_row_that_no_database_takes_keeps_nothing_else_waiting(house: House, row: str) -> None:
    drop(house, "a.csv", table(row, sale(1)))
    drop(house, "b.csv", table(sale(2)))
    done = Exchange(house).round()
    assert done.entered == 2 and [kept.left_out for kept in files(house)] == [1, 0]
    [(number, said)] = Trade(house).files()[1].problems
    assert number == 2 and ("the year 1:" in said or "damaged" in said)


def test_a_name_that_is_no_text_is_read_as_its_program_meant_it(house: House) -> None:
    path = drop(house, "day.csv", table(sale(1)))
    path.rename(os.fsdecode(os.fsencode(path.parent) + b"/" + "Чеки.csv".encode("cp1251")))
    assert Exchange(house).round().entered == 1
    assert [kept.name for kept in files(house)] == ["Чеки.csv"]


def test_a_drive_that_is_away_keeps_no_other_outlet_waiting(house: House) -> None:
    text = OUTLETS.replace("{key: east, name: Cups in the east, zone: Asia/Novosibirsk}",
                           "{key: east, name: Cups in the east, exchange: {folder: /nowhere/at/all}}")  # fmt: skip
    (house.root / "company.yaml").write_text(COMPANY + text.replace("center\n", "center\n", 1))
    drop(house, "day.csv", table(sale(1)))
    done = Exchange(house).round()
    assert done.entered == 1 and "/nowhere/at/all" in done.remarks[0] and not Path("/nowhere").exists()


@pytest.mark.parametrize("off", ["45,00", ""], ids=["told", "not told"])
def test_a_file_is_in_the_companys_own_money(house: House, off: str) -> None:
    (house.root / "company.yaml").write_text(COMPANY.replace("RUB", "EUR") + OUTLETS)
    text = table(sale(1, off)) if off else table(sale(1, off)).replace(";скидка", ";без")
    drop(house, "day.csv", text)
    assert Exchange(house).round().remarks == []
    assert [row[3] for row in state(house)] == [4_500]


def test_a_code_is_understood_however_the_till_wrote_it(house: House) -> None:
    rules = CodeRules(prefix="TEA", length=4, charset="digits", check_sign=False)
    open_offer(house, terms(starts=TODAY - timedelta(days=1), codes=rules), "TEA1234", key="coffee")
    typed = ("tea-1234", "ТЕА 1234", "еуф1234", "https://seven-cups.example/coupon/TEA1234")
    rows = [f"1;{n};2026-11-22 12:00:00;{code};чай;1;100,00;45,00" for n, code in enumerate(typed)]
    drop(house, "day.csv", table(*rows))
    drop(house, "day.xml", RECEIPT.format(encoding="UTF-8").replace("теа-001", typed[-1]))
    Exchange(house).round()
    assert [kept.left_out for kept in files(house)] == [0, 0] and len(state(house)) == 5


def test_outlets_do_not_share_operations(house: House) -> None:
    east = next(one for one in house.workspace.company.outlets if one.key == "east")
    center = next(one for one in house.workspace.company.outlets if one.key == "center")
    exchange = Exchange(house)
    exchange.take_data(center, "day.csv", table(sale(1)).encode())
    exchange.take_data(east, "day.csv", table(sale(1).replace(CODES[1], CODES[2])).encode())
    assert len(state(house)) == 2
    with house.reads() as session:
        moments = {row.outlet: row.at for row in session.execute(select(Redemption)).scalars()}
    assert moments["center"] - moments["east"] == timedelta(hours=4)


def test_a_file_too_long_for_one_run_goes_on_in_the_next(house: House) -> None:
    path = drop(house, "day.csv", table(*(sale(n) for n in range(190))))

    class Slow(Redeeming):
        def take_journal(self, entries: Any) -> Any:
            house.clock.at += timedelta(seconds=81)  # type: ignore[attr-defined]
            return super().take_journal(entries)

    exchange = Exchange(house, Slow.of(house))
    done = exchange.round()
    assert (done.entered, path.exists(), files(house)) == (100, True, []) and "90 receipts" in done.remarks[0]
    exchange.round()
    assert len(state(house)) == 190 and path.exists()
    Exchange(house).round()
    assert not path.exists() and [kept.repeated for kept in files(house)] == [190] and len(state(house)) == 190


# Killed at any instant.


def _work(root: Path, url: str) -> None:
    engine = connect(url)
    house = furnished(root, engine, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + OUTLETS)
    while True:
        Exchange(house).round()
        if not list((root / "exchange/center/up").glob("*.csv")):
            os._exit(0)


def test_killed_at_any_instant_every_receipt_counts_once(house: House, database_url: str) -> None:
    chance = random.Random(7)
    for n in range(4):
        drop(house, f"day{n}.csv", table(*(sale(one) for one in range(n * 40, n * 40 + 50))))  # they overlap
    fork = multiprocessing.get_context("fork")
    house.engine.dispose()
    seen: list[int] = []
    for _ in range(8):
        child = fork.Process(target=_work, args=(house.root, database_url))
        child.start()
        child.join(chance.uniform(0.05, 0.5))
        child.kill()
        child.join()
        seen.append(len(state(house)))
        house.engine.dispose()
    assert any(0 < number < 170 for number in seen)  # else nothing was cut off
    Exchange(house).round()
    found = state(house)
    assert len(found) == len({row[0] for row in found}) == 170
    with house.reads() as session:
        assert {row.used for row in session.execute(select(Coupon)).scalars()} <= {0, 1}
        assert len(session.execute(select(JournalEntry)).scalars().all()) == 170
    assert ledger_of(house).audit().ok
    assert not list((house.root / "exchange/center/up").glob("*.csv"))
