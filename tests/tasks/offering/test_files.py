"""What is printed for bearers says all that they have to know, and until when."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import Engine

from models.database import SetClock
from models.locale import spoken
from models.offer_orders import AS_SHEETS, TakeCodesForm
from models.order_book import RunState
from tasks.house import House
from tasks.offering.files.engine import Files
from tasks.offering.shown import rows as looks
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.offering.desk import COMPANY, approved, coupons, extend, issue


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def printed(house: House, **form: object) -> str:
    files = Files(house)
    report = files.take(TakeCodesForm.model_validate({"offer": "tea", "person": "gleb", "what": AS_SHEETS} | form))
    assert files.made is not None, str(report.refusal)
    pages = pypdf.PdfReader(io.BytesIO(files.made.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


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
