"""A company in a folder of its own with its database laid out, and the commands at hand."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from deployments.cli import build
from models.database import DatabaseClock, connect, now_by, writing
from models.delivery import Delivery
from models.locale import spoken
from models.piece import Piece, Rendition
from models.post import Post
from tests.fakes import delivery
from tests.house import empty_database, settle_company
from tests.tasks.orders.company import COMPANY, MORE

FOUR_EYES = "approval: {approver: marina, four_eyes: true}"
TWO_EYES = "approval: {approver: marina, four_eyes: false}"


@dataclass
class Said:
    """What a command said, and how it ended."""

    code: int
    text: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)


class Town:
    """The company of the commands: its folder, its database, and a way to run a command in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.engine = connect(f"sqlite:///{root / 'var' / 'otdel.sqlite'}")

    def company(self, approval: str = TWO_EYES) -> None:
        text = COMPANY.replace("approval: {approver: marina}", f"{approval}\n{MORE}")
        settle_company(self.root, {"fake": "Fake", "vk": "VK wall"}, company=text)

    def lay_out(self) -> None:
        (self.root / "var").mkdir(parents=True, exist_ok=True)
        (self.root / "var" / "otdel.sqlite").write_bytes(empty_database())

    def plan(self, number: str, account: str = "fake", **fields: Any) -> int:
        """A piece of Olga's with one publication; returns its number."""
        with writing(self.engine) as session:
            now = now_by(DatabaseClock(), session)
            piece = Piece(number=number, source="plan", source_ref=number, title=f"Tea {number}", author="olga",
                          created_at=now, changed_at=now)  # fmt: skip
            session.add(piece)
            session.flush()
            rendition = Rendition(piece_id=piece.id or 0, version_id=1, account=account, content_hash=f"h{number}",
                                  post=Post(text="Tea").model_dump(mode="json"), made_at=now)  # fmt: skip
            session.add(rendition)
            session.flush()
            common = {"subject_id": str(piece.id), "content_id": rendition.id, "content_hash": f"h{number}"}
            row = delivery(f"placement:{piece.id}:{account}:0", account=account, at=now, **(common | fields))
            session.add(row)
            session.flush()
            return row.id or 0

    def rows(self) -> list[Delivery]:
        with writing(self.engine) as session:
            return list(session.execute(select(Delivery).order_by(Delivery.id)).scalars())  # type: ignore[arg-type]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    town = Town(tmp_path / "company")
    town.company()
    town.lay_out()
    monkeypatch.setenv("OTDEL_WORKSPACE", str(town.root))
    monkeypatch.setenv("OTDEL_CONFIG_HOME", str(tmp_path / "private"))
    monkeypatch.setenv("OTDEL_LOCALE", "en")
    for name in ("OTDEL_DATABASE_URL", "OTDEL_PERSON"):
        monkeypatch.delenv(name, raising=False)
    yield town
    town.engine.dispose()


Otdel = Callable[..., Said]


@pytest.fixture
def otdel(town: Town) -> Otdel:
    """Run a command in this process, in English unless told otherwise."""

    def run(*arguments: str, language: str = "en") -> Said:
        with spoken(language):
            answer = CliRunner().invoke(build(), list(arguments), catch_exceptions=False)
        return Said(answer.exit_code, answer.stdout + answer.stderr)

    return run
