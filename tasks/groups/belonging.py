"""Who is in which groups, for what writes to nobody: a till's condition, a card to be given, an estimate. Pure.

Whoever writes to people goes by `recipients`, where consents and the stop-list are applied.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, exists, select
from sqlmodel import col

from models.customer_groups import CustomerGroup, GroupMember


def in_group(group: int) -> Select[Any]:
    """The customers of a group, by its number."""
    return select(col(GroupMember.customer_id)).where(col(GroupMember.group_id) == group)


def belonging(keys: Collection[str]) -> Select[Any]:
    """The customers of these groups, each with the key of a group they are in."""
    query = select(col(GroupMember.customer_id), col(CustomerGroup.key)).join(
        CustomerGroup, col(CustomerGroup.id) == col(GroupMember.group_id)
    )
    return query.where(col(CustomerGroup.key).in_(keys))


def groups_with(customers: Collection[int], among: Collection[str]) -> Select[Any]:
    """The keys of those of these groups that somebody of these customers is in."""
    theirs = (col(GroupMember.group_id) == col(CustomerGroup.id), col(GroupMember.customer_id).in_(customers))
    return select(col(CustomerGroup.key)).where(col(CustomerGroup.key).in_(among), exists().where(*theirs))
