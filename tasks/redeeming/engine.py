"""Coupons in trade: asked about, held, redeemed, given back. It knows no Prefect, and may be killed at any instant.

Each call is one transaction: the redemption, what it takes of limits, the counters and the history are there together
or not at all. A refusal is an answer and leaves nothing behind; a database that is busy is asked again: that is none.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Unavailable
from models.company import Workspace
from models.database import Clock, now_by
from models.reason import Reason, because
from models.redemptions import CouponState, OfferStage, Redeemed
from tasks.house import House
from tasks.loyalty.engine import Points
from tasks.offers.refusals import Refusal
from tasks.redeeming import refusals, rows
from tasks.redeeming.answered.rows import answered
from tasks.redeeming.audit import Audit
from tasks.redeeming.calls import Answer, Back, Call, Entered, Entry, GiveBack, Outcome
from tasks.redeeming.entering.rows import Entering, enter_all
from tasks.redeeming.giving.rows import Bringing, give_back
from tasks.redeeming.letting import rows as letting
from tasks.redeeming.limits import beyond
from tasks.redeeming.offline.rows import enter_entry, let_come, waiting
from tasks.redeeming.offline.signed import SignedList, listed, signed
from tasks.redeeming.planning import all_refused, first_answer, refused_as
from tasks.redeeming.rows import NoRoom, Offered, Overtaken
from tasks.redeeming.weighing.rows import AT_THE_DOOR, Scales, When
from tasks.redeeming.whose import Printed

LIVES, TRIES, AT_ONCE = timedelta(minutes=15), 8, 500
SETTLED = (Redeemed.REDEEMED, Redeemed.RETURNED)
T = TypeVar("T")


class Ledgers(Protocol):
    """What of a house coupons need."""

    @property
    def sessions(self) -> sessionmaker[Session]: ...
    @property
    def reads(self) -> sessionmaker[Session]: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def printed(self) -> Printed: ...
    @property
    def workspace(self) -> Workspace: ...


class Redeeming:
    """The ledger of coupons in a house, with the ledger of points that offers give."""

    def __init__(self, house: Ledgers) -> None:
        self.house, self.points = house, Points(house)
        self.scales = Scales(house.printed, lambda: house.workspace.company)

    @classmethod
    def of(cls, house: House) -> "Redeeming":
        """The ledger of this house. It keeps terms and goods between calls: make it once, use it from any thread."""
        return cls(house)

    # What tills ask.

    def validate(self, call: Call) -> Answer:
        """What would come off, and why not; nothing of it is written, and nothing is promised."""
        refused: dict[str, Refusal] = {}
        swept = False
        while True:
            try:
                with self.house.reads() as session:
                    return self._weigh(session, call, refused)
            except NoRoom as no:
                if no.why.code in refusals.ROOM and not swept:
                    swept = True
                    if self._made_room():
                        continue
                refused[no.code] = no.why

    def reserve(self, call: Call, lives: timedelta = LIVES) -> Answer:
        """Hold room for the call for a while; the same key holds on, for the basket as it is now."""
        return self._take(call, Redeemed.HELD, lives)

    def redeem(self, call: Call) -> Answer:
        """Redeem, from the reservation of the same key where there is one."""
        return self._take(call, Redeemed.REDEEMED)

    def release(self, till: str, key: str, by: str = "") -> Reason:
        """Let a reservation go; doing it again changes nothing. Returns why it cannot be."""
        return self._patiently(partial(self._release, till=till, key=key, by=by))

    def give_back(self, call: GiveBack, force: bool = False) -> Back:
        """Give back all of a redemption or parts of it, once by the key; whole, its use may be made again.

        `force`: no day is too late for it.
        """
        return self._patiently(partial(self._give_back, call=call, force=force))

    def take_journal(self, entries: Sequence[Entry]) -> list[Entered]:
        """Enter what has happened without the network, sales first. Each has one effect, however often it comes."""
        found: dict[int, Entered] = {}
        for place in sorted(range(len(entries)), key=lambda n: entries[n].what != "sale"):
            found[place] = self._patiently(partial(enter_entry, ledger=self, entry=entries[place]))
        return [found[place] for place in range(len(entries))]

    def signed_list(self, till: str, lives: timedelta = timedelta(hours=24)) -> SignedList:
        """The codes that may be used now, as hashes with what is left of them: what an offline till may hold."""
        items: list[Any] = []
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            while more := rows.live(session, now, items[-1].id if items else 0, AT_ONCE):
                items += more
        return signed(listed(self.house.printed, till, items, now, now + lives), self.house.printed)

    # What people order.

    def stop(self, by: str, why: str, *, code: str = "", offer: str = "") -> bool:
        """Stop a code or a whole offer: the next redemption sees it. False where there is no such thing."""
        return self._order(by, why, code, offer, CouponState.STOPPED, (OfferStage.OPEN,), OfferStage.STOPPED)

    def open(self, by: str, why: str, *, code: str = "", offer: str = "") -> bool:
        """Let a stopped code or offer be redeemed again."""
        return self._order(by, why, code, offer, CouponState.LIVE, (OfferStage.STOPPED,), OfferStage.OPEN)

    def expire(self) -> int:
        """Let go of all reservations that have run out; returns how many."""
        done = 0
        while more := self._patiently(self._expire):
            done += more
        return done

    def catch_up(self) -> int:
        """Let what was brought back have its effect where its sale has come in the same moment; returns how much."""
        with self.house.reads() as session:
            sales = waiting(session)
        return sum(self._patiently(partial(self._let_come, till=till, key=key)) for till, key in sales)

    def audit(self) -> Audit:
        """Add up the rows of all offers and compare them with the counters."""
        with self.house.reads() as session:
            return Audit.of(rows.audit(session))

    # How.

    def _made_room(self) -> bool:
        """Let go of what has run out; looking whether there is any waits for nobody."""
        with self.house.reads() as session:
            is_due = letting.is_due(session, now_by(self.house.clock, session))
        return is_due and self.expire() > 0

    def _patiently(self, work: Callable[[Session], T]) -> T:
        """Do it in one transaction; one that gave way to another begins anew, which its key allows.

        So does one that met what another had written, or erased, since it looked; what no look mends is an error.
        """
        for left in reversed(range(TRIES)):
            try:
                with self.house.sessions.begin() as session:
                    return work(session)
            except (OperationalError, Overtaken):
                continue
            except IntegrityError:
                if not left:
                    raise
        raise Unavailable(because(refusals.BUSY, code="busy"), retry_after=timedelta(seconds=1))

    def _take(self, call: Call, state: Redeemed, lives: timedelta | None = None) -> Answer:
        refused: dict[str, Refusal] = {}
        swept, said = False, self.house.printed("redeeming", call.body())
        attempt = partial(self._attempt, call=call, said=said, state=state, lives=lives, refused=refused)
        while True:
            try:
                return self._patiently(attempt)
            except NoRoom as no:
                if no.why.code in refusals.ROOM and not swept:
                    swept = True
                    if self._made_room():
                        continue
                refused[no.code] = no.why
                if call.together or len(refused) == len(call.codes):
                    return all_refused(call, refused)

    def _attempt(
        self, session: Session, call: Call, said: str, state: Redeemed, lives: timedelta | None,
        refused: dict[str, Refusal],
    ) -> Answer:  # fmt: skip
        looked = rows.look(session, self.house.clock, call.codes, call.till, call.key)
        found, now = looked.found, looked.now or now_by(self.house.clock, session)
        former = rows.called(session, call.till, call.key) if looked.was_called else []
        if former and (answer := _as_before(call, state, former, said, found)):
            return answer
        call = self.scales.placed(call, now)
        until = now + lives if lives else None
        codes = [code for code in call.codes if code not in refused]
        held_at = [row.at for row in former if row.state == Redeemed.HELD and row.until and row.until > now]
        when = When(_is_ahead(call, state), min(held_at, default=None) if state is Redeemed.REDEEMED else None)
        planned = self.scales.plan(session, call, found, codes, when)
        answers = answered(session, call.till, planned, former)
        order = Entering(call, state, said, now, until, tuple(former), refused, points=self.points, answers=answers)
        entered = enter_all(session, order, planned)
        if looked.waits and state is Redeemed.REDEEMED:
            let_come(session, self, call.till, call.key, now)
        outcomes = {
            one.offered.code: Outcome(
                code=one.offered.code, offer=one.offered.key, redemption=id, state=state, off=one.off,
                until=order.until_of(one), missing=one.missing if state is Redeemed.HELD else None,
                expected=answers[one.offered.id].guests if one.offered.id in answers else 0,
            ) for one, id in entered
        }  # fmt: skip
        return _in_order(call, outcomes, refused)

    def _weigh(self, session: Session, call: Call, refused: dict[str, Refusal]) -> Answer:
        looked = rows.look(session, self.house.clock, call.codes, locking=False)
        found, call = looked.found, self.scales.placed(call, looked.now or now_by(self.house.clock, session))
        outcomes = {}
        codes = [code for code in call.codes if code not in refused]
        planned = self.scales.plan(session, call, found, codes, When(bool(call.sitting))) if codes else []
        answers = answered(session, call.till, planned, locking=False)
        for one in planned:
            code, answer = one.offered, answers.get(one.offered.id)
            full = code.most and code.used + code.held - (answer is not None) >= code.most
            asked = beyond(one.takes, answer.takes) if answer else one.takes
            no = refusals.of_uses(code.most, code.used) if full else rows.room(session, code.offer_id, asked)
            if no:
                raise NoRoom(code.code, no)
            outcomes[one.offered.code] = Outcome(
                code=one.offered.code, offer=one.offered.key, off=one.off, missing=one.missing,
                expected=answer.guests if answer else 0,
            )  # fmt: skip
        return _in_order(call, outcomes, refused)

    def _release(self, session: Session, till: str, key: str, by: str) -> Reason:
        now = now_by(self.house.clock, session)
        former = rows.called(session, till, key)
        if not former:
            return because(refusals.NO_SALE, code="no_sale")
        if any(row.state in SETTLED for row in former):
            return refusals.SETTLED
        letting.release(session, [row.id for row in former if row.state == Redeemed.HELD], now, by, "by hand")
        return Reason()

    def _give_back(self, session: Session, call: GiveBack, force: bool) -> Back:
        now = now_by(self.house.clock, session)
        said = self.house.printed("giving back", call.body(self.house.printed("code", call.code) if call.code else ""))
        order = Bringing(call, said, now, self.scales, self.points, lambda code: call.code in ("", code), force)
        return give_back(session, order)

    def _let_come(self, session: Session, till: str, key: str) -> int:
        return let_come(session, self, till, key, now_by(self.house.clock, session))

    def _expire(self, session: Session) -> int:
        return letting.expire(session, now_by(self.house.clock, session), AT_ONCE, "", "ran out")

    def _order(
        self, by: str, why: str, code: str, offer: str, state: CouponState, former: tuple[str, ...], stage: str
    ) -> bool:
        def order(session: Session) -> bool:
            now = now_by(self.house.clock, session)
            if code:
                return rows.order_code(session, code, state, by, why, now)
            return rows.order_offer(session, offer, former, stage, by, why, now)

        return self._patiently(order)


def _is_ahead(call: Call, state: Redeemed) -> bool:
    """Whether seats are only answered for: at the door people are let in."""
    return state is Redeemed.HELD and call.origin != AT_THE_DOOR


def _in_order(call: Call, outcomes: Mapping[str, Outcome], refused: Mapping[str, Refusal]) -> Answer:
    found = (outcomes.get(code) or Outcome.refused(code, refused[code]) for code in call.codes)
    return Answer(outcomes=tuple(found))


def _as_before(call: Call, state: Redeemed, former: list[Any], said: str, found: dict[str, Offered]) -> Answer | None:
    """The answer to a call that came before; None where it is a reservation that goes on."""
    offers = {one.id: one for one in found.values()}
    if settled := [row for row in former if row.state in SETTLED]:
        if any(row.said != said for row in settled):
            return refused_as(call, refusals.OTHER)
        if state is Redeemed.HELD:
            return refused_as(call, Refusal.of(refusals.SETTLED))
        return first_answer(call, settled, offers)
    if any(row.coupon_id not in offers for row in former):
        return refused_as(call, refusals.OTHER)
    return None
