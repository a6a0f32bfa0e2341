"""The pages of the own site on disk: one file per publication, and one per address, so that no two share one.

`pages/<key>.json` is the publication; `addresses/<slug>` names the key it was given to, and stays when the page goes:
the address then says "gone" and is never given to another page.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from pydantic import ValidationError

from integrations.channels.folder_disk import put
from integrations.channels.folder_post import is_plain
from models.post import Post
from models.site import SitePage

SLUG = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
SLUG_LONGEST = 120


class SitePages:
    """The pages of one site. A page appears, changes and goes whole."""

    def __init__(self, root: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.root, self.now = root, now
        self.pages, self.addresses = root / "pages", root / "addresses"

    def read(self, key: str) -> SitePage | None:
        """The page of this key; None where there is none, or where a person has spoilt its file."""
        try:
            return SitePage.model_validate_json(self._file(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def publish(self, key: str, post: Post) -> SitePage:
        """Make the page, or find it: a repeated call changes nothing."""
        found = self.read(key)
        if found:
            return found
        self._make_folders()
        at = self.now()
        return self._write(SitePage(key=key, slug=self._address(key, post), post=post, published_at=at, changed_at=at))

    def edit(self, key: str, post: Post) -> SitePage | None:
        """Change what the page says; its address stays."""
        found = self.read(key)
        return found and self._write(found.model_copy(update={"post": post, "changed_at": self.now()}))

    def delete(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)

    def key_of(self, slug: str) -> str | None:
        """Whose address it is or was; None where it was never given."""
        if not SLUG.fullmatch(slug):
            return None
        try:
            return (self.addresses / slug).read_text()
        except FileNotFoundError:
            return None

    def try_writing(self) -> None:
        """Prove that a page could be written. Raises OSError."""
        self._make_folders()
        trial = self.pages / f".{uuid4().hex}"
        put(trial, b"")
        trial.unlink()

    def _address(self, key: str, post: Post) -> str:
        """The first address that is free, or this key's already: a call that was interrupted finds its own again."""
        return next(slug for slug in _candidates(post.slug, key) if self._take(slug, key))

    def _take(self, slug: str, key: str) -> bool:
        new = self.addresses / f".{uuid4().hex}"
        put(new, key.encode())
        try:
            os.link(new, self.addresses / slug)  # unlike a rename it fails where somebody was first
            return True
        except FileExistsError:
            return self.key_of(slug) == key
        finally:
            new.unlink()

    def _write(self, page: SitePage) -> SitePage:
        put(self._file(page.key), page.model_dump_json().encode())
        return page

    def _file(self, key: str) -> Path:
        if not is_plain(key):
            raise FileNotFoundError(key)
        return self.pages / f"{key}.json"

    def _make_folders(self) -> None:
        self.pages.mkdir(parents=True, exist_ok=True)
        self.addresses.mkdir(exist_ok=True)


def _candidates(wanted: str, key: str) -> Iterator[str]:
    """The wanted address, then with -2, -3, …; one that cannot be an address gives way to the page's key."""
    cut = wanted.strip().lower()[:SLUG_LONGEST].strip("-")
    base = cut if SLUG.fullmatch(cut) else re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:12] or "page"
    yield base
    yield from (f"{base}-{number}" for number in count(2))
