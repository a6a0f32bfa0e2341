"""What a loaded plan makes of its pieces: as many statements for a thousand rows as for one. Sessions are given."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import String, Table, and_, bindparam, case, insert, or_, select, update
from sqlalchemy.orm import Session

from models.content import Change, ChangeKind, PlanRow
from models.database import Clock, now_by, portions
from models.manuscript import Manuscript
from models.piece import HandVersion, Piece, PieceVersion
from tasks.content.kept import changed_in_file, with_edits
from tasks.content.rows import PLAN, hands_of
from tasks.content.versions import Present, Written, file_of, next_version, taken_over, written_out
from tasks.delivery.rows import many

Values = dict[str, Any]

APPLIED = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.MOVED, ChangeKind.GONE)
PIECE: Table = Piece.__table__  # type: ignore[attr-defined]
VERSION: Table = PieceVersion.__table__  # type: ignore[attr-defined]
P = PIECE.c
FOLLOWING = (
    "number", "title", "version_id", "customer_group", "group_overruled", "campaign", "goal", "author", "plan",
    "row_hash", "loaded", "edited", "archived", "changed_at",
)  # fmt: skip
BLANK: Values = {
    "id": None, "source": PLAN, "number": None, "title": "", "version_id": None, "customer_group": "",
    "group_overruled": False, "plan": {},
}  # fmt: skip
FOLLOW = update(PIECE).where(P.id == bindparam("b_id")).values({name: bindparam(f"b_{name}") for name in FOLLOWING})


def hold_pieces(session: Session, changes: Sequence[Change]) -> None:
    """Let nobody else change the pieces of these changes before this transaction ends; who would has to wait."""
    for portion in portions([change.number for change in changes]):
        mine = select(P.id).where(P.number.in_(portion)).order_by(P.id)
        session.execute(mine.with_for_update(key_share=True)).all()


def apply_changes(
    session: Session, clock: Clock, changes: Iterable[Change], manuscripts: Mapping[str, Written], by: str
) -> int:
    """Do these changes and count them; rows that are out stay untouched. `manuscripts` are those of the rows by №."""
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
    found: list[Values] = [dict(row) for row in session.execute(select(PIECE).where(known)).mappings()]
    said = case((P.edited.cast(String) != "{}", VERSION.c.content))  # the others' is not needed
    its = (VERSION.c.piece_id, VERSION.c.ordinal, VERSION.c.content_hash, VERSION.c.source_hash, VERSION.c.styled)
    mine = P.id.in_([piece["id"] for piece in found])
    present = session.execute(select(*its, said.label("content")).join(PIECE, P.version_id == VERSION.c.id).where(mine))
    batch = Batch(now, by, {version.piece_id: version for version in present})
    batch.pieces = {piece["source_ref"]: piece for piece in found if piece["source"] == PLAN}
    batch.pieces |= {piece["number"]: piece for piece in found if piece["number"]}
    for hand in hands_of(session, [piece["id"] for piece in found]):
        batch.hands[hand.piece_id].append(hand)
    return batch


@dataclass
class Batch:
    """The pieces of some changes by their №s, as values of their columns, and what they are to become."""

    now: datetime
    by: str
    present: Mapping[int, Any]
    hands: dict[int, list[HandVersion]] = field(default_factory=lambda: defaultdict(list))
    pieces: dict[str, Values] = field(default_factory=dict)
    changed: list[Values] = field(default_factory=list)
    versions: list[tuple[Values, Values]] = field(default_factory=list)

    def apply(self, change: Change, manuscripts: Mapping[str, Written]) -> None:
        piece = self.pieces.get(change.number)
        if change.kind is ChangeKind.NEW and change.row is not None:
            self._add(piece or self._blank(change.number), change.row, manuscripts[change.number])
        elif piece is not None and change.kind is ChangeKind.GONE:
            piece |= {"archived": True, "changed_at": self.now}
            self.changed.append(piece)
        elif piece is not None and change.row is not None:
            self._follow(piece, change.row, manuscripts.get(change.number))

    def _blank(self, number: str) -> Values:
        return BLANK | {"source_ref": number, "created_at": self.now, "changed_at": self.now}

    def _add(self, piece: Values, row: PlanRow, manuscript: Written) -> None:
        """A new piece with its first version; one that is back in the plan is the same piece."""
        was_edited = bool(piece.get("edited"))
        piece |= {"archived": False, "loaded": {}, "edited": {}} | taken_over(
            row, piece["plan"], piece["customer_group"]
        )
        self._keep_version(piece, manuscript, "new", was_edited)

    def _follow(self, piece: Values, row: PlanRow, manuscript: Written | None) -> None:
        """Let the piece follow its row: what was edited on the desk stays, where the file did not change it too."""
        was_edited = bool(piece["edited"])
        if manuscript is not None and was_edited:
            row, kept = _beside_the_desk(piece, self.present[piece["id"]].content, row, manuscript.manuscript)
            manuscript = written_out(kept)
        piece |= taken_over(row, piece["plan"], piece["customer_group"]) | {"changed_at": self.now}
        self._keep_version(piece, manuscript, "plan", was_edited and not piece["edited"])

    def _keep_version(self, piece: Values, manuscript: Written | None, why: str, settles: bool) -> None:
        self.changed.append(piece)
        if manuscript is None:
            return
        present: Present | None = self.present.get(piece["id"])
        hands = self.hands.get(piece["id"], [])
        said = next_version(present, hands, manuscript, self.by, why, self.now, piece["plan"], settles=settles)
        if said is not None:
            piece |= {"title": said["content"]["title"], "changed_at": self.now}
            self.versions.append((piece, said))

    def keep(self, session: Session) -> None:
        """Write it all down: the new pieces, the new versions, then what every piece says now."""
        new = {piece["source_ref"]: piece for piece in self.changed if piece["id"] is None}
        for id, ref in _inserted(session, PIECE, list(new.values()), P.id, P.source_ref):
            new[ref]["id"] = id
        said = {piece["id"]: (piece, {"piece_id": piece["id"], **version}) for piece, version in self.versions}
        its_own = (VERSION.c.id, VERSION.c.piece_id)
        for id, piece_id in _inserted(session, VERSION, [version for _, version in said.values()], *its_own):
            said[piece_id][0]["version_id"] = id
        many(session, FOLLOW, [_following(piece) for piece in sorted(self.changed, key=itemgetter("id"))])


def _inserted(session: Session, table: Table, rows: Sequence[Values], *known: Any) -> list[Any]:
    """Insert the rows, and say what they are known by."""
    values = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    return list(session.execute(insert(table).returning(*known), values)) if rows else []


def _following(piece: Values) -> Values:
    return {"b_id": piece["id"]} | {f"b_{name}": piece[name] for name in FOLLOWING}


def _beside_the_desk(
    piece: Values, said_now: Values, row: PlanRow, manuscript: Manuscript
) -> tuple[PlanRow, Manuscript]:
    desk = PlanRow.model_validate(piece["plan"]), Manuscript.model_validate(said_now)
    lost = changed_in_file(piece["edited"], file_of(piece["loaded"]), (row, manuscript))
    kept = {name: edit for name, edit in piece["edited"].items() if name not in lost}
    said = {"row": row.model_dump(mode="json"), "manuscript": manuscript.model_dump(mode="json")}
    piece |= {"edited": kept, "loaded": said if kept else {}}
    return with_edits(kept, (row, manuscript), desk)
