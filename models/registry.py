"""The unified registry: one append-only table of facts, what they may measure, and how one is made."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import AwareDatetime, model_validator
from sqlalchemy import DDL, BigInteger, CheckConstraint, Index, Integer, Table, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.locale import mark
from models.post import Value

DIRECTIONS = ("A", "B", "C", "M")


class Unit(StrEnum):
    COUNT = "count"
    MONEY = "money"
    SECONDS = "seconds"


class Kind(StrEnum):
    """How values of a metric add up.

    `SUM`: every fact is its own part (publications, money). `COUNTER`: a running total seen from time to time (views of
    a post), of which a period takes the growth. `LEVEL`: a state (members), of which a period takes the last one seen.
    """

    SUM = "sum"
    COUNTER = "counter"
    LEVEL = "level"


@dataclass(frozen=True)
class Metric:
    """`better` is +1 when more is better, -1 when less is, 0 when neither."""

    key: str
    title: str
    kind: Kind = Kind.SUM
    unit: Unit = Unit.COUNT
    better: int = 1


VOCABULARY = (
    Metric("published", mark("Published")),
    Metric("on_time", mark("On time")),
    Metric("refused", mark("Refused by the channel"), better=-1),
    Metric("urgent", mark("Let out without approval"), better=-1),
    Metric("renditions", mark("Channel versions made"), better=0),
    Metric("corrections", mark("Corrections"), better=-1),
    Metric("drafts", mark("Drafts")),
    Metric("approved_first", mark("Approved first time")),
    Metric("found", mark("Found in sources"), better=0),
    Metric("accepted", mark("Accepted into content")),
    Metric("grouped", mark("Matched to a customer group"), better=0),
    Metric("overruled", mark("Match overruled"), better=-1),
    Metric("checked", mark("Publications checked"), better=0),
    Metric("correct", mark("Live and correct")),
    Metric("answered", mark("Comments answered")),
    Metric("answer_time", mark("Answer time"), unit=Unit.SECONDS, better=-1),
    Metric("reports", mark("Reports delivered")),
    Metric("reach", mark("Reach"), Kind.COUNTER),
    Metric("views", mark("Views"), Kind.COUNTER),
    Metric("likes", mark("Likes"), Kind.COUNTER),
    Metric("reactions", mark("Reactions"), Kind.COUNTER),
    Metric("comments", mark("Comments"), Kind.COUNTER),
    Metric("reposts", mark("Reposts"), Kind.COUNTER),
    Metric("clicks", mark("Clicks"), Kind.COUNTER),
    Metric("members", mark("Members"), Kind.LEVEL),
    Metric("calls", mark("Calls")),
    Metric("visits", mark("Visits")),
    Metric("orders", mark("Orders")),
    Metric("revenue", mark("Revenue"), unit=Unit.MONEY),
    Metric("expenses", mark("Expenses"), unit=Unit.MONEY, better=0),
    Metric("group_size", mark("Customers in the group"), Kind.LEVEL, better=0),
    Metric("group_joined", mark("Joined the group"), better=0),
    Metric("group_left", mark("Left the group"), better=0),
    Metric("deliverable", mark("May be sent advertising"), Kind.LEVEL),
    Metric("covered", mark("Customers in at least one group"), Kind.LEVEL),
    Metric("base_size", mark("Customers in the base"), Kind.LEVEL),
    Metric("customers_new", mark("New customers from tables"), better=0),
    Metric("customers_changed", mark("Customers changed by tables"), better=0),
    Metric("receipts_new", mark("New receipts from tables"), better=0),
    Metric("receipts_changed", mark("Receipts changed by tables"), better=0),
    Metric("rows_left_out", mark("Rows of tables left out"), better=-1),
    Metric("letters_listed", mark("Letters on the list"), better=0),
    Metric("letters_sent", mark("Letters sent")),
    Metric("letters_refused", mark("Letters refused"), better=-1),
    Metric("letters_unknown", mark("Letters with an unknown outcome"), better=-1),
    Metric("letters_cancelled", mark("Letters not sent"), better=-1),
    Metric("checks", mark("Checked before approval"), better=0),
    Metric("checks_passed", mark("Passed the check before approval")),
    Metric("mail_sent", mark("Letters gone out"), Kind.COUNTER, better=0),
    Metric("mail_delivered", mark("Letters delivered"), Kind.COUNTER),
    Metric("mail_bounced", mark("Letters bounced"), Kind.COUNTER, better=-1),
    Metric("mail_opened", mark("Letters opened by people"), Kind.COUNTER),
    Metric("mail_clicked", mark("Letters clicked by people"), Kind.COUNTER),
    Metric("mail_replied", mark("Letters answered"), Kind.COUNTER),
    Metric("mail_unsubscribed", mark("Unsubscribed by a letter"), Kind.COUNTER, better=-1),
    Metric("mail_complained", mark("Complaints of spam"), Kind.COUNTER, better=-1),
    Metric("mail_orders", mark("Purchases owed to letters"), Kind.COUNTER),
    Metric("mail_revenue", mark("Revenue owed to letters"), Kind.COUNTER, Unit.MONEY),
    Metric("codes_made", mark("Codes made"), better=0),
    Metric("offers_due", mark("Offers to begin"), better=0),
    Metric("offers_ready", mark("Offers ready on date")),
    Metric("coupons_issued", mark("Coupons issued"), Kind.COUNTER, better=0),
    Metric("coupons_redeemed", mark("Coupons redeemed"), Kind.COUNTER),
    Metric("coupons_unused", mark("Coupons that ended unused"), Kind.COUNTER, better=0),
    Metric("coupon_uses", mark("Uses of coupons"), Kind.COUNTER),
    Metric("coupon_use_cost", mark("Cost of one use of a coupon"), Kind.LEVEL, Unit.MONEY, -1),
    Metric("coupon_open_cost", mark("Open coupons: expected cost"), Kind.LEVEL, Unit.MONEY, 0),
    Metric("coupon_open_most", mark("Open coupons: highest cost"), Kind.LEVEL, Unit.MONEY, 0),
    Metric("coupon_brought", mark("Brought by coupons"), Kind.LEVEL, Unit.MONEY),
    Metric("coupon_brought_low", mark("Brought by coupons, at least (95 %)"), Kind.LEVEL, Unit.MONEY),
    Metric("coupon_brought_high", mark("Brought by coupons, at most (95 %)"), Kind.LEVEL, Unit.MONEY),
    Metric("coupon_profit", mark("Profit of coupons"), Kind.LEVEL, Unit.MONEY),
    Metric("coupon_profit_low", mark("Profit of coupons, at least (95 %)"), Kind.LEVEL, Unit.MONEY),
    Metric("coupon_profit_high", mark("Profit of coupons, at most (95 %)"), Kind.LEVEL, Unit.MONEY),
    Metric("coupon_shift", mark("Change of a product group by coupons"), Kind.LEVEL, Unit.MONEY, 0),
    Metric("coupon_signals", mark("Signals of misuse of coupons"), Kind.LEVEL, better=-1),
    Metric("coupons_oversold", mark("Limits of offers exceeded"), Kind.LEVEL, better=-1),
    Metric("coupons_in_outlet", mark("Coupons redeemed in the outlet"), Kind.COUNTER),
    Metric("coupons_discount", mark("Discounts by coupons in the outlet"), Kind.COUNTER, Unit.MONEY, better=0),
    Metric("coupons_given_back", mark("Discounts given back with returns"), Kind.COUNTER, Unit.MONEY, better=0),
    Metric("instructions_sent", mark("Instructions sent to outlets"), better=0),
    Metric("instructions_confirmed", mark("Instructions confirmed by outlets")),
    Metric("cards_good", mark("Client cards in use"), Kind.LEVEL),
    Metric("points_open", mark("Points clients have"), Kind.LEVEL, better=0),
    Metric("points_liability", mark("Owed to clients by points"), Kind.LEVEL, Unit.MONEY, better=-1),
    Metric("points_given", mark("Points given"), better=0),
    Metric("points_spent", mark("Points spent")),
    Metric("points_ended", mark("Points ended unspent"), better=0),
)
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in VOCABULARY}


def metrics_of(*kinds: Kind) -> list[str]:
    return [metric.key for metric in VOCABULARY if metric.kind in kinds]


# What a report may cut by. All are keys of the company's own things: a client never stands here.
DIMENSIONS = (
    "operation",
    "direction",
    "subject_kind",
    "subject_id",
    "placement",
    "campaign",
    "goal",
    "channel",
    "customer_group",
    "person",
    "outlet",
    "product_group",
    "fund",
)
OF_ONE_SUBJECT = ("subject_kind", "subject_id", "placement", "channel", "metric")


class Observation(Value):
    """A fact before it is written.

    `subject_*` is a piece, batch, variant, group, offer or channel; `placement` the key of the delivery, if it has one.
    `person` is an employee. `value` counts things, seconds or minor units of money; it is None only where a correction
    says that the corrected fact was no fact. Money spent is `cost`, and only `cost` is ever added up as spending.
    `source` says how it is known: a provider's name, 'measured', 'stated' (then by `document`, from row `origin`).
    `corrects` is the id of the fact that this one takes the place of.
    """

    operation: str
    subject_kind: str
    subject_id: str
    metric: str
    value: int | None
    observed_at: AwareDatetime
    source: str
    placement: str = ""
    campaign: str = ""
    goal: str = ""
    channel: str = ""
    customer_group: str = ""
    person: str = ""
    outlet: str = ""
    product_group: str = ""
    cost: int | None = None
    currency: str = ""
    fund: str = ""
    period_from: date | None = None
    period_to: date | None = None
    document: str = ""
    origin: str = ""
    run: str = ""
    corrects: int | None = None
    key: str = ""

    @model_validator(mode="after")
    def _is_a_fact(self) -> Self:
        if self.metric not in METRICS:
            raise ValueError(f"the registry has no metric {self.metric!r}")
        if self.direction not in DIRECTIONS or not self.operation[1:].isdecimal():
            raise ValueError(f"{self.operation!r} is no code of an operation")
        if self.value is None and self.corrects is None:
            raise ValueError("what is not available is not recorded; only a correction may have no value")
        self._check_money()
        return self

    def _check_money(self) -> None:
        if (self.unit == Unit.MONEY or self.cost is not None) and not self.currency:
            raise ValueError("money without a currency")
        if self.cost is not None and METRICS[self.metric].kind != Kind.SUM:
            raise ValueError(f"{self.metric} is a snapshot: its cost would be counted at every look")

    @property
    def direction(self) -> str:
        return self.operation[:1]

    @property
    def unit(self) -> Unit:
        return METRICS[self.metric].unit

    def identity(self) -> str:
        """The key of the fact: its own, or a hash over what was looked at, when and by whom, but not what was seen."""
        if self.key:
            return self.key
        seen = self.model_dump(mode="json", exclude={"value", "cost", "run", "key"})
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def row(self, created_at: datetime) -> dict[str, Any]:
        """The fact as a row of the table."""
        written = self.model_dump(exclude={"corrects", "key"})
        derived = {"direction": self.direction, "unit": self.unit.value, "key": self.identity()}
        return written | derived | {"corrects_id": self.corrects, "created_at": created_at}


class Fact(SQLModel, table=True):
    """One fact. Never changed and never removed, which a trigger keeps too; a mistake is corrected by a new row."""

    __table_args__ = (
        UniqueConstraint("key", name="uq_fact_key"),
        UniqueConstraint("corrects_id", name="uq_fact_corrects"),
        CheckConstraint("value IS NOT NULL OR corrects_id IS NOT NULL", name="ck_fact_value"),
        CheckConstraint("direction IN ('A', 'B', 'C', 'M')", name="ck_fact_direction"),
        Index("ix_fact_metric", "metric", "observed_at"),
        Index("ix_fact_observed", "observed_at"),
        Index("ix_fact_subject", "subject_id", "metric", "observed_at"),
        Index("ix_fact_placement", "placement"),
        Index("ix_fact_campaign", "campaign", "observed_at"),
        Index("ix_fact_origin", "origin", sqlite_where=text("origin <> ''"), postgresql_where=text("origin <> ''")),
        Index(
            "ix_fact_cost",
            "observed_at",
            "fund",
            sqlite_where=text("cost IS NOT NULL"),
            postgresql_where=text("cost IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))
    key: str
    operation: str
    direction: str
    subject_kind: str
    subject_id: str
    placement: str = ""
    campaign: str = ""
    goal: str = ""
    channel: str = ""
    customer_group: str = ""
    person: str = ""
    outlet: str = ""
    product_group: str = ""
    metric: str
    value: int | None = Field(default=None, sa_type=BigInteger)
    unit: str
    cost: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = ""
    fund: str = ""
    observed_at: datetime = Field(sa_type=Moment)
    period_from: date | None = None
    period_to: date | None = None
    source: str
    document: str = ""
    origin: str = ""
    run: str = ""
    corrects_id: int | None = Field(
        default=None, foreign_key="fact.id", sa_type=BigInteger().with_variant(Integer(), "sqlite")
    )
    created_at: datetime = Field(sa_type=Moment)

    def observation(self) -> Observation:
        """The fact as the value it was made from, without its key."""
        known = {name: getattr(self, name) for name in Observation.model_fields if name not in ("corrects", "key")}
        return Observation(**known, corrects=self.corrects_id)


# The same words in the migration that makes the table. Dropping the table, TRUNCATE and added columns stay possible.
APPEND_ONLY: Mapping[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER fact_no_{verb.lower()} BEFORE {verb} ON fact "
        "BEGIN SELECT RAISE(ABORT, 'the registry is append-only: record a correction'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION fact_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the registry is append-only: record a correction'; END $$",
        "CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact "
        "FOR EACH ROW EXECUTE FUNCTION fact_append_only()",
    ),
}


def _guard(table: Table) -> None:
    for dialect, statements in APPEND_ONLY.items():
        for statement in statements:
            trigger = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", trigger.execute_if(dialect=dialect))


_guard(SQLModel.metadata.tables["fact"])


@dataclass(frozen=True)
class Tally:
    """A sum over the registry: of which stretch of time, at which keys of dimensions, and how many facts it rests on.

    `cost` is None where no fact knew its cost.
    """

    slot: int
    at: Mapping[str, str]
    metric: str
    value: int
    facts: int
    cost: int | None = None
    currency: str = ""

    def of(self, dimension: str) -> str:
        return self.at.get(dimension, "")
