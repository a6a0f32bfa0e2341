"""A coupon found by what a client reads out or by the client, with all that ever happened to it. It changes nothing.

What is typed is read forgivingly and forgotten: the page shows the last signs only.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.desk.offers import CouponFound, CouponPage, HappenedLine
from models.locale import mark
from models.reason import NO_REASON, because
from models.redemptions import Coupon, CouponEvent, CouponState, Happened, OfferStage, Redemption
from tasks.codes import rows as codes
from tasks.codes.life import rows as life
from tasks.codes.reading import masked, read
from tasks.house import House
from tasks.offering import rows
from tasks.offering.shown import rows as looks
from tasks.offers.windows import last_day
from tasks.redeeming.calls import ANSWERS
from tasks.schedule.wall import local

MOST_TYPED = 300
NOTHING = mark("Type the code as it stands on the coupon, or the client's number, card, e-mail or phone.")
NOBODY = mark("No coupon has this code, and no client with coupons is known so. Compare it sign by sign.")


class Coupons:
    """The coupons of one house, one at a time."""

    def __init__(self, house: House) -> None:
        self.house = house

    def found(self, typed: str) -> CouponFound:
        """By the code, else by the client it may mean."""
        said = " ".join(typed.split())[:MOST_TYPED]
        if not said:
            return CouponFound(why=because(NOTHING, code="nothing"))
        with self.house.reads() as session:
            reading = read(said, codes.forms(session))
            one = life.find(session, reading.code) if reading else None
            if one is not None:
                return CouponFound(ids=(one.id or 0,))
            whose = looks.customers_called(session, said, self.house.workspace.company.country)
            mine = looks.of_customer(session, whose)
            lines = tuple(self._page(session, one) for one in mine)
        why = NO_REASON if lines else reading.why or because(NOBODY, code="nobody")
        return CouponFound(ids=tuple(one.id for one in lines), lines=lines, why=why)

    def page(self, id: int) -> CouponPage | None:
        """Everything about a coupon; None where there is none."""
        with self.house.reads() as session:
            one = session.get(Coupon, id)
            if one is None:
                return None
            story = life.story(session, id)
            lines = sorted(self._happened(session, one, story.events), key=lambda line: line.at)
            page = self._page(session, one)
            more = {"before": story.before, "after": story.after, "happened": tuple(lines)}
            return page.model_copy(update=more | {"taken": self._taken(session, page)})

    def _taken(self, session: Session, page: CouponPage) -> tuple[str, ...]:
        """Who has taken its card, and when."""
        zone = self.house.workspace.company.zone
        mine = (it for it in looks.taken(session, page.offer) if it.form.get("coupon") == page.id)
        return tuple(f"{self._name(it.person)}, {local(it.given_at, zone):%d.%m.%Y %H:%M}" for it in mine)

    def _page(self, session: Session, one: Coupon) -> CouponPage:
        offer = rows.by_id(session, one.offer_id)
        batch = next(it for it in rows.batches(session, one.offer_id) if it.id == one.batch_id)
        assert offer is not None
        company, ends = self.house.workspace.company, one.ends_at or offer.ends_at
        return CouponPage(
            id=one.id or 0, last=masked(one.code), offer=offer.key, title=offer.title, stage=OfferStage(offer.stage),
            state=CouponState(one.state), used=one.used, held=looks.held_at_tills(session, one.id or 0), most=one.most,
            customer=one.customer_id or 0,
            batch=batch.id or 0, batch_title=batch.title, batch_kind=batch.kind,
            currency=company.currency, ends_on=last_day(ends, company.zones) if ends else None,
        )  # fmt: skip

    def _happened(self, session: Session, one: Coupon, events: Sequence[CouponEvent]) -> Iterator[HappenedLine]:
        if not any(it.what == Happened.ISSUED and it.coupon_id == one.id for it in events):
            yield HappenedLine(at=one.made_at, what=Happened.ISSUED)
        yield from self._letter(session, one)
        redeemed = looks.redemptions(session, {it.redemption_id for it in events if it.redemption_id})
        for it in events:
            row = redeemed.get(it.redemption_id or 0)
            yield HappenedLine(
                at=it.at, what=Happened(it.what), by=self._by(it, row), outlet=self._outlet(it.outlet),
                said=it.said, coupon=it.coupon_id or 0 if it.coupon_id != one.id else 0,
                receipt=row.receipt if row else "", amount=row.amount if row else 0,
                is_answer=row is not None and row.till == ANSWERS,
            )  # fmt: skip

    def _letter(self, session: Session, one: Coupon) -> Iterator[HappenedLine]:
        if one.message_id is None:
            return
        moments: tuple[tuple[Happened, datetime | None], ...] = (
            (Happened.SENT, looks.sent(session, one.message_id)),
            (Happened.VIEWED, looks.seen(session, one.message_id)),
        )  # fmt: skip
        for what, at in moments:
            if at is not None:
                yield HappenedLine(at=at, what=what)

    def _by(self, event: CouponEvent, row: Redemption | None) -> str:
        return self._name(event.by or (row.cashier if row else ""))

    def _name(self, who: str) -> str:
        people = self.house.workspace.company.people
        return next((one.name for one in people if one.key == who), who)

    def _outlet(self, key: str) -> str:
        return next((one.name for one in self.house.workspace.company.outlets if one.key == key), key)
