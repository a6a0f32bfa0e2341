"""A house with offers, and the orders about them as people give them."""

from typing import Any

from sqlalchemy import select

from models.offer_orders import (
    AskOfferForm,
    ChangeOfferForm,
    DecideOfferForm,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    MakeOfferForm,
    OpenOfferForm,
    ReplaceCodeForm,
    StopOfferForm,
)
from models.redemptions import Coupon, OfferRow
from tasks.house import House
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval
from tasks.offering.engine import Offering
from tasks.offering.issuing.engine import Issuing
from tasks.orders.answers import Report

TEA = {"title": "45 off tea", "key": "tea", "gives": "amount off", "value": "45", "total": 100, "budget": "4500"}
COMPANY = """\
name: Seven Cups
locale: en
zone: Europe/Moscow
currency: RUB
synthetic: true
outlets:
  - {key: center, name: Center}
  - {key: east, name: East, zone: Asia/Vladivostok}
people:
  - {key: olga, name: Olga Author, email: olga@example.org, roles: [author]}
  - {key: marina, name: Marina Approver, email: marina@example.org, roles: [approver]}
  - {key: gleb, name: Gleb Technician, email: gleb@example.org, roles: [technician]}
  - {key: vera, name: Vera Head, email: vera@example.org, roles: [head]}
  - {key: nina, name: Nina Cashier, email: nina@example.org, roles: [cashier]}
campaigns:
  - {key: winter, title: Winter, starts_on: 2026-11-01, ends_on: 2026-12-31}
funds:
  - {key: communications, title: Communications, budget: 50000}
approval: {approver: marina, four_eyes: false, proven_above: {money: 10000}}
"""


def make(house: House, **fields: Any) -> Report:
    return Offering(house).write(MakeOfferForm.model_validate({"person": "olga"} | TEA | fields))


def change(house: House, changes: str, offer: str = "tea", **more: Any) -> Report:
    return Offering(house).change(ChangeOfferForm(offer=offer, changes=changes, person="olga", **more))


def ask(house: House, offer: str = "tea") -> Report:
    return OfferApproval(house).ask(AskOfferForm(offer=offer, person="olga"))


def decide(house: House, offer: str = "tea", person: str = "marina", proven: bool = True, **more: Any) -> Report:
    form = DecideOfferForm.model_validate({"offer": offer, "person": person, "decision": "approve"} | more)
    return OfferApproval(house).decide(form, proven=proven)


def approved(house: House, **fields: Any) -> OfferRow:
    """An offer that is open."""
    for report in (
        make(house, **fields),
        ask(house, fields.get("key", "tea")),
        decide(house, fields.get("key", "tea")),
    ):
        assert not report.refusal, str(report.refusal)
    return offer(house, fields.get("key", "tea"))


def issue(house: House, number: int = 3, once: str = "one", offer: str = "tea", **more: Any) -> Report:
    form = IssueCodesForm.model_validate({"offer": offer, "number": number, "person": "gleb"} | more)
    return Issuing(house).issue(form, once)


def stop(house: House, person: str = "olga", why: str = "leaked", **more: Any) -> Report:
    return Issuing(house).stop(StopOfferForm(**{"offer": "tea", "person": person, "reason": why} | more))


def open_again(house: House, person: str = "vera", **more: Any) -> Report:
    return Issuing(house).open(OpenOfferForm(**{"offer": "tea", "person": person, "reason": "mended"} | more))


def extend(house: House, last_day: str, **more: Any) -> Report:
    form = ExtendOfferForm(**{"offer": "tea", "last_day": last_day, "person": "olga", "reason": "asked"} | more)
    return Issuing(house).extend(form)


def bring(house: House, data: bytes, file: str = "codes.csv", offer: str = "tea") -> Report:
    return Issuing(house).import_codes(ImportCodesForm(offer=offer, file=file, person="gleb"), data)


def replace(house: House, coupon: int, why: str = "worn off") -> Report:
    return Issuing(house).replace(ReplaceCodeForm(offer="tea", coupon=coupon, person="gleb", reason=why))


def offer(house: House, key: str = "tea") -> OfferRow:
    with house.reads() as session:
        return rows.offer(session, key)


def coupons(house: House) -> list[Coupon]:
    with house.reads() as session:
        return list(session.execute(select(Coupon).order_by(Coupon.id)).scalars())  # type: ignore[arg-type]


def said(report: Report) -> str:
    return " | ".join([str(report.refusal), *map(str, report.lines), *report.notes])
