"""The rows of coupons in trade: offers in force, instructions of outlets. Sessions are given; none is opened here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.offers import OfferTerms
from models.reaction import Notice
from models.redemptions import Coupon, CouponState, OfferRow, OfferStage, OfferVersion, Redeemed, Redemption
from models.registry import Fact
from models.trade import ExchangeFile, Instruction
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK

I = Instruction.__table__.c  # type: ignore[attr-defined]  # noqa: E741
R = Redemption.__table__.c  # type: ignore[attr-defined]
TELLING = "trade:standing:"
HEARD = timedelta(days=60)
COUNTED = (Redeemed.REDEEMED, Redeemed.RETURNED)


def in_force(session: Session, now: datetime, key: str = "") -> list[tuple[OfferRow, OfferTerms]]:
    """Offers that are open or will be, with what is approved of them; the first to start comes first."""
    return _open(session, _goes_on(now), *([col(OfferRow.key) == key] if key else []))


def in_use(session: Session, now: datetime) -> list[tuple[OfferRow, OfferTerms]]:
    """The same, and those that are over but for codes that were put off beyond their end."""
    mine = (col(Coupon.offer_id) == col(OfferRow.id), col(Coupon.state) == CouponState.LIVE)
    longer = exists().where(*mine, col(Coupon.ends_at) >= now)
    return _open(session, or_(_goes_on(now), longer))


def not_over(session: Session, now: datetime) -> list[tuple[OfferRow, OfferTerms]]:
    """Those in force, and those that are stopped before their end."""
    return _open(session, _goes_on(now), stages=(OfferStage.OPEN, OfferStage.STOPPED))


def _goes_on(now: datetime) -> ColumnElement[bool]:
    return or_(col(OfferRow.ends_at).is_(None), col(OfferRow.ends_at) >= now)


def _open(
    session: Session, *where: ColumnElement[bool], stages: Sequence[str] = (OfferStage.OPEN,)
) -> list[tuple[OfferRow, OfferTerms]]:
    query = (
        select(OfferRow, col(OfferVersion.terms))
        .join(OfferVersion, and_(col(OfferVersion.offer_id) == col(OfferRow.id),
                                 col(OfferVersion.hash) == col(OfferRow.approved_hash)))
        .where(col(OfferRow.stage).in_(stages), *where)
        .order_by(col(OfferRow.starts_at), col(OfferRow.id))
    )  # fmt: skip
    found = {row.id: (row, OfferTerms.model_validate(terms)) for row, terms in session.execute(query).tuples()}
    return list(found.values())


def version(session: Session, offer: int, hash: str) -> OfferTerms | None:
    query = select(col(OfferVersion.terms)).where(col(OfferVersion.offer_id) == offer, col(OfferVersion.hash) == hash)
    terms = session.execute(query.limit(1)).scalar()
    return OfferTerms.model_validate(terms) if terms is not None else None


def make(session: Session, clock: Clock, offer: int, version_hash: str, outlets: Iterable[str]) -> None:
    """Put an instruction down for each of these outlets, once for a version."""
    now = now_by(clock, session)
    made = [{"offer_id": offer, "version_hash": version_hash, "outlet": outlet, "made_at": now, "sent_to": "",
             "confirmed_by": "", "by_link": False} for outlet in outlets]  # fmt: skip
    if made:
        unique = ["offer_id", "version_hash", "outlet"]
        session.execute(insert_quietly(session, Instruction, unique), made)


def of_version(session: Session, offer: int, version_hash: str) -> dict[str, Instruction]:
    """By outlet."""
    query = select(Instruction).where(I.offer_id == offer, I.version_hash == version_hash)
    return {row.outlet: row for row in session.execute(query).scalars()}


def had_former(session: Session, offer: int, version_hash: str) -> dict[str, datetime]:
    """When each outlet was sent another version last, by outlet."""
    mine = (I.offer_id == offer, I.version_hash != version_hash, I.sent_at.is_not(None))
    query = select(I.outlet, func.max(I.sent_at)).where(*mine).group_by(I.outlet)
    return dict(session.execute(query).tuples().all())


def begin_anew(session: Session, row: Instruction, now: datetime) -> None:
    """The version is in force again after another: what was confirmed before holds no longer."""
    nothing = dict.fromkeys(("sent_at", "reminded_at", "told_head_at", "confirmed_at"))
    change = update(Instruction).where(I.id == row.id, I.sent_at == row.sent_at)
    values = nothing | {"made_at": now, "sent_to": "", "confirmed_by": "", "by_link": False}
    session.execute(change.values(**values), execution_options=QUICK)
    session.refresh(row)


def last_sent(session: Session, offer: int) -> dict[str, int]:
    """The last instruction of any version that each outlet was sent, by outlet."""
    query = select(I.outlet, func.max(I.id)).where(I.offer_id == offer, I.sent_at.is_not(None)).group_by(I.outlet)
    return dict(session.execute(query).tuples().all())


def key_of_telling(offer: int, outlet: str, n: int, standing: str) -> str:
    """The key of the letter about how an offer stands: the n-th to this outlet."""
    return f"{TELLING}{offer}:{outlet}:{n}:{standing}"


def told_of(session: Session) -> dict[tuple[int, str], str]:
    """What outlets were told last of how offers stand: the number of the letter and the standing."""
    query = select(col(Notice.key)).where(col(Notice.key).startswith(TELLING)).order_by(col(Notice.id))
    found: dict[tuple[int, str], str] = {}
    for key in session.execute(query).scalars():
        offer, outlet, last = key.removeprefix(TELLING).split(":", 2)
        found[int(offer), outlet] = last
    return found


def instruction(session: Session, id: int) -> tuple[Instruction, OfferRow] | None:
    query = select(Instruction, OfferRow).join(OfferRow, col(OfferRow.id) == I.offer_id).where(I.id == id)
    return session.execute(query).tuples().first()


def current(session: Session, one: Instruction, offer: OfferRow) -> Instruction:
    """The instruction of the version that is in force now, where this one is of a former."""
    if one.version_hash == offer.approved_hash:
        return one
    return of_version(session, one.offer_id, offer.approved_hash).get(one.outlet, one)


def once(session: Session, id: int, field: str, **said: Any) -> bool:
    """Set a moment that is set once; False where somebody has."""
    change = update(Instruction).where(I.id == id, I[field].is_(None)).values(**said)
    return bool(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def let_be(session: Session, ids: Sequence[int]) -> None:
    """Nobody decides about these any more: their outlets are closed, or the offer is over there."""
    if ids:
        session.execute(update(Instruction).where(I.id.in_(ids)).values(told_head_at=None), execution_options=QUICK)


def waiting(now: ColumnElement[Any]) -> Select[Any]:
    """Instructions in force that the head has been told of, and that nobody has confirmed."""
    return (
        select(Instruction, OfferRow).join(OfferRow, col(OfferRow.id) == I.offer_id)
        .where(I.confirmed_at.is_(None), I.told_head_at.is_not(None), I.version_hash == col(OfferRow.approved_hash),
               col(OfferRow.stage) == OfferStage.OPEN,
               or_(col(OfferRow.ends_at).is_(None), col(OfferRow.ends_at) >= now))
    )  # fmt: skip


# What the registry is told.


def heard_of(session: Session, now: datetime) -> list[OfferRow]:
    """Offers of which something may still be new: also those that are stopped, or ended not long ago.

    Tills hand their files in after the last day, and goods are brought back after it.
    """
    stages = (OfferStage.OPEN, OfferStage.STOPPED, OfferStage.ENDED)
    still = or_(col(OfferRow.ends_at).is_(None), col(OfferRow.ends_at) >= now - HEARD)
    query = select(OfferRow).where(col(OfferRow.stage).in_(stages), still).order_by(col(OfferRow.id))
    return list(session.execute(query).scalars())


def redeemed(session: Session, offers: Sequence[int]) -> list[Any]:
    """How often and for how much each offer was redeemed in each outlet, and how much of it came back."""
    query = (
        select(R.offer_id, R.outlet, func.count().label("number"), func.sum(R.amount).label("amount"),
               func.sum(R.back).label("back"), func.max(R.at).label("last"))
        .where(R.offer_id.in_(offers), R.state.in_(COUNTED)).group_by(R.offer_id, R.outlet)
    )  # fmt: skip
    return list(session.execute(query).all())


def known_facts(session: Session, keys: Sequence[str]) -> set[str]:
    return set(session.execute(select(col(Fact.key)).where(col(Fact.key).in_(keys))).scalars())


def files(session: Session, most: int) -> list[ExchangeFile]:
    """What came of files, the last first."""
    query = select(ExchangeFile).order_by(col(ExchangeFile.read_at).desc(), col(ExchangeFile.id).desc()).limit(most)
    return list(session.execute(query).scalars())
