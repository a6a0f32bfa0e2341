"""A mail as whoever sent it may have broken it: its headers and pieces, read within bounds, whatever comes. Pure.

The standard library's parser goes down a nesting by calling itself and trusts sizes; this one takes at most so many
bytes, levels and pieces, and calls nothing an error: what cannot be read is text.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header

BYTES_MOST = 2_000_000  # of a mail; what tells a bounce stands in its beginning
HEADERS_MOST, VALUE_MOST, LINES_MOST = 256_000, 8_000, 2_000
DEPTH_MOST, PIECES_MOST = 8, 60
BLANK = re.compile(rb"(?:\r?\n)[ \t]*(?:\r?\n)|\A[ \t]*\r?\n")
FOLDED = re.compile(r"\r?\n[ \t]+")
FIELD = re.compile(r"([!-9;-~]{1,200}):[ \t]*(.*)")
KIND = re.compile(r"\s*([\w.+-]{1,60}/[\w.+-]{1,60})")
PARAMETER = re.compile(r";\s*([\w*-]{1,40})\s*=\s*(?:\"([^\"]{0,300})\"|([^\s;\"]{1,300}))")
# Others that Python knows are no charsets, and some take time with the square of the length (punycode).
CHARSET = re.compile(
    r"utf-?(?:8|16|32)|us-ascii|ascii|(?:iso-?8859-|windows-|cp)\d{1,4}|latin-?1|koi8-[ru]|(?:x-)?mac-?cyrillic|gb\d{1,5}|gbk"
    r"|big5|euc-\w{2}|shift_jis|iso-2022-\w{2}", re.I,
)  # fmt: skip
TAG = re.compile(r"<[^<>]{0,2000}>")
UNREAD = re.compile(r"<(/?)(style|script|head)\b", re.I)
BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", re.I)
ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}
USUAL_LETTERS = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф ,.")


class Headers:
    """The headers of a mail or of a piece, in their order; names in any case."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields

    def all(self, name: str) -> list[str]:
        return [value for called, value in self.fields if called == name.lower()]

    def get(self, name: str) -> str:
        """The first of this name as it is written, "" where there is none."""
        return next(iter(self.all(name)), "")

    def said(self, name: str) -> str:
        """The first of this name as people read it (RFC 2047)."""
        return readable(self.get(name))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that holds no others: its headers, and its body as it came."""

    headers: Headers
    body: bytes

    @property
    def kind(self) -> str:
        return kind_of(self.headers)

    @property
    def bytes(self) -> bytes:
        """The body without its transfer encoding."""
        return decoded(self.body, self.headers.get("content-transfer-encoding"))

    @property
    def text(self) -> str:
        """The body as text; of HTML what is read in it."""
        said = text_of(self.bytes, parameters_of(self.headers).get("charset", ""))
        return without_tags(said) if self.kind == "text/html" else said


def headers_of(raw: bytes) -> tuple[Headers, bytes]:
    """The headers of a mail, and what follows them."""
    raw = raw[:BYTES_MOST]
    found = BLANK.search(raw, 0, HEADERS_MOST)
    head, body = (raw[: found.start()], raw[found.end() :]) if found else (raw[:HEADERS_MOST], b"")
    return Headers(list(fields_of(text_of(head)))), body


def fields_of(text: str) -> Iterator[tuple[str, str]]:
    """Fields as "Name: value", continued lines joined; lines that are none are passed over."""
    for line in FOLDED.sub(" ", text).splitlines()[:LINES_MOST]:
        if found := FIELD.fullmatch(line.rstrip()[:VALUE_MOST]):
            yield found[1].lower(), found[2].strip()


def pieces_of(headers: Headers, body: bytes) -> list[Piece]:
    """All pieces of a mail in their order; a mail inside it stays one piece."""
    found: list[Piece] = []
    left = [(Piece(headers, body), 0)]
    while left and len(found) < PIECES_MOST:
        piece, depth = left.pop()
        boundary = parameters_of(piece.headers).get("boundary", "")
        if not (piece.kind.startswith("multipart/") and boundary and depth < DEPTH_MOST):
            found.append(piece)
            continue
        inner = [Piece(*headers_of(part)) for part in _split(piece.body, boundary)]
        left.extend((one, depth + 1) for one in reversed(inner))
    return found


def _split(body: bytes, boundary: str) -> list[bytes]:
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    parts, begins = [], -1
    for found in line.finditer(body):
        if begins >= 0:
            parts.append(body[begins : found.start()])
        begins = found.end() if not found[1] else -1
        if begins < 0 or len(parts) >= PIECES_MOST:
            break
    if begins >= 0 and len(parts) < PIECES_MOST:
        parts.append(body[begins:])  # cut off before its last line
    return [part.removeprefix(b"\r").removeprefix(b"\n") for part in parts]


def kind_of(headers: Headers) -> str:
    found = KIND.match(headers.get("content-type"))
    return found[1].lower() if found else "text/plain"


def parameters_of(headers: Headers) -> Mapping[str, str]:
    """The parameters of Content-Type."""
    said = headers.get("content-type")
    return {found[1].lower(): found[2] or found[3] or "" for found in PARAMETER.finditer(said)}


def decoded(body: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding; what is broken in it is left out."""
    called = encoding.strip().lower()
    if called == "quoted-printable":
        return binascii.a2b_qp(body)
    if called != "base64":
        return body
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def text_of(data: bytes, charset: str = "") -> str:
    """The text of these bytes: in the charset they name where it fits, else in the one that reads best."""
    for name in (charset, "utf-8"):
        try:
            if CHARSET.fullmatch(name):
                return data.decode(name)
        except (LookupError, ValueError):
            continue
    sample = data[:4000]
    best = max(("cp1251", "koi8-r", "cp866"), key=lambda name: _reads(sample.decode(name, "replace")))
    return data.decode(best, "replace")


def _reads(text: str) -> int:
    return sum(letter in USUAL_LETTERS for letter in text)


def readable(value: str) -> str:
    """A header without its encoded words."""
    try:
        parts = decode_header(value[:VALUE_MOST])
    except (HeaderParseError, ValueError, binascii.Error):
        return value
    return "".join(text_of(part, charset or "") if isinstance(part, bytes) else part for part, charset in parts)


def without_tags(text: str) -> str:
    """What is read in a page: good enough to know a wish by."""
    text = TAG.sub(" ", BREAK.sub("\n", _without_unread(text)))
    for entity, letter in ENTITIES.items():
        text = text.replace(entity, letter)
    return text


def _without_unread(text: str) -> str:
    """Without styles and scripts; one that has no end goes to the end."""
    kept, begins, inside = [], 0, ""
    for found in UNREAD.finditer(text):
        name = found[2].lower()
        if not inside and not found[1]:
            kept.append(text[begins : found.start()])
            inside = name
        elif inside == name and found[1]:
            inside, ends = "", text.find(">", found.end())
            begins = ends + 1 if ends >= 0 else len(text)
    return " ".join(kept if inside else [*kept, text[begins:]])
