"""What the contract suite needs of each channel: one line per provider in `HARNESSES`, at the end."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from integrations.channels import discovered, folder_post
from integrations.channels.base import Call, Channel, Receipt
from integrations.errors import Failure
from integrations.wire import client, deadline
from models.delivery import Verb
from models.post import Picture, Post
from models.site import SitePage
from tests.servers import TelegramServer, VkServer, telegram, vk
from tests.servers.journal import digest

PATIENCE, SOON = timedelta(seconds=5), timedelta(seconds=0.5)
SLOW = frozenset({"timeout_before", "timeout_after", "slow", "late", "acts_late"})
TEXT = "Чай дня: сенча 🍵, 450 ₽"


@dataclass
class Harness:
    """A provider beside what it talks to. `acts` is the method that publishes a text; `secret` may appear nowhere."""

    name: str
    http: httpx.Client
    typed: dict[str, Any]
    out: Callable[[], list[str]]
    delete_by_hand: Callable[[str], None]
    secret: str = ""
    acts: str = ""
    server: Any = None
    pictures: dict[str, bytes] = field(default_factory=dict)

    def provider(self, **otherwise: Any) -> Channel:
        kind = discovered()[self.name]
        return kind(kind.Settings(**(self.typed | otherwise)), self.http, lambda picture: self.pictures[picture.sha256])

    def picture(self, number: int) -> Picture:
        """A picture of a colour of its own, in the media store."""
        data = jpeg(number)
        sha256 = hashlib.sha256(data).hexdigest()
        self.pictures[sha256] = data
        return Picture(sha256=sha256, media_type="image/jpeg", width=160, height=120, size=len(data))

    def post(self, text: str, pictures: int = 0) -> Post:
        return Post(text=text, pictures=tuple(self.picture(number) for number in range(pictures)))

    def fault(self, kind: str, **how: Any) -> None:
        """Let the next call of the publishing method end badly."""
        self.server.add_faults(self.acts, [{"kind": kind, **how}])

    def requests(self) -> int:
        return len(self.server.journal_events("received"))

    def accepted(self) -> int:
        """How many contents were taken; repeats that the provider recognised are not counted."""
        if self.server is None:
            return len(self.out())
        return sum(each.accepted for place in self.server.published().values() for each in place)

    def fingerprints(self) -> list[str]:
        return [each.digest for place in self.server.published().values() for each in place]

    def deliver(
        self, post: Post, verb: Verb = Verb.PUBLISH, row: str = "row", base: Receipt | None = None,
        within: timedelta = PATIENCE, **otherwise: Any,
    ) -> Receipt:  # fmt: skip
        """Make all parts of a delivery in order, as the engine does."""
        provider = self.provider(**otherwise)
        done: dict[str, Any] = {"base": base.detail if base else {}}
        receipt = Receipt("")
        for part in provider.parts(verb, post):
            with deadline(within):
                receipt = provider.act(call(post, verb, part.name, row, base, done))
            done[part.name] = receipt.detail
        return receipt

    def last_call(self, post: Post, verb: Verb = Verb.PUBLISH, row: str = "row", base: Receipt | None = None) -> Call:
        return call(post, verb, self.provider().parts(verb, post)[-1].name, row, base, {})


def call(post: Post, verb: Verb, part: str, row: str, base: Receipt | None, done: dict[str, Any]) -> Call:
    key = hashlib.sha256(f"{row}|{part}|0".encode()).hexdigest()[:32]
    return Call(verb, part, key, post, base.remote_id if base else "", dict(done))


def failure_of(channel: Harness, kind: str, **how: Any) -> Failure:
    channel.fault(kind, delay_ms=100 if kind == "slow" else 1500 if kind in SLOW else 0, **how)
    with pytest.raises(Failure) as caught:
        channel.deliver(Post(text=TEXT), within=SOON if kind in SLOW else PATIENCE)
    return caught.value


def jpeg(number: int) -> bytes:
    image = BytesIO()
    Image.new("RGB", (160, 120), (40 * number % 256, 90, 120)).save(image, "JPEG")
    return image.getvalue()


def fingerprint(text: str, post: Post) -> str:
    """By what the servers know a content: its text and the bytes of its pictures."""
    return digest(text, [picture.sha256 for picture in post.pictures])


@contextmanager
def telegram_channel(tmp_path: Path) -> Iterator[Harness]:
    with TelegramServer() as server, client() as http:
        typed = {"token": telegram.TOKEN, "chat": "@seven_cups", "api_url": server.url}
        yield Harness(
            "telegram", http, typed, secret=telegram.TOKEN, acts="sendMessage", server=server,
            out=lambda: [text for m in server.posts() if (text := m.get("text", m.get("caption", "")))],
            delete_by_hand=lambda remote_id: server.delete_by_hand(int(remote_id)),
        )  # fmt: skip


@contextmanager
def vk_wall(tmp_path: Path) -> Iterator[Harness]:
    with VkServer() as server, client() as http:
        typed = {"token": vk.TOKEN, "group_id": vk.GROUP, "api_url": server.url}
        yield Harness(
            "vk", http, typed, secret=vk.TOKEN, acts="wall.post", server=server,
            out=lambda: [post["text"] for post in reversed(server.posts())],
            delete_by_hand=lambda remote_id: server.delete_by_hand(int(remote_id)),
        )  # fmt: skip


@contextmanager
def folder(tmp_path: Path) -> Iterator[Harness]:
    with client() as http:
        files = lambda: sorted(tmp_path.glob("posts/*/post.md"), key=lambda file: file.stat().st_mtime_ns)  # noqa: E731
        yield Harness(
            "folder", http, {"path": str(tmp_path / "posts")},
            out=lambda: [folder_post.parsed(file.read_bytes().decode())[1] for file in files()],
            delete_by_hand=lambda remote_id: shutil.rmtree(tmp_path / "posts" / remote_id),
        )  # fmt: skip


@contextmanager
def own_site(tmp_path: Path) -> Iterator[Harness]:
    with client() as http:
        pages = lambda: sorted(tmp_path.glob("site/pages/*.json"), key=lambda file: file.stat().st_mtime_ns)  # noqa: E731
        yield Harness(
            "site", http, {"path": str(tmp_path / "site"), "url": "https://www.example.org"},
            out=lambda: [SitePage.model_validate_json(file.read_bytes()).post.text for file in pages()],
            delete_by_hand=lambda remote_id: (tmp_path / "site" / "pages" / f"{remote_id}.json").unlink(),
        )  # fmt: skip


HARNESSES: dict[str, Callable[[Path], AbstractContextManager[Harness]]] = {
    "telegram": telegram_channel,
    "vk": vk_wall,
    "folder": folder,
    "site": own_site,
}
WITHOUT_A_WIRE = frozenset({"folder", "site"})
