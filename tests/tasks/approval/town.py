"""A company with pieces that wait for approval, its runs and letters."""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from models.approval import Approval
from models.database import SetClock
from models.delivery import Delivery
from models.piece import Piece, Rendition
from models.reaction import Notice
from models.registry import Observation
from tasks.approval import rows, steps
from tasks.approval.steps import Asked
from tasks.house import House
from tasks.registry import rows as registry
from tests.fakes import NOW, delivery


@dataclass
class Town:
    house: House
    clock: SetClock
    runs: list[dict[str, Any]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def piece(self, number: str, hours: float = 4, cost: int = 0, version: str = "", author: str = "olga") -> int:
        """A placement of a piece that waits for approval; returns the piece's id."""
        at, version = NOW + timedelta(hours=hours), version or f"hash-{number}"
        with self.house.sessions.begin() as session:
            piece = Piece(number=number, source="plan", source_ref=number, title=f"Tea {number}", author=author,
                          created_at=NOW, changed_at=NOW)  # fmt: skip
            session.add(piece)
            session.flush()
            made = Rendition(piece_id=piece.id or 0, version_id=1, account="fake", post={"text": "tea"},
                             content_hash=version, made_at=NOW)  # fmt: skip
            session.add(made)
            session.flush()
            session.add(delivery(f"p{number}", at, late_at=at + timedelta(hours=2), approved_hash="",
                                 subject_id=str(piece.id), content_id=made.id, content_hash=version))  # fmt: skip
            if cost:
                spent = Observation(
                    operation="M4", subject_kind="piece", subject_id=str(piece.id), metric="expenses", value=cost,
                    cost=cost, currency="RUB", observed_at=NOW, source="stated",
                )  # fmt: skip
                registry.record(session, [spent], self.clock)
            return piece.id or 0

    def edit(self, number: str) -> None:
        with self.house.sessions.begin() as session:
            row = session.query(Delivery).where(Delivery.key == f"p{number}").one()
            row.content_hash = f"hash-{number}-edited"

    def ask(self, run: str = "run-1") -> Asked:
        with self.house.sessions.begin() as session:
            waiting = rows.waiting(session)
            made = rows.open_request(session, self.clock, f"run:{run}", "Week", "marina", waiting, run)
            return Asked(request_id=made.id or 0, title=made.title)

    def answer(
        self, asked: Asked, person: str = "Marina Approver", yes: bool = True, but: str = "", why: str = ""
    ) -> str:
        sign = steps.APPROVE_SIGN if yes else steps.RETURN_SIGN
        said = SimpleNamespace(decision=f"{sign} x", person=person, but=[but] if but else [], reason=why)
        return str(steps.record.fn(asked, said))

    def decided(self) -> dict[str, tuple[str, bool]]:
        with self.house.sessions() as session:
            return {a.subject: (a.decision, a.proven) for a in session.query(Approval)}

    def letters(self) -> list[tuple[str, str]]:
        with self.house.sessions() as session:
            return [(notice.person, notice.key) for notice in session.query(Notice)]
