"""Customers: who buys, how each may be reached, what each has agreed to, and what is never written to again."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, JSON, CheckConstraint, Index, Table, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.locale import mark


class AddressKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    TELEGRAM = "telegram"


CODE = "code"  # what a customer is known by beside their addresses


class Purpose(StrEnum):
    """What is agreed to, apart from one another.

    Personal data: 152-FZ, since 2025-09-01 a document of its own. Advertising over networks: 38-FZ, article 18, where
    the proof is on whoever sends.
    """

    PERSONAL = "personal"
    ADVERTISING = "advertising"


class Act(StrEnum):
    """What was done with a consent. Asked: a letter asks to confirm it, and until then nothing is agreed to."""

    ASKED = "asked"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Barred(StrEnum):
    """Why an address stands in the stop-list."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    BY_HAND = "by_hand"
    ERASED = "erased"
    IMPORTED = "imported"


KIND_TITLES = {
    AddressKind.EMAIL: mark("e-mail"),
    AddressKind.PHONE: mark("phone"),
    AddressKind.TELEGRAM: mark("Telegram"),
}
FIELD_TITLES: dict[str, str] = {
    "code": mark("code"),
    "name": mark("name"),
    "birthday": mark("birthday"),
    "city": mark("city"),
    "zone": mark("time zone"),
    "outlet": mark("outlet"),
    **{kind.value: title for kind, title in KIND_TITLES.items()},
}
PURPOSE_TITLES = {
    Purpose.PERSONAL: mark("consent to personal data"),
    Purpose.ADVERTISING: mark("consent to advertising"),
}
ACT_TITLES = {Act.ASKED: mark("asked for"), Act.GIVEN: mark("given"), Act.WITHDRAWN: mark("withdrawn")}
BARRED_TITLES = {
    Barred.UNSUBSCRIBED: mark("unsubscribed"),
    Barred.COMPLAINED: mark("complained"),
    Barred.BOUNCED: mark("the address does not exist"),
    Barred.BY_HAND: mark("by hand"),
    Barred.ERASED: mark("erased on request"),
    Barred.IMPORTED: mark("from a stop-list"),
}


class Customer(SQLModel, table=True):
    """A customer. `code` is the company's own (a card, a number); `birthday` is 1990-05-17, or 05-17 without a year.

    `load_id` is the loading that changed them last; `source` is where they came from first.
    """

    __table_args__ = (
        UniqueConstraint("code", name="uq_customer_code"),
        Index("ix_customer_birthday", "birthday"),
        {"sqlite_autoincrement": True},  # the number of whoever was erased is never another's: the ledger names it
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str | None = None
    name: str = ""
    birthday: str = ""
    city: str = ""
    zone: str = ""
    outlet: str = ""
    source: str = ""
    load_id: int = 0
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)


class Address(SQLModel, table=True):
    """How a customer may be reached: of each kind one, and each is one customer's. It is known by its `value`.

    `written` is what is sent to (the part before @ may differ in case); `print` is the keyed hash that outlives it.
    `open` says whether advertising may go there: what consents and stop-list come to. It is kept in the transaction
    that changes either, and nothing else sets it.
    """

    __table_args__ = (
        UniqueConstraint("kind", "value", name="uq_address_value"),
        UniqueConstraint("customer_id", "kind", name="uq_address_customer"),
        Index("ix_address_print", "print"),
        Index("ix_address_open", "customer_id", "kind", sqlite_where=text("open = 1"), postgresql_where=text("open")),
    )

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    kind: str
    value: str
    written: str
    print: str
    open: bool = False
    since: datetime = Field(sa_type=Moment)


class CustomerLoad(SQLModel, table=True):
    """A table of customers that was loaded, some rows at a time: `done` of `total`, and what became of them.

    `source` says what was loaded, as `drop:17`: whoever is killed in the middle goes on behind the last row that
    counts.
    """

    __tablename__ = "customer_load"
    __table_args__ = (UniqueConstraint("source", name="uq_customer_load_source"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    file: str
    total: int = 0
    done: int = 0
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    loaded_by: str = ""
    loaded_at: datetime = Field(sa_type=Moment)
    applied_at: datetime | None = Field(default=None, sa_type=Moment)


class ConsentAct(SQLModel, table=True):
    """One line of the ledger of consents, never changed: who agreed to what, by which words, where, and the proof.

    It names no address, only its `print`, so it may outlive the customer; consent to personal data is the customer's
    own and has none. `wording` is the version of the text that was shown, `via` how it was said (till, form, import,
    letter, by hand), `proof` the document or event that shows it.
    """

    __tablename__ = "consent_act"
    __table_args__ = (
        UniqueConstraint("once", name="uq_consent_act_once"),
        CheckConstraint("act IN ('asked', 'given', 'withdrawn')", name="ck_consent_act"),
        CheckConstraint("purpose IN ('personal', 'advertising')", name="ck_consent_purpose"),
        Index("ix_consent_act_print", "print", "purpose", "at", "id"),
        Index("ix_consent_act_customer", "customer_id", "purpose", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    once: str
    customer_id: int
    purpose: str
    act: str
    kind: str = ""
    print: str = ""
    wording: str = ""
    via: str = ""
    source: str = ""
    proof: str = ""
    at: datetime = Field(sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str = ""


class Suppression(SQLModel, table=True):
    """An address that nothing is sent to (стоп-лист), known by its keyed hash: it survives erasure and re-import.

    It is in force while `lifted_at` is empty; a lifted one stays as it was, and the next is a row of its own.
    """

    __table_args__ = (
        Index("ix_suppression_print", "print", "lifted_at"),
        Index("ix_suppression_since", "since", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    print: str
    why: str
    source: str = ""
    note: str = ""
    by: str = ""
    since: datetime = Field(sa_type=Moment)
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)
    lifted_by: str = ""
    lifted_why: str = ""


LEDGER: Table = ConsentAct.__table__  # type: ignore[attr-defined]
# The same words in the migration that makes the table.
APPEND_ONLY: Mapping[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER consent_act_no_{verb.lower()} BEFORE {verb} ON consent_act "
        "BEGIN SELECT RAISE(ABORT, 'the ledger of consents is append-only: record another act'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION consent_act_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger of consents is append-only: record another act'; END $$",
        "CREATE TRIGGER consent_act_append_only BEFORE UPDATE OR DELETE ON consent_act "
        "FOR EACH ROW EXECUTE FUNCTION consent_act_append_only()",
    ),
}
for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(LEDGER, "after_create", _trigger.execute_if(dialect=_dialect))
