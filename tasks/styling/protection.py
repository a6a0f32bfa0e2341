"""What styling must not touch in a text: addresses, code, tags, phone numbers and markdown's own signs. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

# Two characters of the private use area stand for what is protected, one for one, so that places stay the same.
WORD = "\ue000"  # reads as a word: an address, code, a tag
SIGN = "\ue001"  # cannot be seen by the reader: markup

# A URL ends before the punctuation of the sentence it stands in; a bracket belongs to it when it opened inside.
URL = (
    r"https?://(?:[^\s<>\"«»“”„`()\[\]]|\([^\s<>\"«»“”„`()]{0,200}\))*"
    r"(?:[^\s<>\"«»“”„`()\[\].,;:!?…*_~'’\\]|\([^\s<>\"«»“”„`()]{0,200}\))"
)
EMAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
HASHTAG = r"(?<![\w&/])#\w+(?:@\w+)?"
MENTION = r"(?<![\w@.])@\w+"
PHONE = r"(?<!\w)(?:\+\d{1,3}|8)(?:[ \u00a0()-]{0,2}\d){9,11}(?!\d)"

_FENCE = r"^(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?!(?P=fence))[^\n]*)*(?:\n(?P=fence)[`~]*[ \t]*$)?"
_WORDS = (
    r"\{\{[^{}\n]{0,200}\}\}",
    r"(?<!`)(?P<ticks>`+)(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)",
    r"^\[[^\]\n]+\]:[^\n]*",
    URL,
    EMAIL,
    PHONE,
    HASHTAG,
    MENTION,
    r"\\[!-/:-@\[-`{-~]",
    r"&(?:[A-Za-z]\w{1,31}|\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6});",
    r"(?<!\w)[:;=]-?[()DPp*|/](?!\w)",
    rf"[{WORD}{SIGN}]",
)
_SIGNS = (
    r"^[ \t]*[-=*_:|][-=*_:| \t]{2,}$",
    r"^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|\#{1,6}(?=[ \t])))+[ \t]*",
    r"^[ \t]+",
    r"(?<=\S)[ ]{2,}(?=\n)",
    r"\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?:[ ]+\"[^\"\n]{0,200}\")?\)",
    r"\]\[[^\]\n]{0,200}\]",
    r"\[(?:club|public|id)\d+\|",
    r"<!--[^\n]*?-->|</?[A-Za-z][^<>\n]{0,1000}>",
    r"\*+|~~|(?<![^\W_])_+|_+(?![^\W_])",
)
PROTECTED = re.compile("|".join([_FENCE, f"(?P<sign>{'|'.join(_SIGNS)})", *_WORDS]), re.MULTILINE)
_MASK = re.compile(f"[{WORD}{SIGN}]+")


def shield(text: str) -> tuple[str, str]:
    """The text with everything protected masked one for one, and what was masked, in order."""
    kept: list[str] = []

    def mask(found: re.Match[str]) -> str:
        kept.append(found[0])
        return (SIGN if found["sign"] is not None else WORD) * len(found[0])

    return PROTECTED.sub(mask, text), "".join(kept)


def unshield(masked: str, kept: str) -> str:
    """Put back what `shield` masked; nothing between may have removed or moved a mask."""
    characters: Iterator[str] = iter(kept)
    return _MASK.sub(lambda found: "".join(islice(characters, len(found[0]))), masked)
