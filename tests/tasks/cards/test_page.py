"""What a client reads on the personal page: days as the outlets judge them, points that may be spent."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.customers import Customer
from models.database import SetClock
from models.redemptions import Coupon
from tasks.cards.ledger.engine import Ledger
from tasks.cards.page.engine import COUPONS_SHOWN, Pages
from tasks.cards.page.rows import my_fields
from tasks.house import House
from tasks.loyalty.engine import Wanted
from tests.fakes import FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.cards.test_engine import due, token
from tests.tasks.redeeming.shop import offer, terms

CHANNELS: dict[str, Any] = {"fake": FakeChannel()}
FAR_APART = """\
outlets:
  - {key: west, name: West, zone: Europe/Kaliningrad}
  - {key: east, name: East, zone: Asia/Novosibirsk}
"""
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 9)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 30, 12, tzinfo=UTC))


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    made = furnished(tmp_path, database, CHANNELS, clock, company=COMPANY + FAR_APART)
    with made.sessions.begin() as session:
        session.add(Customer(name="Anna", created_at=clock.at, changed_at=clock.at))
    return made


def test_a_coupon_is_good_from_and_until_the_days_that_were_said_wherever_the_outlets_are(
    house: House, clock: SetClock
) -> None:
    """Its first instant is one of the easternmost outlet, its last one of the westernmost: other days in Moscow."""
    with house.sessions.begin() as session:
        made = terms(first_day=FIRST, last_day=FIRST)
        offer(session, ["MINE"], made, owners={"MINE": 1}, starts_at=datetime(2026, 11, 30, 17, tzinfo=UTC))
        [coupon] = session.execute(select(Coupon)).scalars()
        coupon.ends_at = datetime(2026, 12, 9, 21, 59, 59, 999999, tzinfo=UTC)
    for hours in (0, 8):
        clock.at += timedelta(hours=hours)
        page = Pages(house).page(token(house))
        assert page is not None and (page.coupons[0].starts_on, page.coupons[0].put_off_to) == (FIRST, LAST)
    clock.at += timedelta(hours=4)
    page = Pages(house).page(token(house))
    assert page is not None and page.coupons[0].starts_on is None


def test_points_that_have_ended_are_nobodys_to_spend_before_the_night_has_come_for_them(
    house: House, clock: SetClock
) -> None:
    ledger = Ledger(house)
    ledger.earn(Wanted("a", 1, 30), FIRST)
    ledger.earn(Wanted("b", 1, 12), LAST)
    clock.at = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)  # the second in Moscow
    page, pages = Pages(house).page(token(house)), Pages(house)
    assert page is not None and (page.points, page.ends, page.ends_on) == (12, 12, LAST)
    assert (pages.seen(1).points, pages.seen(1).ends_on, pages.program().points) == (12, LAST, 12)
    with house.reads() as session:
        assert my_fields(house, session, [due(11, 1)])[11]["points"] == 12
    assert ledger.expire() == 30 and ledger.wrong() == ([], []) and pages.seen(1).points == 12


@pytest.mark.parametrize(("number", "is_cut"), [(COUPONS_SHOWN, False), (COUPONS_SHOWN + 1, True)])
def test_where_not_all_coupons_are_shown_it_is_said(house: House, number: int, is_cut: bool) -> None:
    with house.sessions.begin() as session:
        codes = [f"C{n}" for n in range(number)]
        offer(session, codes, terms(), owners=dict.fromkeys(codes, 1))
    page, seen = Pages(house).page(token(house)), Pages(house).seen(1)
    assert page is not None and len(page.coupons) == len(seen.coupons) == COUPONS_SHOWN
    assert page.coupons_cut is seen.coupons_cut is is_cut
    assert len(Pages(house).seen(1, most=None).coupons) == number, "the file with everything known leaves nothing out"
