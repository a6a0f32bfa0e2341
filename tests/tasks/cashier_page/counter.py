"""A shop with a paired device and a cashier at work, on a house in this process."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, update

from models.cashier_page import AskedAbout, At, DeviceLine
from models.cashiers import TillDevice
from models.database import SetClock
from models.offers import OfferTerms, PercentOff
from models.redemptions import BatchKind, CouponBatch
from tasks.cashier_page.engine import CashierPage
from tasks.cashiers.engine import Cashiers, Pins
from tasks.house import House
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.redeeming.shop import offer, terms

OUTLETS = """\
outlets:
  - {key: boulevard, name: On the boulevard, hours: "08:00-22:00"}
  - {key: east, name: East, zone: Asia/Novosibirsk}
"""
PLAIN = Pins(hash=lambda pin: f"hash of {pin}", fits=lambda kept, pin: kept == f"hash of {pin}")


def percent(number: int = 10, **more: Any) -> OfferTerms:
    return terms(PercentOff(percent=Decimal(number)), **more)


@dataclass
class Till:
    """The device of an outlet; `at` is asked anew, as each request does."""

    house: House
    clock: SetClock
    secret: str = "secret of the device"

    @property
    def cashiers(self) -> Cashiers:
        return Cashiers(self.house)

    @property
    def at(self) -> At:
        found = self.cashiers.at(self.secret)
        assert found is not None
        return found

    @property
    def page(self) -> CashierPage:
        return CashierPage(self.house, Redeeming.of(self.house), self.at)

    def pair(self, outlet: str = "boulevard") -> "Till":
        self.cashiers.offer_pairing(outlet, "tablet", "anton", "token of the pairing")
        assert isinstance(self.cashiers.pair("token of the pairing", self.secret), TillDevice)
        return self

    def sign_in(self, pin: str = "48213") -> "Till":
        cashier = self.cashiers.put_cashier(self.at.outlet, "Nina", "nina", PLAIN.hash(pin), "anton")
        assert not self.cashiers.sign_in(self.at, cashier.id or 0, pin, PLAIN).reason
        return self

    def offer(self, of: OfferTerms | None = None, *codes: str, key: str = "tea", **more: Any) -> None:
        with self.house.sessions.begin() as session:
            offer(session, codes or ("TEA234",), of or percent(), key, **more)
            session.execute(update(CouponBatch).values(kind=BatchKind.IMPORTED))  # codes of no shape that we draw

    def about(
        self, key: str = "first-one-", amount: int | None = 45_000, code: str = "TEA234", **more: Any
    ) -> AskedAbout:
        lines = () if amount is None else (DeviceLine(amount=amount),)
        said = {"key": f"{self.at.shift}-{key}", "typed": code, "asked": amount is not None, "lines": lines}
        return AskedAbout(**said | more)

    def later(self, moment: datetime) -> None:
        self.clock.at = moment


def shop(root: Path, engine: Engine) -> Till:
    clock = SetClock(NOW)
    house = furnished(root, engine, {"fake": FakeChannel()}, clock, company=COMPANY + OUTLETS)
    return Till(house, clock).pair().sign_in()
