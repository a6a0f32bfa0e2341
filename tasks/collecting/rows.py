"""What is not in the registry yet: publications, refusals, and the work on pieces; as observations."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.delivery import OUT, State, Verb
from models.piece import Candidate, Piece, PieceVersion, Rendition
from models.registry import Fact, Observation
from tasks.delivery.statements import DELIVERY, D

ON_TIME = timedelta(seconds=60)


def new_publications(session: Session) -> list[Observation]:
    """Publications and refusals without a fact, whatever their age; `on_time` is 1 within sixty seconds, else 0."""
    ended = D.state.in_([*OUT, State.REJECTED])
    query = (
        select(*DELIVERY.c, Piece).join(Piece, cast(col(Piece.id), String) == D.subject_id)
        .where(D.kind == "placement", D.verb == Verb.PUBLISH, ended, ~_known("A8:" + cast(D.id, String)))
    )  # fmt: skip
    return [observation for row in session.execute(query) for observation in _publication(row)]


def _known(key: Any) -> Any:
    return exists().where(col(Fact.key) == key)


def _publication(row: Any) -> Iterator[Observation]:
    """The fact whose key marks the row as collected comes first; both are written in one transaction."""
    piece: Piece = row.Piece
    of = {
        "operation": "A8", "subject_kind": "piece", "subject_id": row.subject_id, "placement": row.key,
        "channel": row.account, "campaign": row.campaign, "goal": piece.goal, "customer_group": piece.customer_group,
        "person": piece.author, "source": "measured", "observed_at": row.sent_at or row.settled_at, "run": row.run_id,
    }  # fmt: skip
    if row.state == State.REJECTED:
        yield Observation(**of, metric="refused", value=1, key=f"A8:{row.id}")
        return
    yield Observation(**of, metric="published", value=1, key=f"A8:{row.id}")
    if row.sent_at is not None:
        on_time = int(row.sent_at - row.due_at <= ON_TIME)
        yield Observation(**of, metric="on_time", value=on_time, key=f"A8:{row.id}:on_time")
    if row.hurried and row.hurried["version"] == row.content_hash:
        yield Observation(**of, metric="urgent", value=1, key=f"A8:{row.id}:urgent")


def work_on_pieces(session: Session, since: datetime) -> list[Observation]:
    """What A5–A7 did since then: versions drafted and styled, channel versions made."""
    found: list[Observation] = []
    versions = select(PieceVersion, Piece).join(Piece, col(Piece.id) == col(PieceVersion.piece_id))
    for version, piece in session.execute(versions.where(col(PieceVersion.made_at) >= since)):
        code, metric = ("A6", "corrections") if version.made_by == "A6" else ("A5", "drafts")
        value = len(version.corrections) if code == "A6" else 1
        found.append(_of_piece(piece, code, metric, value, version.made_at, f"{code}:version:{version.id}"))
    renditions = select(Rendition, Piece).join(Piece, col(Piece.id) == col(Rendition.piece_id))
    for rendition, piece in session.execute(renditions.where(col(Rendition.made_at) >= since)):
        made = _of_piece(piece, "A7", "renditions", 1, rendition.made_at, f"A7:rendition:{rendition.id}")
        found.append(made.model_copy(update={"channel": rendition.account}))
    return found


def _of_piece(piece: Piece, code: str, metric: str, value: int, at: datetime, key: str) -> Observation:
    return Observation(
        operation=code, subject_kind="piece", subject_id=str(piece.id), metric=metric, value=value, observed_at=at,
        source="measured", campaign=piece.campaign, goal=piece.goal, customer_group=piece.customer_group,
        person=piece.author, key=key,
    )  # fmt: skip


def search_results(session: Session, since: datetime) -> list[Observation]:
    """A3: how many candidates each search since then found in each source.

    All candidates of a search have its moment and come in one transaction, so their number never changes afterwards.
    """
    of_a_search = (col(Candidate.source), col(Candidate.found_at))
    query = select(*of_a_search, func.count()).where(col(Candidate.found_at) >= since).group_by(*of_a_search)
    return [
        Observation(
            operation="A3", subject_kind="batch", subject_id=source, source=source, observed_at=at, metric="found",
            value=number, key=f"A3:{source}:{at:%Y%m%dT%H%M%S%f}",
        ) for source, at, number in session.execute(query)
    ]  # fmt: skip
