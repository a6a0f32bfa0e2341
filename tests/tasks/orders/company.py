"""A furnished company with planned publications: what orders are about."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.database import SetClock
from models.delivery import Delivery, State
from models.form import Form
from models.piece import Piece, Rendition
from models.post import Post
from tasks.delivery.engine import Engine as Deliveries
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.orders.answers import Report
from tasks.posting.layout import Time
from tasks.posting.rows import Placement, lay_out, posts
from tasks.schedule.wall import wall_of
from tests.fakes import NOW, QUICK_TERMS, FakeChannel
from tests.house import COMPANY, furnished

ZONE = "Europe/Moscow"
HOUR = timedelta(hours=1)
MORE = """\
campaigns:
  - {key: winter-tea, title: Winter tea, starts_on: 2026-11-01, ends_on: 2026-12-31}
goals:
  - {key: visits, title: Guests, metric: visits, target: 100, from: 2026-11-01, to: 2026-12-31}
funds:
  - {key: operating, title: Operating fund, budget: 1000}
outlets:
  - {key: bath, name: Seven Cups in Bath}
"""


class Wall(FakeChannel):
    title = "VK wall"


class Company:
    """A house, its clock set by hand, and two channels: `fake` and `vk`."""

    def __init__(self, root: Path, database: Engine) -> None:
        self.clock = SetClock(NOW)
        self.fake, self.vk = FakeChannel(), Wall()
        for channel in (self.fake, self.vk):  # a busy machine is slow, not wrong
            channel.capabilities = replace(channel.capabilities, call_timeout=QUICK_TERMS.lease - timedelta(seconds=1))
        company = COMPANY.replace(
            "approval: {approver: marina}", f"approval: {{approver: marina, four_eyes: false}}\n{MORE}"
        )
        self.house: House = furnished(root, database, {"fake": self.fake, "vk": self.vk}, self.clock, company=company)
        self.pieces: dict[str, int] = {}

    def given(self, code: str, form: Form, answer: Report | None = None) -> int:
        """An order of the desk as the book keeps it: carried out, if it has an answer."""
        with self.house.sessions.begin() as session:
            order, _ = book.give(session, self.clock, f"once {code}", code, form.model_dump(mode="json"), "olga")
            if answer:
                book.settle(session, self.clock, order.id or 0, answer.model_dump(mode="json"))
            return order.id or 0

    def plan(
        self,
        number: str,
        *accounts: str,
        at: datetime = NOW + HOUR,
        occurrences: int = 1,
        approved: bool = True,
        **fields: Any,
    ) -> list[int]:
        """A piece with its placements, as laying out a plan makes them; returns the numbers of the publications."""
        with self.house.sessions.begin() as session:
            piece = self._piece(session, number)
            wanted = [
                self.placement(piece, account, at + timedelta(days=7 * n), str(n) if occurrences > 1 else "0")
                for account in accounts or ("fake",)
                for n in range(occurrences)
            ]
            lay_out(session, self.clock, wanted, [piece])
            rows = session.execute(select(Delivery).where(Delivery.subject_id == str(piece)).order_by(Delivery.id))
            ids = []
            for row in rows.scalars():
                row.approved_hash = row.content_hash if approved else ""
                for name, value in fields.items():
                    setattr(row, name, value)
                ids.append(row.id or 0)
            return ids

    def _piece(self, session: Any, number: str) -> int:
        piece = Piece(number=number, source="plan", source_ref=number, title=f"Tea {number}", author="olga",
                      created_at=NOW, changed_at=NOW)  # fmt: skip
        session.add(piece)
        session.flush()
        for account in ("fake", "vk"):
            session.add(Rendition(piece_id=piece.id or 0, version_id=1, account=account,
                                  post=Post(text=f"Tea {number}").model_dump(mode="json"),
                                  content_hash=f"h{number}{account}", made_at=NOW))  # fmt: skip
        session.flush()
        self.pieces[number] = piece.id or 0
        return piece.id or 0

    def placement(self, piece: int, account: str, at: datetime, occurrence: str = "0") -> Placement:
        number = next((n for n, id in self.pieces.items() if id == piece), "")
        with self.house.reads() as session:
            found = session.execute(select(Rendition).where(Rendition.piece_id == piece, Rendition.account == account))
            rendition = found.scalar_one_or_none()
        time = Time(occurrence, wall_of(at, ZONE), ZONE, at, at + 2 * HOUR, "ask")  # type: ignore[arg-type]
        return Placement(piece, account, rendition.id if rendition and rendition.id else 1, f"h{number}{account}", time,
                         "winter-tea")  # fmt: skip

    def lay_out(self, number: str, account: str, at: datetime) -> dict[str, int]:
        """Lay the plan out again, which says this time for the piece."""
        piece = self.pieces[number]
        with self.house.sessions.begin() as session:
            return lay_out(session, self.clock, [self.placement(piece, account, at)], [piece])

    def row(self, id: int) -> Delivery:
        with self.house.reads() as session:
            return session.get_one(Delivery, id)

    def states(self) -> list[str]:
        with self.house.reads() as session:
            found = session.execute(select(Delivery.state).where(Delivery.kind == "placement").order_by(Delivery.id))
            return list(found.scalars())

    def set(self, id: int, state: State, **fields: Any) -> None:
        with self.house.sessions.begin() as session:
            row = session.get_one(Delivery, id)
            row.state = state
            for name, value in fields.items():
                setattr(row, name, value)

    def publish_due(self) -> None:
        """What the runner does every minute, with the channels of this company."""
        channels = {"fake": self.fake, "vk": self.vk}
        Deliveries(
            self.house.sessions, self.clock, channels.__getitem__,
            posts, "placement", "runner",
            terms=QUICK_TERMS,
        ).run(timedelta(seconds=10))  # fmt: skip
