"""Personal pages: whose a link opens, what stands there, and the same as the desk sees it. It knows no Prefect."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.cards import ProgramTerms
from models.company import Company
from models.database import now_by
from models.desk.cards import (
    CardLine,
    CardsSeen,
    CouponLine,
    LinkShown,
    MoveLine,
    MyCoupon,
    MyPage,
    MyPurchase,
    MyUse,
    ProgramPage,
    Side,
    TierNow,
)
from models.invited import Invited
from models.loyalty import PointsMove
from models.offers import OfferTerms
from models.redemptions import Redeemed
from tasks.answering.engine import Answering
from tasks.cards import links, rows
from tasks.cards.page import rows as page
from tasks.cards.program import plain, standing, tiers_written
from tasks.codes.pictures import bars_svg, ean_13, qr_svg
from tasks.codes.reading import masked
from tasks.customers.record import rows as records
from tasks.house import House
from tasks.loyalty import rows as loyalty
from tasks.offers.bearer import said_to_bearer
from tasks.offers.windows import last_day
from tasks.offers.wording import Words
from tasks.people.rows import everybody
from tasks.returns.marks import mark_of, preferences_path
from tasks.schedule.wall import local

COUPONS_SHOWN, USES_SHOWN, PURCHASES_SHOWN, MOVES_SHOWN = 20, 20, 20, 20


class Pages:
    """The personal pages of one house."""

    def __init__(self, house: House, answering: Answering | None = None) -> None:
        self.house, self.clock, self.answering = house, house.clock, answering

    def is_ours(self, token: str) -> bool:
        """Whether a link is ours at all; asks no database."""
        return links.read(self.house.printed, token) is not None

    def link(self, customer: int) -> LinkShown | None:
        """A fresh link for a client; None where there is none."""
        with self.house.reads() as session:
            turn, today = rows.turn_of(session, customer), self._today(now_by(self.clock, session))
        if turn is None:
            return None
        until = links.good_until(today)
        token = links.token_of(self.house.printed, links.Linked(customer, turn, until))
        url = f"{self.house.public_url}{links.path_of(token)}"
        return LinkShown(url=url, qr=qr_svg(url).decode(), until=until)

    def page(self, token: str) -> MyPage | None:
        """What a link opens; None for one that is forged, closed, too old, or whose client is gone: all look alike."""
        linked = links.read(self.house.printed, token)
        if linked is None:
            return None
        with self.house.reads() as session:
            now = now_by(self.clock, session)
            turn = rows.turn_of(session, linked.customer)
            if turn is None or not links.is_good(linked, turn, self._today(now)):
                return None
            return _printed(self._page(session, linked, now))

    def whose(self, token: str) -> int | None:
        """The client whose page a link opens; None where it opens nothing."""
        linked = links.read(self.house.printed, token)
        if linked is None:
            return None
        with self.house.reads() as session:
            turn = rows.turn_of(session, linked.customer)
            today = self._today(now_by(self.clock, session))
        return linked.customer if turn is not None and links.is_good(linked, turn, today) else None

    def close(self, token: str) -> bool:
        """Close all links of the client whose link this is, as its bearer asks; False where it opens nothing."""
        linked = links.read(self.house.printed, token)
        if linked is None or self.page(token) is None:
            return False
        with self.house.sessions.begin() as session:
            rows.close_links(session, linked.customer, "", "", now_by(self.clock, session))
        return True

    def seen(self, customer: int, most: int | None = MOVES_SHOWN) -> CardsSeen:
        """Cards, points and coupons of a client, as staff see them; all of it where there is no `most`."""
        with self.house.reads() as session:
            now, terms = now_by(self.clock, session), rows.program(session)
            names = {person.key: person.name for person in everybody(session)}
            moves = rows.moves(session, customer, most + 1 if most else None)
            sides = rows.sides(session, [one.id or 0 for one in moves])
            today = self._today(now)
            points, ending = rows.may_spend(session, customer, today), rows.ending_next(session, customer, today)
            company, shown = self.house.workspace.company, COUPONS_SHOWN if most else None
            coupons = page.live_coupons(session, customer, now, shown + 1 if shown else None)
            return CardsSeen(
                cards=tuple(
                    CardLine(**card.model_dump(include={"number", "state", "why", "made_at", "changed_at"}),
                             id=card.id or 0, made_by=names.get(card.made_by, card.made_by))
                    for card in rows.cards_of(session, customer)
                ),
                points=points, worth=points * (terms.worth if terms else 0),
                ends_on=ending[0] if ending else None, ends=ending[1] if ending else 0,
                tier=self._tier(session, customer, terms, now),
                moves=tuple(_move(one, sides.get(one.id or 0, []), names) for one in moves[:most]),
                moves_cut=bool(most) and len(moves) > (most or 0),
                coupons=tuple(
                    CouponLine(
                        id=one.id, code=masked(one.code), offer=one.offer, title=one.title,
                        ends_on=last_day(one.ends_at, company.zones) if one.ends_at else None,
                    ) for one in coupons[:shown]
                ),
                coupons_cut=shown is not None and len(coupons) > shown,
                closed_at=page.closed_at(session, customer),
            )  # fmt: skip

    def program(self) -> ProgramPage:
        """The program in force as its form has it, and what is owed by it."""
        currency = self.house.workspace.company.currency
        with self.house.reads() as session:
            row, terms = rows.last_program(session), rows.program(session)
            points = rows.outstanding(session, self._today(now_by(self.clock, session)))
            seen = ProgramPage(
                cards=rows.issued(session), points=points, currency=currency, groups=rows.groups(session)
            )  # fmt: skip
            names = {person.key: person.name for person in everybody(session)}
        if row is None or terms is None:
            return seen
        return seen.model_copy(update={
            "per": plain(terms.per, currency) if terms.per else "", "days": terms.days, "window": terms.window,
            "worth": plain(terms.worth, currency) if terms.worth else "", "since": f"{terms.since:%d.%m.%Y}",
            "tiers": tiers_written(terms.tiers, currency), "is_set": True, "by": names.get(row.by, row.by),
            "at": row.at, "owed": points * terms.worth, "share": terms.share,
        })  # fmt: skip

    def _page(self, session: Session, linked: links.Linked, now: datetime) -> MyPage:
        company = self.house.workspace.company
        outlets = {outlet.key: outlet.name for outlet in company.outlets}
        customer = records.customer(session, linked.customer)
        card, terms = loyalty.card_of(session, linked.customer), rows.program(session)
        whose, today = linked.customer, self._today(now)
        points, ending = rows.may_spend(session, whose, today), rows.ending_next(session, whose, today)
        letter = page.last_letter(session, linked.customer)
        coupons = page.live_coupons(session, linked.customer, now, COUPONS_SHOWN + 1)
        return MyPage(
            name=customer.name if customer else "", card=card.number if card else "",
            bars=bars_svg(ean_13(card.number)).decode() if card else "",
            qr=qr_svg(card.number).decode() if card else "",
            has_points=bool(points) or bool(terms and (terms.per or terms.tiers)), points=points,
            worth=points * (terms.worth if terms else 0), ends_on=ending[0] if ending else None,
            ends=ending[1] if ending else 0, tier=self._tier(session, linked.customer, terms, now),
            coupons=tuple(
                _coupon(one, OfferTerms.model_validate(one.terms), company, now, self._invited(session, whose, one.id))
                for one in coupons[:COUPONS_SHOWN]
            ),
            coupons_cut=len(coupons) > COUPONS_SHOWN, called_off=page.called_off(session, whose),
            uses=tuple(
                MyUse(at=one.at, title=title, outlet=outlets.get(one.outlet, one.outlet), amount=one.amount - one.back,
                      back=one.state == Redeemed.RETURNED)
                for one, title in page.uses(session, linked.customer, USES_SHOWN)
            ),
            purchases=tuple(
                MyPurchase(at=one.at, outlet=outlets.get(one.outlet, one.outlet), amount=one.amount, points=points)
                for one, points in page.purchases(session, linked.customer, PURCHASES_SHOWN)
            ),
            preferences=preferences_path(mark_of(self.house.printed, letter)) if letter else "",
            currency=company.currency, until=linked.until, at=now,
        )  # fmt: skip

    def _invited(self, session: Session, customer: int, coupon: int) -> Invited | None:
        return self.answering.of_coupon(session, customer, coupon) if self.answering else None

    def _tier(self, session: Session, customer: int, terms: ProgramTerms | None, now: datetime) -> TierNow:
        if terms is None or not terms.tiers:
            return TierNow()
        spent = rows.spent(session, [customer], now - timedelta(days=terms.window)).get(customer, 0)
        stands = standing(terms.tiers, spent)
        return TierNow(
            title=stands.tier.title if stands.tier else "", next=stands.next.title if stands.next else "",
            missing=stands.missing,
        )  # fmt: skip

    def _today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.house.workspace.company.zone)).date()


def _coupon(
    one: page.Live, terms: OfferTerms, company: Company, now: datetime, invited: Invited | None
) -> MyCoupon:  # fmt: skip
    """By its days, as outlets judge it: an instant of another outlet's clock would be the wrong day here."""
    words = Words(outlets={outlet.key: outlet.name for outlet in company.outlets}, currency=company.currency)
    begins = any(local(now, zone).date() < terms.first_day for zone in company.zones)
    put_off_to = last_day(one.put_off_to, company.zones) if one.put_off_to else None
    return MyCoupon(
        code=one.code, qr=qr_svg(one.code).decode(), title=one.title, starts_on=terms.first_day if begins else None,
        ends_at=one.ends_at, put_off_to=put_off_to, gives=said_to_bearer(terms, words), left=one.left,
        invited=invited,
    )  # fmt: skip


def _move(one: PointsMove, sides: Sequence[tuple[str, int]], names: dict[str, str]) -> MoveLine:
    fields = one.model_dump(include={"what", "points", "short", "said", "at"})
    both = tuple(Side(account=account, points=points) for account, points in sides)
    return MoveLine(**fields, id=one.id or 0, by=names.get(one.by, one.by), sides=both)


def _printed(made: MyPage) -> MyPage:
    said = made.model_dump_json(exclude={"at", "print"})
    return made.model_copy(update={"print": sha256(said.encode()).hexdigest()[:16]})
