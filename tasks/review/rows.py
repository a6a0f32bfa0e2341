"""Links for outsiders and what comes back by them, as rows. Sessions are given; nothing here opens or commits one.

A token comes in as its hash. It has 256 bits, so guessing needs no limit of its own.
"""

from collections.abc import Sequence

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import Approval
from models.database import Clock, now_by
from models.delivery import Delivery, State
from models.piece import Rendition
from models.reaction import Notice
from models.review import ReviewLink, ReviewRow
from tasks.approval.rows import subject_of
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK, D
from tasks.proofs.rows import step_of
from tasks.review import terms

Where = tuple[str, str]
LINK_ID = col(ReviewLink.id)


def make(
    session: Session, clock: Clock, token_hash: str, name: str, made_by: str, about: Sequence[Where], days: int,
    request_id: int | None = None,
) -> ReviewLink:  # fmt: skip
    """A new link that shows these versions, as (subject, version)."""
    now = now_by(clock, session)
    link = ReviewLink(token_hash=token_hash, name=name, made_by=made_by, request_id=request_id, made_at=now,
                      expires_at=terms.ends_at(now, days), most=terms.ANSWERS_MOST)  # fmt: skip
    session.add(link)
    session.flush()
    session.add_all([ReviewRow(link_id=link.id or 0, subject=s, version=v) for s, v in about])
    return link


def good(session: Session, clock: Clock, token_hash: str) -> ReviewLink | None:
    """The link with this token; None where it is unknown, revoked, too old or used up: nobody learns which."""
    link = session.execute(select(ReviewLink).where(col(ReviewLink.token_hash) == token_hash)).scalar_one_or_none()
    if link is None:
        return None
    now = now_by(clock, session)
    is_good = terms.is_good(now, link.expires_at, link.revoked_at, link.answers, link.most)
    return link if is_good and len(answered(session, link.id or 0)) < len(shown(session, link.id or 0)) else None


def shown(session: Session, link_id: int) -> list[ReviewRow]:
    query = select(ReviewRow).where(col(ReviewRow.link_id) == link_id).order_by(col(ReviewRow.id))
    return list(session.execute(query).scalars())


def answered(session: Session, link_id: int) -> list[Approval]:
    """What has been said by this link."""
    return list(session.execute(select(Approval).where(col(Approval.step) == step_of(link_id))).scalars())


def open_first(session: Session, clock: Clock, link_id: int) -> None:
    """Write down when the link was opened first."""
    change = update(ReviewLink).where(col(ReviewLink.id) == link_id, col(ReviewLink.opened_at).is_(None))
    session.execute(change.values(opened_at=clock.plus()), execution_options=QUICK)


def take_answer(session: Session, clock: Clock, token_hash: str) -> ReviewLink | None:
    """Use the link once, in one statement: of two answers at the same moment each counts, a revoked link takes none."""
    able = and_(
        col(ReviewLink.token_hash) == token_hash, col(ReviewLink.revoked_at).is_(None),
        col(ReviewLink.expires_at) > clock.plus(), col(ReviewLink.answers) < col(ReviewLink.most),
    )  # fmt: skip
    change = update(ReviewLink).where(able).values(answers=col(ReviewLink.answers) + 1).returning(LINK_ID)
    id = session.execute(change, execution_options=QUICK).scalar_one_or_none()
    return session.get(ReviewLink, id, populate_existing=True) if id is not None else None


def say(session: Session, clock: Clock, link: ReviewLink, rows: Sequence[tuple[ReviewRow, str, str]]) -> int:
    """Write down what was said, as (row, decision, words); what this link said before stays. Returns how many."""
    now, step = now_by(clock, session), step_of(link.id or 0)
    said = [
        {"subject": row.subject, "version": row.version, "step": step, "decision": decision, "person": "",
         "proven": False, "reason": words, "decided_at": now} for row, decision, words in rows
    ]  # fmt: skip
    if not said:
        return 0
    before = len(answered(session, link.id or 0))
    session.execute(insert_quietly(session, Approval, ["subject", "version", "step"]), said)
    return len(answered(session, link.id or 0)) - before


def revoke(session: Session, clock: Clock, id: int, person: str) -> bool:
    """End the link; False where it is over already, or there is none."""
    change = update(ReviewLink).where(col(ReviewLink.id) == id, col(ReviewLink.revoked_at).is_(None))
    change = change.where(col(ReviewLink.expires_at) > clock.plus())
    done = session.execute(change.values(revoked_at=clock.plus(), revoked_by=person), execution_options=QUICK)
    session.expire_all()
    wipe_letters(session, clock)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def link(session: Session, id: int) -> ReviewLink | None:
    return session.get(ReviewLink, id)


def of_rendition(session: Session, id: int) -> Where | None:
    found = session.get(Rendition, id)
    return (subject_of(found.piece_id, found.account), found.content_hash) if found else None


def of_piece(session: Session, piece_id: str, account: str = "") -> list[Where]:
    """The versions of a piece that its placements carry, those that are cancelled apart; of one channel, if named."""
    carrying = and_(
        D.kind == "placement", D.subject_kind == "piece", D.subject_id == piece_id, D.content_hash != "",
        D.state.in_([State.PLANNED, State.CLAIMED, State.HELD, State.MISSED]),
    )  # fmt: skip
    mine = [D.account == account] if account else []
    query = select(D.account, D.content_hash, func.min(D.due_at).label("first")).where(carrying, *mine)
    found = session.execute(query.group_by(D.account, D.content_hash).order_by("first", D.account)).tuples()
    last: dict[str, str] = {}
    for channel, version, _ in found:
        last.setdefault(channel, version)
    return [(subject_of(piece_id, channel), version) for channel, version in last.items()]


def wipe_letters(session: Session, clock: Clock) -> int:
    """Take the link and the address out of letters that have gone, or whose link is over. Returns how many."""
    now, done = now_by(clock, session), 0
    for link in session.execute(select(ReviewLink).where(col(ReviewLink.notice_key) != "")).scalars():
        is_over = not terms.is_good(now, link.expires_at, link.revoked_at, link.answers, link.most)
        letter = session.execute(select(Notice).where(col(Notice.key) == link.notice_key)).scalar_one_or_none()
        if letter is not None and (is_over or not _is_on_its_way(session, letter)):
            _give_up(session, letter)
            letter.address, letter.link, link.notice_key, done = "", "", "", done + 1
    return done


def _is_on_its_way(session: Session, letter: Notice) -> bool:
    unsettled = [State.PLANNED, State.CLAIMED, State.INTENT, State.UNKNOWN]
    mine = and_(D.kind == "notice", D.content_id == letter.id, D.subject_kind == "person", D.state.in_(unsettled))
    return session.execute(select(D.id).where(mine).limit(1)).first() is not None


def _give_up(session: Session, letter: Notice) -> None:
    """A letter whose link is over is not sent any more."""
    mine = and_(D.kind == "notice", D.content_id == letter.id, D.subject_kind == "person", D.state == State.PLANNED)
    change = update(Delivery).where(mine).values(state=State.CANCELLED, token=D.token + 1)
    session.execute(change, execution_options=QUICK)
