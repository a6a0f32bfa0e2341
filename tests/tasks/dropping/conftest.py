"""A company with a loaded plan, and files dropped onto it."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, select

from models.database import SetClock
from models.desk.drop import PlanFound
from models.dropped import DropKind, DroppedFile
from models.locale import spoken
from models.piece import Piece
from models.reaction import Mark
from tasks.dropping import engine, rows
from tasks.dropping.shelf.engine import file_of
from tasks.house import House
from tasks.loading.engine import apply, manuscripts_of, open_plan, take_over_products
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished

HEADER = "№;Date;Time;Text;Channels;Products"
FEEDS = "sources:\n  - {key: shop, title: Shop, path: products.xml, kind: products}\n"
MONEY = "funds:\n  - {key: operating, title: Operating fund, budget: 1000}\n"
YML = '<?xml version="1.0" encoding="UTF-8"?><yml_catalog><shop><offers>{}</offers></shop></yml_catalog>'
ROWS = ("1;25.11.2026;10:00;Tea;fake;tea", "2;26.11.2026;12:00;Milk;wall;", "3;27.11.2026;;Cake;wall;")


def plan(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode()


def feed(**prices: object) -> bytes:
    offers = (
        f'<offer id="{id}"><name>{id.title()}</name><price>{price}</price></offer>' for id, price in prices.items()
    )
    return YML.format("\n".join(offers)).encode()


def picture(colour: tuple[int, int, int] = (1, 2, 3), kind: str = "JPEG") -> bytes:
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, kind)
    return data.getvalue()


class Dropping:
    """What a person drops, and what becomes of it."""

    def __init__(self, house: House) -> None:
        self.house, self.number = house, 0

    def drop(self, kind: DropKind = DropKind.UNKNOWN, by: str = "olga", read: bool = True, **files: bytes) -> int:
        """`plan__csv=…` is a file called plan.csv."""
        self.number += 1
        named = {name.replace("__", "."): data for name, data in files.items()}
        with self.house.sessions.begin() as session:
            size, title = sum(map(len, named.values())), ", ".join(named)
            id, _ = rows.add(session, self.house.clock, f"once-{self.number}", kind, title, size, by)
        for name, data in named.items():
            path = file_of(self.house, id, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if read:
            assert engine.read_dropped(self.house, id)
        return id

    def row(self, id: int) -> DroppedFile:
        with self.house.reads() as session:
            return session.get_one(DroppedFile, id)

    def changes(self, id: int) -> dict[str, str]:
        return {row.number: row.kind.value for row in PlanFound.model_validate(self.row(id).found).rows}

    def pieces(self) -> dict[str, tuple[str, bool]]:
        with self.house.reads() as session:
            found = session.execute(select(Piece)).scalars()
            return {piece.number or "": (piece.title, piece.archived) for piece in found}

    def times(self) -> dict[str, str]:
        with self.house.reads() as session:
            return {p.number or "": f"{p.plan['on']} {p.plan['at']}" for p in session.execute(select(Piece)).scalars()}

    def edited(self) -> dict[str, list[str]]:
        """The fields of the pieces that stand as the desk edited them."""
        with self.house.reads() as session:
            return {p.number or "": list(p.edited) for p in session.execute(select(Piece)).scalars() if p.edited}

    def kept(self, path: str) -> Any:
        place = self.house.root / path
        return place.read_bytes() if place.exists() else None


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    channels = {"fake": FakeChannel(), "wall": FakeChannel()}
    made = furnished(tmp_path / "company", database, channels, SetClock(NOW), FEEDS, COMPANY + MONEY)
    for name in ("pieces", "pictures"):
        (made.root / "content" / name).mkdir(parents=True)
    (made.root / "content" / "plan.csv").write_bytes(plan(*ROWS))
    (made.root / "products.xml").write_bytes(feed(tea=450, cup=300))
    take_over_products(made)
    with made.sessions.begin() as session:  # as every house has it: who loads a plan waits for it
        session.add(Mark(name="first_start", value=NOW.isoformat(), at=NOW))
    return made


@pytest.fixture
def dropping(house: House) -> Iterator[Dropping]:
    with spoken("en"):
        reading = open_plan(house)
        assert reading.problems == ()
        manuscripts, _ = manuscripts_of(house, reading.wanted, reading.pieces)
        apply(house, reading, reading.wanted, manuscripts, (), "olga")
        yield Dropping(house)
