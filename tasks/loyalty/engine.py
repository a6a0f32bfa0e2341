"""Clients' cards and points: earned, spent, given back, ended; each order once, however often it comes.

It knows no Prefect. Every change is one transaction that holds the client's balance; what cannot be done changes
nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from models.company import Workspace
from models.database import Clock, in_one, now_by
from models.locale import mark
from models.loyalty import Account, Card, CardState, Moved, PointsMove, PointsTold
from models.reason import Reason, because
from tasks.house import House
from tasks.loyalty import numbers, rows
from tasks.loyalty.lots import GRACE, first_ending, has_ended, returned, taken

NOT_ENOUGH = mark("The client has {balance} points, and {points} were to be spent. Spend fewer.")
NOTHING = mark("The number of points is above zero. Correct it.")
ANOTHER = mark("This key came with another order before. Give every order a key of its own.")
NO_MOVE = mark("There is no such order of points “{key}”, so nothing can be undone.")
NOT_THIS = mark("Only what was spent is given back, and only what was earned is taken back.")
TOO_MUCH = mark("{rest} points of it are left to be undone, and {points} were asked for.")
NO_CARD = mark("There is no card with this number. Read it again.")
NOT_GOOD = mark("This card is not good any more. Give the client another one.")
DRAWS, PORTION = 20, 500
POINTS_MOST = 10**12


@dataclass(frozen=True)
class Wanted:
    """An order about points, as a till or a flow gives it. `key` is its own: with it, the order is done once."""

    key: str
    customer: int
    points: int
    said: str = ""
    by: str = ""


class Holder(Protocol):
    """What of a house points need."""

    @property
    def sessions(self) -> sessionmaker[Session]: ...
    @property
    def reads(self) -> sessionmaker[Session]: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def workspace(self) -> Workspace: ...


class Points:
    """The points of one house."""

    def __init__(self, house: Holder) -> None:
        self.house, self.clock = house, house.clock

    def balance(self, customer: int) -> int:
        with self.house.reads() as session:
            return rows.balance(session, customer)

    def earn(self, order: Wanted, ends_on: date | None = None) -> PointsTold:
        """Give the client points, good until the end of this day."""
        return self._once(order, Moved.EARNED, partial(self._earn, order=order, ends_on=ends_on))

    def spend(self, order: Wanted) -> PointsTold:
        """Take points for a purchase, those that end first; refused where there are not as many."""
        return self._once(order, Moved.SPENT, partial(self._spend, order=order))

    def give_back(self, order: Wanted, of: str) -> PointsTold:
        """Undo a spending, whole or in part: points return to where they were taken from."""
        return self._once(order, Moved.GIVEN_BACK, partial(self._give_back, order=order, of=of))

    def take_back(self, order: Wanted, of: str) -> PointsTold:
        """Undo an earning, whole or in part. What was spent meanwhile is not there any more: `short` says how much."""
        return self._once(order, Moved.TAKEN_BACK, partial(self._take_back, order=order, of=of))

    def expire(self) -> int:
        """Let points end whose last day is over; returns how many. A cut leaves whole clients done."""
        done, after = 0, 0
        while True:
            with self.house.reads() as session:
                found = rows.ended(session, self._today(now_by(self.clock, session)), after, PORTION)
            for customer in found:
                done += in_one(self.house.sessions, partial(self._expire_one, customer=customer))
            if len(found) < PORTION:
                return done
            after = found[-1]

    def wrong(self) -> tuple[list[int], list[int]]:
        """What does not add up: moves by their ids, clients by their numbers. Both empty, always."""
        with self.house.reads() as session:
            return rows.unbalanced(session), rows.wrong_balances(session)

    # Within somebody else's transaction: it is there with all that belongs to it, or not at all.

    def earn_in(self, session: Session, order: Wanted, ends_on: date | None = None) -> PointsTold:
        return self._do(session, order, Moved.EARNED, partial(self._earn, order=order, ends_on=ends_on))

    def spend_in(self, session: Session, order: Wanted) -> PointsTold:
        return self._do(session, order, Moved.SPENT, partial(self._spend, order=order))

    def give_back_in(self, session: Session, order: Wanted, of: str) -> PointsTold:
        return self._do(session, order, Moved.GIVEN_BACK, partial(self._give_back, order=order, of=of))

    def take_back_in(self, session: Session, order: Wanted, of: str) -> PointsTold:
        return self._do(session, order, Moved.TAKEN_BACK, partial(self._take_back, order=order, of=of))

    # How.

    def _once(self, order: Wanted, what: Moved, work: Callable[[Session], PointsTold | Reason]) -> PointsTold:
        do = partial(self._do, order=order, what=what, work=work)
        try:
            return in_one(self.house.sessions, do)
        except IntegrityError:  # the same key came for another client in this very moment
            return in_one(self.house.sessions, do)

    def _do(
        self, session: Session, order: Wanted, what: Moved, work: Callable[[Session], PointsTold | Reason]
    ) -> PointsTold:  # fmt: skip
        if not 0 < order.points <= POINTS_MOST:
            return PointsTold(refusal=because(NOTHING, code="no_points"))
        has = rows.locked(session, order.customer)
        before = rows.move_of(session, order.key)
        if before is None:
            told = work(session)
            return PointsTold(balance=has, refusal=told) if isinstance(told, Reason) else told
        if (before.customer_id, before.what, before.asked) != (order.customer, what, order.points):
            return PointsTold(balance=has, refusal=because(ANOTHER, code="another"))
        return PointsTold(points=before.points, balance=has, short=before.short, again=True)

    def _move(
        self, session: Session, order: Wanted, what: Moved, points: int, other: Account, of: int | None = None
    ) -> int:
        """Write it down and change the balance with it; there is as much, because its lots have been counted."""
        move = PointsMove(
            key=order.key, customer_id=order.customer, what=what, points=points, asked=order.points, of=of,
            short=order.points - abs(points), said=order.said, by=order.by, at=now_by(self.clock, session),
        )  # fmt: skip
        id = rows.add_move(session, move, other)
        left = rows.change(session, order.customer, points)
        assert left is not None, "a balance is the sum of its lots"
        return id

    def _earn(self, session: Session, order: Wanted, ends_on: date | None) -> PointsTold:
        id = self._move(session, order, Moved.EARNED, order.points, Account.PROMISED)
        rows.add_lot(session, id, order.customer, order.points, ends_on)
        return self._told(session, order, order.points)

    def _spend(self, session: Session, order: Wanted) -> PointsTold | Reason:
        self._end(session, order.customer)
        found = taken(first_ending(rows.lots(session, order.customer)), order.points)
        if sum(points for _, points in found) < order.points:
            have = rows.balance(session, order.customer)
            return because(NOT_ENOUGH, code="not_enough", balance=have, points=order.points)
        id = self._move(session, order, Moved.SPENT, -order.points, Account.PAID)
        rows.use(session, id, found)
        return self._told(session, order, -order.points)

    def _give_back(self, session: Session, order: Wanted, of: str) -> PointsTold | Reason:
        former = self._undoable(session, order, of, Moved.SPENT)
        if isinstance(former, Reason):
            return former
        assert former.id is not None
        today = self._today(now_by(self.clock, session))
        parts = returned(rows.used(session, former.id), order.points)
        id = self._move(session, order, Moved.GIVEN_BACK, order.points, Account.PAID, former.id)
        alive = {lot.id for lot, _ in parts if not has_ended(lot, today)}
        rows.give_back(session, former.id, parts, alive)
        late = sum(points for lot, points in parts if lot.id not in alive)
        if late:
            rows.add_lot(session, id, order.customer, late, today + GRACE)
        return self._told(session, order, order.points)

    def _take_back(self, session: Session, order: Wanted, of: str) -> PointsTold | Reason:
        former = self._undoable(session, order, of, Moved.EARNED)
        if isinstance(former, Reason):
            return former
        assert former.id is not None
        own = {lot.id for lot in rows.lots_of(session, former.id)}
        today = self._today(now_by(self.clock, session))
        good = [lot for lot in rows.lots(session, order.customer) if lot.id in own or not has_ended(lot, today)]
        lots = sorted(first_ending(good), key=lambda lot: lot.id not in own)
        found = taken(lots, order.points)
        points = sum(part for _, part in found)
        id = self._move(session, order, Moved.TAKEN_BACK, -points, Account.PROMISED, former.id)
        rows.use(session, id, found)
        return self._told(session, order, -points)

    def _undoable(self, session: Session, order: Wanted, of: str, what: Moved) -> PointsMove | Reason:
        former = rows.move_of(session, of)
        if former is None or former.customer_id != order.customer:
            return because(NO_MOVE, code="no_move", key=of)
        if former.what != what:
            return because(NOT_THIS, code="not_this")
        rest = abs(former.points) - rows.undone(session, former.id or 0)
        if order.points > rest:
            return because(TOO_MUCH, code="too_much", rest=rest, points=order.points)
        return former

    def _expire_one(self, session: Session, customer: int) -> int:
        rows.locked(session, customer)
        return self._end(session, customer)

    def _end(self, session: Session, customer: int) -> int:
        """Let what has ended end: of a client whose balance is held."""
        today = self._today(now_by(self.clock, session))
        over = [lot for lot in rows.lots(session, customer) if has_ended(lot, today)]
        points = sum(lot.left for lot in over)
        if points:
            # A lot ends once, but points that were given back to it just before its end do so anew.
            key = f"ended:{customer}:{max(lot.id for lot in over)}:{today}:{rows.balance(session, customer)}"
            order = Wanted(key=key, customer=customer, points=points)
            rows.use(session, self._move(session, order, Moved.EXPIRED, -points, Account.EXPIRED), [
                (lot, lot.left) for lot in over
            ])  # fmt: skip
        return points

    def _told(self, session: Session, order: Wanted, points: int) -> PointsTold:
        have = rows.balance(session, order.customer)
        return PointsTold(points=points, balance=have, short=order.points - abs(points))

    def _today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.house.workspace.company.zone)).date()


class Cards:
    """The cards of one house; `below` draws a number evenly from 0 up to, but without, its argument."""

    def __init__(self, house: House, below: Callable[[int], int]) -> None:
        self.house, self.below = house, below

    def issue(self, customer: int | None, by: str, replaces: int | None = None) -> Card:
        """A new card: the client's, or one that is given to whoever comes."""
        with self.house.sessions.begin() as session:
            return self._issue(session, customer, by, replaces)

    def _issue(self, session: Session, customer: int | None, by: str, replaces: int | None) -> Card:
        for _ in range(DRAWS):
            number, now = numbers.drawn(self.below), now_by(self.house.clock, session)
            card = Card(number=number, customer_id=customer, replaces=replaces, made_by=by, made_at=now)
            if rows.add_card(session, card):
                found = rows.card(session, number)
                assert found is not None
                session.expunge(found)
                return found
        raise RuntimeError(f"no free number of a card in {DRAWS} draws of ten thousand million")

    def found(self, typed: str) -> Card | Reason:
        """The card as it was typed or scanned, where it is good."""
        number = numbers.read(typed)
        with self.house.reads() as session:
            card = rows.card(session, number) if number else None
        if card is None:
            return because(NO_CARD, code="no_card")
        return card if card.state == CardState.LIVE else because(NOT_GOOD, code=card.state)

    def block(self, typed: str, why: str) -> Reason | None:
        """Put a lost card out of use at once; the points are the client's and stay."""
        card = self.found(typed)
        if isinstance(card, Reason):
            return card
        with self.house.sessions.begin() as session:
            rows.turn_card(session, card.id or 0, CardState.BLOCKED, why, now_by(self.house.clock, session))
        return None

    def replace(self, typed: str, by: str, why: str) -> Card | Reason:
        """Another card for this one, which is not good from then on; of two who ask at once one gets it."""
        card = self.found(typed)
        if isinstance(card, Reason):
            return card
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            if not rows.turn_card(session, card.id or 0, CardState.REPLACED, why, now):
                return because(NOT_GOOD, code=CardState.REPLACED)
            return self._issue(session, card.customer_id, by, card.id)
