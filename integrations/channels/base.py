"""The port of channels: what every place we publish to must say of itself and be able to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol

import httpx
from pydantic import BaseModel

from models.delivery import Verb
from models.post import Picture, Post, SpanKind

Counted = Literal["graphemes", "code_points", "utf16", "bytes"]
OpenPicture = Callable[[Picture], bytes]


@dataclass(frozen=True)
class Limits:
    """What one post may hold, each number with its unit; None means the platform names no limit.

    `counts` is the unit of every text limit. `caption_max` holds where a text stands under pictures.
    `picture_ratio` is width / height, lowest and highest; `crop` is the size in pixels A7 crops to.
    """

    text_max: int | None = None
    caption_max: int | None = None
    title_max: int | None = None
    description_max: int | None = None
    counts: Counted = "graphemes"
    pictures_min: int = 0
    pictures_max: int = 0
    picture_bytes_max: int | None = None
    picture_sides_sum_max: int | None = None
    picture_ratio: tuple[float, float] | None = None
    picture_types: frozenset[str] = frozenset({"image/jpeg", "image/png"})
    crop: tuple[int, int] | None = None
    links_max: int | None = None
    tags_max: int | None = None
    markup: frozenset[SpanKind] = frozenset()
    html: bool = False


@dataclass(frozen=True)
class Advertising:
    """Whether advertising may be placed there, by country: the law's answer, its date and its source."""

    allowed: bool
    since: date
    source: str


@dataclass(frozen=True)
class Capabilities:
    """What the provider can do. `key_valid_for` is how long it remembers our key; None: it takes no key."""

    verbs: frozenset[Verb]
    call_timeout: timedelta = timedelta(seconds=30)
    connections: int = 1
    min_interval: timedelta = timedelta(0)
    key_valid_for: timedelta | None = None
    finds: bool = False
    observes: bool = False
    reactions: frozenset[str] = frozenset()
    reactions_per_call: int = 1
    comments: bool = False
    audience: bool = False
    editable_for: timedelta | None = None
    advertising: dict[str, Advertising] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One call of a delivery, in order. A `repeatable` part does no harm when it is made twice (an upload)."""

    name: str
    repeatable: bool = False


@dataclass(frozen=True)
class Call:
    """One part to be made. `key` is ours for the provider; `done` holds the details of the parts before it by name;
    `remote_id` is what an edit or a delete acts on; `since` is when the first attempt began."""

    verb: Verb
    part: str
    key: str
    post: Post
    remote_id: str = ""
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    since: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """The provider's yes. `detail` is plain JSON that later parts, edits and look-ups need."""

    remote_id: str
    url: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class Presence(StrEnum):
    LIVE = "live"
    GONE = "gone"


@dataclass(frozen=True)
class Live:
    """What is seen on the channel now; None means the provider does not show it."""

    presence: Presence
    text: str | None = None
    pictures: int | None = None
    url: str | None = None


@dataclass(frozen=True)
class Remark:
    """A comment under a post. The author is a key of the network, never a name.

    `ours`: it was written in the name of the channel itself; `reply_to` is the comment it answers, where that is shown.
    """

    remote_id: str
    post_id: str
    text: str
    at: datetime
    author_key: str = ""
    ours: bool = False
    reply_to: str = ""


class Channel(Protocol):
    """A place we publish to. One class in one file of this folder is a channel; nothing is registered.

    Every method raises only the errors of `integrations.errors`. Nothing here retries, sleeps or remembers.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[BaseModel]]
    limits: ClassVar[Limits]
    capabilities: ClassVar[Capabilities]

    def __init__(self, settings: Any, http: httpx.Client, open_picture: OpenPicture) -> None: ...

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        """The calls this delivery takes, in order. Pure."""

    def act(self, call: Call) -> Receipt:
        """Make one part. Returns only for an answer that proves it was accepted."""

    def find(self, call: Call) -> Receipt | None:
        """Look for a part whose outcome is unknown; None is proof that it is not there. Unsupported where blind."""

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        """See what is live now."""

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Metrics by post, at most `reactions_per_call` at once; a metric that is not available is absent, never 0."""

    def comments(self, remote_id: str) -> list[Remark]:
        """Comments under a post, oldest first."""

    def audience(self) -> dict[str, int]:
        """Metrics of the account itself: members, views."""

    def check(self) -> None:
        """Prove that the settings work; for `otdel doctor`. Raises what is wrong."""
