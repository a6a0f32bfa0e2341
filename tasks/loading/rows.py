"""What a loaded plan makes of its pieces: as many statements for a thousand rows as for one. Sessions are given."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from models.content import Change, ChangeKind, PlanRow
from models.database import Clock, now_by, portions
from models.manuscript import Manuscript
from models.piece import HandVersion, Piece, PieceVersion
from tasks.content.kept import changed_in_file, with_edits
from tasks.content.rows import PLAN, file_of, hands_of, next_version, take_over
from tasks.delivery.rows import many

APPLIED = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.MOVED, ChangeKind.GONE)
PIECE: Table = Piece.__table__  # type: ignore[attr-defined]
VERSION: Table = PieceVersion.__table__  # type: ignore[attr-defined]
P = PIECE.c
FOLLOWING = (
    "number", "title", "version_id", "customer_group", "group_overruled", "campaign", "goal", "author", "plan",
    "row_hash", "loaded", "edited", "archived", "changed_at",
)  # fmt: skip
FOLLOW = update(PIECE).where(P.id == bindparam("b_id")).values({name: bindparam(f"b_{name}") for name in FOLLOWING})


def hold_pieces(session: Session, changes: Sequence[Change]) -> None:
    """Let nobody else change the pieces of these changes before this transaction ends; who would has to wait."""
    for portion in portions([change.number for change in changes]):
        mine = select(P.id).where(P.number.in_(portion)).order_by(P.id)
        session.execute(mine.with_for_update(key_share=True)).all()


def apply_changes(
    session: Session, clock: Clock, changes: Iterable[Change], manuscripts: Mapping[str, Manuscript], by: str
) -> int:
    """Do these changes and count them; rows that are out stay untouched."""
    now, wanted = now_by(clock, session), [change for change in changes if change.kind in APPLIED]
    for portion in portions(wanted):
        batch = _opened(session, portion, now, by)
        for change in portion:
            batch.apply(change, manuscripts)
        batch.keep(session)
    return len(wanted)


def _opened(session: Session, changes: Sequence[Change], now: datetime, by: str) -> "Batch":
    numbers = [change.number for change in changes]
    known = or_(P.number.in_(numbers), and_(P.source == PLAN, P.source_ref.in_(numbers)))
    found = [Piece(**row) for row in session.execute(select(PIECE).where(known)).mappings()]
    versions = [piece.version_id for piece in found if piece.version_id]
    present = session.execute(select(PieceVersion).where(col(PieceVersion.id).in_(versions))).scalars()
    batch = Batch(now, by, {version.piece_id: version for version in present})
    batch.pieces = {piece.source_ref: piece for piece in found if piece.source == PLAN}
    batch.pieces |= {piece.number: piece for piece in found if piece.number}
    for hand in hands_of(session, [piece.id for piece in found if piece.id]):
        batch.hands[hand.piece_id].append(hand)
    return batch


@dataclass
class Batch:
    """The pieces of some changes by their №s, outside the session, and what they are to become."""

    now: datetime
    by: str
    present: Mapping[int, PieceVersion]
    hands: dict[int, list[HandVersion]] = field(default_factory=lambda: defaultdict(list))
    pieces: dict[str, Piece] = field(default_factory=dict)
    changed: list[tuple[Piece, PieceVersion | None]] = field(default_factory=list)

    def apply(self, change: Change, manuscripts: Mapping[str, Manuscript]) -> None:
        piece = self.pieces.get(change.number)
        if change.kind is ChangeKind.NEW and change.row is not None:
            self._add(piece, change.row, manuscripts[change.number])
        elif piece is None:
            return
        elif change.kind is ChangeKind.GONE:
            piece.archived, piece.changed_at = True, self.now
            self.changed.append((piece, None))
        elif change.row is not None:
            self._follow(piece, change.row, manuscripts.get(change.number))

    def _add(self, piece: Piece | None, row: PlanRow, manuscript: Manuscript) -> None:
        """A new piece with its first version; one that is back in the plan is the same piece."""
        if piece is None:
            piece = Piece(source=PLAN, source_ref=row.number, created_at=self.now, changed_at=self.now)
        piece.archived, piece.loaded, piece.edited = False, {}, {}
        take_over(piece, row)
        self._keep_version(piece, manuscript, "new")

    def _follow(self, piece: Piece, row: PlanRow, manuscript: Manuscript | None) -> None:
        """Let the piece follow its row: what was edited on the desk stays, where the file did not change it too."""
        if manuscript is not None and piece.edited:
            row, manuscript = _beside_the_desk(piece, self.present[piece.id or 0], row, manuscript)
        take_over(piece, row)
        piece.changed_at = self.now
        self._keep_version(piece, manuscript, "plan")

    def _keep_version(self, piece: Piece, manuscript: Manuscript | None, why: str) -> None:
        present, hands = self.present.get(piece.id or 0), self.hands.get(piece.id or 0, [])
        version = next_version(piece, present, hands, manuscript, self.by, why, self.now) if manuscript else None
        self.changed.append((piece, version))

    def keep(self, session: Session) -> None:
        """Write it all down: the new pieces, the new versions, then what every piece says now."""
        new = {piece.source_ref: piece for piece, _ in self.changed if piece.id is None}
        for id, ref in _inserted(session, PIECE, list(new.values()), P.id, P.source_ref):
            new[ref].id = id
        versions = {piece.id: (piece, version) for piece, version in self.changed if version is not None}
        for id, (_, version) in versions.items():
            version.piece_id = id or 0
        its_own = (VERSION.c.id, VERSION.c.piece_id)
        for id, piece_id in _inserted(session, VERSION, [version for _, version in versions.values()], *its_own):
            versions[piece_id][0].version_id = id
        many(session, FOLLOW, [_following(piece) for piece, _ in sorted(self.changed, key=_by_id)])


def _by_id(one: tuple[Piece, PieceVersion | None]) -> int:
    return one[0].id or 0


def _inserted(session: Session, table: Table, rows: Sequence[SQLModel], *known: Any) -> list[Any]:
    """Insert the rows, and say what they are known by."""
    values = [{column.name: getattr(row, column.name) for column in table.c if column.name != "id"} for row in rows]
    return list(session.execute(insert(table).returning(*known), values)) if rows else []


def _following(piece: Piece) -> dict[str, Any]:
    return {"b_id": piece.id} | {f"b_{name}": getattr(piece, name) for name in FOLLOWING}


def _beside_the_desk(
    piece: Piece, present: PieceVersion, row: PlanRow, manuscript: Manuscript
) -> tuple[PlanRow, Manuscript]:
    desk = PlanRow.model_validate(piece.plan), Manuscript.model_validate(present.content)
    lost = changed_in_file(piece.edited, file_of(piece), (row, manuscript))
    kept = {name: edit for name, edit in piece.edited.items() if name not in lost}
    said = {"row": row.model_dump(mode="json"), "manuscript": manuscript.model_dump(mode="json")}
    piece.edited, piece.loaded = kept, said if kept else {}
    return with_edits(kept, (row, manuscript), desk)
