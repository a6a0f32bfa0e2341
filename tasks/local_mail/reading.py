"""A letter of our own as it lies in its file, read for whoever opens it. Pure."""

import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from models.desk.local_mail import Opened
from tasks.returns.mime import Headers, Piece, headers_of, parameters_of, pieces_of, text_of

PLACE = re.compile(r"<\s*([^<>\s]{1,1000})\s*>")
ONE_CLICK = "list-unsubscribe=one-click"
DOOR = "/u/"
HEAD_MOST = 64_000


def read(raw: bytes) -> Opened:
    """The letter; what cannot be read in it is empty."""
    headers, body = headers_of(raw)
    pieces = pieces_of(headers, body)
    return Opened(
        sender=headers.said("from"), to=headers.said("to"), subject=headers.said("subject"),
        reply_to=headers.said("reply-to"), unsubscribe=headers.get("list-unsubscribe"), mark=mark_of(headers),
        html=_said(pieces, "text/html"), text=_said(pieces, "text/plain"), size=len(raw),
    )  # fmt: skip


def mark_of(headers: Headers) -> str:
    """Whom one click unsubscribes (RFC 8058): both headers are there, and the address is a door of ours."""
    if "".join(headers.get("list-unsubscribe-post").split()).lower() != ONE_CLICK:
        return ""
    places: list[str] = PLACE.findall(headers.get("list-unsubscribe"))
    for place in places:
        try:
            parts = urlsplit(place)
        except ValueError:
            continue
        before, found, mark = parts.path.rpartition(DOOR)
        if parts.scheme in ("https", "http") and found and mark.isalnum() and not before.strip("/"):
            return mark
    return ""


def address_of(headers: Headers, name: str) -> str:
    """The address in a header, as it goes over the wire."""
    return parseaddr(headers.get(name))[1]


def _said(pieces: list[Piece], kind: str) -> str:
    """The first piece of this kind, with its tags."""
    piece = next((one for one in pieces if one.kind == kind), None)
    return text_of(piece.bytes, parameters_of(piece.headers).get("charset", "")) if piece else ""
