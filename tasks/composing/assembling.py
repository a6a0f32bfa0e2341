"""Marked code as patterns: every mark becomes a hole fit for its place, a block for some is one too. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.letters import Pattern
from models.locale import mark
from models.mail_document import ShownTo
from models.reason import because
from tasks.composing.held import PREHEADER, TITLE
from tasks.composing.holes import Fill, Hole, Place, Recipient, Shown
from tasks.composing.marking import END, IN_ADDRESS, MARK, START, WHOLE_ADDRESS, Marks
from tasks.composing.markup import Token, attributes, everything

NO_PLACE = mark(
    "“{said}” stands where no value can: inside a style, a comment or a name of an element. Put it into the text, a "
    "link or the words of a picture."
)

ADDRESSES = frozenset(("href", "src", "background", "poster", "cite"))
WORDS = frozenset(("alt", "title", "aria-label", "summary", "value", "content"))
_KINDS = {IN_ADDRESS: Place.ADDRESS_PART, WHOLE_ADDRESS: Place.TEXT_ADDRESS}


@dataclass(frozen=True)
class Block:
    """A block for some, before its holes have numbers."""

    name: str
    to: ShownTo
    inside: "Parts"


Parts = tuple["str | Recipient | Hole | Block", ...]
PlaceOf = Callable[[re.Match[str]], Place | str | None]


@dataclass
class Assembly:
    """Turns the code of one variant into parts. `hidden` are the blocks that only some see."""

    marks: Marks
    names: Sequence[str]
    hidden: Mapping[str, ShownTo] = field(default_factory=dict)

    def html(self, code: str) -> Parts:
        places = {found.start(): place for found, place in self._places(code)}
        return self._parts(code, lambda found: places.get(found.start()))

    def plain(self, text: str, place: Place, where: str = "") -> Parts:
        return self._parts(text, lambda found: _KINDS.get(found[1], place), where)

    def _places(self, code: str) -> Iterator[tuple[re.Match[str], Place | str]]:
        """Every mark of the code with the place it stands in; the title is a place of its own."""
        for token in everything(code):
            for found in self.marks.pattern.finditer(code, token.start, token.end):
                yield found, self._place(code, token, found)

    def _place(self, code: str, token: Token, found: re.Match[str]) -> Place | str:
        if token.kind == "text" or found[1] in (MARK, START, END):
            return Place.MARKUP
        if token.kind == "raw" and token.name == "title":
            return TITLE
        if token.kind == "tag":
            for one in attributes(code, token):
                if one.start <= found.start() < one.end and one.name in ADDRESSES:
                    return Place.ADDRESS if (one.start, one.end) == found.span() else Place.ADDRESS_PART
                if one.start <= found.start() < one.end and one.name in WORDS:
                    return Place.MARKUP
        self.marks.refuse(because(NO_PLACE, code="no_place", said=self.marks.unmarked(found[0])))
        return Place.MARKUP

    def _parts(self, code: str, place_of: PlaceOf, where: str | None = None) -> Parts:
        """The code between its marks; what is between a block's beginning and end is the block's."""
        parts: list[str | Recipient | Hole | Block] = []
        outside: list[list[str | Recipient | Hole | Block]] = []
        block, end = PREHEADER if where is None else where, 0
        for found in self.marks.pattern.finditer(code):
            parts += [code[end : found.start()]] if found.start() > end else []
            end, kind, number = found.end(), found[1], int(found[2])
            if kind == START:
                block = self.names[number]
                if block in self.hidden:
                    outside.append(parts)
                    parts = []
            elif kind == END:
                if block in self.hidden:
                    whole = Block(block, self.hidden[block], tuple(parts))
                    parts = [*outside.pop(), whole]
                block = ""
            else:
                parts.append(self._part(kind, number, place_of(found), block))
        return (*parts, code[end:])

    def _part(self, kind: str, number: int, place: Place | str | None, block: str) -> Recipient | Hole:
        if kind == MARK:
            return Recipient()
        asked = self.marks.expressions[number]
        return Hole(asked, Place.MARKUP, TITLE) if place == TITLE else Hole(asked, Place(place or Place.MARKUP), block)


@dataclass
class Numbers:
    """The numbers of holes, the same for all parts of a letter; where a hole stands first names its place."""

    fills: list[Fill] = field(default_factory=lambda: [Recipient()])
    known: dict[object, int] = field(default_factory=lambda: {"recipient": 0})

    def pattern(self, parts: Parts) -> Pattern:
        """The parts with numbers for holes. Blocks are numbered, and what stands in them only with `inner`."""
        return tuple(part if isinstance(part, str) else self._number(part) for part in parts if part != "")

    def _number(self, part: Recipient | Hole | Block) -> int:
        key = _key(part)
        if key not in self.known:
            self.known[key] = len(self.fills)
            self.fills.append(part if not isinstance(part, Block) else Shown(part.name, part.to, ()))
        return self.known[key]

    def inner(self, parts: Sequence[Parts]) -> None:
        """Fill the blocks in, after everything that stands outside of them has its number."""
        for part in (part for one in parts for part in one):
            if isinstance(part, Block):
                place = self.known[_key(part)]
                self.fills[place] = Shown(part.name, part.to, self.pattern(part.inside))


def _key(part: Recipient | Hole | Block) -> object:
    if isinstance(part, Recipient):
        return "recipient"
    return (part.expression, part.place) if isinstance(part, Hole) else part
