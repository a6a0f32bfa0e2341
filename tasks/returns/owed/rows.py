"""Purchases and the letters they are owed to, by the rule of `sums.attribution`, in the words of the database.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from models.database import Moment
from models.delivery import OUT, State
from models.letters import Happening
from models.mailings import MailEvent, Message
from models.purchases import Receipt
from tasks.returns.sums.attribution import By, Window
from tasks.returns.sums.resampling import Spent

CONTROL = "control"  # the variant of those who are listed and sent nothing, so that there is something to compare with


class Later(FunctionElement[datetime]):
    """A moment so many seconds later."""

    type = Moment()
    inherit_cache = True


@compiles(Later, "sqlite")
def _sqlite_later(element: Later, compiler: Any, **more: Any) -> str:
    at, seconds = (compiler.process(one, **more) for one in element.clauses)
    return f"strftime('%Y-%m-%d %H:%M:%f000', {at}, printf('%+.3f seconds', {seconds}))"


@compiles(Later, "postgresql")
def _postgresql_later(element: Later, compiler: Any, **more: Any) -> str:
    at, seconds = (compiler.process(one, **more) for one in element.clauses)
    return f"({at} + make_interval(secs => {seconds}))"


@dataclass(frozen=True, slots=True)
class Credit:
    """What purchases a letter is owed, by one kind of touch; amounts in minor units."""

    mailing: int
    message: int
    customer: int
    by: By
    receipts: int
    bought: int
    returned: int

    @property
    def net(self) -> int:
        """What was given back of something bought elsewhere is not this letter's loss."""
        return max(0, self.bought - self.returned)


def credits(session: Session, mailing: int, window: Window) -> list[Credit]:
    """What the letters of one mailing are owed, as if there were no others: each receipt once."""
    return _credits(session, purchases(window, mailing), window)


def last_touch(session: Session, since: datetime, until: datetime, window: Window) -> list[Credit]:
    """What all mailings are owed of the receipts of a period: each receipt by one mailing, the one touched last."""
    return _credits(session, purchases(window, since=since, until=until), window)


def purchases(
    window: Window, mailing: int | None = None, since: datetime | None = None, until: datetime | None = None
) -> Select[Any]:
    """Receipts, each with the touch that it is owed to; machines touch nothing."""
    touch = _touches(window, mailing, since, until).subquery("touch").c
    strongest = func.row_number().over(
        partition_by=col(Receipt.id), order_by=(touch["by"].desc(), touch.at.desc(), touch.message_id.desc())
    )
    query = select(
        col(Receipt.id).label("receipt_id"), col(Receipt.customer_id), col(Receipt.amount), col(Receipt.at),
        touch.message_id, touch.mailing_id, touch["by"], strongest.label("place"),
    ).join_from(Receipt, touch.at.table, and_(
        col(Receipt.customer_id) == touch.customer_id, col(Receipt.at) >= touch.at,
        col(Receipt.at) <= later(touch.at, window.touch),
    )).where(col(Receipt.amount) > 0)  # fmt: skip
    if since is not None and until is not None:
        query = query.where(col(Receipt.at) >= since, col(Receipt.at) < until)
    ranked = query.subquery("ranked")
    return select(ranked).where(ranked.c.place == 1)


def _touches(window: Window, mailing: int | None, since: datetime | None, until: datetime | None) -> Any:
    what = col(MailEvent.what)
    of: tuple[Any, ...] = (col(Message.id).label("message_id"), col(Message.mailing_id), col(Message.customer_id))
    sent = select(*of, literal(By.SENT.value).label("by"), col(Message.sent_at).label("at")).where(
        col(Message.state).in_(OUT), col(Message.sent_at).is_not(None)
    )
    strength = case((what == Happening.CLICKED, By.CLICKED.value), else_=By.OPENED.value)
    looked = (
        select(*of, strength.label("by"), col(MailEvent.at).label("at"))
        .join_from(MailEvent, Message, col(Message.id) == col(MailEvent.message_id))
        .where(what.in_([Happening.CLICKED, Happening.OPENED]), col(MailEvent.robot).is_(False))
    )  # fmt: skip
    if mailing is not None:
        sent = sent.where(col(Message.mailing_id) == mailing)
        looked = looked.where(col(MailEvent.mailing_id) == mailing)
    if since is not None and until is not None:
        sent = sent.where(col(Message.sent_at) >= since - window.touch, col(Message.sent_at) < until)
        looked = looked.where(col(MailEvent.at) >= since - window.touch, col(MailEvent.at) < until)
    return union_all(sent, looked)


def _credits(session: Session, found: Select[Any], window: Window) -> list[Credit]:
    bought = found.cte("bought")
    back = _returned(bought, window).subquery("back")
    query = (
        select(
            bought.c.mailing_id, bought.c.message_id, bought.c.customer_id, bought.c["by"], func.count(),
            func.sum(bought.c.amount), func.sum(func.coalesce(back.c.returned, 0)),
        )
        .join_from(bought, back, back.c.receipt_id == bought.c.receipt_id, isouter=True)
        .group_by(bought.c.mailing_id, bought.c.message_id, bought.c.customer_id, bought.c["by"])
        .order_by(bought.c.message_id, bought.c["by"].desc())
    )  # fmt: skip
    return [
        Credit(mailing, message, customer, By(by), int(receipts), int(amount), int(returned))
        for mailing, message, customer, by, receipts, amount, returned in session.execute(query).tuples()
    ]


def _returned(bought: Any, window: Window) -> Select[Any]:
    """What was given back of each purchase: a return belongs to the last purchase before it."""
    back = aliased(Receipt)
    last = func.row_number().over(
        partition_by=col(back.id), order_by=(bought.c.at.desc(), bought.c.receipt_id.desc())
    )  # fmt: skip
    ranked = select(
        bought.c.receipt_id, (-col(back.amount)).label("amount"), last.label("place")
    ).join_from(bought, back, and_(
        col(back.customer_id) == bought.c.customer_id, col(back.amount) < 0, col(back.at) > bought.c.at,
        col(back.at) <= later(bought.c.at, window.returned),
    )).subquery("ranked_returns")  # fmt: skip
    total = func.sum(ranked.c.amount).label("returned")
    return select(ranked.c.receipt_id, total).where(ranked.c.place == 1).group_by(ranked.c.receipt_id)


def spent(session: Session, mailing: int, how_long: timedelta) -> dict[str, Spent]:
    """What recipients of each variant spent after the letter came, whatever they did with it.

    The control group's time begins when its letters would have gone, as that of a refused letter. This compares like
    with like; what is owed to a letter by `credits` does not, for there is no letter in the control group that anything
    could be owed to.
    """
    letters = _letters(mailing)
    begins = func.coalesce(col(Message.sent_at), col(Message.due_at), type_=Moment())
    amount = func.sum(col(Receipt.amount))
    query = (
        select(col(Message.variant), amount)
        .join_from(Message, Receipt, and_(
            col(Receipt.customer_id) == col(Message.customer_id), col(Receipt.at) >= begins,
            col(Receipt.at) <= later(begins, how_long),
        )).where(letters).group_by(col(Message.variant), col(Message.customer_id)).having(amount > 0)
        .order_by(col(Message.variant), amount)
    )  # fmt: skip
    sizes = select(col(Message.variant), func.count(func.distinct(col(Message.customer_id)))).where(letters)
    amounts: dict[str, list[int]] = {}
    for variant, total in session.execute(query).tuples():
        amounts.setdefault(variant, []).append(int(total))
    counted: Sequence[Any] = session.execute(sizes.group_by(col(Message.variant))).tuples().all()
    return {variant: Spent(tuple(amounts.get(variant, ())), int(size)) for variant, size in counted}


def _letters(mailing: int) -> ColumnElement[bool]:
    """The letters that were tried, and those of the control group, which never are.

    A refused one is among them: the control group has its dead addresses too, whose owners seldom buy, and nobody has
    found out which they are.
    """
    tried = col(Message.state).in_([*OUT, State.REJECTED]) | (col(Message.variant) == CONTROL)
    return and_(col(Message.mailing_id) == mailing, tried)


def later(at: Any, how_long: timedelta) -> ColumnElement[Any]:
    return Later(at, literal(how_long.total_seconds()))
