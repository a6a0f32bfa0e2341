"""Customer groups: who is in each now, by which rule, who came and went, and what a person corrected.

A group of the same key in company.yaml is the same group: there it has the words it speaks in, here its members.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, JSON, CheckConstraint, Index, Integer, Table, UniqueConstraint, event, false, text
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.locale import mark

IN_FORCE = text("lifted_at IS NULL")


class GroupKind(StrEnum):
    """How a group knows its members: by a rule, or by a list that somebody loaded."""

    RULE = "rule"
    STATIC = "static"


class Turn(StrEnum):
    """What happened to a customer in a group."""

    JOINED = "joined"
    LEFT = "left"


class Corrected(StrEnum):
    """What a person decided against the rule; it holds over every rebuild until it is lifted."""

    ADDED = "added"
    REMOVED = "removed"


TURN_TITLES = {Turn.JOINED: mark("joined"), Turn.LEFT: mark("left")}
CORRECTED_TITLES = {Corrected.ADDED: mark("added by hand"), Corrected.REMOVED: mark("removed by hand")}


class CustomerGroup(SQLModel, table=True):
    """A group. `rule` is the tree as JSON and `text` the same in the one-line language; a static one has neither.

    `control_share` is in thousandths; a share of 0 has its `no_control_why`. `seed` keys the draw of the control group.
    `seen` is the last batch of touched customers it has taken in; `built_as` says for which day, zone, currency and
    sense of the conditions it was built last, and is empty where it must be built whole.
    """

    __tablename__ = "customer_group"
    __table_args__ = (
        UniqueConstraint("key", name="uq_customer_group_key"),
        CheckConstraint("kind IN ('rule', 'static')", name="ck_customer_group_kind"),
        CheckConstraint("control_share BETWEEN 0 AND 500", name="ck_customer_group_control"),
        CheckConstraint("control_share > 0 OR no_control_why <> ''", name="ck_customer_group_no_control"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    title: str
    kind: str = GroupKind.RULE
    rule: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    text: str = ""
    control_share: int = 100
    seed: str
    no_control_why: str = ""
    version: int = 1
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)
    archived_at: datetime | None = Field(default=None, sa_type=Moment)
    seen: int = 0
    built_as: str = ""


class GroupVersion(SQLModel, table=True):
    """What a group was at each of its versions, never changed: who changed it when, and why."""

    __tablename__ = "group_version"

    group_id: int = Field(primary_key=True, foreign_key="customer_group.id")
    version: int = Field(primary_key=True)
    title: str
    rule: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    text: str = ""
    control_share: int
    no_control_why: str = ""
    why: str = ""
    by: str = ""
    at: datetime = Field(sa_type=Moment)


class GroupMember(SQLModel, table=True):
    """Who is in a group now, since when; `control`: is left out of its advertising, to show what that brings.

    Groups are never removed, so nothing refers to theirs here: PostgreSQL looks every reference of every row up.
    """

    __tablename__ = "group_member"
    __table_args__ = (
        Index("ix_group_member_customer", "customer_id", "group_id", "control"),
        {"sqlite_with_rowid": False},
    )

    group_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    control: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    since: datetime = Field(sa_type=Moment)


class GroupTurn(SQLModel, table=True):
    """One line of the history of a group, never changed: a customer joined or left, at which build.

    It goes when its customer is erased, and not before.
    """

    __tablename__ = "group_turn"
    __table_args__ = (
        CheckConstraint("what IN ('joined', 'left')", name="ck_group_turn_what"),
        Index("ix_group_turn_customer", "customer_id", "group_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    group_id: int
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    what: str
    build_id: int
    at: datetime = Field(sa_type=Moment)


class GroupListed(SQLModel, table=True):
    """Whom the list of a static group names."""

    __tablename__ = "group_listed"
    __table_args__ = (Index("ix_group_listed_customer", "customer_id"),)

    group_id: int = Field(primary_key=True, foreign_key="customer_group.id")
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    by: str = ""
    at: datetime = Field(sa_type=Moment)


class GroupCorrection(SQLModel, table=True):
    """A customer is in a group, or out of it, because a person said so; in force while `lifted_at` is empty."""

    __tablename__ = "group_correction"
    __table_args__ = (
        CheckConstraint("what IN ('added', 'removed')", name="ck_group_correction_what"),
        Index("uq_group_correction_in_force", "group_id", "customer_id", unique=True,
              sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        Index("ix_group_correction_customer", "customer_id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="customer_group.id")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    what: str
    why: str
    by: str
    at: datetime = Field(sa_type=Moment)
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)
    lifted_by: str = ""


class GroupBuild(SQLModel, table=True):
    """A group was built: how many are in it, came and went; `open` is how many may be sent advertising, by kind.

    `open` under "any" counts those with at least one such address. `whole`: everybody was looked at, not only those
    `looked_at` who could have moved.
    """

    __tablename__ = "group_build"
    __table_args__ = (Index("ix_group_build_group", "group_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="customer_group.id")
    version: int
    at: datetime = Field(sa_type=Moment)
    whole: bool = True
    looked_at: int = 0
    size: int = 0
    control: int = 0
    joined: int = 0
    left: int = 0
    open: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class CustomerTouched(SQLModel, table=True):
    """A customer about whom something changed: written in the transaction that changes it, as often as it happens.

    `batch` is given afterwards, so that batches follow one another as transactions were committed, which numbers do
    not.
    """

    __tablename__ = "customer_touched"
    __table_args__ = (Index("ix_customer_touched_batch", "batch", "customer_id"),)

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    batch: int | None = Field(default=None, sa_type=Integer)


VERSIONS: Table = GroupVersion.__table__  # type: ignore[attr-defined]
TURNS: Table = GroupTurn.__table__  # type: ignore[attr-defined]
KEPT = "the history of groups is append-only"
GOES_ON = "EXISTS (SELECT 1 FROM customer WHERE id = OLD.customer_id)"
# The same words in the migration that makes the tables. What is about a customer goes with them, and only then.
APPEND_ONLY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "group_version": {
        "sqlite": tuple(
            f"CREATE TRIGGER group_version_no_{verb.lower()} BEFORE {verb} ON group_version "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        "postgresql": (
            "CREATE OR REPLACE FUNCTION group_version_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$",
            "CREATE TRIGGER group_version_append_only BEFORE UPDATE OR DELETE ON group_version "
            "FOR EACH ROW EXECUTE FUNCTION group_version_append_only()",
        ),
    },
    "group_turn": {
        "sqlite": (
            f"CREATE TRIGGER group_turn_no_update BEFORE UPDATE ON group_turn BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
            "CREATE TRIGGER group_turn_no_delete BEFORE DELETE ON group_turn "
            f"WHEN {GOES_ON} BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
        ),
        "postgresql": (
            "CREATE OR REPLACE FUNCTION group_turn_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'DELETE' AND NOT {GOES_ON} THEN RETURN OLD; END IF; RAISE EXCEPTION '{KEPT}'; END $$",
            "CREATE TRIGGER group_turn_append_only BEFORE UPDATE OR DELETE ON group_turn "
            "FOR EACH ROW EXECUTE FUNCTION group_turn_append_only()",
        ),
    },
}
for _table in (VERSIONS, TURNS):
    for _dialect, _statements in APPEND_ONLY[_table.name].items():
        for _statement in _statements:
            _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(_table, "after_create", _trigger.execute_if(dialect=_dialect))
