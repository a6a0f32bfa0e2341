"""Groups as rows: made, changed, put away, corrected by hand, listed. Sessions are given; none is opened or committed.

Every change of a rule is a version; whoever is corrected or listed is touched, so that the next build takes them in.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.content import nearest
from models.customer_groups import (
    Corrected,
    CustomerGroup,
    GroupBuild,
    GroupCorrection,
    GroupKind,
    GroupListed,
    GroupVersion,
)
from models.customers import Customer
from models.database import Clock, now_by, portions
from models.group_rules import Rule, as_json
from models.locale import mark
from models.reason import because
from tasks.content.references import fold
from tasks.delivery.rows import insert_quietly
from tasks.groups import order
from tasks.groups.building.rows import draw_anew, locked, rule_of
from tasks.groups.touching.rows import LISTED, newest_batch, touch, touch_all_of
from tasks.groups.wording import written

NO_GROUP = mark("There is no customer group “{group}”. Nearest: {nearest}.")
NO_GROUPS = mark("There is no customer group “{group}”, nor any other yet. Make one of the ready groups first.")
NO_NAME = mark("Name the group: its key stands in the table of groups.")
SEVERAL = mark("Several customer groups are called “{title}”. Name the one that is meant by its key: {keys}.")
PUT_AWAY = mark("The customer group “{group}” was put away. Take it back, or name another.")
THERE_IS = mark("There is a customer group “{group}” already. Change that one, or choose another key.")
NO_CONTROL = mark("Without a control group nobody can tell what a mailing brings. Say why there is none.")
OTHER_KIND = mark("The group “{group}” knows its members by a list, not by a rule. Load its list instead.")
NOT_LISTED = mark("The group “{group}” knows its members by its rule, not by a list. Change the rule instead.")
NO_CUSTOMER = mark("There is no customer № {id}. Perhaps they were erased; look for them on the page of customers.")
NO_WHY = mark("Say why: the reason stays beside the correction.")
CORRECTED = mark("Customer № {id} has been corrected by hand in this group already. Undo that first.")
NOT_CORRECTED = mark("Customer № {id} has not been corrected by hand in this group, so there is nothing to undo.")
K = GroupCorrection


@dataclass(frozen=True)
class Draft:
    """What a group is to be. `control_share` is in thousandths; 0 needs its reason. No rule: a list is loaded."""

    key: str
    title: str
    rule: Rule | None = None
    control_share: int = 100
    no_control_why: str = ""
    why: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """What a version of the group keeps. Raises Refused where a control group is missing without a reason."""
        if not self.control_share and not self.no_control_why.strip():
            raise Refused(because(NO_CONTROL, code="no_control"))
        said = {"rule": as_json(self.rule), "text": written(self.rule)} if self.rule else {"rule": None, "text": ""}
        no_control = "" if self.control_share else " ".join(self.no_control_why.split())
        return said | {"title": self.title, "control_share": self.control_share, "no_control_why": no_control}


def groups(session: Session, put_away: bool = False) -> list[CustomerGroup]:
    """All groups in the order of their keys; those put away only where they are asked for."""
    query = select(CustomerGroup).order_by(col(CustomerGroup.key))
    return list(session.execute(query if put_away else query.where(col(CustomerGroup.archived_at).is_(None))).scalars())


def group(session: Session, key: str) -> CustomerGroup:
    """The group of this key, put away or not. Raises Refused."""
    found = session.execute(select(CustomerGroup).where(col(CustomerGroup.key) == key)).scalar_one_or_none()
    if found is None:
        known = [one.key for one in groups(session)]
        near = ", ".join(nearest(key, known, likeness=0.0))
        raise Refused(because(NO_GROUP if near else NO_GROUPS, code="no_group", group=key, nearest=near))
    return found


def key_of(session: Session, said: str) -> str:
    """The key of the group named by its key or title; what names none stays as it is. Raises Refused.

    Refused where several groups in use have this title, or where none is named at all.
    """
    if not (word := fold(said)):
        raise Refused(because(NO_NAME, code="no_name"))
    known = groups(session, put_away=True)
    titled = [one for one in known if fold(one.title) == word]
    meant = [one.key for one in known if one.key == word] or [one.key for one in titled if not one.archived_at]
    meant = meant or [one.key for one in titled]
    if len(meant) > 1:
        raise Refused(because(SEVERAL, code="several", title=said.strip(), keys=", ".join(meant)))
    return meant[0] if meant else said.strip()


def in_use(session: Session, key: str) -> CustomerGroup:
    """The group of this key, unless it was put away. Raises Refused."""
    found = group(session, key)
    if found.archived_at:
        raise Refused(because(PUT_AWAY, code="put_away", group=key))
    return found


def check_recipients(session: Session, include: Collection[str], exclude: Collection[str] = ()) -> None:
    """Say why `recipients` of these groups would be nobody: a group does not exist or was put away. Raises Refused."""
    for key in include:
        in_use(session, key)
    for key in exclude:
        group(session, key)


def needs(session: Session) -> dict[str, frozenset[str]]:
    """Of which groups each group in use is made."""
    return {one.key: order.made_of(rule_of(one)) for one in groups(session)}


def check_rule(session: Session, rule: Rule, key: str = "") -> None:
    """Refuse a rule that asks for a group there is not, or that would be made of itself. Raises Refused."""
    order.check(key, rule, needs(session))


def make(session: Session, clock: Clock, draft: Draft, seed: str, by: str) -> CustomerGroup:
    """A new group; the first build finds its members. Raises Refused."""
    hold(session)
    order.check(draft.key, draft.rule, needs(session))
    now, kind = now_by(clock, session), GroupKind.RULE if draft.rule else GroupKind.STATIC
    row = {"key": draft.key, "kind": kind.value, "seed": seed, "version": 1, "made_by": by, "made_at": now,
           "changed_at": now, "seen": newest_batch(session), "built_as": "", "archived_at": None}  # fmt: skip
    write = insert_quietly(session, CustomerGroup, ["key"]).returning(col(CustomerGroup.id))
    if not session.execute(write, [row | draft.fields]).all():
        raise Refused(because(THERE_IS, code="there_is", group=draft.key))
    made = group(session, draft.key)
    _keep_version(session, made, draft.why, by, now)
    return made


def change(session: Session, clock: Clock, draft: Draft, by: str) -> CustomerGroup:
    """Another rule, title or control share, as a new version; the same again is none. Raises Refused."""
    hold(session)
    in_use(session, draft.key)
    row = locked(session, draft.key)
    if (draft.rule is None) != (row.kind == GroupKind.STATIC):
        raise Refused(because(OTHER_KIND if draft.rule else NOT_LISTED, code="kind", group=draft.key))
    order.check(draft.key, draft.rule, needs(session))
    if all(getattr(row, name) == value for name, value in draft.fields.items()):
        return row
    if row.text != draft.fields["text"]:
        row.built_as = ""
    now = now_by(clock, session)
    for name, value in (draft.fields | {"version": row.version + 1, "changed_at": now}).items():
        setattr(row, name, value)
    session.flush()
    draw_anew(session, row)
    _keep_version(session, row, draft.why, by, now)
    return row


def put_away(session: Session, clock: Clock, key: str, back: bool = False) -> None:
    """Use a group no more, or again: its history stays, and so do its members as they were. Raises Refused.

    Neither where others in use are made of it, nor back where it is made of one that is not: that one stands still.
    """
    hold(session)
    found = group(session, key)
    if back:
        for one in sorted(order.made_of(rule_of(found))):
            in_use(session, one)
    else:
        order.check_not_needed(key, needs(session))
    row = locked(session, key)
    row.archived_at, row.built_as, row.seen = None if back else now_by(clock, session), "", newest_batch(session)
    session.flush()


def hold(session: Session) -> None:
    """Let nobody else change what groups are made of meanwhile: two changes at once could close a circle."""
    query = select(CustomerGroup).order_by(col(CustomerGroup.id)).with_for_update()
    session.execute(query, execution_options={"populate_existing": True}).all()


def _keep_version(session: Session, row: CustomerGroup, why: str, by: str, now: Any) -> None:
    kept = row.model_dump(include={"version", "title", "rule", "text", "control_share", "no_control_why"})
    session.add(GroupVersion(group_id=row.id or 0, why=why, by=by, at=now, **kept))
    session.flush()


def versions(session: Session, key: str) -> list[GroupVersion]:
    """What the group was at each of its versions, the newest first."""
    query = select(GroupVersion).where(col(GroupVersion.group_id) == group(session, key).id)
    return list(session.execute(query.order_by(col(GroupVersion.version).desc())).scalars())


def correct(session: Session, clock: Clock, key: str, customer: int, what: Corrected, why: str, by: str) -> None:
    """Let a customer be in a group, or out of it, whatever the rule says, until it is undone. Raises Refused."""
    if not why.strip():
        raise Refused(because(NO_WHY, code="no_why"))
    of = in_use(session, key)
    if session.get(Customer, customer) is None:
        raise Refused(because(NO_CUSTOMER, code="no_customer", id=customer))
    if _correction(session, of, customer) is not None:
        raise Refused(because(CORRECTED, code="corrected", id=customer))
    row = K(group_id=of.id or 0, customer_id=customer, what=what, why=why.strip(), by=by, at=now_by(clock, session))
    session.add(row)
    session.flush()
    touch(session, [customer])


def undo(session: Session, clock: Clock, key: str, customer: int, by: str) -> None:
    """Let the rule decide about a customer again. Raises Refused."""
    row = _correction(session, in_use(session, key), customer)
    if row is None:
        raise Refused(because(NOT_CORRECTED, code="not_corrected", id=customer))
    row.lifted_at, row.lifted_by = now_by(clock, session), by
    session.flush()
    touch(session, [customer])


def _correction(session: Session, of: CustomerGroup, customer: int) -> GroupCorrection | None:
    query = select(K).where(col(K.group_id) == of.id, col(K.customer_id) == customer, col(K.lifted_at).is_(None))
    return session.execute(query.with_for_update()).scalar_one_or_none()


def corrections(session: Session, key: str, most: int | None = None) -> list[GroupCorrection]:
    """The corrections of a group: those in force first, then the newest."""
    query = select(K).where(col(K.group_id) == group(session, key).id)
    order_ = (col(K.lifted_at).is_(None).desc(), col(K.id).desc())
    return list(session.execute(query.order_by(*order_).limit(most)).scalars())


def enlist(
    session: Session, clock: Clock, key: str, customers: Collection[int], by: str, replace: bool = False
) -> int:  # fmt: skip
    """Put customers on the list of a static group, or let the list be these and nobody else; returns how many are new.

    Raises Refused where the group has a rule.
    """
    of = locked(session, in_use(session, key).key)
    if of.kind != GroupKind.STATIC:
        raise Refused(because(NOT_LISTED, code="kind", group=key))
    if replace:
        mine = LISTED.c.group_id == of.id
        touch_all_of(session, select(LISTED.c.customer_id).where(mine))
        there = set(session.execute(select(LISTED.c.customer_id).where(mine)).scalars())
        for some in portions(sorted(there - set(customers))):
            session.execute(delete(LISTED).where(mine, LISTED.c.customer_id.in_(some)))
    now = now_by(clock, session)
    rows = [{"group_id": of.id, "customer_id": id, "by": by, "at": now} for id in sorted(set(customers))]
    new = _insert(session, rows)
    touch(session, customers)
    return new


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    write = insert_quietly(session, GroupListed, ["group_id", "customer_id"]).returning(LISTED.c.customer_id)
    return len(session.connection().execute(write, [dict(row) for row in rows]).all())


def last_builds(session: Session) -> dict[int, GroupBuild]:
    """The last build of each group."""
    last = select(func.max(col(GroupBuild.id))).group_by(col(GroupBuild.group_id))
    found = session.execute(select(GroupBuild).where(col(GroupBuild.id).in_(last))).scalars()
    return {one.group_id: one for one in found}
