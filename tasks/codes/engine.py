"""Codes issued in portions: drawn, one for everybody, one for each recipient, or imported. It knows no Prefect.

A portion is one transaction that also counts itself, so whoever is killed leaves whole portions, and the same order
again goes on behind them. Two at once fill one batch in turns, and it never has more codes than were ordered.
"""

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.content import Problem
from models.database import Clock, in_one, let_others_in, portions
from models.locale import mark
from models.offers import CodeRules
from models.reason import because
from models.redemptions import BatchKind, Coupon, CouponBatch
from tasks.bulk.pace import Pace
from tasks.bulk.rows import make_room
from tasks.codes import rows
from tasks.codes.drawing import Chance, draw, redrawn
from tasks.codes.imported import Column, Imported, read_codes
from tasks.codes.life import rows as life
from tasks.codes.rows import Order
from tasks.codes.shapes import Shape, check_space, shape_of, word_of
from tasks.groups.recipients import people
from tasks.groups.rows import check_recipients

AT_ONCE, IMPORTED_AT_ONCE = 100_000, 20_000  # rows of one transaction at the most
HOW_MANY = mark("Say how many codes there are to be: at least one.")
TAKEN_WORD = mark("“{word}” is a code of the offer “{offer}” already. Choose another word.")

Tick = Callable[[int, int], None]
Whose = Callable[[Session, CouponBatch, int, int], Sequence[int]]


def unheard(made: int, wanted: int) -> None:
    """Nobody waits for the progress."""


@dataclass(frozen=True)
class Codes:
    """The codes of one house. `chance` gives unpredictable bytes; `tick` hears how many of how many there are."""

    sessions: sessionmaker[Session]
    clock: Clock
    chance: Chance = os.urandom
    tick: Tick = unheard

    def issue(self, order: Order) -> CouponBatch:
        """So many unique codes; the same order again is the same batch. Raises Refused."""
        if order.number < 1:
            raise Refused(because(HOW_MANY, code="how_many"))
        shape = shape_of(order.rules)
        with self.sessions.begin() as session:
            _, is_new = rows.begin(session, self.clock, order, BatchKind.UNIQUE)
            if is_new:
                check_space(shape, rows.live_like(session, shape, order.offer))
        return self._filled(order, shape, None)

    def issue_to(
        self, order: Order, include: Collection[str], exclude: Collection[str] = (), control_percent: int = 10
    ) -> CouponBatch:  # fmt: skip
        """A code for everybody in these groups but the control arm, which is drawn first. Raises Refused."""
        shape = shape_of(order.rules)
        with self.sessions.begin() as session:
            check_recipients(session, include, exclude)
            batch, is_new = rows.begin(session, self.clock, order, BatchKind.UNIQUE)
            if is_new:
                batch.wanted = rows.draw_arms(session, self.clock, batch, people(include, exclude), control_percent)
                if not batch.wanted:
                    raise Refused(because(rows.NOBODY, code="nobody"))
                session.flush()
                check_space(shape, rows.live_like(session, shape, order.offer))
        return self._filled(order, shape, rows.without)

    def finish(self, order: Order) -> CouponBatch:
        """Go on with a batch of unique codes that was left in the middle, for those it was drawn for."""
        with self.sessions() as session:
            to_people = rows.has_arms(session, rows.locked(session, order.once))
        return self._filled(order, shape_of(order.rules), rows.without if to_people else None)

    def _filled(self, order: Order, shape: Shape, whose: Whose | None) -> CouponBatch:
        """The rest of the batch, one transaction after the other."""
        pace, after = Pace(AT_ONCE), 0
        while True:
            begun = monotonic()
            with self.sessions.begin() as session:
                make_room(session)
                batch = rows.locked(session, order.once)
                number = min(pace.rows, batch.wanted - batch.made)
                some = whose(session, batch, after, pace.rows) if whose else ()
                self.add(session, batch, order, shape, len(some) if whose else number, some)
                if whose and not some:
                    batch.wanted = batch.made  # the others were erased meanwhile
            self.tick(batch.made, batch.wanted)
            if batch.made >= batch.wanted:
                return batch
            after = some[-1] if some else 0
            pace.took(len(some) or number, monotonic() - begun)
            let_others_in(self._engine)

    def add(
        self, session: Session, batch: CouponBatch, order: Order, shape: Shape, number: int, whose: Sequence[int],
        letters: Sequence[int] = (),
    ) -> list[str]:  # fmt: skip
        """So many more codes; those that are somebody's already are drawn again, all at once."""
        codes = draw(shape, number, self.chance)
        while codes and (taken := rows.add(session, self.clock, batch, codes, order.most, whose, letters)):
            codes = redrawn(shape, codes, taken, self.chance)
        return codes

    def generic(self, order: Order) -> CouponBatch:
        """One code for everybody, the word of the rules. Raises Refused where it is an offer's already."""
        word = word_of(order.rules)
        with self.sessions.begin() as session:
            batch, _ = rows.begin(session, self.clock, replace(order, number=1), BatchKind.GENERIC)
            if not batch.made and (taken := rows.add(session, self.clock, batch, [word], order.most)):
                offer = rows.titles_of(session, list(taken.values()))[taken[word]]
                raise Refused(because(TAKEN_WORD, code="taken", word=order.rules.word, offer=offer))
            return batch

    def take_in(self, order: Order, data: bytes, file: str) -> Imported:
        """Somebody else's codes, from a table; the same file again adds nothing. Raises Refused."""
        column = read_codes(data, file)
        if not column.rows:
            return Imported(0, column.problems)
        order = replace(order, number=len(column.rows))
        with self.sessions.begin() as session:
            rows.begin(session, self.clock, order, BatchKind.IMPORTED)
        elsewhere: list[Problem] = []
        for some in portions(list(column.rows), IMPORTED_AT_ONCE):
            elsewhere += self._take_in(order, column, some)
            let_others_in(self._engine)
        problems = sorted([*column.problems, *elsewhere], key=lambda one: one.place.row)
        return Imported(len(column.rows) - len(elsewhere), problems)

    def _take_in(self, order: Order, column: Column, some: Sequence[str]) -> list[Problem]:
        with self.sessions.begin() as session:
            batch = rows.locked(session, order.once)
            taken = rows.owners(session, some)
            # In one order for everybody, so that no two imports wait for each other.
            fresh = sorted(code for code in some if code not in taken)
            while fresh and (more := rows.add(session, self.clock, batch, fresh, order.most)):
                taken |= more
                fresh = [code for code in fresh if code not in more]
            elsewhere = {code: of for code, of in taken.items() if of != batch.id}
            titles = rows.titles_of(session, sorted(set(elsewhere.values())))
            self.tick(batch.made, batch.wanted)
            return [column.taken(code, titles[of]) for code, of in elsewhere.items()]

    # What becomes of them.

    def stop_batch(self, batch: int, by: str, why: str) -> int:
        """Stop all live codes of a batch, a leaked file of them; returns how many."""
        return self._through(batch, lambda session, ids: life.stop(session, self.clock, ids, by, why))

    def reopen_batch(self, batch: int, by: str, why: str) -> int:
        """Let all stopped codes of a batch be redeemed again; returns how many."""
        return self._through(batch, lambda session, ids: life.reopen(session, self.clock, ids, by, why))

    def extend_batch(self, batch: int, until: datetime, by: str, why: str) -> int:
        """Let all codes of a batch that are not stopped hold longer than the offer; returns how many do now."""
        return self._through(batch, lambda session, ids: life.extend(session, self.clock, ids, until, by, why))

    def _through(self, batch: int, change: Callable[[Session, Sequence[int]], int]) -> int:
        done, after = 0, 0

        def portion(session: Session) -> tuple[list[int], int]:
            ids = life.next_of(session, batch, after, AT_ONCE // 10)
            return ids, change(session, ids)

        while True:
            ids, number = in_one(self.sessions, portion)
            done += number
            if not ids:
                return done
            after = ids[-1]
            let_others_in(self._engine)

    def replace(self, coupon: int, rules: CodeRules, by: str, why: str) -> Coupon:
        """Another code for a client whose own does not work, with what is left of its uses. Raises Refused."""
        shape = shape_of(rules)
        with self.sessions.begin() as session:
            old = life.replaceable(session, coupon, why)
            order = Order(old.offer_id, rules, life.replacements(old.offer_id), most=max(0, old.most - old.used), by=by)
            batch, _ = rows.begin(session, self.clock, order, BatchKind.UNIQUE)
            batch.wanted += 1
            code = self.add(session, batch, order, shape, 1, [old.customer_id] if old.customer_id else [])[0]
            return life.replaced(session, self.clock, old, code, by, why)

    @property
    def _engine(self) -> Engine:
        engine = self.sessions.kw["bind"]
        assert isinstance(engine, Engine)
        return engine
