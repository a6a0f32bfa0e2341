"""What needs a person, read from the rows: counted by kind, and shown.

Sessions are given; nothing here changes anything. Every kind is found along an index of its own, so that neither
count nor list grows with what went well.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import OF_OFFERS, Request, RequestRow
from models.cashiers import ConflictSeen
from models.database import Clock
from models.delivery import Delivery, State, Verb
from models.desk.unknown import What
from models.desk.week import OVERDUE
from models.guesses import GuessAlarm
from models.mailings import IN_DOUBT, Mailing, Stage
from models.outlets import TillKey
from models.piece import HandVersion, Piece, PieceVersion, Rendition
from models.reaction import UNANSWERED, Check, Comment, PassedOn
from models.redemptions import JournalEntry, OfferRow, OfferStage
from models.trade import Instruction
from tasks.attention.mine import Share
from tasks.delivery.statements import D, is_approved, not_stopped
from tasks.mailing.statements import M
from tasks.orders.rows import its_piece
from tasks.trade.rows import waiting

RECENT = timedelta(days=14)
ASKED_WITHIN = timedelta(days=30)
AHEAD = timedelta(days=7)
GUESSED_WITHIN = timedelta(days=1)
TOLD_WITHIN = timedelta(days=60)
K = Comment.__table__.c  # type: ignore[attr-defined]
C = Check.__table__.c  # type: ignore[attr-defined]
PLACED = (What.UNKNOWN, What.REFUSED, What.HELD, What.LATE, What.MISSED)
AUTHORS: Mapping[What, Any] = {
    What.MAILING: col(Mailing.made_by),
    What.INSTRUCTION: col(OfferRow.made_by),
    What.OFFER: col(OfferRow.made_by),
}
DECIDED = (What.UNKNOWN, What.DIFFERENCE, What.MAILING, What.OFFER)
NOBODYS = (What.GUESSES, What.CONFLICT)


def of_placements(what: What, clock: Clock) -> ColumnElement[bool]:
    """The placements that need a person for this reason."""
    recent = D.due_at > clock.plus(-RECENT)
    late = and_(D.state == State.PLANNED, D.due_at < clock.plus(-OVERDUE), is_approved(), not_stopped())
    where: Mapping[What, ColumnElement[bool]] = {
        What.UNKNOWN: D.state == State.UNKNOWN,
        What.REFUSED: and_(D.state == State.REJECTED, recent),
        What.HELD: D.state == State.HELD,
        What.LATE: late,
        What.MISSED: and_(D.state == State.MISSED, recent),
    }
    return and_(D.kind == "placement", where[what])


def counts(session: Session, clock: Clock, share: Share | None) -> dict[What, int]:
    """How many there are of each kind; of one person's only, where a share is given. None of a kind is absent."""
    counted = {what: session.execute(_counting(what, clock, share)).scalar_one() for what in What if what in SOURCES}
    return {what: number for what, number in counted.items() if number}


def _counting(what: What, clock: Clock, share: Share | None) -> Select[tuple[int]]:
    source, where = SOURCES[what](clock)
    counted: Select[tuple[int]] = source.with_only_columns(func.count()).where(*where, of_share(what, share))
    return counted


def of_share(what: What, share: Share | None) -> ColumnElement[bool]:
    if share is None or what in NOBODYS or (share.decides and what in DECIDED):
        return true()
    author = AUTHORS.get(what, col(Piece.author))
    theirs: list[ColumnElement[bool]] = [author.in_(share.authors)]
    theirs += [or_(author.is_(None), author.not_in(share.known))] if share.others else []
    if what is What.QUESTION:
        to_me = (col(PassedOn.comment_id) == K.id, col(PassedOn.to_kind) == "person")
        theirs.append(exists().where(*to_me, col(PassedOn.to_key) == share.person))
    return or_(*theirs)


def placements(
    session: Session, clock: Clock, what: What, share: Share | None, most: int
) -> Sequence[tuple[Delivery, Piece | None, bool]]:
    """The oldest first, with their pieces and whether a Stop holds them."""
    stopped = (~not_stopped()).label("stopped")
    query = (
        select(Delivery, Piece, stopped).outerjoin(Piece, its_piece())
        .where(of_placements(what, clock), of_share(what, share)).order_by(D.due_at, D.id).limit(most)
    )  # fmt: skip
    return list(session.execute(query).tuples())


def texts(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The texts of these versions."""
    text = Rendition.post["text"].as_string()
    found = session.execute(select(col(Rendition.id), text).where(col(Rendition.id).in_(ids))).tuples()
    return {id or 0: words or "" for id, words in found}


def questions(
    session: Session, clock: Clock, share: Share | None, most: int
) -> Sequence[tuple[Comment, Delivery, Piece | None]]:
    """Comments that wait for an answer, the most urgent first."""
    source, where = _questions(clock)
    query = source.where(*where, of_share(What.QUESTION, share)).order_by(K.answer_by, K.id).limit(most)
    return list(session.execute(query).tuples())


def passed(session: Session, comments: Collection[int]) -> dict[int, list[PassedOn]]:
    found: dict[int, list[PassedOn]] = {id: [] for id in comments}
    query = select(PassedOn).where(col(PassedOn.comment_id).in_(comments)).order_by(col(PassedOn.id))
    for row in session.execute(query).scalars():
        found[row.comment_id].append(row)
    return found


def differences(
    session: Session, clock: Clock, share: Share | None, most: int
) -> Sequence[tuple[Check, Delivery, Piece | None]]:
    """Open questions about what is not as approved, the oldest first."""
    source, where = _differences(clock)
    query = source.where(*where, of_share(What.DIFFERENCE, share)).order_by(C.found_at, C.id).limit(most)
    return list(session.execute(query).tuples())


def priced(
    session: Session, clock: Clock, share: Share | None, most: int
) -> Sequence[tuple[Delivery, Piece | None, list[dict[str, Any]]]]:
    """Publications to come with the products they name: (Delivery, Piece, products as JSON)."""
    products = Rendition.post["products"]
    soon = (D.due_at > clock.plus(), D.due_at < clock.plus(AHEAD), D.state == State.PLANNED, D.verb == Verb.PUBLISH)
    query = (
        select(Delivery, Piece, products).join(Rendition, col(Rendition.id) == D.content_id)
        .outerjoin(Piece, its_piece())
        .where(D.kind == "placement", *soon, of_share(What.PRICE, share)).order_by(D.due_at, D.id).limit(most)
    )  # fmt: skip
    return [row for row in session.execute(query).tuples() if row[2]]


def by_hand(session: Session, clock: Clock, share: Share | None, most: int) -> Sequence[tuple[HandVersion, Piece]]:
    """Versions written by hand whose piece says something else by now."""
    source, where = _by_hand(clock)
    query = source.where(*where, of_share(What.BY_HAND, share)).order_by(col(HandVersion.at)).limit(most)
    return list(session.execute(query).tuples())


def mailings(session: Session, clock: Clock, share: Share | None, most: int) -> Sequence[tuple[Mailing, int]]:
    """Mailings that wait for somebody, and of how many letters nobody knows what became; the soonest first."""
    source, where = _mailings(clock)
    unknown = select(func.count()).where(M.mailing_id == col(Mailing.id), IN_DOUBT).correlate(Mailing)
    query = source.add_columns(unknown.scalar_subquery()).where(*where, of_share(What.MAILING, share))
    query = query.order_by(col(Mailing.due_at), col(Mailing.id)).limit(most)
    return list(session.execute(query).tuples())


def guesses(session: Session, clock: Clock, most: int) -> Sequence[GuessAlarm]:
    """Tills whose wrong codes were too many within a day, the last first."""
    source, where = _guesses(clock)
    return list(
        session.execute(
            source.where(*where).order_by(col(GuessAlarm.at).desc(), col(GuessAlarm.id).desc()).limit(most)
        ).scalars()
    )


def _guesses(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    revoked = exists().where(col(TillKey.id) == col(GuessAlarm.key_id), col(TillKey.revoked_at).is_not(None))
    where = (col(GuessAlarm.at) > clock.plus(-GUESSED_WITHIN), ~revoked)
    return select(GuessAlarm), where


def conflicts(session: Session, clock: Clock, most: int) -> Sequence[JournalEntry]:
    """What tills told of after an outage that would not have been allowed, the last first."""
    source, where = _conflicts(clock)
    query = source.where(*where).order_by(col(JournalEntry.came_at).desc(), col(JournalEntry.id).desc()).limit(most)
    return list(session.execute(query).scalars())


def _conflicts(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    seen = exists().where(col(ConflictSeen.entry_id) == col(JournalEntry.id))
    told = cast(col(JournalEntry.conflicts), String) != "[]"
    return select(JournalEntry), (col(JournalEntry.came_at) > clock.plus(-TOLD_WITHIN), told, ~seen)


def instructions(
    session: Session, clock: Clock, share: Share | None, most: int
) -> Sequence[tuple[Instruction, OfferRow]]:
    """Instructions of offers that start soon, which their outlets have not confirmed; the soonest first."""
    source, where = _instructions(clock)
    query = source.where(*where, of_share(What.INSTRUCTION, share)).order_by(
        col(OfferRow.starts_at), col(Instruction.id)
    )
    return list(session.execute(query.limit(most)).tuples())


def _instructions(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    return waiting(clock.plus()), ()


def _mailings(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    waits = select(col(Mailing.id)).where(col(Mailing.stage).in_((Stage.ASKED, Stage.PAUSED)))
    doubted = select(M.mailing_id).where(IN_DOUBT)
    return select(Mailing), (col(Mailing.id).in_(union(waits, doubted)),)


def offers(session: Session, clock: Clock, share: Share | None, most: int) -> Sequence[tuple[OfferRow, Request]]:
    """Offers about which somebody is asked, the soonest first."""
    source, where = _offers(clock)
    query = source.where(*where, of_share(What.OFFER, share)).order_by(col(Request.due_at), col(Request.id))
    return list(session.execute(query.limit(most)).tuples())


def _offers(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    subject = literal(OF_OFFERS) + cast(col(OfferRow.id), String)
    source = (
        select(OfferRow, Request).join(RequestRow, col(RequestRow.subject) == subject)
        .join(Request, col(Request.id) == col(RequestRow.request_id))
    )  # fmt: skip
    alive = col(OfferRow.stage).in_((OfferStage.ASKED, OfferStage.OPEN, OfferStage.STOPPED))
    return source, (alive, col(Request.state) == "open")


def _questions(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    source = select(Comment, Delivery, Piece).join(Delivery, D.id == K.delivery_id).outerjoin(Piece, its_piece())
    return source, (UNANSWERED, K.answer_by > clock.plus(-ASKED_WITHIN))


def _differences(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    source = select(Check, Delivery, Piece).join(Delivery, D.id == C.delivery_id).outerjoin(Piece, its_piece())
    return source, (C.state == literal_column("'open'"),)


def _by_hand(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
    source = (
        select(HandVersion, Piece).join(Piece, col(Piece.id) == col(HandVersion.piece_id))
        .join(PieceVersion, col(PieceVersion.id) == col(Piece.version_id))
    )  # fmt: skip
    return source, (col(HandVersion.body_hash) != col(PieceVersion.body_hash), ~col(Piece.archived))


def _placed(what: What) -> Any:
    def source(clock: Clock) -> tuple[Select[Any], tuple[Any, ...]]:
        return select(Delivery, Piece).outerjoin(Piece, its_piece()), (of_placements(what, clock),)

    return source


# Prices are judged one by one, so they are counted as they are shown.
SOURCES: Mapping[What, Any] = {
    **{what: _placed(what) for what in PLACED},
    What.QUESTION: _questions, What.DIFFERENCE: _differences, What.BY_HAND: _by_hand,
    What.MAILING: _mailings, What.OFFER: _offers, What.GUESSES: _guesses, What.INSTRUCTION: _instructions,
    What.CONFLICT: _conflicts,
}  # fmt: skip
