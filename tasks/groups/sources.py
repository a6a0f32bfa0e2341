"""What a rule asks the database about customers: each source is a table with one row for a customer at most. Pure.

A rule asks each of its sources once, however many of its conditions are about it. `among` narrows a source to those
who are looked at: then it costs what they have, not what everybody has.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import CTE, ColumnElement, Select, Table, case, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupListed, GroupMember
from models.customers import Act, Address, AddressKind, ConsentAct, Customer, Purpose
from models.group_rules import Agreed, Purchases, Reacted
from models.purchases import PurchaseLine, Receipt
from tasks.groups.reactions import reactions
from tasks.groups.windows import AsOf, within

C = Customer.__table__.c  # type: ignore[attr-defined]
R, L = Receipt.__table__.c, PurchaseLine.__table__.c  # type: ignore[attr-defined]
A: Table = Address.__table__  # type: ignore[attr-defined]
MEMBER: Table = GroupMember.__table__  # type: ignore[attr-defined]
GROUP, LISTED = CustomerGroup.__table__.c, GroupListed.__table__.c  # type: ignore[attr-defined]
Among = Select[Any] | None
FIFTHS = 5


class Source(Protocol):
    """How a source is made; equal sources are one."""

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]: ...


def _among(column: Any, among: Among) -> list[ColumnElement[bool]]:
    return [column.in_(among)] if among is not None else []


def bought(what: Purchases, as_of: AsOf, among: Among) -> list[ColumnElement[bool]]:
    """Which lines, or receipts where no goods are named, are meant."""
    group, product = L.product_group, L.product
    if among is not None:  # not by the index of goods: a few have fewer receipts than a product group has lines
        group, product = func.coalesce(group, ""), func.coalesce(product, "")
    goods = [group.in_(what.groups)] if what.groups else []
    goods += [product.in_(what.products)] if what.products else []
    outlets = [R.outlet.in_(what.outlets)] if what.outlets else []
    mine = [R.customer_id.is_not(None), *_among(R.customer_id, among)]
    return [*mine, within(R.at, *as_of.bounds(what.period)), *goods, *outlets]


@dataclass(frozen=True)
class Bought:
    """Purchases added up: receipts, amount, quantity, first, last, bought (1 where there is one at all).

    They are of whole receipts, or of lines where goods are named. Asked for nothing but whether there is one, it has
    those who bought and nobody else, without adding up.
    """

    what: Purchases
    lined: bool = False

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        which = bought(self.what, as_of, among)
        lined = self.lined or self.what.is_of_goods
        amount = L.amount if lined else R.amount
        query = select(R.customer_id)
        if lined:
            query = query.select_from(Receipt.__table__.join(PurchaseLine.__table__, L.receipt_id == R.id))  # type: ignore[attr-defined]
        if set(asked) <= {"customer_id", "bought"}:
            return query.where(*which, amount >= 0).distinct()
        said = self._columns(amount, lined)
        return query.add_columns(*(said[name].label(name) for name in sorted(asked) if name in said)).where(
            *which
        ).group_by(R.customer_id)  # fmt: skip

    def _columns(self, amount: Any, lined: bool) -> dict[str, Any]:
        number = func.count(case((amount >= 0, R.id)).distinct()) if lined else func.count(case((amount >= 0, 1)))
        when = case((amount >= 0, R.at))
        returned = case((L.amount < 0, -func.abs(L.quantity)), else_=L.quantity)
        return {
            "receipts": number, "amount": func.sum(amount), "quantity": func.sum(returned),
            "first": func.min(when), "last": func.max(when), "bought": func.max(case((amount >= 0, 1), else_=0)),
        }  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """The fifths of all customers with a purchase in the last days; who is looked at changes nothing about them."""

    days: int

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        is_purchase = R.amount >= 0
        each = (
            select(R.customer_id, func.max(case((is_purchase, R.at))).label("recency"),
                   func.count(case((is_purchase, 1))).label("frequency"), func.sum(R.amount).label("monetary"))
            .where(R.customer_id.is_not(None), R.at >= as_of.ago(self.days), R.at < as_of.ends)
            .group_by(R.customer_id).having(func.count(case((is_purchase, 1))) > 0).subquery()
        )  # fmt: skip
        of_all = func.count().over()
        scores = [
            (1 + FIFTHS * (func.rank().over(order_by=each.c[name]) - 1) // of_all).label(name)
            for name in ("recency", "frequency", "monetary") if name in asked
        ]  # fmt: skip
        return select(each.c.customer_id, *scores)


@dataclass(frozen=True)
class Way:
    """Who has an address of a kind: there is one of each at most."""

    kind: AddressKind

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        return select(A.c.customer_id).where(A.c.kind == self.kind.value, *_among(A.c.customer_id, among))


@dataclass(frozen=True)
class Open:
    """Who may be sent advertising to an address of a kind, or of any."""

    kind: AddressKind | None

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        query = select(A.c.customer_id).where(A.c.open, *_among(A.c.customer_id, among))
        return query.where(A.c.kind == self.kind.value) if self.kind else query.distinct()


@dataclass(frozen=True)
class Consents:
    """Who has agreed, by the law of `tasks.consents.law`: given, and not withdrawn in that moment or later."""

    agreed: Agreed

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        given, withdrawn, of = aliased(ConsentAct), aliased(ConsentAct), self.agreed
        whose = "customer_id" if of.purpose is Purpose.PERSONAL else "print"
        said = [col(given.purpose) == of.purpose.value, col(given.act) == Act.GIVEN, col(given.at) < as_of.ends]
        said += [col(given.at) >= as_of.begins(of.since)] if of.since else []
        later = exists().where(
            getattr(withdrawn, whose) == getattr(given, whose), col(withdrawn.purpose) == of.purpose.value,
            col(withdrawn.act) == Act.WITHDRAWN, col(withdrawn.at) >= col(given.at), col(withdrawn.at) < as_of.ends,
        )  # fmt: skip
        if of.purpose is Purpose.PERSONAL:
            there = col(given.customer_id).in_(among if among is not None else select(C.id))  # the ledger outlives them
            return select(col(given.customer_id).label("customer_id")).where(*said, ~later, there).distinct()
        kind = [A.c.kind == of.address.value] if of.address else []
        query = select(A.c.customer_id).join(given, col(given.print) == A.c.print)
        return query.where(*kind, *said, ~later, *_among(A.c.customer_id, among)).distinct()


@dataclass(frozen=True)
class Members:
    """Who is in another group now."""

    group: str

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        id = select(GROUP.id).where(GROUP.key == self.group).scalar_subquery()
        mine = _among(MEMBER.c.customer_id, among)
        return select(MEMBER.c.customer_id).where(MEMBER.c.group_id == id, *mine)


@dataclass(frozen=True)
class Reacting:
    """Who did something with letters."""

    reacted: Reacted

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        who = reactions().who(self.reacted, as_of).subquery()
        [id] = who.c
        there = id.in_(among if among is not None else select(C.id))
        return select(id.label("customer_id")).where(there).distinct()


@dataclass(frozen=True)
class Listed:
    """Whom the list of a static group names."""

    group_id: int

    def made(self, as_of: AsOf, among: Among, asked: Collection[str]) -> Select[Any]:
        which = [LISTED.group_id == self.group_id, *_among(LISTED.customer_id, among)]
        return select(LISTED.customer_id).where(*which)


@dataclass
class Asked:
    """The sources a rule has asked so far, and what of each; `made` are they as tables, each named once."""

    columns: dict[Source, set[str]] = field(default_factory=dict)

    def ask(self, source: Source, *columns: str) -> None:
        self.columns.setdefault(source, set()).update(("customer_id", *columns))

    def made(self, as_of: AsOf, among: Among) -> dict[Source, CTE]:
        return {
            source: source.made(as_of, among, sorted(asked)).cte(f"source_{number}")
            for number, (source, asked) in enumerate(self.columns.items(), 1)
        }
