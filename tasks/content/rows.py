"""The rows of pieces: known from the plan, versioned, ready to be placed; candidates, offers and occasions found."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, cast, delete, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import KnownRow, Offer, PlanRow
from models.database import Clock, now_by
from models.delivery import OPEN, OUT, State
from models.manuscript import Manuscript
from models.piece import Candidate, FeedState, HandVersion, OfferRow, Piece, PieceVersion
from models.reaction import Mark
from tasks.content.kept import edits_of
from tasks.content.versions import BACK as BACK
from tasks.content.versions import BY_A_PERSON as BY_A_PERSON
from tasks.content.versions import DESK as DESK
from tasks.content.versions import HAND as HAND
from tasks.content.versions import STYLING as STYLING
from tasks.content.versions import file_of, next_version, taken_over, written_out
from tasks.delivery.rows import insert_quietly, many
from tasks.delivery.statements import D

PLAN, DRAFT = "plan", "draft"
OUT_NOW = select(D.subject_id, D.account, D.state)
EDITED = (col(PieceVersion.piece_id) == col(Piece.id), col(PieceVersion.why).in_((DESK, BACK)))
UNTOUCHED = and_(col(Piece.source) == DRAFT, ~exists().where(*EDITED).correlate(Piece))  # as the machine drafted it
STANDING = (col(Piece.source) == PLAN, ~col(Piece.archived))


def pieces_of(session: Session, source: str | None = None, archived: bool = False) -> list[Piece]:
    query = select(Piece).where(col(Piece.archived) == archived).order_by(col(Piece.id))
    if source is not None:
        query = query.where(col(Piece.source) == source)
    return list(session.execute(query).scalars())


def by_number(session: Session, number: str) -> Piece | None:
    return session.execute(select(Piece).where(col(Piece.number) == number)).scalar_one_or_none()


@dataclass(frozen=True)
class Standing:
    """The plan as it was loaded, and what was read of it: the same again means the same."""

    read: tuple[Any, ...]
    rows: list[KnownRow]


def standing_rows(session: Session, before: Standing | None = None) -> Standing:
    """The plan as it was loaded; the rows of `before` where nothing is different from then."""
    out = session.execute(OUT_NOW.where(D.kind == "placement").distinct()).tuples().all()
    its = (col(Piece.id), *(cast(column, String) for column in (col(Piece.plan), col(Piece.loaded), col(Piece.edited))))
    found = session.execute(select(*its).where(*STANDING).order_by(col(Piece.id))).tuples().all()
    read = (sorted(out), found)
    if before is not None and before.read == read:
        return before
    progress: dict[str, tuple[set[str], bool]] = {}
    for id, account, state in out:
        accounts, is_open = progress.get(id, (set(), False))
        gone = state in OUT | {State.INTENT, State.UNKNOWN}
        progress[id] = (accounts | {account} if gone else accounts, is_open or state in OPEN)
    rows = [_known(plan, loaded, edited, *progress.get(str(id), (set(), True))) for id, plan, loaded, edited in found]
    return Standing(read, rows)


def known_rows(session: Session) -> list[KnownRow]:
    """The plan as it was loaded, with what of it is out and what is still to go."""
    return standing_rows(session).rows


def _known(plan: str, loaded: str, edited: str, out: set[str], is_open: bool) -> KnownRow:
    """The row as the file said it, whatever the desk has made of it since."""
    row = PlanRow.model_validate(json.loads(loaded).get("row") or json.loads(plan))
    return KnownRow(row=row, out=tuple(sorted(out)), open=is_open, edited=edits_of(json.loads(edited)))


def numbers_standing(session: Session) -> set[str]:
    """The №s of the rows that are in the plan."""
    found = session.execute(select(col(Piece.number)).where(*STANDING)).scalars()
    return {number for number in found if number}


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
        take_over(piece, row)
        piece.loaded, piece.edited = {}, {}
    session.flush()
    save_version(session, clock, piece, manuscript, by, "new")
    return piece


def take_over(piece: Piece, row: PlanRow) -> None:
    """Make the piece say what the row says."""
    for name, value in taken_over(row, piece.plan, piece.customer_group).items():
        setattr(piece, name, value)


def loaded_pieces(session: Session, numbers: Collection[str]) -> dict[str, tuple[PlanRow, Manuscript]]:
    """What the files said last of those of these pieces that were edited on the desk since, by №."""
    found = session.execute(select(Piece).where(col(Piece.number).in_(numbers))).scalars()
    return {piece.number or "": file_of(piece.loaded) for piece in found if piece.edited}


def save_version(
    session: Session,
    clock: Clock,
    piece: Piece,
    manuscript: Manuscript,
    by: str,
    why: str,
    corrections: Sequence[Mapping[str, Any]] = (),
    note: str = "",
) -> PieceVersion | None:
    """Keep the manuscript as the next version; None where it says what the present one says.

    What was written by hand for a channel is in it, whatever the manuscript says there. A person's own edit is a
    version even if only the plan of the piece is different in it.
    """
    present = session.get(PieceVersion, piece.version_id) if piece.version_id else None
    hands = [] if by == STYLING else hands_of(session, [piece.id or 0])
    now, written = now_by(clock, session), written_out(manuscript)
    said = next_version(present, hands, written, by, why, now, piece.plan, corrections, note)
    if said is None:
        return None
    version = PieceVersion(piece_id=piece.id or 0, **said)
    session.add(version)
    session.flush()
    piece.version_id, piece.title, piece.changed_at = version.id, said["content"]["title"], version.made_at
    return version


def hands_of(session: Session, pieces: Collection[int]) -> list[HandVersion]:
    """The texts by hand of these pieces."""
    return list(session.execute(select(HandVersion).where(col(HandVersion.piece_id).in_(pieces))).scalars())


def save_styled(
    session: Session, clock: Clock, work: "Work", manuscript: Manuscript, corrections: Sequence[Any]
) -> None:
    """Keep the styled manuscript as a version of its own, with its corrections; unchanged, it only counts as styled."""
    # whoever loads the plan just now is waited for
    piece = session.get(Piece, work.piece_id, populate_existing=True, with_for_update={"key_share": True})
    if piece is None or piece.version_id != work.version_id:
        return  # changed meanwhile: the next run styles the newer one
    listed = [c.model_dump() for c in corrections]
    if save_version(session, clock, piece, manuscript, STYLING, "styling", listed) is None:
        session.execute(update(PieceVersion).where(col(PieceVersion.id) == work.version_id).values(styled=True))


def set_groups(session: Session, groups: Mapping[int, str]) -> None:
    """Write down the customer groups that were matched; a specialist's choice is not touched."""
    mine = and_(col(Piece.id) == bindparam("b_id"), ~col(Piece.group_overruled))
    change = update(Piece).where(mine).values(customer_group=bindparam("b_group"))
    many(session, change, [{"b_id": id, "b_group": group} for id, group in sorted(groups.items())])


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


def unstyled(session: Session, pieces: Collection[int] | None = None) -> list[Work]:
    return current(session, ~col(PieceVersion.styled), *among(pieces))


def among(pieces: Collection[int] | None) -> list[Any]:
    """These pieces, or all of them."""
    return [] if pieces is None else [col(Piece.id).in_(pieces)]


def ungrouped(session: Session) -> list[Work]:
    return current(session, ~col(Piece.group_overruled))


def grouped_by_hand(session: Session) -> list[Work]:
    return current(session, col(Piece.group_overruled))


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
