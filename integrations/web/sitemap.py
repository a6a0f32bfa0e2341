"""What search engines are told: which pages there are (sitemaps.org, protocol 0.9), which are not for them. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from integrations.web.page_index import Card
from models.letters_archive import ArchivedLetter

MOST = 50_000  # what one file may hold by the protocol
END = b"</urlset>\n"
NOT_THEIRS = ("/staff", "/approval/", "/sign-in", "/invite/", "/mailbox", "/me", "/my/", "/reports", "/l/")


def sitemap(cards: Sequence[Card], url: str) -> bytes:
    """All pages, newest first; of more than fifty thousand the newest."""
    front = _page(f"{url}/", cards[0].changed_at if cards else None)
    pages = "".join(_page(f"{url}/p/{card.slug}", card.changed_at) for card in cards[: MOST - 1])
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{front}{pages}</urlset>\n".encode()


def with_letters(pages: bytes, letters: Sequence[ArchivedLetter], url: str) -> bytes:
    """The same with the archive of letters, where there is one."""
    found = [_page(f"{url}/letters", letters[0].at)] if letters else []
    found += [_page(f"{url}/letters/{one.key}", one.at) for one in letters]
    room = MOST - pages.count(b"<url>")
    return pages.removesuffix(END) + "".join(found[:room]).encode() + END


def _page(url: str, changed_at: datetime | None) -> str:
    changed = f"<lastmod>{changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    return f"<url><loc>{escape(url)}</loc>{changed}</url>\n"


def robots(url: str) -> str:
    closed = "".join(f"Disallow: {path}\n" for path in NOT_THEIRS)
    return f"User-agent: *\n{closed}\nSitemap: {url}/sitemap.xml\n"
