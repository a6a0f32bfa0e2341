"""What a piece's page shows, read from the rows. Sessions are given; nothing is changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.brand import Note
from models.content import PlanRow
from models.delivery import Delivery
from models.desk import Line
from models.desk.piece import Behind, HandLine, Look, PiecePage, Said, VersionLine
from models.manuscript import Manuscript
from models.piece import HandVersion, Piece, PieceVersion, Rendition
from tasks.comments import rows as comments
from tasks.content.kept import edits_of
from tasks.content.rows import PLAN, STYLING
from tasks.delivery.statements import D, not_stopped
from tasks.desk.rows import Names, as_line
from tasks.editing import rows
from tasks.editing.diff import TITLES
from tasks.editing.fields import PLANNED, SAID, Known, fields_of
from tasks.editing.rows import Listed
from tasks.history.rows import placements
from tasks.pieces.readable import names_of, why_of

VERSIONS = 12


def page(
    session: Session, piece: Piece, present: PieceVersion, manuscript: Manuscript, names: Names, known: Known
) -> PiecePage:
    """A piece without its looks."""
    listed = rows.versions(session, piece.id or 0, VERSIONS + 1)
    row = PlanRow.model_validate(piece.plan or {})
    fields = fields_of(manuscript, row)
    edits = edits_of(piece.edited)
    last = max(edits, key=lambda edit: edit.at, default=None)
    return PiecePage(
        id=piece.id or 0, number=piece.number or "", title=piece.title, ordinal=present.ordinal, fields=fields,
        names=names_of(fields, known), group_found=known.groups.get(piece.customer_group, piece.customer_group),
        is_of_plan=piece.source == PLAN, is_archived=piece.archived, pictures=manuscript.pictures,
        lines=tuple(lines(session, piece, names)),
        comments=tuple(
            Said(id=c.id or 0, person=names.person(c.person), text=c.text, at=c.at,
                 channel=names.channel(c.account) if c.account else "")
            for c in comments.comments(session, piece.id or 0)
        ),
        versions=tuple(line(one, names, piece, present.ordinal) for one in listed[:VERSIONS]),
        has_more_versions=len(listed) > VERSIONS,
        edited=tuple(_title(edit.field) for edit in edits),
        edited_by=names.person(last.by) if last else "", edited_at=last.at if last else None,
    )  # fmt: skip


def _title(field: str) -> str:
    """What the form calls a field that was edited."""
    called = {said: name for name, said in (*SAID.items(), *PLANNED.items())}
    return TITLES[called[field]]


def lines(session: Session, piece: Piece, names: Names) -> list[Line]:
    """The placements of a piece, the next ones first, with what may be ordered about each."""
    ids = [row.id or 0 for row in placements(session, piece.id or 0)]
    query = select(Delivery, (~not_stopped()).label("stopped")).where(D.id.in_(ids)).order_by(D.due_at, D.id)
    return [as_line(row.Delivery, piece, bool(row.stopped), names) for row in session.execute(query)]


def line(version: Listed, names: Names, piece: Piece, present: int = 0) -> VersionLine:
    by = "" if version.made_by == STYLING else names.person(version.made_by)
    return VersionLine(
        ordinal=version.ordinal, by=by, at=version.made_at, note=version.note,
        said=why_of(version.made_by, version.why, piece.source), corrections=version.corrections,
        is_present=version.ordinal == present,
    )  # fmt: skip


def hands(session: Session, piece_id: int, names: Names) -> list[HandLine]:
    """The texts by hand of a piece, those that wait to be looked at again marked."""
    late = {hand.id for hand, _ in rows.behind(session, [piece_id])}
    found = rows.hands(session, piece_id)
    source = rows.source_of(session, piece_id) if late else None
    return [hand_line(hand, hand.id in late, source, names) for hand in found]


def hand_line(hand: HandVersion, is_behind: bool, source: PieceVersion | None, names: Names) -> HandLine:
    changed: tuple[str, datetime | None] = (
        (names.person(source.made_by), source.made_at) if source is not None and is_behind else ("", None)
    )
    return HandLine(
        account=hand.account, channel=names.channel(hand.account), text=hand.text, by=names.person(hand.by), at=hand.at,
        is_behind=is_behind, changed_by=changed[0], changed_at=changed[1],
    )  # fmt: skip


def behind(session: Session, names: Names) -> list[Behind]:
    """All texts by hand whose common text has changed since."""
    return [
        Behind(piece_id=piece.id or 0, number=piece.number or "", title=piece.title,
               hand=hand_line(hand, True, rows.source_of(session, piece.id or 0), names))
        for hand, piece in rows.behind(session)
    ]  # fmt: skip


def look(account: str, channel: str, made: Rendition | None, hand: HandLine | None) -> Look:
    """A piece in one channel, as far as there is a version; one that does not fit says why."""
    notes: Sequence[Note] = [Note.model_validate(note) for note in made.notes] if made and not made.content_hash else []
    problems = tuple(note.reason for note in notes if note.is_problem)
    return Look(account=account, channel=channel, problems=problems, hand=hand)
