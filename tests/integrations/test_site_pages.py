"""The pages of the own site on disk."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.site_pages import SitePages
from models.post import Post

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pages(tmp_path: Path, clock: Callable[[], datetime]) -> SitePages:
    return SitePages(tmp_path / "site", clock)


def test_a_page_is_made_once_by_its_key(pages: SitePages, clock: Clock) -> None:
    first = pages.publish("k1", Post(text="чай", slug="chai"))
    clock.at += timedelta(hours=1)
    assert pages.publish("k1", Post(text="другое", slug="drugoe")) == first == pages.read("k1")


def test_no_two_pages_share_an_address(pages: SitePages) -> None:
    slugs = [pages.publish(f"k{number}", Post(text="чай", slug="chai")).slug for number in range(4)]
    assert slugs == ["chai", "chai-2", "chai-3", "chai-4"]


def test_many_at_once_have_addresses_of_their_own(pages: SitePages) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: pages.publish(f"k{n}", Post(text="чай", slug="chai")), range(24)))
    assert len({page.slug for page in made}) == 24


def test_a_publication_that_was_interrupted_keeps_its_address(pages: SitePages) -> None:
    pages.publish("k1", Post(text="чай", slug="chai"))
    (pages.pages / "k1.json").unlink()  # as a kill between the address and the page leaves it
    pages.publish("k2", Post(text="чай", slug="chai"))
    assert pages.publish("k1", Post(text="чай", slug="chai")).slug == "chai"


def test_an_edit_keeps_address_and_day(pages: SitePages, clock: Clock) -> None:
    pages.publish("k1", Post(text="чай", slug="chai"))
    clock.at += timedelta(hours=1)
    edited = pages.edit("k1", Post(text="кофе", slug="kofe"))
    assert edited
    assert (edited.slug, edited.published_at, edited.changed_at, edited.post.text) == (
        "chai", AT, AT + timedelta(hours=1), "кофе",
    )  # fmt: skip


def test_an_address_of_a_removed_page_is_never_given_away(pages: SitePages) -> None:
    pages.publish("k1", Post(text="чай", slug="chai"))
    pages.delete("k1")
    pages.delete("k1")
    assert pages.read("k1") is None and pages.edit("k1", Post(text="x")) is None
    assert pages.key_of("chai") == "k1"
    assert pages.publish("k2", Post(text="чай", slug="chai")).slug == "chai-2"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param("Chai", "chai", id="capitals"),
        pytest.param("", "abc-def", id="none"),
        pytest.param("чай", "abc-def", id="not latin"),
        pytest.param("../../etc/passwd", "abc-def", id="a way out"),
        pytest.param(".hidden", "abc-def", id="hidden"),
        pytest.param("a" * 300, "a" * 120, id="too long"),
    ],
)
def test_an_address_is_plain(pages: SitePages, wanted: str, expected: str) -> None:
    assert pages.publish("ABC.def", Post(text="чай", slug=wanted)).slug == expected


@pytest.mark.parametrize("key", ["../x", "", "a/b", "a\x00b", ".."])
def test_no_key_leads_out_of_the_folder(pages: SitePages, key: str) -> None:
    assert pages.read(key) is None
    with pytest.raises(FileNotFoundError):
        pages.publish(key, Post(text="x"))


@pytest.mark.parametrize("written", ["", "{", "[]", json.dumps({"key": "k1"})])
def test_a_spoilt_page_is_none_and_is_made_anew(pages: SitePages, written: str) -> None:
    pages.publish("k1", Post(text="чай", slug="chai"))
    (pages.pages / "k1.json").write_text(written)
    assert pages.read("k1") is None
    assert pages.publish("k1", Post(text="чай", slug="chai")).slug == "chai"
