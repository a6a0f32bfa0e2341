"""The pages of the own site in memory, read again only when their folder has changed, and then only what is new."""

import json
import os
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from integrations.site_pages import SitePages
from integrations.web.markup import heading, summary
from models.post import Picture, Post
from models.site import SitePage

# Two changes within one tick of the disk's clock look like one: a folder that changed just now is looked at again.
SETTLED_NS = 2_000_000_000
LOOK_EVERY = 0.2

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Card:
    """What lists need of a page."""

    key: str
    slug: str
    title: str
    summary: str
    picture: Picture | None
    published_at: datetime
    changed_at: datetime


class PageIndex:
    """Knows every page, newest first; `generation` rises with every change."""

    def __init__(
        self, pages: SitePages, clock: Callable[[], float] = time.monotonic, wall: Callable[[], int] = time.time_ns
    ) -> None:
        self.pages, self._clock, self._wall = pages, clock, wall
        self.generation = 0
        self._cards: dict[str, tuple[Stamp, Card]] = {}
        self._newest: tuple[Card, ...] = ()
        self._by_slug: dict[str, Card] = {}
        self._made: dict[Hashable, tuple[int, bytes]] = {}
        self._folder_seen, self._look_at = -1, 0.0
        self._lock = Lock()

    def newest(self) -> tuple[Card, ...]:
        self._refresh()
        return self._newest

    def read(self, slug: str) -> SitePage | None:
        """The whole page at this address."""
        self._refresh()
        card = self._by_slug.get(slug)
        return self.pages.read(card.key) if card else None

    def was_there(self, slug: str) -> bool:
        """Whether a page that is gone had this address."""
        return self.pages.key_of(slug) is not None

    def kept(self, what: Hashable, make: Callable[[], bytes]) -> bytes:
        """What was made of the pages, made anew when one of them has changed; `what` tells it from other things."""
        self._refresh()
        known = self._made.get(what)
        if known is None or known[0] != self.generation:
            known = self.generation, make()
            self._made[what] = known
        return known[1]

    def _refresh(self) -> None:
        stamp = _changed_at(self.pages.pages)
        if stamp == self._folder_seen or self._clock() < self._look_at:
            return
        with self._lock:
            if stamp != self._folder_seen:
                self._reload()
                self._folder_seen = stamp if self._wall() - stamp > SETTLED_NS else -1
                self._look_at = self._clock() + LOOK_EVERY

    def _reload(self) -> None:
        found = dict(_listed(self.pages.pages))
        kept = {name: known for name, known in self._cards.items() if found.get(name) == known[0]}
        fresh = {name: (stamp, card) for name, stamp in found.items() if name not in kept
                 and (card := _card(self.pages.pages / name))}  # fmt: skip
        if not fresh and len(kept) == len(self._cards):
            return
        self._cards = kept | fresh
        cards = [card for _, card in self._cards.values()]
        self._newest = tuple(sorted(cards, key=lambda card: (card.published_at, card.key), reverse=True))
        self._by_slug = {card.slug: card for card in cards}
        self.generation += 1


def _changed_at(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _listed(folder: Path) -> list[tuple[str, Stamp]]:
    try:
        with os.scandir(folder) as entries:
            names = [entry for entry in entries if entry.name.endswith(".json") and not entry.name.startswith(".")]
            return [(e.name, (s.st_mtime_ns, s.st_size, s.st_ino)) for e in names if (s := _stat(e))]
    except OSError:
        return []


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None


def _card(file: Path) -> Card | None:
    """A page's card; None for a file that is no page (a person may have put it there)."""
    try:
        said: dict[str, Any] = json.loads(file.read_bytes())
        post = Post.model_construct(**said["post"])
        pictures = post.pictures
        return Card(
            key=file.stem, slug=said["slug"], title=heading(post), summary=summary(post),
            picture=Picture.model_validate(pictures[0]) if pictures else None,
            published_at=datetime.fromisoformat(said["published_at"]),
            changed_at=datetime.fromisoformat(said["changed_at"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
