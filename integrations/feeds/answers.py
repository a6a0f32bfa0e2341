"""What an answer of a strange server means to us, in words that name its address and the mend. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from integrations.errors import Failure, Refused, Unavailable
from models.locale import mark
from models.reason import because

GONE = mark("There is nothing at {url} (answer {status}). Open the address in a browser and correct it.")
CLOSED = mark("{url} cannot be read without signing in (answer {status}). Ask its owner for an open address.")
REFUSED = mark("{url} refused the request (answer {status}). Open the address in a browser and correct it.")
BUSY = mark("{url} cannot answer now (answer {status}). It will be tried again.")
STRANGE = mark("{url} answered with something that is no document (answer {status}). Check the address.")

PASSING = (408, 425, 429)
PATIENCE_MAX = timedelta(days=2)

HEADS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


def failure(answer: httpx.Response, url: str, now: float) -> Failure | None:
    """What a status that brings no document means; None for 200 and 304."""
    status = answer.status_code
    words = {"url": url, "status": status}
    if status in (200, 304):
        return None
    if status >= 500 or status in PASSING:
        return Unavailable(because(BUSY, code="busy", **words), retry_after(answer.headers, now))
    text = {401: CLOSED, 403: CLOSED, 404: GONE, 410: GONE}.get(status, REFUSED if status >= 400 else STRANGE)
    return Refused(because(text, code=f"status_{status}", **words))


def retry_after(headers: httpx.Headers, now: float) -> timedelta | None:
    """The server's own wish, in seconds or as a date, no longer than two days."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return min(timedelta(seconds=int(said[:7])), PATIENCE_MAX)
    try:
        wait = parsedate_to_datetime(said) - datetime.fromtimestamp(now, UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), PATIENCE_MAX)


def sniff(body: bytes, declared: str) -> str:
    """The type by the first bytes; what the server said counts only where they do not tell."""
    for head, media_type in HEADS:
        if body.startswith(head):
            return media_type
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    text = body[:2000].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n").lower()
    if b"<!doctype html" in text or b"<html" in text:
        return "text/html"
    if text.startswith((b"<?xml", b"<rss", b"<feed", b"<yml_catalog", b"<rdf")):
        return "application/xml"
    return "application/json" if text[:1] in (b"{", b"[") else declared.partition(";")[0].strip().lower()
