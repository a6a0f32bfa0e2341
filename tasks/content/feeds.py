"""RSS and Atom, from the bytes that were fetched to items of plain text. Pure."""

import hashlib
import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from models.content import Effect, FeedItem, Found, Place, Problem
from models.locale import mark
from models.reason import Reason, because
from tasks.content.plain import one_line, plain

ITEMS_MAX = 500
TEXT_MAX = 20_000
TITLE_MAX = 300

EMPTY = mark("The feed is empty: nothing came from this address. Check the address.")
HTML = mark("This is a web page, not a feed. Look for the address of its RSS or Atom feed and write that.")
HTML_NAMES = mark("This is a web page, not a feed. The page names its feed: {address}. Write this address.")
NOT_A_FEED = mark("This is not an RSS or Atom feed. Check the address and the kind of the source.")
ENTITIES = mark("The feed declares entities of its own, and such feeds are not read. Tell the publisher of it.")
BROKEN = mark("The feed is not well-formed; what could be understood was taken. Tell the publisher of it.")
NO_WORDS = mark("Entry {number} has neither a title nor a text and was left out. If you need it, tell the publisher.")
TOO_MANY = mark(
    "The feed has more than {limit} entries; the first ones were taken. "
    "If you need the rest, name the feed of a section."
)

ROOT = re.compile(rb"<\s*(?:rss|feed|rdf:rdf|channel)[\s>]", re.IGNORECASE)
HTML_ROOT = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
Entry = Mapping[str, Any]


def read_feed(data: bytes, source: str, *, url: str = "", licence: str = "", file: str = "") -> Found[FeedItem]:
    """Read the entries of a feed in its order; `url` is what relative links start from.

    What is no feed STOPS: then nothing is known, not that nothing is new.
    """
    place = Place(file=file or url or source)
    if reason := _refusal(data, url):
        return Found((), (Problem(place=place, reason=reason, effect=Effect.STOPS),))
    parsed = feedparser.parse(io.BytesIO(data), response_headers={"content-location": url} if url else {})
    if not parsed.get("version") and not parsed.entries:
        return Found((), (Problem(place=place, reason=because(NOT_A_FEED, code="not_a_feed"), effect=Effect.STOPS),))
    feed_licence = licence or _licence(parsed.feed)
    items = [_item(entry, source, url, feed_licence) for entry in parsed.entries[:ITEMS_MAX]]
    notes = [_note(place, because(NO_WORDS, code="no_words", number=n)) for n, i in enumerate(items, 1) if i is None]
    if parsed.bozo and isinstance(parsed.get("bozo_exception"), Exception) and _is_broken(parsed.bozo_exception):
        notes.append(_note(place, because(BROKEN, code="broken")))
    if len(parsed.entries) > ITEMS_MAX:
        notes.append(_note(place, because(TOO_MANY, code="too_many", limit=ITEMS_MAX)))
    return Found(tuple({item.guid: item for item in reversed(items) if item}.values())[::-1], tuple(notes))


def _refusal(data: bytes, url: str) -> Reason | None:
    """Why the bytes are no feed that is read, seen before any parser sees them."""
    head = data[:100_000].replace(b"\0", b"")
    root = ROOT.search(head)
    prolog = head[: root.start()] if root else head
    if not data.strip():
        return because(EMPTY, code="empty")
    if b"<!entity" in prolog.lower():
        return because(ENTITIES, code="entities")
    if HTML_ROOT.search(prolog):
        named = named_feed(data, url)
        return because(HTML_NAMES, code="html", address=named) if named else because(HTML, code="html")
    return None


def named_feed(data: bytes, url: str) -> str:
    """The feed a web page names in its head, if it does."""
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False)
    try:
        page = lxml_html.document_fromstring(data[:500_000], parser=parser)
    except (etree.LxmlError, ValueError):
        return ""
    links = [link for link in page.iter("link") if link.get("type", "").lower() in FEED_TYPES and link.get("href")]
    return web(urljoin(url, links[0].get("href"))) if links else ""


def _item(entry: Entry, source: str, url: str, licence: str) -> FeedItem | None:
    markup = next((part.get("value", "") for part in entry.get("content", ())), "") or _own(entry, "summary")
    text = plain(markup)[:TEXT_MAX]
    title = one_line(_own(entry, "title"))[:TITLE_MAX] or text.split("\n")[0][:TITLE_MAX]
    if not title:
        return None
    link = web(urljoin(url, _own(entry, "link")))
    return FeedItem(
        source=source,
        guid=_own(entry, "id") or link or hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:32],
        title=title,
        text=text,
        link=link,
        published=_moment(entry),
        licence=_licence(entry) or licence,
        author=one_line(_own(entry, "author")),
        topics=tuple(dict.fromkeys(tag["term"].strip() for tag in entry.get("tags", ()) if tag.get("term"))),
        pictures=_pictures(entry, url),
        starts=_starts(entry),
    )


def _own(entry: Entry, name: str) -> str:
    """A text of the entry itself; feedparser's own look-up answers with a neighbour and warns of it."""
    return str(dict.get(entry, name) or "")  # type: ignore[call-overload]


def _moment(entry: Entry) -> datetime | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        parsed = dict.get(entry, name)  # type: ignore[call-overload]
        if parsed:
            try:
                return datetime.fromtimestamp(timegm(parsed), UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None


def _starts(entry: Entry) -> date | None:
    """The day of an event, where the feed says it in a field of its own (RSS event module, xCal)."""
    for name in ("ev_startdate", "startdate", "xcal_dtstart", "dtstart"):
        if found := re.match(r"(\d{4})-?(\d{2})-?(\d{2})", _own(entry, name)):
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                return None
    return None


def _licence(entry: Entry) -> str:
    named = [link.get("href", "") for link in entry.get("links", ()) if link.get("rel") == "license"]
    return one_line(next(iter(named), "") or _own(entry, "license") or _own(entry, "rights"))


def _pictures(entry: Entry, url: str) -> tuple[str, ...]:
    enclosed = [
        link.get("href", "")
        for link in [*entry.get("links", ()), *entry.get("enclosures", ())]
        if link.get("type", "").startswith("image/")
    ]
    media = [
        part.get("url", "")
        for part in entry.get("media_content", ())
        if part.get("medium") == "image" or part.get("type", "").startswith("image/")
    ]
    thumbnails = [part.get("url", "") for part in entry.get("media_thumbnail", ())]
    found = (web(urljoin(url, address)) for address in [*enclosed, *media, *thumbnails] if address)
    return tuple(dict.fromkeys(address for address in found if address))


def web(address: str) -> str:
    """The address, if it is one of the web; javascript: and the like are none."""
    return address.strip() if re.match(r"https?://[^\s/]", address.strip(), re.IGNORECASE) else ""


def _is_broken(error: Exception) -> bool:
    """A charset told in two ways is common and harmless; anything else lost something."""
    return not isinstance(error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType)


def _note(place: Place, reason: Reason) -> Problem:
    return Problem(place=place, reason=reason, effect=Effect.NOTE)
