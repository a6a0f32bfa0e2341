"""Offers that publications name, as they stand: looked up when a version is made, and again before it goes out.

Sessions are given; none is opened.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import now_by
from models.offers import CodeKind
from models.post import NamedCoupon, Post
from models.reason import NO_REASON, Reason
from models.redemptions import OfferRow, OfferStage
from tasks.adaptation.adapt import Content
from tasks.adaptation.couponing.naming import Filled, OfferLook, filled, keys_in, names_any, trouble
from tasks.house import House
from tasks.mailing.coupons.rows import C, Carried, carried, nobodys, works
from tasks.mailing.coupons.saying.rows import words_of
from tasks.mailing.coupons.words import said
from tasks.offers.windows import last_day


def with_coupons(house: House, content: Content, channel: str) -> Filled:
    """The content with the words of the offers that this channel's text names; the same where it names none."""
    if not names_any(content, channel):
        return Filled(content)
    language = house.workspace.company.locale
    with house.reads() as session:
        known = looks(house, session, keys_in(content, channel), language)
        now, among = now_by(house.clock, session), all_keys(session)
    return filled(content, channel, known, among, now, language)


def looks(house: House, session: Session, keys: Collection[str], language: str) -> dict[str, OfferLook]:
    """Those of these offers that there are, by key."""
    found = session.execute(select(OfferRow).where(col(OfferRow.key).in_(keys))).scalars()
    return {row.key: _look(house, session, row, language) for row in found}


def all_keys(session: Session) -> list[str]:
    """The offers that a text may name."""
    not_over = select(col(OfferRow.key)).where(col(OfferRow.stage) != OfferStage.ENDED)
    return list(session.execute(not_over.order_by(col(OfferRow.id).desc()).limit(200)).scalars())


def objections(house: House, session: Session, posts: Mapping[int, Post]) -> dict[int, Reason]:
    """Which of these posts must not go out now, because no till takes the coupon that they name."""
    named = {one for post in posts.values() for one in post.coupons}
    if not named:
        return {}
    keys, codes = {one.offer for one in named}, {one.code for one in named if one.code}
    offers = {row.key: row for row in session.execute(select(OfferRow).where(col(OfferRow.key).in_(keys))).scalars()}
    works_until = select(C.code, C.ends_at).where(C.code.in_(codes), *works())
    live = dict(session.execute(works_until).tuples().all())
    now = now_by(house.clock, session)
    against = {one: _against(one, offers.get(one.offer), live, now) for one in named}
    told = {id: next((against[one] for one in post.coupons if against[one]), NO_REASON) for id, post in posts.items()}
    return {id: reason for id, reason in told.items() if reason}


def _against(one: NamedCoupon, row: OfferRow | None, live: Mapping[str, datetime | None], now: datetime) -> Reason:
    kept, look = one.code if one.code in live else "", None
    if row is not None:
        ends_at = _later(row.ends_at, live.get(one.code))
        look = OfferLook(row.key, row.title, OfferStage(row.stage), bool(row.approved_hash), ends_at, kept=kept)
    return trouble(look, one.offer, (), now, bool(one.code))


def _look(house: House, session: Session, row: OfferRow, language: str) -> OfferLook:
    offer = carried(session, row.key)
    if offer is None:
        return OfferLook(row.key, row.title, OfferStage(row.stage))
    kept, put_off = _for_everybody(session, offer)
    words = said(offer.terms, words_of(house, session, offer), language)
    until = max(words.until, last_day(put_off, house.workspace.company.zones)) if put_off else words.until
    return OfferLook(
        row.key, row.title, offer.stage, is_approved=True, ends_at=_later(offer.ends_at, put_off), kind=offer.kind,
        kept=kept, code=(offer.terms.codes.word.strip() or kept) if kept else "", gives=words.gives, terms=words.terms,
        until=until,
    )  # fmt: skip


def _for_everybody(session: Session, offer: Carried) -> tuple[str, datetime | None]:
    """The code that works, and until when it was put off; "" where there is none."""
    if offer.kind is not CodeKind.GENERIC:
        return "", None
    query = select(C.code, C.ends_at).where(*nobodys(offer), *works()).order_by(C.id).limit(1)
    found = session.execute(query).tuples().first()
    return found or ("", None)


def _later(of_offer: datetime | None, of_code: datetime | None) -> datetime | None:
    """A code may hold longer than its offer."""
    return max(of_offer, of_code) if of_offer and of_code else of_offer
