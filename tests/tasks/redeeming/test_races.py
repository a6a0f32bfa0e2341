"""Sixteen tills as processes on each kind of limit: exactly the limit is sold, and the counters are their rows.

And what crosses in one moment, made to.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, TextClause, delete, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.company import Workspace
from models.customers import Customer
from models.offers import Invitation, PercentOff, Sitting
from models.redemptions import Coupon, OfferCounter, OfferRow, OfferVersion, Redemption
from tasks.redeeming.calls import GiveBack
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.tasks.redeeming import guests
from tests.tasks.redeeming.client import raced
from tests.tasks.redeeming.shop import COMPANY, Counter, call, offer, redeeming, terms

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


class Crossed(Counter):
    """A house in which something happens between a look and what is written: while the company is asked for."""

    def __init__(self, engine: Engine, *meanwhile: Callable[[], Any]) -> None:
        self.meanwhile = [*meanwhile] if engine.dialect.name == "postgresql" else []  # SQLite has one writer at a time
        super().__init__(engine)

    @property
    def workspace(self) -> Workspace:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return Workspace(root="", company=COMPANY)

    @workspace.setter
    def workspace(self, _: Workspace) -> None: ...


def test_two_returns_of_one_key_for_two_sales_are_one_and_a_refusal(database: Engine, sessions: Sessions) -> None:
    with sessions.begin() as session:
        offer(session, ["TEA", "CUP"])
    till = redeeming(database)
    assert till.redeem(call("r1")).ok and till.redeem(call("r2", "CUP")).ok
    first, second = (GiveBack(key="b1", till="till-1", sale=sale) for sale in ("r1", "r2"))
    crossed = Redeeming(Crossed(database, lambda: till.give_back(first)))
    done = crossed.give_back(second), till.give_back(first)
    assert {one.reason.code for one in done} == {"", "other_body"} and till.audit().ok


def test_a_customer_is_erased_while_a_reservation_is_paid(database: Engine, sessions: Sessions) -> None:
    def erase() -> None:
        with sessions.begin() as session:
            session.execute(delete(Customer))

    with sessions.begin() as session:
        session.add(Customer(id=5, code="75", created_at=NOW, changed_at=NOW))
        offer(session, ["TEA"])
    assert redeeming(database).reserve(call("h1")).ok
    crossed = Redeeming(Crossed(database, lambda: None, erase))
    assert crossed.redeem(call("h1", card="75")).ok and crossed.audit().ok


WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def test_whoever_waits_for_an_approval_gets_what_was_approved(database: Engine, sessions: Sessions) -> None:
    with sessions.begin() as session:
        offer(session, ["TEA"])
    till = redeeming(database)
    with ThreadPoolExecutor() as tills, sessions.begin() as session:
        session.execute(select(OfferRow).with_for_update())
        said = terms(PercentOff(percent=Decimal(20))).model_dump(mode="json")
        session.add(OfferVersion(offer_id=1, n=2, hash="second", terms=said, made_at=NOW))
        session.execute(update(OfferRow).values(approved_hash="second"))
        answer = tills.submit(till.redeem, call("r1"))
        while database.dialect.name == "postgresql" and not answer.done() and not _count(sessions, WAITING):
            pass
        session.commit()
        assert answer.result().outcomes[0].off.amount == 3_000


def _count(sessions: Sessions, query: TextClause) -> int:
    with sessions() as session:
        return int(session.execute(query).scalar_one())


def test_of_two_bodies_of_one_key_one_is_taken(database: Engine, database_url: str, sessions: Sessions) -> None:
    with sessions.begin() as session:
        offer(session, ["TEA", "CUP"])
    many = [[{"key": str(n), "till": "one", "code": ("TEA", "CUP")[till % 2], "does": "redeem"} for n in range(EACH)]
            for till in range(TILLS)]  # fmt: skip
    assert raced(database_url, many) == {"redeemed": TILLS * EACH // 2, "other_body": TILLS * EACH // 2}
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(Redemption)).scalar_one() == EACH
    assert redeeming(database).audit().ok


def test_guests_and_tills_at_once_give_no_seat_twice(database: Engine, database_url: str, sessions: Sessions) -> None:
    seats = {"center": 7, "north": 5}
    sittings = tuple(Sitting(outlet=outlet, at=guests.EVENING, seats=n) for outlet, n in seats.items())
    party = terms(Invitation(sittings=sittings, guests=3), limits={"per_customer": 1})
    coupons = range(1, 13)
    with sessions.begin() as session:
        session.add_all(Customer(id=n, created_at=NOW, changed_at=NOW) for n in coupons)
        session.flush()
        offer(session, [f"C{n}" for n in coupons], party, most=1, owners={f"C{n}": n for n in coupons})
    said = raced(database_url, guests.evenings(Random(5), coupons, TILLS, 3), guests.work)
    assert set(said) <= {"", "seats", "code", "no_sale", "not_redeemed", "nothing_left"} and said[""]
    audit = redeeming(database).audit()
    assert audit.ok and not audit.above
    with sessions() as session:
        taken = select(col(OfferCounter.scope), col(OfferCounter.used) + col(OfferCounter.held)).where(
            col(OfferCounter.kind) == "seats"
        )
        assert all(n <= seats[scope.split()[0]] for scope, n in session.execute(taken).tuples())
