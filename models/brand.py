"""The brand kit of a company, and what styling and adaptation say about a text. Pure."""

from pydantic import Field

from models.post import Value
from models.reason import Reason


class GlossaryEntry(Value):
    """How the brand writes a thing, and the spellings it is written instead of."""

    write: str
    instead_of: tuple[str, ...] = ()


class ForbiddenWord(Value):
    """A word the brand does not use; `use` is what to say instead, empty where nothing is suggested."""

    word: str
    use: str = ""


class Brand(Value):
    """The brand kit. `palette` maps a colour's name to #rrggbb; `ruble_sign` writes «руб.» after a number as «₽»."""

    palette: dict[str, str] = Field(default_factory=dict)
    glossary: tuple[GlossaryEntry, ...] = ()
    forbidden: tuple[ForbiddenWord, ...] = ()
    signature: str = ""
    tone: str = ""
    ruble_sign: bool = True


class Correction(Value):
    """One change made by itself. `rule` is an English msgid; `position` counts code points of the text that came in."""

    before: str
    after: str
    rule: str
    position: int


class Note(Value):
    """Something a person should know about a text; a problem must be mended before the text goes out."""

    reason: Reason
    is_problem: bool = False


def note(reason: Reason) -> Note:
    return Note(reason=reason)


def problem(reason: Reason) -> Note:
    return Note(reason=reason, is_problem=True)
