"""People, their roles, and what each role may do: the permission table is data."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.locale import mark


class Role(StrEnum):
    AUTHOR = "author"
    APPROVER = "approver"
    TECHNICIAN = "technician"
    CASHIER = "cashier"
    HEAD = "head"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a page or a verb may demand. PUBLIC asks nobody; SIGNED_IN any person of the company."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    READ_PLAN = "read_plan"
    APPROVE = "approve"
    STOP = "stop"
    RELEASE = "release"
    DECIDE_UNKNOWN = "decide_unknown"
    SCHEDULE = "schedule"
    READ_REPORTS = "read_reports"
    EDIT = "edit"
    COMMENT = "comment"
    LOAD = "load"
    RECORD_COSTS = "record_costs"
    PLAN = "plan"
    ASK_OUTSIDE = "ask_outside"
    READ_PEOPLE = "read_people"
    MANAGE_PEOPLE = "manage_people"
    CUSTOMERS = "customers"


ROLE_TITLES = {
    Role.AUTHOR: mark("author"),
    Role.APPROVER: mark("approver"),
    Role.TECHNICIAN: mark("technician"),
    Role.CASHIER: mark("cashier"),
    Role.HEAD: mark("head of the department"),
    Role.ADMIN: mark("administrator"),
}

_READER = frozenset(
    {Permission.SIGNED_IN, Permission.READ_PLAN, Permission.READ_REPORTS, Permission.STOP, Permission.COMMENT}
)
_DECIDER = frozenset({Permission.APPROVE, Permission.DECIDE_UNKNOWN, Permission.RELEASE, Permission.ASK_OUTSIDE})
_WRITER = frozenset(
    {Permission.SCHEDULE, Permission.EDIT, Permission.LOAD, Permission.ASK_OUTSIDE, Permission.CUSTOMERS}
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AUTHOR: _READER | _WRITER,
    Role.APPROVER: _READER | _DECIDER,
    Role.TECHNICIAN: _READER
    | {Permission.SCHEDULE, Permission.DECIDE_UNKNOWN, Permission.LOAD, Permission.RECORD_COSTS}
    | {Permission.CUSTOMERS},
    Role.CASHIER: frozenset({Permission.SIGNED_IN}),
    Role.HEAD: _READER | _DECIDER | _WRITER | {Permission.RECORD_COSTS, Permission.PLAN, Permission.READ_PEOPLE},
    Role.ADMIN: _READER | {Permission.MANAGE_PEOPLE, Permission.READ_PEOPLE, Permission.RELEASE},
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All that these roles may do together; an unknown role may do nothing."""
    known = [Role(role) for role in roles if role in set(Role)]
    return frozenset({Permission.PUBLIC}).union(*(PERMISSIONS[role] for role in known))


class Person(SQLModel, table=True):
    """One of the company. Those who left the file stay here, inactive, because their decisions do.

    `is_new` from the first coming in until they have read what they can do here.
    """

    key: str = Field(primary_key=True)
    name: str
    email: str = ""
    telegram: str = ""
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    deputy: str = ""
    active: bool = True
    password_hash: str = ""
    is_new: bool = False
    changed_at: datetime = Field(sa_type=Moment)


class Absence(SQLModel, table=True):
    """Days, both included, on which a deputy answers (замещает)."""

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(index=True)
    from_date: str
    to_date: str
    deputy: str = ""


class Invitation(SQLModel, table=True):
    """A personal link, good once and for a time; only its hash is kept."""

    token_hash: str = Field(primary_key=True)
    person: str
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class WebSession(SQLModel, table=True):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "web_session"

    token_hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    csrf: str
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class SignInAttempt(SQLModel, table=True):
    """A failed sign-in, by a keyed hash of who tried: the rate limit counts these."""

    __tablename__ = "sign_in_attempt"

    id: int | None = Field(default=None, primary_key=True)
    who: str = Field(index=True)
    at: datetime = Field(sa_type=Moment)


class Passkey(SQLModel, table=True):
    """A way in beside the password (WebAuthn): the public half of a key that never leaves the person's device.

    `handle` is what the device calls its owner by; `sign_count` only rises, 0 where the device does not count.
    """

    id: int | None = Field(default=None, primary_key=True)
    credential_id: str = Field(unique=True)
    person: str = Field(index=True)
    handle: str
    public_key: bytes
    sign_count: int = Field(default=0, sa_type=BigInteger)
    title: str = ""
    made_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class PasskeyChallenge(SQLModel, table=True):
    """A question put to a browser, answered once and soon; its hash is kept, and that of whom it was put to."""

    __tablename__ = "passkey_challenge"

    challenge_hash: str = Field(primary_key=True)
    purpose: str
    put_to: str
    expires_at: datetime = Field(sa_type=Moment, index=True)
