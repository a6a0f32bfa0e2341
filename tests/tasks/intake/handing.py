"""A house that rows are handed in to, by a till of one of its outlets."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.database import SetClock
from models.intake import Answer, Caller, What
from tasks.house import House
from tasks.intake.engine import Intake
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished

OUTLETS = """\
outlets:
  - {key: boulevard, name: On the boulevard}
  - {key: east, name: East, zone: Asia/Novosibirsk}
"""
AT = "2026-11-22T12:00:00+03:00"


class Handing:
    def __init__(self, root: Path, engine: Engine) -> None:
        self.clock = SetClock(NOW)
        self.house: House = furnished(root, engine, {"fake": FakeChannel()}, self.clock, company=COMPANY + OUTLETS)

    def take(self, what: What, *rows: Any, once: str = "", outlet: str = "boulevard") -> Answer:
        return Intake(self.house, Caller(id=7, outlet=outlet, may=True)).take(what, rows, once)

    def customers(self, *rows: Any, once: str = "") -> Answer:
        return self.take(What.CUSTOMERS, *rows, once=once)

    def purchases(self, *rows: Any, once: str = "", outlet: str = "boulevard") -> Answer:
        return self.take(What.PURCHASES, *rows, once=once, outlet=outlet)

    def rows(self, table: type[Any]) -> list[Any]:
        with self.house.reads() as session:
            return list(session.execute(select(table).order_by(*table.__table__.primary_key)).scalars())


def said(answer: Answer) -> list[str]:
    return [row.what.value for row in answer.rows]


def wrong(answer: Answer) -> list[tuple[int, str, str]]:
    return [(row.n, one.field, one.reason.code) for row in answer.rows for one in row.troubles]


def later(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def receipt(number: str = "1", amount: Any = "450.50", **more: Any) -> dict[str, Any]:
    return {"receipt": number, "at": AT, "lines": [{"product": "Oolong", "amount": amount}]} | more


def consent(act: str = "given", at: str = AT, purpose: str = "advertising", **more: Any) -> dict[str, Any]:
    return {"purpose": purpose, "act": act, "at": at, "proof": "form 17", "wording": "v3"} | more
