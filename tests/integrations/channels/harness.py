"""What the contract suite needs of each channel: one line per provider in `HARNESSES`, at the end."""

import hashlib
import shutil
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr

from integrations.channels import discovered, folder_post
from integrations.channels import measure as ruler
from integrations.channels.base import Call, Channel, Limits, Receipt
from integrations.errors import Failure
from integrations.wire import Wire, client, deadline
from models.delivery import Verb
from models.post import Picture, Post
from models.site import SitePage
from tests.servers import PlainServer, TelegramServer, VkServer, plain, telegram, vk
from tests.servers.journal import digest

PATIENCE, SOON = timedelta(seconds=5), timedelta(seconds=0.5)
SLOW = frozenset({"timeout_before", "timeout_after", "slow", "late", "acts_late"})
TRUST = ssl.create_default_context()  # read once: it takes longer than most of these tests
TEXT = "Чай дня: сенча 🍵, 450 ₽"


@dataclass
class Harness:
    """A provider beside what it talks to. `acts` is the method that publishes a text."""

    name: str
    http: httpx.Client
    typed: dict[str, Any]
    out: Callable[[], list[str]]
    delete_by_hand: Callable[[str], None]
    acts: str = ""
    server: Any = None
    pictures: dict[str, bytes] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        return discovered()[self.name].limits

    @property
    def secrets(self) -> dict[str, str]:
        """What may appear nowhere, by the names of its settings."""
        fields = discovered()[self.name].Settings.model_fields
        return {name: str(self.typed[name]) for name, info in fields.items() if info.annotation is SecretStr}

    def provider(self, **otherwise: Any) -> Channel:
        return self.speaking_over(self.http, **otherwise)

    def speaking_over(self, http: httpx.Client, **otherwise: Any) -> Channel:
        kind = discovered()[self.name]
        return kind(kind.Settings(**(self.typed | otherwise)), http, lambda picture: self.pictures[picture.sha256])

    def picture(self, number: int) -> Picture:
        """A picture of a colour of its own, in the media store."""
        data = jpeg(number)
        sha256 = hashlib.sha256(data).hexdigest()
        self.pictures[sha256] = data
        return Picture(sha256=sha256, media_type="image/jpeg", width=160, height=120, size=len(data))

    def text(self, length: int) -> str:
        """A text of that length, or the longest that the channel takes, in its own unit."""
        text, longest = "чай " * (length // 4 + 1), self.limits.text_max or length
        text = text[: min(length, longest)]
        while ruler.length(text, self.limits.counts) > longest:
            text = text[: len(text) * 9 // 10]
        return text.strip()

    def can(self, verb: Verb) -> bool:
        return verb in discovered()[self.name].capabilities.verbs

    def post(self, text: str, pictures: int = 0) -> Post:
        """A post with so many pictures, or the nearest number that the channel takes."""
        number = min(max(pictures, self.limits.pictures_min), self.limits.pictures_max)
        return Post(text=text, pictures=tuple(self.picture(each) for each in range(number)))

    def fault(self, kind: str, **how: Any) -> None:
        """Let the next call of the publishing method end badly."""
        self.server.add_faults(self.acts, [{"kind": kind, **how}])

    def requests(self) -> int:
        return len(self.server.journal_events("received")) if self.server else 0

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


class Beside(Protocol):
    def harness(self, name: str, path: Path) -> Iterator[Harness]: ...


@dataclass(frozen=True)
class OverHttp:
    """A provider that calls an API, whose address is its setting `api_url`; `typed` are the other settings it needs.

    `acts` is the server's name of the method that publishes. An API of plain HTTP needs no server of its own.
    """

    typed: dict[str, Any] = field(default_factory=lambda: {"token": plain.TOKEN})
    server: Callable[[], Any] = PlainServer
    acts: str = "POST"

    def harness(self, name: str, path: Path) -> Iterator[Harness]:
        with self.server() as server, client(transport=Wire(trust=TRUST)) as http:
            typed = {**self.typed, "api_url": server.url}
            yield Harness(name, http, typed, server.texts, server.delete_by_hand, self.acts, server)


@dataclass(frozen=True)
class OnDisk:
    """A provider that writes files: its setting `path` is a folder, where `files` are the posts, each with its text.

    A post is a file named by its id, or a folder named so.
    """

    files: str
    text: Callable[[bytes], str]
    typed: dict[str, Any] = field(default_factory=dict)

    def harness(self, name: str, path: Path) -> Iterator[Harness]:
        root = path / name

        def posts() -> Sequence[Path]:
            return sorted(root.glob(self.files), key=lambda file: file.stat().st_mtime_ns)

        def delete_by_hand(remote_id: str) -> None:
            (file,) = (file for file in posts() if remote_id in (file.stem, file.parent.name))
            file.unlink() if file.stem == remote_id else shutil.rmtree(file.parent)

        with client(transport=Wire(trust=TRUST)) as http:
            typed = {**self.typed, "path": str(root)}
            yield Harness(name, http, typed, lambda: [self.text(file.read_bytes()) for file in posts()], delete_by_hand)


@contextmanager
def beside(name: str, path: Path) -> Iterator[Harness]:
    """The provider of that name beside what it talks to, which complains of every request that breaks its contract."""
    for harness in HARNESSES[name].harness(name, path):
        yield harness
        assert harness.server is None or harness.server.violations == []


HARNESSES: dict[str, Beside] = {
    "telegram": OverHttp({"token": telegram.TOKEN, "chat": "@seven_cups"}, TelegramServer, "sendMessage"),
    "vk": OverHttp({"token": vk.TOKEN, "group_id": vk.GROUP}, VkServer, "wall.post"),
    "folder": OnDisk("*/post.md", lambda data: folder_post.parsed(data.decode())[1]),
    "site": OnDisk("pages/*.json", lambda data: SitePage.model_validate_json(data).post.text, {"url": "https://e.org"}),
}
