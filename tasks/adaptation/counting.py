"""Where a text may be cut so that it is no longer than a platform counts, and no character is broken. Pure."""

from collections.abc import Iterator

import regex  # type: ignore[import-untyped]

from integrations.channels.base import Counted
from integrations.channels.measure import length

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> Iterator[str]:
    """What a reader takes for one character (Unicode Standard Annex 29, extended grapheme clusters)."""
    return (found[0] for found in _GRAPHEME.finditer(text))


def boundaries(text: str, limit: int, counts: Counted) -> Iterator[int]:
    """Places between characters, as long as what stands before is no longer than the limit."""
    end, used = 0, 0
    for grapheme in graphemes(text):
        used += 1 if counts == "graphemes" else length(grapheme, counts)
        if used > limit:
            return
        end += len(grapheme)
        yield end


def longest_prefix(text: str, limit: int, counts: Counted) -> int:
    """The end of the longest beginning of the text that is no longer than the limit."""
    return max(boundaries(text, limit, counts), default=0)
