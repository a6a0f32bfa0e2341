"""The body of a letter as bytes with holes: 8bit or quoted-printable, no line too long, first dots doubled. Pure.

RFC 5321 (4.5.2 dots, 4.5.3.1.6 a thousand octets a line), RFC 2045 (8bit, quoted-printable). What is inserted never
changes what a reader sees: long lines of HTML are broken only where white space is, between tags and in them.
"""

import re
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from operator import itemgetter

from integrations.errors import Refused
from models.letters import Pattern
from models.locale import mark
from models.reason import because

IN_TEXT = mark(
    "A character that no letter can hold (a control character) stands in the text of the letter once it is filled in. "
    "Correct the text, or what is filled into it."
)
IN_HTML = mark(
    "A character that no letter can hold (a control character) stands in the page of the letter once it is filled in. "
    "Correct the page, or what is filled into it."
)
OCTETS_A_LINE, WRAP_AT, WRAPPED = 998, 500, 250  # the last one in characters, most of which are two octets here
NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
NEW_LINE = re.compile(r"\r\n|\r|\n")
# What is white space to DKIM and to a transport: a no-break space is a letter to both.
BEFORE_END, RUN = re.compile(rb"[ \t]+(?=\r\n)"), re.compile(rb"[ \t]+")
# A tag with its quoted attributes; in comments and in what keeps its spaces nothing is touched.
CLOSED = r"<!--.*?-->|<(?P<kept>pre|textarea|script|style|title)\b.*?</(?P=kept)\s*>"
TAG = r"""<[a-zA-Z/!](?:[^"'>]|"[^"]*"|'[^']*')*>"""
MARKUP = re.compile(rf"{CLOSED}|(?P<tag>{TAG})(?P<gap>[ \t]+(?=<))?", re.DOTALL | re.IGNORECASE)
IN_TAG = re.compile(r"""[ \t]+(?=[a-zA-Z:@-])|"[^"]*"|'[^']*'""")
HOLE = re.compile("\x00(\\d+)\x00")

Pieces = list[bytes | int]


class Weave:
    """Segments of bytes and the holes between them, in turns: it begins and ends with a segment."""

    __slots__ = ("_loom", "_pick", "holes", "segments")

    def __init__(self, segments: Sequence[bytes], holes: Sequence[int]) -> None:
        assert len(segments) == len(holes) + 1
        self.segments, self.holes = tuple(segments), tuple(holes)
        self._loom: list[bytes] = [b""] * (2 * len(holes) + 1)
        self._loom[::2] = segments
        self._pick = itemgetter(*holes) if len(holes) > 1 else None

    def filled(self, values: Sequence[bytes], before: bytes = b"") -> bytes:
        """Join, with the values in the holes: nothing is looked at."""
        loom = self._loom.copy()
        loom[1::2] = self._pick(values) if self._pick else [values[hole] for hole in self.holes]
        if before:
            loom[0] = before + loom[0]
        return b"".join(loom)

    def is_free_of(self, first: bytes, second: bytes, but: bytes) -> bool:
        """Whether no segment holds both side by side but within `but`, nor may make them together with a value."""
        inner = self.segments[1:-1]
        borders = (*(s.endswith(first) for s in self.segments[:-1]), *(s.startswith(second) for s in self.segments[1:]))
        return all(inner) and not any(borders) and not any(first + second in s.replace(but, b"") for s in self.segments)

    def ending(self, end: bytes) -> "Weave":
        return Weave((*self.segments[:-1], self.segments[-1] + end), self.holes)

    def each(self, segments: Sequence[bytes]) -> "Weave":
        return Weave(segments, self.holes)


def weave(pieces: Pieces) -> Weave:
    """Bring pieces into turns."""
    segments, holes = [b""], []
    for piece in pieces:
        if isinstance(piece, int):
            holes.append(piece)
            segments.append(b"")
        else:
            segments[-1] += piece
    return Weave(segments, holes)


def eight_bit(pattern: Pattern) -> Pieces:
    return [part if isinstance(part, int) else part.encode() for part in _merged(pattern)]


def quoted(pattern: Pattern) -> Pieces:
    """Quoted-printable, each piece for itself: a soft line break stands around every hole, so any value fits there."""
    pieces: Pieces = []
    at_start = True
    merged = _merged(pattern)
    for number, part in enumerate(merged, 1):
        if isinstance(part, int):
            pieces += [part, b"=\r\n"] if at_start else [b"=\r\n", part, b"=\r\n"]
            at_start = True
        else:
            pieces.append(quoted_text(part, goes_on=number < len(merged)))
            at_start = part.endswith("\n")
    return pieces


def _merged(pattern: Pattern) -> list[str | int]:
    """The pattern with one kind of line break, and no two texts side by side."""
    merged: list[str | int] = []
    for part in pattern:
        text = unbroken(part) if isinstance(part, str) else part
        if isinstance(text, str) and merged and isinstance(merged[-1], str):
            merged[-1] += text
        else:
            merged.append(text)
    return merged


def quoted_text(text: str, goes_on: bool = True) -> bytes:
    """A text with CRLF in lines of at most 76 octets; where it goes on, there is room for a soft break."""
    *lines, last = text.encode().split(b"\r\n")
    encoded = [b2a_qp(line, quotetabs=False, istext=True).replace(b"\n", b"\r\n") for line in lines]
    end = b2a_qp(last + b"x", istext=True)[:-1] if goes_on else b2a_qp(last, istext=True)
    return b"\r\n".join((*encoded, end.replace(b"\n", b"\r\n")))


def unbroken(text: str) -> str:
    """The text with one kind of line break."""
    return NEW_LINE.sub("\r\n", text) if "\n" in text or "\r" in text else text


def refuse_controls(texts: Sequence[str], wrong: str) -> None:
    for text in texts:
        if not text.isprintable() and NEVER.search(text):
            raise Refused(because(wrong, code="control"))


# Lines.


def longest(line_of: Weave) -> tuple[int, int]:
    """How long the longest line is without its values, and how long every value may be so that each line still fits."""
    worst, room = 0, 10**9
    for length, holes in _lines(line_of):
        worst = max(worst, length)
        if holes:
            room = min(room, (OCTETS_A_LINE - length) // holes)
    return worst, room


def _lines(woven: Weave) -> Iterator[tuple[int, int]]:
    length = holes = 0
    for number, segment in enumerate(woven.segments):
        holes += 1 if number else 0
        first, *others = segment.split(b"\r\n")
        length += len(first)
        for line in others:
            yield length, holes
            length, holes = len(line), 0
    yield length, holes


def is_too_long(body: bytes) -> bool:
    return max(map(len, body.split(b"\r\n"))) > OCTETS_A_LINE


def wrapped(html: Pattern) -> Pattern:
    """The page with its long lines broken where white space between tags, or between attributes, may be any."""
    whole = "".join(part if isinstance(part, str) else f"\x00{part}\x00" for part in html)
    made, at, line = [], 0, 0
    for start, end in _gaps(whole):
        ahead = whole.find("\n", end)
        behind = whole.rfind("\n", at, start)
        line = start - behind - 1 if behind >= 0 else line + start - at
        made.append(whole[at:start])
        nearest = min(ahead if ahead >= 0 else len(whole), end + WRAPPED // 2)
        if line + nearest - start > WRAPPED:
            made.append("\r\n")
            line = 0
        else:
            made.append(whole[start:end])
            line += end - start
        at = end
    return _holed("".join(made) + whole[at:])


def _gaps(whole: str) -> Iterator[tuple[int, int]]:
    """Where white space stands between two tags, or between the attributes of one, in order."""
    for found in MARKUP.finditer(whole):
        if found["tag"] is None:
            continue
        start = found.start("tag")
        for inner in IN_TAG.finditer(found["tag"]):
            if inner[0][0] in " \t":
                yield start + inner.start(), start + inner.end()
        if found["gap"]:
            yield found.span("gap")


def _holed(whole: str) -> Pattern:
    parts = HOLE.split(whole)
    return tuple(int(part) if number % 2 else part for number, part in enumerate(parts) if number % 2 or part)


# Dots and white space.


def stuffed(body: bytes) -> bytes:
    """Double every dot that stands first in its line."""
    body = body.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body


def stuffed_weave(woven: Weave) -> Weave:
    """The same before it is filled: right wherever no value is empty, begins with a dot or holds a line break."""
    first, *others = (segment.replace(b"\r\n.", b"\r\n..") for segment in woven.segments)
    return woven.each([b"." + first if first.startswith(b".") else first, *others])


def relaxed(body: bytes) -> bytes:
    """A body as RFC 6376 (3.4.4) relaxes it: white space is one space, none ends a line, no empty lines end it."""
    body = RUN.sub(b" ", BEFORE_END.sub(b"", body))
    while body.endswith(b"\r\n\r\n"):
        body = body[:-2]
    return b"" if body == b"\r\n" else body


def relaxed_weave(woven: Weave) -> Weave:
    """The same before it is filled: right wherever no value is empty, begins or ends with a space, or holds two."""
    return woven.each([RUN.sub(b" ", BEFORE_END.sub(b"", segment)) for segment in woven.segments])
