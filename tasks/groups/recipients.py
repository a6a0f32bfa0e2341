"""The only door from groups to recipients: consent, stop-list and control group are applied here, always. Pure.

Nothing outside `tasks/groups` reads the members of a group, and a law of the house sees to it: who is sent anything is
asked here.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember
from models.customers import Address, AddressKind, Customer
from models.letters import Ground
from tasks.consents.rows import is_barred

G = CustomerGroup.__table__.c  # type: ignore[attr-defined]
WHOSE = col(Address.customer_id)


def recipients(include: Collection[str], exclude: Collection[str], kind: AddressKind, ground: Ground) -> Select[Any]:
    """The customer and the address, by their ids, of everybody in any of these groups and in none of those.

    Advertising goes to open addresses only, and to nobody who is in the control group of any group included. A service
    message goes to addresses that are not barred; there is nothing to prove about it, so control groups get it too.
    Where a group that is named does not exist, or one included was put away, there are no recipients at all: a slip of
    the pen must not write to those who were to be left out. `tasks.groups.rows.check_recipients` says which it is.
    """
    named = (exists().where(G.key == key, *([G.archived_at.is_(None)] if key in include else []))
             for key in sorted({*include, *exclude}))  # fmt: skip
    query = select(col(Address.customer_id), col(Address.id)).where(
        col(Address.kind) == kind.value, _in(include), *named
    )  # fmt: skip
    if exclude:
        query = query.where(~_in(exclude))
    if ground is Ground.ADVERTISING:
        return query.where(col(Address.open), ~_in(include, col(GroupMember.control)))
    return query.where(~is_barred())


def left_out(include: Collection[str], exclude: Collection[str], kind: AddressKind) -> Select[Any]:
    """Who would be sent advertising, but is in the control group of a group included: what the others are compared to.

    They are put on the list and sent nothing; so it is known whom a mailing was kept from.
    """
    named = (exists().where(G.key == key, *([G.archived_at.is_(None)] if key in include else []))
             for key in sorted({*include, *exclude}))  # fmt: skip
    query = select(col(Address.customer_id), col(Address.id)).where(
        col(Address.kind) == kind.value, _in(include, col(GroupMember.control)), col(Address.open), *named
    )  # fmt: skip
    return query.where(~_in(exclude)) if exclude else query


def people(include: Collection[str], exclude: Collection[str] = ()) -> Select[Any]:
    """The customers, by their ids, in any of these groups and in none of those, whatever addresses they have.

    For what is kept for somebody and not sent, such as a coupon: sending it asks `recipients`. The control group of any
    group included gets nothing. Where a group is missing, or one included was put away, there is nobody.
    """
    named = (exists().where(G.key == key, *([G.archived_at.is_(None)] if key in include else []))
             for key in sorted({*include, *exclude}))  # fmt: skip
    customer = col(Customer.id)
    kept_from = _in(include, col(GroupMember.control), of=customer)
    query = select(customer).where(_in(include, of=customer), ~kept_from, *named)
    return query.where(~_in(exclude, of=customer)) if exclude else query


def _in(keys: Collection[str], *more: Any, of: Any = WHOSE) -> ColumnElement[bool]:
    groups = select(G.id).where(G.key.in_(keys))
    mine = (col(GroupMember.customer_id) == of, col(GroupMember.group_id).in_(groups))
    return exists().where(*mine, *more)
