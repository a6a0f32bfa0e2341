"""Markup over a text: what happens to it when the text beneath is changed, cut or joined. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from models.post import Span, SpanKind

Edit = tuple[int, int, str]


@dataclass(frozen=True)
class Marked:
    """A text with its markup beside it."""

    text: str = ""
    spans: tuple[Span, ...] = ()


class Moves:
    """Where a place of the old text is after the edits (in order, not overlapping)."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits
        self.stops = [stop for _, stop, _ in edits]
        self.shifts = [0, *accumulate(len(new) - (stop - start) for start, stop, new in edits)]

    def start(self, place: int) -> int:
        """What begins inside a replaced piece begins with the replacement; an insertion right here stays before it."""
        before = bisect_right(self.stops, place)
        return self.shifts[before] + (self.edits[before][0] if self._is_inside(before, place) else place)

    def end(self, place: int) -> int:
        """What ends inside a replaced piece ends with the replacement; an insertion right here stays after it."""
        before = bisect_right(self.stops, place)
        if before and self.edits[before - 1][0] == place:
            before -= 1
        if not self._is_inside(before, place):
            return self.shifts[before] + place
        start, _, new = self.edits[before]
        return self.shifts[before] + start + len(new)

    def _is_inside(self, before: int, place: int) -> bool:
        return before < len(self.edits) and self.edits[before][0] < place


def edit(marked: Marked, edits: Sequence[Edit]) -> Marked:
    """Replace pieces of the text; markup stays on the words it was on."""
    parts: list[str] = []
    end = 0
    for start, stop, new in edits:
        parts += marked.text[end:start], new
        end = stop
    moves = Moves(edits)
    moved = (place(span, moves.start(span.start), moves.end(span.end)) for span in marked.spans)
    return Marked("".join([*parts, marked.text[end:]]), tuple(span for span in moved if span.start < span.end))


def place(span: Span, start: int, end: int) -> Span:
    return Span(start=start, end=end, kind=span.kind, url=span.url)


def prefix(marked: Marked, end: int) -> Marked:
    """What stands before a place; markup that runs over it is closed there."""
    text = marked.text[:end]
    kept = (place(span, span.start, min(span.end, len(text))) for span in marked.spans)
    return Marked(text, tuple(span for span in kept if span.start < span.end))


def join(pieces: Sequence[Marked], separator: str = "\n\n") -> Marked:
    """Put pieces one after another, empty ones left out."""
    text, spans = "", []
    for piece in pieces:
        if not piece.text:
            continue
        text += separator if text else ""
        spans += [place(span, span.start + len(text), span.end + len(text)) for span in piece.spans]
        text += piece.text
    return Marked(text, tuple(spans))


def under(marked: Marked, kind: SpanKind, url: str = "") -> Marked:
    """Lay markup over the whole of a piece."""
    if not marked.text:
        return marked
    inner = (span for span in marked.spans if span.kind != kind)
    return Marked(marked.text, (Span(start=0, end=len(marked.text), kind=kind, url=url), *inner))


def flatten(marked: Marked, markup: frozenset[SpanKind]) -> tuple[Marked, frozenset[SpanKind]]:
    """Leave only the markup that a channel shows; a link becomes "text (address)". Says what else was dropped."""
    shown = tuple(span for span in marked.spans if span.kind in markup)
    dropped = frozenset(span.kind for span in marked.spans if span.kind not in markup)
    if "link" not in dropped:
        return Marked(marked.text, shown), dropped
    links = sorted((span for span in marked.spans if span.kind == "link"), key=lambda span: span.start)
    return edit(Marked(marked.text, shown), [spelled_out(marked.text, span) for span in links]), dropped - {"link"}


def spelled_out(text: str, link: Span) -> Edit:
    """A link as plain text; where its words are an address already, the address that it leads to stands alone."""
    words = text[link.start : link.end]
    if is_address(words) or words == link.url:
        return link.start, link.end, link.url
    return link.end, link.end, f" ({link.url.removeprefix('mailto:').removeprefix('tel:')})"


def is_address(words: str) -> bool:
    return words.startswith(("http://", "https://")) and not any(character.isspace() for character in words)
