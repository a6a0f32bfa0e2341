"""What tills and cashiers' devices of the storm have to tell, and to whom: their journals, as they are sent."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from sqlmodel import col, select

from integrations.web.routes.cashier_page import COOKIE
from models.outlets import TillKey
from tasks.cashiers.engine import Cashiers
from tasks.house import House
from tasks.people.tokens import till_key_hash
from tests.deployments.served import SECRET
from tests.fakes import NOW
from tests.tasks.cashier_page.counter import PLAIN
from tests.tasks.tills.shop import basket, made, sold

AT = (NOW - timedelta(hours=1)).isoformat()
OUTLET, HOT, ONCE, NOWHERE = "north", "HOT", ("ONE1", "ONE2", "ONE3"), "XXX"
BUYERS, BACK_EACH, ONCE_EACH = 4, 4, 6  # every fourth sale is brought back, every sixth is of a code for one use
UNKNOWN, TWIN = 1, 2  # the sale of a code that there is not; the one that is told in two ways


def code_of(n: int) -> str:
    if n == UNKNOWN:
        return NOWHERE
    return ONCE[n // ONCE_EACH % len(ONCE)] if n % ONCE_EACH == 5 else HOT


@dataclass
class Queue:
    """The journal of a till. `twins` are told in the place of entries of the same keys, by whoever comes first.

    `sales` are the keys of sales of codes that there are, `backs` by the keys of returns the sale that each is of.
    """

    till: str
    secret: str
    number: int
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    path = "/till/v1/journal"

    def headers(self, url: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"}

    def key(self, n: int) -> str:
        return f"s{n}"

    @property
    def sales(self) -> set[str]:
        return {self.key(n) for n in range(self.number) if n != UNKNOWN}

    @property
    def backs(self) -> dict[str, str]:
        """Twice for every eighth: the second finds nothing left."""
        of = range(0, self.number, BACK_EACH)
        return {f"b{n}": self.key(n) for n in of} | {f"c{n}": self.key(n) for n in of if n % (2 * BACK_EACH) == 0}

    @property
    def entries(self) -> list[dict[str, Any]]:
        sales = [self.sale(self.key(n), n) for n in range(self.number)]
        return sales + [{"what": "return", "key": key, "at": AT, "sale": sale} for key, sale in self.backs.items()]

    def sale(self, key: str, n: int, **more: str) -> dict[str, Any]:
        return {"what": "sale", "key": key, "at": AT} | self.bought(n) | {"receipt": key} | more

    def bought(self, n: int) -> dict[str, Any]:
        return sold(code_of(n), buyer={"card": str(n % BUYERS)}, basket=basket())

    @property
    def twin(self) -> dict[str, Any]:
        return self.sale(self.key(TWIN), TWIN, receipt="another")

    def key_of(self, entry: dict[str, Any]) -> str:
        return str(entry["key"])

    def body(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {"entries": entries}

    def answered(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        return list(said["entries"])


class Device(Queue):
    """The queue of a device at the cashier's page: no key is told of in two ways, nothing is undone twice."""

    path = "/till/page/journal"
    shift = 0

    def headers(self, url: str) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.secret}", "origin": url}

    def key(self, n: int) -> str:
        return f"{self.shift}-sale-{n:04d}"

    @property
    def backs(self) -> dict[str, str]:
        return {f"undo-{self.key(n)}": self.key(n) for n in range(0, self.number, BACK_EACH)}

    @property
    def entries(self) -> list[dict[str, Any]]:
        sales = [self.sale(self.key(n), n) for n in range(self.number)]
        return sales + [{"what": "undo", "key": sale, "at": AT} for sale in self.backs.values()]

    def sale(self, key: str, n: int, **more: str) -> dict[str, Any]:
        asked = {"key": key, "typed": code_of(n), "asked": True, "lines": [{"amount": 45_000}],
                 "shown": f"+7 900 000-00-0{n % BUYERS}", "receipt": key} | more  # fmt: skip
        off = [{"n": 1, "amount": 4_500, "quantity": 1_000}]
        return {"what": "sale", "asked": asked, "off": off, "units": 1, "at": AT}

    def key_of(self, entry: dict[str, Any]) -> str:
        return f"undo-{entry['key']}" if entry["what"] == "undo" else str(entry["asked"]["key"])

    def answered(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        return list(said["entered"])


def till(session: Session, house: House, number: int) -> Queue:
    said = {"title": "t", "ends_in": "", "by": "anton", "coupons": True}
    secret = made(session, house.clock, SECRET, OUTLET, **said)  # type: ignore[arg-type]
    hash = till_key_hash(SECRET, secret)
    id = session.execute(select(col(TillKey.id)).where(col(TillKey.key_hash) == hash)).scalar_one()
    return Queue(f"key:{id}", secret, number)


def device(house: House, name: str, number: int) -> Device:
    cashiers, secret = Cashiers(house), f"the secret of {name}".replace(" ", "-")
    cashiers.offer_pairing(OUTLET, name, "anton", f"the token of the pairing of {name}")
    cashiers.pair(f"the token of the pairing of {name}", secret)
    at = cashiers.at(secret)
    assert at is not None
    cashier = cashiers.put_cashier(OUTLET, name, "", PLAIN.hash("48213"), "anton")
    found = Device(at.till, secret, number)
    found.shift = cashiers.sign_in(at, cashier.id or 0, "48213", PLAIN).shift
    assert found.shift
    return found
