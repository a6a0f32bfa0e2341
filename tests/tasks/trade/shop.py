"""A company with three outlets and an offer that starts in a few days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import fingerprint
from models.database import SetClock
from models.locale import spoken
from models.offers import AmountOff, Limits, OfferTerms
from models.reaction import Notice
from models.redemptions import OfferRow, OfferVersion
from models.trade import Instruction
from tasks.house import House, furnish
from tasks.offers.windows import anywhere
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.redeeming.shop import offer

OUTLETS = """\
outlets:
  - {key: center, name: Cups in the centre, email: center@example.org, phone: +7 000 1}
  - {key: east, name: Cups in the east, zone: Asia/Novosibirsk, manager: gleb}
  - {key: mute, name: Cups without mail}
"""
TODAY = NOW.date()


def terms(starts: date = TODAY + timedelta(days=10), **more: Any) -> OfferTerms:
    said: dict[str, Any] = {
        "title": "Tea for less", "gives": AmountOff(amount=Decimal(45)), "first_day": starts,
        "last_day": starts + timedelta(days=20), "limits": Limits(per_code=1, total=100, budget=Decimal(9000)),
    }  # fmt: skip
    return OfferTerms(**said | more)


@contextmanager
def trading(root: Path, engine: Engine, language: str = "en", outlets: str = OUTLETS) -> Iterator[House]:
    with spoken(language):
        house = furnished(root, engine, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + outlets)
        house = replace(house, mail_leaves=True)
        furnish(house)
        yield house


def open_offer(house: House, of: OfferTerms | None = None, *codes: str, key: str = "tea", **more: Any) -> int:
    of = of or terms()
    zones = [one.zone or "Europe/Moscow" for one in house.workspace.company.outlets]
    starts_at, ends_at = anywhere(of, zones)
    with house.sessions.begin() as session:
        return offer(session, codes, of, key, starts_at=starts_at, ends_at=ends_at, **more).id or 0


def approve(house: House, id: int, of: OfferTerms) -> None:
    """Another version of an offer is in force."""
    said = of.model_dump(mode="json")
    with house.sessions.begin() as session:
        row = session.get_one(OfferRow, id)
        row.approved_hash, row.title = fingerprint(said), of.title
        n = session.execute(select(func.count()).where(col(OfferVersion.offer_id) == id)).scalar_one() + 1
        session.add(OfferVersion(offer_id=id, n=n, hash=fingerprint(said), terms=said, made_at=NOW))


def pass_days(house: House, days: float) -> None:
    house.clock.at += timedelta(days=days)  # type: ignore[attr-defined]


def instructions(session: Session) -> dict[str, Instruction]:
    found = session.execute(select(Instruction).order_by(Instruction.id)).scalars()  # type: ignore[arg-type]
    return {row.outlet: row for row in found}


def notices(house: House) -> list[Notice]:
    with house.reads() as session:
        return list(session.execute(select(Notice).order_by(Notice.id)).scalars())  # type: ignore[arg-type]
