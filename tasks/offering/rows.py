"""Offers and their versions, what they have come to, what a company knows. Sessions are given; none is opened here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.approval import OF_OFFERS, Approval, Decision
from models.company import Workspace
from models.content import fingerprint, nearest
from models.customer_groups import CustomerGroup
from models.database import Clock, now_by
from models.locale import mark
from models.offers import OfferTerms
from models.piece import OfferRow as FeedRow
from models.reason import because
from models.redemptions import (
    Arm,
    Coupon,
    CouponBatch,
    CouponEvent,
    CouponState,
    Happened,
    Limit,
    OfferArm,
    OfferCounter,
    OfferRow,
    OfferStage,
    OfferVersion,
    Redeemed,
    Redemption,
)
from models.registry import Fact
from tasks.approval.single.rows import subject_of
from tasks.delivery.statements import QUICK
from tasks.offering.facts import OF_BATCHES
from tasks.offering.knowledge import Knowledge
from tasks.offering.telling import told
from tasks.offers.changes import changes

NO_OFFER = mark("There is no offer “{value}”. Nearest: {nearest}. Its key stands on its page on the desk.")
NO_OFFERS = mark("There is no offer “{value}”: none has been written yet.")
C = Coupon.__table__.c  # type: ignore[attr-defined]
# One look along the index for each group, however many lines of receipts there are.
GROUPS_BOUGHT = text(
    "WITH RECURSIVE known(name) AS (SELECT min(product_group) FROM purchase_line WHERE product_group > '' UNION ALL "
    "SELECT (SELECT min(product_group) FROM purchase_line WHERE product_group > known.name) FROM known "
    "WHERE known.name IS NOT NULL) SELECT name FROM known WHERE name IS NOT NULL"
)


def offer(session: Session, said: str, locking: bool = False) -> OfferRow:
    """By its key, or by its title where only one is called so. Raises Refused."""
    name = said.strip()
    query = select(OfferRow).where((col(OfferRow.key) == name.lower()) | (col(OfferRow.title) == name))
    query = query.with_for_update() if locking else query
    found = session.execute(query, execution_options={"populate_existing": locking}).scalars().all()
    by_key = [one for one in found if one.key == name.lower()] or found
    if len(by_key) == 1:
        return by_key[0]
    keys = session.execute(select(col(OfferRow.key))).scalars().all()
    if not keys:
        raise Refused(because(NO_OFFERS, code="no_offer", value=name))
    near = ", ".join(nearest(name, keys, 3, 0.0))
    raise Refused(because(NO_OFFER, code="no_offer", value=name, nearest=near))


def by_key(session: Session, key: str, locking: bool = False) -> OfferRow | None:
    query = select(OfferRow).where(col(OfferRow.key) == key)
    query = query.with_for_update() if locking else query
    return session.execute(query, execution_options={"populate_existing": locking}).scalar_one_or_none()


def by_id(session: Session, id: int) -> OfferRow | None:
    return session.get(OfferRow, id)


def keys(session: Session) -> set[str]:
    return set(session.execute(select(col(OfferRow.key))).scalars())


def versions(session: Session, offer: int) -> Sequence[OfferVersion]:
    """The newest first."""
    query = select(OfferVersion).where(col(OfferVersion.offer_id) == offer).order_by(col(OfferVersion.n).desc())
    return session.execute(query).scalars().all()


def last(session: Session, offer: int) -> OfferVersion:
    return versions(session, offer)[0]


def version(session: Session, offer: int, hash: str) -> OfferVersion | None:
    mine = (col(OfferVersion.offer_id) == offer, col(OfferVersion.hash) == hash)
    return session.execute(select(OfferVersion).where(*mine).limit(1)).scalar_one_or_none()


def in_force(session: Session, row: OfferRow) -> OfferVersion | None:
    return version(session, row.id or 0, row.approved_hash) if row.approved_hash else None


def writers(session: Session, row: OfferRow, version: OfferVersion) -> list[str]:
    """Whoever wrote of it what nobody has approved: of this version, and of those since the one in force."""
    former = in_force(session, row)
    since = former.n if former is not None and former.n < version.n else 0
    return [one.made_by for one in versions(session, row.id or 0) if since < one.n <= version.n]


def keep(session: Session, clock: Clock, row: OfferRow, terms: OfferTerms, by: str) -> OfferVersion:
    """The next version of an offer. Its print is of its number too: what was returned may be asked about again."""
    said = terms.model_dump(mode="json")
    n = 1 + (session.execute(
        select(func.max(col(OfferVersion.n))).where(col(OfferVersion.offer_id) == row.id)
    ).scalar() or 0)  # fmt: skip
    made = OfferVersion(offer_id=row.id or 0, n=n, hash=fingerprint([n, said]), terms=said, made_by=by,
                        made_at=now_by(clock, session))  # fmt: skip
    session.add(made)
    session.flush()
    return made


def terms_of(version: OfferVersion) -> OfferTerms:
    return OfferTerms.model_validate(version.terms)


def issued(session: Session, offer: int) -> int:
    """How many codes of an offer are out."""
    made = select(func.coalesce(func.sum(col(CouponBatch.made)), 0)).where(col(CouponBatch.offer_id) == offer)
    return int(session.execute(made).scalar_one())


def refuse_harm(session: Session, row: OfferRow, former: OfferTerms, later: OfferTerms) -> None:
    """Refuse, where codes are out, whatever would harm a holder. Raises Refused."""
    wrong = changes(former, later, issued(session, row.id or 0) > 0)
    if wrong:
        raise Refused(told([(".".join(one.loc), one.reason) for one in wrong]))


def let_be_used(session: Session, offer: int, former: int, later: int) -> None:
    """Let each code that is out be used as often as is approved now; 0 is any number."""
    if former == later:
        return
    most = case((C.most == 0, 0), else_=C.most + later - former) if later and former else 0
    change = update(Coupon).where(C.offer_id == offer, C.state != CouponState.REPLACED).values(most=most)
    session.execute(change, execution_options=QUICK)


def ended(session: Session, now: datetime) -> Sequence[OfferRow]:
    """Offers whose last instant is over, but for codes that hold longer and what is being paid; locked."""
    longer = exists().where(C.offer_id == col(OfferRow.id), C.ends_at > now, C.state == CouponState.LIVE)
    held = (col(Redemption.state) == Redeemed.HELD, col(Redemption.until) > now)
    paying = exists().where(col(Redemption.offer_id) == col(OfferRow.id), *held)
    over = (col(OfferRow.stage).in_((OfferStage.OPEN, OfferStage.STOPPED)), col(OfferRow.ends_at) < now)
    query = select(OfferRow).where(*over, ~longer, ~paying).order_by(col(OfferRow.id)).with_for_update()
    return session.execute(query).scalars().all()


def was_stopped(session: Session, offer: int) -> bool:
    """Whether the last that was ordered about the whole offer is that it stand still."""
    mine = (col(CouponEvent.offer_id) == offer, col(CouponEvent.coupon_id).is_(None),
            col(CouponEvent.what).in_((Happened.STOPPED, Happened.OPENED)))  # fmt: skip
    last_order = select(col(CouponEvent.what)).where(*mine).order_by(col(CouponEvent.id).desc()).limit(1)
    return session.execute(last_order).scalar() == Happened.STOPPED


def begun(session: Session, since: datetime, now: datetime) -> Sequence[OfferRow]:
    """Offers that were to begin since then, and are more than drafts."""
    due = (col(OfferRow.stage) != OfferStage.DRAFT, col(OfferRow.starts_at) <= now, col(OfferRow.starts_at) > since)
    return session.execute(select(OfferRow).where(*due).order_by(col(OfferRow.id))).scalars().all()


def ready_at(session: Session, row: OfferRow) -> datetime | None:
    """When an offer was first approved and had codes out; None where it is not so far."""
    about = (col(Approval.subject) == subject_of(OF_OFFERS, row.id or 0), col(Approval.decision) == Decision.APPROVED)
    approved = session.execute(select(func.min(col(Approval.decided_at))).where(*about)).scalar()
    out = (col(CouponBatch.offer_id) == row.id, col(CouponBatch.made) > 0)
    issued = session.execute(select(func.min(col(CouponBatch.made_at))).where(*out)).scalar()
    return max(approved, issued) if approved and issued else None


def batches(session: Session, offer: int) -> Sequence[CouponBatch]:
    """The newest first."""
    query = select(CouponBatch).where(col(CouponBatch.offer_id) == offer).order_by(col(CouponBatch.id).desc())
    return session.execute(query).scalars().all()


def locked(session: Session, batch: int) -> CouponBatch:
    """A batch that nobody adds to meanwhile."""
    return session.get_one(CouponBatch, batch, populate_existing=True, with_for_update=True)


def _told_of(batch: Any) -> ColumnElement[int]:
    origin = literal(OF_BATCHES) + cast(batch, String)
    mine = (col(Fact.origin) == origin, col(Fact.origin) != "", col(Fact.metric) == "codes_made")
    return func.coalesce(select(func.sum(col(Fact.value))).where(*mine).scalar_subquery(), 0)


def told_so_far(session: Session, batch: int) -> int:
    """How many codes of a batch the registry was told of."""
    return int(session.execute(select(_told_of(batch))).scalar_one())


def untold(session: Session) -> Sequence[CouponBatch]:
    """Batches that have more codes than the registry was told of."""
    more = col(CouponBatch.made) > _told_of(col(CouponBatch.id))
    return session.execute(select(CouponBatch).where(more).order_by(col(CouponBatch.id))).scalars().all()


def unfinished(session: Session, before: datetime) -> Sequence[CouponBatch]:
    """Batches that somebody has left in the middle."""
    left = (col(CouponBatch.made) < col(CouponBatch.wanted), col(CouponBatch.kind) == "unique",
            col(CouponBatch.made_at) < before)  # fmt: skip
    return session.execute(select(CouponBatch).where(*left).order_by(col(CouponBatch.id)).limit(20)).scalars().all()


def kept_apart(session: Session, batch: int) -> int:
    """How many customers were kept without a code of this batch, to compare with."""
    mine = (col(OfferArm.batch_id) == batch, col(OfferArm.arm) == Arm.CONTROL)
    return session.execute(select(func.count()).select_from(OfferArm).where(*mine)).scalar_one()


@dataclass(frozen=True)
class Figures:
    """What an offer has come to: codes out, uses, uses that are held just now, money given off in minor units."""

    issued: int = 0
    used: int = 0
    held: int = 0
    amount: int = 0


def figures(session: Session, offers: Collection[int]) -> dict[int, Figures]:
    """Of many at once."""
    of = col(CouponBatch.offer_id)
    made = select(of, func.sum(col(CouponBatch.made))).where(of.in_(offers)).group_by(of)
    out: dict[int, Any] = {offer: int(number) for offer, number in session.execute(made).tuples()}
    counted = select(OfferCounter).where(
        col(OfferCounter.offer_id).in_(offers), col(OfferCounter.scope) == "",
        col(OfferCounter.kind).in_((Limit.TOTAL, Limit.BUDGET)),
    )  # fmt: skip
    found: dict[tuple[int, str], OfferCounter] = {
        (one.offer_id, one.kind): one for one in session.execute(counted).scalars()
    }
    nothing = OfferCounter(offer_id=0, kind="", scope="")
    return {
        id: Figures(
            out.get(id, 0), (total := found.get((id, Limit.TOTAL), nothing)).used, total.held,
            found.get((id, Limit.BUDGET), nothing).used,
        )
        for id in offers
    }  # fmt: skip


def counters(session: Session, offer: int, kinds: Collection[str], most: int = 60) -> Sequence[OfferCounter]:
    """The counters of these limits, the fullest first; those of single customers are not for a page."""
    mine = (col(OfferCounter.offer_id) == offer, col(OfferCounter.kind).in_(kinds))
    query = select(OfferCounter).where(*mine).order_by(col(OfferCounter.used).desc(), col(OfferCounter.scope))
    return session.execute(query.limit(most)).scalars().all()


def newest(session: Session, most: int) -> Sequence[OfferRow]:
    return session.execute(select(OfferRow).order_by(col(OfferRow.id).desc()).limit(most)).scalars().all()


def latest_terms(session: Session, offers: Sequence[OfferRow]) -> dict[int, OfferTerms]:
    """What each offer says now: what is approved, else what was written last."""
    ids = [one.id or 0 for one in offers]
    of, n = col(OfferVersion.offer_id), col(OfferVersion.n)
    newest_n = select(of, func.max(n).label("n")).where(of.in_(ids)).group_by(of).subquery()
    query = select(OfferVersion).join(newest_n, (of == newest_n.c.offer_id) & (n == newest_n.c.n))
    found = {one.offer_id: one for one in session.execute(query).scalars()}
    hashes = [one.approved_hash for one in offers if one.approved_hash]
    approved = select(OfferVersion).where(of.in_(ids), col(OfferVersion.hash).in_(hashes))
    wanted = {(one.id, one.approved_hash) for one in offers}
    found |= {one.offer_id: one for one in session.execute(approved).scalars() if (one.offer_id, one.hash) in wanted}
    return {id: terms_of(one) for id, one in found.items()}


def redeemed_of(session: Session, coupons: Collection[int]) -> dict[int, Redemption]:
    """The redemptions of these coupons, by their numbers."""
    query = select(Redemption).where(col(Redemption.coupon_id).in_(coupons), col(Redemption.state) != Redeemed.RELEASED)
    return {one.id or 0: one for one in session.execute(query.order_by(col(Redemption.id))).scalars()}


# What the company knows.


def products(session: Session) -> Mapping[str, str]:
    """What the products of the feed are called, by their codes."""
    return dict(session.execute(select(col(FeedRow.id), col(FeedRow.name))).tuples().all())


def product_groups(session: Session) -> set[str]:
    """All groups of products: each step of the feed's categories, and what receipts call them."""
    paths = session.execute(select(col(FeedRow.category)).distinct()).scalars()
    bought = set(session.execute(GROUPS_BOUGHT).scalars())
    return {part for path in paths for part in path.split(" / ") if part} | bought


def customer_groups(session: Session) -> Mapping[str, str]:
    query = select(col(CustomerGroup.key), col(CustomerGroup.title)).where(col(CustomerGroup.archived_at).is_(None))
    return dict(session.execute(query).tuples().all())


def knowledge(session: Session, workspace: Workspace) -> Knowledge:
    groups = frozenset(product_groups(session))
    return Knowledge(workspace, products(session), groups, customer_groups(session))
