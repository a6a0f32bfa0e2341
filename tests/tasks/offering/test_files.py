"""What is given out and printed for bearers works, and says all that they have to know."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import Engine, update

from models.database import SetClock
from models.locale import spoken
from models.offer_orders import AS_SHEETS, TakeCodesForm
from models.order_book import RunState
from models.redemptions import Coupon
from tasks.codes.folding import ean_digit
from tasks.house import House
from tasks.offering.files.engine import CodesFile, Files
from tasks.offering.shown import rows as looks
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.codes.decoders import PRINTED, by_zxing, pages_of
from tests.tasks.offering.desk import COMPANY, approved, coupons, extend, issue, said


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def form(**more: object) -> TakeCodesForm:
    return TakeCodesForm.model_validate({"offer": "tea", "person": "gleb", "reason": "printed badly"} | more)


def taken(house: House, **more: object) -> CodesFile:
    files = Files(house)
    report = files.take(form(**more))
    assert files.made is not None, said(report)
    return files.made


def text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def printed(house: House, **more: object) -> str:
    return text(taken(house, what=AS_SHEETS, **more).data)


def test_a_card_says_every_condition_that_its_bearer_may_fail(house: House) -> None:
    approved(house, at_most=2, sum_from="300", first_purchase=True, outlets="center", weekdays="mon-fri",
             hours="10:00-14:00", exclusive=True, last_day="2026-12-31")  # fmt: skip
    issue(house, 1)
    told = printed(house, batch=coupons(house)[0].batch_id)
    for word in (
        "at most 2 units",
        "₽300",
        "first purchase",
        "Center",
        "Monday",
        "10:00",
        "no other",
        "until 31.12.2026",
    ):
        assert word in told, (word, told)


def test_a_card_names_all_its_sittings_and_when_it_begins(house: House) -> None:
    days = [f"center 2026-12-{day} 18:00 30" for day in range(10, 22)]
    approved(house, gives="invitation", value="", budget="", sittings="\n".join(days), first_day="2026-12-01")
    issue(house, 1)
    told = printed(house, batch=coupons(house)[0].batch_id)
    assert told.count("30 seats") == 12 and "from 01.12.2026 until 30.12.2026" in told


def test_the_card_of_a_coupon_that_holds_longer_says_so(house: House) -> None:
    approved(house, last_day="2026-12-10")
    issue(house, 1)
    one = coupons(house)[0].id
    assert "until 10.12.2026" in printed(house, coupon=one)
    extend(house, "2027-01-31", coupon=one)
    assert "until 31.01.2027" in printed(house, coupon=one)


def test_who_took_codes_in_prefect_is_written_down_and_asked_why_the_next_time(house: House) -> None:
    approved(house)
    issue(house, 2)
    form = TakeCodesForm(offer="45 off tea", person="Gleb", batch=coupons(house)[0].batch_id)
    for _ in range(2):  # a run that was killed at its end begins anew
        assert not Files(house).put(form, "run-1").refusal
    assert "Gleb Technician" in str(Files(house).put(form, "run-2").refusal)
    with house.reads() as session:
        [order] = looks.taken(session, "tea")
    assert (order.person, order.run_state) == ("gleb", RunState.OVER)
    assert not any(one.code in f"{order.form} {order.said}" for one in coupons(house))


def test_whoever_gets_a_code_from_a_file_can_use_it(house: House) -> None:
    """A code that is used up lives on in its batch, and is printed no more."""
    approved(house)
    issue(house)
    one, *others = coupons(house)
    with house.sessions.begin() as session:
        session.execute(update(Coupon).where(Coupon.id == one.id).values(used=1))  # type: ignore[arg-type]
    assert taken(house, batch=one.batch_id).data.decode("utf-8-sig").split()[1:] == [it.code for it in others]
    assert taken(house, batch=one.batch_id, what=AS_SHEETS).number == 2
    assert "as often as it may" in said(Files(house).take(form(coupon=one.id)))
    extend(house, "2027-01-31", batch=one.batch_id)
    assert "until 31.01.2027" in text(taken(house, batch=one.batch_id, what=AS_SHEETS).data)
    extend(house, "2027-02-28", coupon=others[0].id)
    assert "until 31.01.2027" in text(taken(house, batch=one.batch_id, what=AS_SHEETS).data)
    assert "until 28.02.2027" in text(taken(house, coupon=others[0].id).data)


def test_a_file_that_nobody_took_away_is_gone_after_a_week(house: House) -> None:
    approved(house)
    issue(house)
    assert Files(house).clear() == 0
    report = Files(house).put(form(batch=coupons(house)[0].batch_id))
    (file,) = (house.var / "codes").iterdir()
    assert file.name in said(report)
    for age, gone in ((timedelta(days=6), 0), (timedelta(days=8), 1)):
        os.utime(file, ((house.now() - age).timestamp(),) * 2)
        assert Files(house).clear() == gone
    assert not file.exists()


def test_a_word_for_everybody_is_printed_as_it_was_written(house: House) -> None:
    """As it is kept it has Latin letters and digits that look alike: 3ИMA10."""
    approved(house, codes="one for everybody", word="Зима-10", title="Зима")
    issue(house, 0)
    [one] = coupons(house)
    assert taken(house, batch=one.batch_id).data.decode("utf-8-sig").split() == ["code", "Зима-10"]
    assert "Зима-10" in text(taken(house, batch=one.batch_id, what=AS_SHEETS).data)


@PRINTED
def test_cards_have_what_the_scanner_of_the_till_reads(house: House) -> None:
    """A scanner of bars reads no QR code. One that begins with 0 would be a UPC-A to it."""
    approved(house, signs="digits only", length=9, prefix="4")
    issue(house, 2)
    codes, batch = [one.code for one in coupons(house)], coupons(house)[0].batch_id
    ean = [code + ean_digit(code) for code in codes]
    wanted = {"QR code": ("qr", codes), "bars: Code 128": ("code_128", codes), "bars: EAN-13": ("ean_13", ean)}
    for symbol, (kind, expected) in wanted.items():
        (page,) = pages_of(taken(house, batch=batch, what=AS_SHEETS, symbol=symbol).data)
        assert sorted(by_zxing(page)) == [(kind, code) for code in sorted(expected)]


def test_a_latin_word_has_bars_too(house: House) -> None:
    approved(house, codes="one for everybody", word="TEA-10")
    issue(house, 0)
    files = Files(house)
    kind, png = files.symbol("tea", "png", as_bars=True) or ("", b"")
    assert kind == "image/png" and by_zxing(png) == [("code_128", "TEA10")]
    assert (files.symbol("tea", "svg", as_bars=True) or ("", b""))[1].startswith(b"<svg")
