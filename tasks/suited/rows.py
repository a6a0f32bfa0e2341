"""What content for a mailing is chosen from, and what became of proposals. Sessions are given; none is opened here."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import Finding
from models.mailings import Mailing, MailingVersion, Stage
from models.piece import Candidate, Piece
from models.reaction import Mark
from tasks.analysis.channels import ENGAGEMENT, REACH
from tasks.composing.compiled import Compiled, read
from tasks.content.rows import Work, current
from tasks.content.rows import candidates as found_lately
from tasks.registry.rows import tally

PIECE = "piece"
SENT = [Stage.APPROVED, Stage.SENDING, Stage.PAUSED, Stage.SENT]


def candidates(session: Session, since: datetime, but: Collection[str] = ()) -> list[Finding]:
    """What content search (A3) has found since then; what `but` names is looked at by itself."""
    return [_finding(row) for row in found_lately(session, since) if row.source not in but]


def _finding(row: Candidate) -> Finding:
    return Finding(
        source=row.source, ref=row.source_ref, title=row.title, text=str(row.content.get("text", "")), link=row.link,
        licence=row.licence, published=row.published_at, pictures=tuple(row.content.get("pictures", ())),
    )  # fmt: skip


def answers(session: Session, since: datetime, until: datetime) -> tuple[Counter[str], dict[str, int]]:
    """By piece: how often readers answered, and how many it reached, in the measure that says it best."""
    answered: Counter[str] = Counter()
    reach: dict[str, dict[str, int]] = {}
    for one in tally(session, [since, until], ["subject_id"], {"subject_kind": PIECE}):
        if one.metric in ENGAGEMENT:
            answered[one.of("subject_id")] += one.value
        elif one.metric in REACH:
            reach.setdefault(one.of("subject_id"), {})[one.metric] = one.value
    order = list(REACH)
    return answered, {id: min(seen.items(), key=lambda kv: order.index(kv[0]))[1] for id, seen in reach.items()}


def pieces(session: Session, ids: Iterable[str]) -> list[Finding]:
    """Pieces that were published, as something to say again in a letter."""
    wanted = [int(id) for id in ids if id.isdecimal()]
    return [_of_piece(work) for work in current(session, col(Piece.id).in_(wanted))] if wanted else []


def _of_piece(work: Work) -> Finding:
    said = work.manuscript
    return Finding(
        source=PIECE, ref=str(work.piece_id), title=said.title or work.title, text=said.body, link=said.source,
        licence=said.licence, pictures=tuple(picture.file_name for picture in said.pictures), group=work.group,
        until=said.offer_until,
    )  # fmt: skip


def told_since(session: Session, group: str, since: datetime) -> list[tuple[str, datetime, Compiled]]:
    """What mailings to this group say that were approved, or have gone out, since then: title, when, the letter."""
    query = (
        select(col(Mailing.title), col(Mailing.groups), col(MailingVersion.made_at), col(MailingVersion.compiled))
        .join(MailingVersion, col(MailingVersion.mailing_id) == col(Mailing.id))
        .where(col(Mailing.stage).in_(SENT), ~col(Mailing.standing), col(MailingVersion.made_at) >= since,
               col(MailingVersion.hash) == col(Mailing.approved_hash), col(MailingVersion.compiled) != "")
        .order_by(col(MailingVersion.made_at))
    )  # fmt: skip
    found = session.execute(query).tuples()
    return [(title, at, read(compiled)) for title, groups, at, compiled in found if group in groups.get("include", ())]


def proposed(session: Session, group: str) -> tuple[datetime | None, list[tuple[str, str]]]:
    """What was proposed for this group last, and when."""
    found = session.get(Mark, _called(group))
    return (found.at, [(source, ref) for source, ref in json.loads(found.value)]) if found else (None, [])


def keep_proposed(session: Session, group: str, refs: Sequence[tuple[str, str]], at: datetime) -> None:
    session.merge(Mark(name=_called(group), value=json.dumps(refs), at=at))


def _called(group: str) -> str:
    return f"proposed:{group}"
