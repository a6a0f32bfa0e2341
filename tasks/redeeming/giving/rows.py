"""What is brought back: the redemption's lines, its takes, the use of its code. A session is given.

The redemptions of the sale are locked first, so two returns of one sale come one after another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.basket import Given
from models.reason import NO_REASON, Reason, because
from models.redemptions import Happened, Redeemed
from tasks.codes.life.rows import give_on
from tasks.loyalty.engine import Points
from tasks.redeeming import refusals, rows, statements
from tasks.redeeming.answered.rows import answers_behind, expect_again
from tasks.redeeming.calls import Back, GiveBack
from tasks.redeeming.limits import Change, Take
from tasks.redeeming.points.rows import take_back, taken_back
from tasks.redeeming.returning import Restored, all_restored, restored, set_free, too_late
from tasks.redeeming.selling.shelves import zone_of
from tasks.redeeming.weighing.rows import Scales


@dataclass(frozen=True)
class Bringing:
    """How something is given back. `force`: it has happened, at `now`, so no day is too late."""

    call: GiveBack
    said: str
    now: datetime
    scales: Scales
    points: Points
    is_meant: Callable[[str], bool]
    force: bool = False


def give_back(session: Session, order: Bringing) -> Back:
    """Give back what is asked for, of every coupon of the sale; nothing where any of it cannot be."""
    call = order.call
    sale = rows.called(session, call.of_till, call.sale)
    if before := rows.returned(session, call.till, call.key):
        return _as_before(session, order, before, sale)
    chosen = _chosen(session, sale, order)
    if isinstance(chosen, Reason):
        return Back(reason=chosen)
    order = _happened(order, chosen)
    done = [_restored(row, call) for row in chosen]
    for one in done:
        if isinstance(one, Reason):
            return Back(reason=one)
    pairs = [(row, one) for row, one in zip(chosen, done, strict=True) if isinstance(one, Restored)]
    late = _too_late(session, order, chosen)  # what was too late and is here nevertheless has happened
    points = _write(session, order, pairs)
    return Back(
        amount=sum(one.amount for _, one in pairs), lines=_summed([one for _, one in pairs]), points=points,
        whole=all(one.whole for _, one in pairs), given=_handed([row for row, one in pairs if one.whole]),
        conflicts=(late.code,) if late else (),
    )  # fmt: skip


def _chosen(session: Session, sale: Sequence[Any], order: Bringing) -> list[Any] | Reason:
    codes = rows.codes_of(session, [row.coupon_id for row in sale])
    mine = [row for row in sale if order.is_meant(codes[row.coupon_id][0])]
    if not mine:
        return because(refusals.NO_SALE, code="no_sale")
    live = [row for row in mine if row.state == Redeemed.REDEEMED]
    if not live:
        gone = any(row.state == Redeemed.RETURNED for row in mine)
        no = (refusals.NOTHING_LEFT, "nothing_left") if gone else (refusals.NOT_REDEEMED, "not_redeemed")
        return because(no[0], code=no[1])
    late = NO_REASON if order.force else _too_late(session, order, live)
    return late or live


def _happened(order: Bringing, sale: Sequence[Any]) -> Bringing:
    """What has happened was after its sale, whatever the till's clock said."""
    return replace(order, now=max(order.now, *(row.settled_at for row in sale))) if order.force else order


def _too_late(session: Session, order: Bringing, sale: Sequence[Any]) -> Reason:
    """The first reason why these cannot be brought back any more."""
    for row in sale:
        days = order.scales.terms.of(session, row.version_id).return_days
        if reason := too_late(row.settled_at, order.now, days, zone_of(order.scales.company(), row.outlet)):
            return reason
    return NO_REASON


def _restored(row: Any, call: GiveBack) -> Restored | Reason:
    return restored(row.lines, call.lines) if call.lines else all_restored(row.lines)


def _as_before(session: Session, order: Bringing, before: Sequence[Any], sale: Sequence[Any]) -> Back:
    if any(row.said != order.said for row in before):
        return Back(reason=refusals.OTHER.staff)
    lines: dict[int, int] = {}
    for row in before:
        for line in row.lines:
            lines[line["n"]] = lines.get(line["n"], 0) + line["amount"]
    whole = {row.redemption_id for row in before if row.whole}
    return Back(
        amount=sum(row.amount for row in before), lines=tuple(lines.items()), whole=all(row.whole for row in before),
        points=sum(taken_back(session, row.redemption_id, order.call) for row in before), replayed=True,
        given=_handed([row for row in sale if row.id in whole]),
    )  # fmt: skip


def _handed(sale: Sequence[Any]) -> tuple[Given, ...]:
    """What was handed over with these."""
    return tuple(Given(**thing) for row in sale for thing in row.answer.get("given", ()) if thing.get("product"))


def _summed(done: Sequence[Restored]) -> tuple[tuple[int, int], ...]:
    lines: dict[int, int] = {}
    for one in done:
        for n, amount in one.each:
            lines[n] = lines.get(n, 0) + amount
    return tuple(lines.items())


def _write(session: Session, order: Bringing, pairs: Sequence[tuple[Any, Restored]]) -> int:
    """Rows first, then coupons, points and counters, each in the order of locks; returns the points taken back."""
    taken = rows.takes_of(session, [row.id for row, _ in pairs])
    if any(row.answer.get("answered") for row, _ in pairs):
        answers_behind(session, [row.id for row, _ in pairs], Redeemed.REDEEMED)
    freed: list[Change] = []
    for n, (row, one) in enumerate(pairs):
        mine = set_free(taken[row.id], one, row.answer.get("units", 0))
        _put(session, order, n, row, one, mine)
        freed += [Change(row.offer_id, take.kind, take.scope, used=-take.n) for take in mine]
    given_on = set()
    for coupon in sorted(row.coupon_id for row, one in pairs if one.whole):
        rows.give_coupon(session, coupon, used=-1)
        if give_on(session, coupon):
            given_on.add(coupon)
    points = sum(take_back(session, order.points, row, one, order.call) for row, one in pairs)
    rows.give(session, sorted(freed, key=lambda change: change.place))
    for row, one in pairs:
        if one.whole and row.coupon_id not in given_on:
            expect_again(session, row, taken[row.id], order.now)
    return points


def _put(session: Session, order: Bringing, n: int, row: Any, one: Restored, freed: Sequence[Take]) -> None:
    call = order.call
    more = {"state": Redeemed.RETURNED.value} if one.whole else {}
    rows.settle(session, row.id, back=row.back + one.amount, lines=one.lines, **more)
    if not one.whole:
        rows.lower_takes(session, row.id, freed)
    lines = [{"n": number, "amount": amount} for number, amount in one.each]
    session.connection().execute(statements.PUT_RETURN, {
        "redemption_id": row.id, "till": call.till, "key": call.key, "n": n, "amount": one.amount, "lines": lines,
        "whole": one.whole, "by": call.by, "said": order.said, "at": order.now,
    })  # fmt: skip
    event = {"coupon_id": row.coupon_id, "offer_id": row.offer_id, "what": Happened.RETURNED.value, "by": call.by}
    said = "whole" if one.whole else "in part"
    rows.note(session, [event | {"outlet": row.outlet, "redemption_id": row.id, "said": said, "at": order.now}])
