"""A text fitted into what a channel takes: cut where it hurts least, never inside a character, a link or code. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integrations.channels.base import Counted, Limits
from integrations.channels.measure import length
from models.brand import Note, note, problem
from models.locale import mark, spoken, translate
from models.reason import because
from tasks.adaptation.counting import boundaries, longest_prefix
from tasks.adaptation.links import found_in
from tasks.adaptation.spans import Marked, join, prefix, under

NOTHING = Marked()
_LOOK_AHEAD = 8  # how far after the limit the gap may be read that makes the limit itself a good place

READ_MORE = mark("Read more")
TOO_LONG = mark("The text has {length} characters, the channel takes {limit}: shorten it by {excess} or allow cutting.")
TOO_LONG_BYTES = mark(
    "The text has {length} bytes, the channel takes {limit}: shorten it by {excess} or allow cutting."
)
CUT = mark("The text was cut to what the channel takes. Left out: “{beginning}…”.")

# Where to cut, the best first: before the gap after a paragraph, a sentence, a word. A non-breaking space is no gap.
_PARAGRAPH = re.compile(r"(?=\n[ \t]*\n)")
_SENTENCE = re.compile(r"(?<=[.!?…])[»”“\"')\]]*(?=[ \n\t])|(?=\n)")
_WORD = re.compile(r"(?=[ \n\t])")
_ENDED = re.compile(r"[.!?…:;][»”“\"')\]]*$")


@dataclass(frozen=True)
class Fitted:
    """The text that fits (or the whole one, with a problem), what was cut off, and what a person should know."""

    marked: Marked
    cut: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Room:
    """How much a text may take, in which unit; None is no limit."""

    limit: int | None
    counts: Counted = "graphemes"

    def holds(self, text: str) -> bool:
        return self.limit is None or length(text, self.counts) <= self.limit

    def less(self, text: str) -> "Room":
        """The room that is left beside another text."""
        return self if self.limit is None else Room(max(self.limit - length(text, self.counts), 0), self.counts)


def room_for(limits: Limits, pictures: int, pictures_apart: bool) -> Room:
    """The limit of a caption where the text stands under pictures, unless the channel sends them on their own."""
    is_caption = pictures > 0 and not pictures_apart and limits.caption_max is not None
    return Room(limits.caption_max if is_caption else limits.text_max, limits.counts)


def fit(marked: Marked, room: Room, may_cut: bool, tail: Marked = NOTHING) -> Fitted:
    """Leave a text as it is where it fits; else cut it and end with `tail`, or say that it is too long."""
    if room.limit is None or room.holds(marked.text):
        return Fitted(marked)
    if not may_cut:
        return Fitted(marked, notes=(too_long(marked, room, room.limit),))
    tail = tail if room.holds(f"…{tail.text}") else NOTHING
    end = cut_place(marked, room.less(f"…{tail.text}"))
    kept = prefix(marked, len(marked.text[:end].rstrip()))
    is_ended = not room.holds("…") or _ENDED.search(kept.text)
    rest = marked.text[end:].strip()
    return Fitted(join([kept, Marked("" if is_ended else "…"), tail], ""), rest, (was_cut(rest),))


def read_more(url: str, language: str, as_link: bool) -> Marked:
    """The ending that sends a reader to the whole text; nothing where there is no address."""
    if not url:
        return NOTHING
    with spoken(language):
        words = translate(READ_MORE)
    return join([Marked("\n\n"), under(Marked(words), "link", url) if as_link else Marked(f"{words}: {url}")], "")


def cut_place(marked: Marked, room: Room) -> int:
    """The last good place to cut. Bold and italic are kept whole too, where that costs less than half of the room."""
    places = list(boundaries(marked.text, room.limit or 0, room.counts))
    if not places:
        return 0
    bare = ((link.start, link.end) for link in found_in(marked.text))
    atoms = [*bare, *((span.start, span.end) for span in marked.spans if span.kind in ("link", "code"))]
    gentle = best_place(marked.text, places, [*atoms, *((span.start, span.end) for span in marked.spans)])
    return gentle if gentle * 2 >= places[-1] else best_place(marked.text, places, atoms)


def best_place(text: str, places: Sequence[int], whole: Iterable[tuple[int, int]]) -> int:
    """The last of the places that ends a paragraph or a sentence (not in the first half), a word, or just fits."""
    shut = merged(whole)
    limit = places[-1]
    good = {place for place in places if start_of(shut, place) == place}
    for pattern, least in ((_PARAGRAPH, limit // 2), (_SENTENCE, limit // 2), (_WORD, 1)):
        found = (match.end() for match in pattern.finditer(text, least, limit + _LOOK_AHEAD))
        if ends := [end for end in found if end in good and end >= least]:
            return ends[-1]
    return max((place for place in good if place <= limit), default=0)


def merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same ground as intervals that do not touch."""
    done: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if done and start < done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]))
        else:
            done.append((start, end))
    return done


def start_of(shut: Sequence[tuple[int, int]], place: int) -> int:
    """The place itself, or the beginning of what it is inside of."""
    before = bisect_right(shut, (place, -1))
    return shut[before - 1][0] if before and shut[before - 1][0] < place < shut[before - 1][1] else place


def too_long(marked: Marked, room: Room, limit: int) -> Note:
    size = length(marked.text, room.counts)
    text = TOO_LONG_BYTES if room.counts == "bytes" else TOO_LONG
    return problem(because(text, code="too_long", length=size, limit=limit, excess=size - limit))


def was_cut(rest: str) -> Note:
    return note(because(CUT, code="cut", beginning=rest[: longest_prefix(rest, 60, "graphemes")]))
