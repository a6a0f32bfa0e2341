"""Codes for those who get a mailing, given in portions. It knows no Prefect, and may be killed at any instant.

A portion is one transaction: its codes, whose they are, and the letters that may go with them. Whatever is left goes on
with the next run, so no letter goes without its code and nobody has two.
"""

import os
from collections.abc import Sequence
from time import monotonic

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.database import let_others_in
from models.delivery import State
from models.mailings import Mailing, Stage
from models.offers import CodeKind
from models.reason import Reason
from models.redemptions import BatchKind, CouponBatch
from tasks.bulk.pace import Pace
from tasks.bulk.rows import make_room
from tasks.codes import rows as batches
from tasks.codes.drawing import Chance
from tasks.codes.engine import AT_ONCE, Codes
from tasks.codes.rows import Order
from tasks.codes.shapes import check_space, shape_of, uses_of
from tasks.house import House
from tasks.mailing.coupons import rows
from tasks.mailing.coupons.rows import Carried, Waiting
from tasks.mailing.life import rows as life
from tasks.mailing.writing.engine import tell_paused


class Carrying:
    """The coupons of one house's mailings."""

    def __init__(self, house: House, chance: Chance = os.urandom, most: int = AT_ONCE) -> None:
        self.house, self.clock, self.most = house, house.clock, most
        self.codes = Codes(house.sessions, house.clock, chance)

    def settle(self, session: Session, row: Mailing) -> None:
        """With the list: who is to get a code, and who is kept without to compare with. No code is drawn yet."""
        offer = rows.carried(session, row.offer)
        if offer is None:
            return
        batch = self._batch(session, row, offer).id if offer.kind is CodeKind.UNIQUE else None
        rows.settle_arms(session, self.clock, row.id or 0, offer, batch)

    def _batch(self, session: Session, row: Mailing, offer: Carried) -> CouponBatch:
        return batches.begin(session, self.clock, order_of(row, offer), BatchKind.UNIQUE)[0]

    def give_out(self) -> int:
        """Give codes to whoever waits for one, in all mailings on their way; returns how many letters may go now."""
        with self.house.reads() as session:
            waiting = rows.waiting_mailings(session)
        return sum(self.give_out_of(id) for id in waiting)

    def give_out_of(self, mailing: int) -> int:
        """Give codes to whoever waits for one of this mailing. An offer that does not stand any more pauses it."""
        pace, after, done = Pace(self.most), 0, 0
        while True:
            begun = monotonic()
            try:
                with self.house.sessions.begin() as session:
                    make_room(session)
                    some = self._portion(session, mailing, after, pace.rows)
            except Refused as refused:
                self._pause(mailing, refused.reason)
                return done
            if not some:
                return done
            after, done = some[-1].id, done + len(some)
            pace.took(len(some), monotonic() - begun)
            let_others_in(self.house.engine)

    def _portion(self, session: Session, mailing: int, after: int, most: int) -> list[Waiting]:
        row = session.get(Mailing, mailing)
        if row is None or row.stage != Stage.SENDING:
            return []  # paused or cancelled meanwhile: what is left waits with it
        rows.locked(session, row.offer)
        if why := rows.offer_trouble(session, self.house, row):
            raise Refused(why)
        offer = rows.carried(session, row.offer)
        assert offer is not None
        some = rows.waiting(session, mailing, offer, after, most)
        rows.link(session, offer, {one.customer: one.id for one in some if one.has})
        lacking = [one for one in some if one.is_there and not one.had]
        got = self._given(session, row, offer, lacking) if lacking else 0
        without = {one.id for one in lacking[got:]}
        used = {one.id for one in some if one.had and not one.has}
        rows.keep_back(session, self.clock, used, State.CANCELLED, rows.USED)
        rows.keep_back(session, self.clock, without, State.HELD, rows.NO_CODE)
        rows.let_go(session, {one.id for one in some} - used - without)
        return some

    def _given(self, session: Session, row: Mailing, offer: Carried, lacking: Sequence[Waiting]) -> int:
        """Codes of their own for these, in their order; returns how many of them got one."""
        if offer.kind is CodeKind.GENERIC:
            return len(lacking)
        if offer.kind is CodeKind.IMPORTED:
            return rows.take_free(session, offer, lacking)
        order, shape, batch = order_of(row, offer), shape_of(offer.terms.codes), self._batch(session, row, offer)
        batch.wanted = batch.made + len(lacking)
        session.flush()
        check_space(shape, batches.live_like(session, shape, offer.id))
        whose, letters = [one.customer for one in lacking], [one.id for one in lacking]
        self.codes.add(session, batch, order, shape, len(lacking), whose, letters)
        return len(lacking)

    def _pause(self, mailing: int, why: Reason) -> None:
        with self.house.sessions.begin() as session:
            row = life.locked(session, mailing)
            if row.stage == Stage.SENDING:
                row.stage, row.reason = Stage.PAUSED, why.model_dump()
                session.flush()
                tell_paused(session, self.house, mailing, why)


def order_of(row: Mailing, offer: Carried) -> Order:
    """The order under which the codes of a mailing stand."""
    rules = offer.terms.codes
    return Order(offer.id, rules, f"mailing:{row.id}", most=uses_of(rules, offer.terms.limits), title=row.title,
                 by=row.made_by)  # fmt: skip
