"""A text under correction: each change is applied, listed, and knows its place in the text that came in. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence

from models.brand import Correction

Edit = tuple[int, int, str]
Replacement = str | Callable[[re.Match[str]], str]


class Manuscript:
    """`origin` holds, for every character of `text`, its place in the text that came in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.origin = list(range(len(text) + 1))
        self.corrections: list[Correction] = []

    def replace(self, pattern: re.Pattern[str], replacement: Replacement, rule: str) -> None:
        """Replace every match; a match that already reads so is no correction."""
        said = replacement if callable(replacement) else lambda _: replacement
        self.edit(((found.start(), found.end(), said(found)) for found in pattern.finditer(self.text)), rule)

    def edit(self, edits: Iterable[Edit], rule: str, narrow: bool = True) -> None:
        """Apply edits that are in order and do not overlap, each narrowed to what differs, or listed whole."""
        changes = [edit for edit in edits if self.text[edit[0] : edit[1]] != edit[2]]
        if narrow:
            changes = [self._narrowed(edit) for edit in changes]
        if changes:
            self._apply(changes, rule)

    def _apply(self, changes: Sequence[Edit], rule: str) -> None:
        parts: list[str] = []
        origin: list[int] = []
        end = 0
        for start, stop, new in changes:
            self._list(start, stop, new, rule)
            parts += self.text[end:start], new
            origin += self.origin[end:start]
            origin += [self.origin[start]] * len(new)
            end = stop
        self.text = "".join(parts) + self.text[end:]
        self.origin = origin + self.origin[end:]

    def listed(self) -> tuple[Correction, ...]:
        """The corrections in the order of the text that came in."""
        return tuple(sorted(self.corrections, key=lambda correction: correction.position))

    def _narrowed(self, edit: Edit) -> Edit:
        start, stop, new = edit
        old = self.text[start:stop]
        ahead = shared(old, new)
        behind = shared(old[ahead:][::-1], new[ahead:][::-1])
        return start + ahead, stop - behind, new[ahead : len(new) - behind]

    def _list(self, start: int, stop: int, new: str, rule: str) -> None:
        self.corrections.append(
            Correction(before=self.text[start:stop], after=new, rule=rule, position=self.origin[start])
        )


def shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
