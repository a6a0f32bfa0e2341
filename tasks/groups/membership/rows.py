"""In which groups a customer is and was, and what people decided. Sessions are given; none is opened here."""

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customer_groups import Corrected, CustomerGroup, GroupCorrection, GroupListed, GroupMember, GroupTurn, Turn
from models.desk.membership import HandLine, InGroups, MembershipLine, TurnLine

M, K = GroupMember, GroupCorrection


def in_groups(session: Session, customer: int, names: Mapping[str, str], most: int | None) -> InGroups:
    """All about a customer and groups; `names` are those of colleagues, `most` is how much of the history."""
    found = turns(session, customer, most + 1 if most else None)
    return InGroups(
        now=tuple(
            MembershipLine(**_called(group), since=one.since, control=one.control,
                           is_put_away=group.archived_at is not None)
            for one, group in memberships(session, customer)
        ),
        turns=tuple(TurnLine(**_called(group), what=Turn(one.what), at=one.at) for one, group in found[:most]),
        turns_cut=bool(most) and len(found) > (most or 0),
        by_hand=tuple(
            HandLine(**_called(group), what=Corrected(one.what), why=one.why, by=names.get(one.by, one.by), at=one.at,
                     lifted_at=one.lifted_at)
            for one, group in by_hand(session, customer)
        ),
        listed=tuple(lists_naming(session, customer)),
    )  # fmt: skip


def _called(group: CustomerGroup) -> Mapping[str, str]:
    return {"key": group.key, "title": group.title}


def turns(session: Session, customer: int, most: int | None) -> list[tuple[GroupTurn, CustomerGroup]]:
    """What happened to a customer in all groups, the newest first."""
    query = (
        select(GroupTurn, CustomerGroup).join(CustomerGroup, col(CustomerGroup.id) == col(GroupTurn.group_id))
        .where(col(GroupTurn.customer_id) == customer).order_by(col(GroupTurn.id).desc()).limit(most)
    )  # fmt: skip
    return list(session.execute(query).tuples())


def memberships(session: Session, customer: int) -> list[tuple[GroupMember, CustomerGroup]]:
    """In which groups a customer is now, those in use first."""
    query = (
        select(M, CustomerGroup).join(CustomerGroup, col(CustomerGroup.id) == col(M.group_id))
        .where(col(M.customer_id) == customer)
        .order_by(col(CustomerGroup.archived_at).is_not(None), col(CustomerGroup.title))
    )  # fmt: skip
    return list(session.execute(query).tuples())


def by_hand(session: Session, customer: int) -> list[tuple[GroupCorrection, CustomerGroup]]:
    """What people decided about a customer, the newest first."""
    query = (
        select(K, CustomerGroup).join(CustomerGroup, col(CustomerGroup.id) == col(K.group_id))
        .where(col(K.customer_id) == customer).order_by(col(K.id).desc())
    )  # fmt: skip
    return list(session.execute(query).tuples())


def lists_naming(session: Session, customer: int) -> list[str]:
    """The titles of the lists that name a customer."""
    query = select(col(CustomerGroup.title)).where(
        exists().where(col(GroupListed.group_id) == CustomerGroup.id, col(GroupListed.customer_id) == customer)
    )
    return list(session.execute(query.order_by(col(CustomerGroup.title))).scalars())
