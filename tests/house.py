"""A furnished house for the tests of steps: a small company in a folder of its own, channels of the test's choosing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from deployments.furniture import has_come
from integrations.channels.base import Channel
from integrations.errors import Refused
from integrations.media import MediaStore
from integrations.workspace import read_workspace
from models.company import ChannelCard, Workspace
from models.content import Problem
from models.database import SetClock, connect
from models.delivery import State
from models.mailers import MailerCard
from models.piece import Piece, Rendition
from models.post import Post
from models.reason import because
from models.tables import METADATA
from tasks.house import House, furnish
from tasks.people.rows import sync_people
from tests.fakes import NOW, FakeChannel, delivery

COMPANY = """\
name: Seven Cups
locale: en
zone: Europe/Moscow
currency: RUB
synthetic: true
people:
  - {key: olga, name: Olga Author, email: olga@example.org, roles: [author]}
  - {key: marina, name: Marina Approver, email: marina@example.org, roles: [approver], deputy: vera}
  - {key: gleb, name: Gleb Technician, email: gleb@example.org, roles: [technician]}
  - {key: vera, name: Vera Head, email: vera@example.org, roles: [head]}
  - {key: nina, name: Nina Cashier, email: nina@example.org, roles: [cashier]}
groups:
  - {key: tea-lovers, title: Tea lovers, words: [oolong, tea, tasting]}
approval: {approver: marina}
"""
CHANNEL = '  - {{key: {key}, provider: folder, title: "{title}"}}\n'
FEEDS = "sources: []\n"


def settle_company(root: Path, accounts: Mapping[str, str], feeds: str = FEEDS, company: str = COMPANY) -> Path:
    """Write the company's files; `accounts` are the titles of its channels by their keys."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "company.yaml").write_text(company)
    cards = "".join(CHANNEL.format(key=key, title=title) for key, title in accounts.items())
    (root / "channels.yaml").write_text(f"channels:\n{cards}")
    (root / "feeds.yaml").write_text(feeds)
    return root


@cache
def empty_database() -> bytes:
    """A database with all tables: made once, copied for every test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "otdel.sqlite"
        engine = connect(f"sqlite:///{path}")
        METADATA.create_all(engine)
        engine.dispose()
        return path.read_bytes()


SETTINGS = ("company.yaml", "channels.yaml", "mailers.yaml", "feeds.yaml", "brand/brand.yaml", "consents.yaml")


def read_again(root: Path, clock: SetClock) -> Callable[[], tuple[Workspace, list[Problem]]]:
    """Read the company's files as they stand, anew only where they or the day are others."""

    @lru_cache(maxsize=8)
    def read(day: date, _: tuple[bytes, ...]) -> tuple[Workspace, list[Problem]]:
        return read_workspace(root, day)

    def opened() -> tuple[Workspace, list[Problem]]:
        files = (root / name for name in SETTINGS)
        found = read(clock.at.date(), tuple(path.read_bytes() if path.is_file() else b"" for path in files))
        return read_workspace(root, clock.at.date()) if has_come(root, found[1]) else found

    return opened


def furnished(
    root: Path,
    engine: Engine,
    channels: Mapping[str, Channel],
    clock: SetClock,
    feeds: str = FEEDS,
    company: str = COMPANY,
    mailers: Mapping[str, Any] = {},
    cards: str = "",
) -> House:
    """A house whose time stands where the clock is set; its people are in the tables already.

    `mailers` are by the keys of `cards`, the text of mailers.yaml; their letters stay on this computer.
    """
    settle_company(root, {key: channel.title for key, channel in channels.items()}, feeds, company)
    if cards:
        (root / "mailers.yaml").write_text(cards)

    def mailer_of(card: MailerCard) -> Any:
        if card.key not in mailers:
            raise Refused(because("no such mailer", code="no_mailer"))
        return mailers[card.key]

    def provider_of(card: ChannelCard) -> Channel:
        if card.key not in channels:
            raise Refused(because("no such channel", code="no_channel"))
        return channels[card.key]

    house = House(
        engine=engine, sessions=sessionmaker(engine, expire_on_commit=False), provider_of=provider_of,
        open_workspace=read_again(root, clock), media=MediaStore(root / "media"),
        mail=FakeChannel(), root=root, var=root / "var", first_start=clock.at.date(), public_url="https://cups.example",
        staff_url="https://staff.example", ui_url="https://ui.example", clock=clock, now=lambda: clock.at,
        printed=lambda kind, value: sha256(f"{kind} {value}".encode()).hexdigest(), mailer_of=mailer_of,
        letters_leave=lambda card: False, kind_of=lambda card: mailers[card.key].capabilities.kind,
    )  # fmt: skip
    with house.sessions.begin() as session:
        sync_people(session, clock, house.workspace)
    furnish(house)
    return house


def publish(
    sessions: sessionmaker[Session],
    remote_id: str,
    post: Post,
    account: str = "fake",
    sent_at: datetime = NOW,
    author: str = "olga",
    **more: Any,
) -> int:
    """A placement that went out: a piece, its rendition and its delivery. Returns the delivery's id."""
    key = f"{account}-{remote_id}"
    with sessions.begin() as session:
        piece = Piece(
            number=key, source="plan", source_ref=key, title=post.title or post.text[:20], author=author, goal="reach",
            customer_group="tea-lovers", created_at=sent_at, changed_at=sent_at,
        )  # fmt: skip
        session.add(piece)
        session.flush()
        rendition = Rendition(
            piece_id=piece.id or 0, version_id=1, account=account, post=post.model_dump(mode="json"),
            content_hash=post.content_hash(), made_at=sent_at,
        )  # fmt: skip
        session.add(rendition)
        session.flush()
        usual: dict[str, Any] = {
            "account": account, "subject_id": str(piece.id), "content_id": rendition.id, "state": State.SENT,
            "content_hash": rendition.content_hash, "approved_hash": rendition.content_hash, "remote_id": remote_id,
            "sent_at": sent_at, "url": f"https://{account}.example/{remote_id}", "campaign": "winter-tea",
        }  # fmt: skip
        row = delivery(f"placement:{piece.id}:{account}:0", at=sent_at, **usual | more)
        session.add(row)
        session.flush()
        return row.id or 0
