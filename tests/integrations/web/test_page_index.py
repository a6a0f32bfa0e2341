"""The index of pages: fresh, cheap, and not troubled by what people leave in the folder."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.site_pages import SitePages
from integrations.web import page_index
from integrations.web.page_index import PageIndex
from models.post import Post


class Clocks:
    """The disk's clock, the index's own, and the moment pages are published at."""

    def __init__(self) -> None:
        self.tick, self.wall, self.at = 0.0, 10**18, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def published(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def pages(tmp_path: Path, clocks: Clocks) -> SitePages:
    return SitePages(tmp_path, clocks.published)


@pytest.fixture
def index(pages: SitePages, clocks: Clocks) -> PageIndex:
    return PageIndex(pages, lambda: clocks.tick, lambda: clocks.wall)


def later(index: PageIndex, clocks: Clocks) -> list[str]:
    clocks.tick += 1
    return [card.slug for card in index.newest()]


def test_the_newest_page_is_first(pages: SitePages, index: PageIndex, clocks: Clocks) -> None:
    for slug in ("a", "b", "c"):
        pages.publish(slug, Post(text=slug, slug=slug))
    assert later(index, clocks) == ["c", "b", "a"]


def test_what_happens_to_a_page_is_seen(pages: SitePages, index: PageIndex, clocks: Clocks) -> None:
    pages.publish("k", Post(text="чай", slug="chai", title="Чай"))
    assert later(index, clocks) == ["chai"] and index.newest()[0].title == "Чай"
    seen = index.generation
    pages.edit("k", Post(text="чай", slug="chai", title="Кофе"))
    later(index, clocks)
    assert index.newest()[0].title == "Кофе" and index.generation > seen
    pages.delete("k")
    assert later(index, clocks) == [] and index.read("chai") is None and index.was_there("chai")


def test_nothing_is_read_again_while_nothing_changes(
    pages: SitePages, index: PageIndex, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.publish("k", Post(text="чай", slug="chai"))
    clocks.wall = pages.pages.stat().st_mtime_ns + page_index.SETTLED_NS + 1
    later(index, clocks)
    listed: list[Path] = []
    monkeypatch.setattr(page_index, "_listed", lambda folder: listed.append(folder) or [])
    for _ in range(3):
        later(index, clocks)
    assert listed == []


def test_a_folder_that_changed_just_now_is_looked_at_again(pages: SitePages, index: PageIndex, clocks: Clocks) -> None:
    """Two changes within one tick of the disk's clock leave one time: the second must be seen too."""
    pages.publish("k", Post(text="чай", slug="chai"))
    stamp = pages.pages.stat().st_mtime_ns
    clocks.wall = stamp
    assert later(index, clocks) == ["chai"]
    pages.publish("k2", Post(text="чай", slug="kofe"))
    os.utime(pages.pages, ns=(stamp, stamp))
    assert later(index, clocks) == ["kofe", "chai"]


def test_only_what_changed_is_read(
    pages: SitePages, index: PageIndex, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        pages.publish(f"k{number}", Post(text="чай", slug=f"p-{number}"))
    later(index, clocks)
    read: list[str] = []
    card = page_index._card
    monkeypatch.setattr(page_index, "_card", lambda file: read.append(file.name) or card(file))
    pages.edit("k7", Post(text="кофе"))
    later(index, clocks)
    assert read == ["k7.json"]


def test_what_is_no_page_is_passed_over(pages: SitePages, index: PageIndex, clocks: Clocks) -> None:
    pages.publish("k", Post(text="чай", slug="chai"))
    (pages.pages / "notes.json").write_text("[]")
    (pages.pages / "bad.json").write_bytes(b"\xff{")
    (pages.pages / "readme.txt").write_text("x")
    (pages.pages / "folder.json").mkdir()
    assert later(index, clocks) == ["chai"]


def test_a_site_without_pages_is_empty(index: PageIndex, clocks: Clocks) -> None:
    assert later(index, clocks) == [] and index.read("x") is None and not index.was_there("x")


@pytest.mark.parametrize("slug", ["../x", "", "a/b", "x\x00"])
def test_no_address_leads_out(index: PageIndex, slug: str) -> None:
    assert index.read(slug) is None and not index.was_there(slug)


def test_what_is_made_of_the_pages_is_made_once(pages: SitePages, index: PageIndex, clocks: Clocks) -> None:
    made: list[int] = []
    make = lambda: made.append(1) or b"x"  # type: ignore[func-returns-value]  # noqa: E731
    index.kept("feed", make)
    index.kept("feed", make)
    assert len(made) == 1
    pages.publish("k", Post(text="чай", slug="chai"))
    clocks.tick += 1
    index.kept("feed", make)
    assert len(made) == 2
