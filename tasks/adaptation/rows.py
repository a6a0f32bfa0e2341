"""The rows of versions for channels: what is to be adapted, what was made, and what of it can be placed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, case, cast, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.piece import Piece, PieceVersion, Rendition
from models.reaction import TrackedLink
from tasks.content.rows import UNTOUCHED, Work, among, current
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK


def unadapted(session: Session, account: str, pieces: Collection[int] | None = None) -> list[Work]:
    """Pieces whose present version has no rendition for this account that fits: the mend may be in the settings."""
    fits = (col(Rendition.account) == account, col(Rendition.content_hash) != "")
    return current(session, ~exists().where(col(Rendition.version_id) == col(PieceVersion.id), *fits), *among(pieces))


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
        update(Rendition).where(same).values(version_id=work.version_id, notes=row["notes"], by_hand=by_hand),
        execution_options=QUICK,
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


def ready_renditions(session: Session, accounts: Sequence[str], pieces: Collection[int]) -> list[Ready]:
    """What can be placed: present versions of planned pieces, adapted without a problem.

    Where the present one is not adapted yet, what was written by hand for the channel stands as long as it says that.
    A draft that no person has edited is approved by a person, whatever the company's policy answers for.
    """
    raw = and_(UNTOUCHED, ~col(Rendition.by_hand))
    approval = case((raw, "person"), else_=col(PieceVersion.content)["approval"].as_string()).label("approval")
    its: tuple[Any, ...] = (col(Piece.id), col(Piece.plan), col(Piece.campaign),
                            col(Piece.version_id).label("present"), approval)  # fmt: skip
    one: tuple[Any, ...] = (col(Rendition.id).label("rendition"), col(Rendition.account), col(Rendition.content_hash),
           col(Rendition.version_id).label("version"))  # fmt: skip
    query = (
        select(*its, *one)
        .join(PieceVersion, col(PieceVersion.id) == col(Piece.version_id))
        .join(Rendition, and_(col(Rendition.piece_id) == col(Piece.id),
                              or_(col(Rendition.version_id) == col(Piece.version_id), col(Rendition.by_hand))))
        .where(~col(Piece.archived), col(Rendition.account).in_(accounts), col(Rendition.content_hash) != "")
        .where(cast(col(Rendition.post), String) != "{}", *among(pieces))
        .order_by(col(Piece.id), case((col(Rendition.version_id) == col(Piece.version_id), 1), else_=0),
                  col(Rendition.id))
    )  # fmt: skip
    rows = session.execute(query).all()
    former = {r.rendition: (r.version, r.present, r.account) for r in rows if r.version != r.present}
    standing = still_said_by_hand(session, former)
    found = {
        (r.id, r.account): Ready(r.id, r.account, r.rendition, r.content_hash, r.plan, r.campaign, r.approval or "")
        for r in rows if r.plan and (r.rendition not in former or r.rendition in standing)
    }  # fmt: skip
    return list(found.values())


def still_said_by_hand(session: Session, former: Mapping[int, tuple[int, int, str]]) -> set[int]:
    """Of these renditions by hand, as {id: (its version, the present one, account)}, those whose text the piece keeps.

    What no version of is known is left as it is: nobody could say that it changed.
    """
    ids = {id for version, present, _ in former.values() for id in (version, present)}
    query = select(col(PieceVersion.id), col(PieceVersion.content)).where(col(PieceVersion.id).in_(ids))
    texts = {id: content.get("text_for") or {} for id, content in session.execute(query).tuples()} if ids else {}
    return {
        id for id, (version, present, account) in former.items()
        if version not in texts or present not in texts or texts[version].get(account) == texts[present].get(account)
    }  # fmt: skip
