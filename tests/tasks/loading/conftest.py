"""A company whose plan is as long as a test wants it, and the statements that loading it takes."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, select
from sqlalchemy.orm import Session

from models.content import Change, ChangeKind, PlanRow
from models.database import SetClock
from models.locale import spoken
from models.manuscript import Manuscript
from models.piece import Piece, PieceVersion, Rendition
from models.reaction import Mark
from tasks.content import rows as pieces
from tasks.content.difference import compare
from tasks.content.versions import written_out
from tasks.house import House
from tasks.loading import rows
from tests.fakes import NOW, FakeChannel
from tests.house import furnished


def row(number: int, text: str = "Tea", **more: object) -> PlanRow:
    said = {"on": date(2026, 11, 25), "at": time(10, number % 60), "channels": ("fake", "wall")} | more
    return PlanRow(number=str(number), row=number, text=text, **said)  # type: ignore[arg-type]


def written(planned: PlanRow) -> Manuscript:
    return Manuscript(title=planned.title, body=planned.text, channels=planned.channels)


class Office:
    """A house that loads rows as they are given."""

    def __init__(self, house: House) -> None:
        self.house, self.statements = house, 0
        event.listen(house.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def means(self, planned: Sequence[PlanRow]) -> list[Change]:
        with self.house.reads() as session:
            return compare(planned, pieces.known_rows(session))

    def apply(self, session: Session, changes: Sequence[Change], by: str = "olga") -> int:
        found = {change.number: written_out(written(change.row)) for change in changes if change.row}
        return rows.apply_changes(session, self.house.clock, changes, found, by)

    def load(self, planned: Sequence[PlanRow]) -> int:
        """Make the plan say this, what is gone included; returns how many statements applying it took."""
        changes = [change for change in self.means(planned) if change.kind is not ChangeKind.SAME]
        with self.house.sessions.begin() as session:
            session.connection()  # its own BEGIN is not counted
            before = self.statements
            assert self.apply(session, changes) == len(changes)
            return self.statements - before

    def adapted(self) -> None:
        """Every present version of a piece has a version for each of its channels, as adapting makes them."""
        with self.house.sessions.begin() as session:
            made = set(session.execute(select(Rendition.piece_id, Rendition.version_id)).tuples())
            found = session.execute(select(Piece.id, Piece.version_id)).tuples().all()
            values = [
                {"piece_id": id, "version_id": version, "account": account, "post": {"text": "tea"}, "notes": [],
                 "content_hash": f"{version}-{account}", "by_hand": False, "made_at": NOW}
                for id, version in found if (id, version) not in made for account in ("fake", "wall")
            ]  # fmt: skip
            if values:
                session.execute(insert(Rendition), values)

    def pieces(self) -> dict[str, Piece]:
        with self.house.reads() as session:
            return {piece.number or "": piece for piece in session.execute(select(Piece)).scalars()}

    def versions(self, number: str) -> list[PieceVersion]:
        mine = select(PieceVersion).where(PieceVersion.piece_id == self.pieces()[number].id)
        with self.house.reads() as session:
            return list(session.execute(mine.order_by(PieceVersion.ordinal)).scalars())  # type: ignore[arg-type]


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Iterator[Office]:
    house = furnished(tmp_path / "company", database, {"fake": FakeChannel(), "wall": FakeChannel()}, SetClock(NOW))
    with house.sessions.begin() as session:
        session.add(Mark(name="first_start", value=NOW.isoformat(), at=NOW))
    made = Office(house)
    with spoken("en"):
        yield made
    event.remove(database, "before_cursor_execute", made._count)
