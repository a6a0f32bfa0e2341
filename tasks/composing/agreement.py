"""Whether both parts of a letter say the same: the share of words and links of one that the other lacks. Pure.

Filters hold a letter for spam whose text part is another text. The words are found otherwise than the text part is
made, so that one checks the other.
"""

import re
from dataclasses import dataclass
from html import unescape

from tasks.composing.markup import VOID, attribute, attributes, tokens

_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+|mailto:[^\s<>\"]+|tel:[^\s<>\"]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b\u200c\u034f\u2060\u00ad\ufeff]")
ENOUGH = 0.02


@dataclass(frozen=True)
class Agreement:
    """What one part says and the other does not, as shares of its words; and the links that the text lacks."""

    missing_in_text: float
    missing_in_html: float
    lost_links: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return max(self.missing_in_text, self.missing_in_html) <= ENOUGH and not self.lost_links


def agreement(html: str, text: str) -> Agreement:
    """Compare the parts of one letter, filled."""
    shown, links = visible(html)
    there = _words(_ADDRESS.sub(" ", text))
    said = _words(shown)
    labelled = {address for address, label in links if label and not address.startswith("#")}
    lost = tuple(sorted(address for address in labelled if address not in text))
    return Agreement(_share(said - there, said), _share(there - said, there), lost)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(_INVISIBLE.sub("", text))}


def _share(missing: set[str], all_of_them: set[str]) -> float:
    return len(missing) / len(all_of_them) if all_of_them else 0.0


def visible(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The words that are seen, those of pictures too; and every link with its words."""
    said: list[str] = []
    links: list[tuple[str, str]] = []
    hidden, within, since = 0, "", 0
    for token in tokens(html):
        if token.kind == "text" and not hidden:
            said.append(unescape(html[token.start : token.end]))
        if token.kind != "tag":
            continue
        if hidden:
            hidden += 0 if token.name in VOID else -1 if token.closes else 1
        elif _hides(html[token.start : token.end]) and not token.closes and token.name not in VOID:
            hidden = 1
        elif token.name == "img":
            said.append(attribute(html, token, "alt") or "")
        elif token.name == "a" and not token.closes:
            within, since = next((one.value for one in attributes(html, token) if one.name == "href"), ""), len(said)
        elif token.name == "a" and within:
            links.append((within, " ".join(" ".join(said[since:]).split())))
            within = ""
    return " ".join(said), links


def _hides(tag: str) -> bool:
    return bool(_HIDDEN.search(tag))
