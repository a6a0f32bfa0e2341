"""Letters of which only the address is told. Sessions are given; nothing here changes or commits anything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address
from models.database import portions
from models.letters import Happening, MailNews
from models.mailings import Message
from tasks.returns.believing import MAY_BE_OUT, SKEW

LETTER = (
    col(Message.id), col(Message.mailing_id), col(Message.customer_id), col(Message.kind), col(Message.print),
    col(Message.state), col(Message.sent_at), col(Message.remote_id),
)  # fmt: skip
OF_PERSONS = frozenset({Happening.UNSUBSCRIBED, Happening.COMPLAINED})  # they mean a person, whichever letter it was


def is_of_address(one: MailNews) -> bool:
    """Whether it names nobody but by address, and means whoever has it."""
    return one.what in OF_PERSONS and bool(one.address) and not (one.key or one.remote_id)


def newest(session: Session, account: str, told: Mapping[str, tuple[str, datetime]]) -> dict[str, Any]:
    """The last letter of an account to an address before something was told of it; prints and moments by `once`."""
    letters: dict[str, list[Any]] = {}
    owner = and_(col(Address.customer_id) == col(Message.customer_id), col(Address.print) == col(Message.print))
    for some in portions(sorted({print_ for print_, _ in told.values() if print_})):
        query = (
            select(*LETTER).join(Address, owner)
            .where(col(Address.print).in_(some), col(Message.account) == account, col(Message.state).in_(MAY_BE_OUT),
                   col(Message.sent_at).is_not(None))
            .order_by(col(Message.sent_at).desc(), col(Message.id).desc())
        )  # fmt: skip
        for row in session.execute(query):
            letters.setdefault(row.print, []).append(row)
    found = {
        once: next((row for row in letters.get(print_, ()) if row.sent_at <= at + SKEW), None)
        for once, (print_, at) in told.items()
    }
    return {once: row for once, row in found.items() if row is not None}
