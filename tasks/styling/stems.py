"""Words of a text with their places, and their stems: how a word is recognised in any of its forms. Pure."""

import re
from dataclasses import dataclass

from tasks.analysis import stems as bare

WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


@dataclass(frozen=True)
class Word:
    """A word of a text, with its place."""

    start: int
    end: int
    text: str


def words(text: str) -> list[Word]:
    return [Word(found.start(), found.end(), found[0]) for found in WORD.finditer(text)]


def stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word.text) for word in words(text))


def folded(word: str) -> str:
    """A word as it is compared: small letters, ё read as е."""
    return word.lower().replace("ё", "е").replace("’", "'")


def stem(word: str) -> str:
    """The stem of a word; equal stems are forms of one word, as far as endings tell."""
    return bare.stem(folded(word))
