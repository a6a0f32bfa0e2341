"""What groups of customers ask about letters: who received, opened, clicked or ignored them, as queries. Pure.

A letter is received once it has gone out; whoever opened or clicked is a person, never a machine; who clicked has
opened. Ignored is a letter of these days that no person has opened or clicked until now. The windows are those of
`tasks.groups.windows`: whole days on the company's clocks.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, or_, select, union

from models.delivery import OUT
from models.group_rules import Period, Reacted
from models.letters import Happening
from models.mailings import MailEvent, Mailing, Message
from tasks.groups.reactions import Reactions
from tasks.groups.windows import AsOf, Span, gap, within

MESSAGE: Table = Message.__table__  # type: ignore[attr-defined]
EVENT: Table = MailEvent.__table__  # type: ignore[attr-defined]
MAILING: Table = Mailing.__table__  # type: ignore[attr-defined]
M, E = MESSAGE.c, EVENT.c
DID: dict[str, tuple[str, ...]] = {
    "clicked": (Happening.CLICKED,), "opened": (Happening.OPENED, Happening.CLICKED),
}  # fmt: skip


def who(reacted: Reacted, as_of: AsOf) -> Select[Any]:
    """The ids of those who did it, by the end of the day."""
    span = as_of.bounds(Period(days=reacted.days))
    if reacted.did in DID:
        return _looked(reacted, span)
    received = _received(reacted, [span])
    if reacted.did == "received":
        return received
    since_ever = exists().where(
        E.message_id == M.id, E.what.in_(DID["opened"]), E.robot.is_(False), E.at < as_of.ends
    )  # fmt: skip
    return received.where(~since_ever)


def moved(reacted: Reacted, former: AsOf, now: AsOf) -> Select[Any]:
    """The ids of those whom time alone may have brought in or out: a bound has passed a letter or a look of theirs."""
    bounds = zip(former.bounds(Period(days=reacted.days)), now.bounds(Period(days=reacted.days)), strict=True)
    passed = [span for before, after in bounds for span in gap(before, after)]
    if reacted.did == "received":
        return _received(reacted, passed)
    looks = [_looked(reacted, span) for span in passed]
    if reacted.did in DID:
        return _all_of(looks)
    return _all_of([_received(reacted, passed), *looks])


def _all_of(queries: Sequence[Select[Any]]) -> Select[Any]:
    found = union(*queries).subquery()
    return select(found.c.customer_id)


def _received(reacted: Reacted, spans: Sequence[tuple[Any, Any]]) -> Select[Any]:
    when = or_(*(within(M.sent_at, *span) for span in spans))
    return select(M.customer_id).where(M.state.in_(OUT), M.sent_at.is_not(None), when, *_of(reacted, M.mailing_id))


def _looked(reacted: Reacted, span: tuple[Any, Any] | Span) -> Select[Any]:
    what = DID.get(reacted.did, DID["opened"])
    return (
        select(M.customer_id).join_from(EVENT, MESSAGE, E.message_id == M.id)
        .where(E.what.in_(what), E.robot.is_(False), within(E.at, *span), *_of(reacted, E.mailing_id))
    )  # fmt: skip


def _of(reacted: Reacted, mailing: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Only of the mailings that are named, by their keys."""
    if not reacted.mailings:
        return []
    return [mailing.in_(select(MAILING.c.id).where(MAILING.c.key.in_(reacted.mailings)))]


LETTERS = Reactions(who, moved)
