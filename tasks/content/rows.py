"""The rows of pieces: known from the plan, versioned, ready to be placed; candidates, offers and occasions found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, delete, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import Change, ChangeKind, KnownRow, Offer, PlanRow
from models.database import Clock, now_by
from models.delivery import OPEN, OUT, State
from models.manuscript import Manuscript
from models.piece import Candidate, FeedState, OfferRow, Piece, PieceVersion, Rendition
from models.reaction import Mark, TrackedLink
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK, D

PLAN = "plan"


def pieces_of(session: Session, source: str | None = None, archived: bool = False) -> list[Piece]:
    query = select(Piece).where(col(Piece.archived) == archived).order_by(col(Piece.id))
    if source is not None:
        query = query.where(col(Piece.source) == source)
    return list(session.execute(query).scalars())


def by_number(session: Session, number: str) -> Piece | None:
    return session.execute(select(Piece).where(col(Piece.number) == number)).scalar_one_or_none()


def known_rows(session: Session) -> list[KnownRow]:
    """The plan as it was loaded, with what of it is out and what is still to go."""
    progress: dict[int, tuple[set[str], bool]] = {}
    query = select(D.subject_id, D.account, D.state).where(D.kind == "placement").distinct()
    for row in session.execute(query):
        out, is_open = progress.get(int(row.subject_id), (set(), False))
        gone = row.state in OUT | {State.INTENT, State.UNKNOWN}
        progress[int(row.subject_id)] = (out | {row.account} if gone else out, is_open or row.state in OPEN)
    return [_known(piece, *progress.get(piece.id or 0, (set(), True))) for piece in pieces_of(session, PLAN)]


def _known(piece: Piece, out: set[str], is_open: bool) -> KnownRow:
    return KnownRow(row=PlanRow.model_validate(piece.plan), out=tuple(sorted(out)), open=is_open)


def apply_changes(
    session: Session,
    clock: Clock,
    changes: Sequence[Change],
    manuscripts: Mapping[str, Manuscript],
    by: str,
) -> int:
    """Do these changes and count them; rows that are out stay untouched."""
    done = 0
    for change in changes:
        if change.kind is ChangeKind.NEW and change.row is not None:
            add_piece(session, clock, PLAN, change.number, manuscripts[change.number], by, change.row)
        elif change.kind in (ChangeKind.MOVED, ChangeKind.CHANGED) and change.row is not None:
            _change(session, clock, change.row, manuscripts.get(change.number), by)
        elif change.kind is ChangeKind.GONE:
            archive(session, clock, change.number)
        else:
            continue
        done += 1
    return done


def add_piece(
    session: Session, clock: Clock, source: str, ref: str, manuscript: Manuscript, by: str, row: PlanRow | None = None
) -> Piece:
    """A new piece with its first version, known by its source and its name there; again, it is the same row."""
    now = now_by(clock, session)
    query = select(Piece).where(col(Piece.source) == source, col(Piece.source_ref) == ref)
    piece = session.execute(query).scalar_one_or_none()
    if piece is None:
        piece = Piece(source=source, source_ref=ref, created_at=now, changed_at=now)
        session.add(piece)
    piece.archived = False
    if row is not None:
        _take_over(piece, row)
    session.flush()
    save_version(session, clock, piece, manuscript, by, "new")
    return piece


def _take_over(piece: Piece, row: PlanRow) -> None:
    """Make the piece say what the row says; a group that the row named and names no more is matched again."""
    named = piece.plan.get("group", "")
    piece.number, piece.plan, piece.row_hash = row.number, row.model_dump(mode="json"), row.row_hash()
    piece.campaign, piece.goal, piece.author = row.campaign, row.goal, row.author
    if row.group:
        piece.customer_group, piece.group_overruled = row.group, True
    elif named and piece.customer_group == named:
        piece.customer_group, piece.group_overruled = "", False


def _change(session: Session, clock: Clock, row: PlanRow, manuscript: Manuscript | None, by: str) -> None:
    piece = by_number(session, row.number)
    if piece is None:
        return
    _take_over(piece, row)
    piece.changed_at = now_by(clock, session)
    if manuscript is not None:
        save_version(session, clock, piece, manuscript, by, "plan")


def archive(session: Session, clock: Clock, number: str) -> None:
    piece = by_number(session, number)
    if piece is not None:
        piece.archived, piece.changed_at = True, now_by(clock, session)


def save_version(
    session: Session,
    clock: Clock,
    piece: Piece,
    manuscript: Manuscript,
    by: str,
    why: str,
    corrections: Sequence[Mapping[str, Any]] = (),
) -> PieceVersion | None:
    """Keep the manuscript as the next version; None where it says what the present one says."""
    present = session.get(PieceVersion, piece.version_id) if piece.version_id else None
    print_ = manuscript.content_hash()
    if present is not None and print_ in (present.content_hash, "" if by == STYLING else present.source_hash):
        return None
    ordinal = (present.ordinal if present else 0) + 1
    version = PieceVersion(
        piece_id=piece.id or 0, ordinal=ordinal, content=manuscript.model_dump(mode="json"), content_hash=print_,
        source_hash=present.content_hash if present and by == STYLING else print_, made_by=by, why=why,
        corrections=[dict(c) for c in corrections], styled=by == STYLING, made_at=now_by(clock, session),
    )  # fmt: skip
    session.add(version)
    session.flush()
    piece.version_id, piece.title, piece.changed_at = version.id, manuscript.title, version.made_at
    return version


STYLING = "A6"


def save_styled(
    session: Session, clock: Clock, work: "Work", manuscript: Manuscript, corrections: Sequence[Any]
) -> None:
    """Keep the styled manuscript as a version of its own, with its corrections; unchanged, it only counts as styled."""
    piece = session.get(Piece, work.piece_id)
    if piece is None or piece.version_id != work.version_id:
        return  # changed meanwhile: the next run styles the newer one
    listed = [c.model_dump() for c in corrections]
    if save_version(session, clock, piece, manuscript, STYLING, "styling", listed) is None:
        session.execute(update(PieceVersion).where(col(PieceVersion.id) == work.version_id).values(styled=True))


def set_groups(session: Session, groups: Mapping[int, str]) -> None:
    """Write down the customer groups that were matched; a specialist's choice is not touched."""
    for piece_id, group in groups.items():
        mine = and_(col(Piece.id) == piece_id, ~col(Piece.group_overruled))
        session.execute(update(Piece).where(mine).values(customer_group=group), execution_options=QUICK)


@dataclass(frozen=True)
class Work:
    """A piece with the version that is to be worked on."""

    piece_id: int
    version_id: int
    manuscript: Manuscript
    number: str = ""
    title: str = ""
    author: str = ""
    campaign: str = ""
    group: str = ""
    plan: dict[str, Any] = field(default_factory=dict)


def _work(piece: Piece, version: PieceVersion) -> Work:
    return Work(
        piece.id or 0, version.id or 0, Manuscript.model_validate(version.content), piece.number or "", piece.title,
        piece.author, piece.campaign, piece.customer_group, piece.plan,
    )  # fmt: skip


def current(session: Session, *where: Any) -> list[Work]:
    """Pieces with their present versions."""
    query = (
        select(Piece, PieceVersion).join(PieceVersion, col(PieceVersion.id) == col(Piece.version_id))
        .where(~col(Piece.archived), *where).order_by(col(Piece.id))
    )  # fmt: skip
    return [_work(piece, version) for piece, version in session.execute(query)]


def unstyled(session: Session) -> list[Work]:
    return current(session, ~col(PieceVersion.styled))


def ungrouped(session: Session) -> list[Work]:
    return current(session, ~col(Piece.group_overruled))


def grouped_by_hand(session: Session) -> list[Work]:
    return current(session, col(Piece.group_overruled))


def unadapted(session: Session, account: str) -> list[Work]:
    """Pieces whose present version has no rendition for this account that fits: the mend may be in the settings."""
    fits = (col(Rendition.account) == account, col(Rendition.content_hash) != "")
    return current(session, ~exists().where(col(Rendition.version_id) == col(PieceVersion.id), *fits))


def save_rendition(
    session: Session,
    clock: Clock,
    work: Work,
    account: str,
    post: Mapping[str, Any],
    content_hash: str,
    notes: Sequence[Mapping[str, Any]],
    by_hand: bool = False,
) -> None:
    """Keep a version for a channel; the same content again is the same rendition, now of this version too."""
    row = {"piece_id": work.piece_id, "version_id": work.version_id, "account": account, "post": dict(post),
           "content_hash": content_hash, "notes": [dict(n) for n in notes], "by_hand": by_hand,
           "made_at": now_by(clock, session)}  # fmt: skip
    session.execute(insert_quietly(session, Rendition, ["piece_id", "account", "content_hash"]), [row])
    same = and_(col(Rendition.piece_id) == work.piece_id, col(Rendition.account) == account,
                col(Rendition.content_hash) == content_hash)  # fmt: skip
    session.execute(
        update(Rendition).where(same).values(version_id=work.version_id, notes=row["notes"]), execution_options=QUICK
    )


def save_links(session: Session, clock: Clock, piece_id: int, account: str, links: Mapping[str, str]) -> None:
    """Keep our short links; one that stands already leads where it led."""
    now = now_by(clock, session)
    found = [{"code": code, "url": url, "piece_id": piece_id, "account": account, "made_at": now}
             for code, url in links.items()]  # fmt: skip
    if found:
        session.execute(insert_quietly(session, TrackedLink, ["code"]), found)


@dataclass(frozen=True)
class Ready:
    """A rendition of a present version, with what its placement needs to know of the piece."""

    piece_id: int
    account: str
    rendition_id: int
    content_hash: str
    plan: dict[str, Any]
    campaign: str
    approval: str


def ready_renditions(session: Session, accounts: Sequence[str]) -> list[Ready]:
    """What can be placed: present versions of planned pieces, adapted without a problem; a hand's version wins."""
    query = (
        select(Piece, PieceVersion, Rendition)
        .join(PieceVersion, col(PieceVersion.id) == col(Piece.version_id))
        .join(Rendition, and_(col(Rendition.piece_id) == col(Piece.id),
                              or_(col(Rendition.version_id) == col(Piece.version_id), col(Rendition.by_hand))))
        .where(~col(Piece.archived), col(Rendition.account).in_(accounts), col(Rendition.content_hash) != "")
        .order_by(col(Piece.id), case((col(Rendition.by_hand), 1), else_=0), col(Rendition.id))
    )  # fmt: skip
    found = {
        (piece.id, r.account): Ready(piece.id or 0, r.account, r.id or 0, r.content_hash, piece.plan, piece.campaign,
                                     str(version.content.get("approval", "")))
        for piece, version, r in session.execute(query) if piece.plan and r.post
    }  # fmt: skip
    return list(found.values())


def replace_offers(session: Session, clock: Clock, offers: Iterable[Offer]) -> None:
    """Make the offers say what the feed says now; those that left it leave."""
    now = now_by(clock, session)
    session.execute(delete(OfferRow))
    rows = [
        {"id": o.id, "name": o.name, "price": o.price, "currency": o.currency, "old_price": o.old_price,
         "category": " / ".join(o.category), "category_ids": list(o.category_ids), "url": o.url,
         "picture": o.pictures[0] if o.pictures else "", "available": o.available, "description": o.description,
         "read_at": now} for o in offers
    ]  # fmt: skip
    if rows:
        session.execute(insert_quietly(session, OfferRow, ["id"]), rows)


def offers(session: Session) -> list[OfferRow]:
    return list(session.execute(select(OfferRow).order_by(col(OfferRow.id))).scalars())


def feed_state(session: Session, key: str) -> FeedState | None:
    return session.get(FeedState, key)


def keep_feed_state(session: Session, state: FeedState, at: datetime) -> None:
    """Keep what a source said last; `at` is when it was asked."""
    session.merge(FeedState(**state.model_dump(exclude={"fetched_at"}), fetched_at=at))


def add_candidates(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert_quietly(session, Candidate, ["source", "source_ref"]), [dict(row) for row in rows])


def candidates(session: Session, since: datetime | None = None) -> list[Candidate]:
    query = select(Candidate).order_by(col(Candidate.score).desc(), col(Candidate.id))
    return list(session.execute(query if since is None else query.where(col(Candidate.found_at) >= since)).scalars())


def wait_for_the_plan(session: Session) -> None:
    """Let nobody else load a plan before this transaction ends (on SQLite no other writes at all)."""
    session.execute(select(Mark).where(col(Mark.name) == "first_start").with_for_update())


def planned_files(session: Session) -> set[str]:
    """The files of the pieces that the plan names."""
    return {str(piece.plan.get("piece", "")) for piece in pieces_of(session, PLAN)}


def drafts(session: Session) -> dict[str, str]:
    """What is known by a № but is no row of the plan's file: its title by its №."""
    query = select(col(Piece.number), col(Piece.title)).where(col(Piece.source) != PLAN, col(Piece.number).is_not(None))
    return {row.number: row.title for row in session.execute(query)}


def used_numbers(session: Session) -> set[str]:
    """Every № that was ever given away, those of pieces that are gone included."""
    return {number for number in session.execute(select(col(Piece.number))).scalars() if number}


def first_start_moment(session: Session) -> datetime | None:
    """When this house was first started: +1 and “now” in the plan count from it."""
    found = session.get(Mark, "first_start")
    return found.at if found else None


def as_offer(row: OfferRow) -> Offer:
    return Offer(
        id=row.id, name=row.name, price=row.price, currency=row.currency, old_price=row.old_price,
        category=tuple(row.category.split(" / ")) if row.category else (), category_ids=tuple(row.category_ids),
        url=row.url, pictures=(row.picture,) if row.picture else (), available=row.available,
        description=row.description,
    )  # fmt: skip
