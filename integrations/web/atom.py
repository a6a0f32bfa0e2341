"""The site's feed: Atom, RFC 4287. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from markupsafe import Markup

from integrations.web.markup import body_of, heading, summary
from models.post import Picture
from models.site import SitePage

ATOM = "http://www.w3.org/2005/Atom"
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# What XML 1.0 cannot hold, however it is written (section 2.2).
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("", ATOM)


@dataclass(frozen=True)
class About:
    """What the feed says of itself; `url` is the site's address without a slash, `picture` gives a picture's."""

    title: str
    subtitle: str
    author: str
    language: str
    url: str
    picture: Callable[[Picture], str]


@dataclass(frozen=True)
class Kept:
    """Which feed it is: its own address, that of the list it is made of, and what stands before a page's name."""

    feed: str = "/feed.atom"
    listed: str = "/"
    page: str = "/p/"


PAGES, LETTERS = Kept(), Kept("/letters.atom", "/letters", "/letters/")


def feed(pages: Sequence[SitePage], about: About, kept: Kept = PAGES) -> bytes:
    """The feed as a document, newest first."""
    root = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": about.language})
    _text(root, "id", f"{about.url}{kept.feed}")
    _text(root, "title", about.title)
    if about.subtitle:
        _text(root, "subtitle", about.subtitle)
    _text(root, "updated", _moment(max((page.changed_at for page in pages), default=NEVER)))
    _link(root, "self", f"{about.url}{kept.feed}", "application/atom+xml")
    _link(root, "alternate", f"{about.url}{kept.listed}", "text/html")
    _text(SubElement(root, f"{{{ATOM}}}author"), "name", about.author)
    for page in pages:
        _entry(root, page, about, kept)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(root: Element, page: SitePage, about: About, kept: Kept) -> None:
    entry, post = SubElement(root, f"{{{ATOM}}}entry"), page.post
    _text(entry, "id", identity(page.key))
    _text(entry, "title", heading(post) or page.slug)
    _text(entry, "published", _moment(page.published_at))
    _text(entry, "updated", _moment(page.changed_at))
    _link(entry, "alternate", f"{about.url}{kept.page}{page.slug}", "text/html")
    if summary(post):
        _text(entry, "summary", summary(post))
    for tag in post.tags:
        SubElement(entry, f"{{{ATOM}}}category", {"term": _written(tag.lstrip("#"))})
    content = _text(entry, "content", _pictures(page, about) + str(body_of(post)))
    content.set("type", "html")


def identity(key: str) -> str:
    """An entry's id for good: by the page's key, so that neither a new title nor a new domain changes it."""
    return UUID(bytes=sha256(key.encode()).digest()[:16], version=5).urn


def _pictures(page: SitePage, about: About) -> str:
    line = Markup('<p><img src="{}" alt="{}" width="{}" height="{}"></p>')
    return "".join(line.format(about.picture(p), p.alt, p.width, p.height) for p in page.post.pictures)


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = _written(text)
    return element


def _link(parent: Element, rel: str, href: str, type: str) -> None:
    SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": type})


def _written(text: str) -> str:
    return UNWRITABLE.sub("", text)


def _moment(at: datetime) -> str:
    """RFC 3339, as RFC 4287 asks."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
