"""What the returns of mailings come to, asked of the database: one statement each, however many letters there were.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Select,
    Subquery,
    and_,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from models.delivery import OUT, State
from models.letters import Happening
from models.mailings import MailEvent, Mailing, MailingVersion, MailLink, Message
from tasks.returns.believing import PROVES_ARRIVED
from tasks.returns.owed.rows import CONTROL, purchases
from tasks.returns.sums.attribution import Window
from tasks.returns.sums.funnel import Funnel


class HourOf(FunctionElement[str]):
    """The hour of a moment, in UTC: 2026-11-23T09."""

    inherit_cache = True


@compiles(HourOf, "sqlite")
def _sqlite_hour(element: HourOf, compiler: Any, **more: Any) -> str:
    return f"strftime('%Y-%m-%dT%H', {compiler.process(element.clauses, **more)})"


@compiles(HourOf, "postgresql")
def _postgresql_hour(element: HourOf, compiler: Any, **more: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **more)} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24')"


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """A link of a variant: how many people and how many machines followed it, and how often people did."""

    variant: str
    n: int
    url: str
    label: str
    people: int
    clicks: int
    machines: int


@dataclass(frozen=True, slots=True)
class Hour:
    """How often something happened in an hour (in UTC); `machines` of them were not people."""

    at: str
    what: Happening
    number: int
    machines: int


def funnel(session: Session, mailing: int, window: Window | None = None) -> Funnel:
    """How far a mailing's letters came; with a window also how many of their recipients bought."""
    return _funnels(session, mailing, literal("all"), window).get("all", Funnel())


def by_variant(session: Session, mailing: int, window: Window | None = None) -> dict[str, Funnel]:
    """The same for each variant, those who are sent nothing among them."""
    return _funnels(session, mailing, col(Message.variant), window, with_control=True)


def by_domain(session: Session, mailing: int) -> dict[str, Funnel]:
    """The same for each domain of recipients; "" are those where few of them have addresses."""
    return _funnels(session, mailing, col(Message.domain), None)


def by_group(session: Session, mailing: int, members: Select[Any], window: Window | None = None) -> dict[str, Funnel]:
    """The same for each group of customers; `members` selects customer_id and customer_group.

    A customer of two groups counts in both, so the groups do not add up to the mailing.
    """
    of = members.subquery("members")
    return _funnels(session, mailing, of.c.customer_group, window, of)


def _funnels(
    session: Session, mailing: int, key: Any, window: Window | None, members: Subquery | None = None,
    with_control: bool = False,
) -> dict[str, Funnel]:  # fmt: skip
    flags = _flags(mailing)
    letters = select(key.label("key"), *_counts(flags)).select_from(Message)
    letters = letters.outerjoin(flags, flags.c.message_id == col(Message.id))
    if members is not None:
        letters = letters.join(members, members.c.customer_id == col(Message.customer_id))
    letters = letters.where(col(Message.mailing_id) == mailing)
    if not with_control:
        letters = letters.where(col(Message.variant) != CONTROL)
    found = {
        str(row.key): Funnel(**{name: int(value or 0) for name, value in row._mapping.items() if name != "key"})
        for row in session.execute(letters.group_by("key"))
    }
    bought = _bought(session, mailing, key, window, members) if window else {}
    return {name: replace(one, bought=bought.get(name, 0)) for name, one in found.items()}


def _flags(mailing: int) -> Subquery:
    """What is known of each letter, a 1 for each."""
    what, robot = col(MailEvent.what), col(MailEvent.robot)

    def flag(name: str, *which: Any) -> Any:
        return func.max(case((and_(*which), 1), else_=0)).label(name)

    bounced = what == Happening.BOUNCED
    by_people = what.in_([Happening.OPENED, Happening.CLICKED]) & ~robot
    return (
        select(
            col(MailEvent.message_id),
            flag("hard", bounced, col(MailEvent.hard)), flag("bounced", bounced),
            flag("rejected", what == Happening.REJECTED), flag("arrived", what.in_(PROVES_ARRIVED)),
            flag("opened", by_people), flag("clicked", what == Happening.CLICKED, ~robot),
            flag("any_opened", what == Happening.OPENED), flag("any_clicked", what == Happening.CLICKED),
            flag("replied", what == Happening.REPLIED), flag("unsubscribed", what == Happening.UNSUBSCRIBED),
            flag("complained", what == Happening.COMPLAINED),
        )
        .where(col(MailEvent.mailing_id) == mailing).group_by(col(MailEvent.message_id)).subquery()
    )  # fmt: skip


def _counts(flags: Subquery) -> Sequence[Any]:
    f, state = flags.c, col(Message.state)
    # A soft bounce that was followed by an opening was none in the end: the server had tried again.
    soft = and_(f.bounced == 1, f.hard == 0, f.arrived == 0)
    refused = and_(f.rejected == 1, f.bounced == 0, f.arrived == 0)
    sent = state.in_(OUT)

    def counted(name: str, which: Any) -> Any:
        return func.sum(case((which, 1), else_=0)).label(name)

    return (
        func.count().label("listed"), counted("sent", sent), counted("unknown", state == State.UNKNOWN),
        counted("arrived", and_(sent, f.arrived == 1)), counted("bounced_hard", and_(sent, f.hard == 1)),
        counted("bounced_soft", and_(sent, soft)), counted("rejected", and_(sent, refused)),
        counted("undelivered", and_(sent, or_(f.hard == 1, soft, refused))), counted("opened", f.opened == 1),
        counted("opened_by_machines", and_(f.any_opened == 1, f.opened == 0)), counted("clicked", f.clicked == 1),
        counted("clicked_by_machines", and_(f.any_clicked == 1, f.clicked == 0)), counted("replied", f.replied == 1),
        counted("unsubscribed", f.unsubscribed == 1), counted("complained", f.complained == 1),
    )  # fmt: skip


def _bought(session: Session, mailing: int, key: Any, window: Window, members: Subquery | None) -> dict[str, int]:
    found = purchases(window, mailing).subquery("bought")
    letters = select(key.label("key"), func.count(distinct(found.c.message_id))).select_from(Message)
    letters = letters.join(found, found.c.message_id == col(Message.id))
    if members is not None:
        letters = letters.join(members, members.c.customer_id == col(Message.customer_id))
    return {str(name): int(number) for name, number in session.execute(letters.group_by("key")).tuples()}


def by_link(session: Session, mailing: int) -> list[LinkClicks]:
    """How often each link of the approved version was followed, the links nobody followed among them."""
    links = (
        select(col(MailLink.variant), col(MailLink.n), col(MailLink.url), col(MailLink.label))
        .join(MailingVersion, col(MailingVersion.id) == col(MailLink.version_id))
        .join(Mailing, (col(Mailing.id) == col(MailingVersion.mailing_id))
              & (col(Mailing.approved_hash) == col(MailingVersion.hash)))
        .where(col(Mailing.id) == mailing).order_by(col(MailLink.variant), col(MailLink.n))
    )  # fmt: skip
    clicked = _clicks(session, mailing)
    return [
        LinkClicks(variant, n, url, label, *clicked.get((variant, n), (0, 0, 0)))
        for variant, n, url, label in session.execute(links).tuples()
    ]


def _clicks(session: Session, mailing: int) -> dict[tuple[str, int], tuple[int, int, int]]:
    """People, their clicks and machines by variant and link."""
    robot = col(MailEvent.robot)
    query = (
        select(
            col(Message.variant), col(MailEvent.link),
            func.count(distinct(case((~robot, col(MailEvent.message_id))))),
            func.sum(case((~robot, 1), else_=0)), func.count(distinct(case((robot, col(MailEvent.message_id))))),
        )
        .join_from(MailEvent, Message, col(Message.id) == col(MailEvent.message_id))
        .where(col(MailEvent.mailing_id) == mailing, col(MailEvent.what) == Happening.CLICKED)
        .group_by(col(Message.variant), col(MailEvent.link))
    )  # fmt: skip
    return {
        (variant, n): (people, int(clicks), machines)
        for variant, n, people, clicks, machines in session.execute(query).tuples() if n is not None
    }  # fmt: skip


def over_time(session: Session, mailing: int) -> list[Hour]:
    """What happened hour by hour, from the first to the last."""
    hour = HourOf(col(MailEvent.at)).label("hour")
    machines = func.sum(case((col(MailEvent.robot), 1), else_=0))
    query = (
        select(hour, col(MailEvent.what), func.count(), machines).where(col(MailEvent.mailing_id) == mailing)
        .group_by("hour", col(MailEvent.what)).order_by("hour", col(MailEvent.what))
    )  # fmt: skip
    return [Hour(at, Happening(what), number, int(by)) for at, what, number, by in session.execute(query).tuples()]
