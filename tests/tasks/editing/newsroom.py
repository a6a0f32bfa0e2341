"""A furnished company with two pieces loaded from its plan, styled, adapted and laid out: what editing is about."""

from pathlib import Path

from sqlalchemy import Engine, select

from models.content import ChangeKind, PlanRow
from models.database import SetClock
from models.delivery import Delivery
from models.desk.piece import Fields
from models.manuscript import Manuscript
from models.piece import Piece, PieceVersion, Rendition
from tasks.adaptation.engine import adapt_pieces
from tasks.content.difference import sentence
from tasks.content.rows import by_number
from tasks.editing.fields import fields_of
from tasks.house import House
from tasks.loading.engine import apply, manuscripts_of, open_plan
from tasks.posting.engine import lay_out
from tasks.styling.engine import style_pieces
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.adaptation.test_pictures import drawn

CHANNELS = """\
channels:
  - {key: talk, provider: telegram, title: Talk, quiet_hours: ""}
  - {key: wall, provider: vk, title: Wall, quiet_hours: ""}
  - {key: site, provider: site, title: Site, quiet_hours: ""}
"""
MORE = """\
campaigns:
  - {key: winter, title: Winter tea, starts_on: 2026-11-01, ends_on: 2026-12-31}
goals:
  - {key: visits, title: Guests, metric: visits, target: 100, from: 2026-11-01, to: 2026-12-31}
"""
HEAD = "№;date;time;title;text;channels;campaign;author;text for Wall"
ROW_7 = "7;2026-11-25;14:00;Oolong;Milky oolong for the evening.;Talk, Wall;winter;Olga Author;"
ROW_8 = "8;2026-11-26;10:00;Sencha;First flush.;Talk;;Vera Head;"
EDITOR, HEAD_OF_ALL = "olga", "vera"


class Newsroom:
    """A house whose plan is a file that a test rewrites."""

    def __init__(self, root: Path, database: Engine) -> None:
        self.clock = SetClock(NOW)
        channels = {key: FakeChannel() for key in ("talk", "wall", "site")}
        self.house: House = furnished(root, database, channels, self.clock, company=COMPANY + MORE)
        (root / "channels.yaml").write_text(CHANNELS)
        (root / "content" / "pictures").mkdir(parents=True)
        self.write(ROW_7, ROW_8)
        self.load()

    def write(self, *rows: str) -> None:
        (self.house.root / "content" / "plan.csv").write_text("\n".join([HEAD, *rows]))

    def load(self, by: str = "vera") -> int:
        """Load the plan as it is now, then do all that follows."""
        reading = open_plan(self.house)
        wanted = list(reading.wanted)
        manuscripts, _ = manuscripts_of(self.house, wanted, reading.pieces)
        done, trouble = apply(self.house, reading, wanted, manuscripts, (), by)
        assert not trouble
        style_pieces(self.house)
        adapt_pieces(self.house)
        lay_out(self.house)
        return done

    def means(self) -> dict[str, str]:
        """What loading the plan would mean, by №."""
        return {c.number: sentence(c) for c in open_plan(self.house).changes if c.kind is not ChangeKind.SAME}

    def piece(self, number: str = "7") -> Piece:
        with self.house.reads() as session:
            found = by_number(session, number)
            assert found is not None
            return found

    def present(self, number: str = "7") -> PieceVersion:
        with self.house.reads() as session:
            return session.get_one(PieceVersion, self.piece(number).version_id)

    def says(self, number: str = "7") -> Manuscript:
        """What the piece says now, with plain spaces: styling ties short words to the next one."""
        said = Manuscript.model_validate(self.present(number).content).model_dump_json()
        return Manuscript.model_validate_json(said.replace("\u00a0", " "))

    def fields(self, number: str = "7") -> Fields:
        return fields_of(self.says(number), PlanRow.model_validate(self.piece(number).plan))

    def versions(self, number: str = "7") -> list[tuple[str, str]]:
        """Who made each version and why, the oldest first."""
        mine = select(PieceVersion).where(PieceVersion.piece_id == self.piece(number).id)
        with self.house.reads() as session:
            return [(v.made_by, v.why) for v in session.execute(mine.order_by(PieceVersion.ordinal)).scalars()]

    def standing(self, number: str = "7") -> dict[str, tuple[str, str]]:
        """The placements of a piece by channel: their states and wall times."""
        mine = select(Delivery).where(Delivery.kind == "placement", Delivery.subject_id == str(self.piece(number).id))
        with self.house.reads() as session:
            return {row.account: (row.state, row.wall_time) for row in session.execute(mine).scalars()}

    def proof(self, account: str, number: str = "7") -> Rendition:
        """What the placement in this channel would publish."""
        one = (Delivery.subject_id == str(self.piece(number).id), Delivery.account == account)
        with self.house.reads() as session:
            row = session.execute(select(Delivery).where(Delivery.kind == "placement", *one)).scalar_one()
            return session.get_one(Rendition, row.content_id)

    def draw(self, name: str, width: int = 640) -> bytes:
        data = drawn(size=(width, 400))
        (self.house.root / "content" / "pictures" / name).write_bytes(data)
        return data
