"""Quotation marks and apostrophes: which of them open, which close, and how each language writes them. Pure.

A mark's direction is read from its neighbours only, never from its shape, so a second reading decides the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tasks.styling.manuscript import Edit
from tasks.styling.protection import SIGN

Direction = Literal["open", "close", "none"]

DOUBLES = '"“”„‟«»'
SINGLES = "'‘’"
MARKS = {
    "ru": (("«", "»"), ("„", "“")),
    "en": (("“", "”"), ("‘", "’")),
}
APOSTROPHE = "’"
_BEFORE_OPENING = "([{<—–-/|>"
_AFTER_CLOSING = ")]}>—–-/|<.,;:!?…"


@dataclass
class Mark:
    """A quotation mark in the text: its place, its direction, and how deep the pair it belongs to stands."""

    place: int
    sign: str
    direction: Direction
    depth: int = 0

    @property
    def is_single(self) -> bool:
        return self.sign in SINGLES


def quotation_edits(text: str, language: str) -> Iterator[Edit]:
    """How every mark that has its pair should be written; a mark without a pair is left alone."""
    for mark in paired(text):
        yield mark.place, mark.place + 1, written(mark, language, text)


def written(mark: Mark, language: str, text: str) -> str:
    outer, inner = MARKS[language]
    if not mark.is_single:
        return (outer if mark.depth == 1 else inner)[mark.direction == "close"] if mark.depth else mark.sign
    if is_inside_a_word(text, mark.place):
        return APOSTROPHE
    if language != "en" or (mark.sign == "'" and is_after_digit(text, mark.place) and not mark.depth):
        return mark.sign
    if mark.direction == "open" and mark.sign != APOSTROPHE and mark.depth:
        return inner[0]
    return mark.sign if mark.sign != "'" else APOSTROPHE


def is_inside_a_word(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isalpha() and text[place + 1].isalpha()


def is_after_digit(text: str, place: int) -> bool:
    return place > 0 and text[place - 1].isdigit()


def paired(text: str) -> list[Mark]:
    """All marks; those of a matched pair carry its depth, pairs being matched within a paragraph."""
    marks = list(marks_of(text))
    breaks = iter([*paragraph_ends(text), len(text) + 1])
    end = next(breaks)
    doubles: list[Mark] = []
    singles: list[Mark] = []
    for mark in marks:
        while mark.place > end:
            end = next(breaks)
            doubles, singles = [], []
        pair(mark, singles if mark.is_single else doubles, is_after_digit(text, mark.place))
    nest([mark for mark in marks if not mark.is_single and mark.depth])
    return marks


def pair(mark: Mark, waiting: list[Mark], after_digit: bool) -> None:
    """Match a closing mark with what waits for it; ' after a digit is a sign of feet or minutes, unless ' opened."""
    if after_digit and mark.sign == "'" and not (waiting and waiting[-1].sign == "'"):
        return
    if mark.direction == "open" and mark.sign != APOSTROPHE:
        waiting.append(mark)
    elif mark.direction == "close" and waiting:
        waiting.pop().depth = mark.depth = 1


def nest(matched: list[Mark]) -> None:
    """Count how deep each matched pair stands in the others."""
    depth = 0
    for mark in matched:
        depth += mark.direction == "open"
        mark.depth = depth
        depth -= mark.direction == "close"


def paragraph_ends(text: str) -> Iterator[int]:
    place = text.find("\n\n")
    while place >= 0:
        yield place
        place = text.find("\n\n", place + 2)


def marks_of(text: str) -> Iterator[Mark]:
    """Every mark with the direction its neighbours give it; signs of markup are looked through."""
    after = following(text)
    before, former = "\n", "none"
    for place, sign in enumerate(text):
        if sign in DOUBLES or sign in SINGLES:
            former = direction(before, former, after[place])
            yield Mark(place, sign, former)
            before = sign
        elif sign != SIGN:
            before, former = sign, "none"


def direction(before: str, former: Direction | str, after: str) -> Direction:
    is_mark = before in DOUBLES or before in SINGLES
    may_open = former == "open" if is_mark else before.isspace() or before in _BEFORE_OPENING
    may_close = former == "close" if is_mark else not before.isspace() and before not in "([{"
    may_open = may_open and not after.isspace()
    may_close = may_close and (after.isspace() or after in _AFTER_CLOSING)
    if may_open == may_close:
        return "none"
    return "open" if may_open else "close"


def following(text: str) -> list[str]:
    """For every place, the next character that is neither a mark nor markup."""
    seen: list[str] = [""] * len(text)
    after = "\n"
    for place in range(len(text) - 1, -1, -1):
        seen[place] = after
        if text[place] != SIGN and text[place] not in DOUBLES and text[place] not in SINGLES:
            after = text[place]
    return seen
