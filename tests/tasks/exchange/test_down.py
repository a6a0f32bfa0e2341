"""What goes down to tills: whole or not at all, what may be used now and nothing else."""

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from models.basket import Basket, BasketLine
from models.offers import Conditions, Gift, Limits
from models.piece import OfferRow as Product
from models.redemptions import Coupon, Limit
from tasks.exchange.disk.engine import put
from tasks.exchange.engine import Exchange
from tasks.exchange.room import is_used_up
from tasks.house import House
from tasks.trade.looking.engine import ledger_of
from tests.fakes import NOW
from tests.house import COMPANY
from tests.tasks.exchange.test_exchange import CODES, OUTLETS, drop, house, sale, table
from tests.tasks.redeeming.shop import call
from tests.tasks.trade.shop import TODAY, open_offer, pass_days, terms

__all__ = ["house"]
TEA = Basket(lines=(BasketLine(n=1, product="tea", amount=10_000),))


def test_what_goes_down_is_whole_or_not_there_and_written_only_when_it_is_new(tmp_path: Path) -> None:
    path = tmp_path / "offers.csv"
    assert put(path, ["чай", "\r\n"], "utf-8-sig")
    assert path.read_bytes() == b"\xef\xbb\xbf" + "чай\r\n".encode()
    before = path.stat().st_mtime_ns
    assert not put(path, ["чай", "\r\n"], "utf-8-sig") and path.stat().st_mtime_ns == before

    def breaks() -> Iterator[str]:
        yield "half"
        raise OSError

    with pytest.raises(OSError):
        put(path, breaks(), "utf-8-sig")
    assert path.read_text("utf-8-sig") == "чай\r\n".replace("\r\n", "\n")
    for parts in (["чай", "\r\n", "чашка\r\n"], ["чай"], ["чай", "", "\r\n"], ["ч"], [], ["чай", "\r\n"]):
        assert put(path, parts, "utf-8-sig") and path.read_bytes().decode("utf-8-sig") == "".join(parts)

    def looking() -> Iterator[str]:
        yield "чай"
        assert [one.name for one in tmp_path.iterdir()] == ["offers.csv"]  # nothing is written for nothing
        yield "\r\n"

    assert not put(path, looking(), "utf-8-sig")
    assert put(path, ["45 ₽ ☕"], "cp1251") and path.read_text("cp1251") == "45 руб. ?"


def test_two_runs_at_once_never_show_half_a_file(tmp_path: Path) -> None:
    path, left = tmp_path / "codes.csv", tmp_path / ".codes.csv.a.part"
    left.write_text("of a run that was killed")
    os.utime(left, (0, 0))
    whole = ["чай\r\n"] * 1_000

    def slow() -> Iterator[str]:
        yield from whole[:500]
        assert put(path, whole, "utf-8")
        yield from whole[500:]

    put(path, slow(), "utf-8")
    assert path.read_text() == "чай\n" * 1_000 and [one.name for one in tmp_path.iterdir()] == ["codes.csv"]


def test_offers_and_codes_go_down_and_a_used_or_stopped_code_goes_away(house: House) -> None:
    folder = house.root / "exchange/center/down"
    exchange = Exchange(house)
    assert exchange.round().written == 3 and exchange.round().written == 0
    offers = (folder / "offers.csv").read_text("utf-8-sig").splitlines()
    assert offers[0].startswith("offer;version;title;kind") and offers[1].startswith("tea;")
    assert ";45;" in offers[1] and "9000" not in offers[1] and "9,000" not in offers[1]
    codes = (folder / "codes.csv").read_text("utf-8-sig").splitlines()
    assert codes[0] == "code;offer;left;good_until" and len(codes) == 201 and codes[1].startswith("TEA000;tea;1;")
    ledger_of(house).stop("vera", "leaked", code="TEA000")
    drop(house, "day.csv", table(sale(1)))
    assert exchange.round().written == 3
    assert len((folder / "codes.csv").read_text("utf-8-sig").splitlines()) == 199
    ledger_of(house).stop("vera", "leaked", offer="tea")
    exchange.round()
    assert (folder / "codes.csv").read_text("utf-8-sig").splitlines() == ["code;offer;left;good_until"]


def listed(house: House) -> list[str]:
    text = (house.root / "exchange/center/down/codes.csv").read_text("utf-8-sig")
    return text.splitlines()[1:]


FULL = [{"total": 1}, {"budget": Decimal(45)}, {"units": 1}, {"per_outlet": 1}]
TAKEN = {Limit.TOTAL: 1, Limit.BUDGET: 4_500, Limit.UNITS: 1, Limit.OUTLET: 1}


@pytest.mark.parametrize("limits", FULL, ids=["total", "budget", "units", "outlet"])
def test_an_offer_is_used_up_by_any_of_its_limits(limits: dict[str, Any]) -> None:
    full = terms(limits=Limits(per_code=1, **limits))
    assert is_used_up(full, TAKEN, "RUB") and not is_used_up(full, {}, "RUB")
    larger = {name: most + 1 for name, most in limits.items()}
    assert not is_used_up(terms(limits=Limits(per_code=1, **larger)), TAKEN, "RUB")


def test_codes_of_an_offer_that_is_used_up_here_go_away(house: House) -> None:
    milk = terms(starts=TODAY - timedelta(days=1), limits=Limits(per_code=1, per_outlet=1))
    open_offer(house, milk, *(f"MILK{n}" for n in range(4)), key="milk")
    ledger_of(house).redeem(call("m", "MILK0", at=NOW, basket=TEA))
    Exchange(house).round()
    assert not any(";milk;" in line for line in listed(house)) and len(listed(house)) == len(CODES)


def test_a_code_that_was_put_off_holds_beyond_the_end_of_its_offer_and_never_less(house: House) -> None:
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=90)
    with house.sessions.begin() as session:
        for code, until in (("TEA000", late), ("TEA001", soon)):
            session.execute(update(Coupon).where(col(Coupon.code) == code).values(ends_at=until))
    pass_days(house, 2)  # the offer goes on
    Exchange(house).round()
    assert listed(house)[:2] == [f"TEA000;tea;1;{late.isoformat(timespec='seconds')}", "TEA001;tea;1;"]
    pass_days(house, 40)
    Exchange(house).round()
    assert [line[:6] for line in listed(house)] == ["TEA000"]
    pass_days(house, 60)
    Exchange(house).round()
    assert listed(house) == [] and "tea" not in (house.root / "exchange/center/down/offers.csv").read_text("utf-8-sig")


def test_what_is_not_written_for_tills_any_more_is_taken_away(house: House) -> None:
    folder = house.root / "exchange/center/down"
    Exchange(house).round()
    (folder / "theirs.csv").write_text("")
    (house.root / "company.yaml").write_text(COMPANY + OUTLETS.replace("codes: true", "codes: false"))
    Exchange(house).round()
    assert sorted(path.name for path in folder.iterdir()) == ["offers.csv", "offers.xml", "theirs.csv"]


def test_what_an_offer_says_calls_things_as_people_do(house: House) -> None:
    only = Conditions(customer_groups=("tea-lovers",))
    gift = terms(gives=Gift(product="cup-1"), conditions=only, starts=TODAY)
    open_offer(house, gift, key="gift")
    with house.sessions.begin() as session:
        session.add(Product(id="cup-1", name="A blue cup", url="", price=100, currency="RUB", read_at=NOW))
    Exchange(house).round()
    told = (house.root / "exchange/center/down/offers.csv").read_text("utf-8-sig")
    assert "“A blue cup”" in told and "Tea lovers" in told and "tea-lovers" not in told
