"""The fields of a coupon, looked up for all letters of a portion at once. Sessions are given; none is opened.

The code itself stands in no address: its picture and its page are found by a token of the letter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import now_by, portions
from models.delivery import State
from models.letter_coupons import LetterCoupon
from models.mailings import Mailing, MailingVersion
from models.offers import CodeKind
from models.piece import OfferRow as Product
from models.redemptions import OfferStage
from tasks.codes.folding import fold
from tasks.codes.reading import TEST_CODE
from tasks.codes.shapes import MOST_SIGNS, shape_of, shown_as
from tasks.house import House
from tasks.mailing.coupons.rows import C, Carried, carried, nobodys, works
from tasks.mailing.coupons.tokens import NOBODY, page_of, picture_of, read, token_of
from tasks.mailing.coupons.words import Said, said
from tasks.mailing.jobs import Due
from tasks.mailing.statements import M
from tasks.offers.windows import last_day
from tasks.offers.wording import Words
from tasks.returns.marks import mark_of

# A letter that has gone, or may have: what never went shows its coupon to nobody.
IN_HANDS = (State.INTENT, State.UNKNOWN, State.SENT, State.CONFIRMED)
A_LOT = 10**9  # letters: as long as a number in an address will be
ALWAYS = frozenset({"coupon.code", "coupon.qr", "coupon.link", "coupon.terms", "coupon.until"})


def coupons(house: House, session: Session, due: Sequence[Due]) -> dict[int, dict[str, Any]]:
    """The coupon of each of these letters, by its number; whoever has no code that works has none."""
    found: dict[int, dict[str, Any]] = {}
    for mailing in {one.mailing_id for one in due}:
        key, language = _of_mailing(session, mailing)
        offer = carried(session, key)
        if offer is None:
            continue
        mine = [one for one in due if one.mailing_id == mailing]
        codes = _codes(session, offer, {one.customer_id for one in mine})
        words = said(offer.terms, words_of(house, session, offer), language)
        for one in mine:
            if code := codes.get(one.customer_id):
                found[one.id] = _fields(house, words, code, one.id)
    return found


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is shown, and as it is kept; `ends_at` where it holds longer than its offer."""

    shown: str = field(repr=False)
    kept: str = field(repr=False)
    ends_at: datetime | None = None


def _fields(house: House, words: Said, code: Code, letter: int) -> dict[str, Any]:
    token = token_of(house.printed, letter)
    return {
        "code": code.shown, "gives": words.gives, "terms": words.terms, "until": _until(house, words, code),
        "qr": picture_of(house.public_url, token), "link": page_of(house.public_url, token),
    }  # fmt: skip


def _until(house: House, words: Said, code: Code) -> date:
    """The last day of a code, which may hold longer than its offer."""
    if code.ends_at is None:
        return words.until
    return max(words.until, last_day(code.ends_at, house.workspace.company.zones))


def trial(house: House, session: Session, key: str) -> dict[str, Any]:
    """The coupon of a test, of the mailing of this key: its words are the offer's, its code no till takes."""
    row = session.execute(select(Mailing).where(col(Mailing.key) == key)).scalar_one_or_none()
    offer = carried(session, row.offer) if row else None
    token = token_of(house.printed, NOBODY)
    made = {"code": TEST_CODE, "qr": picture_of(house.public_url, token), "link": page_of(house.public_url, token)}
    if row is None or offer is None:
        return made
    words = said(offer.terms, words_of(house, session, offer), _of_mailing(session, row.id or 0)[1])
    return made | {"gives": words.gives, "terms": words.terms, "until": words.until}


def _of_mailing(session: Session, mailing: int) -> tuple[str, str]:
    """The offer's key, and the language of the letters."""
    query = (
        select(col(Mailing.offer), col(MailingVersion.document))
        .join(MailingVersion, col(MailingVersion.mailing_id) == col(Mailing.id))
        .where(col(Mailing.id) == mailing)
        .order_by((col(MailingVersion.hash) == col(Mailing.approved_hash)).desc(), col(MailingVersion.n).desc())
    )
    found = session.execute(query.limit(1)).first()
    return (found[0], str(found[1].get("language", "ru"))) if found else ("", "ru")


def words_of(house: House, session: Session, offer: Carried) -> Words:
    """What outlets and goods are called."""
    company, goods = house.workspace.company, offer.terms.goods
    gift = getattr(offer.terms.gives, "product", "")
    ids = {*goods.products, *goods.but_products, *([gift] if gift else [])}
    products = session.execute(select(col(Product.id), col(Product.name)).where(col(Product.id).in_(ids))).tuples()
    outlets = {one.key: one.name for one in company.outlets}
    return Words(products=dict(products.all()), outlets=outlets, currency=company.currency)


def _codes(session: Session, offer: Carried, customers: Collection[int]) -> dict[int, Code]:
    """The code of each that works; the newest where there are several. One for everybody is everybody's."""
    if offer.kind is CodeKind.GENERIC:
        kept = session.execute(select(C.code).where(*nobodys(offer)).order_by(C.id).limit(1)).scalar()
        shown = offer.terms.codes.word.strip() or kept or ""
        return dict.fromkeys(customers, Code(shown, kept)) if kept else {}
    shape = shape_of(offer.terms.codes) if offer.kind is CodeKind.UNIQUE else None
    found: dict[int, Code] = {}
    for some in portions(sorted(customers)):
        query = select(C.customer_id, C.code, C.ends_at).where(
            C.offer_id == offer.id, C.customer_id.in_(some), *works()
        )
        for customer, code, ends_at in session.execute(query.order_by(C.id)).tuples():
            found[customer] = Code(shown_as(shape, code) if shape else code, code, ends_at)
    return found


def of_token(house: House, session: Session, token: str) -> tuple[LetterCoupon, str] | None:
    """The coupon that a token is of, and its code as it is kept; None for a token that is not ours."""
    letter = read(house.printed, token)
    if letter is None:
        return None
    if letter == NOBODY:
        return LetterCoupon(code=TEST_CODE, is_trial=True), fold(TEST_CODE)
    found = session.execute(select(M.customer_id, M.mailing_id, M.state).where(M.id == letter)).first()
    key, language = _of_mailing(session, found.mailing_id) if found else ("", "")
    offer = carried(session, key)
    if found is None or offer is None or found.state not in IN_HANDS:
        return None
    mark, code = mark_of(house.printed, letter), _codes(session, offer, {found.customer_id}).get(found.customer_id)
    if code is None or trouble_now(house, session, offer, code):
        return LetterCoupon(mark=mark), ""
    words = said(offer.terms, words_of(house, session, offer), language)
    until = _until(house, words, code)
    shown = LetterCoupon(code=code.shown, gives=words.gives, terms=words.terms, until=until, mark=mark)
    return shown, code.kept


def holder(house: House, session: Session, token: str) -> tuple[int, str] | None:
    """Whose letter a token is of, and the key of the offer it brings; None for none that went out."""
    letter = read(house.printed, token) or NOBODY
    found = session.execute(select(M.customer_id, M.mailing_id, M.state).where(M.id == letter)).first()
    if found is None or found.state not in IN_HANDS:
        return None
    return found.customer_id, _of_mailing(session, found.mailing_id)[0]


def trouble_now(house: House, session: Session, offer: Carried, code: Code) -> bool:
    """Whether no till would take this code of it, which may hold longer; what only begins later is shown already."""
    ends = max((at for at in (offer.ends_at, code.ends_at) if at is not None), default=None)
    return offer.stage is not OfferStage.OPEN or (
        offer.ends_at is not None and ends is not None and ends <= now_by(house.clock, session)
    )


def longest(house: House, session: Session, mailing: Mailing) -> dict[str, int]:
    """How many characters the fields of its coupons have at most."""
    offer = carried(session, mailing.offer)
    if offer is None:
        return {}
    words = said(offer.terms, words_of(house, session, offer), _of_mailing(session, mailing.id or 0)[1])
    rules, page = offer.terms.codes, page_of(house.public_url, token_of(house.printed, A_LOT))
    code = {CodeKind.UNIQUE: lambda: len(shape_of(rules).written), CodeKind.GENERIC: lambda: len(rules.word)}
    return {
        "coupon.code": code.get(offer.kind, lambda: MOST_SIGNS)(), "coupon.terms": len(words.terms),
        "coupon.gives": len(words.gives), "coupon.link": len(page), "coupon.qr": len(page) + 4,
    }  # fmt: skip
