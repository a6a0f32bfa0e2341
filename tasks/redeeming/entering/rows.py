"""A call written down: its redemptions and what they take first, then coupons, then counters. A session is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.redemptions import Happened, Redeemed
from tasks.loyalty.engine import Points
from tasks.offers.refusals import Refusal
from tasks.redeeming import rows
from tasks.redeeming.answered.rows import Answered, make_way
from tasks.redeeming.calls import Call
from tasks.redeeming.letting import rows as letting
from tasks.redeeming.limits import Take, changes, either
from tasks.redeeming.planning import Planned, refused_of, row_of
from tasks.redeeming.points.rows import post


@dataclass(frozen=True)
class Entering:
    """How a call is entered. `former` are its reservations; `force`: it has happened, so no limit is asked.

    `points` is the ledger of those that are given with it. `answers` are the seats that its codes were answered with,
    by the numbers of the codes.
    """

    call: Call
    state: Redeemed
    said: str
    now: datetime
    until: datetime | None = None
    former: Sequence[Any] = ()
    refused: Mapping[str, Refusal] | None = None
    force: bool = False
    points: Points | None = None
    answers: Mapping[int, Answered] = field(default_factory=dict)

    def of(self, one: Planned) -> Any:
        """The reservation that makes place for it, held or let go; None where there was none."""
        return next((row for row in self.former if row.coupon_id == one.offered.id), None)

    def until_of(self, one: Planned) -> datetime | None:
        """How long it is held; a seat at least until its day is over, but one that was answered goes back to that."""
        if one.offered.id in self.answers:
            return self.until
        return max(self.until, one.until or self.until) if self.until else None

    def held(self, one: Planned) -> bool:
        row = self.of(one)
        return row is not None and row.state == Redeemed.HELD

    def given(self, one: Planned, former: Mapping[int, Sequence[Take]], id: int) -> list[Take]:
        """What makes place for it: its own reservation, and the answer."""
        mine, answer = former.get(id, ()) if self.held(one) else (), self.answers.get(one.offered.id)
        return [*mine, *(answer.takes if answer and answer.is_held else ())]

    def with_answer(self, one: Planned) -> Planned:
        """Until it is settled it holds what the answer held too, so that going back to that asks for no room."""
        answer = self.answers.get(one.offered.id)
        if answer is None or self.state is not Redeemed.HELD:
            return one
        return replace(one, takes=either(one.takes, answer.takes))


def enter_all(session: Session, order: Entering, planned: Sequence[Planned]) -> list[tuple[Planned, int]]:
    """Enter what was planned. Raises NoRoom where a limit is full and Overtaken where the call is there already."""
    former = rows.takes_of(session, [row.id for row in order.former]) if order.former else {}
    in_order = [order.with_answer(one) for one in sorted(planned, key=lambda one: one.place)]
    first = max((row.n for row in order.former), default=-1) + 1
    entered = [(one, _put(session, order, one, first + n, n == 0)) for n, one in enumerate(in_order)]
    full = _coupons(session, order, in_order)
    make_way(session, order.answers.values(), order.now)
    if order.state is Redeemed.REDEEMED:
        _let_go(session, order, in_order)
    if order.points and order.state is Redeemed.REDEEMED:
        post(session, order.points, entered, order.call.cashier or order.call.till)
    for one, id in entered:
        given = order.given(one, former, id)
        asked = changes(one.offered.offer_id, given, one.takes, order.state is Redeemed.HELD)
        above = rows.change(session, one.offered.code, asked, order.force)
        conflicts = (*one.conflicts, *full.get(one.offered.id, ()), *(kind.value for kind in above))
        if len(conflicts) > len(one.conflicts):
            rows.settle(session, id, conflict=" ".join(dict.fromkeys(conflicts)))
    return entered


def _put(session: Session, order: Entering, one: Planned, n: int, is_first: bool) -> int:
    row = row_of(order.call, one, n, order.state, order.said, order.now) | {"until": order.until_of(one)}
    if is_first and order.refused:
        row["answer"]["refused"] = refused_of(order.call, order.refused)
    if answer := order.answers.get(one.offered.id):
        row["answer"]["answered"] = answer.kept(order.now)
    former = order.of(one)
    if former is None:
        return rows.enter(session, row, _what(order), one.takes)
    id: int = former.id
    rows.settle(session, id, **{name: value for name, value in row.items() if name not in ("key", "till", "n")})
    rows.drop_takes(session, [id])
    rows.put_takes(session.connection(), id, one.offered.offer_id, one.takes)
    if _is_news(order, one):
        rows.note(session, [_event(order, one, id)])
    return id


def _let_go(session: Session, order: Entering, planned: Sequence[Planned]) -> None:
    """What was held for the receipt and is not on it: it is closed, so nobody pays for that any more."""
    paid = {one.offered.id for one in planned}
    rest = [row.id for row in order.former if row.state == Redeemed.HELD and row.coupon_id not in paid]
    letting.release(session, rest, order.now, order.call.cashier, "not paid")


def _coupons(session: Session, order: Entering, planned: Sequence[Planned]) -> dict[int, tuple[str, ...]]:
    """Use or hold the codes, by number; returns those that, being forced, have been used too often."""
    full: dict[int, tuple[str, ...]] = {}
    for one in sorted(planned, key=lambda one: one.offered.id):
        used, held = int(order.state is Redeemed.REDEEMED), int(order.state is Redeemed.HELD) - int(order.held(one))
        answer = order.answers.get(one.offered.id)
        held -= int(answer is not None and answer.is_held)
        if not rows.ask_coupon(session, one.offered, used, held, order.force):
            full[one.offered.id] = ("code",)
    return full


def _is_news(order: Entering, one: Planned) -> bool:
    return order.state is Redeemed.REDEEMED or not order.held(one)


def _what(order: Entering) -> Happened:
    return Happened.REDEEMED if order.state is Redeemed.REDEEMED else Happened.HELD


def _event(order: Entering, one: Planned, id: int) -> dict[str, Any]:
    return {
        "coupon_id": one.offered.id, "offer_id": one.offered.offer_id, "what": _what(order).value, "at": order.now,
        "outlet": order.call.place.outlet, "by": order.call.cashier, "redemption_id": id,
    }  # fmt: skip
