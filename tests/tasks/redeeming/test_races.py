"""Sixteen tills as processes on each kind of limit: exactly the limit is sold, and the counters are their rows."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.offers import Invitation, Sitting
from models.redemptions import Coupon, OfferCounter, Redemption
from tests.fakes import NOW
from tests.tasks.redeeming.client import raced
from tests.tasks.redeeming.shop import offer, redeeming, terms

Sessions = sessionmaker[Session]
TILLS, EACH, MOST = 16, 4, 11
SEATS = Invitation(sittings=(Sitting(outlet="center", at=NOW.replace(tzinfo=None), seats=2 * MOST),), guests=2)


def calls(**more: Any) -> list[list[dict[str, Any]]]:
    """Every other till reserves first. `more` may hang on the call's number."""
    return [
        [{"key": f"{till}-{n}", "till": f"till-{till}", "code": "TEA", "does": ("redeem", "reserve")[till % 2]}
         | {name: what(till * EACH + n) if callable(what) else what for name, what in more.items()}
         for n in range(EACH)]
        for till in range(TILLS)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "said", "refusal", "sold"),
    [
        pytest.param({"total": MOST}, {}, "total", MOST, id="total"),
        pytest.param({"per_code": MOST}, {}, "code", MOST, id="code"),
        pytest.param({"per_customer": 2}, {"card": lambda n: str(n % 4)}, "customer", 8, id="customer"),
        pytest.param({"per_period": 3, "period_days": 36_500 // 10}, {"card": lambda n: str(n % 3)}, "period", 9,
                     id="period"),
        pytest.param({"budget": Decimal(105)}, {}, "budget", 10, id="budget"),
        pytest.param({"per_outlet": 5}, {"outlet": lambda n: ("center", "north")[n % 2]}, "outlet", 10, id="outlet"),
        pytest.param({"units": 35}, {"units": 3}, "units", 11, id="units"),
        pytest.param({}, {"seated": 1}, "seats", MOST, id="seats"),
    ],
)  # fmt: skip
def test_exactly_the_limit_is_sold(
    database: Engine, database_url: str, sessions: Sessions, limits: dict[str, Any], said: dict[str, Any],
    refusal: str, sold: int,
) -> None:  # fmt: skip
    with sessions.begin() as session:
        offer(session, ["TEA"], terms(SEATS if refusal == "seats" else None, limits=limits))
    assert raced(database_url, calls(**said)) == {"redeemed": sold, refusal: TILLS * EACH - sold}
    audit = redeeming(database).audit()
    assert audit.ok and not audit.above
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(Redemption)).scalar_one() == sold
        assert session.execute(select(col(Coupon.used), col(Coupon.held))).one() == (sold, 0)
        assert session.execute(select(func.sum(OfferCounter.held))).scalar_one() == 0


def test_one_call_from_everywhere_at_once_is_one_redemption(
    database: Engine, database_url: str, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        offer(session, ["TEA"])
    same = [[{"key": str(n), "till": "one", "code": "TEA", "does": "redeem"} for n in range(EACH)]] * TILLS
    assert raced(database_url, same) == {"redeemed": TILLS * EACH}
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(Redemption)).scalar_one() == EACH
        assert session.execute(select(col(Coupon.used))).scalar_one() == EACH
    assert redeeming(database).audit().ok


def test_of_two_bodies_of_one_key_one_is_taken(database: Engine, database_url: str, sessions: Sessions) -> None:
    with sessions.begin() as session:
        offer(session, ["TEA", "CUP"])
    many = [[{"key": str(n), "till": "one", "code": ("TEA", "CUP")[till % 2], "does": "redeem"} for n in range(EACH)]
            for till in range(TILLS)]  # fmt: skip
    assert raced(database_url, many) == {"redeemed": TILLS * EACH // 2, "other_body": TILLS * EACH // 2}
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(Redemption)).scalar_one() == EACH
    assert redeeming(database).audit().ok
