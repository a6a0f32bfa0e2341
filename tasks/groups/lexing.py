"""The one-line language of rules in pieces: words, numbers, dates, names in quotation marks, signs. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from models.locale import mark
from models.reason import Reason, because
from models.schedule import Unreadable

AT = mark("Line {line}, character {column}: {what}")
UNCLOSED = mark("The name that begins here is not closed. Put a quotation mark behind it.")
ODD_SIGN = mark('“{sign}” means nothing here. Names stand in quotation marks: "Tea".')

TEXT_MOST = 4000
TOO_LONG = mark("The text is longer than {most} characters. Make a group of its own of a part of it.")
CLOSING = {'"': '"', "“": "”", "«": "»", "„": "“”"}
SIGNS = {"≥": ">=", "≤": "<=", "==": "=", "−": "-"}
PIECE = re.compile(
    r"""(?P<space>\s+)|(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4})(?![\w.])|(?P<number>\d+(?:[.,]\d+)?)(?![\w])
    |(?P<word>[^\W\d][\w-]*)|(?P<key>\d[\w-]*)|(?P<sign>>=|<=|==|[≥≤<>=(),])""",
    re.VERBOSE,
)
Kind = Literal["word", "number", "date", "name", "sign", "key", "end"]


class RuleError(Unreadable):
    """A rule that could not be read: where, counted from 1, why, and how to mend it."""

    def __init__(self, what: Reason, line: int, column: int) -> None:
        super().__init__(because(AT, code=what.code, line=line, column=column, what=what))
        self.line, self.column, self.what = line, column, what


@dataclass(frozen=True)
class Piece:
    """A piece of the text: a word is folded, a name is without its quotation marks; `at` is where it begins."""

    kind: Kind
    text: str
    at: int


def wrong(text: str, at: int, what: Reason) -> RuleError:
    """What is wrong at a place of the text."""
    before = text[:at]
    return RuleError(what, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


def pieces(text: str) -> list[Piece]:
    """All pieces, the end last. Raises RuleError."""
    if len(text) > TEXT_MOST:
        raise wrong(text, TEXT_MOST, because(TOO_LONG, code="long", most=TEXT_MOST))
    found, at = [], 0
    while at < len(text):
        piece, at = _name(text, at) if text[at] in CLOSING else _plain(text, at)
        found += [piece] if piece else []
    return [*found, Piece("end", "", len(text.rstrip()))]


def _plain(text: str, at: int) -> tuple[Piece | None, int]:
    match = PIECE.match(text, at)
    if match is None:
        raise wrong(text, at, because(ODD_SIGN, code="sign", sign=text[at]))
    said = match[0]
    if match.lastgroup == "space":
        return None, match.end()
    kind: Kind = match.lastgroup  # type: ignore[assignment]
    shown = said.lower() if kind == "word" else SIGNS.get(said, said) if kind == "sign" else said
    return Piece(kind, shown, at), match.end()


def _name(text: str, at: int) -> tuple[Piece, int]:
    """A name in quotation marks of any kind; inside, \\" is a mark of its own and \\\\ a backslash."""
    ends, name, place = CLOSING[text[at]], [], at + 1
    while place < len(text) and text[place] not in ends:
        place += text[place] == "\\" and text[place + 1 : place + 2] in ('"', "\\")
        name.append(text[place])
        place += 1
    if place >= len(text):
        raise wrong(text, at, because(UNCLOSED, code="unclosed"))
    return Piece("name", "".join(name), at), place + 1
